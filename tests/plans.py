"""How SQLite answers a statement, and what of that would be slow with a million deals."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

# tables that grow with the deals; the others hold a row a person, a stage, a goal
BIG = frozenset(
    [
        "deal",
        "deal_event",
        "deal_span",
        "deal_line",
        "change",
        "change_text",
        "operation",
        "followup",
        "customer",
        "contact",
        "lead",
        "sop_check",
        "rival",
        "task",
        "quote",
    ]
)
# partial indexes that hold only what is open or waiting, or but few rows: all of them is what such a question is about
FEW = frozenset(
    ["deal_open_ix", "followup_waiting_ix", "followup_due_ix", "task_open_ix", "lead_live_ix", "quote_valid_ix"]
)
_NAMED = re.compile(r"\b(?:FROM|JOIN|,)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", re.I)
_LOOP = re.compile(r"(?:SCAN|SEARCH) (?P<table>\w+)(?: USING (?P<how>.*))?")
_FILTER = re.compile(r"BLOOM FILTER ON (?P<table>\w+)")
_MADE = re.compile(r"(?:CO-ROUTINE|MATERIALIZE) (\w+)$")
_WORDS = frozenset(
    ["where", "left", "join", "cross", "on", "group", "order", "inner", "union", "intersect", "limit", "using"]
)


class Step(NamedTuple):
    """A line of a plan, and whether it runs again for every row of another."""

    text: str
    again: bool


def planner(path: object) -> sqlite3.Connection:
    """A connection that knows the functions of ours."""
    found = sqlite3.connect(str(path))
    for name in ("fold", "phone_key"):
        found.create_function(name, 1, lambda text: text, deterministic=True)
    return found


def plan(store: sqlite3.Connection, sql: str) -> list[Step]:
    """The scans and searches of a statement that read tables, each with whether it is inside a loop."""
    steps: list[Step] = []
    again: dict[int, bool] = {0: False}  # by step: whether what is below it runs again
    looped: set[int] = set()  # parents that have a loop already: the next one is inside it
    made: set[tuple[int, str]] = set()  # subqueries whose rows are read like those of a table
    for id, parent, _unused, text in store.execute(f"EXPLAIN QUERY PLAN {sql}"):
        again[id] = again[parent] or text.startswith("CORRELATED")
        if own := _MADE.match(text):
            made.add((parent, own.group(1)))
        elif _FILTER.match(text):
            steps.append(Step(text, again[parent]))
        elif loop := _LOOP.match(text):
            inside = again[parent] or parent in looped
            looped.add(parent)
            if (parent, loop.group("table")) not in made:
                steps.append(Step(text, inside))
    return steps


def names(sql: str) -> dict[str, set[str]]:
    """Which tables every alias of a statement stands for somewhere in it."""
    found: dict[str, set[str]] = {}
    for table, alias in _NAMED.findall(sql):
        short = alias if alias and alias.lower() not in _WORDS else table
        found.setdefault(short, set()).add(table)
    return found


def faults(store: sqlite3.Connection, sql: str) -> Iterator[str]:
    """What a statement reads whole, or again and again, of the tables that grow: "scan of deal: SCAN t ..."."""
    called = names(sql)
    for text, again in plan(store, sql):
        step = _FILTER.match(text) or _LOOP.match(text)
        assert step
        table = " or ".join(sorted(called.get(step.group("table"), set()) & BIG))
        how = step.groupdict().get("how") or ""
        if not table:
            continue
        if text.startswith("BLOOM"):
            yield f"filter made from all of {table}: {text}"
        elif how.startswith("AUTOMATIC"):
            yield f"index made for one statement over {table}: {text}"
        elif text.startswith("SCAN") and again:
            yield f"scan of {table} for each row: {text}"
        elif text.startswith("SCAN") and not FEW & set(how.split()):
            yield f"scan of {table}: {text}"
