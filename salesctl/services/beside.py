"""Figures that more than the records belong to: coverage needs the goal, the response of leads the working hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesctl.domain.kpi import KPIS
from salesctl.domain.velocity import coverage, needed
from salesctl.money import Money
from salesctl.services.figure import Figure
from salesctl.store.records import Where

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.figures import Figures


def fill(app: App, figures: Figures, made: Figure, whose: Mapping[str, str | None]) -> None:
    """Work out a figure that the records alone do not answer; without what it needs it stays n/a."""
    if not app.store.exists:
        return
    if made.kpi.kind == "coverage":
        _coverage(app, figures, made, whose)
    elif made.kpi.kind == "response":
        _response(app, figures, made)


def _coverage(app: App, figures: Figures, made: Figure, whose: Mapping[str, str | None]) -> None:
    """Open pipeline due / (target - closed); n/a without a goal, or where it is met (FORMULAS 8)."""
    from salesctl.services.goal import target_of

    goal = target_of(app, KPIS["revenue"], figures.question.period, whose)
    names = ("revenue", "pipeline", "win_rate_value")
    closed, due, rate = (figures.of(KPIS[name])[0] for name in names)
    made.parts = {"due": due.value, "closed": closed.value, "goal": goal, "needed": needed(rate.value)}
    known = (goal, closed.value, due.value)
    if not all(isinstance(one, Money) for one in known) or len({one.currency for one in known}) > 1:
        return
    made.n = due.n
    found = coverage(due.value.minor, goal.minor, closed.value.minor)
    made.value = None if found is None else round(float(found), 4)


def _response(app: App, figures: Figures, made: Figure) -> None:
    """Median business minutes until the first contact; of leads that came in the period (FORMULAS 11)."""
    from salesctl.services.lead_figures import groups, told

    q = figures.question
    where = Where(["t.archived_at IS NULL"])
    if q.owners is not None:
        where.among("owner_id", q.owners)
    for mark, edge in ((">=", q.period.start), ("<", q.period.end)):
        if edge is not None:
            where.add(f"t.created {mark} {where.name(edge.isoformat())}")
    for group in groups(app, where, None):
        row = told(group, "response")
        made.n, made.of = row["n"], row["n"] + row["waiting"]
        made.excluded = row["excluded"]
        made.left_out = {"unknown_begin": row["excluded"]} if row["excluded"] else {}
        made.value = None if row["median_over"] else row["median"]
