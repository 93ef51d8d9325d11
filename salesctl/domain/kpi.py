"""The catalogue of KPIs: each is an entry that says what is counted, by which date, and what it means."""

from __future__ import annotations

from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.plain import Data


class Kpi(Data, frozen=True):
    """One figure. `kind`: count, money, ratio, money_ratio, average, median, weighted, days, a kind of its own, or empty.

    `over` is the table counted, `at` the date it is counted by (None: as it stands), `outcomes` what counts on top, `only`
    a condition by name. A kind of its own is a function in services/measured.py; empty says what would fill it.
    """

    name: str
    label: str
    kind: str
    words: tuple[str, ...]
    definition: str
    counted_by: str
    over: str = "deal"
    at: str | None = "closed"
    outcomes: tuple[str | None, ...] = ("won",)
    bottom: tuple[str | None, ...] = ()
    type: str = ""
    better: str = "up"
    missing: str = ""
    only: str = ""

    @property
    def is_ratio(self) -> bool:
        return self.counts or self.kind in ("money_ratio", "slipped_value", "attainment", "net_kept", "gross_kept")

    @property
    def counts(self) -> bool:
        """Whether it is a ratio of counts, which has a range and can be tested."""
        return self.kind in ("ratio", "kept", "gone", "again", "came_back", "slipped")

    @property
    def is_money(self) -> bool:
        return self.kind in ("money", "average", "median", "weighted", "velocity")

    @property
    def adds_up(self) -> bool:
        """Whether the figures of parts make that of the whole: sums and counts do, ratios, means and days do not."""
        return self.kind in ("count", "money", "weighted")

    @property
    def is_whole(self) -> bool:
        """Whether it is measured by a function of its own: a group of it is the figure asked of that group alone.

        Customers are in many groups, so those of groups do not add up.
        """
        return self.kind in WHOLE

    @property
    def is_outside(self) -> bool:
        """Whether it is no matter of the records alone: a goal or working hours belong to it, or there is no data yet."""
        return self.kind in ("empty", "coverage", "attainment", "response")

    @property
    def settles(self) -> bool:
        """Whether a period that is over has settled it: what is open, expected or not yet decided never was."""
        live = None in (*self.outcomes, *self.bottom) and self.over == "deal" and self.name != "created"
        return not self.is_outside and not live and self.kind not in MOVING


WHOLE = (
    "kept", "gone", "again", "came_back", "touched", "survival", "velocity", "slipped", "slipped_value", "net_kept",
    "gross_kept",
)  # fmt: skip
MOVING = ("survival", "slipped", "slipped_value", "velocity", "came_back", "net_kept", "gross_kept")
BY_CLOSE, BY_CREATED, BY_DONE = N_("close date"), N_("created date"), N_("when it was done")
BY_EXPECTED, BY_NOW = N_("expected close date"), N_("as it stands")
BY_RUNS, BY_FIRST = N_("start and end of contracts"), N_("day of the first purchase")


def _activity(name: str, type: str, label: str, words: tuple[str, ...]) -> Kpi:
    definition = N_("Follow-ups of this type that were done; what a log ticked off counts once, with the log.")
    if not type:
        definition = N_("Follow-ups of every type that were done; what a log ticked off counts once, with the log.")
    return Kpi(name, label, "count", words, definition, BY_DONE, "followup", "done_at", (None,), type=type)


