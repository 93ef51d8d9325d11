"""A quote as it goes on paper: both sides, the lines, the sums; plain values, whatever the form it is printed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from salesctl.domain.quote import Position, Sums, half_even, taxes
from salesctl.domain.rate import FULL, from_millionths
from salesctl.money import Money

# What a store knows of the organisation that sells; each is a row of `meta` called company.KEY.
COMPANY = ("name", "address", "phone", "email", "website", "tax_number", "bank", "account")
BINDING = ("approved", "sent", "accepted")  # a quote in another state says on its paper that it does not bind


class Party(NamedTuple):
    """One side of a quote; what is not known is empty."""

    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_number: str = ""
    bank: str = ""
    account: str = ""


class Person(NamedTuple):
    """Whom to ask on that side; what is not known is empty."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""


class PaperLine(NamedTuple):
    """A product on the paper: list price of one, discount in percent (None for none), net of the line before tax."""

    position: int
    product: str
    sku: str
    quantity: int
    price: Money
    discount: Decimal | None
    net: Money
    tax: Decimal


class PaperTax(NamedTuple):
    """A rate of tax in percent, what it is worked out on, and the tax."""

    rate: Decimal
    base: Money
    tax: Money


class Paper(NamedTuple):
    """A quote to be printed. `subtotal` is the sum of the lines; `discount` in percent comes off it (None for none)."""

    ref: str
    name: str
    number: int
    status: str
    day: date
    valid_until: date | None
    language: str
    currency: str
    seller: Party
    rep: Person
    customer: Party
    contact: Person
    lines: tuple[PaperLine, ...]
    list_total: Money
    subtotal: Money
    discount: Decimal | None
    net: Money
    taxes: tuple[PaperTax, ...]
    tax: Money
    total: Money
    terms: str

    @property
    def binding(self) -> bool:
        return self.status in BINDING


class Item(NamedTuple):
    """A line before the sums: how it is called and what the arithmetic needs of it."""

    product: str
    sku: str
    place: Position


def lines(items: Sequence[Item], sums: Sums, currency: str) -> tuple[PaperLine, ...]:
    """The lines as they are printed, numbered from 1."""
    return tuple(
        PaperLine(
            number,
            one.product,
            one.sku,
            one.place.quantity,
            Money(one.place.price, currency),
            _off(one.place),
            Money(net, currency),
            from_millionths(one.place.tax),
        )
        for number, (one, net) in enumerate(zip(items, sums.lines, strict=True), start=1)
    )


def _off(place: Position) -> Decimal | None:
    """The discount of a line; of one that was agreed for an amount what that comes to, with two decimals."""
    if place.agreed is None:
        return from_millionths(place.discount) if place.discount else None
    full = place.price * place.quantity
    off = half_even(Fraction((full - place.agreed) * 10_000, full)) if full else 0
    return from_millionths(off * FULL // 10_000) if off > 0 else None


def tax_table(places: Sequence[Position], sums: Sums, currency: str) -> tuple[PaperTax, ...]:
    """Tax by its rate; a rate of nothing is left out."""
    return tuple(
        PaperTax(from_millionths(rate), Money(base, currency), Money(tax, currency))
        for rate, base, tax in taxes(places, sums.shares)
        if rate
    )


def spoken(word: str | None) -> str | None:
    """The language that a word means, "en" or "zh"; None for one that we do not speak."""
    from salesctl.domain.kinds import LANG

    text = (word or "").strip()
    return LANG.read(text) or LANG.read(text.replace("_", "-").partition("-")[0])
