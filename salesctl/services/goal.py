"""Goals: set, listed, and their periods on the working calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain import goalrules as rules
from salesctl.domain import rollup
from salesctl.domain.goal import GOAL, MILLION
from salesctl.domain.kinds import Ref
from salesctl.domain.kpi import KPIS, Kpi, find
from salesctl.domain.rollup import Sum
from salesctl.errors import BadValue, Duplicate, Refused
from salesctl.i18n import _
from salesctl.plain import Data
from salesctl.services.base import reading, unit
from salesctl.store import goals as stored
from salesctl.store import records
from salesctl.store.records import Where
from salesctl.when import Calendar, Period, parse_period

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store
    from salesctl.store.write import Unit

Values = dict[str, Any]
AXES = stored.AXES


def read_target(kpi: Kpi, text: str, currency: str) -> tuple[int, str | None]:
    """A target as it is typed, in the KPI's unit, and its currency. Raises BadValue."""
    from salesctl.money import parse_amount, parse_count, parse_percent

    if kpi.kind == "empty":
        raise Refused(_("{kpi} has no figures yet: {why}").format(kpi=_(kpi.label), why=_(kpi.missing)))
    if kpi.is_outside:
        raise Refused(_("{kpi} takes no goal").format(kpi=_(kpi.label)))
    if kpi.is_money:
        money = parse_amount(text, currency)
        if not money.minor:
            raise BadValue(_("a target of nothing says nothing"))
        return money.minor, money.currency
    if kpi.is_ratio:
        share = parse_percent(text, _("Target"))
        if not share:
            raise BadValue(_("a target of nothing says nothing"))
        return share * MILLION // 100, None
    plain = text.removesuffix("d").removesuffix("天") if kpi.kind in ("days", "survival") else text
    number = parse_count(plain, _("Target"))
    if not number:
        raise BadValue(_("a target of nothing says nothing"))
    return number, None


class Wanted(Data, frozen=True):
    """A goal as it was typed."""

    kpi: str
    target: str
    period: str
    team: str | None = None
    rep: str | None = None
    levels: tuple[str, ...] = ()
    parent: str | None = None
    reason: str | None = None
    product: str | None = None
    customer: str | None = None


def add(app: App, wanted: Wanted) -> Values:
    """A new goal. Refuses a period that is no period (4), a twin (5), levels that do not rise (4), two owners (4)."""
    if wanted.team and wanted.rep:
        raise BadValue(_("a goal is of a team or of a rep, not of both"), _("leave one of them out"))
    with unit(app, "goal.add") as work:
        at = reading(app, work)
        kpi = find(wanted.kpi)
        target, currency = read_target(kpi, wanted.target, at.currency)
        period = period_named(wanted.period, at.today)
        values: Values = {"kpi": kpi.name, "target": target, "currency": currency}
        values |= {"team": at.find("team", wanted.team) if wanted.team else None}
        values |= {"rep": at.find("rep", wanted.rep) if wanted.rep else None}
        values |= {"parent": at.find("goal", wanted.parent) if wanted.parent else None, "reason": wanted.reason}
        for axis in AXES:
            text = getattr(wanted, axis)
            values[axis] = at.find(axis, text) if text else None
        refuse_axis(kpi, values)
        levels = [_whole_level(kpi, text, at.currency) for text in wanted.levels]
        refuse_double([name for name, _amount in levels])
        id = insert(work, values, period, levels)
    return records.get(app.store, GOAL, id)


def period_named(text: str, day: date) -> Period:
    """A period with a first and a last day. Raises BadValue (4)."""
    period = parse_period(text, day)
    if period.start is None or period.end is None:
        raise BadValue(_("a goal needs a first and a last day"), _("as -p 2026Q4"))
    return period


def read_level(kpi: Kpi, text: str, currency: str) -> tuple[str, int | None]:
    """A level as `冲刺=1m`: its name and its target in the KPI's unit, None where nothing follows the mark."""
    from salesctl.text import check_line

    name, equals, amount = text.replace("＝", "=").partition("=")
    if not equals:
        raise BadValue(_("{text} is no level").format(text=text), _("as --level 冲刺=1m"))
    amount = amount.strip()
    return check_line(name, _("Level")), read_target(kpi, amount, currency)[0] if amount else None


def _whole_level(kpi: Kpi, text: str, currency: str) -> tuple[str, int]:
    name, amount = read_level(kpi, text, currency)
    if amount is None:
        raise BadValue(_("{text} is no level").format(text=text), _("as --level 冲刺=1m"))
    return name, amount


def refuse_double(names: Sequence[str]) -> None:
    """Refuse (4) a level that is typed twice: which of the two is meant?"""
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise BadValue(_("level {name} stands there twice").format(name=twice))


