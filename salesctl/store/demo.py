"""Which deals of the demo get papers."""

from __future__ import annotations

from salesctl.store.connect import Row, Store

DEALS = (
    "SELECT d.id, d.amount, d.closed, d.contact_id, r.name AS owner, m.name AS manager, t.name AS team,"
    " p.name AS product, p.list_price FROM deal d JOIN rep r ON r.id = d.owner_id JOIN team t ON t.id = r.team_id"
    " JOIN stage s ON s.id = d.stage_id JOIN deal_line l ON l.deal_id = d.id JOIN product p ON p.id = l.product_id"
    " LEFT JOIN rep m ON m.id = r.manager_id WHERE d.archived_at IS NULL"
)


def in_quotation(store: Store, n: int) -> list[Row]:
    """Open deals that are quoted or bargained over, of reps who have a manager above them."""
    return store.query(
        f"{DEALS} AND d.outcome IS NULL AND s.key IN ('quote', 'negotiation') AND r.manager_id <> r.id"
        " ORDER BY d.id LIMIT :n",
        {"n": n},
    )


def in_signing(store: Store, n: int) -> list[Row]:
    """Open deals that are about to be signed."""
    return store.query(f"{DEALS} AND d.outcome IS NULL AND s.key = 'signing' ORDER BY d.id LIMIT :n", {"n": n})


def won_between(store: Store, start: str, end: str, n: int) -> list[Row]:
    """Deals that were won from a day on and before another, newest and oldest by turns."""
    rows = store.query(
        f"{DEALS} AND d.outcome = 'won' AND d.closed >= :start AND d.closed < :end ORDER BY d.closed, d.id",
        {"start": start, "end": end},
    )
    return rows[: n // 2] + rows[-(n - n // 2) :]
