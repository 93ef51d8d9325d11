"""Answers into files: whole, or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from salesctl.errors import Refused, StreamError
from salesctl.i18n import _
from salesctl.output.writer import Writer


def whole(path: str, chunks: Iterable[str], overwrite: bool) -> None:
    """Write a file beside its place and put it there when its last byte is safe; a device or a pipe is written as it is.

    Raises Refused (4) for a file that is there unless `overwrite`, StreamError (9) for a place that cannot be written.
    """
    try:
        kind = os.stat(path).st_mode if os.path.exists(path) else None
        if kind is not None and stat.S_ISDIR(kind):
            raise StreamError(_("{path} is a folder").format(path=path))
        if kind is not None and not stat.S_ISREG(kind):
            _fill(os.open(path, os.O_WRONLY), chunks, sync=False)
            return
        if os.path.lexists(path) and not overwrite:
            raise Refused(_("{path} is there already").format(path=path), _("-y writes over it"))
        part = f"{path}.{os.getpid()}.part"
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        try:
            _fill(descriptor, chunks, sync=True)
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
    except OSError as error:
        why = error.strerror or str(error)
        raise StreamError(_("{path} could not be written: {why}").format(path=path, why=why)) from error


def _fill(descriptor: int, chunks: Iterable[str], sync: bool) -> None:
    try:
        writer = Writer(descriptor, "utf-8")
        for chunk in chunks:
            writer.write(chunk)
        writer.flush()
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
