"""Figures in words: the value with its unit, its likely range, its n, how it changed."""

from __future__ import annotations

from typing import Any

from salesctl.hours import lasted
from salesctl.i18n import _
from salesctl.money import Money, exact, short
from salesctl.services.figures import Figure


def worth(one: Figure) -> str:
    """The value with its unit: €548,300, 39 %, 43 d, n/a."""
    if one.value is None:
        return _("n/a")
    return said(one, one.value)


def said(one: Figure, value: Any) -> str:
    """A value in the figure's unit, for people; "" for none."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return exact(Money(_whole(value), value.currency)) if len(value.text) < 14 else short(value)
    if one.unit == "ratio":
        return f"{100 * float(value):.0f} %"
    if one.unit == "days":
        return _("{n} d").format(n=_day(value))
    if one.unit == "minutes":
        return lasted(int(value))
    if one.unit == "times":
        return f"{value:.1f}x"
    return f"{value:,}"


def _whole(value: Money) -> int:
    from salesctl.money import decimals

    base = 10 ** decimals(value.currency)
    return round(value.minor / base) * base if value.minor < 10**15 else value.minor


def likely(one: Figure) -> str:
    """28-52 %, 29-71 d."""
    if one.low is not None and one.high is not None:
        return f"{100 * one.low:.0f}-{100 * one.high:.0f} %"
    if one.p25 is not None and one.p75 is not None:
        return _("{low}-{high} d").format(low=_day(one.p25, 10), high=_day(one.p75, 10))
    return ""


def _day(value: float, whole: float = 1e9) -> str:
    """Days for people: to a tenth, and whole from some number on."""
    return f"{round(float(value), 0 if value >= whole else 1):g}"


def count(one: Figure) -> str:
    """22/56, or 22."""
    if one.of is not None:
        return f"{one.n:,}/{one.of:,}"
    return "" if one.n is None or one.kpi.kind == "count" else f"{one.n:,}"


def changed(one: Figure) -> str:
    """+9 %, -5 pt noise, +5 d."""
    if one.change is None:
        return ""
    if one.unit == "ratio":
        noise = f" {_('noise')}" if one.within_chance else ""
        return _("{n} pt").format(n=f"{100 * one.change:+.0f}") + noise
    if one.unit == "days":
        return _("{n} d").format(n=f"{round(float(one.change), 1):+g}")
    if one.unit == "minutes":
        return _("{n} min").format(n=f"{one.change:+g}")
    if one.unit == "times":
        return f"{one.change:+.1f}x"
    return f"{100 * one.change:+.0f} %"
