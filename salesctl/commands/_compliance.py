"""report sop: how well the standard work is kept, by step and by rep, and what was overridden and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import stage_name
from salesctl.commands._rates import likely, of_ratio, percent, share_bar, some
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Report, Table
from salesctl.when import from_iso, show_date

if TYPE_CHECKING:
    from salesctl.commands._reports import Asked
    from salesctl.services.compliance import Kept, Override

Values = dict[str, Any]
KEYS = (
    "group",
    "stage",
    "item",
    "name",
    "met",
    "missing",
    "overridden",
    "jumps",
    "checked",
    "share",
    "share_low",
    "share_high",
)
OVERRIDE_KEYS = ("deal_ref", "deal", "stage", "items", "by", "at", "reason")
TITLES = {"item": N_("by step"), "rep": N_("by rep")}
SHOWN = 10  # overrides that a screen lists
STAGE = Column("stage", N_("Stage"), show=stage_name)
COUNTS = (
    Column("met", N_("Met"), "r"),
    Column("missing", N_("Missing"), "r", show=some),
    Column("overridden", N_("Past it"), "r", show=some),
)
TAIL = (Column("rate", N_("Kept"), "r"), Column("range", N_("Range")), Column("bar", ""))
JUMPS = Column("jumps", N_("Jumps"), "r", show=some)
OVERRIDES = (
    Column("deal_ref", N_("Deal")),
    STAGE,
    Column("what", N_("What was missing"), grow=True),
    Column("by", N_("Who")),
    Column("day", N_("When")),
    Column("reason", N_("Why"), grow=True),
)


def view(asked: Asked) -> Report:
    """By step and by rep, or by what was asked for; the overrides; how often stages were jumped over."""
    from salesctl.services.compliance import Compliance

    found = Compliance(asked.app.store, asked.frame, asked.pipeline)
    wanted = [asked.by] if asked.by else ["item", "rep"]
    kept = {by: [_row(one) for one in found.by(by)] for by in wanted}
    overrides = [_override(one, asked) for one in found.overrides()]
    stages = kept["stage"] if asked.by == "stage" else [_row(one) for one in found.by("stage")]
    main = kept[wanted[0]]
    data = asked.data(
        "sop",
        **{f"by_{by}": [_keys(row) for row in kept[by]] for by in wanted},
        overrides=[{key: one[key] for key in OVERRIDE_KEYS} for one in overrides],
        jumps=[{"stage": row["stage"], "n": row["jumps"]} for row in stages if row["jumps"]],
    )
    blocks: list[Any] = [_table(by, kept[by], stages, "" if asked.by else _(TITLES[by])) for by in wanted]
    blocks += [*_overridden(overrides), _jumps(stages)]
    blocks += [_why(stages)] if asked.why else []
    hint = _("how strict each step is: salesctl sop show")
    return Report(asked.title(_("SOP kept")), blocks, data, main, [Column(key, key) for key in KEYS], hint=hint)


def _row(one: Kept) -> Values:
    row: Values = {
        key: getattr(one, key) for key in ("group", "stage", "item", "name", "met", "missing", "overridden", "jumps")
    }
    row |= {"checked": one.share.bottom, **of_ratio("share", one.share)}
    return row | {"rate": percent(one.share.value), "range": likely(one.share), "bar": share_bar(one.share)}


def _keys(row: Values) -> Values:
    return {key: row[key] for key in KEYS}


def _nested(rows: Sequence[Values], stages: Sequence[Values]) -> list[Values]:
    """Each stage with its sums, and below it its steps."""
    found: list[Values] = []
    for stage in stages:
        steps = [row | {"name": f"  {row['name']}"} for row in rows if row["stage"] == stage["stage"]]
        if steps:
            found += [stage | {"name": stage_name(stage["stage"])}, *steps]
    return found


def _table(by: str, rows: Sequence[Values], stages: Sequence[Values], title: str) -> Table:
    from salesctl.commands._reports import label

    empty = _("nothing was checked: deals are looked at when they leave a stage")
    if by == "item":
        columns = [Column("name", N_("Step"), grow=True), *COUNTS, *TAIL]
        return Table(_nested(rows, stages), columns, title=title, empty=empty)
    if by == "stage":
        return Table(rows, [STAGE, *COUNTS, JUMPS, *TAIL], title=title, empty=empty)
    return Table(rows, [Column("group", label(by), grow=True), *COUNTS, JUMPS, *TAIL], title=title, empty=empty)


def _override(one: Override, asked: Asked) -> Values:
    at: datetime = from_iso(one.at).astimezone(asked.at.now.tzinfo)
    return {
        "deal_ref": f"D{one.deal}", "deal": one.name, "stage": one.stage, "items": one.items, "by": one.rep, "at": at,
        "reason": one.reason, "what": ", ".join(one.items), "day": show_date(at.date(), asked.day, asked.app.lang),
    }  # fmt: skip


def _overridden(rows: Sequence[Values]) -> list[Any]:
    if not rows:
        return []
    footer = [_("{n} more: --json lists them all").format(n=len(rows) - SHOWN)] if len(rows) > SHOWN else []
    many = _n("{n} override, newest first", "{n} overrides, newest first", len(rows)).format(n=len(rows))
    return [Table(rows[:SHOWN], OVERRIDES, title=many, footer=footer)]


def _jumps(stages: Sequence[Values]) -> list[str]:
    jumped = [row for row in stages if row["jumps"]]
    if not jumped:
        return [_("no stage was jumped over")]
    parts = ", ".join(f"{stage_name(row['stage'])} {row['jumps']}" for row in jumped)
    return [_("Jumped over: {parts}").format(parts=parts)]


def _why(stages: Sequence[Values]) -> list[str]:
    checked = sum(row["checked"] for row in stages)
    return [
        _("A deal is looked at when it leaves a stage forward, or is won: each step was met, missing (the SOP only warns) or overridden (it blocks, and somebody went past)."),
        _("Kept: met of all that was looked at. Steps that are off are not looked at, nor are stages that were jumped over: those are counted as jumps. Range: Wilson score interval, 95 %."),
        _("Counted by the time of the check, for the rep who moved the deal."),
        _("rows in: {n}").format(n=f"{checked:,}"),
    ]  # fmt: skip
