"""A store copied whole into another one, of either engine, and compared with it table by table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from salesctl.domain.nouns import NOUNS
from salesctl.errors import Damaged
from salesctl.i18n import _
from salesctl.store.connect import Store, is_url
from salesctl.store.journal import KEYED, NUMBERS, PROCESS
from salesctl.store.summary import columns_of, sums

# In the order that references need.
FACTS = (
    "deal_line",
    "deal_event",
    "deal_span",
    "goal_level",
    "alias",
    "unmatched",
    "batch",
    "apart",
    *PROCESS,
    *NUMBERS,
)
COPIED = ("meta", "day_off", "operation", *NOUNS, *FACTS, "change", "change_text")
OWN = {"meta": "WHERE key <> 'schema'"}  # what each engine keeps for itself
BLOCK = 5000


def key_of(table: str) -> str:
    return {"change_text": "change_id", **KEYED}.get(table, "id")


def rows_of(store: Store, table: str) -> Iterator[dict[str, Any]]:
    """All rows of a table by their key."""
    for row in store.each(f"SELECT * FROM {table} {OWN.get(table, '')} ORDER BY {key_of(table)}"):
        yield dict(row)


def tables(source: Store) -> list[str]:
    """The tables that a store has of those to be copied."""
    there = columns_of(source)
    return [table for table in COPIED if table in there]


def copy(source: Store, connection: Any, target: str, step: Callable[[int], None]) -> None:
    """Put every row of a store into empty tables, in the transaction that is open on `connection`."""
    server = is_url(target)
    connection.execute("PRAGMA defer_foreign_keys = ON")
    for table in tables(source):
        for columns, block in _blocks(rows_of(source, table)):
            if server:
                connection.copy(table, columns, block)
            else:
                names = ", ".join(f'"{name}"' for name in columns)
                marks = ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table}({names}) VALUES ({marks})", block)
            step(len(block))
        if server and key_of(table) == "id":
            connection.moved_on(table)
    if not server:
        connection.execute("ANALYZE")  # SQLite chooses indexes by how large its tables are


def _blocks(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[list[str], list[tuple[Any, ...]]]]:
    from itertools import islice

    while some := list(islice(rows, BLOCK)):
        yield list(some[0]), [tuple(row.values()) for row in some]


def checksum(store: Store, table: str) -> tuple[int, str]:
    """How many rows a table has, and a hash over all of them."""
    found, count = hashlib.blake2b(digest_size=16), 0
    for row in rows_of(store, table):
        found.update(repr(sorted(row.items())).encode("utf-8", "surrogatepass"))
        count += 1
    return count, found.hexdigest()


def compare(source: Store, target: Store, step: Callable[[int], None] = lambda n: None) -> dict[str, int]:
    """Counts, sums and hashes of both, table by table; the counts when they agree. Raises Damaged (8)."""
    counts = {}
    for table in tables(source):
        mine, theirs = checksum(source, table), checksum(target, table)
        if mine != theirs:
            raise Damaged(
                _("{table} was not copied whole: {n} rows, {m} in the copy").format(table=table, n=mine[0], m=theirs[0])
            )
        counts[table] = mine[0]
        step(mine[0])
    if sums(source) != sums(target):
        raise Damaged(_("the sums of money were not copied whole"))
    return counts
