"""What amounts are worth in another currency: the latest rate on or before a day, exact, rounded once at the end.

Closed deals go by the day they closed, open ones by the day the answer counts from. A rate the other way round serves
where none is known directly, and two rates over the organisation's currency where neither is.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from salesctl.domain.exchange import from_billionths, scale
from salesctl.store.connect import Store


class Used(NamedTuple):
    """A rate that an answer was made with: 1 `currency` is `rate` `base` from `day` on."""

    currency: str
    base: str
    day: str
    rate: str


class Converter:
    """Amounts of other currencies in `base`; rates after `as_of` are not known yet."""

    def __init__(self, store: Store, base: str, as_of: date) -> None:
        self.store, self.base, self.as_of = store, base, as_of
        self.used: set[Used] = set()
        self.lacking: dict[str, str] = {}  # currency -> the last day that had no rate
        self._known: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
        self._found: dict[tuple[str, str], Fraction | None] = {}
        self._own: str | None = None

    @property
    def lacks(self) -> dict[str, str]:
        """What a sum lacks of which all was turned by this converter."""
        return self.lacking

    def minor(self, minor: int, currency: str, day: date | str | None) -> int | None:
        """Minor units of the base, rounded half-even; None where no rate is known. `day` None: the latest rate."""
        exact = self.exact(minor, currency, day)
        return None if exact is None else round(exact)

    def exact(self, minor: int | Fraction, currency: str, day: date | str | None) -> Fraction | None:
        """Minor units of the base, not rounded: what is added up and rounded once."""
        if currency == self.base:
            return Fraction(minor)
        factor = self.factor(currency, day)
        return None if factor is None else minor * factor

    def factor(self, currency: str, day: date | str | None) -> Fraction | None:
        """What one minor unit is in minor units of the base, by the latest rate on or before the day."""
        on = min(str(day) if day else self.as_of.isoformat(), self.as_of.isoformat())
        key = (currency, on)
        if key not in self._found:
            found = self._between(currency, self.base, on)
            self._found[key] = self._through(currency, on) if found is None else found
        if self._found[key] is None:
            self.lacking[currency] = max(on, self.lacking.get(currency, ""))
        return self._found[key]

    def _through(self, currency: str, on: str) -> Fraction | None:
        if self._own is None:
            self._own = self.store.meta("currency") or ""
        if not self._own or self._own in (currency, self.base):
            return None
        first, second = self._between(currency, self._own, on), self._between(self._own, self.base, on)
        return None if first is None or second is None else first * second

    def _between(self, currency: str, base: str, on: str) -> Fraction | None:
        """By a rate of one in the other, else by one the other way round."""
        rate = self._latest(currency, base, on)
        if rate is not None:
            return scale(currency, base, rate)
        rate = self._latest(base, currency, on)
        return None if rate is None else 1 / scale(base, currency, rate)

    def _latest(self, currency: str, base: str, on: str) -> int | None:
        days, rates = self._rates(currency, base)
        place = bisect_right(days, on) - 1
        if place < 0:
            return None
        self.used.add(Used(currency, base, days[place], f"{from_billionths(rates[place]):f}"))
        return rates[place]

    def _rates(self, currency: str, base: str) -> tuple[list[str], list[int]]:
        """The days and the rates of a pair, in order; read once."""
        key = (currency, base)
        if key not in self._known:
            rows = self.store.query(
                "SELECT day, rate FROM rate WHERE currency = :currency AND base = :base AND archived_at IS NULL"
                " AND day <= :last ORDER BY day",
                {"currency": currency, "base": base, "last": self.as_of.isoformat()},
            )
            self._known[key] = ([row["day"] for row in rows], [row["rate"] for row in rows])
        return self._known[key]


def converter(store: Store, base: str, as_of: date) -> Converter:
    """What turns amounts into `base` as rates are known at the end of the day `as_of`."""
    return Converter(store, base, as_of)
