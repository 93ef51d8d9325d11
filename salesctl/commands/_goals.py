"""How goals are shown: the list with its tracks, one goal in full, the five letters."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from salesctl.domain import goalrules as rules
from salesctl.domain.goal import GOAL
from salesctl.domain.nouns import NOUNS
from salesctl.domain.rollup import Sum
from salesctl.i18n import N_, _, _n, language
from salesctl.money import Money, exact, short
from salesctl.output.bars import track
from salesctl.output.views import Column, Screen
from salesctl.services import goal as service
from salesctl.services.season import season
from salesctl.services.smart import check as smart
from salesctl.services.standing import Board, Standing
from salesctl.services.target import value_of
from salesctl.store import goals as stored
from salesctl.text import pad, width

KEYS = ("ref", "id", "kpi", "scope", "who", "team", "team_ref", "rep", "rep_ref", "product", "product_ref", "customer",
        "customer_ref", "period", "start", "end", "target", "now",
        "unit", "attainment", "pace", "expected", "season_n", "season_share",
        "season_expected", "season_pace", "state", "lands", "run_rate", "needed_per_day", "days_gone", "days_total",
        "days_left", "levels", "parent_ref", "reason", "n", "of", "low", "high", "version", "archived_at", "parts")  # fmt: skip
COLUMNS = (
    Column("ref_shown", "", data=False, whole=True),
    Column("kpi_label", N_("Goal"), data=False, grow=True),
    Column("who_shown", N_("Who"), data=False, grow=True),
    Column("period_shown", N_("Period"), data=False, whole=True),
    Column("now_shown", N_("Now"), "r", data=False),
    Column("target_shown", N_("Target"), "r", data=False),
    Column("done_shown", N_("Done"), "r", data=False),
    Column("pace_shown", N_("Pace"), data=False, whole=True),
    Column("lands_shown", N_("Lands"), "r", data=False),
    Column("track", N_("| = time"), data=False, whole=True),
    *(Column(key, key, kind="money" if key in ("target", "now", "lands") else "", screen=False) for key in KEYS),
)


def name(one: Standing) -> str:
    return f"{_(one.kpi.label)}  {who(one)}"


def who(one: Standing) -> str:
    """Whose goal it is, by name."""
    whose: str = one.goal["rep"] or one.goal["team"] or _("Company")
    what = one.goal["product"] or one.goal["customer"]
    return f"{whose}: {what}" if what else whose


def briefly(one: Standing, amount: int | None) -> str:
    """A value of the goal for a table: €548k, 39 %, 18."""
    value = value_of(one.kpi, amount, one.goal["currency"])
    if value is None:
        return _("n/a")
    if isinstance(value, Money):
        return short(value, language())
    return f"{100 * value:.0f} %" if one.kpi.is_ratio else f"{value:,}"


def exactly(one: Standing, amount: int | None) -> str:
    """A value of the goal with every digit."""
    value = value_of(one.kpi, amount, one.goal["currency"])
    return exact(value) if isinstance(value, Money) else briefly(one, amount)


def row(one: Standing, found: rules.Season | None = None) -> dict[str, Any]:
    """A goal as every command gives it to scripts; its season where that was asked for."""
    goal, days = one.goal, one.days
    rate = rules.run_rate(one.now, days) if one.now is not None and one.lands is not None else None
    need = None if one.now is None or one.kpi.is_ratio else rules.needed(one.now, one.target, days)
    expected = None if one.kpi.is_ratio else rules.expected(one.target, days)

    speed = None if one.now is None else rules.season_pace(one.now, one.target, found)

    def value(amount: int | Fraction | None) -> Any:
        return None if amount is None else value_of(one.kpi, round(amount), goal["currency"])

    known = {key: goal.get(key) for key in KEYS}
    return known | {
        "who": goal["rep"] or goal["team"],
        "target": value(one.target),
        "now": value(one.now),
        "unit": one.figure.unit if not one.kpi.is_money else goal["currency"],
        "attainment": None if one.attainment is None else round(float(one.attainment), 6),
        "pace": None if one.pace is None else round(float(one.pace), 6),
        "expected": value(expected),
        "state": one.state,
        "season_n": found.n if found else None,
        "season_share": round(float(found.share), 6) if found and found.share is not None else None,
        "season_expected": value(one.target * found.share) if found and found.share is not None else None,
        "season_pace": None if speed is None else round(float(speed), 6),
        "lands": value(one.lands),
        "run_rate": value(rate),
        "needed_per_day": value(need) if one.kpi.is_money or need is None else round(float(need), 2),
        "days_gone": days.gone,
        "days_total": days.total,
        "days_left": days.left,
        "levels": [
            {"name": label, "target": value(target), "reached": one.now is not None and one.now >= target}
            for label, target in one.levels
        ],
        "n": one.figure.n,
        "of": one.figure.of,
        "low": one.figure.low,
        "high": one.figure.high,
    }


def shown(one: Standing) -> dict[str, Any]:
    """A goal's row with what people read."""
    state = _(rules.STATES[one.state])
    top = next((label for label, target in reversed(one.levels) if one.now is not None and one.now >= target), None)
    state = top or state
    pace = f"{float(one.pace):.2f} {state}" if one.pace is not None and one.state != "no_data" else state
    ratio = one.kpi.is_ratio or one.attainment is None
    return row(one) | {
        "ref_shown": one.goal["ref"] or f"({len(one.goal['parts'])})",
        "kpi_label": _(one.kpi.label),
        "who_shown": who(one),
        "period_shown": one.goal["period"],
        "now_shown": briefly(one, one.now),
        "target_shown": briefly(one, one.target),
        "done_shown": "" if ratio else f"{100 * float(one.attainment or 0):.0f} %",
        "pace_shown": pace,
        "lands_shown": "" if one.lands is None else briefly(one, one.lands),
        "track": "" if ratio else track(one.attainment, one.days.share),
    }


