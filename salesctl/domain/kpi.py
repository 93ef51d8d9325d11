"""The catalogue of KPIs: each is an entry that says what is counted, by which date, and what it means."""

from __future__ import annotations

from typing import NamedTuple

from salesctl.errors import UsageError
from salesctl.i18n import N_, _


class Kpi(NamedTuple):
    """One figure. `kind`: count, money, ratio, money_ratio, average, median, days, kept, or empty (no data yet).

    `over` is the table counted, `at` the date it is counted by (None: as it stands), `outcomes` what counts on top.
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

    @property
    def is_ratio(self) -> bool:
        return self.kind in ("ratio", "money_ratio", "kept")

    @property
    def is_money(self) -> bool:
        return self.kind in ("money", "average", "median", "weighted")

    @property
    def adds_up(self) -> bool:
        """Whether the figures of parts make that of the whole: sums and counts do, ratios, means and days do not."""
        return not self.is_ratio and self.kind not in ("days", "average", "median")


BY_CLOSE, BY_CREATED, BY_DONE = N_("close date"), N_("created date"), N_("when it was done")
BY_EXPECTED = N_("expected close date")


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
        _activity("calls", "call", N_("Calls"), ("电话数", "call")),
        _activity("mails", "mail", N_("Mails"), ("邮件数", "mail")),
        _activity("visits", "visit", N_("Visits"), ("拜访数", "visit")),
        _activity("meetings", "meeting", N_("Meetings"), ("会议数", "meeting")),
        _activity("wechats", "wechat", N_("WeChats"), ("微信数", "wechat")),
        _activity("messages", "message", N_("Messages"), ("短信数", "message")),
        _activity("demos", "demo", N_("Demos"), ("演示数", "demo")),
        Kpi("satisfaction", N_("Satisfaction"), "empty", ("客户满意度", "满意度", "csat"),
            N_("Answers of 4 and 5 / answers, one for each customer and survey."), BY_DONE,
            missing=N_("no survey yet: it will be filled by salesctl survey")),
        Kpi("retention", N_("Retention"), "kept", ("客户保有率", "保有率", "留存率"),
            N_("Customers active at the start that are active at the end; active = won within 365 days before."),
            BY_CLOSE),
        Kpi("market_share", N_("Market share"), "empty", ("市场份额", "市占率"),
            N_("Own sales / all sales of the same market, period and unit."), BY_CLOSE,
            missing=N_("no market size entered: it will be filled by salesctl market")),
    )
}  # fmt: skip
HEADLINE = (
    "revenue", "win_rate", "average_deal", "median_deal", "cycle", "pipeline", "weighted_pipeline", "created",
    "activities", "satisfaction", "retention", "market_share",
)  # fmt: skip
DIMENSIONS = {
    "rep": N_("Rep"), "team": N_("Team"), "manager": N_("Manager"), "region": N_("Region"),
    "customer-region": N_("Customer's region"), "industry": N_("Industry"), "product": N_("Product"),
    "channel": N_("Channel"), "stage": N_("Stage"), "pipeline": N_("Pipeline"), "currency": N_("Currency"),
    "day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year"),
}  # fmt: skip
DIMENSION_WORDS = {
    "销售": "rep", "业务员": "rep", "owner": "rep", "团队": "team", "主管": "manager", "经理": "manager",
    "地区": "region", "区域": "region", "客户地区": "customer-region", "customer_region": "customer-region",
    "行业": "industry", "sector": "industry", "产品": "product", "渠道": "channel", "来源": "channel",
    "source": "channel", "阶段": "stage", "流程": "pipeline", "币种": "currency", "日": "day", "周": "week",
    "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
}  # fmt: skip
NOT_OF = {
    "followup": ("product", "channel", "stage", "pipeline", "currency", "industry", "customer-region"),
    "customer": ("product", "stage", "pipeline", "currency"),
}
ACTIVE_DAYS = 365


def find(word: str) -> Kpi:
    """The KPI that a word means, with - or _, in either language. Raises UsageError (2) with the KPIs there are."""
    from salesctl.text import name_key

    key = name_key(word).replace("-", "_").replace(" ", "_")
    for kpi in KPIS.values():
        spellings = {kpi.name, *(name_key(w) for w in (*kpi.words, kpi.label, _(kpi.label)))}
        if key in {spelling.replace(" ", "_") for spelling in spellings}:
            return kpi
    raise UsageError(
        _("there is no KPI {word}").format(word=name_key(word)), _("one of: {names}").format(names=", ".join(KPIS))
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
    """Whether a KPI can be grouped so: a follow-up has no product, what stands open has no close month."""
    return by is None or (kpi.kind not in ("empty", "kept") and by not in NOT_OF.get(kpi.over, ()))
