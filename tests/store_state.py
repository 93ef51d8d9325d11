"""The whole state of a store, to be compared: every logged row, without what follows every change."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from salesctl.store.chain import UNTRACKED
from salesctl.store.journal import KEYED, LOGGED

State = dict[str, dict[Any, dict[str, Any]]]


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def state(path: Path) -> State:
    """Rows by table and key; a voided event is one that is not there."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found: State = {}
    for table in LOGGED:
        key = KEYED.get(table, "id")
        found[table] = {
            row[key]: {name: row[name] for name in row.keys() if name not in UNTRACKED}  # noqa: SIM118
            for row in connection.execute(f"SELECT * FROM {table}")
            if table != "deal_event" or row["voided_at"] is None
        }
    spans = connection.execute("SELECT * FROM deal_span ORDER BY deal_id, from_at")
    found["deal_span"] = {
        (row["deal_id"], row["from_at"]): {name: row[name] for name in row.keys() if name != "id"}  # noqa: SIM118
        for row in spans
    }
    connection.close()
    return found
