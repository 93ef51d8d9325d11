"""Making a new store: built, migrated and filled beside its place, then put into it whole."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from salesctl.errors import StreamError
from salesctl.i18n import _
from salesctl.store.version import APPLICATION_ID, SCHEMA


def create(path: str, *, lang: str, zone: str, now: datetime | None = None) -> None:
    """Make a store at `path` with the default stages in `lang`; a store that is there already stays as it is.

    Raises StreamError when the place cannot be written.
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _build(part, lang, zone, now or datetime.now(UTC))
            _place(part, target)
        finally:
            for leftover in (part, Path(f"{part}-wal"), Path(f"{part}-shm"), Path(f"{part}-journal")):
                leftover.unlink(missing_ok=True)
    except OSError as error:
        raise StreamError(
            _("the store {path} cannot be made: {why}").format(path=path, why=error.strerror or error)
        ) from error


def _place(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except FileExistsError:
        return  # somebody made it meanwhile: theirs stands
    except OSError:  # a file system without hard links
        if not target.exists():
            os.replace(part, target)


def _build(part: Path, lang: str, zone: str, now: datetime) -> None:
    from sqlalchemy import create_engine, event, pool

    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.close(descriptor)
    engine = create_engine(f"sqlite:///{part}", poolclass=pool.NullPool)

    @event.listens_for(engine, "connect")
    def _autocommit(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    with engine.connect() as connection:
        raw = connection.exec_driver_sql
        raw("PRAGMA foreign_keys=OFF")
        raw(f"PRAGMA application_id={APPLICATION_ID}")
        raw("BEGIN IMMEDIATE")
        upgrade(connection)
        _seed(raw, lang, zone, now)
        raw(f"PRAGMA user_version={SCHEMA}")
        raw("COMMIT")
        raw("PRAGMA journal_mode=WAL")
    engine.dispose()


def upgrade(connection: Any) -> None:
    """Bring the schema on this SQLAlchemy connection up to the newest migration, inside its open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _seed(raw: Any, lang: str, zone: str, now: datetime) -> None:
    import tomllib

    from salesctl.text import initials, name_key
    from salesctl.when import iso

    at = iso(now)
    for key, value in {"zone": zone, "lang": lang, "created_at": at, "uid": uuid.uuid4().hex}.items():
        raw("INSERT INTO meta(key, value) VALUES (?, ?)", (key, value))
    raw("INSERT INTO operation(uid, command, actor, at) VALUES (?, 'init', NULL, ?)", (uuid.uuid4().hex, at))
    plan = tomllib.loads((Path(__file__).parent / "seed" / f"{lang}.toml").read_text(encoding="utf-8"))

    def put(table: str, values: dict[str, Any]) -> int:
        name = values["name"]
        row = {"uid": uuid.uuid4().hex, "created_at": at, "updated_at": at, "name_key": name_key(name)}
        row |= {"initials": initials(name), **values}
        columns = ", ".join(f'"{column}"' for column in row)
        marks = ", ".join("?" * len(row))
        id = int(raw(f"INSERT INTO {table}({columns}) VALUES ({marks})", tuple(row.values())).lastrowid)
        raw(
            "INSERT INTO change(operation_id, noun, record_id, action, after) VALUES (1, ?, ?, 'insert', ?)",
            (table, id, json.dumps(row, ensure_ascii=False)),
        )
        return id

    pipeline = put("pipeline", {"name": plan["pipeline"]["name"]})
    for position, stage in enumerate(plan["stage"], start=1):
        put("stage", {"pipeline_id": pipeline, "position": position, **stage})
