"""Reading contracts: the one of a deal, its payments and attachments, what is due, what is to be renewed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from salesctl.domain.contract import CONTRACT
from salesctl.domain.kinds import DATE, MONEY
from salesctl.domain.payment import Open, spread
from salesctl.store import records
from salesctl.store.connect import Row, Store, listed
from salesctl.store.records import Where

Values = dict[str, Any]


def of_deal(store: Store, deal: int) -> list[Values]:
    """The contracts of a deal, oldest first."""
    where = Where(["t.archived_at IS NULL"])
    where.add(f"t.deal_id = {where.name(deal)}")
    return [values for values, _raw in records.page(store, CONTRACT, where, "id")]


def drafts(store: Store, deal: int, archived: bool = False) -> list[int]:
    """The contracts of a deal that nobody signed yet."""
    which = "NOT NULL" if archived else "NULL"
    rows = store.query(
        f"SELECT id FROM contract WHERE deal_id = :id AND signed IS NULL AND archived_at IS {which} ORDER BY id",
        {"id": deal},
    )
    return [row["id"] for row in rows]


def signed(store: Store, deal: int) -> Row | None:
    """The contract that was signed for a deal."""
    return store.one(
        "SELECT id, name FROM contract WHERE deal_id = :id AND signed IS NOT NULL AND archived_at IS NULL"
        " ORDER BY id LIMIT 1",
        {"id": deal},
    )


def after(store: Store, contract: int) -> Row | None:
    """The contract that follows another."""
    return store.one(
        "SELECT id, name, signed, deal_id FROM contract WHERE follows_id = :id AND archived_at IS NULL ORDER BY id LIMIT 1",
        {"id": contract},
    )


def numbered(store: Store, name: str) -> Row | None:
    """The contract of a number, archived ones too: a number is given once."""
    from salesctl.text import name_key

    return store.one("SELECT id FROM contract WHERE name_key = :key ORDER BY id LIMIT 1", {"key": name_key(name)})


def next_number(store: Store, year: int) -> str:
    """The next free number of a year: K-2026-0007."""
    head = f"K-{year}-"
    rows = store.query("SELECT name FROM contract WHERE name_key LIKE :head", {"head": f"{head.lower()}%"})
    found = (re.fullmatch(rf"{head}(\d{{4,9}})", row["name"], re.ASCII) for row in rows)
    last = max((int(match[1]) for match in found if match), default=0)
    return f"{head}{last + 1:04d}"


def payments(store: Store, contract: int, kind: str) -> list[Row]:
    """The due or the received payments of a contract, by their days."""
    day = "due" if kind == "due" else "received_on"
    return store.query(
        f"SELECT id, {day} AS day, amount, amount_currency, note FROM payment WHERE contract_id = :id AND kind = :kind"
        f" ORDER BY {day}, id",
        {"id": contract, "kind": kind},
    )


def stored_payments(store: Store, contract: int) -> list[Row]:
    """Every payment of a contract as it is stored, in the order they were written."""
    return store.query("SELECT * FROM payment WHERE contract_id = :id ORDER BY id", {"id": contract})


def received(store: Store, contract: int) -> int:
    """What was received, in minor units."""
    row = store.one(
        "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS n FROM payment WHERE contract_id = :id AND kind = 'received'",
        {"id": contract},
    )
    return int(row["n"]) if row else 0


def dues(store: Store, contract: int) -> list[tuple[date, int]]:
    """The plan of a contract as the rules see it."""
    return [(_day(row), row["amount"]) for row in payments(store, contract, "due")]


def _day(row: Row) -> date:
    found = DATE.unpack(row, "day")
    assert found is not None
    return found


def standing(store: Store, contract: int) -> list[Open]:
    """The due payments of a contract, each with what of it was received."""
    return spread(dues(store, contract), received(store, contract))


def attachments(store: Store, contracts: Sequence[int] | None = None) -> list[Row]:
    """The attachments of some contracts, or of all."""
    params: dict[str, Any] = {}
    which = "" if contracts is None else f" WHERE a.contract_id IN {listed('contract', list(contracts), params)}"
    return store.query(
        "SELECT a.id, a.contract_id, a.name, a.sha256, a.bytes, c.name AS contract FROM attachment a"
        f" JOIN contract c ON c.id = a.contract_id{which} ORDER BY a.contract_id, a.id",
        params,
    )


def due(store: Store, where: Where) -> Iterator[Values]:
    """Every open payment of the contracts that fit, by contract: which contract, the day, what is due and what is open."""
    where.add("t.next_due IS NOT NULL")
    for values, raw in records.page(store, CONTRACT, where, "next_due"):
        head = {key: values[key] for key in ("ref", "name", "deal_ref", "deal", "customer", "customer_ref", "owner")}
        money = str(raw["value_currency"])
        for one in standing(store, raw["id"]):
            if one.open:
                yield {**head, "contract_id": raw["id"], "due": one.day, "amount": one.amount, "received": one.received,
                       "open": one.open, "currency": money}  # fmt: skip


def _whose(owners: Sequence[int] | None, params: dict[str, Any]) -> str:
    return "" if owners is None else f" AND t.owner_id IN {listed('owner', list(owners), params)}"


def unpaid(store: Store, day: date, owners: Sequence[int] | None, most: int) -> tuple[list[Values], int]:
    """Contracts with money due up to a day, the longest due first, with what is overdue; and how many in all."""
    params: dict[str, Any] = {"upto": day.isoformat()}
    where = f"t.next_due <= :upto AND t.archived_at IS NULL{_whose(owners, params)}"
    rows = store.query(
        "SELECT t.id, t.name, t.next_due, t.value_currency AS currency, t.received, c.name AS customer, t.deal_id,"
        " (SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p WHERE p.contract_id = t.id AND p.kind = 'due'"
        " AND p.due <= :upto) AS due FROM contract t LEFT JOIN customer c ON c.id = t.customer_id"
        f" WHERE {where} ORDER BY t.next_due, t.id LIMIT {int(most)}",
        params,
    )
    total = store.one(f"SELECT count(*) AS n FROM contract t WHERE {where}", params)
    return [{**row, "next_due": DATE.unpack(row, "next_due")} for row in rows], int(total["n"]) if total else 0


def renewals(store: Store, day: date, owners: Sequence[int] | None, most: int) -> tuple[list[Values], int]:
    """Contracts whose renewal waits for somebody, those that end first first; and how many in all."""
    params: dict[str, Any] = {"day": day.isoformat()}
    where = f"t.act_on <= :day AND t.archived_at IS NULL{_whose(owners, params)}"
    rows = store.query(
        "SELECT t.id, t.name, t.ends, t.renewal, t.deal_id, t.value, t.value_currency, c.name AS customer FROM contract t"
        f" LEFT JOIN customer c ON c.id = t.customer_id WHERE {where} ORDER BY t.ends, t.id LIMIT {int(most)}",
        params,
    )
    total = store.one(f"SELECT count(*) AS n FROM contract t WHERE {where}", params)
    found = [{**row, "ends": DATE.unpack(row, "ends"), "value": MONEY.unpack(row, "value")} for row in rows]
    return found, int(total["n"]) if total else 0