def refuse_low(target: int, levels: Sequence[tuple[str, int]]) -> None:
    """Levels stand above the target, each above the one before it. Raises BadValue (4)."""
    for name, amount in levels:
        if amount <= target:
            raise BadValue(_("level {name} is not above what is before it").format(name=name))
        target = amount


def insert(work: Unit, values: Values, period: Period, levels: Sequence[tuple[str, int]] = ()) -> int:
    """A goal with its levels; its id. Refuses a twin (5), levels that do not rise (4)."""
    scope = "rep" if values.get("rep") else "team" if values.get("team") else "company"
    values |= {"scope": scope, "period": period.code, "start": period.start, "end": period.last}
    refuse_twin(work, values)
    refuse_low(values["target"], levels)
    id = work.insert(GOAL, values)
    for name, amount in levels:
        work.put("goal_level", {"goal_id": id, "name": name, "target": amount})
    return id


def refuse_axis(kpi: Kpi, values: Values) -> None:
    """Refuse (4) a product or a customer of what is no sum over deals, and both at once."""
    given = [axis for axis in AXES if values.get(axis)]
    if given and not (kpi.over == "deal" and kpi.adds_up):
        raise BadValue(
            _("{kpi} is no sum over deals: no goal of one product or customer").format(kpi=_(kpi.label)),
            _("as: revenue or won"),
        )
    if len(given) > 1:
        raise BadValue(_("a goal is of a product or of a customer, not of both"))


def refuse_twin(work: Unit, values: Values, but: int = 0) -> None:
    """Refuse (5) a second goal on a KPI for the same period and scope, and one that overlaps half of another."""
    id = stored.twin(work, values, but)
    if id:
        raise Duplicate(
            _("this goal is there already as {ref}").format(ref=GOAL.code(id)),
            _("archive it first, or set another period"),
        )
    _refuse_crossing(work, values, but)


def _refuse_crossing(work: Unit, values: Values, but: int) -> None:
    """Refuse (5) a goal whose period lies half in that of another such goal; a month within its quarter is none.

    Weeks cross months by nature, and may.
    """
    if "-W" in values["period"]:
        return
    row = stored.crossing(work, values, but)
    if row:
        raise Duplicate(
            _("this period overlaps half of that of {ref}, {period}").format(
                ref=GOAL.code(row["id"]), period=row["period"]
            ),
            _("goals of one KPI lie side by side or within each other"),
        )


def kept(goal: Values, key: str) -> Ref | None:
    id = goal[f"{key}_id"]
    return Ref(key, id, goal[key] or "", "") if id else None


def _ends(period: Period) -> tuple[date, date]:
    assert period.start is not None and period.end is not None
    return period.start, period.end


def calendar(store: Store) -> Calendar:
    """The organisation's working days: Monday to Friday, and the days that are set otherwise."""
    off: set[date] = set()
    extra: set[date] = set()
    for row in store.query("SELECT day, working FROM day_off ORDER BY day"):
        (extra if row["working"] else off).add(date.fromisoformat(str(row["day"])))
    return Calendar(off=frozenset(off), extra=frozenset(extra))


def period_of(goal: Mapping[str, Any]) -> Period:
    """The half-open period of a stored goal."""
    period = parse_period(goal["period"], goal["start"])
    return Period(goal["start"], goal["end"] + timedelta(days=1), period.unit)


def days_of(store: Store, period: Period, day: date, as_of: bool) -> rules.Days:
    """Working days of a period: live, today is still to come; as of a day, that day is gone."""
    days = calendar(store)
    start, end = _ends(period)
    upto = min(end, day + timedelta(days=1) if as_of else day)
    return rules.Days(days.between(start, max(start, upto)), days.between(start, end))


def listed(store: Store, where: Where) -> list[Values]:
    """Goals that fit, as `ordered` puts them."""
    return ordered([values for values, _raw in records.page(store, GOAL, where, "start")])


def ordered(goals: Sequence[Values]) -> list[Values]:
    """The soonest and longest first; the company's, then the teams', then the reps'."""
    rank = {"company": 0, "team": 1, "rep": 2}

    def place(goal: Values) -> tuple[Any, ...]:
        return goal["start"], -goal["end"].toordinal(), goal["kpi"], rank[goal["scope"]], goal["id"] or 0

    return sorted(goals, key=place)


def with_sums(store: Store, goals: list[Values]) -> list[Values]:
    """The goals and what they roll up to where nothing is set: years of quarters of months, the company of teams of persons."""
    from salesctl.store.reps import teams

    return ordered([*goals, *rollup.roll(goals, teams(store))]) if goals else []


def sums(store: Store, goal: Values) -> list[Sum]:
    """What the parts of a goal come to, by each way in which other goals part it; none of what does not add up."""
    from salesctl.store.reps import teams

    if not goal["id"] or not KPIS[goal["kpi"]].adds_up:
        return []
    return rollup.sums(goal, stored.within(store, goal), teams(store))
