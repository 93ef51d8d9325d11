"""Instants: from a wall clock and a zone to UTC and back, and how days are said to people."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from salesctl.errors import BadValue
from salesctl.i18n import N_, _

DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"),
    N_("Nov"), N_("Dec"),
)  # fmt: skip
LONG_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def to_instant(day: date, at: time | None, zone: str) -> tuple[datetime, str]:
    """The UTC instant of a wall clock time (midnight without one) in a zone, and a note when the clock jumps over it.

    A time that happens twice is its first occurrence; one that does not exist is moved on by the jump.
    """
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise BadValue(_("{text} is no time zone").format(text=zone)) from error
    wall = datetime.combine(day, at or time(), tzinfo=place)
    instant = wall.astimezone(UTC)
    back = instant.astimezone(place)
    if back.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant, ""
    moved = _after_gap(wall, place)
    note = _("{wall} does not exist that day, using {used}").format(
        wall=wall.strftime("%H:%M"), used=moved.astimezone(place).strftime("%H:%M")
    )
    return moved, note


def _after_gap(wall: datetime, place: ZoneInfo) -> datetime:
    """The first moment after a gap of the clock."""
    probe = wall.replace(second=0)
    for _minute in range(24 * 60):
        probe = (probe.replace(tzinfo=None) + timedelta(minutes=1)).replace(tzinfo=place)
        instant = probe.astimezone(UTC)
        if instant.astimezone(place).replace(tzinfo=None) == probe.replace(tzinfo=None):
            return instant
    return wall.astimezone(UTC)


def shifts(zone: str, first: date, last: date) -> list[tuple[str, int]]:
    """The stretches in which a zone's clock is so many minutes off UTC, as (first instant as stored, minutes), in order.

    The first stretch reaches back for ever; clocks are looked at once a week, and change at a whole minute.
    """
    place = ZoneInfo(zone)

    def off(moment: datetime) -> int:
        return int((moment.astimezone(place).utcoffset() or timedelta()).total_seconds() // 60)

    here = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=2)
    found = [("0001-01-01T00:00:00Z", off(here))]
    while here < end:
        low, high = here, here + timedelta(days=7)
        if off(high) != found[-1][1]:
            while high - low > timedelta(minutes=1):
                middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
                low, high = (middle, high) if off(middle) == found[-1][1] else (low, middle)
            found.append((iso(high), off(high)))
        here += timedelta(days=7)
    return found


def iso(moment: datetime) -> str:
    """As the store writes it: 2026-11-23T01:42:00Z, always of one length, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def from_iso(text: str) -> datetime:
    """The aware instant of a stored text."""
    return datetime.fromisoformat(text)


def weekday(day: date, lang: str = "") -> str:
    """Mon, 周一."""
    return _(DAYS[day.weekday()])


def show_date(day: date, today: date, lang: str = "en") -> str:
    """A day for people: 23 Nov, 11月23日; with its year when that is another one."""
    if lang == "zh":
        short = f"{day.month}月{day.day}日"
        return short if day.year == today.year else f"{day.year}年{short}"
    short = f"{day.day} {MONTHS[day.month - 1]}"
    return short if day.year == today.year else f"{short} {day.year}"


def ago(day: date, today: date, lang: str = "en") -> str:
    """today, tomorrow, in 3 days, 3 days ago."""
    from salesctl.i18n import _n

    days = (day - today).days
    if days in (0, 1, -1):
        return {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}[days]
    if days > 0:
        return _n("in {n} day", "in {n} days", days).format(n=days)
    return _n("{n} day ago", "{n} days ago", -days).format(n=-days)
