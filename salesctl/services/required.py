"""The win rate that a pipeline is held against: of the last year, so that a young period has one too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import KPIS
from salesctl.plain import replace
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.services.figure import Figure
    from salesctl.services.figures import Figures

YEAR = 365  # days of own wins and losses that the win rate is taken from


def rates(figures: Figures, money: bool) -> Mapping[Any, Figure]:
    """By group, the win rate of the year up to the day of the question, whatever its period is (FORMULAS 8).

    By value for money, by count where lost deals bear no amounts (all won, by value).
    """
    tomorrow = figures.question.day + timedelta(days=1)
    span = Period(tomorrow - timedelta(days=YEAR), tomorrow, "days")
    year = type(figures)(figures.store, replace(figures.question, period=span))
    found = {one.group: one for one in year.of(KPIS["win_rate"])}
    for one in year.of(KPIS["win_rate_value"]) if money else ():
        if one.value is not None and one.value != 1:
            found[one.group] = one
        elif one.group in found and one.lacks:  # the amounts that it lacks may be what makes it say nothing
            count = found[one.group]
            count.lacking, count.base = one.lacking, one.base
            count.left_out["other_currency"] = one.left_out["other_currency"]
    return found
