"""The texts of salesctl help TOPIC. Their first line stands in the list of topics."""

from __future__ import annotations

from salesctl.i18n import N_

TOPICS = {
    "dates": N_("""Days and hours as you type them, in English and Chinese
today tomorrow yesterday        今天 明天 后天 昨天
fri, next fri, last wed         周五 下周三 上周三 (fri is the coming one, never today)
+3d +2w +1m -3d, in 3 days      三天后 两周后 3天前
+3wd (working days)             3个工作日后
eow eom eoq eoy                 周末 月底 季末 年底
2026-12-03  24.11.2026  24.11.  3 dec  12月3日  3号
15:00  3pm                      下午3点 上午9点半, with a day or alone for today
1/2, 12 and May are refused: they mean several days."""),
    "periods": N_("""Periods: what -p takes
2026  2026Q4  2026-11  2026H1  w47  KW47  2026-W47  fy2026
this week, last month, last 30d, ytd
本周 上月 本季度 去年 近30天 2026年11月 四季度 上半年
2026-01..2026-06 or -b 2026-01 -e 2026-06: both ends count
--vs previous is the unit before, same-length as many days before, lastyear the year before;
a running period is compared with as many days of the other."""),
    "amounts": N_("""Amounts: 120k 1.2m 12万 12w 1.5亿 3400usd USD3400 ¥3,400 €548k 480000元
A bare number is in the currency of the organisation: salesctl config set currency CNY.
In an edit and in win it is in the currency that the record has already.
Kept as whole cents (or what the currency has); 1.234,50, 48.000 and 12,34 are refused: write 1234.50 or 48000.
Tables are short (48万, €548k); show, KPIs, TSV, CSV and JSON have every digit."""),
    "filters": N_("""Filters: the words of every list, and of -w
stage:quote amount:50k.. owner:me        a space means and
industry:steel,paper                     a comma means or
not:won  ^tags:vip                       not
close:..eom  created:2026Q3  amount:10k..50k   ranges, both ends counted
name~pump                                contains
owner:                                   not filled
idle:14d..  stalled  product:"GTX Pro"   of deals
status:planned  overdue  done            of follow-ups
Names, dates and amounts as anywhere; fields and choices in both languages.
Lists show what is open and not archived, unless a word names an outcome, or --all."""),
    "discounts": N_("""Discounts: who may give how much, and who approves the rest ([discount] of the SOP)
What counts is the effective discount of the whole quote: what it costs before tax, against its list prices.
[[discount.allow]] what may be given without asking: discount = 10 for whom it names: role = "rep" (everybody),
  "manager" (who has somebody below), "director" (who has managers below), a function, or a rep's name;
  product or category; quantity = pieces of that product or category in the whole quote.
  Each line has the best allowance that fits it; that of the quote is their mean, weighted by list value.
[[discount.band]] who approves more: over = 10, to = 20 (over 10 % up to 20 %), amount = 100000 (from there on),
  approve = ["manager", "director"]: the owner's manager, then the manager of that one; or a rep by name.
Nobody approves their own: it goes to the next above. Two steps need two people, one after the other.
Who is away (salesctl rep edit Anna away_from=mon away_until=fri deputy=Bo) has a deputy who decides.
What no band covers cannot be asked for. Rounding to the smallest coin is no discount."""),
    "formats": N_("""Formats: -O table text tsv csv json ndjson md html; --json; -o FILE.ext
A terminal gets a table, a pipe gets TSV with a header. The keys are English in every language:
--fields help lists them, --fields a,b chooses. Money in JSON is {"amount":"1200.50","currency":"CNY"},
in TSV and CSV two columns. A write prints the ref on stdout and its words on stderr; with --json the record.
CSV guards texts that a spreadsheet would run; export does not, so that it loses nothing."""),
    "exit-codes": N_("""Exit codes
0 done, also when there was nothing to do        7 store busy, nothing written: try again
1 a bug of ours                                   8 store damaged, not ours, or newer
2 usage, or a question without a terminal         9 a file or stream could not be read or written
3 no such record                                 10 ran fine and found something (remind --check)
4 a value, file or rule refused                  11 it cannot be told whether it was saved
5 conflict: changed meanwhile, ambiguous, twin   12 partly done, the rest is listed
6 not allowed                                   130/141/143 interrupted, reader gone, terminated"""),
    "environment": N_("""Environment
SALESCTL_DB       the store: a name, a path            SALESCTL_USER     who you are
SALESCTL_CONFIG   the config file                      SALESCTL_LANG     en or zh
SALESCTL_FORMAT   the format of answers                SALESCTL_NO_INPUT never ask
SALESCTL_PAGER, PAGER  page long answers               SALESCTL_DEBUG    show tracebacks
SALESCTL_TODAY    another day, for trying things       NO_COLOR, CLICOLOR, FORCE_COLOR, COLUMNS, TERM"""),
    "cron": N_("""Cron: silent when there is nothing, no questions, honest exit codes
0 8 * * 1-5   salesctl remind --owner me --workdays | mail -E -s "today" me@example.com
0 8 * * 1     salesctl kpi -p "last week" --vs previous -O text
0 9 1 * *     salesctl kpi alert -p "last month" | mail -E -s "alerts" me@example.com
0 8 * * 1-5   salesctl remind --team North --once --workdays | mail -E -s "team" boss@example.com
30 7 * * *    salesctl remind --check -q > /dev/null || touch ~/something-is-due
0 6 * * *     salesctl lead reclaim -y
30 2 * * *    salesctl db backup --keep 14 -q"""),
    "leads": N_("""Leads: from a list to a deal, and the common pool
salesctl lead add - --channel fair --dry-run < visitors.csv    try a list: name, contact, phone, channel, ...
salesctl lead add - --channel fair < visitors.csv              add it; all of it or nothing
salesctl lead screen --auto                                    points by the rules of the SOP
salesctl lead assign -w "status:qualified pool" --to Sofia     give the good ones to somebody
salesctl log call L3 "wants a demo" --next "thu demo"          the first call stops the clock
salesctl lead response -p "this month" --by rep                how long leads wait
salesctl lead convert L3 --amount 48k                          customer, contact and deal in one
salesctl lead list "status:new not:pool contacted_at:"         whom nobody spoke to yet
salesctl lead reclaim --dry-run                                who loses what, by which rule
salesctl lead pool, lead claim L7, lead return L8 --reason ... the pool: look, take, give back"""),
}
# the topics by their Chinese names and by what else people call them
WORDS = {
    "线索": "leads",
    "lead": "leads",
    "日期": "dates",
    "date": "dates",
    "期间": "periods",
    "period": "periods",
    "金额": "amounts",
    "amount": "amounts",
    "筛选": "filters",
    "过滤": "filters",
    "filter": "filters",
    "格式": "formats",
    "format": "formats",
    "退出码": "exit-codes",
    "exit": "exit-codes",
    "exit codes": "exit-codes",
    "环境": "environment",
    "环境变量": "environment",
    "env": "environment",
    "定时": "cron",
    "定时任务": "cron",
}
