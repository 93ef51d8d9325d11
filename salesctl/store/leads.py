"""Reading leads: the SOP they follow, when things happened to them, what waits, how many were collected in a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.store.connect import Row, Store, listed
from salesctl.store.records import Where

if TYPE_CHECKING:
    from salesctl.domain.sop import Sop

LIVE = "t.status IN ('new', 'qualified') AND t.archived_at IS NULL"
TIMES = "t.created, t.created_at, t.assigned_at, t.owned_at, t.contacted_at, t.status, t.owner_id"
FROM = "FROM lead t LEFT JOIN rep r ON r.id = t.owner_id"
Values = dict[str, Any]


def process(store: Store) -> Sop | None:
    """The SOP that leads follow: that of the pipeline a deal without one gets; None where there is none."""
    from salesctl.store.deals import first_pipeline
    from salesctl.store.sops import sop_of

    return sop_of(store, first_pipeline(store)) if store.exists else None


def some(store: Store) -> bool:
    """Whether there is any lead at all: a store without leads is told nothing of them."""
    return store.one("SELECT 1 FROM lead LIMIT 1") is not None


def times(store: Store, where: Where) -> Iterator[Row]:
    """When leads came, were given to somebody, and were first spoken to; with whose they are and by which channel.

    `ended_at` is when one was rejected or became a deal.
    """
    sql = (
        f"SELECT t.id, t.channel, r.name AS owner, {TIMES}, t.archived_at, coalesce(d.created_at, t.screened_at) AS ended_at"
        f" {FROM} LEFT JOIN deal d ON d.id = t.deal_id WHERE {where.sql} ORDER BY t.id"
    )
    yield from store.each(sql, where.params)


def unassigned(store: Store, cut: str, day: str, most: int) -> tuple[list[Row], int]:
    """Live leads that were given to nobody and came by the instant `cut` or before its day, and how many there are."""
    where = f"{LIVE} AND t.owner_id IS NULL AND t.assigned_at IS NULL AND (t.created_at <= :cut OR t.created < :day)"
    return _waiting(store, where, {"cut": cut, "day": day}, "t.created, t.id", most)


def unspoken(store: Store, cut: str, owners: Sequence[int] | None, most: int) -> tuple[list[Row], int]:
    """Live leads that somebody has since the instant `cut` or before, and never spoke to; and how many there are."""
    params: Values = {"cut": cut}
    since = "coalesce(t.owned_at, t.assigned_at)"
    where = f"{LIVE} AND t.owner_id IS NOT NULL AND t.contacted_at IS NULL AND {since} <= :cut{_of(owners, params)}"
    return _waiting(store, where, params, f"{since}, t.id", most)


def _of(owners: Sequence[int] | None, params: Values) -> str:
    return "" if owners is None else f" AND t.owner_id IN {listed('owner', list(owners), params)}"


def _waiting(store: Store, where: str, params: Values, order: str, most: int) -> tuple[list[Row], int]:
    rows = store.query(
        f"SELECT t.id, t.name, t.phone, r.name AS owner, {TIMES} {FROM} WHERE {where} ORDER BY {order} LIMIT {int(most)}",
        params,
    )
    total = store.one(f"SELECT count(*) AS n FROM lead t WHERE {where}", params)
    return rows, int(total["n"]) if total else 0


def collected(store: Store, day: str) -> dict[int | None, int]:
    """How many leads came on a day, by the rep who wrote them down, else by the one who has them."""
    rows = store.query(
        "SELECT rep_id, count(*) AS n FROM (SELECT coalesce((SELECT min(r.id) FROM rep r"
        " WHERE r.name_key = fold(t.created_by)), t.owner_id) AS rep_id FROM lead t"
        " WHERE t.created = :day AND t.archived_at IS NULL) AS x GROUP BY rep_id ORDER BY rep_id",
        {"day": day},
    )
    return {row["rep_id"]: int(row["n"]) for row in rows}


def sellers(store: Store, owners: Sequence[int] | None) -> list[Row]:
    """The reps who sell: of these, or all of them."""
    params: Values = {}
    which = "" if owners is None else f" AND t.id IN {listed('rep', list(owners), params)}"
    return store.query(
        f"SELECT t.id, t.name FROM rep t WHERE t.archived_at IS NULL AND coalesce(t.function, 'sales') = 'sales'{which}"
        " ORDER BY t.id",
        params,
    )


def leading(store: Store, owners: Sequence[int]) -> bool:
    """Whether one of these reps is somebody's manager."""
    params: Values = {}
    which = listed("rep", list(owners), params)
    return store.one(f"SELECT 1 FROM rep WHERE manager_id IN {which} LIMIT 1", params) is not None


