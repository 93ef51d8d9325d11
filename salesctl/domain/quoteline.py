"""The lines of a quote as values: from what was typed and what the product costs, changed, priced anew, told in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from salesctl.domain.kinds import Ref, repr_text
from salesctl.domain.quote import MOST, Position, Sums, Typed, add_up, half_even
from salesctl.domain.rate import FULL, from_millionths, millionths
from salesctl.errors import BadValue, Refused
from salesctl.i18n import _
from salesctl.money import LARGEST, Money, decimals, exact


class Price(NamedTuple):
    """What a product costs: its list price (None where it has none), the last day of it, its tax in millionths."""

    product: Ref
    listed: Money | None
    until: date | None
    tax: int


class Line(NamedTuple):
    """A line of a quote. `price` is the list price of one in minor units, as it was when the line was written.

    `agreed` is what the whole line was agreed for, in the place of list price less discount.
    """

    product: Ref
    quantity: int
    price: int
    discount: int = 0
    agreed: int | None = None
    tax: int = 0

    @property
    def position(self) -> Position:
        return Position(self.price, self.quantity, self.discount, self.tax, self.agreed)

    def said(self, currency: str) -> str:
        """The line as it could be typed."""
        text = self.product.name + (f"*{self.quantity}" if self.quantity != 1 else "")
        if self.agreed is not None:
            return f"{text} = {exact(Money(self.agreed, currency))}"
        return f"{text} -{from_millionths(self.discount)}%" if self.discount else text


def priced(typed: Typed, price: Price, currency: str, today: date, tax: int | None) -> Line:
    """A typed line with the price of its product today; `tax` in millionths in the place of the product's.

    A product without a list price counts at what was agreed for one. Raises Refused (4) for a price in another currency
    or one that has run out, BadValue (4) for a product without a list price and without an agreed amount.
    """
    check_price(price, currency, today)
    agreed = None
    if typed.agreed is not None:
        if typed.agreed.currency != currency:
            raise _foreign(repr_text(exact(typed.agreed)), typed.agreed.currency, currency)
        agreed = typed.agreed.minor
    if price.listed is None and agreed is None:
        raise BadValue(
            _("{product} has no list price").format(product=_called(price.product)),
            _('say what was agreed: "{name}*{n} = 4500", or: salesctl product edit {ref} list_price=...').format(
                name=price.product.name, n=typed.quantity, ref=price.product.code
            ),
        )
    listed = price.listed.minor if price.listed else half_even(Fraction(agreed or 0, typed.quantity))
    discount = millionths(typed.discount) if typed.discount is not None else 0
    return Line(price.product, typed.quantity, listed, discount, agreed, price.tax if tax is None else tax)


def check_price(price: Price, currency: str, today: date) -> None:
    """Refuse (4) a list price that has run out, or that is in another currency than the quote's."""
    if price.until is not None and price.until < today:
        raise Refused(
            _("the list price of {product} ran out on {day}").format(product=_called(price.product), day=price.until),
            _("renew it: salesctl product edit {ref} list_price=... price_until=...").format(ref=price.product.code),
            "price_expired",
        )
    if price.listed is not None and price.listed.currency != currency:
        raise _foreign(_called(price.product), price.listed.currency, currency)


def _foreign(what: str, other: str, currency: str) -> Refused:
    return Refused(
        _("{what} is in {other}, the quote is in {currency}").format(what=what, other=other, currency=currency),
        _("a quote has one currency, that of its deal: salesctl deal edit REF amount=..."),
        "currency",
    )


def _called(product: Ref) -> str:
    return f"{product.code} {product.name}"


def summed(lines: Sequence[Line], discount: int, currency: str) -> Sums:
    """The sums of lines less the discount on the whole, in millionths. Raises Refused (4) where they are too large."""
    sums = add_up([one.position for one in lines], discount, currency)
    most = LARGEST * 10 ** decimals(currency)
    if max(sums.list_total, sum(sums.lines), sums.total) > most:
        raise Refused(_("the sum is larger than the largest amount, {most}").format(most=exact(Money(most, currency))))
    return sums


def off_list(sums: Sums) -> int:
    """The effective discount in millionths, as it is kept: nothing where the whole costs more than the list."""
    return max(0, half_even((sums.effective or Fraction(0)) * FULL))


def many(n: int) -> None:
    """Refuse (4) more lines than a quote has."""
    if n > MOST:
        raise Refused(
            _("a quote has at most {most} lines, not {n}").format(most=f"{MOST:,}", n=f"{n:,}"),
            _("make several quotes"),
            "too_many_lines",
        )


class Edit(NamedTuple):
    """What is to be done to the lines of a quote: lines to add, places to drop, places to set anew (from 1)."""

    add: tuple[str, ...] = ()
    drop: tuple[int, ...] = ()
    anew: tuple[tuple[int, str], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines that were typed: those that are set, then those that are added."""
        return (*(text for _place, text in self.anew), *self.add)


def parse_edit(add: Sequence[str], drop: Sequence[str], anew: Sequence[str]) -> Edit:
    """`--add "X*2"`, `--drop 2` or `--drop 2,3`, `--set 1="GTX Pro*4"`. Raises BadValue."""
    dropped = [word for text in drop for word in re.split(r"[\s,，、]+", text.strip())]
    pairs = []
    for text in anew:
        place, mark, line = text.replace("＝", "=", 1).partition("=")
        if not mark or not line.strip():
            raise BadValue(
                _("{text} says no line").format(text=repr_text(text)), _('as: --set 1="PRODUCT*4" (which line, what)')
            )
        pairs.append((_place(place), line.strip()))
    return Edit(tuple(add), tuple(_place(word) for word in dropped), tuple(pairs))


def _place(text: str) -> int:
    from salesctl.money import parse_count

    return parse_count(text.strip().removeprefix("#"), _("Line"))


def edited(lines: Sequence[Line], edit: Edit, new: Sequence[Line]) -> list[Line]:
    """The lines after an edit; `new` are the lines of its `texts`.

    Raises BadValue (4) for a place that there is not, or that is both set and dropped.
    """
    places = [place for place, _text in edit.anew]
    for place in (*edit.drop, *places):
        if not 1 <= place <= len(lines):
            raise BadValue(
                _("there is no line {n}").format(n=place), _("the quote has lines 1 to {n}").format(n=len(lines))
            )
    twice = set(edit.drop) & set(places) or {one for one in places if places.count(one) > 1}
    if twice:
        raise BadValue(_("line {n} is changed twice").format(n=min(twice)))
    fresh = dict(zip(places, new, strict=False))
    kept = [fresh.get(n, one) for n, one in enumerate(lines, start=1) if n not in edit.drop]
    return [*kept, *new[len(places) :]]


def repriced(line: Line, price: Price) -> Line:
    """A line at the list price of today; one whose product has none stays as it is."""
    return line if price.listed is None else line._replace(price=price.listed.minor)


def told(lines: Sequence[Line], currency: str) -> str | None:
    """The lines of a quote as its history tells them."""
    return "; ".join(one.said(currency) for one in lines) or None


def stored(line: Line, share: int) -> dict[str, Any]:
    """The columns of a stored line; `share` is what is paid for it, before tax, after every discount."""
    return {
        "product_id": line.product.id,
        "quantity": line.quantity,
        "price": line.price,
        "discount": line.discount,
        "agreed": line.agreed,
        "tax": line.tax,
        "net": share,
    }
