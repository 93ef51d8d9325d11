"""Moving a store to another place, of either engine: copied, compared, put there whole, and only then used."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesctl.errors import Duplicate, StreamError
from salesctl.i18n import _
from salesctl.services.db import need_store
from salesctl.store import attached, carrying, chain, copying, create
from salesctl.store.backup import synced
from salesctl.store.connect import Sqlite, check_place, connect, exists, is_url
from salesctl.store.lock import locked
from salesctl.store.postgres import safe

if TYPE_CHECKING:
    from salesctl.app import App

Step = Callable[[int], None]


def move(app: App, target: str) -> tuple[dict[str, int], bool, int]:
    """Copy the store to another place and compare the two; the counts by table, and whether the config names it now.

    The attachments go along; how many of them were lost or changed before, and stay behind, is the third.

    Nobody writes meanwhile. A copy that fails or is killed leaves nothing at the target; the store here stays as it is.
    Raises Duplicate (5) for a place that holds a store already.
    """
    need_store(app)
    check_place(target)
    if exists(target):
        raise Duplicate(_("there is a store at {path} already").format(path=safe(target)))
    app.close_store()
    with _held(app.db_path) as source, app.out.progress(_("move"), None) as step:
        places = attached.folder_of(app.db_path), attached.folder_of(target)
        with carrying.carried(*places, carrying.wanted(source)) as (_there, lost):
            counts = _to_server(source, target, step) if is_url(target) else _to_file(source, target, step)
        last = source.one("SELECT id, hash FROM change ORDER BY id DESC LIMIT 1")
        if last:
            chain.drop_anchor(target, chain.Anchor(last["id"], last["hash"]))
        return counts, _switched(app, target), len(lost)


@contextmanager
def _held(path: str) -> Iterator[Sqlite]:
    """The store to be read while no other can write to it."""
    with locked(path):
        connection: Any = connect(path, read_only=False)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield Sqlite(connection, path)
        finally:
            connection.close()  # nothing was written


def _to_server(source: Sqlite, url: str, step: Step) -> dict[str, int]:
    """Tables and rows in one transaction."""
    with create.building(url) as server:
        if server is None:
            raise Duplicate(_("there is a store at {path} already").format(path=safe(url)))
        copying.copy(source, server, url, step)
        return copying.compare(source, Sqlite(server, url), step)


def _to_file(source: Sqlite, path: str, step: Step) -> dict[str, int]:
    """A file of its own, which is linked into its place when it is whole."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            create.empty(str(part))
            counts = _filled(source, str(part), step)
            synced(part)
            create.place(part, target)
            if os.path.exists(part) and not os.path.samefile(part, target):
                raise Duplicate(_("there is a store at {path} already").format(path=path))
            synced(target.parent)
        finally:
            create.swept(part)
    except OSError as error:
        raise StreamError(
            _("the store {path} cannot be made: {why}").format(path=path, why=error.strerror or error)
        ) from error
    return counts


def _filled(source: Sqlite, part: str, step: Step) -> dict[str, int]:
    connection: sqlite3.Connection = connect(part, read_only=False)
    try:
        connection.execute("BEGIN IMMEDIATE")
        copying.copy(source, connection, part, step)
        counts = copying.compare(source, Sqlite(connection, part), step)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return counts


def _switched(app: App, target: str) -> bool:
    """From now on the config names the new place, unless the store was named for this command only."""
    if app.options.db is not None or app.environ.get("SALESCTL_DB") is not None:
        return False
    app.config.set("db", target if is_url(target) else os.path.abspath(target))
    return True
