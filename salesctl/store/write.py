"""The unit of work: one lock, one transaction, one operation, and a change row for everything that it writes."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from salesctl.domain.noun import Noun
from salesctl.errors import Busy, Conflict, Duplicate, NotAllowed, StreamError, Unknown
from salesctl.i18n import _
from salesctl.store.connect import Sqlite, connect, trouble

LOCK_SECONDS = 30
BLOCK = 1000  # created rows in one change row of a bulk write


class Unit(Sqlite):
    """A transaction that is open: it reads what it has written, and logs what it writes."""

    def __init__(self, connection: sqlite3.Connection, path: str, at: str, actor: str | None) -> None:
        super().__init__(connection, path)
        self.at = at
        self.actor = actor
        self.operation = 0
        self.uid = uuid.uuid4().hex

    def begin(self, command: str) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.operation = self.run(
            "INSERT INTO operation(uid, command, actor, at) VALUES (:uid, :command, :actor, :at)",
            {"uid": self.uid, "command": command, "actor": self.actor, "at": self.at},
        )

    def run(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Execute one statement; the id of the row it inserted."""
        with trouble(self.path):
            return int(self.connection.execute(sql, dict(params or {})).lastrowid or 0)

    def put(self, table: str, values: Mapping[str, Any]) -> int:
        """Insert one row of a table of facts; its id."""
        columns, marks = _columns(values)
        return self.run(f"INSERT INTO {table}({columns}) VALUES ({marks})", values)

    def insert(self, noun: Noun, values: Mapping[str, Any], **extra: Any) -> int:
        """A new record from values by field key, and from stored columns in `extra`; its id. Logged."""
        row = self.row(noun, noun.pack(dict(values)) | extra)
        try:
            id = self.put(noun.name, row)
        except sqlite3.IntegrityError as error:
            raise refusal(noun, error) from error
        self.log(noun.name, id, "insert", None, row)
        return id

    def row(self, noun: Noun, packed: Mapping[str, Any]) -> dict[str, Any]:
        """The whole stored row of a new record: identity, search keys and the packed columns."""
        from salesctl.text import initials, name_key

        title = str(packed.get(noun.title) or "")
        head = {"uid": uuid.uuid4().hex, "created_at": self.at, "created_by": self.actor, "updated_at": self.at}
        return {**head, "name_key": name_key(title), "initials": initials(title) or None, **packed}

    def insert_many(
        self, noun: Noun, rows: Sequence[dict[str, Any]], wanted: Sequence[int] | None = None
    ) -> Sequence[int]:
        """New records from whole stored rows (see `row`), logged by blocks of ids and digests; their ids in order.

        `wanted` are ids to be used if all of them are free.
        """
        first = self._next_id(noun.name)
        ids = wanted if wanted and self._free(noun.name, wanted) else range(first, first + len(rows))
        columns, marks = _columns({"id": 0, **rows[0]}) if rows else ("", "")
        try:
            self.connection.executemany(
                f"INSERT INTO {noun.name}({columns}) VALUES ({marks})",
                ({"id": id, **row} for id, row in zip(ids, rows, strict=True)),
            )
        except sqlite3.IntegrityError as error:
            raise refusal(noun, error) from error
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            digests = [_digest(row) for row in block]
            mine = ids[start : start + BLOCK]
            known = {"first": mine[0]} if mine[-1] - mine[0] == len(mine) - 1 else {"ids": list(mine)}
            self.log(noun.name, None, "block", None, {**known, "digests": digests})
        return ids

    def _free(self, table: str, ids: Sequence[int]) -> bool:
        """Whether ids were never used: above the last one given out, or never there and not in the log."""
        return len(set(ids)) == len(ids) and min(ids) >= self._next_id(table)

    def _next_id(self, table: str) -> int:
        row = self.one("SELECT seq FROM sqlite_sequence WHERE name = :name", {"name": table})
        return (row["seq"] if row else 0) + 1

    def put_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows of a table of facts."""
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        with trouble(self.path):
            self.connection.executemany(f"INSERT INTO {table}({names}) VALUES ({marks})", rows)

    def update(self, noun: Noun, id: int, values: Mapping[str, Any], **extra: Any) -> dict[str, Any]:
        """Change fields of a record; the columns that changed, with what they were. Nothing changed writes nothing.

        Raises Conflict when the record was changed by somebody else since it was read in this unit.
        """
        wanted = noun.pack(dict(values)) | extra
        before = self.one(f"SELECT * FROM {noun.name} WHERE id = :id", {"id": id})
        if before is None:
            raise Conflict(_("{ref} is gone").format(ref=noun.code(id)))
        changed = {column: value for column, value in wanted.items() if before[column] != value}
        if not changed:
            return {}
        if noun.title in changed:
            changed |= _keys(str(changed[noun.title]))
        was = {column: before[column] for column in changed}
        self._set(noun, id, changed, before["version"])
        self.log(noun.name, id, "update", was, changed)
        return was

    def _set(self, noun: Noun, id: int, changed: Mapping[str, Any], version: int) -> None:
        sets = ", ".join(f'"{column}" = :{column}' for column in changed)
        params = {**changed, "at_": self.at, "id_": id, "version_": version}
        try:
            cursor = self.connection.execute(
                f"UPDATE {noun.name} SET {sets}, updated_at = :at_, version = version + 1"
                " WHERE id = :id_ AND version = :version_",
                params,
            )
        except sqlite3.IntegrityError as error:
            raise refusal(noun, error) from error
        if cursor.rowcount != 1:
            raise Conflict(_("{ref} was changed meanwhile").format(ref=noun.code(id)), _("look at it and try again"))

    def log(self, noun: str, id: int | None, action: str, before: Any, after: Any) -> None:
        self.put(
            "change",
            {
                "operation_id": self.operation,
                "noun": noun,
                "record_id": id,
                "action": action,
                "before": _json(before),
                "after": _json(after),
            },
        )


@contextmanager
def unit(path: str, command: str, *, at: datetime, actor: str | None) -> Iterator[Unit]:
    """Open the store for one write: everything in the block is saved together or not at all.

    Raises Busy (7) when another writer holds on for too long, Unknown (11) when it cannot be told whether it was saved.
    """
    from filelock import FileLock, Timeout

    from salesctl.when import iso

    lock = FileLock(f"{path}.lock", timeout=LOCK_SECONDS, mode=0o600)
    try:
        with lock, trouble(path):
            connection = connect(path, read_only=False)
            work = Unit(connection, path, iso(at), actor)
            try:
                work.begin(command)
                yield work
                _commit(work)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                connection.close()
    except Timeout as error:
        raise Busy(_("somebody else is writing to the store"), _("try again")) from error
    except PermissionError as error:
        raise NotAllowed(_("the store {path} may not be written").format(path=path)) from error
    except OSError as error:
        raise StreamError(_("the store {path} cannot be written: {why}").format(path=path, why=error)) from error


def _commit(work: Unit) -> None:
    """Commit; after a failure look whether the operation is there all the same, as SQLite cannot always tell."""
    try:
        work.connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        work.connection.close()
        try:
            fresh = connect(work.path, read_only=True)
            saved = fresh.execute("SELECT 1 FROM operation WHERE uid = ?", (work.uid,)).fetchone()
            fresh.close()
        except Exception as second:
            raise Unknown(
                _("it cannot be told whether this was saved"), _("look for operation {id}").format(id=work.uid)
            ) from second
        if not saved:
            raise error


def refusal(noun: Noun, error: sqlite3.IntegrityError) -> Exception:
    """What a constraint that said no means to people."""
    text = str(error)
    if "UNIQUE" in text and "purpose" in text:
        return Duplicate(_("this deal has an open follow-up for that purpose already"))
    if "UNIQUE" in text:
        return Duplicate(_("{noun} with this external id is there already").format(noun=_(noun.label)))
    return Conflict(_("the store refuses this {noun}: {why}").format(noun=_(noun.label).lower(), why=text))


def _columns(values: Mapping[str, Any]) -> tuple[str, str]:
    return ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)


def _keys(title: str) -> dict[str, Any]:
    from salesctl.text import initials, name_key

    return {"name_key": name_key(title), "initials": initials(title) or None}


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _digest(row: Mapping[str, Any]) -> str:
    import hashlib

    return hashlib.blake2b(repr(sorted(row.items())).encode(), digest_size=8).hexdigest()
