"""How long a lead waits: until somebody has it, until that one speaks to them; in business hours and on the wall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from salesctl.i18n import N_
from salesctl.workdays import Calendar

CLOCKS = {
    "assign": N_("until assigned"),
    "follow": N_("until followed up"),
    "response": N_("until first contact"),
}
FARTHEST = 3000  # days that a limit is looked back for


class Hours(NamedTuple):
    """The business hours of working days."""

    opens: time
    closes: time
    calendar: Calendar

    @classmethod
    def of(cls, leads: Mapping[str, Any], calendar: Calendar) -> Hours:
        """Those that the [leads] part of a SOP names; 09:00 to 18:00 where it names none."""
        hours = [time.fromisoformat(leads.get(key, usual)) for key, usual in (("opens", "09:00"), ("closes", "18:00"))]
        return cls(hours[0], hours[1], calendar)


def worked(start: datetime, end: datetime, hours: Hours) -> timedelta:
    """The business time in [start, end), both aware in one zone (FORMULAS 11): overlap with the hours of working days."""
    first, last = start.date(), end.date()
    if end <= start:
        return timedelta()
    if first == last:
        return _within(first, start, end, hours)
    day = _at(first, hours.closes, start) - _at(first, hours.opens, start)
    whole = hours.calendar.between(first + timedelta(days=1), last)
    return _within(first, start, None, hours) + whole * day + _within(last, None, end, hours)


def since(now: datetime, needed: timedelta, hours: Hours) -> datetime:
    """The latest moment from which so much business time has passed by now."""
    day, end = now.date(), now
    for _day in range(FARTHEST):
        there = _within(day, None, end, hours)
        if there >= needed:
            return min(end, _at(day, hours.closes, now)) - needed
        needed -= there
        day -= timedelta(days=1)
        end = _at(day, hours.closes, now)
    return end


def _within(day: date, low: datetime | None, high: datetime | None, hours: Hours) -> timedelta:
    """The business time of one day from `low` to `high`, from its opening to its closing where they are not given."""
    if not hours.calendar.is_working(day):
        return timedelta()
    like = low or high
    assert like is not None
    opens, closes = _at(day, hours.opens, like), _at(day, hours.closes, like)
    return max(timedelta(), min(high or closes, closes) - max(low or opens, opens))


def _at(day: date, hour: time, like: datetime) -> datetime:
    return datetime.combine(day, hour, like.tzinfo)


class Moments(NamedTuple):
    """What the clocks of a lead need, aware in the organisation's zone; `live` when somebody still works on it.

    `assigned` is when it was given to somebody first, `owned` when to the one who has it now.
    """

    created: datetime
    assigned: datetime | None
    owned: datetime | None
    contacted: datetime | None
    live: bool
    has_owner: bool


class Clock(NamedTuple):
    """A clock of a lead: whole minutes of business and of wall time; `waiting` while it still runs."""

    name: str
    business: int
    wall: int
    waiting: bool


def clocks(lead: Moments, now: datetime, hours: Hours) -> list[Clock]:
    """The clocks of a lead that can be told; one with an unknown or a backward end is left out."""
    found = []
    for name, start, end, runs in (
        ("assign", lead.created, lead.assigned, not lead.has_owner),
        ("follow", _given(lead), lead.contacted, lead.has_owner),
        ("response", lead.created, lead.contacted, True),
    ):
        if start is None or (end is None and not (lead.live and runs)) or (end is not None and end < start):
            continue
        until = end or max(now, start)
        found.append(Clock(name, _minutes(worked(start, until, hours)), _minutes(_wall(start, until)), end is None))
    return found


def _given(lead: Moments) -> datetime | None:
    """When the one who followed up, or has to, was given the lead."""
    if lead.assigned is None:
        return None
    if lead.owned is not None and (lead.contacted is None or lead.owned <= lead.contacted):
        return max(lead.assigned, lead.owned)
    return lead.assigned


def _wall(start: datetime, end: datetime) -> timedelta:
    return end.astimezone(UTC) - start.astimezone(UTC)  # of one zone, a difference would leave the clock change out


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)
