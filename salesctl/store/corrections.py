"""What was done to the deals of a period after an operation: from the change log, bulk writes included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from salesctl.store import blocks
from salesctl.store.changes import SELECT, Entry, entry, ids_of
from salesctl.store.connect import Row, Store

FIELDS = ("outcome", "closed", "amount", "amount_currency", "created", "customer_id", "archived_at")
ROW = f"id, name, {', '.join(FIELDS)}"


class Step(NamedTuple):
    """A write to a deal: its columns before and after, None where there was no deal; the operation that did it."""

    deal: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    operation: int


def steps(store: Store, operation: int, start: date, last: date, as_of: str | None = None) -> Iterator[Step]:
    """The writes later than an operation, in order, to deals that may lie in a period by a date that is or was theirs.

    With `as_of` those before that instant.
    """
    params = {"op": operation, "start": start.isoformat(), "last": last.isoformat()} | (
        {"as_of": as_of} if as_of else {}
    )
    known = " AND c.operation_id IN (SELECT id FROM operation WHERE at < :as_of)" if as_of else ""
    rows = store.query(
        f"{SELECT} WHERE c.noun = 'deal' AND c.operation_id > :op AND (c.action <> 'update'"
        " OR c.before LIKE '%\"closed\"%' OR c.before LIKE '%\"created\"%' OR c.record_id IN (SELECT id FROM deal"
        f" WHERE (closed >= :start AND closed <= :last) OR (created >= :start AND created <= :last))){known} ORDER BY c.id",
        params,
    )
    for row in rows:
        yield from _steps(store, entry(row))


def _steps(store: Store, one: Entry) -> Iterator[Step]:
    if one.action == "block":
        for row in now(store, ids_of(one.after)).values():
            yield Step(row["id"], None, dict(row), one.operation)
    elif one.action == "unblock":
        for row in blocks.unpack(one.packed or ""):
            yield Step(row["id"], row, None, one.operation)
    elif isinstance(one.record, int):
        before = None if one.action == "insert" else one.before
        yield Step(one.record, before, None if one.action == "delete" else one.after, one.operation)


def now(store: Store, ids: list[int]) -> dict[int, Row]:
    """Deals as they are, by id; those that are gone are not in it."""
    found: dict[int, Row] = {}
    for start in range(0, len(ids), 500):
        listed = ", ".join(str(id) for id in ids[start : start + 500])
        found |= {row["id"]: row for row in store.query(f"SELECT {ROW} FROM deal WHERE id IN ({listed})")}
    return found


def operations(store: Store, ids: set[int]) -> dict[int, Row]:
    """Who did operations, when and with which command, by id."""
    found: dict[int, Row] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), 500):
        some = ", ".join(map(str, listed[start : start + 500]))
        rows = store.query(f"SELECT id, actor, at, command FROM operation WHERE id IN ({some})")
        found |= {row["id"]: row for row in rows}
    return found
