"""Blocks about where it goes: the goal of the month, quarter or year, the forecast, all running goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from salesctl.commands._brief import Told, amount, span_data
from salesctl.domain import goalrules as rules
from salesctl.domain.forecast import LABELS
from salesctl.domain.kpi import KPIS
from salesctl.i18n import N_, _, _n
from salesctl.output.bars import track
from salesctl.output.views import Chart, Column, Table

if TYPE_CHECKING:
    from salesctl.commands._brief import Brief
    from salesctl.services.standing import Standing
    from salesctl.when import Period

Values = dict[str, Any]
UNITS = {"month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year")}


def goal(brief: Brief, options: Mapping[str, str]) -> Told:
    """Revenue of the month, quarter or year the report lies in, against its goal and the calendar."""
    from salesctl.services.base import today

    unit = options["of"]
    span = brief.horizon(unit)
    standing = _standing(brief, span)
    now = brief.figures(span).of(KPIS["revenue"])[0]
    data: Values = {"period": span_data(span), "value": now.value, "goal": None, "ref": None, "done": None}
    data |= {"time": None, "pace": None, "state": None, "days_left": None, "lands": None}
    label = _(UNITS[unit])
    if standing is None:
        brief.app.shows(now)
        text = _("{amount}, no goal: salesctl goal add revenue AMOUNT -p {period}")
        line = text.format(amount=amount(now.value), period=span.code)
        return Told(data, [line], big=amount(now.value), label=label)
    from salesctl.services.target import value_of

    code = standing.goal["currency"]
    value, target = (value_of(standing.kpi, one, code) for one in (standing.now, standing.target))
    done, days = standing.attainment, standing.days
    data |= {
        "value": value, "goal": target, "ref": standing.goal["ref"], "done": None if done is None else round(float(done), 6),
        "time": round(float(days.share), 6), "pace": None if standing.pace is None else round(float(standing.pace), 6),
        "state": standing.state, "days_left": days.left, "lands": value_of(standing.kpi, standing.lands, code),
    }  # fmt: skip
    text = _("{now} of {target}   {done:.0f} %, time {time:.0f} %: {state}")
    line = text.format(
        now=amount(value) if value is not None else _("n/a"), target=amount(target), done=100 * float(done or 0),
        time=100 * float(days.share), state=_(rules.STATES[standing.state]),
    )  # fmt: skip
    if days.left and brief.day <= (span.last or today(brief.app)):
        line += ", " + _n("{n} working day left", "{n} working days left", days.left).format(n=days.left)
    return Told(data, [line, track(done, days.share, 40)], big=f"{100 * float(done or 0):.0f} %", label=label)


def _standing(brief: Brief, span: Period) -> Standing | None:
    """The revenue goal of exactly this period and whose report it is."""
    from salesctl.services.goal import listed
    from salesctl.services.standing import Board
    from salesctl.store import goals

    if not brief.app.store.exists:
        return None
    where = goals.exactly(span.first, span.last)
    where.add("t.kpi = 'revenue'")
    _of(brief, where)
    found = listed(brief.app.store, where)
    return Board(brief.app, brief.base.as_of, brief.day).standing(found[0]) if found else None


def _of(brief: Brief, where: Any) -> None:
    """Only goals of exactly whose report it is."""
    from salesctl.services.base import reading

    at = reading(brief.app)
    team = at.find("team", brief.team).id if brief.team else None
    rep = at.find("rep", brief.owner).id if brief.owner not in (None, "all") else None
    for column, id in (("team_id", team if rep is None else None), ("rep_id", rep)):
        where.add(f"t.{column} IS NULL" if id is None else f"t.{column} = {where.name(id)}")


def forecast(brief: Brief, options: Mapping[str, str]) -> Told:
    """The line of `forecast`: commit, weighted with its likely range, best case, the chance of the goal."""
    from salesctl.commands._forecast import headline
    from salesctl.services.forecast import forecast as foretold

    span = brief.horizon(options["of"])
    found = foretold(brief.app, brief.question(span), brief.whose)
    rolled, outlook = found.rolled, found.outlook
    ends = (None, None) if outlook is None else (found.money(outlook.quantile(10)), found.money(outlook.quantile(90)))
    data = {
        "period": span_data(span), "closed": found.money(rolled["closed"].amount),
        "commit": found.money(rolled["commit"].amount), "best_case": found.money(rolled["best_case"].amount),
        "pipeline": found.money(rolled["pipeline"].amount), "weighted": found.money(found.weighted),
        "p10": ends[0], "p90": ends[1], "goal": found.goal, "chance": None if found.chance is None else float(found.chance),
    }  # fmt: skip
    names = [_(LABELS["closed"]), _(LABELS["commit"]), _("weighted"), _(LABELS["best_case"])]
    minors = (rolled["closed"].amount, rolled["commit"].amount, found.weighted, rolled["best_case"].amount)
    sums = [found.money(one) for one in minors]
    if found.goal is not None and found.goal.currency == found.currency:
        names.append(_("goal"))
        sums.append(found.goal)
    chart = None
    if any(one.minor for one in sums):
        numbers = [one.minor for one in sums]
        chart = Chart("bar", _("Forecast"), names, [(_("Amount"), numbers)], [[amount(one) for one in sums]])
    return Told(data, [headline(found, brief.lang)], chart=chart, big=amount(sums[2]))


def running(brief: Brief, lands: bool = True) -> list[Values]:
    """The goals that run on the day, of whose report it is: the company's; a team's and its reps'; a rep's.

    `lands` says that the report tells where they land.
    """
    from salesctl.commands._goals import shown
    from salesctl.services.goal import listed
    from salesctl.services.standing import Board
    from salesctl.store import goals

    if not brief.app.store.exists:
        return []
    where = goals.running(brief.day)
    if brief.team:
        from salesctl.services.base import reading

        goals.of_team(where, reading(brief.app).find("team", brief.team).id)
    elif brief.owners is not None:
        where.among("rep_id", brief.owners)
    board = Board(brief.app, brief.base.as_of, brief.day, lands)
    standings = [board.standing(one) for one in listed(brief.app.store, where)]
    return [shown(one) | {"state_shown": _(rules.STATES[one.state])} for one in standings]


def behind(brief: Brief) -> list[Values]:
    """Running goals that are behind, the worst first."""
    order = {"missed": 0, "at_risk": 1, "behind": 2}
    found = [one for one in running(brief, lands=False) if one["state"] in order]
    return sorted(found, key=lambda one: (order[one["state"]], one["pace"] or 0, one["id"] or 0))


KEYS = ("ref", "kpi", "who", "period", "target", "now", "attainment", "pace", "state", "lands")
COLUMNS = (
    Column("ref_shown", N_("Ref"), whole=True),
    Column("kpi_label", N_("Goal"), grow=True),
    Column("who_shown", N_("Who"), grow=True),
    Column("period_shown", N_("Period"), whole=True),
    Column("now_shown", N_("Now"), "r"),
    Column("target_shown", N_("Target"), "r"),
    Column("done_shown", N_("Done"), "r"),
    Column("pace_shown", N_("Pace"), whole=True),
    Column("track", N_("| = time"), whole=True, data=False),
)


def goals(brief: Brief, _options: Mapping[str, str]) -> Told:
    """All goals that run on the day, with their pace."""
    rows = running(brief)
    data = {"goals": [{key: row[key] for key in KEYS} for row in rows]}
    return Told(data, table=Table(rows, COLUMNS, empty=_("no goals"), tight=True))
