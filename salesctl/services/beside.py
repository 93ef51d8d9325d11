"""Figures that more than the records belong to: coverage and attainment need the goal, the response of leads the hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import KPIS, TIMES, Kpi
from salesctl.domain.velocity import coverage, needed
from salesctl.money import Money
from salesctl.services.figure import Figure
from salesctl.services.required import rates
from salesctl.store.records import Where

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.figures import Figures
    from salesctl.services.lead_figures import Group

UNITS = {"coverage": "times", "response": "minutes"}


def told(app: App, figures: Figures, kpi: Kpi, whose: Mapping[str, str | None]) -> list[Figure]:
    """A figure that the records alone do not answer, or one a group; without what it needs it is n/a."""
    if kpi.kind == "empty" or not app.store.exists:
        return [_blank(figures, kpi)] if figures.question.by is None else []
    if figures.question.by in TIMES:
        from salesctl.services.measured import each_part

        return each_part(figures, kpi, lambda part: told(app, part, kpi, whose))
    return _response(app, figures, kpi) if kpi.kind == "response" else _against_goals(app, figures, kpi, whose)


def _blank(figures: Figures, kpi: Kpi, group: str | None = None) -> Figure:
    return Figure(kpi, figures.question.period, group, unit=UNITS.get(kpi.kind, "ratio"))


def _against_goals(app: App, figures: Figures, kpi: Kpi, whose: Mapping[str, str | None]) -> list[Figure]:
    """What is held against the revenue goal: of whom it is asked, or of each rep or team that has a goal or sold."""
    from salesctl.services.target import target_of, targets_of

    q, revenue = figures.question, KPIS["revenue"]
    goals = (
        {None: target_of(app, revenue, q.period, whose)} if q.by is None else targets_of(app, revenue, q.period, q.by)
    )
    closed = {one.group: one for one in figures.of(revenue)}
    if kpi.kind == "attainment":
        return [
            _attainment(_blank(figures, kpi, group), goals.get(group), closed.get(group))
            for group in _groups(q.owners is None, goals, closed)
        ]
    due = {one.group: one for one in figures.of(KPIS["pipeline"])}
    rated = rates(figures, money=True)
    app.shows(*rated.values())
    return [
        _coverage(_blank(figures, kpi, group), goals.get(group), *(side.get(group) for side in (closed, due, rated)))
        for group in _groups(q.owners is None, goals, closed, due)
    ]


def _groups(all: bool, goals: Mapping[Any, Any], *sides: Mapping[Any, Any]) -> list[Any]:
    """The groups of the figures, and those of goals alone where everybody is asked about."""
    every = [group for side in sides for group in side] + (list(goals) if all else [])
    return sorted(dict.fromkeys(every), key=lambda group: (group not in goals, str(group)))


def _attainment(made: Figure, goal: Any, closed: Figure | None) -> Figure:
    """Actual / target; n/a without a goal (FORMULAS 10)."""
    made.parts = {"goal": goal, "closed": closed.value if closed else None}
    _carry(made, closed)
    if not isinstance(goal, Money):
        return made
    worth = Money(0, goal.currency) if closed is None else closed.value
    made.n = closed.n if closed else 0
    made.parts["closed"] = worth
    if isinstance(worth, Money) and (worth.currency == goal.currency or not worth.minor) and goal.minor:
        made.value = worth.minor / goal.minor
    return made


def _coverage(
    made: Figure, goal: Any, closed: Figure | None, due: Figure | None, rate: Figure | None
) -> Figure:  # fmt: skip
    """Open pipeline due / (target - closed); n/a without a goal, or where it is met (FORMULAS 8)."""
    nothing = Money(0, goal.currency) if isinstance(goal, Money) else None
    won: Any = nothing if closed is None else closed.value
    open_: Any = nothing if due is None else due.value
    made.parts = {
        "due": open_,
        "closed": won,
        "goal": goal,
        "rate": rate,
        "needed": needed(rate.value if rate else None),
    }
    _carry(made, closed, due)
    worths = [one for one in (goal, won, open_) if isinstance(one, Money)]
    if len(worths) < 3 or len({one.currency for one in worths if one.minor}) > 1:
        return made
    made.n = due.n if due else 0
    found = coverage(open_.minor, goal.minor, won.minor)
    made.value = None if found is None else round(float(found), 4)
    return made


def _carry(made: Figure, *inputs: Figure | None) -> None:
    """What its inputs leave out, and the rates they used or lacked, are its own."""
    for one in inputs:
        if one is None:
            continue
        for reason, n in one.left_out.items():
            made.left_out[reason] = made.left_out.get(reason, 0) + n
        made.excluded += one.excluded
        made.used = tuple(sorted({*made.used, *one.used}))
        made.lacking, made.base = {**made.lacking, **one.lacking}, made.base or one.base


def _response(app: App, figures: Figures, kpi: Kpi) -> list[Figure]:
    """Median business minutes until the first contact; of leads that came in the period (FORMULAS 11)."""
    from salesctl.services.lead_figures import groups

    q = figures.question
    where = Where(["t.archived_at IS NULL"])
    if q.as_of is not None:
        where = Where([f"t.created <= '{q.day}'", "(t.archived_at IS NULL OR t.archived_at >= :as_of)"], as_of=q.as_of)
        where.params["as_of"] = q.as_of
    if q.owners is not None:
        where.among("owner_id", q.owners)
    for mark, edge in ((">=", q.period.start), ("<", q.period.end)):
        if edge is not None:
            where.add(f"t.created {mark} {where.name(edge.isoformat())}")
    found = groups(app, where, q.by)
    if q.by is None and not found:
        return [_blank(figures, kpi)]
    return [_answered(_blank(figures, kpi, figures.label(group.name)), group) for group in found]


def _answered(made: Figure, group: Group) -> Figure:
    from salesctl.services.lead_figures import told as clock

    row = clock(group, "response")
    made.n, made.of = row["n"], row["n"] + row["waiting"]
    made.excluded = row["excluded"]
    made.left_out = {"unknown_begin": row["excluded"]} if row["excluded"] else {}
    made.value = None if row["median_over"] else row["median"]
    return made