PARTS = {
    "reps": lambda n: _n("{n} rep's goal", "{n} reps' goals", n),
    "teams": lambda n: _n("{n} team's goal", "{n} teams' goals", n),
    "months": lambda n: _n("{n} month", "{n} months", n),
    "products": lambda n: _n("{n} product's goal", "{n} products' goals", n),
    "customers": lambda n: _n("{n} customer's goal", "{n} customers' goals", n),
    "quarters": lambda n: _n("{n} quarter", "{n} quarters", n),
}


def added(parent: Standing, part: Sum) -> str:
    """Whether the parts of a goal add up to it, and what they lack or have too much."""
    ref, n = parent.goal["ref"], len(part.targets)
    parts, sum_ = PARTS[part.by](n).format(n=n), exactly(parent, part.total)
    if part.total == parent.target:
        said = _n("{parts} adds up to {ref}: {sum}", "{parts} add up to {ref}: {sum}", n)
        return said.format(parts=parts, ref=ref, sum=sum_)
    over = part.total - parent.target
    more = _n("{parts} comes to {sum}: {amount} more than {ref}", "{parts} come to {sum}: {amount} more than {ref}", n)
    less = _n("{parts} comes to {sum}: {amount} less than {ref}", "{parts} come to {sum}: {amount} less than {ref}", n)
    return (more if over > 0 else less).format(parts=parts, ref=ref, sum=sum_, amount=exactly(parent, abs(over)))


