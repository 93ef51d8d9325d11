"""The clocks of leads worked out: of one, and of many by rep or channel, with those that wait still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from salesctl.domain.kinds import DATE, INSTANT
from salesctl.domain.lead import LIVE, STATUS
from salesctl.domain.leadclock import CLOCKS, Clock, Hours, Moments, clocks
from salesctl.domain.survival import waited
from salesctl.hours import lasted
from salesctl.plain import Data, fresh
from salesctl.services.base import local_now, zone
from salesctl.store import leads
from salesctl.when import from_iso

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.records import Where

Values = dict[str, Any]
MEDIAN, P90 = Fraction(1, 2), Fraction(9, 10)


def hours(app: App) -> Hours:
    """The business hours that the SOP of leads names, on the organisation's working days."""
    from salesctl.services.goal import calendar

    sop = leads.process(app.store)
    return Hours.of(sop.part("leads") if sop else {}, calendar(app.store))


def moments(row: Mapping[str, Any], place: ZoneInfo, opens: time, as_of: str | None = None) -> Moments:
    """What the clocks of a stored lead need, as it was at an instant; one written down later came at the opening of its day."""
    if as_of is not None:
        row = _as_it_was(row, as_of)
    written = _local(row, "created_at", place)
    assert written is not None
    created: date | None = DATE.unpack(row, "created")
    came = written
    if created is not None and created < written.date():
        came = datetime.combine(created, opens, place)
    return Moments(
        came,
        _local(row, "assigned_at", place),
        _local(row, "owned_at", place),
        _local(row, "contacted_at", place),
        row["status"] in LIVE and row.get("archived_at") is None,
        row["owner_id"] is not None,
    )


def _as_it_was(row: Mapping[str, Any], as_of: str) -> Mapping[str, Any]:
    """A lead without what came to it later: what ended it (`ended_at`), whose it became, the first contact."""
    later: Values = {key: None for key in ("assigned_at", "owned_at", "contacted_at") if (row[key] or "") >= as_of}
    if row["status"] not in LIVE and (row["ended_at"] or "") >= as_of:
        later["status"] = LIVE[0]
    if (row["archived_at"] or "") >= as_of:
        later["archived_at"] = None
    return {**row, **later}


def _local(row: Mapping[str, Any], key: str, place: ZoneInfo) -> datetime | None:
    moment = INSTANT.unpack(row, key)
    return moment.astimezone(place) if moment is not None else None


def of_one(app: App, row: Mapping[str, Any]) -> list[Values]:
    """The clocks of one lead as data, each with the limit that the SOP sets and whether it is over."""
    sop = leads.process(app.store)
    part = sop.part("leads") if sop else {}
    known = hours(app)
    limits = {"assign": part.get("assign_hours"), "follow": part.get("follow_hours")}
    return [
        {
            "clock": one.name,
            "business_minutes": one.business,
            "wall_minutes": one.wall,
            "waiting": one.waiting,
            "limit_hours": limits.get(one.name),
            "late": one.business > 60 * (limits.get(one.name) or one.business),
        }
        for one in clocks(moments(row, ZoneInfo(zone(app)), known.opens), local_now(app), known)
    ]


class Group(Data):
    """Leads of one rep or channel: how many in which state, and their clocks."""

    name: str | None
    statuses: dict[str, int] = fresh(factory=lambda: dict.fromkeys(STATUS.labels, 0))
    clocks: dict[str, list[Clock]] = fresh(factory=lambda: {name: [] for name in CLOCKS})

    @property
    def n(self) -> int:
        return sum(self.statuses.values())


def groups(app: App, where: Where, by: str | None) -> list[Group]:
    """The leads that fit, all together or by rep (who has them), team, manager, region or channel; the largest group first.

    `where.as_of` is the instant that it is asked for: the clocks stand as they did then.
    """
    from salesctl.store.measures import MAPPED, names

    if not app.store.exists:
        return []
    known, place, now = hours(app), ZoneInfo(zone(app)), _then(where.as_of, local_now(app))
    found: dict[str | None, Group] = {}
    name = names(app.store, by)
    column = "owner_id" if by in MAPPED else by or "id"
    for row in leads.times(app.store, where):
        key = None if by is None else name(row[column])
        group = found.setdefault(key, Group(key))
        group.statuses[row["status"] or "new"] += 1
        for one in clocks(moments(row, place, known.opens, where.as_of), now, known):
            group.clocks[one.name].append(one)
    return sorted(found.values(), key=lambda group: (group.name is None, -group.n, group.name or ""))


def _then(as_of: str | None, now: datetime) -> datetime:
    """The moment that the clocks are read at."""
    return now if as_of is None else from_iso(as_of).astimezone(now.tzinfo)


def told(group: Group, name: str) -> Values:
    """One clock of a group: how many stopped and how many run, median and p90 in whole minutes, what was left out.

    A quantile that only the running ones could tell is a bound from below: `median_over`, `p90_over`.
    """
    stopped = [one for one in group.clocks[name] if not one.waiting]
    running = [one for one in group.clocks[name] if one.waiting]
    row: Values = {"clock": name, "leads": group.n, "n": len(stopped), "waiting": len(running)}
    row |= quantiles([one.business for one in stopped], [one.business for one in running], "")
    row |= quantiles([one.wall for one in stopped], [one.wall for one in running], "wall_")
    row["longest"] = max((one.business for one in running), default=None)
    row["excluded"] = group.n - len(stopped) - len(running)
    return row


def quantiles(stopped: Sequence[int], running: Sequence[int], prefix: str) -> Values:
    row: Values = {}
    for word, q in (("median", MEDIAN), ("p90", P90)):
        found = waited(stopped, running, q)
        row[prefix + word] = None if found is None else round(found[0])
        row[f"{prefix}{word}_over"] = found is not None and not found[1]
    return row


def spoken(minutes: int | None, over: bool = False) -> str:
    """Minutes for people: 1 h 05 min, or > 3 h 20 min where it is only known to be longer."""
    if minutes is None:
        return "-"
    text = lasted(minutes)
    return f"> {text}" if over else text


def late(rows: Iterable[Values]) -> list[Values]:
    """The clocks that run and are over their limit."""
    return [one for one in rows if one["waiting"] and one["late"]]
