"""The read door: a store by its path or URL, and rows out of it by SQL text.

Values are bound as `:name`; parts of a statement are put together from fixed fragments, never from what was typed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from salesctl.errors import Busy, Damaged, NotAllowed, Outdated, Refused, StreamError, UsageError
from salesctl.i18n import _
from salesctl.store import version as mine
from salesctl.store.place import check_disk, check_safe

if TYPE_CHECKING:
    from salesctl.store.ahead import Board

Row = Mapping[str, Any]
Rows = tuple[list[str], Iterable[tuple[Any, ...]]]  # the names of the columns, and the values
BUSY_MS = 10_000


class Store(Protocol):
    """What a command may ask of a store."""

    path: str
    exists: bool

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]: ...
    def each(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]: ...
    def bare(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]: ...
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

    def bare(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
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
    board: Board | None = None  # while another thread reads ahead

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.path = path
        self.connection = connection
        connection.row_factory = _row
        self._meta: dict[str, str | None] | None = None

    def straight(self, sql: str, params: Mapping[str, Any]) -> Rows:
        """What this connection answers."""
        cursor = self.connection.execute(sql, dict(params))
        cursor.row_factory = None  # the names once, not for every row
        return [column[0] for column in cursor.description or ()], cursor

    def _asked(self, sql: str, params: Mapping[str, Any] | None) -> Rows:
        return self.straight(sql, params or {}) if self.board is None else self.board.ask(self, sql, params or {})

    def each(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """The rows one by one, each a mapping of column names to values."""
        with trouble(self.path):
            names, rows = self._asked(sql, params)
            for values in rows:
                yield dict(zip(names, values, strict=True))

    def bare(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows one by one as plain tuples, where there are millions of them."""
        with trouble(self.path):
            yield from self._asked(sql, params)[1]

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows."""
        return list(self.each(sql, params))

    def one(self, sql: str, params: Mapping[str, Any] | None = None) -> Row | None:
        """The first row, or None."""
        return next(self.each(sql, params), None)

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

    Raises StreamError (9) when it cannot be opened, Damaged (8) when it is not ours or of a newer version, Outdated
    when it is of an older one.
    """
    check_place(path)
    if not is_url(path) and not os.path.exists(path):
        return Nothing(path)
    connection = connect(path, read_only=True)
    if is_url(path) and not there(connection):
        connection.close()
        return Nothing(path)
    with trouble(path):
        connection.execute("BEGIN")  # one command sees one state
    return Sqlite(connection, path)


def check_place(path: str) -> None:
    """Refuse what can never be a store: a URL we have no driver for, one with a password, an empty name."""
    if is_url(path):
        from salesctl.store.postgres import check_url

        check_url(path)
        return
    if "://" in path:
        raise UsageError(
            _("this version keeps its store in a SQLite file, not at {url}").format(url=path.split("://")[0] + "://"),
            _("give --db a file name"),
        )
    if not path or "\0" in path:
        raise UsageError(_("--db needs a file name"))


def is_url(path: str) -> bool:
    return path.startswith(("postgresql://", "postgres://"))


def exists(path: str) -> bool:
    """Whether there is a store at a place."""
    if not is_url(path):
        return os.path.exists(path)
    connection = connect(path, read_only=True, older=True)
    try:
        return there(connection)
    finally:
        connection.close()


def there(connection: Any) -> bool:
    """Whether a database has a store in it."""
    from salesctl.store.postgres import version_of

    return version_of(connection) is not None


def connect(path: str, *, read_only: bool, older: bool = False) -> sqlite3.Connection:
    """A connection with the settings every one of ours has; the caller opens transactions itself.

    `older` lets a store of an older schema pass, to be copied or migrated.
    """
    if is_url(path):
        from salesctl.store import postgres

        server: Any = postgres.connect(path)
        try:
            version = postgres.version_of(server)
            if version is not None:
                _check_version(path, version, older)
        except BaseException:
            server.close()
            raise
        return cast(sqlite3.Connection, server)  # the same methods, over psycopg
    with trouble(path):
        if os.path.isdir(path):
            raise StreamError(_("{path} is a folder, not a store").format(path=path))
        check_safe(path)
        if not read_only:
            check_disk(path)
        mode = "ro" if read_only else "rw"
        try:
            connection = _open(path, _quoted(path), mode, older)
        except sqlite3.OperationalError as error:
            if not read_only or not _no_room(error):
                raise
            _check_whole(path)
            connection = _open(path, _quoted(path), "ro&immutable=1", older)
        return connection


