"""Reading the SOP of a pipeline, what deals have of what it asks for, and the tasks of their stages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.store.connect import Row, Store

if TYPE_CHECKING:
    from salesctl.domain.sop import Sop

CONTACT_TYPES = "('call', 'mail', 'visit', 'meeting', 'wechat', 'message', 'demo')"
# Each fact as the deals that it holds of; {ids} are the deals asked for.
FACT_SQL = {
    "customer": "SELECT id AS deal_id FROM deal WHERE id IN ({ids}) AND customer_id IS NOT NULL",
    "contacted": "SELECT deal_id FROM followup WHERE deal_id IN ({ids}) AND done_at IS NOT NULL AND archived_at IS NULL"
    f" AND type IN {CONTACT_TYPES}",
    "contact_role": "SELECT d.id AS deal_id FROM deal d JOIN contact p ON p.customer_id = d.customer_id"
    " WHERE d.id IN ({ids}) AND p.role = 'decides' AND p.archived_at IS NULL",
    "next_step": "SELECT deal_id FROM followup WHERE deal_id IN ({ids}) AND done_at IS NULL AND archived_at IS NULL",
    "need": "SELECT deal_id FROM need WHERE deal_id IN ({ids}) AND archived_at IS NULL",
    "key_need": "SELECT deal_id FROM need WHERE deal_id IN ({ids}) AND archived_at IS NULL AND is_key = 'yes'",
    "solution": "SELECT deal_id FROM solution WHERE deal_id IN ({ids}) AND archived_at IS NULL",
    "solution_confirmed": "SELECT deal_id FROM solution WHERE deal_id IN ({ids}) AND archived_at IS NULL"
    " AND status = 'confirmed'",
    "quote": "SELECT deal_id FROM quote WHERE deal_id IN ({ids}) AND archived_at IS NULL AND status <> 'superseded'",
    "quote_approved": "SELECT deal_id FROM quote WHERE deal_id IN ({ids}) AND archived_at IS NULL"
    " AND status IN ('approved', 'sent', 'accepted')",
    "quote_sent": "SELECT deal_id FROM quote WHERE deal_id IN ({ids}) AND archived_at IS NULL"
    " AND status IN ('sent', 'accepted')",
    "quote_accepted": "SELECT deal_id FROM quote WHERE deal_id IN ({ids}) AND archived_at IS NULL AND status = 'accepted'",
    "contract": "SELECT deal_id FROM contract WHERE deal_id IN ({ids}) AND archived_at IS NULL AND signed IS NOT NULL",
}


def sop_of(store: Store, pipeline: int | None, number: int | None = None) -> Sop | None:
    """The SOP of a pipeline as it stands, or an older version of it; None where there is none."""
    from salesctl.domain.sop import Sop

    row = sop_row(store, pipeline, number, "id, number, plan")
    return Sop(json.loads(row["plan"]), row["number"], row["id"]) if row else None


def sop_row(store: Store, pipeline: int | None, number: int | None = None, columns: str = "*") -> Row | None:
    which = "" if number is None else " AND number = :number"
    return store.one(
        f"SELECT {columns} FROM sop WHERE pipeline_id = :pipeline{which} ORDER BY number DESC LIMIT 1",
        {"pipeline": pipeline, "number": number},
    )


def versions(store: Store, pipeline: int) -> list[Row]:
    """Every version of the SOP of a pipeline, newest first."""
    return store.query(
        "SELECT id, number, note, loaded_at, loaded_by FROM sop WHERE pipeline_id = :pipeline ORDER BY number DESC",
        {"pipeline": pipeline},
    )


def playbooks(store: Store) -> list[str]:
    """The playbooks of every pipeline's SOP as it stands."""
    rows = store.query("SELECT id FROM pipeline WHERE archived_at IS NULL ORDER BY id")
    found = [sop_of(store, row["id"]) for row in rows]
    return list(dict.fromkeys(one for sop in found if sop for one in sop.playbooks))