def show(app: Any, text: str, as_of: str | None) -> Screen:
    """One goal in full."""
    from salesctl.services import scope
    from salesctl.services.base import reading
    from salesctl.store import records

    _at, instant, day = scope.moment(app, as_of)
    goal = records.get(app.store, GOAL, reading(app).find("goal", text).id)
    board = Board(app, instant, day)
    one = board.standing(goal)
    found = season(board, one)
    data = row(one, found)
    lines = [
        f"{goal['ref']} {_(one.kpi.label)}  {who(one)}  {one.period.label(app.lang)}  {goal['start']}..{goal['end']}"
    ]
    value = _("{now} of {target}").format(now=exactly(one, one.now), target=exactly(one, one.target))
    if one.attainment is not None and not one.kpi.is_ratio:
        value += "  " + _("{n:.1f} % done").format(n=100 * float(one.attainment))
    lines.append(f"{value}  {_(rules.STATES[one.state])}")
    lines += [*unrated([one]), *_pacing(one, data), *_overdue(board, one), *_seasonal(one, found, data)]
    lines += [_level(one, label, target) for label, target in one.levels]
    if goal["parent"] or goal["parent_ref"]:
        lines.append(f"{_('Parent')}  {goal['parent_ref']}")
    if goal["reason"]:
        lines.append(f"{_('Reason')}  {goal['reason']}")
    sums = service.sums(app.store, goal)
    lines += [added(one, part) for part in sums]
    data["children"] = [NOUNS["goal"].code(id) for id in stored.children(app.store, goal["id"])]
    data["sums"] = [
        {"by": part.by, "n": len(part.targets), "total": value_of(one.kpi, part.total, goal["currency"]),
         "adds_up": part.total == one.target}
        for part in sums
    ]  # fmt: skip
    lines.append(f"{_(one.kpi.label)}: {_(one.kpi.definition)}")
    hint = _("is it SMART? salesctl goal check {ref}").format(ref=goal["ref"])
    return Screen(lines, data, rows=[data], columns=COLUMNS, hint=hint)


def unrated(standings: list[Standing]) -> list[str]:
    """The goals whose figures lack amounts of other currencies, for want of a rate."""
    from salesctl.commands._unrated import note

    lines = []
    for one in standings:
        n, figure = one.figure.left_out.get("other_currency", 0), one.figure
        lines += [f"{one.goal['ref']}: {note(n, figure.lacking, figure.base)}"] if n and one.goal["ref"] else []
    return lines


def _level(one: Standing, label: str, target: int) -> str:
    """A level above the target: reached, or what it lacks."""
    lacks = target - (one.now or 0)
    said = _("reached") if lacks <= 0 else _("missing {amount}").format(amount=exactly(one, lacks))
    return f"{_('Level')} {label}: {exactly(one, target)}  {said}"


def _pacing(one: Standing, data: dict[str, Any]) -> list[str]:
    days = one.days
    gone = _("{gone} of {total} working days gone, {left} left").format(
        gone=days.gone, total=days.total, left=days.left
    )
    lines = [gone]
    if one.kpi.is_ratio:
        figure = one.figure
        if figure.low is not None and figure.high is not None:
            said = _("{n} of {of}; likely {low:.0f}-{high:.0f} %; a ratio has no pace")
            lines.append(said.format(n=figure.n, of=figure.of, low=100 * figure.low, high=100 * figure.high))
        return lines
    if one.pace is not None:
        expected = _("expected by now {amount}, pace {pace:.2f} = {done:.1f} % / {time:.1f} %")
        lines.append(expected.format(
            amount=_value(data["expected"]), pace=float(one.pace), done=100 * float(one.attainment or 0),
            time=100 * float(days.share)))  # fmt: skip
    if one.lands is not None:
        coming = _(" = closed + {amount} weighted pipeline due in the rest of the period").format(
            amount=_value(value_of(one.kpi, one.coming, one.goal["currency"]))) if one.kpi.name == "revenue" else ""  # fmt: skip
        lines.append(_("lands at {amount}").format(amount=_value(data["lands"])) + coming)
    if data["run_rate"] is not None:
        lines.append(_("at the rate so far it would be {amount}").format(amount=_value(data["run_rate"])))
    if data["needed_per_day"] is not None:
        lines.append(_("still needed: {amount} each working day").format(amount=_value(data["needed_per_day"])))
    return lines


