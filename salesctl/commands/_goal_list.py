"""The list of goals: which ones, their tracks in the room there is, and whether parts add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.commands._goals import COLUMNS, added, exactly, shown, unrated
from salesctl.domain.goal import GOAL
from salesctl.i18n import _, _n
from salesctl.output.bars import track
from salesctl.output.views import Column, Table
from salesctl.services import goal as service
from salesctl.services.standing import Board, Standing
from salesctl.store import goals as stored
from salesctl.text import width

if TYPE_CHECKING:
    from datetime import date

    from salesctl.app import App
    from salesctl.store.records import Where

NEAREST = 3  # deals that are named under the list
NARROW = 72  # below it the table goes without the tracks


def listing(app: Any, given: dict[str, Any], period: str | None, team: str | None, owner: str | None) -> Table:
    """The goals of a period, or those that run today."""
    from salesctl.commands._standard import conditions
    from salesctl.services import scope

    where, day = conditions(app, GOAL, given)
    _at, instant, _day = scope.moment(app, given["as_of"])
    title = [_("Goals")]
    if period is not None:
        title.append(_in_period(where, period, day, app.lang))
    elif not given["everything"]:
        stored.run_on(where, day)
    name = _scope(app, where, team, owner)
    title += [name] if name else []
    board = Board(app, instant, day)
    goals = service.with_sums(app.store, service.listed(app.store, where))
    standings = [board.standing(goal) for goal in goals]
    title += _time(standings)
    rows = [shown(one) for one in standings]
    many = len({one["period"] for one in rows}) > 1
    left_out = set() if many else {"period_shown"}
    if app.out.human and (app.out.width or 80) < NARROW:
        left_out |= {"lands_shown", "track"}
    columns = [one for one in COLUMNS if one.key not in left_out]
    if app.out.human:
        _shorten(standings, rows, columns, app.out.width or 80)
    first = next((one["ref"] for one in rows if one["ref"]), None)
    hint = _("why: salesctl goal show {ref}").format(ref=first) if first else ""
    worst = _worst(standings) if app.out.human else None
    needs = []
    if worst:
        ref = worst.goal["ref"]
        hint = _("why: salesctl goal show {ref}    close the gap: salesctl goal gap {ref}").format(ref=ref)
        needs = [_needs(board, worst)]
    empty = _("no goals: salesctl goal add revenue 900k -p {period}").format(period=_this_quarter(day))
    return Table(
        rows,
        columns,
        title="  ".join(title),
        footer=[*_sums(app, standings), *unrated(standings), *needs, *_rolled(goals)],
        empty=empty,
        hint=hint,
        tight=True,
    )


def _in_period(where: Where, text: str, day: date, lang: str) -> str:
    """Only goals that lie in a period; what it is called."""
    from salesctl.when import parse_period

    span = parse_period(text, day)
    if span.first and span.last:
        first, last = where.name(span.first.isoformat()), where.name(span.last.isoformat())
        where.add(f't.start >= {first} AND t."end" <= {last}')
    return span.label(lang)


def _worst(standings: list[Standing]) -> Standing | None:
    """The goal that is furthest behind of those that deals could close."""
    behind = [
        one
        for one in standings
        if one.goal["ref"]
        and one.state in ("behind", "at_risk")
        and one.kpi.name in ("revenue", "won")
        and one.days.left
    ]
    return min(behind, key=lambda one: (one.pace or 0, -one.target), default=None)


def _needs(board: Board, one: Standing) -> str:
    """What a goal lacks, in how many days, and the open deals that are the nearest way."""
    from salesctl.domain.deal import DEAL
    from salesctl.money import Money, short
    from salesctl.services import gap_lacks
    from salesctl.services.goal_gap import gap

    found = gap(board, one.goal)
    gap_lacks.shows(board, found)
    said = _n("{ref} needs {amount} in {n} working day.", "{ref} needs {amount} in {n} working days.", one.days.left)
    line = said.format(ref=one.goal["ref"], amount=exactly(one, found.missing), n=one.days.left)
    names = [
        f"{DEAL.code(deal.id)} {short(Money(deal.amount, deal.currency or ''), board.app.lang) if deal.amount else ''}".strip()
        for deal in found.ways[0].deals[:NEAREST]
    ]
    more = len(found.ways[0].deals) - len(names)
    names += [_n("and {n} more", "and {n} more", more).format(n=more)] if more else []
    return line + ("  " + _("Nearest: {deals}").format(deals=", ".join(names)) if names else "")


def _time(standings: list[Standing]) -> list[str]:
    """How much of the working days is gone: of the one period, or of each."""
    days = {one.goal["period"]: one.days for one in standings}
    if len(days) == 1:
        only = next(iter(days.values()))
        said = _("{gone} of {total} working days gone, {share:.0f} %")
        return [said.format(gone=only.gone, total=only.total, share=100 * float(only.share))]
    if not 1 < len(days) < 4:
        return []
    shares = (_("{period} {share:.0f} %").format(period=key, share=100 * float(one.share)) for key, one in days.items())
    return [_("working days gone: {shares}").format(shares=", ".join(shares))]


def _shorten(standings: list[Standing], rows: list[dict[str, Any]], columns: list[Column], room: int) -> None:
    """Tracks as long as the room lets them be, from 12 down to 5; they end the line and are never cut."""
    others = [one for one in columns if one.screen and one.key != "track"]
    taken = sum(max([width(_(one.label)), *(width(str(row[one.key])) for row in rows)]) + 1 for one in others)
    length = min(12, max(5, room - taken - 1))
    for one, row in zip(standings, rows, strict=True):
        row["track"] = row["track"] and track(one.attainment, one.days.share, length)


def _rolled(goals: list[dict[str, Any]]) -> list[str]:
    """What the rows without a ref are."""
    if all(goal["ref"] for goal in goals):
        return []
    return [_("(n): nobody set it; the sum of n goals, of months or of persons")]


def _this_quarter(day: Any) -> str:
    from salesctl.when import around

    return around(day, "quarter").code


def _scope(app: App, where: Where, team: str | None, owner: str | None) -> str | None:
    """Whose goals: of a team, of a rep, all; else mine, my teams' and the company's. The name of whom it is about."""
    from salesctl.services.base import me, reading

    if team:
        found = reading(app).find("team", team)
        stored.of_team(where, found.id)
        return found.name
    if owner and owner != "all":
        found = reading(app).find("rep", owner)
        where.add(f"t.rep_id = {where.name(found.id)}")
        return found.name
    mine = None if owner else me(app)
    if mine is None:
        return None
    stored.about(where, mine.id)
    return mine.name


def _sums(app: App, standings: list[Standing]) -> list[str]:
    """Whether the parts of the goals that are listed add up to them: those of its whole period, and its months."""
    return [added(one, part) for one in standings for part in service.sums(app.store, one.goal)]
