"""PostgreSQL behind the door that SQLite has: the same statements, rows and errors, so that nothing above knows which.

`:name` and `?` become what psycopg binds; what SQLite has by itself (julianday, date, min of two ...) are functions of
the store's schema here, made with it (see `FUNCTIONS`).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from salesctl.errors import Busy, NotAllowed, Refused, StreamError, UsageError
from salesctl.i18n import _

CONNECT_SECONDS = 5
LOCK_MS = 30_000
STATEMENT_MS = 600_000
WRITERS = 0x53414C45  # the advisory lock of all writers of a store, with the oid of its schema
PIECES = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|:(\w+)|\?|%|\bLIKE\b|\bBIGINT\b|::")
SERIAL = re.compile(r"INSERT INTO (\w+)")
# What a server says of a login before there is a connection that could carry a code.
REFUSED = re.compile(
    r'certificate|authentication failed|no password supplied|role "[^"]*" does not exist|no pg_hba\.conf entry'
)
KEYLESS = frozenset(("meta", "day_off", "change_text"))

FUNCTIONS = """
CREATE OR REPLACE FUNCTION fold(value text) RETURNS text IMMUTABLE LANGUAGE sql AS
 $$ SELECT btrim(regexp_replace(replace(lower(normalize(value, NFKC)), 'ß', 'ss'), '\\s+', ' ', 'g')) $$;
CREATE OR REPLACE FUNCTION phone_key(value text) RETURNS text IMMUTABLE LANGUAGE sql AS
 $$ SELECT regexp_replace(regexp_replace(value, '[^0-9]', '', 'g'), '^(0086|86)([0-9]{10,})$', '\\2') $$;
CREATE OR REPLACE FUNCTION julianday(value text) RETURNS bigint IMMUTABLE LANGUAGE sql AS
 $$ SELECT (make_date(left(value, 4)::int, substr(value, 6, 2)::int, substr(value, 9, 2)::int) - DATE '2000-01-01')::bigint $$;
CREATE OR REPLACE FUNCTION date(value text, span text) RETURNS text STABLE LANGUAGE sql AS
 $$ SELECT to_char(left(replace(replace(value, 'T', ' '), 'Z', ''), 19)::timestamp + span::interval, 'YYYY-MM-DD') $$;
CREATE OR REPLACE FUNCTION min(a bigint, b bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE least(a, b) END $$;
CREATE OR REPLACE FUNCTION group_add(before text, value text, mark text) RETURNS text IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN value IS NULL THEN before WHEN before IS NULL THEN value ELSE before || mark || value END $$;
CREATE OR REPLACE AGGREGATE group_concat(text, text) (SFUNC = group_add, STYPE = text);
"""


def check_url(url: str) -> None:
    """Refuse (2) a password in an address: everybody on this machine could read it."""
    from urllib.parse import parse_qs, urlsplit

    try:
        parts = urlsplit(url)
        secret = parts.password or parse_qs(parts.query).get("password")
    except ValueError as error:
        raise UsageError(_("{url} is no address of a store").format(url=safe(url))) from error
    if secret:
        raise UsageError(
            _("a password in the address can be read by everybody on this machine"),
            _("keep it in ~/.pgpass or name a file with PGPASSFILE"),
        )


def safe(url: str) -> str:
    """An address without its password."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", url)


@lru_cache(maxsize=512)
def translated(sql: str) -> str:
    """A statement as psycopg wants it: names as %(name)s, places as %s, LIKE without regard to case as in SQLite."""

    def piece(match: re.Match[str]) -> str:
        found = match.group(0)
        if match.group(1):
            return f"%({match.group(1)})s"
        if found == "?":
            return "%s"
        if found == "LIKE":
            return "ILIKE"
        return found.replace("%", "%%")

    return PIECES.sub(piece, sql)


