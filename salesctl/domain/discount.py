"""The discount policy of a SOP: who may give how much off the list, and who has to approve what is more. Pure, exact.

What is judged is the *effective* discount of the whole quote: what it costs, before tax, against its list prices.

What somebody may give without asking: each line has an allowance of its own, the best `discount` of the
[[discount.allow]] entries that fit it. An entry fits when everything it names holds: `role` is a role of the one whose
quote it is, `product` is the name or SKU of the line's product, `category` its category, and `quantity` is reached by
the pieces, in the whole quote, of what the entry names: its product, else its category, else the line's own product.
The allowance of the quote is the sum of list value x allowance of its lines, over its list total. So a quote of one
product has the best allowance there is for it, and ten cheap pieces do not open up the price of a dear one.

What is more is approved as a [[discount.band]] says: `over` < discount <= `to`, from `amount` (major units of the
quote's currency, before tax) on; where several bands fit, the one with the highest `amount` counts.

Lines are rounded to the smallest coin; what that can take is no discount: half a coin a line and half for the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from salesctl.domain.sop import Allowance, Band
from salesctl.text import name_key


class Line(NamedTuple):
    """A line as the policy sees it: list price x quantity in minor units, pieces, product by id, its names and category.

    Names and category are folded as `name_key` does it.
    """

    value: int
    quantity: int
    product: int
    names: frozenset[str] = frozenset()
    category: str = ""


class Offer(NamedTuple):
    """A quote as the policy sees it: list total and what it costs before tax, in minor units, and how many lines."""

    list_total: int
    net: int
    lines: int

    @property
    def discount(self) -> Fraction:
        """What is given, as a share of the list; below 0 where it costs more than the list, 0 without list prices."""
        return 1 - Fraction(self.net, self.list_total) if self.list_total else Fraction(0)

    def within(self, share: Fraction) -> bool:
        """Whether no more than this share is given; what rounding can take is forgiven."""
        return self.list_total - self.net <= share * self.list_total + Fraction(self.lines + 1, 2)


class Verdict(NamedTuple):
    """What the policy says to a quote: the discount, what may be given without asking, and the band that says who approves.

    `most` is the most that can be asked for at this amount. Without a band nobody has to approve, or nobody can.
    """

    discount: Fraction
    allowed: Fraction
    asks: bool
    band: Band | None
    most: Fraction


def judge(
    offer: Offer, lines: Sequence[Line], allowances: Sequence[Allowance], bands: Sequence[Band],
    roles: Collection[str], major: int,
) -> Verdict:  # fmt: skip
    """The verdict on a quote of somebody with these roles (folded); `major` is how many minor units make a major one."""
    may = allowed(lines, allowances, roles)
    asks = not offer.within(may)
    reached = [one for one in bands if (one.amount or 0) * major <= offer.net]
    band = band_of(offer, reached) if asks else None
    most = max([may, *(one.high for one in reached)])
    return Verdict(offer.discount, may, asks, band, most)


def allowed(lines: Sequence[Line], allowances: Sequence[Allowance], roles: Collection[str]) -> Fraction:
    """What may be given on the whole quote, as a share: each line's own best allowance, weighted by its list value."""
    total = sum(one.value for one in lines)
    if not total:
        return Fraction(0)
    pieces: Counter[int | str] = Counter()
    for one in lines:
        pieces[one.product] += one.quantity
        pieces[one.category] += one.quantity
    mine = [one for one in allowances if one.role is None or name_key(one.role) in roles]
    return sum((one.value * _best(one, mine, pieces) for one in lines), Fraction(0)) / total


def _best(line: Line, allowances: Sequence[Allowance], pieces: Counter[int | str]) -> Fraction:
    return max((one.discount for one in allowances if _fits(line, one, pieces)), default=Fraction(0))


def _fits(line: Line, one: Allowance, pieces: Counter[int | str]) -> bool:
    if one.product is not None and name_key(one.product) not in line.names:
        return False
    if one.category is not None and name_key(one.category) != line.category:
        return False
    by_category = one.category is not None and one.product is None
    return pieces[line.category if by_category else line.product] >= one.quantity


def band_of(offer: Offer, bands: Sequence[Band]) -> Band | None:
    """The band that covers a quote, of those whose amount it reaches; the one with the highest amount counts."""
    covering = [one for one in bands if not offer.within(one.low) and offer.within(one.high)]
    return max(covering, key=lambda one: one.amount or 0, default=None)


def uncovered(bands: Sequence[Band], start: Fraction) -> list[tuple[Fraction, Fraction, int]]:
    """The discounts nobody approves though more can be asked for: (over, to, which band comes after them).

    `start` is what may be given without asking. Looked for at each amount that a band begins at.
    """
    found: dict[tuple[Fraction, Fraction], int] = {}
    for floor in sorted({one.amount or 0 for one in bands}):
        reach = start
        order = sorted(range(len(bands)), key=lambda n: (bands[n].low, bands[n].high))
        for place in (n for n in order if (bands[n].amount or 0) <= floor):
            if bands[place].low > reach:
                found.setdefault((reach, bands[place].low), place)
            reach = max(reach, bands[place].high)
    return [(low, high, place) for (low, high), place in found.items()]
