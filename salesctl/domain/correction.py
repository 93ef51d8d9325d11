"""Later edits of a closed period, as corrections: of each deal what it was at the close, what it is, since when, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

Columns = Mapping[str, Any]


class Correction(NamedTuple):
    """A column of a deal that is not what it was at the close; `field` "deal": it came or went as a whole.

    `first` and `last` are the operations that changed it first and last.
    """

    deal: int
    field: str
    before: Any
    after: Any
    first: int
    last: int


class Trail:
    """What became of one deal since the close."""

    def __init__(self) -> None:
        self.was: dict[str, Any] = {}  # columns as they were before the first write to them
        self.now: dict[str, Any] = {}
        self.born: bool | None = None  # whether the first write made it
        self.gone = False
        self.whole: list[int] = []  # the operations that made it or took it out
        self.touched: dict[str, tuple[int, int]] = {}

    def add(self, before: Columns | None, after: Columns | None, operation: int, fields: Iterable[str]) -> None:
        """A further write, later than those before."""
        if self.born is None:
            self.born = before is None
        if before is None or after is None:
            self.whole.append(operation)
            self.gone = after is None
        for field in fields:
            if field not in (before or {}) and field not in (after or {}):
                continue
            self.was.setdefault(field, (before or {}).get(field))
            self.now[field] = (after or {}).get(field)
            self.touched[field] = (self.touched.get(field, (operation, 0))[0], operation)

    def ever(self, field: str, current: Columns) -> tuple[Any, Any]:
        """A column at the close and now."""
        return self.was.get(field, current.get(field)), self.now.get(field, current.get(field))


class Span(NamedTuple):
    """The first and the last day of a period, and the first from which a close can move one of its figures."""

    start: date
    last: date
    early: date

    def holds(self, day: Any, early: bool = False) -> bool:
        first = self.early if early else self.start
        return bool(day) and first.isoformat() <= str(day) <= self.last.isoformat()


OF_CREATED = ("created", "archived_at")  # what counts of a deal that only began in the period


def corrections(trails: Mapping[int, Trail], current: Mapping[int, Columns], span: Span) -> list[Correction]:
    """What differs from the close, deal by deal: of those with a close in the period, then or now, whatever was written.

    Of those that only began in it their begin; that they were won or lost later is their life, and no correction.
    """
    found = []
    for deal in sorted(trails):
        trail, row = trails[deal], current.get(deal, {})
        every = any(span.holds(day, early=True) for day in trail.ever("closed", row))
        if every or any(span.holds(day) for day in trail.ever("created", row)):
            found += [one for one in _of(deal, trail) if every or one.field in (*OF_CREATED, "deal")]
    return found


def _of(deal: int, trail: Trail) -> list[Correction]:
    if trail.born:
        ends = (trail.whole[0], trail.whole[-1])
        return [] if trail.gone else [Correction(deal, "deal", None, "added", *ends)]
    if trail.gone:
        return [Correction(deal, "deal", None, "gone", trail.whole[-1], trail.whole[-1])]
    return [
        Correction(deal, field, trail.was[field], trail.now[field], *trail.touched[field])
        for field in trail.touched
        if trail.was[field] != trail.now[field]
    ]
