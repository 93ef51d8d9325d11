"""Making a new store: built, migrated and filled beside its place, then put into it whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from salesctl.errors import StreamError, because
from salesctl.i18n import _
from salesctl.store import version
from salesctl.store.chain import random_hex
from salesctl.store.connect import is_url

STAGE = ("key", "name", "phase", "probability", "age_limit", "idle_limit", "aim")  # columns that the SOP sets


def create(path: str, *, lang: str, zone: str, now: datetime | None = None) -> None:
    """Make a store at `path` with the default stages in `lang`; a store that is there already stays as it is.

    Raises StreamError when the place cannot be written.
    """
    if is_url(path):
        _build_there(path, lang, zone, now or datetime.now(UTC))
        return
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _build(part, lang, zone, now or datetime.now(UTC))
            place(part, target)
        finally:
            swept(part)
    except OSError as error:
        raise StreamError(_("the store {path} cannot be made: {why}").format(path=path, why=because(error))) from error


def swept(part: Path) -> None:
    """What is left of a file that has its place now, or will have none."""
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{part}{end}").unlink(missing_ok=True)


def place(part: Path, target: Path) -> None:
    """Give a whole file its name, unless something has it by now."""
    try:
        os.link(part, target)
    except FileExistsError:
        return  # somebody made it meanwhile: theirs stands
    except OSError:  # a file system without hard links
        if not target.exists():
            os.replace(part, target)


def empty(path: str, schema: int | None = None) -> None:
    """A store without a row at a new place: tables and triggers, to be filled by a copy; of an older schema if asked."""
    if is_url(path):
        _build_there(path, None, "", datetime.now(UTC), schema)
    else:
        _build(Path(path), None, "", datetime.now(UTC), schema)


def _build(part: Path, lang: str | None, zone: str, now: datetime, schema: int | None = None) -> None:
    from salesctl.store.migrate import alchemy, stamp, upgrade

    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.close(descriptor)
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id={version.APPLICATION_ID}")
        connection.execute("BEGIN IMMEDIATE")
        with alchemy(connection, server=False) as engine:
            upgrade(engine, schema)
        stamp(connection, server=False, schema=schema)
        if lang is not None:
            _seed(connection, lang, zone, now)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _build_there(url: str, lang: str | None, zone: str, now: datetime, schema: int | None = None) -> None:
    """A store in the first schema of a PostgreSQL database: all of it in one transaction."""
    with building(url, schema) as server:
        if server is not None and lang is not None:
            _seed(server, lang, zone, now)


@contextmanager
def building(url: str, schema: int | None = None) -> Iterator[Any]:
    """The tables of a store in an open transaction on a server, to be filled: all of it is there after the block, or nothing.

    None where somebody made a store meanwhile: theirs stands.
    """
    from salesctl.store import postgres
    from salesctl.store.migrate import alchemy, stamp, upgrade

    server = postgres.connect(url)
    try:
        server.execute("BEGIN IMMEDIATE")
        if postgres.version_of(server) is not None:
            yield None
            return
        with alchemy(server, server=True) as engine:
            upgrade(engine, schema)
        stamp(server, server=True, schema=schema)
        yield server
        server.execute("COMMIT")
    finally:
        server.close()


def _seed(connection: Any, lang: str, zone: str, now: datetime) -> None:
    import json
    import tomllib

    from salesctl.store.journal import Journal
    from salesctl.text import initials, name_key
    from salesctl.when import iso

    at = iso(now)

    def insert(table: str, values: dict[str, Any]) -> int:
        columns = ", ".join(f'"{column}"' for column in values)
        marks = ", ".join("?" * len(values))
        made = connection.execute(f"INSERT INTO {table}({columns}) VALUES ({marks})", tuple(values.values()))
        return int(made.lastrowid or 0)

    operation = {"uid": random_hex(), "command": "init", "actor": None, "at": at, "undoes": None}
    journal = Journal({"id": insert("operation", operation), **operation}, None)

    def log(table: str, record: int | str, values: dict[str, Any]) -> None:
        row, words = journal.entry(table, record, "insert", None, values)
        insert("change", row)
        if words:
            insert("change_text", words)

    for key, value in {"zone": zone, "lang": lang, "created_at": at, "uid": random_hex()}.items():
        insert("meta", {"key": key, "value": value})
        log("meta", key, {"key": key, "value": value})
    body = default_sop(lang)
    plan = tomllib.loads(body)

    def put(table: str, values: dict[str, Any]) -> int:
        name = values["name"]
        row = {"uid": random_hex(), "created_at": at, "updated_at": at, "name_key": name_key(name)}
        row |= {"initials": initials(name), **values}
        id = insert(table, row)
        log(table, id, row)
        return id

    pipeline = put("pipeline", {"name": plan["pipeline"]["name"]})
    for position, stage in enumerate(plan["stage"], start=1):
        own = {name: stage[name] for name in STAGE if name in stage}
        put("stage", {"pipeline_id": pipeline, "position": position, **own})
    sop = {"pipeline_id": pipeline, "number": 1, "body": body, "plan": json.dumps(plan, ensure_ascii=False)}
    sop |= {"loaded_at": at}
    log("sop", insert("sop", sop), sop)


def default_sop(lang: str) -> str:
    """The text of the SOP that a new store begins with."""
    return (Path(__file__).parent / "seed" / f"{lang}.toml").read_text(encoding="utf-8")
