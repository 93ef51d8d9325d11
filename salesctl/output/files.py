"""Answers into files: whole, or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from salesctl.errors import Duplicate, NotAllowed, Refused, StreamError, because
from salesctl.i18n import _
from salesctl.output.writer import Writer


def whole(path: str, chunks: Iterable[str | bytes], overwrite: bool) -> None:
    """Write a file beside its place and put it there when its last byte is safe; a device or a pipe is written as it is.

    Text is written as UTF-8, bytes as they are.

    Raises Duplicate (5) for a file that is there unless `overwrite`, Refused (4) for one of a store whatever is said,
    NotAllowed (6) for a symbolic link or a place that may not be written, StreamError (9) for one that cannot be.
    """
    try:
        if os.path.islink(path) and not path.startswith("/dev/") and not _piped(path):
            raise NotAllowed(_("{path} is a symbolic link").format(path=path), _("name the file itself"))
        kind = os.stat(path).st_mode if os.path.exists(path) else None
        if kind is not None and stat.S_ISDIR(kind):
            raise StreamError(_("{path} is a folder").format(path=path))
        if kind is not None and not stat.S_ISREG(kind):
            _fill(os.open(path, os.O_WRONLY), chunks, sync=False)
            return
        if kind is not None and _of_a_store(path):
            raise Refused(_("{path} is a store, or belongs to one").format(path=path), _("name another file"), "store")
        if os.path.lexists(path) and not overwrite:
            raise Duplicate(_("{path} is there already").format(path=path), _("--force writes over it"))
        part = f"{path}.{os.urandom(4).hex()}.part"  # a number would come again after a kill
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            _fill(descriptor, chunks, sync=True)
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
    except PermissionError as error:
        raise NotAllowed(_("{path} may not be written").format(path=path)) from error
    except OSError as error:
        why = because(error)
        raise StreamError(_("{path} could not be written: {why}").format(path=path, why=why)) from error


BESIDE = ("-wal", "-shm", ".lock", ".anchor")  # what lies beside a store
WITHIN = (".backups", ".attachments")  # and in its folders


def _of_a_store(path: str) -> bool:
    """Whether a file is a store or a backup of one, lies beside one, or in a folder of one."""
    place = os.path.abspath(path)
    homes = [place, *(place.removesuffix(end) for end in BESIDE if place.endswith(end))]
    for end in WITHIN:
        before, mark, _rest = place.partition(f"{end}{os.sep}")
        homes += [before] if mark else []
    return any(map(_is_store, homes))


def _is_store(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def _piped(path: str) -> bool:
    """Whether a link leads to a stream, as /dev/stdout does."""
    return os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode) and not stat.S_ISDIR(os.stat(path).st_mode)


def _fill(descriptor: int, chunks: Iterable[str | bytes], sync: bool) -> None:
    try:
        writer = Writer(descriptor, "utf-8")
        writer.all(chunks)
        writer.flush()
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
