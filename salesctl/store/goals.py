"""Queries about goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesctl.store.connect import Row, Store
from salesctl.store.records import Where


def levels(store: Store, goal: int | None) -> list[tuple[str, int]]:
    """The levels above a goal's target, from the lowest, in the unit of the target; none of a goal that nobody set."""
    sql = "SELECT name, target FROM goal_level WHERE goal_id = :id ORDER BY target, id"
    return [(row["name"], row["target"]) for row in store.query(sql, {"id": goal})] if goal else []


def of_team(where: Where, team: int) -> None:
    """Only goals of a team and of those in it."""
    id = where.name(team)
    where.add(f"(t.team_id = {id} OR t.rep_id IN (SELECT r.id FROM rep r WHERE r.team_id = {id}))")


def about(where: Where, rep: int) -> None:
    """Only goals of a rep, of the rep's team, of the teams led by the rep, and of the company."""
    id = where.name(rep)
    where.add(
        f"(t.scope = 'company' OR t.rep_id = {id} OR t.team_id IN (SELECT r.team_id FROM rep r WHERE r.id = {id})"
        f" OR t.team_id IN (SELECT g.id FROM team g WHERE g.manager_id = {id}))"
    )


def within(store: Store, goal: Mapping[str, Any]) -> list[Row]:
    """Goals on the same KPI that lie in the period of a goal, the goal itself too."""
    return store.query(
        'SELECT id, kpi, target, currency, team_id, rep_id, product_id, customer_id, parent_id, start, "end" FROM goal WHERE kpi = :kpi'
        ' AND archived_at IS NULL AND start >= :start AND "end" <= :end'
        " AND coalesce(currency, '') = :currency ORDER BY start, id",
        {
            "kpi": goal["kpi"],
            "start": goal["start"].isoformat(),
            "end": goal["end"].isoformat(),
            "currency": goal["currency"] or "",
        },
    )
