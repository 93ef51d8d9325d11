"""Every error salesctl can end with, each with its exit code and its stable code word.

SalesError
├── UsageError     2   usage, or a question without a terminal
├── NotFound       3   no such record
├── Refused        4   value, file or rule refused
│   ├── BadValue       a value that its kind cannot read
│   ├── BadFile        a file that cannot be imported as it is
│   └── StageGate      a move the sales process does not allow
├── Conflict       5   changed meanwhile
│   ├── Ambiguous      several records answer to the name
│   └── Duplicate      it is there already
├── NotAllowed     6   ├── Busy 7   ├── Damaged 8 (Outdated: of an older schema)   ├── StreamError 9
├── Found         10   ├── Unknown 11                └── PartlyDone 12
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesctl.i18n import N_, _

# What systems say of files, as it is said in English; other languages have their own words for these.
SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File too large"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Bad file descriptor"),
    N_("Too many open files"),
    N_("Too many levels of symbolic links"),
)


def because(error: OSError) -> str:
    """Why a call of the system failed, in the language of the answer."""
    return _(error.strerror) if error.strerror else str(error)


class SalesError(Exception):
    """An error with a sentence for people, a word for scripts and a number for the shell.

    `message` is translated, without a final full stop; `hint` says what to do; `data` goes into the JSON error.
    `lines` say the same to a terminal where one line would be too long.
    """

    exit: int = 1
    lines: Sequence[str] = ()
    code: str = "error"

    def __init__(self, message: str, hint: str = "", code: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code
        self.data = data


class UsageError(SalesError):
    exit, code = 2, "usage"


class NotFound(SalesError):
    exit, code = 3, "not_found"


class Refused(SalesError):
    exit, code = 4, "refused"


class BadValue(Refused):
    code = "bad_value"


class BadFile(Refused):
    code = "bad_file"


class StageGate(Refused):
    code = "stage_gate"


class Conflict(SalesError):
    exit, code = 5, "conflict"


class Ambiguous(Conflict):
    """Several answer to a name: `candidates` in the data; `told` are the same as a terminal offers them."""

    code = "ambiguous"
    told: Sequence[str] = ()


class Duplicate(Conflict):
    code = "duplicate"


class NotAllowed(SalesError):
    exit, code = 6, "not_allowed"


class Busy(SalesError):
    exit, code = 7, "busy"


class Damaged(SalesError):
    exit, code = 8, "damaged"


class Outdated(Damaged):
    code = "outdated"


class StreamError(SalesError):
    exit, code = 9, "stream"


class Found(SalesError):
    exit, code = 10, "found"


class Unknown(SalesError):
    exit, code = 11, "unknown"


class PartlyDone(SalesError):
    exit, code = 12, "partly_done"
