"""Sharing a goal out: over persons, teams, products, customers or periods, evenly, as last year went, or as a file says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain import goalrules as rules
from salesctl.domain.goal import GOAL
from salesctl.domain.kinds import Ref
from salesctl.domain.kpi import KPIS
from salesctl.errors import BadValue, Refused
from salesctl.i18n import _
from salesctl.services import goal as goals
from salesctl.services.base import reading, unit
from salesctl.services.target import scaled
from salesctl.store import goals as stored
from salesctl.store import records, reps
from salesctl.when import Period, parse_period

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]
LAST_YEAR = "lastyear"
PERIODS = {"months": "month", "quarters": "quarter"}


class Part(NamedTuple):
    """One share: its weight when all is even, whose it is (goal fields), its period where that is another, its name."""

    weight: int
    scope: Values
    period: Period | None
    name: str


class Shared(NamedTuple):
    """What a split made, and who or what got nothing because it weighs nothing."""

    goals: list[Values]
    without: list[str]


def split(app: App, text: str, by: str, like: str | None = None) -> Shared:
    """Share a goal out `by` reps, teams, products, customers, months or quarters; the parts add up to it and are its children.

    Evenly (periods by their working days), `like` lastyear, or `like` the shares of a file. A part of nothing is none.
    Refuses ratios, and a split like something that was nothing (4).
    """
    lines = _read(like) if like not in (None, LAST_YEAR) else None
    with unit(app, "goal.split") as work:
        ref = reading(app, work).find("goal", text)
        goal = records.get(work, GOAL, ref.id)
        kpi = KPIS[goal["kpi"]]
        if not kpi.adds_up:
            raise Refused(_("{kpi} does not add up, so it cannot be split").format(kpi=_(kpi.label)))
        parts = _parts(work, goal, by)
        if like == LAST_YEAR:
            parts = _last_year(app, goal, parts)
        elif lines is not None:
            parts = _said(app, work, lines, parts, by, str(like))
        shares = rules.split(goal["target"], [part.weight for part in parts])
        common: Values = {"kpi": kpi.name, "currency": goal["currency"], "parent": ref}
        common |= {key: goals.kept(goal, key) for key in ("team", "rep", *goals.AXES)}
        period, ids, without = goals.period_of(goal), [], []
        for share, part in zip(shares, parts, strict=True):
            if share:
                ids.append(goals.insert(work, {**common, **part.scope, "target": share}, part.period or period))
            else:
                without.append(part.name)
    return Shared([records.get(app.store, GOAL, id) for id in ids], without)


def _parts(work: Unit, goal: Values, by: str) -> list[Part]:
    if by == "reps":
        return _reps(work, goal)
    if by in ("products", "customers"):
        return _axis(work, goal, by.removesuffix("s"))
    return _teams(work, goal) if by == "teams" else _periods(work, goal, PERIODS[by])


def _reps(work: Unit, goal: Values) -> list[Part]:
    if goal["rep_id"]:
        raise Refused(_("this goal is a rep's already"), _("split it by months"))
    rows = reps.selling(work, goal["team_id"])
    if not rows:
        raise Refused(_("there are no reps to split it over"), _("add them: salesctl rep add NAME team=TEAM"))
    return [
        Part(1, {"rep": Ref("rep", row["id"], row["name"], f"R{row['id']}"), "team": None}, None, row["name"])
        for row in rows
    ]


def _teams(work: Unit, goal: Values) -> list[Part]:
    """The teams of the company; evenly, each weighs as much as it has reps."""
    if goal["rep_id"] or goal["team_id"]:
        raise Refused(_("only the company's goal can be split over teams"), _("split it by reps or by months"))
    rows = reps.selling_teams(work)
    if not any(row["n"] for row in rows):
        raise Refused(_("there are no teams with reps to split it over"), _("add them: salesctl team add NAME"))
    return [Part(row["n"], {"team": Ref("team", row["id"], row["name"], f"TM{row['id']}")}, None, row["name"]) for row in rows]  # fmt: skip


def _axis(work: Unit, goal: Values, axis: str) -> list[Part]:
    """All products or customers that are there: the second axis. Evenly, each weighs the same."""
    goals.refuse_axis(KPIS[goal["kpi"]], {axis: True})
    if goal["product_id"] or goal["customer_id"]:
        raise Refused(_("this goal is of one product or customer already"), _("split it by reps or by months"))
    rows = stored.axis(work, axis)
    if not rows:
        raise Refused(_("there is nothing to split it over"), _("add them: salesctl {noun} add NAME").format(noun=axis))
    prefix = {"product": "I", "customer": "C"}[axis]
    return [
        Part(1, {axis: Ref(axis, row["id"], row["name"], f"{prefix}{row['id']}")}, None, row["name"]) for row in rows
    ]


def _periods(work: Unit, goal: Values, unit_: str) -> list[Part]:
    spans = goals.period_of(goal).split(unit_)
    if len(spans) < 2:
        raise Refused(
            _("this goal is a month's already") if unit_ == "month" else _("this goal is a quarter's already"),
            _("split it by reps"),
        )
    days = goals.calendar(work)
    return [Part(max(1, days.between(*_ends(span))), {}, span, span.code) for span in spans]


def _ends(period: Period) -> tuple[date, date]:
    assert period.start is not None and period.end is not None
    return period.start, period.end


def _last_year(app: App, goal: Values, parts: list[Part]) -> list[Part]:
    """The parts weighed by what each brought in the same period a year before."""
    from salesctl.services.standing import Board

    board, kpi, whole = Board(app), KPIS[goal["kpi"]], goals.period_of(goal)
    weighed = []
    for part in parts:
        whose = {**goal, **{f"{key}_id": ref.id if ref else None for key, ref in part.scope.items()}}
        whose |= {key: ref.name if ref else None for key, ref in part.scope.items()}
        figure = board.figure(whose, kpi, (part.period or whole).last_year())
        weighed.append(part._replace(weight=max(0, scaled(kpi, figure.value) or 0)))
    if not any(part.weight for part in weighed):
        raise Refused(_("a year before there was nothing to go by"), _("share it out evenly, or --like FILE"))
    return weighed


def _read(path: str | None) -> list[tuple[int, list[str]]]:
    from salesctl.readers.lines import cells
    from salesctl.readers.text import whole

    return list(cells(whole(path or "-")))


def _said(
    app: App, work: Unit, lines: list[tuple[int, list[str]]], parts: list[Part], by: str, path: str
) -> list[Part]:
    """The parts that a file names, weighed by its second column. Raises BadValue (4) with the line."""
    known = {_key(part): part for part in parts}
    find = _finder(app, work, by)
    found: dict[Any, Part] = {}
    for place, (number, cells) in enumerate(lines):
        weight = _weight(cells[1]) if len(cells) == 2 else None
        if weight is None and not place and len(cells) == 2 and _is_header(cells, known):
            continue
        key = find(cells[0]) if weight is not None else None
        if weight is None or key not in known or key in found:
            raise BadValue(
                _("{path} line {n}: {text} is no part of this goal with a share, or stands there twice").format(
                    path=path, n=number, text=",".join(cells)
                ),
                _("as: {example}").format(example="Anna,40" if by != "months" else "2026-10,40"),
            )
        found[key] = known[key]._replace(weight=weight)
    if not any(part.weight for part in found.values()):
        raise BadValue(_("{path} gives no shares").format(path=path), _("as: {example}").format(example="Anna,40"))
    return list(found.values())


def _is_header(cells: list[str], known: dict[Any, Part]) -> bool:
    """Whether a first line names columns: neither a number nor the exact name of a part stands in it."""
    from contextlib import suppress

    from salesctl.text import name_key

    with suppress(ValueError):
        float(cells[1])
        return False
    return name_key(cells[0]) not in {name_key(part.name) for part in known.values()}


def _key(part: Part) -> Any:
    if part.period is not None:
        return part.period.start, part.period.last
    return next(ref.id for ref in part.scope.values() if ref)


def _finder(app: App, work: Unit, by: str) -> Callable[[str], Any]:
    at = reading(app, work)

    def find(text: str) -> Any:
        if by in PERIODS:
            span = parse_period(text, at.today)
            return span.start, span.last
        return at.find(by.removesuffix("s"), text).id

    return find


def _weight(text: str) -> int | None:
    """A share as 40, 40%, 12.5 or 1,200.50, in hundredths; None for anything else."""
    import re

    plain = text.strip().removesuffix("%").removesuffix("％").replace(",", "").strip()
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", plain, re.ASCII):
        return None
    whole, _dot, rest = plain.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))
