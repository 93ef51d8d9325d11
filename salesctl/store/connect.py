"""The read door: a store by its path or URL, and rows out of it by SQL text.

Values are bound as `:name`; parts of a statement are put together from fixed fragments, never from what was typed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from salesctl.errors import Busy, Damaged, StreamError, UsageError
from salesctl.i18n import _
from salesctl.store.version import APPLICATION_ID, SCHEMA

Row = Mapping[str, Any]
BUSY_MS = 10_000


class Store(Protocol):
    """What a command may ask of a store."""

    path: str
    exists: bool

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]: ...
    def each(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]: ...
    def one(self, sql: str, params: Mapping[str, Any] | None = None) -> Row | None: ...
    def meta(self, key: str) -> str | None: ...
    def close(self) -> None: ...


class Nothing:
    """The store that is not there yet: it answers every question with nothing and makes no file."""

    exists = False

    def __init__(self, path: str) -> None:
        self.path = path

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        return []

    def each(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]:
        return iter(())

    def one(self, sql: str, params: Mapping[str, Any] | None = None) -> Row | None:
        return None

    def meta(self, key: str) -> str | None:
        return None

    def close(self) -> None:
        """There is nothing to close."""


class Sqlite:
    """A SQLite file, or the connection of a unit of work, to be read."""

    exists = True

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.path = path
        self.connection = connection
        connection.row_factory = _row
        self._meta: dict[str, str | None] | None = None

    def each(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """The rows one by one, each a mapping of column names to values."""
        with trouble(self.path):
            yield from self.connection.execute(sql, dict(params or {}))

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows."""
        with trouble(self.path):
            rows: list[Row] = self.connection.execute(sql, dict(params or {})).fetchall()
            return rows

    def one(self, sql: str, params: Mapping[str, Any] | None = None) -> Row | None:
        """The first row, or None."""
        with trouble(self.path):
            row: Row | None = self.connection.execute(sql, dict(params or {})).fetchone()
            return row

    def meta(self, key: str) -> str | None:
        """What the store says of itself: zone, lang, currency, uid."""
        if self._meta is None:
            self._meta = {row["key"]: row["value"] for row in self.query("SELECT key, value FROM meta")}
        return self._meta.get(key)

    def close(self) -> None:
        self.connection.close()


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip((column[0] for column in cursor.description), values, strict=True))


def open_read(path: str) -> Store:
    """The store at a path, for reading; one that is not there answers with nothing.

    Raises StreamError (9) when it cannot be opened, Damaged (8) when it is not ours or of a newer version.
    """
    check_place(path)
    if not os.path.exists(path):
        return Nothing(path)
    return Sqlite(connect(path, read_only=True), path)


def check_place(path: str) -> None:
    """Refuse what can never be a store: a URL we have no driver for, an empty name."""
    if "://" in path:
        raise UsageError(
            _("this version keeps its store in a SQLite file, not at {url}").format(url=path.split("://")[0] + "://"),
            _("give --db a file name"),
        )
    if not path or "\0" in path:
        raise UsageError(_("--db needs a file name"))


def connect(path: str, *, read_only: bool) -> sqlite3.Connection:
    """A connection with the settings every one of ours has; the caller opens transactions itself."""
    with trouble(path):
        if os.path.isdir(path):
            raise StreamError(_("{path} is a folder, not a store").format(path=path))
        mode = "ro" if read_only else "rw"
        try:
            connection = _open(path, _quoted(path), mode)
        except sqlite3.OperationalError as error:
            if not read_only or ("readonly" not in str(error) and "unable to open" not in str(error)):
                raise
            connection = _open(path, _quoted(path), "ro&immutable=1")
        return connection


def _quoted(path: str) -> str:
    """An absolute path as it stands in a URI."""
    place = os.path.abspath(path).replace("%", "%25")
    return place.replace("?", "%3f").replace("#", "%23")


def _open(path: str, quoted: str, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quoted}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_MS / 1000, cached_statements=64
    )
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA synchronous=FULL")
    connection.create_function("fold", 1, _fold, deterministic=True)
    connection.create_function("phone_key", 1, _digits, deterministic=True)
    _check_ours(connection, path)
    return connection


def _fold(text: str | None) -> str | None:
    from salesctl.text import name_key

    return None if text is None else name_key(text)


def _digits(text: str | None) -> str | None:
    from salesctl.text import phone_key

    return None if text is None else phone_key(text)


def _check_ours(connection: sqlite3.Connection, path: str) -> None:
    ours = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if ours != APPLICATION_ID:
        raise Damaged(_("{path} is not a salesctl store").format(path=path), _("check --db"))
    if version > SCHEMA:
        raise Damaged(
            _("{path} was written by a newer salesctl (schema {n}, this one knows {mine})").format(
                path=path, n=version, mine=SCHEMA
            ),
            _("upgrade salesctl"),
        )


class trouble:
    """Turn what the driver says into our errors: busy 7, not a database or damaged 8, unreadable or full 9."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, sqlite3.DatabaseError) or isinstance(error, sqlite3.IntegrityError):
            return
        text = str(error)
        if "locked" in text or "busy" in text:
            raise Busy(_("the store is busy: {why}").format(why=text), _("try again")) from error
        if "not a database" in text or "malformed" in text:
            raise Damaged(_("{path} is damaged or not a store: {why}").format(path=self.path, why=text)) from error
        if isinstance(error, sqlite3.OperationalError) and _is_disk(text):
            raise StreamError(
                _("the store {path} cannot be read or written: {why}").format(path=self.path, why=text)
            ) from error


def _is_disk(text: str) -> bool:
    return any(word in text for word in ("unable to open", "readonly", "disk", "full", "I/O"))


def listed(name: str, values: list[Any], params: dict[str, Any]) -> str:
    """The fragment "(:name0, :name1)" for an IN, its values put into `params`; "(NULL)" for an empty list."""
    for place, value in enumerate(values):
        params[f"{name}{place}"] = value
    return "(" + (", ".join(f":{name}{place}" for place in range(len(values))) or "NULL") + ")"
