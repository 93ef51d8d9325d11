"""The files that were attached to contracts: copied beside the store under the hash of their bytes, never by their name.

What somebody called a file is data in a row; no path is ever made of it. A store on a server keeps its files on this
machine, in the folder of the user's data.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from salesctl.errors import NotAllowed, StreamError
from salesctl.i18n import _
from salesctl.store import chain
from salesctl.store.connect import is_url

BLOCK = 1 << 20


class Kept(NamedTuple):
    """A file that was copied: what it was called, the hash of its bytes, how many."""

    name: str
    sha256: str
    bytes: int


def folder_of(path: str) -> Path:
    """Where the attachments of a store lie."""
    if not is_url(path):
        return Path(f"{os.path.abspath(path)}.attachments")
    from salesctl.config import folder

    return Path(folder("data")) / "attachments" / chain.digest(path)[:16]


@contextmanager
def kept(store: str, paths: Sequence[str]) -> Iterator[list[Kept]]:
    """Copy files beside the store for the length of a write; what was new goes again when the write fails.

    Raises StreamError (9) for a file that is missing, a folder or no plain file, NotAllowed (6) for a symbolic link or
    one that may not be read, BadValue (4) for a name that cannot be stored.
    """
    place, new = folder_of(store), []
    found: list[Kept] = []
    try:
        for path in paths:
            one, fresh = keep(place, path)
            found += [one] if one not in found else []
            new += [place / one.sha256] if fresh else []
        yield found
    except BaseException:
        with suppress(OSError):
            for target in new:
                target.unlink(missing_ok=True)
            place.rmdir()  # only when it is empty
        raise


def keep(place: Path, path: str) -> tuple[Kept, bool]:
    """Copy one file under its hash; what it is, and whether it was not there before."""
    from salesctl.store.backup import synced
    from salesctl.text import check_line

    name = check_line(os.path.basename(path), _("File name"))
    source = _opened(path)
    part = place / f".{os.getpid()}.part"
    try:
        _made(place)
        target = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        size, digest = _copied(source, target)
        there = place / digest
        fresh = state(place, digest, size) != "ok"
        os.replace(part, there)
        synced(place)
        return Kept(name, digest, size), fresh
    except OSError as error:
        why = error.strerror or str(error)
        raise StreamError(_("{path} could not be kept: {why}").format(path=path, why=why)) from error
    finally:
        os.close(source)
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _opened(path: str) -> int:
    """A plain file, opened without following a link to it."""
    shown = path or '""'
    try:
        source = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except PermissionError as error:
        raise NotAllowed(_("{path} may not be read").format(path=shown)) from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP or (path and os.path.islink(path)):
            raise NotAllowed(_("{path} is a symbolic link").format(path=shown), _("name the file itself")) from error
        why = getattr(error, "strerror", None) or str(error)
        raise StreamError(_("{path} could not be read: {why}").format(path=shown, why=why)) from error
    mode = os.fstat(source).st_mode
    if not stat.S_ISREG(mode):
        os.close(source)
        said = _("{path} is a folder") if stat.S_ISDIR(mode) else _("{path} is no plain file")
        raise StreamError(said.format(path=shown))
    return source


def _made(place: Path) -> None:
    """The folder, the user's own; a link in its place is refused (6)."""
    if place.is_symlink():
        raise NotAllowed(_("{path} is a symbolic link").format(path=place))
    place.mkdir(mode=0o700, parents=True, exist_ok=True)


def _copied(source: int, target: int) -> tuple[int, str]:
    """All bytes from one descriptor to the other, safe on the disk; how many, and their hash."""
    import hashlib

    size, found = 0, hashlib.sha256()
    try:
        while block := os.read(source, BLOCK):
            found.update(block)
            size += len(block)
            while block:
                block = block[os.write(target, block) :]
        os.fsync(target)
    finally:
        os.close(target)
    return size, found.hexdigest()


def state(place: Path, digest: str, size: int) -> str:
    """Whether a kept file is what was attached: ok, missing or changed."""
    from salesctl.store.backup import sha256

    there = place / digest
    try:
        found = os.lstat(there)
    except OSError:
        return "missing"
    if not stat.S_ISREG(found.st_mode) or found.st_size != size:
        return "changed"
    try:
        return "ok" if sha256(there) == digest else "changed"
    except OSError:
        return "missing"