def _overdue(board: Board, one: Standing) -> list[str]:
    """What is open past its close date in the period: no part of where the goal lands, nor of the forecast."""
    past = board.overdue(one.goal, one.period) if one.kpi.name == "revenue" else 0
    if not past:
        return []
    said = _("not in it: {amount} weighted of open deals whose close date is past")
    return [said.format(amount=exactly(one, past))]


def _seasonal(one: Standing, found: rules.Season | None, data: dict[str, Any]) -> list[str]:
    """The pace on its own season, or why there is none."""
    if found is None:
        return []
    if found.share is None:
        said = _n(
            "own season: {n} earlier period with a total, it counts from 4 on; the pace is by working days alone",
            "own season: {n} earlier periods with a total, they count from 4 on; the pace is by working days alone",
            found.n,
        )
        return [said.format(n=found.n)]
    usual = _("own season: by this working day {share:.0f} % of the total was there, the mean of {n} earlier periods")
    lines = [usual.format(share=100 * float(found.share), n=found.n)]
    speed = rules.season_pace(one.now or 0, one.target, found)
    if speed is not None:
        said = _("  so expected by now {amount}, pace {pace:.2f} {state}")
        state = _(rules.STATES[rules.speed_state(speed)])
        lines.append(said.format(amount=_value(data["season_expected"]), pace=float(speed), state=state))
    return lines


def _value(value: Any) -> str:
    return exact(value) if isinstance(value, Money) else f"{value:,}"


def _parts(app: Any, goal: dict[str, Any], instant: str | None, day: Any) -> list[dict[str, Any]]:
    """A row for each way in which other goals part a goal, after its letters: whether they add up."""
    sums = service.sums(app.store, goal)
    if not sums:
        return []
    one = Board(app, instant, day).standing(goal)
    return [
        {
            "ref": goal["ref"],
            "letter": "=",
            "verdict": "pass" if part.total == one.target else "fail",
            "text": added(one, part),
            "numbers": {"by": part.by, "n": len(part.targets), "difference": part.total - one.target},
        }
        for part in sums
    ]


def checked(app: Any, refs: list[str], as_of: str | None) -> tuple[Screen, bool]:
    """The five letters of goals; whether one of them fails."""
    from salesctl.services import scope
    from salesctl.services.base import reading
    from salesctl.store import records
    from salesctl.store.records import Where

    _at, instant, day = scope.moment(app, as_of)
    if refs:
        goals = [records.get(app.store, GOAL, reading(app).find("goal", ref).id) for ref in refs]
    else:
        where = Where(["t.archived_at IS NULL"])
        today = where.name(day.isoformat())
        where.add(f't."end" >= {today}')
        goals = service.listed(app.store, where)
    lines: list[str] = []
    rows: list[dict[str, Any]] = []
    verdicts = {"pass": _("pass"), "warn": _("warn"), "fail": _("fail")}
    wide = max(width(word) for word in verdicts.values())
    for goal in goals:
        from salesctl.domain.kpi import KPIS

        whose = goal["rep"] or goal["team"] or _("Company")
        whose += f": {goal['product'] or goal['customer']}" if goal["product"] or goal["customer"] else ""
        lines.append(f"{goal['ref']} {_(KPIS[goal['kpi']].label)}  {whose}  {goal['period']}")
        for check in smart(app, goal, instant, day):
            said = _(check.text).format(**check.numbers)
            lines.append(f"  {check.letter}  {pad(verdicts[check.verdict], wide)}  {said}")
            rows.append(
                {
                    "ref": goal["ref"],
                    "letter": check.letter,
                    "verdict": check.verdict,
                    "text": said,
                    "numbers": check.numbers,
                }
            )
        for row_ in _parts(app, goal, instant, day):
            lines.append(f"  {row_['letter']}  {pad(verdicts[row_['verdict']], wide)}  {row_['text']}")
            rows.append(row_)
    columns = [Column(key, key) for key in ("ref", "letter", "verdict", "text")]
    return Screen(lines, rows, rows=rows, columns=columns), any(row_["verdict"] == "fail" for row_ in rows)
