"""A quote: its noun, how its lines are typed, and its arithmetic, exact to the smallest coin.

Line = list price x quantity less its discount, rounded half to even; the quote's own discount comes off the sum of the
lines; the total net is shared out over the lines again, so that tax is worked out on what is paid. The effective
discount is what the whole costs against the list: it is what decides who must approve.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from salesctl.domain.kinds import DATE, INSTANT, INT, LINE, MONEY, NAME, NOTE, Choice, Reference
from salesctl.domain.noun import Field, Live, Noun
from salesctl.domain.rate import FULL, RATE, parse_rate
from salesctl.errors import BadValue
from salesctl.i18n import N_, _
from salesctl.money import Money, parse_amount, split

STATUS = Choice(
    {
        "draft": N_("Draft"),
        "waiting": N_("Waiting for approval"),
        "approved": N_("Approved"),
        "sent": N_("Sent"),
        "accepted": N_("Accepted"),
        "declined": N_("Declined"),
        "superseded": N_("Superseded"),
    },
    {
        "draft": ("草稿",),
        "waiting": ("待批", "审批中"),
        "approved": ("已批",),
        "sent": ("已发", "已发送"),
        "accepted": ("已接受", "接受"),
        "declined": ("已拒绝", "拒绝"),
        "superseded": ("已替换", "旧版"),
    },
)
LIVE = ("draft", "waiting", "approved", "sent")

QUOTE = Noun(
    "quote",
    "Q",
    fields=(
        Field("name", NAME, N_("Quote"), ("报价", "标题", "title"), required=True, screen=True),
        Field("deal", Reference("deal"), N_("Deal"), ("商机",), required=True, fixed=True),
        Field("customer", Reference("customer"), N_("Customer"), ("客户",), fixed=True, screen=True),
        Field("contact", Reference("contact"), N_("Contact"), ("联系人",)),
        Field("solution", Reference("solution"), N_("Solution plan"), ("方案",), fixed=True),
        Field("number", INT, N_("Version"), ("版本",), fixed=True, screen=True),
        Field("revises", Reference("quote"), N_("Version before"), ("上一版",), fixed=True),
        Field("status", STATUS, N_("Status"), ("状态",), default="draft", fixed=True, screen=True),
        Field("discount", RATE, N_("Discount"), ("折扣", "总折扣"), fixed=True),
        Field("list_total", MONEY, N_("List total"), ("目录价合计",), fixed=True),
        Field("net", MONEY, N_("Net"), ("净额", "未税"), fixed=True, screen=True),
        Field("tax", MONEY, N_("Tax"), ("税额", "税"), fixed=True),
        Field("total", MONEY, N_("Total"), ("合计", "含税合计"), fixed=True),
        Field("effective", RATE, N_("Off list"), ("实际折扣", "effective_discount"), fixed=True, screen=True),
        Field("valid_until", DATE, N_("Valid until"), ("有效期", "有效期至", "valid"), screen=True),
        Field("language", LINE, N_("Language"), ("语言", "lang")),
        Field("sent_at", INSTANT, N_("Sent at"), ("发送时间",), fixed=True),
        Field("sent_to", LINE, N_("Sent to"), ("发给",), fixed=True),
        Field("decided_on", DATE, N_("Decided on"), ("答复日期",), fixed=True),
        Field("decided_by", Reference("contact"), N_("Decided by"), ("答复人",), fixed=True),
        Field("reason", LINE, N_("Reason"), ("原因",), fixed=True),
        Field("owner", Reference("rep"), N_("Owner"), ("负责人", "销售", "rep")),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Quote"),
    plural=N_("Quotes"),
    words=("报价", "报价单"),
    similar=True,
    live=Live("status", (*LIVE, "accepted")),
)
MOST = 1000  # lines of one quote


class Position(NamedTuple):
    """A line as the arithmetic sees it: list price of one in minor units, quantity, discount and tax in millionths.

    `agreed` is what the whole line was agreed for, in the place of list price less discount.
    """

    price: int
    quantity: int
    discount: int = 0
    tax: int = 0
    agreed: int | None = None


class Sums(NamedTuple):
    """A quote in minor units: by line (net after its own discount, share of the total), then the whole."""

    lines: tuple[int, ...]
    shares: tuple[int, ...]
    list_total: int
    net: int
    tax: int
    effective: Fraction | None

    @property
    def total(self) -> int:
        return self.net + self.tax


def add_up(positions: Sequence[Position], discount: int, currency: str) -> Sums:
    """The sums of a quote; `discount` on the whole in millionths. Source: the rules at the top of this page."""
    lines = tuple(
        one.agreed
        if one.agreed is not None
        else half_even(Fraction(one.price * one.quantity * (FULL - one.discount), FULL))
        for one in positions
    )
    list_total = sum(one.price * one.quantity for one in positions)
    net = half_even(Fraction(sum(lines) * (FULL - discount), FULL))
    shares = (
        tuple(part.minor for part in split(Money(net, currency), lines)) if sum(lines) else tuple(0 for _one in lines)
    )
    tax = sum(amount for _rate, _base, amount in taxes(positions, shares))
    effective = 1 - Fraction(net, list_total) if list_total else None
    return Sums(lines, shares, list_total, net, tax, effective)


def taxes(positions: Sequence[Position], shares: Sequence[int]) -> list[tuple[int, int, int]]:
    """Tax by its rate: the rate in millionths, what it is worked out on, and the tax, in minor units; lowest rate first."""
    bases: dict[int, int] = {}
    for one, share in zip(positions, shares, strict=True):
        bases[one.tax] = bases.get(one.tax, 0) + share
    return [(rate, base, half_even(Fraction(base * rate, FULL))) for rate, base in sorted(bases.items())]


def half_even(value: Fraction) -> int:
    """A fraction rounded to a whole number, halves to the even one."""
    return round(value)


class Typed(NamedTuple):
    """A line as it was typed: which product, how many, its discount, or what the line was agreed for."""

    product: str
    quantity: int
    discount: Decimal | None
    agreed: Money | None


def parse_line(text: str, currency: str) -> Typed:
    """`GTX Pro*3`, `GTX Pro x 3 -5%`, `GTX Pro*3 = 4500`, `安装`. Raises BadValue."""
    from salesctl.money import parse_count
    from salesctl.text import check_line, fold_punct

    plain = fold_punct(check_line(text, _("Line")))
    match = re.fullmatch(
        r"(?P<name>.+?)(?:\s*(?:[×*]|\s[xX]\s)\s*(?P<count>[^\s=%*×]+))?(?:\s+-\s*(?P<off>[0-9.]+\s*%))?(?:\s*=\s*(?P<amount>[^=]+))?",
        plain,
    )
    if match is None or match["name"].rstrip()[-1:] in ("", "*", "×", "="):
        raise BadValue(
            _("{text} is no product line").format(text=text),
            _('write: "PRODUCT*3", "PRODUCT*3 -5%" or "PRODUCT*3 = 4500"'),
        )
    if match["off"] and match["amount"]:
        raise BadValue(_("{text} has a discount and an amount; one of the two").format(text=text))
    quantity = parse_count(match["count"], _("Quantity")) if match["count"] else 1
    if quantity < 1:
        raise BadValue(_("the quantity is at least 1"))
    if quantity > 10**6:
        raise BadValue(_("the quantity is at most {n}").format(n=f"{10**6:,}"))
    agreed = parse_amount(match["amount"].strip(), currency) if match["amount"] else None
    return Typed(
        match["name"].strip(), quantity, parse_rate(match["off"], _("Discount")) if match["off"] else None, agreed
    )
