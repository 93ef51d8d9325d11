"""A text file whole: UTF-8, of a size that a person could have typed."""

from __future__ import annotations

import os
import sys

from salesctl.errors import BadFile, NotAllowed, StreamError
from salesctl.i18n import _

MOST = 4 << 20  # bytes


def whole(path: str, most: int = MOST) -> str:
    """The text of a file, or of standard input for "-"; a byte order mark is no part of it.

    Raises StreamError (9) for one that is missing or a folder, NotAllowed (6) for one that may not be read, BadFile (4)
    for one that is too large or no UTF-8.
    """
    data = _bytes(path, most + 1)
    if len(data) > most:
        raise BadFile(_("{path} has more than {n} bytes").format(path=path, n=f"{most:,}"))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(_("{path} is not UTF-8 in line {line}").format(path=path, line=line)) from error


def _bytes(path: str, most: int) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(most)
    if os.path.isdir(path):
        raise StreamError(_("{path} is a folder").format(path=path))
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except PermissionError as error:
        raise NotAllowed(_("{path} may not be read").format(path=path)) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StreamError(_("{path} could not be read: {why}").format(path=path, why=why)) from error