KPIS: dict[str, Kpi] = {
    kpi.name: kpi
    for kpi in (
        Kpi("revenue", N_("Revenue"), "money", ("销售额", "业绩", "营收", "sales", "bookings"),
            N_("Sum of the amounts of deals won, by close date (bookings, not invoices)."), BY_CLOSE),
        Kpi("won", N_("Won deals"), "count", ("赢单数", "成交数", "wins", "won_deals", "won_count"),
            N_("Deals won."), BY_CLOSE),
        Kpi("lost", N_("Lost deals"), "count", ("输单数", "丢单数", "losses", "lost_deals", "lost_count"),
            N_("Deals lost."), BY_CLOSE, outcomes=("lost",), better="down"),
        Kpi("win_rate", N_("Win rate"), "ratio", ("成交率", "赢单率", "winrate", "win_rate_count"),
            N_("Won / (won + lost), both by close date in the period; open deals do not count."), BY_CLOSE,
            bottom=("won", "lost")),
        Kpi("win_rate_value", N_("Win rate by value"), "money_ratio", ("金额成交率", "value_win_rate"),
            N_("Amount won / amount won and lost; deals without an amount are left out of both sides."), BY_CLOSE,
            bottom=("won", "lost")),
        Kpi("average_deal", N_("Average deal"), "average", ("平均客单价", "平均单额", "average", "deal_size"),
            N_("Revenue / won deals with an amount."), BY_CLOSE),
        Kpi("median_deal", N_("Median deal"), "median", ("客单价中位数", "单额中位数", "median"),
            N_("The amount in the middle of the won deals that have one."), BY_CLOSE),
        Kpi("cycle", N_("Sales cycle"), "days", ("销售周期", "sales_cycle", "cycle_length"),
            N_("Days from created to close of the deals won: the median, the middle half, the mean."), BY_CLOSE,
            better="down"),
        Kpi("win_rate_competitive", N_("Win rate with a rival"), "ratio", ("竞争成交率", "competitive", "competitive_win_rate"),
            N_("Win rate of the deals of which a rival is named."), BY_CLOSE, bottom=("won", "lost"), only="competitive"),
        Kpi("win_rate_cohort", N_("Win rate of new deals"), "ratio", ("新增商机成交率", "cohort", "cohort_win_rate"),
            N_("Won so far / all deals that began in the period; open ones count below, so a young period looks low."),
            BY_CREATED, at="created", bottom=(None, "won", "lost")),
        Kpi("cycle_all", N_("Sales cycle, open deals too"), "survival", ("含在谈销售周期", "survival", "kaplan_meier"),
            N_("Median days from created to won where open deals count as waits that still run (Kaplan and Meier)."),
            BY_CLOSE, better="down"),
        Kpi("time_to_loss", N_("Time to loss"), "days", ("输单周期", "loss_cycle", "days_to_loss"),
            N_("Days from created to close of the deals lost: the median, the middle half, the mean."), BY_CLOSE,
            outcomes=("lost",), better="down"),
        Kpi("velocity", N_("Sales velocity"), "velocity", ("销售速度", "成交速度", "speed"),
            N_("Opportunities x average won value x win rate / median cycle: money a day. Opportunities: open at the start or begun in the period."),
            BY_CLOSE),
        Kpi("coverage", N_("Pipeline coverage"), "coverage", ("管道覆盖率", "漏斗覆盖率", "cover"),
            N_("Open pipeline due in the period / what the revenue goal lacks; needed is 1 / win rate of the last 365 days."),
            BY_EXPECTED, at="expected_close", outcomes=(None,)),
        Kpi("attainment", N_("Quota attainment"), "attainment", ("目标达成率", "达成率", "quota", "quota_attainment"),
            N_("Revenue / the revenue goal of exactly this period."), BY_CLOSE),
        Kpi("stalled", N_("Stalled deals"), "count", ("停滞商机", "停滞", "stalled_deals"),
            N_("Open deals that nobody touched for longer than their stage allows, and nothing planned within it."),
            BY_NOW, at=None, outcomes=(None,), better="down", only="stalled"),
        Kpi("slippage", N_("Slippage"), "slipped", ("延期率", "slipped", "slip_rate"),
            N_("Deals due in the period as of its start that are open at its end, due later or overdue / deals due at its start."),
            BY_EXPECTED, at="expected_close", outcomes=(None,), better="down"),
        Kpi("slippage_value", N_("Slippage by value"), "slipped_value", ("金额延期率", "slipped_value"),
            N_("Amount of the deals that slipped / amount of the deals due at the start, with the amounts of the start."),
            BY_EXPECTED, at="expected_close", outcomes=(None,), better="down"),
        Kpi("pipeline", N_("Open pipeline"), "money", ("在谈金额", "销售漏斗", "open_pipeline"),
            N_("Sum of the amounts of open deals; with a period, of those expected to close in it."), BY_EXPECTED,
            at="expected_close", outcomes=(None,)),
        Kpi("open_deals", N_("Open deals"), "count", ("在谈商机", "open"),
            N_("Open deals; with a period, those expected to close in it."), BY_EXPECTED, at="expected_close",
            outcomes=(None,)),
        Kpi("weighted_pipeline", N_("Weighted pipeline"), "weighted", ("加权管道", "加权在谈金额", "weighted"),
            N_("Sum of amount x probability of open deals; without a probability a deal is left out and counted."),
            BY_EXPECTED, at="expected_close", outcomes=(None,)),
        Kpi("created", N_("Created deals"), "count", ("新增商机", "new_deals", "created_deals"),
            N_("Deals that began, whatever became of them; of unknown begin is in no period."), BY_CREATED,
            at="created", outcomes=(None, "won", "lost")),
        Kpi("new_customers", N_("New customers"), "count", ("新增客户", "new_clients"),
            N_("Customers that were added, by the day they began."), BY_CREATED, "customer", "created", (None,)),
        _activity("activities", "", N_("Activities"), ("活动数", "跟进数", "activity")),
        Kpi("customers_touched", N_("Customers touched"), "touched", ("触达客户数", "跟进客户数", "touched"),
            N_("Customers that a follow-up was done with, each once."), BY_DONE, "followup", "done_at", (None,)),
        Kpi("lead_response", N_("Lead response"), "response", ("线索响应时间", "response", "response_time"),
            N_("Median business hours from a lead's coming to the first contact; those that wait count as longer."),
            BY_CREATED, "lead", "created", (None,), better="down"),
        _activity("calls", "call", N_("Calls"), ("电话数", "call")),
        _activity("mails", "mail", N_("Mails"), ("邮件数", "mail")),
        _activity("visits", "visit", N_("Visits"), ("拜访数", "visit")),
        _activity("meetings", "meeting", N_("Meetings"), ("会议数", "meeting")),
        _activity("wechats", "wechat", N_("WeChats"), ("微信数", "wechat")),
        _activity("messages", "message", N_("Messages"), ("短信数", "message")),
        _activity("demos", "demo", N_("Demos"), ("演示数", "demo")),
        Kpi("satisfaction", N_("Satisfaction"), "empty", ("客户满意度", "满意度", "csat"),
            N_("Answers of 4 and 5 / answers, one for each customer and survey."), BY_DONE,
            missing=N_("no data yet: this version asks customers nothing")),
        Kpi("retention", N_("Retention"), "kept", ("客户保有率", "保有率", "留存率"),
            N_("Customers active at the start that are active at the end; active = won within 365 days before."),
            BY_CLOSE),
        Kpi("churn", N_("Churn"), "gone", ("客户流失率", "流失率", "churn_rate"),
            N_("Customers active at the start that are not at the end: 1 - retention."), BY_CLOSE, better="down"),
        Kpi("net_retention", N_("Net revenue retention"), "net_kept", ("净收入留存率", "净留存", "nrr"),
            N_("A year's worth of the contracts that customers of the start have at the end / that at the start."), BY_RUNS,
            "contract", "starts", (None,)),
        Kpi("gross_retention", N_("Gross revenue retention"), "gross_kept", ("总收入留存率", "毛留存", "grr"),
            N_("As net retention, but no customer counts for more than at the start."), BY_RUNS, "contract", "starts",
            (None,)),
        Kpi("repeat_purchase", N_("Repeat purchase"), "again", ("复购率", "repeat", "repeat_rate"),
            N_("Customers that bought in the period and had bought on an earlier day / customers that bought in it."),
            BY_CLOSE),
        Kpi("repeat_cohort", N_("Repeat of new customers"), "came_back", ("新客复购率", "cohort_repeat", "repeat_purchase_cohort"),
            N_("Of the customers that bought first in the period, those that bought again within 180 days; younger ones wait."),
            BY_FIRST),
        Kpi("nps", N_("Net promoter score"), "empty", ("净推荐值", "net_promoter_score"),
            N_("Answers of 9 and 10 - answers of 0 to 6, as shares of all answers."), BY_DONE,
            missing=N_("no data yet: this version asks customers nothing")),
        Kpi("ces", N_("Customer effort"), "empty", ("客户费力度", "customer_effort_score"),
            N_("Answers of 5 to 7 on a scale of 1 to 7 / answers."), BY_DONE,
            missing=N_("no data yet: this version asks customers nothing")),
        Kpi("market_share", N_("Market share"), "empty", ("市场份额", "市占率"),
            N_("Own sales / all sales of the same market, period and unit."), BY_CLOSE,
            missing=N_("no data yet: this version knows no size of the market")),
    )
}  # fmt: skip
HEADLINE = (
    "revenue", "win_rate", "average_deal", "median_deal", "cycle", "satisfaction", "retention", "market_share",
    "pipeline", "weighted_pipeline", "created", "activities",
)  # fmt: skip
DIMENSIONS = {
    "rep": N_("Rep"), "team": N_("Team"), "manager": N_("Manager"), "region": N_("Region"),
    "customer-region": N_("Customer's region"), "industry": N_("Industry"), "product": N_("Product"),
    "channel": N_("Channel"), "stage": N_("Stage"), "reached": N_("Stage reached"), "pipeline": N_("Pipeline"), "currency": N_("Currency"),
    "day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year"),
}  # fmt: skip
DIMENSION_WORDS = {
    "销售": "rep", "业务员": "rep", "owner": "rep", "团队": "team", "主管": "manager", "经理": "manager",
    "地区": "region", "区域": "region", "客户地区": "customer-region", "customer_region": "customer-region",
    "行业": "industry", "sector": "industry", "产品": "product", "渠道": "channel", "来源": "channel",
    "source": "channel", "阶段": "stage", "到达阶段": "reached", "from-stage": "reached", "from_stage": "reached", "流程": "pipeline", "币种": "currency", "日": "day", "周": "week",
    "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
}  # fmt: skip
TIMES = ("day", "week", "month", "quarter", "year")
NOT_OF = {
    "followup": ("product", "channel", "stage", "reached", "pipeline", "currency", "industry", "customer-region"),
    "customer": ("product", "stage", "reached", "pipeline", "currency"),
    "contract": ("product", "channel", "stage", "reached", "pipeline", "currency", "day"),
}
_SETS = ("stage", "reached", "day")  # a customer stands in no stage; a window of a year says nothing of a day
NOT_FOR = {
    "kept": _SETS, "gone": _SETS, "again": _SETS, "came_back": _SETS, "velocity": _SETS, "survival": _SETS,
    "slipped": ("reached", "day"), "slipped_value": ("reached", "day", "product"),
}  # fmt: skip
ONLY_BY = {  # what lies outside the records: a goal is of a team or a rep, a lead of a rep or a channel
    "coverage": ("rep", "team", *TIMES[1:]),
    "attainment": ("rep", "team", *TIMES[1:]),
    "response": ("rep", "team", "manager", "region", "channel", *TIMES),
}
ACTIVE_DAYS = 365
WATCHED_DAYS = 180  # how long a new customer is watched for a second purchase


