"""What is in a store, in few numbers: rows by table and sums of money; two stores with the same ones hold the same."""

from __future__ import annotations

from typing import Any

from salesctl.domain.kinds import Amount
from salesctl.domain.nouns import NOUNS
from salesctl.store.connect import Store
from salesctl.store.journal import LOGGED

COUNTED = ("operation", "change", "change_text", *LOGGED, "deal_span")


def money_columns() -> list[tuple[str, str]]:
    """Every amount of money that is stored: (table, column)."""
    found = [(noun.name, one.key) for noun in NOUNS.values() for one in noun.fields if isinstance(one.kind, Amount)]
    return [*found, ("deal_line", "amount"), ("deal_event", "amount"), ("deal_span", "amount")]


def counts(store: Store) -> dict[str, int]:
    """Rows by table."""
    found = {}
    for table in COUNTED:
        row = store.one(f"SELECT count(*) AS n FROM {table}")
        found[table] = int(row["n"]) if row else 0
    return found


def sums(store: Store) -> dict[str, dict[str, int]]:
    """Sums in the smallest coin, by "table.column" and currency."""
    found: dict[str, dict[str, int]] = {}
    for table, column in money_columns():
        rows = store.query(
            f"SELECT {column}_currency AS c, CAST(sum({column}) AS BIGINT) AS total FROM {table}"
            f" WHERE {column} IS NOT NULL GROUP BY {column}_currency ORDER BY 1"
        )
        if rows:
            found[f"{table}.{column}"] = {row["c"]: int(row["total"]) for row in rows}
    return found


def summary(store: Store) -> dict[str, Any]:
    return {"counts": counts(store), "sums": sums(store)}
