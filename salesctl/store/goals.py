"""Queries about goals."""

from __future__ import annotations

from salesctl.store.connect import Store


def levels(store: Store, goal: int | None) -> list[tuple[str, int]]:
    """The levels above a goal's target, from the lowest, in the unit of the target; none of a goal that nobody set."""
    sql = "SELECT name, target FROM goal_level WHERE goal_id = :id ORDER BY target, id"
    return [(row["name"], row["target"]) for row in store.query(sql, {"id": goal})] if goal else []