def first_contact(store: Store, lead: int) -> str | None:
    """When somebody first called, wrote to or saw a lead, as its follow-ups tell."""
    from salesctl.store.sops import CONTACT_TYPES

    row = store.one(
        f"SELECT min(done_at) AS at FROM followup WHERE lead_id = :id AND type IN {CONTACT_TYPES} AND archived_at IS NULL",
        {"id": lead},
    )
    return row["at"] if row else None


def planned(store: Store, noun: str, id: int, owner: int | None) -> list[int]:
    """The open follow-ups of a lead, or of a customer beside its deals, that somebody has (None: nobody)."""
    beside = "" if noun == "lead" else " AND deal_id IS NULL"
    whose = "owner_id IS NULL" if owner is None else "owner_id = :owner"
    rows = store.query(
        f"SELECT id FROM followup WHERE {noun}_id = :id AND done_at IS NULL AND archived_at IS NULL AND {whose}{beside}"
        " ORDER BY id",
        {"id": id, "owner": owner},
    )
    return [row["id"] for row in rows]


def followups(store: Store, lead: int) -> tuple[list[Values], list[Values]]:
    """What was done with a lead, newest first, and what is planned, soonest first."""
    rows = store.query(
        "SELECT f.id, f.type, f.subject, f.due, f.due_time, f.done_at, r.name AS actor FROM followup f"
        " LEFT JOIN rep r ON r.id = f.owner_id WHERE f.lead_id = :id AND f.archived_at IS NULL"
        " ORDER BY f.done_at DESC, f.due IS NULL, f.due, f.due_time, f.id DESC",
        {"id": lead},
    )
    told: list[Values] = [{"ref": f"F{row['id']}", **row} for row in rows]
    return [one for one in told if one["done_at"]], [one for one in told if not one["done_at"]]


def of_customer(store: Store, customer: int) -> list[Values]:
    """The leads that a customer recommended, and those that became it, newest first."""
    rows = store.query(
        "SELECT id, name, status, channel, customer_id, referred_by_id FROM lead"
        " WHERE (referred_by_id = :id OR customer_id = :id) AND archived_at IS NULL ORDER BY id DESC",
        {"id": customer},
    )
    return [
        {"ref": f"L{row['id']}", "name": row["name"], "status": row["status"], "channel": row["channel"],
         "recommended": row["referred_by_id"] == customer, "became": row["customer_id"] == customer}
        for row in rows
    ]  # fmt: skip


def of_deal(store: Store, deal: int) -> list[Values]:
    """The leads that became a deal, with who recommended them."""
    rows = store.query(
        "SELECT t.id, t.name, t.channel, t.created, t.referred_by_id, c.name AS referred_by FROM lead t"
        " LEFT JOIN customer c ON c.id = t.referred_by_id WHERE t.deal_id = :id AND t.archived_at IS NULL ORDER BY t.id",
        {"id": deal},
    )
    return [
        {"ref": f"L{row['id']}", "name": row["name"], "channel": row["channel"], "created": row["created"],
         "referred_by": row["referred_by"], "referred_by_ref": f"C{row['referred_by_id']}" if row["referred_by_id"] else None}
        for row in rows
    ]  # fmt: skip
