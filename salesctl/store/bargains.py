"""Reading what was negotiated over deals: concessions, rivals, and what after-sales has to know of a deal."""

from __future__ import annotations

from typing import Any

from salesctl.domain.kinds import DATE, INSTANT, MONEY
from salesctl.store.connect import Row, Store

Values = dict[str, Any]


def concessions(store: Store, deal: int) -> list[Values]:
    """What was given in a deal and what came back for it, in the order it was said."""
    rows = store.query(
        "SELECT c.at, c.asked, c.gave, c.in_return, r.name AS rep FROM concession c LEFT JOIN rep r ON r.id = c.rep_id"
        " WHERE c.deal_id = :id ORDER BY c.id",
        {"id": deal},
    )
    keys = ("asked", "gave", "in_return", "rep")
    return [{"at": INSTANT.unpack(row, "at"), **{key: row[key] for key in keys}} for row in rows]


def rivals(store: Store, deal: int) -> list[Values]:
    """The rivals on a deal in the order they were named; `state` is open, won, beaten or out (another one won)."""
    rows = store.query(
        "SELECT v.name, v.price, v.price_currency, v.strength, v.weakness, v.won, v.at, d.outcome FROM rival v"
        " JOIN deal d ON d.id = v.deal_id WHERE v.deal_id = :id ORDER BY v.id",
        {"id": deal},
    )
    return [_rival(row) for row in rows]


def _rival(row: Row) -> Values:
    state = {"won": "beaten", "lost": "won" if row["won"] else "out"}.get(row["outcome"] or "", "open")
    told = {key: row[key] for key in ("name", "strength", "weakness")}
    return {**told, "price": MONEY.unpack(row, "price"), "state": state, "at": INSTANT.unpack(row, "at")}


def needs(store: Store, deal: int) -> list[Values]:
    """The key needs of a deal; all of its needs where none is key."""
    rows = store.query(
        "SELECT n.id, n.name, n.kind, n.is_key, p.name AS contact FROM need n LEFT JOIN contact p ON p.id = n.contact_id"
        " WHERE n.deal_id = :id AND n.archived_at IS NULL ORDER BY n.rank IS NULL, n.rank, n.id",
        {"id": deal},
    )
    chosen = [row for row in rows if row["is_key"] == "yes"] or rows
    return [{"ref": f"N{row['id']}", **{key: row[key] for key in ("name", "kind", "contact")}} for row in chosen]


def solution(store: Store, deal: int) -> Values | None:
    """The solution that the customer confirmed last."""
    row = store.one(
        "SELECT s.id, s.name, s.confirmed_on, s.note, p.name AS confirmed_by FROM solution s LEFT JOIN contact p"
        " ON p.id = s.confirmed_by_id WHERE s.deal_id = :id AND s.status = 'confirmed' AND s.archived_at IS NULL"
        " ORDER BY s.id DESC LIMIT 1",
        {"id": deal},
    )
    if row is None:
        return None
    told = {key: row[key] for key in ("name", "note", "confirmed_by")}
    return {"ref": f"S{row['id']}", **told, "confirmed_on": DATE.unpack(row, "confirmed_on")}


def quote(store: Store, deal: int) -> Row | None:
    """The quote that was accepted last: id, total and currency."""
    return store.one(
        "SELECT id, name, total, total_currency FROM quote WHERE deal_id = :id AND status = 'accepted'"
        " AND archived_at IS NULL ORDER BY id DESC LIMIT 1",
        {"id": deal},
    )


def delivered(store: Store, deal: int, accepted: int | None) -> list[Values]:
    """What was sold: the lines of the accepted quote, or those of the deal where there is none."""
    if accepted is not None:
        rows = store.query(
            "SELECT p.name AS product, p.sku, l.quantity, l.net AS amount, q.total_currency AS amount_currency"
            " FROM quote_line l JOIN quote q ON q.id = l.quote_id JOIN product p ON p.id = l.product_id"
            " WHERE l.quote_id = :id ORDER BY l.position, l.id",
            {"id": accepted},
        )
    else:
        rows = store.query(
            "SELECT coalesce(p.name, l.product_text) AS product, p.sku, l.quantity, l.amount, l.amount_currency"
            " FROM deal_line l LEFT JOIN product p ON p.id = l.product_id WHERE l.deal_id = :id ORDER BY l.id",
            {"id": deal},
        )
    keys = ("product", "sku", "quantity")
    return [{**{key: row[key] for key in keys}, "amount": MONEY.unpack(row, "amount")} for row in rows]