def find(word: str) -> Kpi:
    """The KPI that a word means, with - or _, in either language. Raises UsageError (2) with the KPIs there are."""
    from salesctl.text import name_key

    key = name_key(word).replace("-", "_").replace(" ", "_")
    for kpi in KPIS.values():
        spellings = {kpi.name, *(name_key(w) for w in (*kpi.words, kpi.label, _(kpi.label)))}
        if key in {spelling.replace(" ", "_") for spelling in spellings}:
            return kpi
    import difflib

    close = difflib.get_close_matches(key, KPIS, n=2, cutoff=0.7)
    hint = _("did you mean {names}?") if close else _("one of: {names}")
    raise UsageError(
        _("there is no KPI {word}").format(word=name_key(word)), hint.format(names=", ".join(close or KPIS))
    )


def dimension(word: str) -> str:
    """The dimension that a word means. Raises UsageError (2) with those there are."""
    from salesctl.text import name_key

    key = name_key(word)
    found = key if key in DIMENSIONS else DIMENSION_WORDS.get(key)
    if found is None:
        raise UsageError(
            _("figures cannot be grouped by {word}").format(word=key),
            _("one of: {names}").format(names=", ".join(DIMENSIONS)),
        )
    return found


def fits(kpi: Kpi, by: str | None) -> bool:
    """Whether a KPI can be grouped so: a follow-up has no product, a customer no stage, no goal is of an industry."""
    if by is None or kpi.is_outside:
        return by is None or by in ONLY_BY.get(kpi.kind, ())
    return by not in NOT_OF.get(kpi.over, ()) and by not in NOT_FOR.get(kpi.kind, ())
