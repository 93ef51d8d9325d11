"""The face of everything about time: dates, hours, periods, zones, working days and repetitions."""

from __future__ import annotations

from salesctl.clock import ago, from_iso, iso, show_date, to_instant, weekday
from salesctl.dates import When, parse_date
from salesctl.hours import parse_time, parse_when, split_when
from salesctl.period import ALL, Period, around, between, parse_duration, parse_period
from salesctl.recur import Recurrence
from salesctl.workdays import Calendar

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
