"""The care of a store: backups and their checks, putting one back, and what the store says of itself."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import INSTANT
from salesctl.errors import Damaged, NotFound, SalesError
from salesctl.i18n import _
from salesctl.plain import Data
from salesctl.store import attached, carrying, changes, version
from salesctl.store import backup as files
from salesctl.store import restore as restoring
from salesctl.store.check import Finding
from salesctl.store.connect import exists, is_url
from salesctl.store.postgres import safe
from salesctl.store.since import Since, since

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row

AUTO_KEPT = 5  # backups made by themselves, of each reason
BULK = 1000  # rows of an import from which on one is made


def folder(app: App, to: str | None = None) -> Path:
    return Path(to) if to else files.folder_of(app.db_path)


def need_store(app: App) -> None:
    if not app.store.exists:
        raise NotFound(_("there is no store at {path} yet").format(path=app.db_path), _("make one with: salesctl init"))


def backup(app: App, to: str | None = None, keep: int | None = None) -> tuple[files.Backup, list[Path]]:
    """A checked copy of the store; with `keep` older ones are deleted, and named."""
    need_store(app)
    place = folder(app, to)
    app.close_store()
    made = files.make(app.db_path, place, app.now)
    gone = files.prune(place, made.manifest["store"], keep) if keep else []
    return made, gone


def automatic(app: App, why: str) -> files.Backup | None:
    """The backup before something large; the newest five of each reason stay. None when there is no store yet."""
    if not exists(app.db_path):
        return None
    made = files.make(app.db_path, folder(app), app.now, why)
    files.prune(folder(app), made.manifest["store"], AUTO_KEPT, why)
    return made


def backups(app: App, to: str | None) -> list[files.Backup]:
    return files.every(folder(app, to))


def verify(app: App, paths: list[str], to: str | None = None) -> list[tuple[Path, files.Backup | None, str]]:
    """Each backup with its manifest when it is whole, or with what is wrong with it."""
    wanted = [Path(path) for path in paths] or [one.path for one in backups(app, to)]
    found: list[tuple[Path, files.Backup | None, str]] = []
    for path in wanted:
        try:
            found.append((path, files.verify(path), ""))
        except SalesError as error:
            if len(paths) == 1:
                raise
            found.append((path, None, error.message))
    return found


class Restored(Data):
    """What a restore did: the backup, where the store as it was is now, and what that has more than the backup."""

    backup: files.Backup
    aside: Path | None
    since: Since | None


def to_lose(app: App, path: str) -> Since | None:
    """What the store has that a backup has not. Raises BadFile (4) for what is no backup, StreamError (9)."""
    return since(app.db_path, files.read(Path(path)).path)


def restore(app: App, path: str) -> Restored:
    """Put a backup in the place of the store, which is kept aside; written down as an operation.

    Its attachments come back too; those that are here already stay, whoever they belong to.

    Raises Busy (7) while somebody writes, Damaged (8) for a backup that is not whole; nothing is changed then.
    """
    from salesctl.services.base import unit

    found = files.verify(Path(path))
    app.close_store()
    source, target = attached.folder_of(str(found.path)), attached.folder_of(app.db_path)
    with carrying.carried(source, target, carrying.listed(found.manifest)) as (_there, lost):
        if lost:
            raise Damaged(_("an attachment of {path} is missing: {hash}").format(path=path, hash=lost[0].sha256))
        aside, lost_with_it = _swapped(app, found)
    with unit(app, "db.restore") as work:
        named = f" {aside.name}" if aside else ""
        text = f"{found.manifest['made']} O{found.manifest['operation']}{named}"
        if work.stored("meta", "restored") is None:
            work.put("meta", {"key": "restored", "value": text})
        else:
            work.amend("meta", "restored", {"value": text})
    return Restored(found, aside, lost_with_it)


def _swapped(app: App, found: files.Backup) -> tuple[Path | None, Since | None]:
    """The rows of a backup in the place of those here; where those were put, and what they had more."""
    if not is_url(app.db_path):
        return _put_in_place(app, found)
    gone = since(app.db_path, found.path)
    before = automatic(app, "restore")
    restoring.put_there(app.db_path, found)
    return before.path if before else None, gone


def aside_of(app: App, operation: Row) -> Path | None:
    """Where the store lies that a restore put aside; None when it is not there any more."""
    from glob import escape

    beside, name = Path(app.db_path).parent, Path(app.db_path).name
    told = [one.after.get("value") or "" for one in changes.of_operation(app.store, operation["id"])]
    named = [word for value in told for word in value.split(" ", 2)[2:]]
    found = [place / one for one in named for place in (folder(app), beside) if (place / one).is_file()]
    if not named and not is_url(app.db_path):  # of an earlier salesctl: by the moment in its name
        at = INSTANT.unpack(operation, "at")
        found = sorted(beside.glob(f"{escape(name)}.{at:%Y%m%dT%H%M%SZ}*{files.ASIDE}"))
    return found[-1] if found else None


def _put_in_place(app: App, found: files.Backup) -> tuple[Path | None, Since | None]:
    from salesctl.store.lock import locked

    os.makedirs(os.path.dirname(os.path.abspath(app.db_path)), mode=0o700, exist_ok=True)
    with locked(app.db_path, wait=0):
        gone = since(app.db_path, found.path)
        return restoring.put_in_place(app.db_path, found, app.now), gone


def check(app: App) -> list[Finding]:
    """What is not as it should be; nothing for a store that is not there."""
    from salesctl.store.check import check as look

    if not app.store.exists:
        return []
    with app.out.progress(_("check"), None) as step:
        return look(app.store, app.db_path, app.now, step)


def status(app: App) -> dict[str, Any]:
    """What the store is and how large, and what the engine under it is known for."""
    from salesctl.store.place import disk_of

    there = app.store.exists
    known = backups(app, None)
    last = app.store.one("SELECT id, at FROM operation ORDER BY id DESC LIMIT 1") if there else None
    counts = {}
    for table in ("customer", "contact", "deal", "followup", "operation", "change"):
        row = app.store.one(f"SELECT count(*) AS n FROM {table}") if there else None
        counts[table] = row["n"] if row else 0
    server = is_url(app.db_path)
    mode = app.store.one("PRAGMA journal_mode") if there and not server else None
    return {
        "store": safe(app.db_path) if server else app.db_path,
        "exists": there,
        "engine": "postgresql" if server else "sqlite",
        "engine_version": _server_version(app) if server else sqlite3.sqlite_version,
        "fault": fault(sqlite3.sqlite_version_info) if there and mode and mode["journal_mode"] == "wal" else None,
        "schema": version.SCHEMA if there else None,
        "journal_mode": mode["journal_mode"] if mode else None,
        "disk": None if server else disk_of(app.db_path) or None,
        "bytes": _server_bytes(app) if server else sum(_size(app.db_path + end) for end in ("", "-wal")),
        "uid": app.store.meta("uid"),
        "zone": app.store.meta("zone"),
        "currency": app.store.meta("currency"),
        "last_operation": f"O{last['id']}" if last else None,
        "last_write": last["at"] if last else None,
        "last_backup": str(known[-1].path) if known else None,
        "last_backup_at": known[-1].manifest["made"] if known else None,
        "backups": len(known),
        **counts,
    }


def _server_version(app: App) -> str | None:
    row = app.store.one("SELECT current_setting('server_version') AS v")
    return row["v"] if row else None


def _server_bytes(app: App) -> int:
    row = app.store.one("SELECT pg_database_size(current_database()) AS n")
    return int(row["n"]) if row else 0


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def fault(version: tuple[int, ...]) -> str | None:
    """The known fault of a SQLite version that matters here: the reset of its write-ahead log (3.7.0 to 3.51.2)."""
    if version >= (3, 51, 3) or (version[:2] == (3, 50) and version >= (3, 50, 7)):
        return None
    if version[:2] == (3, 44) and version >= (3, 44, 6):
        return None
    return _(
        "this SQLite may lose commits when a checkpoint meets a write; salesctl's writers wait for each other, so only other programs can meet it"
    )
