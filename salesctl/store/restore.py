"""Putting a backup in the place of the store: the present one is kept aside, and it is one rename or one transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from salesctl.errors import Busy, Damaged, SalesError, StreamError, because
from salesctl.i18n import _
from salesctl.store import chain, version
from salesctl.store.backup import ASIDE, Backup, free, quoted, sha256, synced
from salesctl.store.connect import Sqlite, connect


def put_there(url: str, backup: Backup) -> None:
    """Replace all rows of a PostgreSQL store by those of a backup that was verified, in one transaction."""
    from salesctl.store import copying
    from salesctl.store.create import empty

    empty(url)
    server: Any = connect(url, read_only=False)
    try:
        with _of_this_schema(backup) as place:
            file = sqlite3.connect(f"file:{quoted(place)}?mode=ro&immutable=1", uri=True, isolation_level=None)
            source, target = Sqlite(file, str(place)), Sqlite(server, url)
            server.execute("BEGIN IMMEDIATE")
            schema = target.meta("schema")
            server.execute(f"TRUNCATE {', '.join(copying.COPIED)} CASCADE")
            server.execute("INSERT INTO meta(key, value) VALUES ('schema', :n)", {"n": schema})
            copying.copy(source, server, url, lambda n: None)
            copying.compare(source, target)
            server.execute("COMMIT")
            file.close()
    finally:
        server.close()
    anchor = chain.anchor_path(url)
    if os.path.exists(anchor):
        os.replace(anchor, f"{anchor}.old")
    chain.drop_anchor(url, chain.Anchor(*backup.manifest["anchor"]))


@contextmanager
def _of_this_schema(backup: Backup) -> Iterator[Path]:
    """The file of a backup; of one of an older schema a copy that was migrated."""
    if backup.manifest["schema"] == version.SCHEMA:
        yield backup.path
        return
    from tempfile import TemporaryDirectory

    from salesctl.store.migrate import migrate

    with TemporaryDirectory(prefix="salesctl-") as folder:
        part = Path(folder) / "older.db"
        part.write_bytes(backup.path.read_bytes())
        part.chmod(0o600)
        migrate(str(part), lambda: backup.path)
        with sqlite3.connect(part) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        yield part


def put_in_place(path: str, backup: Backup, now: datetime) -> Path | None:
    """Replace the store by a backup that was verified; where the present one was put. Called under the writers' lock."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}.restore")
    aside = free(target.parent, f"{target.name}.{now:%Y%m%dT%H%M%SZ}", ASIDE) if target.exists() else None
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(descriptor, "wb") as to, open(backup.path, "rb") as source:
            while block := source.read(1 << 20):
                to.write(block)
            to.flush()
            os.fsync(to.fileno())
        if sha256(part) != backup.manifest["sha256"]:
            raise Damaged(_("{path} is not the file that was written").format(path=backup.path))
        if aside is not None:
            _set_aside(target, aside)
        os.replace(part, target)
        for leftover in ("-wal", "-shm"):
            Path(path + leftover).unlink(missing_ok=True)
        anchor = chain.anchor_path(path)
        if os.path.exists(anchor):
            os.replace(anchor, f"{aside}.anchor" if aside else f"{anchor}.old")
        number, hash_ = backup.manifest["anchor"]
        chain.drop_anchor(path, chain.Anchor(number, hash_))
        synced(target.parent.absolute())
    except OSError as error:
        raise StreamError(
            _("the store {path} cannot be written: {why}").format(path=path, why=because(error))
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return aside


def _set_aside(target: Path, aside: Path) -> None:
    """The present store under another name, with what of it is still in its log.

    The log must be empty or away before another file takes the name: it would be read as that file's own.
    """
    busy = 0
    with suppress(sqlite3.Error, SalesError):
        connection = connect(str(target), read_only=False)
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        connection.close()
    if busy:
        raise Busy(_("somebody is reading the store"), _("try again"))
    os.link(target, aside)
    wal = Path(f"{target}-wal")
    if wal.exists() and wal.stat().st_size:  # of a store that cannot be opened
        os.replace(wal, f"{aside}-wal")
