"""Goals that nobody set but that follow (a year from quarters and months, a team from persons), and what parts come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from salesctl.domain.kpi import KPIS
from salesctl.period import Period, around
from salesctl.plain import Data

Goal = dict[str, Any]
Key = tuple[Any, ...]


def roll(goals: Iterable[Goal], teams: Mapping[int, tuple[int, str]]) -> list[Goal]:
    """The sums of the goals that add up, where no goal of that period and scope is set; `parts` are their refs.

    `teams` tells the team (id, name) of a rep. Months roll up when all three of a quarter are there, quarters when all
    four of a year are, persons and teams when at least two of a team or of the company are. A rolled goal has no ref
    and no id.
    """
    known = [goal for goal in goals if KPIS[goal["kpi"]].adds_up]
    rolled = _periods(known, "month", "quarter", 3)
    rolled += _periods(known + rolled, "quarter", "year", 4)
    rolled += _teams(known + rolled, teams)
    return rolled + _company(known + rolled)


def _key(goal: Goal) -> Key:
    axes = goal["product_id"], goal["customer_id"]
    return goal["kpi"], goal["currency"], axes, goal["team_id"], goal["rep_id"], goal["start"], goal["end"]


def _periods(goals: list[Goal], small: str, large: str, wanted: int) -> list[Goal]:
    """Sums over the larger period of those of the smaller, where all of them are there."""
    found: dict[Key, list[Goal]] = defaultdict(list)
    for goal in goals:
        part = around(goal["start"], small)
        if (part.start, part.last) == (goal["start"], goal["end"]):
            whole = around(goal["start"], large)
            found[(*_key(goal)[:5], whole.start, whole.last)].append(goal)
    taken = {_key(goal) for goal in goals}
    return [
        _sum(parts, start=key[5], end=key[6], period=around(key[5], large).code)
        for key, parts in found.items()
        if len({part["start"] for part in parts}) == wanted and key not in taken
    ]


def _teams(goals: list[Goal], teams: Mapping[int, tuple[int, str]]) -> list[Goal]:
    found: dict[Key, list[Goal]] = defaultdict(list)
    for goal in goals:
        if goal["rep_id"] in teams:
            kpi, currency, axes, _team, _rep, start, end = _key(goal)
            found[(kpi, currency, axes, teams[goal["rep_id"]][0], None, start, end)].append(goal)
    taken, rolled = {_key(goal) for goal in goals}, []
    for key, parts in found.items():
        if len(parts) > 1 and key not in taken:
            id, name = teams[parts[0]["rep_id"]]
            whose = {"scope": "team", "team": name, "team_id": id, "rep": None, "rep_id": None, "rep_ref": None}
            rolled.append(_sum(parts, **whose, team_ref=f"TM{id}"))
    return rolled


def _company(goals: list[Goal]) -> list[Goal]:
    found: dict[Key, list[Goal]] = defaultdict(list)
    for goal in goals:
        if goal["team_id"] and not goal["rep_id"]:
            found[(*_key(goal)[:3], None, None, goal["start"], goal["end"])].append(goal)
    taken = {_key(goal) for goal in goals}
    none = dict.fromkeys(("team", "team_id", "team_ref", "rep", "rep_id", "rep_ref"))
    return [_sum(parts, scope="company", **none) for key, parts in found.items() if len(parts) > 1 and key not in taken]


def _sum(parts: list[Goal], **own: Any) -> Goal:
    empty = dict.fromkeys(
        ("ref", "id", "parent", "parent_id", "parent_ref", "reason", "note", "version", "archived_at")
    )
    refs = [ref for part in parts for ref in (part.get("parts") or [part["ref"]])]
    return {**parts[0], **empty, **own, "target": sum(part["target"] for part in parts), "parts": refs}


class Sum(Data, frozen=True):
    """What the parts of a goal come to: `by` reps, teams, products, customers, months or quarters."""

    by: str
    targets: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.targets)


def sums(goal: Goal, others: Iterable[Mapping[str, Any]], teams: Mapping[int, tuple[int, str]]) -> list[Sum]:
    """Every way in which other goals part this one, with their targets; each of them ought to add up to it.

    `others` have start and end as dates or as ISO texts. Months and quarters count when all of them are there; persons
    and teams of its own period when two are, or one that was linked to it; the company's persons where no team is.
    """
    mine = [one for one in others if one["id"] != goal["id"]]
    own = _span(goal)
    whole = [one for one in mine if _span(one) == own]
    found = [*_persons(goal, [one for one in whole if _what(one) == _what(goal)], teams), *_axes(goal, whole)]
    for by, unit in (("quarters", "quarter"), ("months", "month")):
        spans = {
            (str(part.start), str(part.last))
            for part in Period(goal["start"], goal["end"] + timedelta(days=1), "days").split(unit)
        } - {own}
        parts = [
            one for one in mine if _span(one) in spans and (_whose(one), _what(one)) == (_whose(goal), _what(goal))
        ]
        if spans and {_span(one) for one in parts} == spans:
            found.append(Sum(by, tuple(one["target"] for one in parts)))
    return found


def _persons(goal: Goal, whole: list[Mapping[str, Any]], teams: Mapping[int, tuple[int, str]]) -> Iterator[Sum]:
    if goal["rep_id"]:
        return
    team = goal["team_id"]
    below = [one for one in whole if one["team_id"] and not one["rep_id"]] if not team else []
    reps = [one for one in whole if one["rep_id"] and (not team or teams.get(one["rep_id"], (0, ""))[0] == team)]
    if not team and below:
        reps = [one for one in reps if one["parent_id"] == goal["id"]]
    for by, parts in (("teams", below), ("reps", reps)):
        if len(parts) > 1 or any(one["parent_id"] == goal["id"] for one in parts):
            yield Sum(by, tuple(one["target"] for one in parts))


def _axes(goal: Goal, whole: list[Mapping[str, Any]]) -> Iterator[Sum]:
    """The goals of its products and of its customers: the second axis, which parts the same whole as the persons do."""
    if any(_what(goal)):
        return
    for by, key in (("products", "product_id"), ("customers", "customer_id")):
        parts = [one for one in whole if one[key] and _whose(one) == _whose(goal)]
        if len(parts) > 1 or any(one["parent_id"] == goal["id"] for one in parts):
            yield Sum(by, tuple(one["target"] for one in parts))


def _span(goal: Mapping[str, Any]) -> tuple[str, str]:
    return str(goal["start"]), str(goal["end"])


def _whose(goal: Mapping[str, Any]) -> tuple[Any, Any]:
    return goal["team_id"] or None, goal["rep_id"] or None


def _what(goal: Mapping[str, Any]) -> tuple[Any, Any]:
    return goal["product_id"] or None, goal["customer_id"] or None
