"""The whole state of a store of either engine, to be compared: every logged row, without what follows every change."""

from __future__ import annotations

import sqlite3
from typing import Any

from salesctl.store.chain import UNTRACKED
from salesctl.store.journal import KEYED, LOGGED

State = dict[str, dict[Any, dict[str, Any]]]


def opened(path: Any) -> Any:
    """A raw connection to a store, as another program would open it."""
    if "://" not in str(path):
        return sqlite3.connect(path, isolation_level=None)
    import psycopg

    return psycopg.connect(str(path), autocommit=True)


def rows(path: Any, sql: str) -> list[tuple[Any, ...]]:
    connection = opened(path)
    try:
        return [tuple(row) for row in connection.execute(sql).fetchall()]
    finally:
        connection.close()


def raw(path: Any, *statements: str) -> None:
    """Write to a store behind the back of the program."""
    connection = opened(path)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def dicts(connection: Any, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def state(path: Any) -> State:
    """Rows by table and key; a voided event is one that is not there."""
    connection = opened(path)
    found: State = {}
    for table in LOGGED:
        key = KEYED.get(table, "id")
        found[table] = {
            row[key]: {name: value for name, value in row.items() if name not in UNTRACKED}
            for row in dicts(connection, f"SELECT * FROM {table}")
            if table != "deal_event" or row["voided_at"] is None
        }
    spans = dicts(connection, "SELECT * FROM deal_span ORDER BY deal_id, from_at")
    found["deal_span"] = {
        (row["deal_id"], row["from_at"]): {name: value for name, value in row.items() if name != "id"} for row in spans
    }
    connection.close()
    return found
