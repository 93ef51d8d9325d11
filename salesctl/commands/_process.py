"""report process: conversion, time and ageing of each stage, beside what the SOP wants of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import stage_name
from salesctl.commands._rates import against, days, half, likely, of_days, of_goal, of_ratio, percent, share_bar, some
from salesctl.i18n import N_, _, _n
from salesctl.output.bars import bar
from salesctl.output.views import Column, Report, Table

if TYPE_CHECKING:
    from salesctl.commands._reports import Asked
    from salesctl.services.process import Line, Process

Values = dict[str, Any]
KEYS = (
    "group", "pipeline", "stage", "position", "entered", "inferred", "advanced", "lost", "undecided", "conversion",
    "conversion_low", "conversion_high", "conversion_target", "conversion_met", "stays", "days_median", "days_p25",
    "days_p75", "days_target", "days_met", "returned", "jumped", "open", "age_median", "age_p25", "age_p75", "age_limit",
    "over_age", "idle_median", "idle_p25", "idle_p75", "idle_limit", "stalled", "items_met", "items", "items_share",
    "items_share_low", "items_share_high", "items_target", "items_target_met",
)  # fmt: skip
REASONS = {
    "unknown_time": N_("{n} comings whose time is not known"),
    "unknown_stages": N_("{n} closed deals whose stages are not known"),
}
STAGE = Column("stage", N_("Stage"), show=stage_name, grow=True)
WENT_ON = (
    STAGE,
    Column("entered", N_("Entered"), "r"),
    Column("inferred", N_("Passed"), "r", show=some),
    Column("rate", N_("Went on"), "r"),
    Column("range", N_("Range")),
    Column("lost", N_("Lost"), "r"),
    Column("undecided", N_("Open"), "r"),
    Column("goal", N_("Goal")),
    Column("bar", ""),
)
TIME = (
    STAGE,
    Column("stays", N_("Stays"), "r"),
    Column("median", N_("Days"), "r"),
    Column("half", N_("Middle")),
    Column("day_goal", N_("Goal")),
    Column("returned", N_("Back"), "r", show=some),
    Column("jumped", N_("Jumped"), "r", show=some),
    Column("day_bar", ""),
)
AGEING = (
    STAGE,
    Column("open", N_("Open"), "r"),
    Column("age", N_("Age"), "r"),
    Column("age_limit", N_("Limit"), "r"),
    Column("over_age", N_("Over it"), "r", show=some),
    Column("idle", N_("Idle"), "r"),
    Column("idle_limit", N_("Limit"), "r"),
    Column("stalled", N_("Stalled"), "r", show=some),
    Column("open_bar", ""),
)
BY_GROUP = (
    STAGE,
    Column("entered", N_("Entered"), "r"),
    Column("rate", N_("Went on"), "r"),
    Column("range", N_("Range")),
    Column("median", N_("Days"), "r"),
    Column("open", N_("Open"), "r"),
    Column("stalled", N_("Stalled"), "r", show=some),
    Column("bar", ""),
)


def view(asked: Asked) -> Report:
    """The whole report: three tables a pipeline, or one by group."""
    from salesctl.services.process import run

    found = run(asked.app.store, asked.frame, asked.at, asked.pipeline)
    rows = [_row(line, asked.by) for line in found.lines]
    moves = [{"from": before, "to": to, "n": n} for before, to, n in found.moves]
    stages = [{key: row[key] for key in KEYS} for row in rows]
    data = asked.data("process", stages=stages, moves=moves, without_history=found.left_out.get("unknown_stages", 0))
    blocks: list[Any] = [_grouped(rows, asked.by)] if asked.by else _pipelines(rows)
    if not asked.by and (told := _items(found.lines)):
        blocks.append(told)
    blocks += [blind] if (blind := unknown(found)) else []
    blocks += [_why(asked, found, moves)] if asked.why else []
    columns = [Column(key, key) for key in KEYS]
    return Report(asked.title(_("Sales process")), blocks, data, rows, columns, hint=_hint(found))


def _row(line: Line, by: str | None) -> Values:
    """A stage as scripts get it, and beside that as people read it."""
    stage, cohort = line.stage, line.cohort
    row: Values = {
        "group": line.group if by else None, "pipeline": stage["pipeline"], "stage": stage["name"],
        "position": stage["rank"], "entered": cohort.entered, "inferred": cohort.inferred, "advanced": cohort.on,
        "lost": cohort.lost, "undecided": cohort.open, "stays": line.days.n if line.days else 0,
        "returned": line.returned, "jumped": line.jumped, "open": line.open, "over_age": line.over_age,
        "stalled": line.stalled, "age_limit": stage["age_limit"], "idle_limit": stage["idle_limit"],
    }  # fmt: skip
    row |= of_ratio("conversion", cohort.ratio) | of_goal("conversion", line.goals["conversion"])
    row |= of_days("days", line.days) | of_goal("days", line.goals["days"])
    row |= of_days("age", line.age) | of_days("idle", line.idle)
    known = line.items if line.items.bottom else None  # only where the SOP sets a goal for them; else: report sop
    row |= {"items_met": known.top if known else None, "items": known.bottom if known else None}
    row |= of_ratio("items_share", line.items) | {
        "items_target": line.goals["met"].target,
        "items_target_met": line.goals["met"].met,
    }
    return row | _shown(line)


def _shown(line: Line) -> Values:
    cohort = line.cohort
    return {
        "rate": percent(cohort.ratio.value),
        "range": likely(cohort.ratio),
        "bar": share_bar(cohort.ratio, 5),
        "goal": against(line.goals["conversion"], " %"),
        "median": days(line.days.median if line.days else None),
        "half": half(line.days),
        "day_goal": against(line.goals["days"]),
        "age": days(line.age.median if line.age else None),
        "idle": days(line.idle.median if line.idle else None),
    }


def _pipelines(rows: list[Values]) -> list[Any]:
    """Three tables a pipeline: who went on, how long it took, what is open now."""
    names = list(dict.fromkeys(row["pipeline"] for row in rows))
    if not names:
        return [Table([], WENT_ON, empty=_("no deals"))]
    blocks: list[Any] = []
    for name in names:
        mine = [row for row in rows if row["pipeline"] == name]
        longest = max((row["days_median"] or 0 for row in mine), default=0)
        most = max(row["open"] for row in mine)
        for row in mine:
            row["day_bar"] = bar(round(row["days_median"] or 0), round(longest), 12)
            row["open_bar"] = bar(row["open"], most, 12)
        head = f"{name}: " if len(names) > 1 else ""
        blocks += [
            Table(mine, WENT_ON, title=head + _("went on, of the deals that entered in the period")),
            Table(mine, TIME, title=head + _("days in the stage, of the stays that ended in the period")),
            Table(mine, AGEING, title=head + _("open deals, and the days they have been there")),
        ]
    return blocks


def _grouped(rows: list[Values], by: str) -> Table:
    from salesctl.commands._reports import label

    shown: list[Values] = []
    last = None
    for row in rows:
        shown.append(row | {"group": "" if row["group"] == last else row["group"]})
        last = row["group"]
    several = len({row["pipeline"] for row in rows}) > 1 and by != "pipeline"
    head = [Column("pipeline", N_("Pipeline"), grow=True)] if several else []
    return Table(shown, [*head, Column("group", label(by), grow=True), *BY_GROUP], empty=_("no deals"))


def _items(lines: list[Line]) -> list[str]:
    """The stages whose SOP sets a goal for the items met, in a line each."""
    told = []
    for line in lines:
        goal = line.goals["met"]
        if goal.target is not None:
            said = f"{percent(goal.value)} ({line.items.top}/{line.items.bottom})"
            name = stage_name(line.stage["name"])
            told.append(
                _("{stage}: items met {share}, goal {goal}").format(stage=name, share=said, goal=against(goal, " %"))
            )
    return told


def unknown(found: Process) -> list[str]:
    """A line on the closed deals of the period whose stages nobody wrote down; none where there are none."""
    n = found.left_out.get("unknown_stages", 0)
    text = _n(
        "{n} closed deal has no stage history and is not in it",
        "{n} closed deals have no stage history and are not in it",
        n,
    )
    return [text.format(n=f"{n:,}")] if n else []


def _hint(found: Process) -> str:
    if any(line.stalled for line in found.lines):
        return _("what stands still: salesctl deal list stalled")
    return _("where each figure comes from: add --why")


def _why(asked: Asked, found: Process, moves: list[Values]) -> list[str]:
    entered = sum(line.cohort.entered for line in found.lines)
    lines = [
        _("Entered: deals that came this far for the first time in the period. Passed: of those, the ones that jumped over the stage, began in a later one, or were won before it; where nobody else entered there is no rate."),
        _("Went on: came to a later stage or were won by now, of all that entered; lost is never an advance. Open: not decided yet; they count below the line. Range: Wilson score interval, 95 %."),
        _("Goal: of the SOP; neither met nor missed while the open deals could still reach it."),
        _("Days: date differences, median and middle half (quartiles of type 7). Age: since the last coming into the stage. Idle: since a person last touched the deal. Stalled: idle over the limit, nothing planned within it."),
        _("Back: moves back into the stage. Jumped: moves past it, to a later stage or the win."),
        _("rows in: {n}").format(n=f"{entered:,}") + _left(found.left_out),
    ]  # fmt: skip
    parts = [f"{_place(one['from'], _('begin'))} -> {_place(one['to'], '')} {one['n']}" for one in moves]
    return [*lines, _("Moves: {moves}").format(moves="; ".join(parts))] if parts else lines


def _place(name: str | None, none: str) -> str:
    return none if name is None else _("won") if name == "won" else stage_name(name)


def _left(reasons: dict[str, int]) -> str:
    if not reasons:
        return "; " + _("left out: none")
    said = [_(REASONS[reason]).format(n=f"{n:,}") for reason, n in reasons.items()]
    return "; " + _("left out: {parts}").format(parts=", ".join(said))