def unrated(store: Store) -> tuple[str, dict[str, str]]:
    """The condition on deals `t` lost for a reason that counts in no win rate, and its values; "" where there is none."""
    parts: list[str] = []
    params: dict[str, str] = {}
    for row in store.query("SELECT id FROM pipeline ORDER BY id"):
        sop = sop_of(store, row["id"])
        words = [word for one in sop.losses if one.unrated for word in one.spellings] if sop else []
        if words:
            names = {f"loss{row['id']}_{n}": word for n, word in enumerate(words)}
            params |= names
            listed = ", ".join(f":{name}" for name in names)
            # + keeps SQLite from reading a whole pipeline where the period is what narrows it down
            parts.append(f"(+t.pipeline_id = {int(row['id'])} AND t.lost_reason IN ({listed}))")
    return (f"(t.outcome = 'lost' AND ({' OR '.join(parts)}))" if parts else "", params)


def facts_of(store: Store, deals: Sequence[int], wanted: Iterable[str]) -> dict[int, set[str]]:
    """Which of the wanted facts hold of which deal."""
    found: dict[int, set[str]] = {id: set() for id in deals}
    ids = ", ".join(str(int(id)) for id in deals)
    for name in sorted(set(wanted)) if ids else ():
        for row in store.query(f"SELECT DISTINCT deal_id FROM ({FACT_SQL[name].format(ids=ids)}) AS x ORDER BY 1"):
            found[row["deal_id"]].add(name)
    return found


def filled(store: Store, deal: Row) -> set[str]:
    """The fields of a deal that hold something."""
    full = {one.key for one in DEAL.fields if one.slots and deal[one.slots[0].name] not in (None, "")}
    if store.one("SELECT 1 FROM deal_line WHERE deal_id = :id LIMIT 1", {"id": deal["id"]}):
        full.add("product")
    return full


def tasks_of(store: Store, deal: int, stage: int | None = None) -> list[Row]:
    """The tasks of a deal, or of one of its stages, as they came."""
    which = "" if stage is None else " AND stage_id = :stage"
    return store.query(
        "SELECT t.*, r.name AS owner FROM task t LEFT JOIN rep r ON r.id = t.owner_id"
        f" WHERE t.deal_id = :deal AND t.archived_at IS NULL{which} ORDER BY t.id",
        {"deal": deal, "stage": stage},
    )


def done_tasks(store: Store, deals: Sequence[int]) -> dict[tuple[int, int], set[str]]:
    """The keys of the tasks that were done, by deal and stage."""
    found: dict[tuple[int, int], set[str]] = {}
    ids = ", ".join(str(int(id)) for id in deals)
    if ids:
        for row in store.query(
            f"SELECT deal_id, stage_id, key FROM task WHERE deal_id IN ({ids}) AND state = 'done' AND archived_at IS NULL"
        ):
            found.setdefault((row["deal_id"], row["stage_id"]), set()).add(row["key"])
    return found


def due_tasks(
    store: Store, upto: str, owners: Sequence[int] | None, limit: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """Open stage tasks due up to a day (counted), and how many there are; `owners` None means everybody's."""
    params: dict[str, Any] = {"upto": upto}
    which = ""
    if owners is not None:
        which = f" AND t.owner_id IN ({', '.join(str(int(one)) for one in owners) or 'NULL'})"
    # from the few tasks that are due: asked of deals alone what is archived, SQLite would first read all deals for a filter
    there = "CASE WHEN d.archived_at IS NULL THEN t.due END <= :upto"
    where = f"t.state = 'open' AND t.archived_at IS NULL AND t.due <= :upto AND {there}{which}"
    tables = "FROM task t CROSS JOIN deal d WHERE d.id = t.deal_id"
    total = store.one(f"SELECT count(*) AS n {tables} AND {where}", params)
    rows = store.query(
        f"SELECT t.id, t.name, t.due, t.deal_id, t.owner_id, d.name AS deal {tables} AND {where} ORDER BY t.due, t.id"
        + (f" LIMIT {int(limit)}" if limit else ""),
        params,
    )
    return [dict(row) for row in rows], int(total["n"]) if total else 0
