"""Milestones of running goals: 50, 90 and 100 percent and the levels above, each told once by a run that delivers."""

from __future__ import annotations

from datetime import date
from typing import Any

from salesctl.commands._goals import exactly, who
from salesctl.domain.goalrules import milestones
from salesctl.i18n import _
from salesctl.services import told
from salesctl.services.goal import listed
from salesctl.services.standing import Board, Standing
from salesctl.store.records import Where


def tell(app: Any, owner: str | None, team: str | None, day: date) -> list[dict[str, Any]]:
    """What running goals passed since it was last told, the highest of each; it is told from now on."""
    if not app.store.exists:
        return []
    board = Board(app, None, day, lands=False)
    passed: dict[str, tuple[Standing, str]] = {}
    for goal in listed(app.store, _running(app, owner, team, day)):
        one = board.standing(goal)
        if one.now is None or one.kpi.is_ratio or one.kpi.better == "down":
            continue
        for name in milestones(one.now, one.target, one.levels):
            passed[f"goal:{goal['id']}:{one.target}:{name}"] = one, name
    new = told.claim(app, "remind.once", {cause: _line(*pair) for cause, pair in passed.items()})
    highest = {one.goal["id"]: (one, name) for cause, (one, name) in passed.items() if cause in new}
    return [_row(one, name) for one, name in highest.values()]


def _running(app: Any, owner: str | None, team: str | None, day: date) -> Where:
    from salesctl.services import scope
    from salesctl.services.base import reading
    from salesctl.store import goals

    where = goals.running(day)
    if team:
        goals.of_team(where, reading(app).find("team", team).id)
        return where
    owners, _name = scope.whose(app, owner, team)
    if owners is not None:
        where.among("rep_id", owners)
    return where


def _called(name: str) -> str:
    return f"{name} %" if name.isdigit() else name.removeprefix("=")


def _line(one: Standing, name: str) -> str:
    now = _("{now} of {target}").format(now=exactly(one, one.now), target=exactly(one, one.target))
    return f"{one.goal['ref']}  {_(one.kpi.label)}  {who(one)}  " + _("{milestone} reached").format(milestone=_called(name)) + f"  {now}"  # fmt: skip


def _row(one: Standing, name: str) -> dict[str, Any]:
    return {
        "ref": one.goal["ref"],
        "kpi": one.kpi.name,
        "who": one.goal["rep"] or one.goal["team"],
        "period": one.goal["period"],
        "milestone": _called(name),
        "text": _line(one, name),
    }
