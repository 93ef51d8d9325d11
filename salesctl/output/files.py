"""Answers into files: whole, or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from salesctl.errors import Duplicate, NotAllowed, StreamError, because
from salesctl.i18n import _
from salesctl.output.writer import Writer


def whole(path: str, chunks: Iterable[str | bytes], overwrite: bool) -> None:
    """Write a file beside its place and put it there when its last byte is safe; a device or a pipe is written as it is.

    Text is written as UTF-8, bytes as they are.

    Raises Duplicate (5) for a file that is there unless `overwrite`, NotAllowed (6) for a symbolic link or a place that
    may not be written, StreamError (9) for one that cannot be.
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
