"""Backups: a consistent copy made while others write, checked before it has a name, with a manifest beside it.

A backup without its manifest is none. Restoring checks the manifest first, keeps the present store aside, and is one
rename.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from salesctl.errors import BadFile, Damaged, SalesError, StreamError, because
from salesctl.i18n import _
from salesctl.store import chain, version
from salesctl.store.connect import Sqlite, connect, is_url, schema_of, trouble
from salesctl.store.summary import summary

FORMAT = 1
ASIDE = ".aside"  # how the name of a store ends that a restore put aside


class Backup(NamedTuple):
    """A backup: its file, and what its manifest says."""

    path: Path
    manifest: dict[str, Any]


def folder_of(path: str) -> Path:
    """Where backups of a store lie unless another place is named."""
    if not is_url(path):
        return Path(f"{os.path.abspath(path)}.backups")
    from salesctl.config import folder

    return Path(folder("data")) / "backups" / chain.digest(path)[:16]


def make(path: str, folder: Path, now: datetime, why: str = "asked") -> Backup:
    """A checked copy of the store, named after the moment and its last operation.

    Raises StreamError (9) when it cannot be written, Damaged (8) when the store itself is.
    """
    from salesctl.store import attached, carrying

    part = folder / f".{os.urandom(4).hex()}.part"
    files = attached.folder_of(str(part))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not is_url(path):
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            known = _copy_there(path, part) if is_url(path) else _copy(path, part)
            synced(part)
            manifest = _manifest(part, known, now, why)
            _check(part, manifest)
            manifest |= _attachments(path, part)
            name = f"{now:%Y%m%dT%H%M%SZ}-O{known['operation']}"
            target = free(folder, name, ".db")
            os.replace(part, target)
            if files.exists():
                os.replace(files, attached.folder_of(str(target)))
            _write_manifest(target, manifest)
            synced(folder)
        finally:
            for leftover in (part, Path(f"{part}-wal"), Path(f"{part}-shm")):
                leftover.unlink(missing_ok=True)
            carrying.drop(files)
    except OSError as error:
        raise StreamError(
            _("the backup in {path} cannot be written: {why}").format(path=folder, why=because(error))
        ) from error
    return Backup(target, manifest)


def _attachments(path: str, part: Path) -> dict[str, Any]:
    """Copy the attachments of a store beside its copy; what the manifest says of them."""
    from salesctl.store import attached, carrying

    connection = sqlite3.connect(f"file:{quoted(part)}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        files = carrying.wanted(Sqlite(connection, str(part)))
    finally:
        connection.close()
    with carrying.carried(attached.folder_of(path), attached.folder_of(str(part)), files) as (there, lost):
        return {
            "attachments": [one._asdict() for one in there],
            "attachments_lost": [one._asdict() for one in lost],
        }


def free(folder: Path, name: str, end: str) -> Path:
    """A name in a folder that nothing has yet: a second one of the same second gets a number."""
    target, place = folder / f"{name}{end}", 1
    while target.exists():
        place += 1
        target = folder / f"{name}.{place}{end}"
    return target


def _copy(path: str, part: Path) -> dict[str, Any]:
    """Copy one state of the store in one step; what it holds, read in the same transaction."""
    with trouble(path):
        source = connect(path, read_only=True, older=True)
        target = sqlite3.connect(part, isolation_level=None)
        try:
            source.execute("BEGIN")
            store = Sqlite(source, path)
            known = {**_newest(store), **summary(store)}
            source.backup(target)
        finally:
            target.close()
            source.close()
    return known


def _copy_there(url: str, part: Path) -> dict[str, Any]:
    """A PostgreSQL store as a SQLite file, compared row by row in one transaction; what it holds."""
    from salesctl.store.create import empty

    source: Any = connect(url, read_only=True, older=True)
    try:
        empty(str(part), schema_of(source, url))
        source.execute("BEGIN")
        known = _fill(Sqlite(source, url), part)
    finally:
        source.close()
    return known


def _fill(store: Sqlite, part: Path) -> dict[str, Any]:
    """Copy all rows of a store into an empty file, and compare; what it holds."""
    from salesctl.store import copying

    target = sqlite3.connect(part, isolation_level=None)
    try:
        target.execute("BEGIN IMMEDIATE")
        copying.copy(store, target, str(part), lambda n: None)
        target.execute("COMMIT")
        copied = Sqlite(target, str(part))
        copying.compare(store, copied)
        known = {**_newest(copied), **summary(copied)}
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
    return known


def _newest(store: Sqlite) -> dict[str, Any]:
    operation = store.one("SELECT max(id) AS id FROM operation")
    last = store.one("SELECT id, hash FROM change ORDER BY id DESC LIMIT 1")
    return {
        "operation": operation["id"] if operation else 0,
        "anchor": [last["id"], last["hash"]] if last else [0, ""],
        "store": store.meta("uid"),
        "schema": schema_of(store.connection, store.path),
    }


def _manifest(part: Path, known: dict[str, Any], now: datetime, why: str) -> dict[str, Any]:
    from salesctl import __version__

    return {
        "format": FORMAT,
        "made": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "why": why,
        "salesctl": __version__,
        "bytes": part.stat().st_size,
        "sha256": sha256(part),
        **known,
    }


def _of_aside(path: Path) -> dict[str, Any]:
    """What the manifest of a store that was put aside would say; its attachments stayed where they were.

    Raises Damaged (8) for one that could not be opened when it was put aside, or cannot be read now.
    """
    wal = Path(f"{path}-wal")
    if wal.exists() and wal.stat().st_size:
        raise Damaged(_("{path} could not be opened when it was put aside").format(path=path))
    with trouble(str(path)):
        connection = sqlite3.connect(f"file:{quoted(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] != version.APPLICATION_ID:
                raise Damaged(_("{path} is not a salesctl store").format(path=path))
            store = Sqlite(connection, str(path))
            last = store.one("SELECT at FROM operation ORDER BY id DESC LIMIT 1")
            made = datetime.fromisoformat(last["at"]) if last else datetime.min.replace(tzinfo=UTC)
            return _manifest(path, {**_newest(store), **summary(store)}, made, "aside")
        finally:
            connection.close()


def _write_manifest(target: Path, manifest: dict[str, Any]) -> None:
    place = manifest_path(target)
    part = place.with_name(f".{os.urandom(4).hex()}.part")
    with open(part, "x", encoding="utf-8", opener=lambda name, how: os.open(name, how, 0o600)) as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, place)


def manifest_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def sha256(path: Path) -> str:
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(path: Path, manifest: dict[str, Any]) -> None:
    """Whether a copy is whole and holds what the manifest says. Raises Damaged (8)."""
    name = str(path)
    with trouble(name):
        connection = sqlite3.connect(f"file:{quoted(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)
        try:
            store = Sqlite(connection, name)
            said = [next(iter(row.values())) for row in store.query("PRAGMA integrity_check(5)")]
            if said != ["ok"]:
                raise Damaged(_("{path} is damaged: {why}").format(path=name, why="; ".join(map(str, said))))
            if store.query("PRAGMA foreign_key_check"):
                raise Damaged(_("{path} is damaged: a row refers to nothing").format(path=name))
            found = summary(store)
            if any(found[key] != manifest[key] for key in found):
                raise Damaged(_("{path} does not hold what its manifest says").format(path=name))
            _count, breaks = chain.verify(store, name)
            last = store.one("SELECT id, hash FROM change ORDER BY id DESC LIMIT 1")
            if breaks or (last and [last["id"], last["hash"]] != manifest["anchor"]):
                raise Damaged(_("the change log in {path} is not what was written").format(path=name))
        finally:
            connection.close()


def quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def read(path: Path) -> Backup:
    """A backup by its file, or a store that was put aside.

    Raises BadFile (4) for what is none, StreamError (9) for what cannot be read, Damaged (8).
    """
    try:
        if path.name.endswith(ASIDE) and path.is_file():
            return Backup(path, _of_aside(path))
        text = manifest_path(path).read_text(encoding="utf-8")
        manifest = json.loads(text)
        if not path.is_file():
            raise FileNotFoundError(2, os.strerror(2))
    except FileNotFoundError as error:
        if not path.exists():
            raise StreamError(_("{path} cannot be read: {why}").format(path=path, why=because(error))) from error
        raise BadFile(_("{path} has no manifest beside it, so it is no backup").format(path=path)) from error
    except OSError as error:
        raise StreamError(_("{path} cannot be read: {why}").format(path=path, why=because(error))) from error
    except ValueError as error:
        raise Damaged(_("the manifest of {path} cannot be read").format(path=path)) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadFile(_("{path} is a backup of another kind").format(path=path))
    if int(manifest.get("schema") or 0) > version.SCHEMA:
        raise Damaged(_("{path} is of a newer salesctl").format(path=path), _("upgrade salesctl"))
    return Backup(path, manifest)


def verify(path: Path) -> Backup:
    """Read a backup whole: its hash, its pages, its chain, its counts and sums. Raises Damaged (8)."""
    from salesctl.store import attached, carrying

    found = read(path)
    try:
        if path.stat().st_size != found.manifest["bytes"] or sha256(path) != found.manifest["sha256"]:
            raise Damaged(_("{path} is not the file that was written").format(path=path))
        _check(path, found.manifest)
        carrying.check(attached.folder_of(str(path)), found.manifest, path)
    except KeyError as error:
        raise Damaged(_("the manifest of {path} is not whole").format(path=path)) from error
    return found


def every(folder: Path) -> list[Backup]:
    """The backups in a folder, oldest first; files without a readable manifest are left out."""
    found = []
    for place in sorted(folder.glob("*.db")):
        with suppress(SalesError):
            found.append(read(place))
    return sorted(found, key=lambda one: (one.manifest["made"], one.path.name))


def prune(folder: Path, store: str | None, keep: int, why: str = "asked") -> list[Path]:
    """Delete all but the newest `keep` backups of a store that were made for the same reason; those deleted."""
    mine = [one for one in every(folder) if one.manifest.get("store") == store and one.manifest.get("why") == why]
    gone = [one.path for one in mine[: max(0, len(mine) - keep)]]
    for path in gone:
        remove(path)
    return gone


def remove(path: Path) -> None:
    """Delete a copy of a store with all that is beside it; the attachments first, so that a half deleted one is none."""
    from salesctl.store import attached, carrying

    carrying.drop(attached.folder_of(str(path)))
    for end in ("", ".json", ".anchor", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