class Cursor:
    """The rows of a statement, as the sqlite3 module gives them with our row factory."""

    def __init__(self, cursor: Any, connection: Connection) -> None:
        self._cursor = cursor
        self.row_factory = connection.row_factory
        self.lastrowid: int | None = None

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount)

    @property
    def description(self) -> list[tuple[str]]:
        """The columns, each a tuple that begins with its name."""
        return [(column.name,) for column in self._cursor.description or ()]

    def _made(self, values: Sequence[Any]) -> Any:
        if self.row_factory is None:
            return tuple(values)
        return dict(zip((column.name for column in self._cursor.description), values, strict=True))

    def fetchone(self) -> Any:
        with told():
            row = self._cursor.fetchone() if self._cursor.description else None
        return None if row is None else self._made(row)

    def fetchall(self) -> list[Any]:
        with told():
            rows = self._cursor.fetchall() if self._cursor.description else []
        if self.row_factory is None:
            return [tuple(row) for row in rows]
        names = [column.name for column in self._cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def __iter__(self) -> Iterator[Any]:
        with told():
            if self._cursor.description:
                for row in self._cursor:
                    yield self._made(row)


class Connection:
    """What we use of sqlite3.Connection, over psycopg."""

    def __init__(self, connection: Any) -> None:
        self.raw = connection
        self.row_factory: Any = None

    def execute(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Cursor:
        """Run a statement; an INSERT says which id it gave."""
        if sql.startswith(("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")):
            return self._control(sql)
        serial = SERIAL.match(sql)
        numbered = serial is not None and serial.group(1) not in KEYLESS and " RETURNING " not in sql
        with told():
            found = self.raw.cursor()
            found.execute(translated(sql) + (" RETURNING id" if numbered else ""), _bound(params))
            cursor = Cursor(found, self)
            if numbered:
                cursor.lastrowid = int(found.fetchone()[0])
        return cursor

    def _control(self, sql: str) -> Cursor:
        word = {"PRAGMA defer_foreign_keys = ON": "SET CONSTRAINTS ALL DEFERRED", "BEGIN": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                "BEGIN IMMEDIATE": "BEGIN", "COMMIT": "COMMIT", "ROLLBACK": "ROLLBACK"}.get(sql)  # fmt: skip
        with told():
            cursor = self.raw.cursor()
            if word:
                cursor.execute(word)
            if sql == "BEGIN IMMEDIATE":
                cursor.execute(f"SELECT pg_advisory_xact_lock({WRITERS}, current_schema()::regnamespace::oid::int)")
        return Cursor(cursor, self)

    def executemany(self, sql: str, rows: Iterable[Any]) -> None:
        with told():
            self.raw.cursor().executemany(translated(sql), (_bound(row) for row in rows))

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Many rows at once, by COPY."""
        names = ", ".join(f'"{column}"' for column in columns)
        with told(), self.raw.cursor().copy(f"COPY {table}({names}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)

    def moved_on(self, table: str) -> None:
        """The numbers of a table go on behind the largest there is; none is given out twice."""
        self.execute(
            f"SELECT setval('{table}_id_seq', greatest((SELECT max(id) FROM {table}), (SELECT last_value FROM {table}_id_seq)))"
        )

    @property
    def in_transaction(self) -> bool:
        return not self.raw.closed and self.raw.info.transaction_status != 0

    def close(self) -> None:
        self.raw.close()


def _bound(params: Mapping[str, Any] | Sequence[Any]) -> Any:
    return dict(params) if isinstance(params, Mapping) else tuple(params)


class told:
    """What the server says, in the words of sqlite3 where ours know them, else as our own errors."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _trace: object) -> None:
        if error is None or not type(error).__module__.startswith("psycopg"):
            return
        state = getattr(error, "sqlstate", None) or ""
        text = str(error).strip().split("\n")[0]
        if state.startswith("23"):
            name = getattr(getattr(error, "diag", None), "constraint_name", "") or ""
            sort = "UNIQUE" if state == "23505" else "FOREIGN KEY" if state == "23503" else "CHECK"
            raise sqlite3.IntegrityError(f"{sort} constraint failed: {name}") from error
        if state in ("55P03", "57014", "40001", "40P01"):
            raise Busy(_("the store is busy: {why}").format(why=text), _("try again")) from error
        if state in ("28000", "28P01", "42501") or REFUSED.search(text):
            raise NotAllowed(_("the server does not let you in: {why}").format(why=text)) from error
        if state.startswith("54") or "number of parameters" in text:
            raise Refused(_("this asks for too much at once: {why}").format(why=text)) from error
        if state.startswith(("53", "58")):
            raise StreamError(_("the server could not write: {why}").format(why=text)) from error
        import psycopg

        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            raise Busy(_("the server cannot be reached: {why}").format(why=text), _("try again")) from error


def driver() -> Any:
    """The psycopg module. Raises UsageError (2) where the extra is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise UsageError(
            _("PostgreSQL needs a package that is not installed"), "pip install 'salesctl[postgres]'"
        ) from error
    return psycopg


def connect(url: str) -> Connection:
    """A connection with the settings every one of ours has. Raises Busy (7), NotAllowed (6)."""
    check_url(url)
    psycopg = driver()
    with told():
        raw = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="salesctl",
            options=f"-c lock_timeout={LOCK_MS} -c statement_timeout={STATEMENT_MS} -c client_min_messages=warning",
        )
    raw.adapters.register_loader("numeric", _numeric(psycopg))
    raw.prepare_threshold = None
    return Connection(raw)


def _numeric(psycopg: Any) -> Any:
    """Sums are whole numbers: as int, as SQLite gives them."""

    class Whole(psycopg.adapt.Loader):  # type: ignore[misc]
        def load(self, data: Any) -> Any:
            from decimal import Decimal

            text = bytes(data).decode()
            return int(text) if "." not in text else Decimal(text)

    return Whole


def version_of(connection: Connection) -> int | None:
    """The schema of the store on this connection; None where there is none yet."""
    there = connection.execute("SELECT to_regclass('meta') IS NOT NULL AS there").fetchone()
    if not next(iter(there.values() if isinstance(there, dict) else there)):
        return None
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    value = next(iter(row.values() if isinstance(row, dict) else row)) if row else None
    return int(value) if value else 0
