"""Facts of deals: each carries the whole state, and the stretches of the deal's life are worked out again from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salesctl.domain.deal import STATE, Event, spans
from salesctl.store.blocks import among, clear
from salesctl.store.write import Unit

SPAN = ("deal_id", "from_at", "until_at", *STATE)


def record(work: Unit, deal: int, kind: str, at: str | None, reason: str | None = None) -> int:
    """Write down that something happened to a deal at `at` (UTC ISO, None unknown); its state is taken from its row."""
    columns = ", ".join(STATE)
    state = work.one(f"SELECT {columns} FROM deal WHERE id = :id", {"id": deal})
    assert state is not None
    event = work.put(
        "deal_event",
        {
            "deal_id": deal,
            "operation_id": work.operation,
            "kind": kind,
            "at": at,
            "recorded_at": work.at,
            "reason": reason,
            **state,
        },
    )
    rebuild(work, deal)
    return event


def rebuild(work: Unit, deal: int) -> None:
    """The spans of a deal, again from its events."""
    columns = ", ".join(STATE)
    rows = work.query(
        f"SELECT at, {columns} FROM deal_event WHERE deal_id = :id AND voided_at IS NULL ORDER BY id", {"id": deal}
    )
    events = [Event(row["at"], tuple(row[name] for name in STATE)) for row in rows]
    work.run("DELETE FROM deal_span WHERE deal_id = :id", {"id": deal})
    work.fill(
        "deal_span",
        SPAN,
        [(deal, span.start, span.end, *span.state) for span in spans(events)],
    )


def rebuild_many(work: Unit, deals: Sequence[int]) -> None:
    """The spans of many deals, again from their events, by blocks."""
    columns = ", ".join(STATE)
    for start in range(0, len(deals), 500):
        some = deals[start : start + 500]
        where, params = among("deal_id", some)
        clear(work, "deal_span", "deal_id", some)
        rows = work.query(
            f"SELECT deal_id, at, {columns} FROM deal_event WHERE {where} AND voided_at IS NULL ORDER BY deal_id, id",
            params,
        )
        lives: dict[int, list[Event]] = {}
        for row in rows:
            lives.setdefault(row["deal_id"], []).append(Event(row["at"], tuple(row[name] for name in STATE)))
        stretches = [(deal, one.start, one.end, *one.state) for deal, life in lives.items() for one in spans(life)]
        work.fill("deal_span", SPAN, stretches)


def carry(work: Unit, deal: int, operation: int, values: Mapping[str, tuple[Any, Any]]) -> None:
    """What an operation had changed is what it was, in the events after it too: each carries the whole state.

    `values` are pairs of what the operation left and what was before, by column; an event that has another value, and
    those after it, keep theirs.
    """
    columns = ", ".join(STATE)
    later = work.query(
        f"SELECT id, {columns} FROM deal_event WHERE deal_id = :deal AND operation_id > :operation"
        " AND voided_at IS NULL ORDER BY id",
        {"deal": deal, "operation": operation},
    )
    still = dict(values)
    for row in later:
        still = {name: pair for name, pair in still.items() if row[name] == pair[0]}
        if still:
            work.amend("deal_event", row["id"], {name: before for name, (_left, before) in still.items()})


def touch(work: Unit, deal: int | None, at: str) -> None:
    """A person did something with a deal: it is not idle since then. Kept out of the record's version and history."""
    if deal is None:
        return
    row = work.one("SELECT touched_at FROM deal WHERE id = :id", {"id": deal})
    if row and (row["touched_at"] is None or row["touched_at"] < at):
        work.amend("deal", deal, {"touched_at": at})
