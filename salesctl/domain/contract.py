"""A contract: what was signed, for how much, until when, and how it goes on."""

from __future__ import annotations

from datetime import date, timedelta

from salesctl.dates import day_of, month_days, months_later, number_of
from salesctl.domain.kinds import DATE, INT, MONEY, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.errors import BadValue
from salesctl.i18n import N_, _

RENEWAL = Choice(
    {"none": N_("ends"), "ask": N_("to renew"), "auto": N_("renews itself")},
    {"none": ("不续", "到期终止"), "ask": ("需续签", "续签"), "auto": ("自动续签", "自动")},
)

CONTRACT = Noun(
    "contract",
    "K",
    fields=(
        Field("name", NAME, N_("Number"), ("合同编号", "编号", "number"), required=True, screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户",), fixed=True, screen=True),
        Field("quote", Reference("quote"), N_("Quote"), ("报价",), fixed=True),
        Field("signed", DATE, N_("Signed"), ("签订", "签订日期", "date"), fixed=True),
        Field("value", MONEY, N_("Value"), ("金额", "合同金额", "amount"), screen=True),
        Field("starts", DATE, N_("Starts"), ("开始", "生效", "begin")),
        Field("ends", DATE, N_("Ends"), ("结束", "到期", "end"), screen=True),
        Field("term_months", INT, N_("Months"), ("月数", "期限", "term")),
        Field("renewal", RENEWAL, N_("Renewal"), ("续约", "续签"), default="none", screen=True),
        Field("notice_days", INT, N_("Notice days"), ("提前天数", "notice"), help=N_("Days before the end to act.")),
        Field("signed_by", Reference("contact"), N_("Signed by"), ("签字人",)),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "rep")),
        Field("received", MONEY, N_("Received"), ("已收", "已回款"), fixed=True),
        Field("next_due", DATE, N_("Next due"), ("下次回款", "应收日期"), fixed=True, screen=True),
        Field("act_on", DATE, N_("Renew from"), ("续约提醒", "提醒日期"), fixed=True),
        Field("follows", Reference("contract"), N_("Follows"), ("续自", "上期合同"), fixed=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Contract"),
    plural=N_("Contracts"),
    words=("合同",),
)
NOTICE = 30  # days before the end to act, where the contract says nothing
LONGEST = 1200  # months
FARTHEST = 3650  # days of notice


def parse_term(text: str) -> int:
    """A term in months: 12m, 24, 1y, 一年, 半年, 18个月. Raises BadValue for none, or for no time at all."""
    import re

    from salesctl.domain.kinds import repr_text
    from salesctl.text import fold_punct

    shape = r"([0-9]{1,4}|[一二两三四五六七八九十]{1,3})\s*(m|months?|个月|月|y|years?|年)?"
    plain = fold_punct(text.strip()).lower()
    match = re.fullmatch(shape, plain, re.ASCII)
    count = 6 if plain == "半年" else number_of(match[1]) if match else None
    if count is None:
        raise BadValue(_("{text} is no term").format(text=repr_text(text)), _("as 12m, 1y or 24 (months)"))
    months = count * 12 if match and (match[2] or "")[:1] in ("y", "年") else count
    if not 1 <= months <= LONGEST:
        raise BadValue(_("a term is 1 month to {n}").format(n=LONGEST))
    return months


def last_day(starts: date, months: int) -> date:
    """The last day of a term that begins on `starts`, counted: the day before its like, or the end of a month that has none.

    Source: the usual rule of civil codes (BGB 188). Raises BadValue for a year out of reach.
    """
    year, month = months_later(starts.year, starts.month, months)
    day_of(year, month, 1)
    days = month_days(year, month)
    return date(year, month, days) if starts.day > days else date(year, month, starts.day) - timedelta(days=1)


def act_on(ends: date | None, renewal: str | None, notice: int | None) -> date | None:
    """The day from which a renewal waits for somebody; None for a contract that just ends."""
    if ends is None or renewal not in ("ask", "auto"):
        return None
    return ends - timedelta(days=NOTICE if notice is None else notice)


def check_span(signed: date | None, starts: date | None, ends: date | None, notice: int | None) -> None:
    """Refuse (BadValue) an end before the start, and a notice longer than any contract."""
    first = starts or signed
    if first and ends and ends < first:
        raise BadValue(_("it would end on {ends}, before it starts on {starts}").format(ends=ends, starts=first))
    if notice is not None and notice > FARTHEST:
        raise BadValue(_("at most {n} days of notice").format(n=FARTHEST))
