"""Reading needs, solutions and quotes: what belongs to them, their versions, what products cost, what runs out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesctl.domain.kinds import DATE, MONEY, Ref
from salesctl.domain.product import PRODUCT
from salesctl.domain.quoteline import Line, Price
from salesctl.store.connect import Row, Store
from salesctl.store.records import Where

Values = dict[str, Any]
LIVE = "q.status IN ('waiting', 'approved', 'sent') AND q.archived_at IS NULL"


def needs(store: Store, deal: int) -> list[Row]:
    """The needs of a deal, the most important first."""
    return store.query(
        "SELECT n.id, n.name, n.kind, n.rank, n.is_key, n.contact_id, c.name AS contact, n.created_at FROM need n"
        " LEFT JOIN contact c ON c.id = n.contact_id WHERE n.deal_id = :deal AND n.archived_at IS NULL"
        " ORDER BY n.rank IS NULL, n.rank, n.id",
        {"deal": deal},
    )


def last_rank(store: Store, deal: int) -> int:
    row = store.one("SELECT max(rank) AS n FROM need WHERE deal_id = :deal AND archived_at IS NULL", {"deal": deal})
    return int(row["n"] or 0) if row else 0


def answers(store: Store, solution: int) -> list[Row]:
    """The needs that a solution is for, the most important first, each with its answer."""
    return store.query(
        "SELECT s.id, s.need_id, s.answer, n.name, n.kind, n.is_key, n.rank, n.archived_at FROM solution_need s"
        " JOIN need n ON n.id = s.need_id WHERE s.solution_id = :id ORDER BY n.rank IS NULL, n.rank, n.id",
        {"id": solution},
    )


def answered_by(store: Store, need: int) -> list[Row]:
    """The solutions that stand and are for a need, newest first."""
    return store.query(
        "SELECT s.id FROM solution_need a JOIN solution s ON s.id = a.solution_id WHERE a.need_id = :id"
        " AND s.archived_at IS NULL AND s.status <> 'superseded' ORDER BY s.id DESC",
        {"id": need},
    )


def solutions(store: Store, deal: int) -> list[Row]:
    """The versions of the solution of a deal, newest first."""
    return store.query(
        "SELECT s.id, s.name, s.number, s.status, s.confirmed_on, c.name AS confirmed_by FROM solution s"
        " LEFT JOIN contact c ON c.id = s.confirmed_by_id WHERE s.deal_id = :deal AND s.archived_at IS NULL"
        " ORDER BY s.number DESC, s.id DESC",
        {"deal": deal},
    )


def top_number(store: Store, deal: int) -> int:
    """The highest version that a solution of a deal had, put away ones too."""
    row = store.one("SELECT max(number) AS n FROM solution WHERE deal_id = :deal", {"deal": deal})
    return int(row["n"] or 0) if row else 0


def lines(store: Store, quote: int) -> list[Row]:
    """The lines of a quote with their products; money in minor units of the quote's currency."""
    return store.query(
        "SELECT l.id, l.position, l.product_id, p.name AS product, p.sku, l.quantity, l.price, l.discount, l.agreed,"
        " l.tax, l.net FROM quote_line l JOIN product p ON p.id = l.product_id WHERE l.quote_id = :id"
        " ORDER BY l.position, l.id",
        {"id": quote},
    )


def values(rows: Sequence[Row]) -> list[Line]:
    """Stored lines as values."""
    return [
        Line(
            Ref("product", row["product_id"], row["product"], PRODUCT.code(row["product_id"])),
            row["quantity"],
            row["price"],
            row["discount"],
            row["agreed"],
            row["tax"],
        )
        for row in rows
    ]


def price(store: Store, product: Ref) -> Price:
    """What a product costs."""
    row = store.one(
        "SELECT list_price, list_price_currency, price_until, tax FROM product WHERE id = :id", {"id": product.id}
    )
    assert row is not None
    return Price(product, MONEY.unpack(row, "list_price"), DATE.unpack(row, "price_until"), row["tax"] or 0)


def of_deal(store: Store, deal: int) -> list[Row]:
    """The quotes of a deal, newest first, every version."""
    return store.query(
        "SELECT q.id, q.name, q.number, q.owner_id, q.status, q.discount, q.list_total, q.list_total_currency, q.net,"
        " q.net_currency, q.tax, q.tax_currency, q.total, q.total_currency, q.valid_until, q.sent_at, q.decided_on"
        " FROM quote q WHERE q.deal_id = :deal AND q.archived_at IS NULL ORDER BY q.id DESC",
        {"deal": deal},
    )


def next_version(store: Store, quote: int) -> Row | None:
    """The version that came after a quote."""
    return store.one(
        "SELECT id, number FROM quote WHERE revises_id = :id AND archived_at IS NULL ORDER BY id DESC LIMIT 1",
        {"id": quote},
    )


def versions(store: Store, quote: int) -> list[Row]:
    """All versions of a quote, newest first: those it comes after, itself, and those that came after it."""
    return store.query(
        "WITH RECURSIVE before(id) AS (SELECT CAST(:id AS BIGINT) UNION SELECT q.revises_id FROM quote q"
        " JOIN before b ON q.id = b.id WHERE q.revises_id IS NOT NULL),"
        " line(id) AS (SELECT id FROM before UNION SELECT q.id FROM quote q JOIN line l ON q.revises_id = l.id)"
        " SELECT q.id, q.number, q.status, q.net, q.net_currency, q.created_at FROM quote q"
        " WHERE q.id IN (SELECT id FROM line) ORDER BY q.number DESC, q.id DESC",
        {"id": quote},
    )


def approval(store: Store, quote: int) -> Row | None:
    """The newest approval of a quote: its id and its state."""
    return store.one(
        "SELECT id, state FROM approval WHERE quote_id = :id AND archived_at IS NULL ORDER BY id DESC LIMIT 1",
        {"id": quote},
    )


def running_out(store: Store, upto: str, owners: Sequence[int] | None, limit: int) -> tuple[list[Values], int]:
    """Quotes of open deals, not answered yet, that are valid until a day (counted) at most; and how many there are.

    `owners` None means everybody's.  The + keeps SQLite from the index of owners, which knows no days.
    """
    params: Values = {"upto": upto}
    which = ""
    if owners is not None:
        which = f" AND +q.owner_id IN ({', '.join(str(int(one)) for one in owners) or 'NULL'})"
    where = f"{LIVE} AND q.valid_until <= :upto AND d.outcome IS NULL AND d.archived_at IS NULL{which}"
    tables = "FROM quote q JOIN deal d ON d.id = q.deal_id"
    total = store.one(f"SELECT count(*) AS n {tables} WHERE {where}", params)
    rows = store.query(
        "SELECT q.id, q.name, q.status, q.valid_until, q.net, q.net_currency, q.deal_id, c.name AS customer"
        f" {tables} LEFT JOIN customer c ON c.id = q.customer_id WHERE {where}"
        f" ORDER BY q.valid_until, q.id LIMIT {int(limit)}",
        params,
    )
    return [dict(row) for row in rows], int(total["n"]) if total else 0


def contacts(store: Store, customer: int) -> list[Row]:
    """The people at a customer by their folded names."""
    return store.query(
        "SELECT id, name, name_key FROM contact WHERE customer_id = :id AND archived_at IS NULL ORDER BY id",
        {"id": customer},
    )


def of_customer(where: Where, customer: int) -> None:
    """Only what belongs to the deals of a customer."""
    where.add(f"t.deal_id IN (SELECT d.id FROM deal d WHERE d.customer_id = {where.name(customer)})")
