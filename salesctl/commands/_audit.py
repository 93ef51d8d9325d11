"""What undo and audit say: operations, their changes, and breaks of the chain."""

from __future__ import annotations

import os
from typing import Any

from salesctl.commands._screens import said
from salesctl.domain.kinds import INSTANT
from salesctl.domain.noun import Noun
from salesctl.domain.nouns import NOUNS
from salesctl.errors import StreamError
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Message, Table
from salesctl.services.base import local_now
from salesctl.services.undo import Undone
from salesctl.store import chain, changes, records

MOST = 20  # records named one by one
NAMED = 3  # records named in a question
FIRST = ("customer", "contact", "lead", "deal", "quote", "contract")  # by whose names an operation is known
LISTED = (
    Column("operation", N_("Operation")),
    Column("at", N_("When")),
    Column("actor", N_("Who")),
    Column("command", N_("Command"), grow=True),
    Column("changes", N_("Changes"), align="r"),
    Column("undoes", N_("Undoes")),
    Column("undone_by", N_("Undone by")),
    Column("uid", N_("Id"), screen=False),
)
SHOWN = (
    Column("change", N_("Change"), align="r"),
    Column("record", N_("Record")),
    Column("action", N_("Action")),
    Column("field", N_("Field")),
    Column("before", N_("Before"), grow=True),
    Column("after", N_("After"), grow=True),
)
BREAKS = (Column("change", N_("Change"), align="r"), Column("why", N_("Why"), grow=True))
HIDDEN = ("uid", "name_key", "initials", "created_at", "created_by", "updated_at", "version")


def code(operation: int | None) -> str | None:
    return None if operation is None else f"O{operation}"


def undone(done: Undone, what: str, dry_run: bool) -> Message:
    """The answer of undo: the ref of its own operation, and what became of which records."""
    words = {"removed": _("taken back"), "changed": _("as before"), "restored": _("there again")}
    parts, records = [], []
    for table, kinds in done.records.items():
        for kind, ids in kinds.items():
            moved = {id for other in ("removed", "restored") for id in kinds.get(other, ())}
            some = [id for id in dict.fromkeys(ids) if kind != "changed" or id not in moved]
            if not some:
                continue
            records += [{"ref": NOUNS[table].code(id), "noun": table, "what": kind} for id in some[:MOST]]
            named = " ".join(NOUNS[table].code(id) for id in some)
            counted = f"{len(some):,} {_(NOUNS[table].plural if len(some) > 1 else NOUNS[table].label).lower()}"
            parts.append(f"{named if len(some) <= 3 else counted} {words[kind]}")
    counts = {table: {kind: len(set(ids)) for kind, ids in kinds.items()} for table, kinds in done.records.items()}
    head = _("would be undone") if dry_run else _("undone")
    data = {
        "operation": None if dry_run else code(done.by),
        "undid": code(done.operation["id"]),
        "command": done.operation["command"],
        "actor": done.operation["actor"],
        "at": INSTANT.unpack(done.operation, "at"),
        "counts": counts,
        "records": records,
        "dry_run": dry_run,
    }
    line = "  ".join([head, what, ", ".join(parts)]).rstrip()
    return Message(None if dry_run else code(done.by), [line], data)


def question(app: Any, done: Undone, what: str) -> str:
    """What is asked before an undo of many records: the operation, when it was, and the names of some of them."""
    at = INSTANT.unpack(done.operation, "at")
    assert at is not None
    found = [
        (NOUNS[table], id)
        for table in sorted(done.records, key=[*FIRST, *NOUNS].index)
        for id in dict.fromkeys(id for ids in done.records[table].values() for id in ids)
    ]
    names = [_named(app, noun, id) for noun, id in found[:NAMED]]
    if len(found) > NAMED:
        names.append(f"+{len(found) - NAMED:,}")
    return _("undo {what} of {at}: {names}. {n} records: go on?").format(
        what=what, at=f"{at.astimezone(local_now(app).tzinfo):%Y-%m-%d %H:%M}", names=", ".join(names), n=done.count
    )


def _named(app: Any, noun: Noun, id: int) -> str:
    """A record by its ref and name; one that is to come back by its ref."""
    name = records.name_of(app.store, noun, id)
    return noun.code(id) if name is None else f"{noun.code(id)} {name}"


def listed(app: Any, limit: int) -> Table:
    rows = [
        {
            **row,
            "operation": code(row["id"]),
            "at": INSTANT.unpack(row, "at"),
            "undoes": code(row["undoes"]),
            "undone_by": code(row["undo"]),
        }
        for row in changes.operations(app.store, limit)
    ]
    count = app.store.one("SELECT count(*) AS n FROM operation")
    return Table(rows, LISTED, empty=_("nothing was written yet"), total=count["n"] if count and limit else None)


def shown(app: Any, text: str) -> Table:
    """Every change of an operation, a line for each field."""
    operation = changes.operation_called(app.store, text)
    rows: list[dict[str, Any]] = []
    for one in changes.of_operation(app.store, operation["id"]):
        noun = NOUNS.get(one.table)
        named = noun.code(one.record) if noun and isinstance(one.record, int) else f"{one.table} {one.record or ''}"
        head = {"change": one.id, "record": named.strip(), "action": one.action}
        if one.action in changes.PACKED or (one.table, one.action) == chain.ERASED:
            rows.append({**head, "field": None, "before": None, "after": _many(len(changes.ids_of(one.after)))})
            continue
        keys = [key for key in {**one.before, **one.after} if key not in HIDDEN]
        told = [key for key in keys if one.before.get(key) is not None or one.after.get(key) is not None]
        rows += [
            {**head, "field": key.lstrip("~"), "before": said(one.before.get(key)), "after": said(one.after.get(key))}
            for key in told or [""]
        ]
        if one.erased:
            rows.append({**head, "field": None, "before": None, "after": _("words that were erased")})
    title = f"{code(operation['id'])} {operation['command']}"
    return Table(rows, SHOWN, title=title if app.out.human else "")


def _many(n: int) -> str:
    return _n("{n} row", "{n} rows", n).format(n=f"{n:,}")


def verified(app: Any, anchor: str | None) -> tuple[Table, bool]:
    """Where the chain breaks; nothing when it is whole."""
    if anchor is not None and not os.path.exists(anchor):
        raise StreamError(_("{path} cannot be read: {why}").format(path=anchor, why=_("it is not there")))
    if not app.store.exists:
        return Table([], BREAKS), True
    known = chain.kept_elsewhere(anchor) if anchor else None
    with app.out.progress(_("verify"), None) as step:
        count, breaks = chain.verify(app.store, app.db_path, step, known)
    if known is None and not chain.anchors(chain.anchor_path(app.db_path)) and count > 0:
        app.out.note(_("there is no anchor, so a log that was cut off would not be seen"))
    rows = [{"change": one.change or None, "why": one.why} for one in breaks]
    if not rows and app.out.human:
        app.out.note(_("{n} changes, the chain is whole").format(n=f"{count:,}"))
    return Table(rows, BREAKS), not rows
