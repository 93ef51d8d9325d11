"""Rows by the block: read, compared with their digests, taken out and put back, and who refers to them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from salesctl.domain.nouns import NOUNS
from salesctl.plain import Data
from salesctl.store.chain import digest, row_digest, row_digests
from salesctl.store.connect import Store
from salesctl.store.facts import listed_ids
from salesctl.store.triggers import DERIVED
from salesctl.store.write import Unit

CHUNK = 500
# Tables of facts that belong to a record: table -> (column, noun)
PARTS = {"deal_line": (("deal_id", "deal"), ("product_id", "product")),
         "deal_event": (("deal_id", "deal"), ("pipeline_id", "pipeline"), ("stage_id", "stage"), ("owner_id", "rep")),
         "goal_level": (("goal_id", "goal"),), "sop": (("pipeline_id", "pipeline"),),
         "sop_check": (("deal_id", "deal"), ("stage_id", "stage"), ("rep_id", "rep"), ("sop_id", "sop")),
         "solution_need": (("solution_id", "solution"), ("need_id", "need")),
         "quote_line": (("quote_id", "quote"), ("product_id", "product")),
         "approval_step": (("approval_id", "approval"), ("approver_id", "rep"), ("decided_by_id", "rep")),
         "concession": (("deal_id", "deal"), ("rep_id", "rep")), "rival": (("deal_id", "deal"),),
         "payment": (("contract_id", "contract"),), "attachment": (("contract_id", "contract"),),
         "pool_event": (("rep_id", "rep"),), "forecast_adjust": (("rep_id", "rep"),),
         "calibration": (("stage_id", "stage"),)}  # fmt: skip


class Holder(Data, frozen=True):
    """A row that refers to a record: what it is called, and the record it refers to."""

    ref: str
    target: int


def _places(noun: str) -> list[tuple[str, str]]:
    """Where records of a noun are referred to: (table, column)."""
    found = [(other.name, slot.name) for other in NOUNS.values() for slot in other.slots() if slot.target == noun]
    return found + [(table, column) for table, refs in PARTS.items() for column, target in refs if target == noun]


def among(column: str, ids: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The condition that a column is one of some ids, at most CHUNK of them unless they follow each other."""
    if ids and isinstance(ids[0], int) and ids[-1] - ids[0] == len(ids) - 1:
        return f"{column} BETWEEN :low_ AND :high_", {"low_": ids[0], "high_": ids[-1]}
    marks = {f"id{place}_": id for place, id in enumerate(ids)}
    return f"{column} IN ({', '.join(f':{name}' for name in marks)})", marks


def chunks(ids: Sequence[Any]) -> list[Sequence[Any]]:
    if ids and isinstance(ids[0], int) and ids[-1] - ids[0] == len(ids) - 1:
        return [ids]
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def referring(store: Store, noun: str, ids: Sequence[Any]) -> Holder | None:
    """A row that refers to one of the records and is not one of them, or None."""
    for table, column in _places(noun):
        for some in chunks(ids):
            where, params = among(column, some)
            inside, more = among("id", some) if table == noun else ("1 = 0", {})
            row = store.one(
                f"SELECT id, {column} AS target FROM {table} WHERE {where} AND NOT ({inside}) ORDER BY id LIMIT 1",
                {**params, **more},
            )
            if row:
                return Holder(_called(store, table, row["id"]), row["target"])
    return None


def _called(store: Store, table: str, id: int) -> str:
    """A row as people know it: a record by its ref, an event by the operation that made it."""
    if table in NOUNS:
        return NOUNS[table].code(id)
    if table in ("deal_event", "sop_check"):
        row = store.one(f"SELECT operation_id FROM {table} WHERE id = :id", {"id": id})
        return f"O{row['operation_id']}" if row else table
    return f"{table} {id}"


def rows(store: Store, table: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The stored rows of some ids, in the order of the ids; those that are gone are left out."""
    found: dict[int, dict[str, Any]] = {}
    for some in chunks(ids):
        where, params = among("id", some)
        found |= {row["id"]: dict(row) for row in store.query(f"SELECT * FROM {table} WHERE {where}", params)}
    return [found[id] for id in ids if id in found]


def differing(
    table: str, block: Mapping[str, Any], ids: Sequence[int], rows: Sequence[Mapping[str, Any]]
) -> int | None:
    """The first id of a block whose row is gone or not as its digest says; None when all are."""
    if len(rows) < len(ids):
        there = {row["id"] for row in rows}
        return next(id for id in ids if id not in there)
    if "digests" in block:
        pairs = zip(ids, rows, block["digests"], strict=True)
        return next((id for id, row, wanted in pairs if row_digest(row) != wanted), None)
    stored = [tuple(row[name] for name in block["columns"]) for row in rows]
    return None if digest(repr(stored)) == block["digest"] else ids[0]


def clear(work: Unit, table: str, column: str, ids: Sequence[Any]) -> None:
    """Delete derived rows of some records, without a trace."""
    for some in chunks(ids):
        where, params = among(column, some)
        work.run(f"DELETE FROM {table} WHERE {where}", params)


def remove_voided(work: Unit, noun: str, ids: Sequence[Any]) -> None:
    """Events that other undos voided go with the records they are of; those that stand stay and refuse."""
    for column in [column for column, target in PARTS["deal_event"] if target == noun]:
        for some in chunks(ids):
            where, params = among(column, some)
            sql = f"SELECT id FROM deal_event WHERE {where} AND voided_at IS NOT NULL ORDER BY id"
            for row in work.query(sql, params):
                work.remove("deal_event", row["id"])


def take_out(work: Unit, table: str, ids: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> None:
    """Delete the rows of a block; the log keeps them whole, packed."""
    clear(work, table, "id", ids)
    work.log(table, None, "unblock", None, listed_ids(ids), packed=pack(rows))


def put_back(work: Unit, table: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The rows of a block again, under their numbers, logged as a block."""
    columns = list(rows[0])
    derived = dict.fromkeys(DERIVED.get(table, ()))
    work.fill(table, columns, (tuple({**row, **derived}.values()) for row in rows))
    ids = [int(row["id"]) for row in rows]
    if table in NOUNS:
        work.log(table, None, "block", None, {**listed_ids(ids), "digests": row_digests(rows)})
    else:
        kept = [name for name in columns if name != "id"]
        stored = [tuple(row[name] for name in kept) for row in rows]
        work.log(table, None, "block", None, {**listed_ids(ids), "columns": kept, "digest": digest(repr(stored))})
    return ids


def pack(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a short text: their columns once, compressed."""
    body = {"columns": list(rows[0]) if rows else [], "rows": [list(row.values()) for row in rows]}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return base64.b85encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode()


def unpack(text: str) -> list[dict[str, Any]]:
    """The rows of `pack`."""
    body = json.loads(zlib.decompress(base64.b85decode(text)).decode("utf-8", "surrogatepass"))
    return [dict(zip(body["columns"], row, strict=True)) for row in body["rows"]]
