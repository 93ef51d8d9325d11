"""Facts of deals: each carries the whole state, and the stretches of the deal's life are worked out again from them."""

from __future__ import annotations

from salesctl.domain.deal import STATE, Event, spans
from salesctl.store.write import Unit

TOUCHING = ("stage", "reopened", "created", "won", "lost")  # a person did something with the deal


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
    work.put_many(
        "deal_span",
        ("deal_id", "from_at", "until_at", *STATE),
        [(deal, span.start, span.end, *span.state) for span in spans(events)],
    )


def touch(work: Unit, deal: int | None, at: str) -> None:
    """A person did something with a deal: it is not idle since then. Kept out of the record's version and history."""
    if deal is not None:
        work.run(
            "UPDATE deal SET touched_at = :at WHERE id = :id AND (touched_at IS NULL OR touched_at < :at)",
            {"at": at, "id": deal},
        )
