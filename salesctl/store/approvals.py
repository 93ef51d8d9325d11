"""Reading approvals: those that wait, their steps, who is who, and the lines of a quote as the policy sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import DATE
from salesctl.store.connect import Row, Store
from salesctl.text import name_key

if TYPE_CHECKING:
    from salesctl.domain.discount import Line
    from salesctl.domain.hierarchy import People, Person

WAITING = "a.state = 'waiting' AND a.archived_at IS NULL"


def everybody(store: Store) -> People:
    """All reps; one without a manager of his own has that of his team."""
    from salesctl.domain.hierarchy import People

    rows = store.query(
        "SELECT r.id, r.name, r.name_key, r.function, r.deputy_id, r.away_from, r.away_until, r.archived_at,"
        " coalesce(r.manager_id, CASE WHEN t.manager_id <> r.id THEN t.manager_id END) AS manager_id"
        " FROM rep r LEFT JOIN team t ON t.id = r.team_id ORDER BY r.id"
    )
    return People({row["id"]: _person(row) for row in rows})


def _person(row: Row) -> Person:
    from salesctl.domain.hierarchy import Person

    start, end = DATE.unpack(row, "away_from"), DATE.unpack(row, "away_until")
    head = (row["id"], row["name"], row["name_key"], row["manager_id"], row["function"], row["deputy_id"])
    return Person(*head, start, end, row["archived_at"] is None)


def names(store: Store) -> set[str]:
    """The folded names of the reps who are here."""
    return {row["name_key"] for row in store.query("SELECT name_key FROM rep WHERE archived_at IS NULL ORDER BY id")}


def steps(store: Store, approval: int) -> list[Row]:
    """The steps of an approval in order, with who is to decide and who did."""
    return store.query(
        "SELECT s.id, s.position, s.role, s.approver_id, r.name AS approver, s.decision, s.decided_by_id,"
        " d.name AS decided_by, s.decided_at, s.note FROM approval_step s JOIN rep r ON r.id = s.approver_id"
        " LEFT JOIN rep d ON d.id = s.decided_by_id WHERE s.approval_id = :id ORDER BY s.position",
        {"id": approval},
    )


def waiting(store: Store) -> list[Row]:
    """Every approval that waits, the oldest first, with who has the quote and how its deal stands."""
    return store.query(  # CROSS JOIN: from the few that wait, never from all deals
        "SELECT a.id, a.name, a.quote_id, a.deal_id, a.discount, a.amount, a.amount_currency, a.asked_by_id,"
        " a.waits_for_id, a.created_at, q.owner_id, d.outcome FROM approval a CROSS JOIN quote q CROSS JOIN deal d"
        f" WHERE q.id = a.quote_id AND d.id = a.deal_id AND {WAITING} ORDER BY a.created_at, a.id"
    )


def of_deal(store: Store, deal: int) -> list[Row]:
    """The approvals of a deal, newest first."""
    return store.query(
        "SELECT a.id, a.name, a.quote_id, a.deal_id, a.discount, a.amount, a.amount_currency, a.state, a.asked_by_id,"
        " a.waits_for_id, a.created_at FROM approval a WHERE a.deal_id = :id AND a.archived_at IS NULL ORDER BY a.id DESC",
        {"id": deal},
    )


def barred(store: Store, ids: list[int]) -> dict[int, set[int]]:
    """Who may not decide the step an approval is at, beside who asked: who has decided a step, or decides another."""
    found: dict[int, set[int]] = {id: set() for id in ids}
    for start in range(0, len(ids), 500):
        some = ", ".join(str(int(id)) for id in ids[start : start + 500])
        for row in store.query(
            "SELECT s.approval_id, s.position, a.step, s.approver_id, s.decided_by_id FROM approval_step s"
            f" JOIN approval a ON a.id = s.approval_id WHERE s.approval_id IN ({some}) ORDER BY s.id"
        ):
            if row["position"] != row["step"]:
                found[row["approval_id"]] |= {row["approver_id"], row["decided_by_id"]} - {None}
    return found


def decided(store: Store, owners: Sequence[int], since: str) -> list[Row]:
    """What these reps asked for and have not acted on: approved and not sent, or rejected since an instant."""
    whose = f" AND a.asked_by_id IN ({', '.join(str(int(id)) for id in owners) or 'NULL'})"
    return store.query(
        "SELECT a.id, a.name, a.quote_id, a.deal_id, a.discount, a.state, a.note, a.asked_by_id FROM approval a"
        " JOIN quote q ON q.id = a.quote_id JOIN deal d ON d.id = a.deal_id WHERE a.archived_at IS NULL AND d.outcome IS NULL"
        " AND q.archived_at IS NULL AND ((a.state = 'approved' AND q.status = 'approved')"
        " OR (a.state = 'rejected' AND q.status = 'draft' AND a.updated_at >= :since))"
        f" AND a.id = (SELECT max(b.id) FROM approval b WHERE b.quote_id = a.quote_id){whose} ORDER BY a.id",
        {"since": since},
    )


def of_quote(store: Store, quote: int, state: str) -> int | None:
    """The newest approval of a quote in a state."""
    row = store.one(
        "SELECT max(id) AS id FROM approval WHERE quote_id = :quote AND state = :state AND archived_at IS NULL",
        {"quote": quote, "state": state},
    )
    return row["id"] if row else None


LINES = (
    "SELECT l.position, l.quantity, l.price, l.discount, l.agreed, l.net, l.product_id, p.name, p.sku, p.category"
    " FROM quote_line l JOIN product p ON p.id = l.product_id WHERE l.quote_id = :id ORDER BY l.position, l.id"
)


def lines(store: Store, quote: int) -> list[Row]:
    """The lines of a quote with their products; money in minor units of the quote's currency."""
    return store.query(LINES, {"id": quote})


def seen(rows: list[Row]) -> list[Line]:
    """Lines as the policy sees them."""
    from salesctl.domain.discount import Line

    return [
        Line(
            row["price"] * row["quantity"],
            row["quantity"],
            row["product_id"],
            frozenset(name_key(one) for one in (row["name"], row["sku"]) if one),
            name_key(row["category"] or ""),
        )
        for row in rows
    ]


def told(store: Store, approval: int, columns: set[str]) -> dict[str, Any] | None:
    """Who changed one of these columns of an approval last, when and with which operation."""
    from salesctl.store.changes import touched_since

    return touched_since(store, "approval", approval, 0, None, columns)
