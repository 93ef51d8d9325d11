"""The face of everything about time: dates, hours, periods, zones, working days and repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.clock import ago, from_iso, iso, show_date, to_instant, weekday
from salesctl.dates import When, parse_date
from salesctl.hours import parse_time, parse_when, split_when
from salesctl.period import ALL, Period, around, between, parse_duration, parse_period

if TYPE_CHECKING:
    from salesctl.recur import Recurrence
    from salesctl.workdays import Calendar


def __getattr__(name: str) -> Any:
    """What is rarely needed is read when it is."""
    if name == "Recurrence":
        from salesctl.recur import Recurrence

        return Recurrence
    if name == "Calendar":
        from salesctl.workdays import Calendar

        return Calendar
    raise AttributeError(name)


__all__ = [
    "ALL",
    "Calendar",
    "Period",
    "Recurrence",
    "When",
    "ago",
    "around",
    "between",
    "from_iso",
    "iso",
    "parse_date",
    "parse_duration",
    "parse_period",
    "parse_time",
    "parse_when",
    "show_date",
    "split_when",
    "to_instant",
    "weekday",
]
