"""The gap of a goal on a page: the fewest deals that close it, by full and by expected value, and the coverage."""

from __future__ import annotations

from typing import Any

from salesctl.commands._goals import exactly, who
from salesctl.domain.deal import DEAL
from salesctl.domain.goal import GOAL
from salesctl.i18n import N_, _, _n
from salesctl.money import Money
from salesctl.output.views import Column, Report, Table
from salesctl.services.goal_gap import Gap, Way, gap
from salesctl.services.standing import Board
from salesctl.services.target import value_of

MOST = 8  # deals of one way on the page
UNUSED = {
    "without_date": N_("{n} without a close date"),
    "without_amount": N_("{n} without an amount"),
    "other_currency": N_("{n} in other currencies"),
    "without_probability": N_("{n} without a probability, worth nothing when expected"),
}
SCREEN = (
    Column("ref", N_("Deal")),
    Column("name", N_("Name"), grow=True),
    Column("amount", N_("Amount"), "r", "money"),
    Column("chance", N_("Win %"), "r"),
    Column("due", N_("Close")),
)
KEYS = ("by", "ref", "id", "name", "amount", "chance", "due", "late")
COLUMNS = tuple(Column(key, key, kind="money" if key == "amount" else "") for key in KEYS)


def view(app: Any, text: str, as_of: str | None) -> Report:
    """The page of a goal's gap."""
    from salesctl.services import scope
    from salesctl.services.base import reading
    from salesctl.store import records

    _at, instant, day = scope.moment(app, as_of)
    goal = records.get(app.store, GOAL, reading(app).find("goal", text).id)
    board = Board(app, instant, day)
    found = gap(board, goal)
    rows = [row for way in found.ways for row in _rows(found, way)]
    blocks: list[Any] = [_head(found)]
    if found.missing:
        blocks += [_table(found, way) for way in found.ways]
        blocks.append([*_coverage(found), *_unused(found)])
    one = found.standing
    title = f"{goal['ref']} {_(one.kpi.label)}  {who(one)}  {one.period.label(app.lang)}"
    return Report(title, blocks, _data(found), rows, COLUMNS, text_in_pipe=False)


def _head(found: Gap) -> list[str]:
    one = found.standing
    said = _("{now} of {target}").format(now=exactly(one, one.now), target=exactly(one, one.target))
    if not found.missing:
        return [said + "  " + _("nothing is missing")]
    left = _n("{n} working day left", "{n} working days left", one.days.left).format(n=one.days.left)
    return [f"{said}  " + _("missing {amount}").format(amount=exactly(one, found.missing)) + f"  {left}"]


def _table(found: Gap, way: Way) -> Table:
    n = len(way.deals)
    amount = exactly(found.standing, way.total)
    by = _("By full value") if way.by == "full" else _("By expected value (amount x chance)")
    if not n:
        title = f"{by}: " + _("no open deal")
    elif way.reaches:
        title = f"{by}: " + _n("{n} deal closes it, {amount}", "{n} deals close it, {amount}", n).format(n=n, amount=amount)  # fmt: skip
    else:
        said = _n("the only deal does not close it, {amount}", "all {n} deals do not close it, {amount}", n)
        title = f"{by}: " + said.format(n=n, amount=amount)
    notes = []
    if n > MOST:
        notes.append(_n("and {n} more", "and {n} more", n - MOST).format(n=n - MOST))
    if way.late:
        notes.append(_("with deals that are not due in the period: what is due does not close it"))
    if not way.chosen.exact:
        notes.append(_("no fewer deals do; among as many, not every set was tried"))
    rows = [{**row, "chance": f"{row['chance']} %" if row["chance"] is not None else ""} for row in _rows(found, way)]
    return Table(rows[:MOST], SCREEN, title=title, footer=notes, empty=_("nothing open"), tight=True)


def _rows(found: Gap, way: Way) -> list[dict[str, Any]]:
    end = found.standing.period.end
    return [
        {
            "by": way.by,
            "ref": DEAL.code(one.id),
            "id": one.id,
            "name": one.name,
            "amount": None if one.amount is None else Money(one.amount, one.currency or ""),
            "chance": one.chance,
            "due": one.due,
            "late": one.due is None or (end is not None and one.due >= end),
        }
        for one in way.deals
    ]


def _coverage(found: Gap) -> list[str]:
    have, need = found.coverage, found.needed
    if have is None:
        return []
    said = _("Coverage {have:.1f} x: {open} open and due in the period, {missing} missing").format(
        have=float(have), open=exactly(found.standing, found.open), missing=exactly(found.standing, found.missing)
    )
    if need is None:
        return [said, _("what is needed is n/a: no deal was won in the last 365 days")]
    rate = _("needed {need:.1f} x = 1 / {rate:.0f} % ({kpi} of the last 365 days, {n}/{of} deals)").format(
        need=float(need), rate=100 * float(found.rate.value), kpi=_(found.rate.kpi.label), n=found.rate.n,
        of=found.rate.of,
    )  # fmt: skip
    return [said, rate + ": " + (_("enough") if have >= need else _("not enough"))]


def _unused(found: Gap) -> list[str]:
    said = [_(UNUSED[reason]).format(n=n) for reason, n in found.unused.items()]
    return [_("Open and due, not counted: {reasons}").format(reasons=", ".join(said))] if said else []


def _data(found: Gap) -> dict[str, Any]:
    one = found.standing
    ratio = [None if value is None else round(float(value), 6) for value in (found.coverage, found.needed)]

    def value(amount: int) -> Any:
        return value_of(one.kpi, amount, one.goal["currency"])

    return {
        "ref": one.goal["ref"],
        "id": one.goal["id"],
        "kpi": one.kpi.name,
        "now": value(one.now or 0),
        "target": value(one.target),
        "missing": value(found.missing),
        "days_left": one.days.left,
        "open": value(found.open),
        "coverage": ratio[0],
        "coverage_needed": ratio[1],
        "win_rate": found.rate.value,
        "unused": found.unused,
        "ways": [
            {
                "by": way.by,
                "closes": way.reaches,
                "exact": way.chosen.exact,
                "total": value(way.total),
                "deals": _rows(found, way),
            }
            for way in found.ways
        ],
    }