def _no_room(error: sqlite3.Error) -> bool:
    """Whether SQLite could not make the files it wants beside a store to read it: no right to, or a full disk."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return "readonly" in str(error) or "unable to open" in str(error) or name.startswith("SQLITE_IOERR_SHM")


def _check_whole(path: str) -> None:
    """Refuse (6) to read a file without what is still in its write-ahead log: the last writes would be missing."""
    wal = f"{path}-wal"
    if os.path.exists(wal) and os.path.getsize(wal):
        raise NotAllowed(
            _("the last writes to {path} are still in {wal}, and nothing may be written there").format(
                path=path, wal=wal
            ),
            _("copy both files to a folder of yours"),
        )


def _quoted(path: str) -> str:
    """An absolute path as it stands in a URI."""
    place = os.path.abspath(path).replace("%", "%25")
    return place.replace("?", "%3f").replace("#", "%23")


def _open(path: str, quoted: str, mode: str, older: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quoted}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_MS / 1000, cached_statements=64
    )
    try:
        _settle(connection, path, mode, older)
    except BaseException:
        connection.close()
        raise
    return connection


def _settle(connection: sqlite3.Connection, path: str, mode: str, older: bool) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    if mode == "rw":
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA recursive_triggers=ON")
        connection.execute("PRAGMA secure_delete=ON")
    else:
        connection.execute("PRAGMA query_only=ON")
    connection.create_function("fold", 1, _fold, deterministic=True)
    connection.create_function("phone_key", 1, _digits, deterministic=True)
    _check_ours(connection, path, older)


def _fold(text: str | None) -> str | None:
    from salesctl.text import name_key

    return None if text is None else name_key(text)


def _digits(text: str | None) -> str | None:
    from salesctl.text import phone_key

    return None if text is None else phone_key(text)


def _check_ours(connection: sqlite3.Connection, path: str, older: bool) -> None:
    ours = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if ours != mine.APPLICATION_ID:
        empty = version == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        hint = _("an empty file; move it away, then: salesctl init") if empty else _("check --db")
        raise Damaged(_("{path} is not a salesctl store").format(path=path), hint)
    _check_version(path, version, older)


def schema_of(connection: Any, path: str) -> int:
    """The number of the schema of an open store."""
    if is_url(path):
        from salesctl.store.postgres import version_of

        return version_of(connection) or 0
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(next(iter(row.values())) if isinstance(row, dict) else row[0])


def _check_version(path: str, version: int, older: bool = False) -> None:
    if version < mine.SCHEMA and not older:
        raise Outdated(
            _("{path} has schema {n}, this salesctl needs {mine}").format(path=path, n=version, mine=mine.SCHEMA),
            _("restore: salesctl db restore FILE"),
        )
    if version > mine.SCHEMA:
        raise Damaged(
            _("{path} was written by a newer salesctl (schema {n}, this one knows {mine})").format(
                path=path, n=version, mine=mine.SCHEMA
            ),
            _("upgrade salesctl"),
        )


class trouble:
    """Turn what the driver says into our errors: no text 4, busy 7, not a database or damaged 8, unreadable or full 9."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, UnicodeEncodeError):
            from salesctl.text import no_text

            raise no_text(_("What was asked for"), error.object[error.start]) from error
        if not isinstance(error, sqlite3.DatabaseError) or isinstance(error, sqlite3.IntegrityError):
            return
        kind = (getattr(error, "sqlite_errorname", "") or "").removeprefix("SQLITE_").split("_")[0]
        names = {"path": self.path, "why": str(error)}
        if kind in ("BUSY", "LOCKED"):
            raise Busy(_("the store is busy: {why}").format(**names), _("try again")) from error
        if kind in ("NOTADB", "CORRUPT", "FORMAT"):
            raise Damaged(
                _("{path} is damaged or not a store: {why}").format(**names), _("restore: salesctl db restore FILE")
            ) from error
        if kind in ("PERM", "AUTH", "READONLY"):
            raise NotAllowed(_("the store {path} may not be written").format(**names)) from error
        if kind == "ERROR" and any(word in str(error) for word in ("too complex", "too many", "too large", "overflow")):
            raise Refused(_("this asks for too much at once: {why}").format(**names)) from error
        if kind in ("CANTOPEN", "FULL", "IOERR", "NOLFS", "TOOBIG", "NOMEM", "PROTOCOL"):
            raise StreamError(_("the store {path} cannot be read or written: {why}").format(**names)) from error


def listed(name: str, values: list[Any], params: dict[str, Any]) -> str:
    """The fragment "(:name0, :name1)" for an IN, its values put into `params`; "(NULL)" for an empty list."""
    for place, value in enumerate(values):
        params[f"{name}{place}"] = value
    return "(" + (", ".join(f":{name}{place}" for place in range(len(values))) or "NULL") + ")"
