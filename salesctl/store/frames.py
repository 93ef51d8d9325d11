"""What a report is about, in SQL: which deals, in which window, as of when, grouped by what; and days of a zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from salesctl.domain.deal import BEFORE, DEAL
from salesctl.plain import Data
from salesctl.store.connect import Store
from salesctl.store.records import Where, source
from salesctl.when import Period, iso, to_instant

# How deals can be grouped here, and the column of it; the rest of the name comes from measures.names.
KEYS = {
    "rep": "t.owner_id",
    "team": "t.owner_id",
    "manager": "t.owner_id",
    "region": "t.owner_id",
    "pipeline": "t.pipeline_id",
    "channel": "t.channel",
    "industry": "c.industry",
    "customer-region": "c.region",
}


class Frame(Data):
    """Deals of a scope in a half-open window of days, as they were at an instant (None: now)."""

    scope: Where
    period: Period
    as_of: str | None
    zone: str
    day: date
    by: str | None = None

    @property
    def params(self) -> dict[str, Any]:
        """Every value that the fragments of this frame name."""
        bounds: dict[str, Any] = {}
        if self.period.start is not None:
            bounds |= {
                "start": iso(to_instant(self.period.start, None, self.zone)[0]),
                "first": self.period.start.isoformat(),
            }
        if self.period.end is not None:
            bounds |= {
                "end": iso(to_instant(self.period.end, None, self.zone)[0]),
                "after": self.period.end.isoformat(),
            }
        as_of = {} if self.as_of is None else {"as_of": self.as_of}
        return {**self.scope.params, **bounds, **as_of}

    @property
    def bounded(self) -> bool:
        return self.period.start is not None or self.period.end is not None

    def deals(self, *more: str, columns: str = "") -> str:
        """SELECT of the deals by id with their outcome, `g` their group, and more columns where they are wanted."""
        key = KEYS[self.by] if self.by else "NULL"
        join = " LEFT JOIN customer c ON c.id = t.customer_id" if key.startswith("c.") else ""
        where = " AND ".join(["t.archived_at IS NULL", *self.scope.parts, *more])
        return f"SELECT t.id, t.outcome, {key} AS g{columns} FROM {source(DEAL, self.as_of)} t{join} WHERE {where}"

    def within(self, instant: str) -> str:
        """The condition that an instant lies in the window."""
        return self._bounds(instant, ":start", ":end")

    def closed(self) -> str:
        """The condition that a deal `t` was closed in the window."""
        return f"t.outcome IS NOT NULL AND {self._bounds('t.closed', ':first', ':after')}"

    def _bounds(self, what: str, low: str, high: str) -> str:
        parts = [f"{what} >= {low}"] if self.period.start is not None else []
        parts += [f"{what} < {high}"] if self.period.end is not None else []
        return " AND ".join(parts) or "1 = 1"

    def known(self, instant: str) -> str:
        """The condition that something had happened by then; what is of unknown time has in every as-of."""
        return "1 = 1" if self.as_of is None else f"({instant} IS NULL OR {instant} < :as_of)"


def local_day(store: Store, zone: str, upto: date) -> str:
    """A pattern for SQL: the day of the organisation that the instant {0} lies in, its clock changes included."""
    return f"date({{0}}, {_offset(_stretches(store, zone, upto))})"


def local_days(store: Store, zone: str, upto: date) -> Callable[[str], int]:
    """The same for instants in hand: the number of the day that one lies in."""
    from bisect import bisect_right

    stretches = _stretches(store, zone, upto)
    starts, minutes = [start for start, _n in stretches][1:], [n for _start, n in stretches]
    known: dict[str, int] = {}

    def day(at: str) -> int:
        found = known.get(at[:10])
        if found is None:
            found = known[at[:10]] = date.fromisoformat(at[:10]).toordinal()
        off = minutes[bisect_right(starts, at)]
        return found + (int(at[11:13]) * 60 + int(at[14:16]) + off) // 1440 if off else found

    return day


def _stretches(store: Store, zone: str, upto: date) -> list[tuple[str, int]]:
    """The stretches of a zone's clock since the first fact."""
    from salesctl.clock import shifts

    row = store.one(f"SELECT min(at) AS first FROM deal_event WHERE at > '{BEFORE}'")
    first = min(date.fromisoformat(str(row["first"])[:10]), upto) if row and row["first"] else upto
    return shifts(zone, first.replace(month=1, day=1), upto)


def _offset(stretches: list[tuple[str, int]]) -> str:
    """Which stretch an instant lies in, by halving: a CASE as deep as it must be."""
    if len(stretches) == 1:
        return f"'{stretches[0][1]:+d} minutes'"
    middle = len(stretches) // 2
    early, late = _offset(stretches[:middle]), _offset(stretches[middle:])
    return f"CASE WHEN {{0}} < '{stretches[middle][0]}' THEN {early} ELSE {late} END"
