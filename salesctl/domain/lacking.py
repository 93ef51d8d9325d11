"""Amounts that a sum lacks because no exchange rate is known: how that is said, and the refusal of --strict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from salesctl.errors import Refused
from salesctl.i18n import _


class Summed(Protocol):
    """Something that was added up in the currency `base`; `lacks` has the currencies of what is not in it.

    Each with the last day that had no rate.
    """

    @property
    def base(self) -> str: ...

    @property
    def lacks(self) -> Mapping[str, str]: ...


class Lacks:
    """What the sums of one answer lack, of all of them together; `other` says that the command takes --currency.

    Of the days of several sums the first: a rate that is set from then on serves the others too.
    """

    def __init__(self, other: bool = True) -> None:
        self.other = other
        self.days: dict[str, dict[str, str]] = {}  # base -> currency -> a day that had no rate

    def add(self, one: Summed) -> None:
        for code, day in one.lacks.items():
            mine = self.days.setdefault(one.base, {})
            mine[code] = min(day, mine.get(code, day))

    def refuse(self) -> None:
        """Raises Refused (4) with every rate that is lacking, where one is."""
        if self.days:
            raise refusal(self.days, self.other)


def refusal(days: Mapping[str, Mapping[str, str]], other: bool = True) -> Refused:
    """The error of sums that lack something, by base and currency; `other`: another currency may be asked for."""
    bases = sorted(days)
    rates = [
        {"currency": code, "base": base, "date": day} for base in bases for code, day in sorted(days[base].items())
    ]
    told = ", ".join(said(days[base], base) for base in bases)
    return Refused(told, hint(days[bases[0]], bases[0], other), code="no_rate", missing=rates)


def said(lacking: Mapping[str, str], base: str) -> str:
    """no USD->CNY rate on 2026-03-05; `lacking` has the currencies with a day that had none."""
    text = _("no {currency}->{base} rate on {day}")
    return ", ".join(text.format(currency=code, base=base, day=day) for code, day in sorted(lacking.items()))


def hint(lacking: Mapping[str, str], base: str, other: bool = True) -> str:
    """The command that mends it, of the first currency; `other`: or another currency for the answer."""
    code, day = min(lacking.items())
    text = _("salesctl rate set {currency} RATE --base {base} --date {day}, or --currency CODE")
    if not other:
        text = _("salesctl rate set {currency} RATE --base {base} --date {day}")
    return text.format(currency=code, base=base, day=day)
