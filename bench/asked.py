"""What a command asks of a SQLite store: every SELECT as it ran, its values written in."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from salesctl.store import connect

OURS = ("fold", "phone_key")  # functions of SQL that only salesctl has
_CALLED = re.compile(rf"\b(?:{'|'.join(OURS)})\s*\(", re.I)


@contextmanager
def listening() -> Iterator[list[str]]:
    """A list that fills with the SELECTs of every connection that is opened meanwhile."""
    found: list[str] = []

    def note(sql: str) -> None:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append(sql)

    own: Callable[..., None] = connect._settle

    def settle(connection: sqlite3.Connection, *more: object) -> None:
        own(connection, *more)
        connection.set_trace_callback(note)

    connect._settle = settle
    try:
        yield found
    finally:
        connect._settle = own


def needs_ours(sql: str) -> bool:
    """Whether a statement calls a function that another program has not."""
    return bool(_CALLED.search(sql))


def main() -> None:
    """Print as JSON what `salesctl WORDS` asks; what it says itself goes to standard error."""
    import json
    import os
    import sys

    from salesctl.cli import run

    own = os.dup(1)
    os.dup2(2, 1)
    with listening() as found:
        run(sys.argv[1:])
    with os.fdopen(own, "w") as out:
        json.dump(found, out)


if __name__ == "__main__":
    main()
