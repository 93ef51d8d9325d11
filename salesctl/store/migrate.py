"""From an older schema to this one: a checked copy first, then everything in one transaction under the writers' lock.

A migration that fails, is killed or loses a row leaves the store as it was; the next command tries again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from salesctl.errors import Damaged
from salesctl.i18n import _
from salesctl.store import version
from salesctl.store.connect import Sqlite, connect, is_url, schema_of, trouble
from salesctl.store.lock import locked
from salesctl.store.summary import summary
from salesctl.store.triggers import install, lift

SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = [SCRIPTS / "versions"]


def migrate(path: str, copy: Callable[[], Path]) -> Path | None:
    """Bring an older store to this schema; where the copy made before by `copy` lies.

    None when another process did it meanwhile. Raises Damaged (8) when rows would be lost.
    """
    server = is_url(path)
    with locked(path), trouble(path):
        connection: Any = connect(path, read_only=False, older=True)
        try:
            if not server:
                connection.execute("PRAGMA foreign_keys=OFF")  # rebuilding a table must not delete its children
            connection.execute("BEGIN IMMEDIATE")
            if schema_of(connection, path) >= version.SCHEMA:
                return None
            kept = copy()
            _inside(connection, path, server=server)
            connection.execute("COMMIT")
        finally:
            connection.close()  # what was not committed is gone with it
    return kept


def _inside(connection: Any, path: str, *, server: bool) -> None:
    before = summary(Sqlite(connection, path))
    connection.row_factory = None
    lift(connection.raw.execute if server else connection.execute, postgres=server)
    with alchemy(connection, server=server) as engine:
        upgrade(engine)
    stamp(connection, server=server)
    _nothing_lost(Sqlite(connection, path), before)


def stamp(connection: Any, *, server: bool, schema: int | None = None) -> None:
    """The guards anew, since rebuilding a table loses them, and the number of the schema."""
    number = version.SCHEMA if schema is None else schema
    if not server:
        install(connection.execute, number)
        connection.execute(f"PRAGMA user_version={number}")
        return
    install(connection.raw.execute, number, postgres=True)
    params = {"n": str(number)}
    if connection.execute("UPDATE meta SET value = :n WHERE key = 'schema'", params).rowcount != 1:
        connection.execute("INSERT INTO meta(key, value) VALUES ('schema', :n)", params)


def _nothing_lost(store: Sqlite, before: dict[str, Any]) -> None:
    after = summary(store)
    for sort in ("counts", "sums"):
        for name, value in before[sort].items():
            if after[sort].get(name) != value:
                raise Damaged(
                    _("the new schema would lose rows of {name}; the store stays as it was").format(name=name)
                )
    if not is_url(store.path) and store.query("PRAGMA foreign_key_check"):
        raise Damaged(_("the new schema would lose references; the store stays as it was"))


class alchemy:
    """A SQLAlchemy connection over one of ours; its transaction stays ours."""

    def __init__(self, connection: Any, *, server: bool) -> None:
        from sqlalchemy import create_engine, pool

        raw = connection.raw if server else connection
        url = "postgresql+psycopg://" if server else "sqlite://"
        self.engine = create_engine(url, creator=lambda: raw, poolclass=pool.StaticPool)
        dialect: Any = self.engine.dialect
        dialect.do_rollback = dialect.do_commit = dialect.do_close = lambda _connection: None
        self.connection: Any = None
        if server:  # what the queries call, which each version may change
            from salesctl.store.postgres import FUNCTIONS

            for statement in filter(str.strip, FUNCTIONS.split(";\n")):
                raw.execute(statement)

    def __enter__(self) -> Any:
        self.connection = self.engine.connect()
        return self.connection

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from sqlalchemy.exc import DBAPIError

        self.connection.close()
        if isinstance(error, DBAPIError) and error.orig is not None:
            raise error.orig  # what the driver said, for `trouble`


def upgrade(connection: Any, to: int | None = None) -> None:
    """Bring the schema on this SQLAlchemy connection up to a number, inside its open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, VERSIONS)))
    config.attributes["connection"] = connection
    command.upgrade(config, f"{version.SCHEMA if to is None else to:04d}")
