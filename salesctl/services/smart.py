"""Whether a goal is SMART: the facts behind its five letters."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain import goalrules as rules
from salesctl.services.goal_gap import gap
from salesctl.services.standing import Board
from salesctl.services.target import scaled
from salesctl.store.reps import is_led

if TYPE_CHECKING:
    from salesctl.app import App

Values = dict[str, Any]


def check(app: App, goal: Values, as_of: str | None = None, day: date | None = None) -> list[rules.Check]:
    """The five letters of a goal."""
    board = Board(app, as_of, day)
    standing = board.standing(goal)
    kpi = standing.kpi
    history = board.history(goal)
    missing = standing.target - (standing.now or 0)
    opened = (
        gap(board, goal)
        if kpi.name == "revenue" and missing > 0 and not goal["product_id"] and board.day <= goal["end"]
        else None
    )
    coverage = (
        Fraction(standing.coming, missing) if kpi.name == "revenue" and missing > 0 and not goal["product_id"] else None
    )
    facts = rules.Facts(
        has_kpi=kpi.kind != "empty",
        has_scope=True,
        has_owner=goal["scope"] == "rep" or goal["scope"] == "company" or is_led(app.store, goal["team_id"]),
        rows=history[-1].of if history[-1].of is not None else history[-1].n or 0,
        target=standing.target,
        history=tuple(scaled(kpi, one.value) for one in history),
        coverage=coverage,
        linked=bool(goal["parent_id"] or (goal["reason"] or "").strip()),
        days=standing.days,
        ordered=goal["start"] <= goal["end"],
        over=board.day > goal["end"],
        better=kpi.better,
        open=opened.coverage if opened else None,
        needed=opened.needed if opened else None,
    )
    return rules.smart(facts)
