"""Attachments that go with their store: into a backup and out of it again, and to another place.

They are copied under the hash of their bytes; what is lost or changed here is left behind and said so, so that a lost
file never keeps a backup from being made.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from salesctl.errors import Damaged, StreamError, because
from salesctl.i18n import _
from salesctl.store import attached
from salesctl.store.connect import Sqlite
from salesctl.store.summary import columns_of

HASH = re.compile(r"[0-9a-f]{64}")


class File(NamedTuple):
    """A file by its bytes, however many contracts it is attached to."""

    sha256: str
    bytes: int


def wanted(store: Sqlite) -> list[File]:
    """The files of a store, each once; none in a schema from before there were any."""
    if "attachment" not in columns_of(store):
        return []
    rows = store.query("SELECT DISTINCT sha256, bytes FROM attachment ORDER BY sha256, bytes")
    return [File(row["sha256"], row["bytes"]) for row in rows if HASH.fullmatch(row["sha256"])]


def listed(manifest: dict[str, Any]) -> list[File]:
    """The files that a manifest lists. Raises Damaged (8): a name that is no hash never becomes a path."""
    try:
        found = [File(str(one["sha256"]), int(one["bytes"])) for one in manifest.get("attachments", ())]
    except (TypeError, KeyError, ValueError) as error:
        raise Damaged(_("the manifest cannot be read")) from error
    if not all(HASH.fullmatch(one.sha256) for one in found):
        raise Damaged(_("the manifest cannot be read"))
    return found


@contextmanager
def carried(source: Path, target: Path, files: Sequence[File]) -> Iterator[tuple[list[File], list[File]]]:
    """Copy files from one folder to another; those that are there now, and those that were lost or changed before.

    What was new goes again when the block fails. Raises StreamError (9) when a file cannot be written.
    """
    new: list[Path] = []
    there: list[File] = []
    try:
        for one in files:
            if attached.state(target, *one) == "ok":
                there.append(one)
            elif attached.state(source, *one) == "ok":
                new.append(target / one.sha256)
                if attached.keep(target, str(source / one.sha256))[0].sha256 == one.sha256:
                    there.append(one)
        yield there, [one for one in files if one not in there]
    except BaseException:
        with suppress(OSError):
            for path in new:
                path.unlink(missing_ok=True)
            target.rmdir()  # only when it is empty
        raise


def check(folder: Path, manifest: dict[str, Any], path: Path) -> None:
    """Whether the attachments of a backup are those that were copied. Raises Damaged (8), naming the first."""
    for one in listed(manifest):
        state = attached.state(folder, *one)
        if state != "ok":
            said = _("an attachment of {path} is missing: {hash}")
            if state == "changed":
                said = _("an attachment of {path} was changed: {hash}")
            raise Damaged(said.format(path=path, hash=one.sha256))


def drop(folder: Path) -> None:
    """Delete the attachments of a backup; a link in the place of the folder goes, what it points to stays."""
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise StreamError(_("{path} cannot be deleted: {why}").format(path=folder, why=because(error))) from error
