"""Reading the change log: what an operation did, what touched a record since, and the history of a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from salesctl.domain.kinds import INSTANT, Amount, Reference
from salesctl.domain.noun import Field, Noun, prefix_of, title_of
from salesctl.errors import Damaged, NotFound
from salesctl.i18n import _
from salesctl.store.connect import Row, Store

SELECT = (
    "SELECT c.id, c.operation_id, c.noun, c.record_id, c.record_key, c.action, c.before, c.after,"
    " c.text_digest, x.salt, x.before AS text_before, x.after AS text_after"
    " FROM change c LEFT JOIN change_text x ON x.change_id = c.id"
)
PACKED = ("block", "unblock")


class Entry(NamedTuple):
    """One row of the log, its words put back into it; `erased` when they are gone for good."""

    id: int
    operation: int
    table: str
    record: int | str | None
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    erased: bool
    packed: str | None  # whole rows of a block that was taken out


def entry(row: Row) -> Entry:
    """A row of `SELECT` as an Entry."""
    packed = row["text_after"] if row["action"] in PACKED else None
    before = _loaded(row["before"]) | _loaded(row["text_before"])
    after = _loaded(row["after"]) | (_loaded(row["text_after"]) if packed is None else {})
    erased = row["text_digest"] is not None and row["salt"] is None
    record = row["record_id"] if row["record_key"] is None else row["record_key"]
    return Entry(row["id"], row["operation_id"], row["noun"], record, row["action"], before, after, erased, packed)


def _loaded(text: str | None) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(text) if text else {}
    except ValueError as error:
        raise Damaged(_("the change log cannot be read"), _("restore: salesctl db restore FILE")) from error
    return found


def ids_of(block: dict[str, Any]) -> list[int]:
    """The ids that a block names."""
    listed = block.get("ids")
    if listed is not None:
        return list(listed)
    count = block["count"]
    return list(range(block["first"], block["first"] + count))


def of_operation(store: Store, operation: int, newest_first: bool = False) -> Iterator[Entry]:
    """The log of one operation."""
    order = "DESC" if newest_first else "ASC"
    for row in store.each(f"{SELECT} WHERE c.operation_id = :id ORDER BY c.id {order}", {"id": operation}):
        yield entry(row)


def touched_since(
    store: Store, table: str, record: int | str, after: int, before: int | None, columns: set[str] | None
) -> dict[str, Any] | None:
    """The newest operation later than `after` (and before `before`) that changed one of the columns of a record.

    `columns` None means any. Gives the columns, who, when and with which command; None when there is none.
    """
    key = "record_key" if isinstance(record, str) else "record_id"
    rows = store.query(
        f"{SELECT} WHERE c.noun = :noun AND c.{key} = :record AND c.operation_id > :after ORDER BY c.id DESC",
        {"noun": table, "record": record, "after": after},
    )
    for row in rows:
        one = entry(row)
        hit = set(one.after or one.before) if columns is None else columns & set(one.after or one.before)
        if hit and (before is None or one.operation < before):
            return {"columns": hit, "action": one.action, **told(store, one.operation)}
    return None


def told(store: Store, operation: int) -> dict[str, Any]:
    """Who did an operation, when, with which command."""
    row = store.one("SELECT id, actor, at, command FROM operation WHERE id = :id", {"id": operation})
    assert row is not None
    return {"operation": row["id"], "actor": row["actor"], "at": row["at"], "command": row["command"]}


def operation_called(store: Store, text: str) -> Row:
    """An operation by its ref (O12, 12) or its id of 32 letters. Raises NotFound (3)."""
    word = text.strip()
    digits = word[1:] if word[:1] in ("O", "o") else word
    if digits.isascii() and digits.isdigit() and len(digits) <= 18:
        row = store.one("SELECT * FROM operation WHERE id = :id", {"id": int(digits)})
    else:
        row = store.one("SELECT * FROM operation WHERE uid = :uid", {"uid": word})
    if row is None:
        from salesctl.domain.kinds import repr_text

        raise NotFound(_("there is no operation {text}").format(text=repr_text(text)))
    return row


def undone_by(store: Store, operation: int) -> int | None:
    """The undo that undid an operation and stands, or None."""
    row = store.one("SELECT max(id) AS id FROM operation WHERE undoes = :id", {"id": operation})
    last: int | None = row["id"] if row else None
    return None if last is None or undone_by(store, last) is not None else last


def standing(store: Store, actor: str | None) -> Iterator[Row]:
    """The operations of somebody that are neither an undo nor undone, newest first."""
    mine = "AND actor = :actor" if actor is not None else ""
    sql = f"SELECT * FROM operation WHERE undoes IS NULL AND id > 1 {mine} ORDER BY id DESC"
    for row in store.each(sql, {"actor": actor} if actor is not None else {}):
        if undone_by(store, row["id"]) is None:
            yield row


def words_erased(store: Store, operation: int) -> bool:
    """Whether words of an operation were erased since."""
    sql = (
        "SELECT 1 FROM change c LEFT JOIN change_text x ON x.change_id = c.id WHERE c.operation_id = :id"
        " AND c.text_digest IS NOT NULL AND x.salt IS NULL LIMIT 1"
    )
    return store.one(sql, {"id": operation}) is not None


def operations(store: Store, limit: int) -> list[dict[str, Any]]:
    """The newest operations: who, when, what, of how many records, and whether they were undone."""
    sql = (
        "SELECT o.id, o.uid, o.at, o.actor, o.command, o.undoes, (SELECT count(*) FROM change c WHERE"
        " c.operation_id = o.id) AS changes, (SELECT max(u.id) FROM operation u WHERE u.undoes = o.id) AS undo"
        " FROM operation o ORDER BY o.id DESC"
    )
    rows = store.query(sql + (" LIMIT :n" if limit else ""), {"n": limit} if limit else {})
    return [{**row, "undo": undone_by(store, row["id"]) if row["undo"] else None} for row in rows]


class Change(NamedTuple):
    """One line of a record's history: when, by whom, with which command, and field -> (before, after)."""

    at: datetime
    actor: str | None
    command: str
    action: str
    fields: dict[str, tuple[Any, Any]]
    operation: int


