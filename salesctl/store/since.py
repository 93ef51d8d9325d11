"""What a store has that a backup has not: the operations written since, and the people that were erased by them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from salesctl.domain.nouns import NOUNS
from salesctl.errors import SalesError
from salesctl.store import changes
from salesctl.store.backup import quoted
from salesctl.store.connect import Sqlite, Store, connect, exists


class Since(NamedTuple):
    """How many operations a store has that a backup has not, and the refs of people whom the backup brings back."""

    operations: int
    erased: list[str]


def since(path: str, backup: Path) -> Since | None:
    """What would go with the store at a path; None where there is none, or where one of the two cannot be read."""
    try:
        if not exists(path):
            return None
        with closing(connect(path, read_only=True, older=True)) as mine, closing(_opened(backup)) as theirs:
            return _compared(Sqlite(mine, path), Sqlite(theirs, str(backup)))
    except (SalesError, sqlite3.Error):
        return None


def _opened(backup: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quoted(backup)}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _compared(mine: Store, theirs: Store) -> Since:
    known = {uid for (uid,) in theirs.bare("SELECT uid FROM operation")}
    later = [row for row in mine.query("SELECT id, uid, command FROM operation ORDER BY id") if row["uid"] not in known]
    erased = [_erased(mine, theirs, row) for row in later if row["command"].endswith(".erase")]
    return Since(len(later), [ref for ref in erased if ref is not None])


def _erased(mine: Store, theirs: Store, operation: Any) -> str | None:
    """The ref of the person that an operation erased, if it is in the backup as it was."""
    noun = NOUNS[operation["command"].partition(".")[0]]
    found = [
        one for one in changes.of_operation(mine, operation["id"]) if one.table == noun.name and "uid" in one.after
    ]
    if not found:
        return None
    sql = f"SELECT * FROM {noun.name} WHERE id = :id"
    now, then = (store.one(sql, {"id": found[0].record}) for store in (mine, theirs))
    if now is None or then is None or now["created_at"] != then["created_at"]:
        return None  # somebody else got the number there
    ref = noun.code(int(now["id"]))
    return None if then.get("erased_at") or then["name_key"] == now["name_key"] else ref
