"""Reading the common pool: what nobody has, what goes back to it next, and how much somebody took out and holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from salesctl.domain.noun import Noun
from salesctl.store import records
from salesctl.store.connect import Row, Store, listed
from salesctl.store.records import Where

# By noun: since when one has it, which of its records may lie in the pool, whose follow-ups touch it.
SINCE = {"lead": "coalesce(t.owned_at, t.assigned_at, t.created_at)", "customer": "coalesce(t.owned_at, t.created_at)"}
KEPT = {"lead": "t.status IN ('new', 'qualified')", "customer": "t.merged_into_id IS NULL"}
NO_OPEN_DEAL = (
    "NOT EXISTS (SELECT 1 FROM deal d WHERE d.customer_id = t.id AND d.outcome IS NULL AND d.archived_at IS NULL)"
)
EVENT = "(SELECT {column} FROM pool_event e {join}WHERE e.noun = '{noun}' AND e.record_id = t.id ORDER BY e.id DESC LIMIT 1)"


def untouched(store: Store, noun: str, cut: str, owners: Sequence[int] | None = None) -> list[Row]:
    """Records that somebody has and nobody touched since the instant `cut`, the longest quiet first.

    Each with who has it since when and the instants of its touches. A customer with an open deal is never among them.
    """
    params: dict[str, Any] = {"cut": cut}
    done = f"FROM followup f WHERE f.{noun}_id = t.id AND f.archived_at IS NULL"
    deals = "FROM deal d WHERE d.customer_id = t.id AND d.archived_at IS NULL"
    where = [f"t.owner_id IS NOT NULL AND t.archived_at IS NULL AND {KEPT[noun]} AND {SINCE[noun]} < :cut"]
    where.append(f"coalesce(t.touched_at, '') < :cut AND NOT EXISTS (SELECT 1 {done} AND f.done_at >= :cut)")
    deal_at = "NULL"
    if noun == "customer":
        deal_at = f"(SELECT max(d.touched_at) {deals})"
        where.append(f"{NO_OPEN_DEAL} AND NOT EXISTS (SELECT 1 {deals} AND d.touched_at >= :cut)")
    if owners is not None:
        where.append(f"t.owner_id IN {listed('owner', list(owners), params)}")
    return store.query(
        f"SELECT t.id, t.name, t.owner_id, r.name AS owner, {SINCE[noun]} AS since, t.touched_at,"
        f" (SELECT max(f.done_at) {done}) AS done_at, {deal_at} AS deal_at"
        f" FROM {noun} t JOIN rep r ON r.id = t.owner_id WHERE {' AND '.join(where)} ORDER BY since, t.id",
        params,
    )


def lying(store: Store, noun: Noun, where: Where, limit: int) -> Iterator[tuple[dict[str, Any], Row]]:
    """What lies in the pool, newest first, with how it came there: `pooled_at`, `how`, `why`, `before` (who had it)."""
    event = EVENT.replace("{noun}", noun.name)
    more = [
        f"{event.format(column='e.at', join='')} AS pooled_at",
        f"{event.format(column='e.kind', join='')} AS how",
        f"{event.format(column='e.reason', join='')} AS why",
        f"{event.format(column='p.name', join='LEFT JOIN rep p ON p.id = e.rep_id ')} AS before",
    ]
    return records.page(store, noun, where, "-id", limit, more)


def in_pool(noun: Noun, where: Where) -> Where:
    """Only what nobody has."""
    where.add(f"t.owner_id IS NULL AND {KEPT[noun.name]}")
    return where


def claimed(store: Store, rep: int, since: str) -> int:
    """How many records a rep took out of the pool since an instant."""
    row = store.one(
        "SELECT count(*) AS n FROM pool_event WHERE rep_id = :rep AND kind = 'claimed' AND at >= :since",
        {"rep": rep, "since": since},
    )
    return int(row["n"]) if row else 0


def held(store: Store, noun: str, rep: int) -> int:
    """How many leads that are worked on, or customers, a rep has."""
    row = store.one(
        f"SELECT count(*) AS n FROM {noun} t WHERE t.owner_id = :rep AND t.archived_at IS NULL AND {KEPT[noun]}",
        {"rep": rep},
    )
    return int(row["n"]) if row else 0


def open_deal(store: Store, customer: int) -> int | None:
    """An open deal of a customer, or None."""
    row = store.one(
        "SELECT id FROM deal WHERE customer_id = :id AND outcome IS NULL AND archived_at IS NULL ORDER BY id LIMIT 1",
        {"id": customer},
    )
    return row["id"] if row else None


def events(store: Store, noun: str, id: int) -> list[dict[str, Any]]:
    """What happened to a record between the pool and the reps, newest first."""
    rows = store.query(
        "SELECT e.at, e.kind, e.reason, r.name AS rep FROM pool_event e LEFT JOIN rep r ON r.id = e.rep_id"
        " WHERE e.noun = :noun AND e.record_id = :id ORDER BY e.id DESC",
        {"noun": noun, "id": id},
    )
    return [dict(row) for row in rows]