def history(store: Store, noun: Noun, id: int) -> list[Change]:
    """What was done to a record, newest first; a record of a bulk write begins with its block."""
    rows = store.query(
        f"{SELECT} WHERE c.noun = :noun AND c.record_id = :id ORDER BY c.id DESC", {"noun": noun.name, "id": id}
    )
    found = [_change(store, noun, entry(row)) for row in rows]
    if not any(one.action == "insert" for one in found):
        found += _born(store, noun, id)
    return [one for one in found if one.fields or one.action != "update"]


def _born(store: Store, noun: Noun, id: int) -> list[Change]:
    """A record of a bulk write has no change row of its own: its birth is in its row."""
    row = store.one(f"SELECT created_at, created_by FROM {noun.name} WHERE id = :id", {"id": id})
    block = block_of(store, noun.name, id)
    if row is None or block is None:
        return []
    known = told(store, block)
    at = INSTANT.unpack(known, "at")
    return [Change(at or datetime.min, row["created_by"], known["command"], "insert", {}, block)]


def block_of(store: Store, table: str, id: int) -> int | None:
    """The operation whose block a record was born in."""
    rows = store.each(
        "SELECT operation_id, after FROM change WHERE noun = :noun AND action = 'block' ORDER BY id DESC",
        {"noun": table},
    )
    return next((row["operation_id"] for row in rows if id in _range(row["after"])), None)


def _range(text: str) -> Any:
    """The ids of a block, read from the front of its text, which is long."""
    head = text[: text.index('"digest')] if text.startswith('{"first"') else ""
    if head:
        block = json.loads(head.rstrip(",") + "}") if '"columns"' not in head else json.loads(text)
        return range(block["first"], block["first"] + block["count"])
    return ids_of(json.loads(text))


def _change(store: Store, noun: Noun, one: Entry) -> Change:
    """A log entry as history: the fields in their order. What begins with ~ is only told: lines of a deal."""
    fields: dict[str, tuple[Any, Any]] = {}
    known = told(store, one.operation)
    for field in noun.fields:
        slots = [slot.name for slot in field.slots if slot.name in one.after]
        currency = None
        if isinstance(field.kind, Amount) and f"{field.key}_currency" not in slots:
            row = store.one(f"SELECT {field.key}_currency AS c FROM {noun.name} WHERE id = :id", {"id": one.record})
            currency = row["c"] if row else None
        if slots and (one.action == "update" or one.after[slots[0]] is not None):
            fields[field.key] = (
                _value(store, field, one.before, currency),
                _value(store, field, one.after, currency),
            )
    for column in one.after:
        if column.startswith("~"):
            fields[column[1:]] = (one.before.get(column), one.after[column])
    at = INSTANT.unpack(known, "at")
    assert at is not None
    return Change(at, known["actor"], known["command"], one.action, fields, one.operation)


def _value(store: Store, field: Field, row: dict[str, Any], currency: str | None) -> str | None:
    """A value of a field as history says it: a record by ref and name, money in `currency` where its own is not told."""
    raw = {slot.name: row.get(slot.name) for slot in field.slots}
    first = raw[field.slots[0].name]
    if first is None:
        return None
    if isinstance(field.kind, Reference):
        target = field.kind.target
        named = store.one(f'SELECT "{title_of(target)}" AS name FROM {target} WHERE id = :id', {"id": first})
        return f"{prefix_of(target)}{first} {named['name'] if named else ''}".rstrip()
    if isinstance(field.kind, Amount):
        raw[f"{field.key}_currency"] = raw[f"{field.key}_currency"] or currency
    return field.kind.text(field.kind.unpack(raw, field.key))
