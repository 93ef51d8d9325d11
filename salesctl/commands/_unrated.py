"""Amounts that are in no sum because no exchange rate is known: what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from salesctl.domain.lacking import said
from salesctl.i18n import _, _n

if TYPE_CHECKING:
    from salesctl.services.figures import Figure
    from salesctl.store.rates import Used


def rates(used: Iterable[Used]) -> str:
    """rates used: 1 USD = 7.1 CNY (2026-03-01)."""
    told = (f"1 {one.currency} = {one.rate} {one.base} ({one.day})" for one in used)
    return _("rates used: {rates}").format(rates=", ".join(told))


def lacking(figures: Iterable[Figure]) -> dict[str, str]:
    """Each currency without a rate, and the last day that had none."""
    found: dict[str, str] = {}
    for one in figures:
        for code, day in one.lacking.items():
            found[code] = max(day, found.get(code, ""))
    return dict(sorted(found.items()))


def note(n: int, lacking: Mapping[str, str], base: str) -> str:
    """A footnote: how many deals are in no sum, and which rates would take them in."""
    left = _n("{n} deal is in no sum", "{n} deals are in no sum", n).format(n=f"{n:,}")
    return f"{left}: {said(lacking, base)}" if lacking else left
