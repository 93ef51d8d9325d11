"""What is in a store, in few numbers: rows by table and sums of money; two stores with the same ones hold the same."""

from __future__ import annotations

from typing import Any

from salesctl.domain.kinds import Amount
from salesctl.domain.nouns import NOUNS
from salesctl.store.connect import Store, is_url
from salesctl.store.journal import LOGGED

COUNTED = ("operation", "change", "change_text", *LOGGED, "deal_span")


def money_columns() -> list[tuple[str, str]]:
    """Every amount of money that is stored: (table, column)."""
    found = [(noun.name, one.key) for noun in NOUNS.values() for one in noun.fields if isinstance(one.kind, Amount)]
    return [
        *found,
        ("deal_line", "amount"),
        ("deal_event", "amount"),
        ("deal_span", "amount"),
        ("payment", "amount"),
        ("forecast_adjust", "amount"),
        ("rival", "price"),
    ]


def columns_of(store: Store) -> dict[str, list[str]]:
    """The tables of a store and their columns: of an older schema there are fewer than this program knows."""
    sql = "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
    if is_url(store.path):
        sql = (
            "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns"
            " WHERE table_schema = current_schema()"
        )
    found: dict[str, list[str]] = {}
    for row in store.query(sql):
        found.setdefault(row["t"], []).append(row["c"])
    return found


def counts(store: Store) -> dict[str, int]:
    """Rows by table."""
    found, there = {}, columns_of(store)
    for table in COUNTED:
        if table not in there:
            continue
        row = store.one(f"SELECT count(*) AS n FROM {table}")
        found[table] = int(row["n"]) if row else 0
    return found


def sums(store: Store) -> dict[str, dict[str, int]]:
    """Sums in the smallest coin, by "table.column" and currency."""
    found: dict[str, dict[str, int]] = {}
    there = columns_of(store)
    for table, column in money_columns():
        if column not in there.get(table, ()):
            continue
        rows = store.query(
            f"SELECT {column}_currency AS c, CAST(sum({column}) AS BIGINT) AS total FROM {table}"
            f" WHERE {column} IS NOT NULL GROUP BY {column}_currency ORDER BY 1"
        )
        if rows:
            found[f"{table}.{column}"] = {row["c"]: int(row["total"]) for row in rows}
    return found


def summary(store: Store) -> dict[str, Any]:
    return {"counts": counts(store), "sums": sums(store)}
