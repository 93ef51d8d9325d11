"""Goals that nobody set but that follow: a quarter from its three months, a team from its persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from salesctl.domain.kpi import KPIS
from salesctl.period import Period, around

Goal = dict[str, Any]
Key = tuple[Any, ...]


def roll(goals: Iterable[Goal], teams: Mapping[int, tuple[int, str]]) -> list[Goal]:
    """The sums of the goals that add up, where no goal of that period and scope is set; `parts` are their refs.

    `teams` tells the team (id, name) of a rep. Months roll up when all three of a quarter are there, persons when at
    least two of a team are. A rolled goal has no ref and no id.
    """
    known = [goal for goal in goals if KPIS[goal["kpi"]].adds_up]
    months = _quarters(known)
    return months + _teams(known + months, teams)


def _key(goal: Goal) -> Key:
    return goal["kpi"], goal["currency"], goal["team_id"], goal["rep_id"], goal["start"], goal["end"]


def _quarters(goals: list[Goal]) -> list[Goal]:
    found: dict[Key, list[Goal]] = defaultdict(list)
    for goal in goals:
        if around(goal["start"], "month").last == goal["end"]:
            quarter = around(goal["start"], "quarter")
            found[(*_key(goal)[:4], quarter.start, quarter.last)].append(goal)
    rolled = []
    for key, parts in found.items():
        if len({part["start"] for part in parts}) == 3 and not any(_key(goal) == key for goal in goals):
            rolled.append(_sum(parts, start=key[4], end=key[5], period=around(key[4], "quarter").code))
    return rolled


def _teams(goals: list[Goal], teams: Mapping[int, tuple[int, str]]) -> list[Goal]:
    found: dict[Key, list[Goal]] = defaultdict(list)
    for goal in goals:
        if goal["rep_id"] in teams:
            kpi, currency, _team, _rep, start, end = _key(goal)
            found[(kpi, currency, teams[goal["rep_id"]][0], None, start, end)].append(goal)
    rolled = []
    for key, parts in found.items():
        if len(parts) > 1 and not any(_key(goal) == key for goal in goals):
            id, name = teams[parts[0]["rep_id"]]
            whose = {"scope": "team", "team": name, "team_id": id, "rep": None, "rep_id": None, "rep_ref": None}
            rolled.append(_sum(parts, **whose, team_ref=f"TM{id}"))
    return rolled


def _sum(parts: list[Goal], **own: Any) -> Goal:
    empty = dict.fromkeys(
        ("ref", "id", "parent", "parent_id", "parent_ref", "reason", "note", "version", "archived_at")
    )
    refs = [ref for part in parts for ref in (part.get("parts") or [part["ref"]])]
    return {**parts[0], **empty, **own, "target": sum(part["target"] for part in parts), "parts": refs}


def partings(goal: Goal, parts: Iterable[Mapping[str, Any]]) -> list[list[int]]:
    """The targets of a goal's parts by how they part it: those of its own period, and its months where all are there.

    `parts` have start and end as dates or as ISO texts.
    """
    own = (str(goal["start"]), str(goal["end"]))
    ends = [((str(part["start"]), str(part["end"])), part["target"]) for part in parts]
    months = Period(goal["start"], goal["end"] + timedelta(days=1), "days").split("month")
    spans = {(str(month.start), str(month.last)) for month in months} - {own}
    whole = [target for span, target in ends if span == own]
    monthly = [target for span, target in ends if span in spans]
    covered = spans <= {span for span, _target in ends}
    return [targets for targets in (whole, monthly if covered else []) if targets]
