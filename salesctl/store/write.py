"""The unit of work: one lock, one transaction, one operation, and a change row for everything that it writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from operator import itemgetter
from typing import Any

from salesctl.domain.noun import Noun
from salesctl.errors import Conflict, Duplicate, StreamError, Unknown
from salesctl.i18n import _
from salesctl.store.chain import drop_anchor, random_hex, row_digests
from salesctl.store.connect import Row, connect, trouble
from salesctl.store.facts import BLOCK, Facts, listed_ids
from salesctl.store.journal import Journal
from salesctl.store.lock import locked
from salesctl.text import initials, name_key


class Unit(Facts):
    """A transaction that is open: it reads what it has written, and logs what it writes."""

    def __init__(self, connection: sqlite3.Connection, path: str, at: str, actor: str | None) -> None:
        super().__init__(connection, path)
        self.at = at
        self.actor = actor
        self.operation = 0
        self.seen: int | None = None  # the last operation the command knew of when it began
        self.free: set[str] = set()  # columns that this command may set whatever they were meanwhile
        self.uid = random_hex()
        self.journal: Journal

    def begin(self, command: str, undoes: int | None = None) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        row = {"uid": self.uid, "command": command, "actor": self.actor, "at": self.at, "undoes": undoes}
        newest = self.one("SELECT max(id) AS id FROM operation")  # the log never shrinks, and one writes at a time
        self.operation = self.add("operation", {"id": int((newest and newest["id"]) or 0) + 1, **row})
        last = self.one("SELECT id, hash FROM change ORDER BY id DESC LIMIT 1")
        self.journal = Journal({"id": self.operation, **row}, last)

    def insert(self, noun: Noun, values: Mapping[str, Any], **extra: Any) -> int:
        """A new record from values by field key, and from stored columns in `extra`; its id. Logged."""
        row = self.row(noun, noun.pack(dict(values)) | extra)
        try:
            id = self.add(noun.name, row)
        except sqlite3.IntegrityError as error:
            raise refusal(noun, error) from error
        self.log(noun.name, id, "insert", None, row)
        return id

    def row(self, noun: Noun, packed: Mapping[str, Any]) -> dict[str, Any]:
        """The whole stored row of a new record: identity, search keys and the packed columns."""
        title = str(packed.get(noun.title) or "")
        head = {"uid": random_hex(), "created_at": self.at, "created_by": self.actor, "updated_at": self.at}
        return {**head, **_keys(title), **packed}

    def insert_many(
        self, noun: Noun, rows: Sequence[dict[str, Any]], wanted: Sequence[int] | None = None
    ) -> Sequence[int]:
        """New records from whole stored rows (see `row`), logged by blocks of ids and digests; their ids in order.

        `wanted` are ids to be used if all of them are free.
        """
        first = self.next_id(noun.name)
        ids = wanted if wanted and self._free(noun.name, wanted) else range(first, first + len(rows))
        names = ["id", *rows[0]] if rows else []
        try:
            if rows:
                held = itemgetter(*names[1:])
                self.fill(noun.name, names, ((id, *held(row)) for id, row in zip(ids, rows, strict=True)))
        except sqlite3.IntegrityError as error:
            raise refusal(noun, error) from error
        for start in range(0, len(rows), BLOCK):
            digests = row_digests(rows[start : start + BLOCK])
            self.log(noun.name, None, "block", None, {**listed_ids(ids[start : start + BLOCK]), "digests": digests})
        return ids

    def _free(self, table: str, ids: Sequence[int]) -> bool:
        """Whether ids were never used: above the last one given out, or never there and not in the log."""
        return len(set(ids)) == len(ids) and min(ids) >= self.next_id(table)

    def update(self, noun: Noun, id: int, values: Mapping[str, Any], **extra: Any) -> dict[str, Any]:
        """Change fields of a record; the columns that changed, with what they were. Nothing changed writes nothing.

        Raises Conflict (5) when one of the columns was changed by somebody else since the command began.
        """
        wanted = noun.pack(dict(values)) | extra
        before = self.stored(noun.name, id)
        if before is None:
            raise Conflict(_("{ref} is gone").format(ref=noun.code(id)))
        changed = {column: value for column, value in wanted.items() if before[column] != value}
        if not changed:
            return {}
        self.guard(noun, id, list(changed))
        if noun.title in changed:
            changed |= _keys(str(changed[noun.title]))
        was = {column: before[column] for column in changed}
        self._set(noun, id, changed, before["version"])
        self.log(noun.name, id, "update", was, changed)
        return was

    def revert(self, noun: Noun, id: int, values: Mapping[str, Any]) -> None:
        """Set stored columns of a record to what they were, as a new version of it. Logged."""
        before = self.stored(noun.name, id)
        assert before is not None
        self._set(noun, id, values, before["version"])
        self.log(noun.name, id, "update", {column: before[column] for column in values}, dict(values))

    def renew(self, noun: Noun, id: int) -> None:
        """A new version of a record of which only what belongs to it changed: its lines."""
        self.run(
            f"UPDATE {noun.name} SET updated_at = :at, version = version + 1 WHERE id = :id", {"at": self.at, "id": id}
        )

    def guard(self, noun: Noun, id: int, columns: Sequence[str]) -> None:
        """Refuse with Conflict (5) when one of the columns was changed since the command began; says by whom."""
        if self.seen is None or self.seen >= self.operation - 1:
            return
        from salesctl.store.changes import touched_since

        later = touched_since(self, noun.name, id, self.seen, self.operation, set(columns) - self.free)
        if later:
            raise meanwhile(noun, id, later)

    def _set(self, noun: Noun, id: int, changed: Mapping[str, Any], version: int) -> None:
        sets = "".join(f'"{column}" = :{column}, ' for column in changed if column not in ("updated_at", "version"))
        params = {**changed, "at_": self.at, "id_": id, "version_": version}
        try:
            cursor = self.connection.execute(
                f"UPDATE {noun.name} SET {sets}updated_at = :at_, version = version + 1"
                " WHERE id = :id_ AND version = :version_",
                params,
            )
        except sqlite3.IntegrityError as error:
            raise refusal(noun, error) from error
        if cursor.rowcount != 1:
            raise Conflict(_("{ref} was changed meanwhile").format(ref=noun.code(id)), _("look at it and try again"))


@contextmanager
def unit(
    path: str,
    command: str,
    *,
    at: datetime,
    actor: str | None,
    seen: int | None = None,
    undoes: int | None = None,
) -> Iterator[Unit]:
    """Open the store for one write: everything in the block is saved together or not at all.

    `seen` is the last operation that the command knew of when it began, for `Unit.guard`.
    Raises Busy (7) when another writer holds on for too long, Unknown (11) when it cannot be told whether it was saved.
    """
    from salesctl.when import iso

    with locked(path), trouble(path):
        connection = connect(path, read_only=False)
        work = Unit(connection, path, iso(at), actor)
        work.seen = seen
        try:
            work.begin(command, undoes)
            yield work
            _commit(work)
        except BaseException:
            with suppress(sqlite3.Error):  # a commit that failed has closed it; the first error is the one to tell
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise
        finally:
            connection.close()


def _commit(work: Unit) -> None:
    """Commit; after a failure look whether the operation is there all the same, as SQLite cannot always tell.

    A unit that changed nothing leaves no operation. The anchor follows the commit, under the same lock.
    """
    if not work.journal.count:
        work.connection.execute("ROLLBACK")
        return
    try:
        work.connection.execute("COMMIT")
    except Exception:  # of the driver, of memory, of a server that went away: none says whether it is saved
        work.connection.close()
        try:
            fresh = connect(work.path, read_only=True)
            saved = fresh.execute("SELECT 1 FROM operation WHERE uid = ?", (work.uid,)).fetchone()
            fresh.close()
        except Exception as second:
            raise Unknown(
                _("it cannot be told whether this was saved"),
                _("look for it with: salesctl audit show {id}").format(id=work.uid),
                operation=work.uid,
            ) from second
        if not saved:
            raise
    with suppress(OSError, StreamError):  # a store ahead of its anchor is sound: the next write mends it
        drop_anchor(work.path, work.journal.anchor)


def meanwhile(noun: Noun, id: int, later: Row) -> Conflict:
    """The refusal of a write to what somebody else changed since the command began."""
    fields = sorted({one.key for one in noun.fields for slot in one.slots if slot.name in later["columns"]})
    what = ", ".join(_(noun.by_key[key].label).lower() for key in fields) or ", ".join(sorted(later["columns"]))
    return Conflict(
        _("{ref} was changed meanwhile: {what}, by {who} at {at} ({command}, O{operation})").format(
            ref=noun.code(id),
            what=what,
            who=later["actor"] or _("somebody"),
            at=later["at"],
            command=later["command"],
            operation=later["operation"],
        ),
        _("look at it and try again"),
        fields=fields,
        by=later["actor"],
        at=later["at"],
        operation=later["operation"],
    )


def refusal(noun: Noun, error: sqlite3.IntegrityError) -> Exception:
    """What a constraint that said no means to people."""
    text = str(error)
    if "UNIQUE" in text and "purpose" in text:
        return Duplicate(_("this deal has an open follow-up for that purpose already"))
    if "UNIQUE" in text and noun.unique and "external" not in text and "uid" not in text:
        fields = ", ".join(_(noun.by_key[key].label).lower() for key in noun.unique)
        return Duplicate(_("{noun} with the same {fields} is there already").format(noun=_(noun.label), fields=fields))
    if "UNIQUE" in text:
        return Duplicate(_("{noun} with this external id is there already").format(noun=_(noun.label)))
    return Conflict(_("the store refuses this {noun}: {why}").format(noun=_(noun.label).lower(), why=text))


def _keys(title: str) -> dict[str, Any]:
    return {"name_key": name_key(title), "initials": initials(title) or None}
