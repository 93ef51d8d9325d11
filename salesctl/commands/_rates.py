"""Rates, days and goals as reports say them: in words for people, rounded numbers for scripts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from salesctl.domain.conversion import Goal
from salesctl.domain.stats import Quartiles, Ratio
from salesctl.i18n import N_, _
from salesctl.output.bars import bar

Values = dict[str, Any]
ROOM = 10  # columns of a bar
WORDS = {True: N_("met"), False: N_("missed"), None: N_("open")}


def some(n: int) -> str:
    """1,589; - for none."""
    return f"{n:,}" if n else "-"


def percent(value: float | None) -> str:
    """39 %; n/a for what has no denominator."""
    return _("n/a") if value is None else f"{100 * value:.0f} %"


def likely(ratio: Ratio) -> str:
    """28-52 %, where the true rate likely is; "" of nothing."""
    return "" if ratio.range is None else "{:.0f}-{:.0f} %".format(*(100 * end for end in ratio.range))


def share_bar(ratio: Ratio, columns: int = ROOM) -> str:
    """A bar of which the whole stands for all."""
    return bar(Fraction(ratio.top), Fraction(ratio.bottom), columns) if ratio.bottom else ""


def days(value: Fraction | None) -> str:
    """12, 12.5."""
    return "" if value is None else f"{float(value):g}"


def half(found: Quartiles | None) -> str:
    """5-21, the middle half."""
    return "" if found is None else f"{float(found.p25):.0f}-{float(found.p75):.0f}"


def against(goal: Goal, unit: str = "") -> str:
    """60 % met, 14 missed; "" without a target."""
    if goal.target is None or goal.value is None:
        return "" if goal.target is None else f"{goal.target}{unit}"
    return f"{goal.target}{unit} {_(WORDS[goal.met])}"


def of_ratio(name: str, ratio: Ratio) -> Values:
    """The keys of a ratio, its range with it."""
    low, high = ratio.range or (None, None)
    return {name: number(ratio.value), f"{name}_low": number(low), f"{name}_high": number(high)}


def of_days(name: str, found: Quartiles | None) -> Values:
    """The keys of a spread of days."""
    if found is None:
        return {f"{name}_median": None, f"{name}_p25": None, f"{name}_p75": None}
    return {f"{name}_median": plain(found.median), f"{name}_p25": plain(found.p25), f"{name}_p75": plain(found.p75)}


def of_goal(name: str, goal: Goal) -> Values:
    return {f"{name}_target": goal.target, f"{name}_met": goal.met}


def number(value: float | None) -> float | None:
    """A ratio with six decimals."""
    return None if value is None else round(value, 6)


def plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
