"""Response figures of leads: how long until assigned, followed up, first spoken to; by rep or channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesctl.domain.lead import LEAD
from salesctl.domain.leadclock import CLOCKS
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Table
from salesctl.services.lead_figures import groups, spoken, told

Values = dict[str, Any]
BY = {"rep": ("rep", "owner", "销售", "负责人"), "channel": ("channel", "渠道", "来源")}
COLUMNS = (
    Column("group", N_("Leads"), grow=True, data=False),
    Column("rep", N_("Rep"), screen=False),
    Column("channel", N_("Channel"), screen=False),
    Column("clock", N_("Clock"), show=lambda name: _(CLOCKS[name])),
    Column("leads", N_("Leads"), "r", screen=False),
    Column("n", N_("n"), "r"),
    Column("median_shown", N_("Median"), "r", data=False),
    Column("p90_shown", N_("P90"), "r", data=False),
    Column("wall_shown", N_("On the wall"), "r", data=False),
    Column("waiting_shown", N_("Still waiting"), "r", data=False),
    *(Column(key, key, screen=False) for key in (
        "median", "median_over", "p90", "p90_over", "wall_median", "wall_median_over", "wall_p90", "wall_p90_over",
        "waiting", "longest", "excluded", "new", "qualified", "rejected", "converted", "start", "end")),
)  # fmt: skip


def response(
    app: Any, by: str | None, period: str | None, begin: str | None, end: str | None, given: Mapping[str, Any]
) -> Table:
    """The clocks of the leads that came in a period; a row for each clock, of all leads or of each rep or channel."""
    from salesctl.commands._figures import stretch
    from salesctl.commands._standard import conditions

    key = _by(by)
    where, today = conditions(app, LEAD, {**given, "everything": True})
    where.add("t.archived_at IS NULL")
    span = stretch(period, begin, end, today)
    for mark, edge in ((">=", span.start), ("<", span.end)):
        if edge is not None:
            where.add(f"t.created {mark} {where.name(edge.isoformat())}")
    ends = {"start": span.start, "end": span.last}
    rows = [{**row, **ends} for group in groups(app, where, key) for row in _rows(group, key)]
    title = f"{_('How long leads wait')}  {span.label(app.lang)}" if app.out.human else ""
    footer = _footer(rows)
    return Table(rows, COLUMNS, title=title, footer=footer if app.out.human else (), empty=_("no leads came then"))


def _by(word: str | None) -> str | None:
    from salesctl.text import name_key

    if word is None:
        return None
    found = next((key for key, words in BY.items() if name_key(word) in words), None)
    if found is None:
        raise UsageError(_("--by is rep or channel"))
    return found


def _rows(group: Any, by: str | None) -> list[Values]:
    """The three clocks of a group; its name and size stand in the first row only."""
    rows = []
    for place, name in enumerate(CLOCKS):
        row = told(group, name)
        none = _("(nobody)") if by == "rep" else _("(none)")
        label = _("all") if by is None else group.name or none
        row |= {"rep": None, "channel": None, "group": f"{label}  {group.n}" if place == 0 else ""}
        if by is not None:
            row[by] = group.name
        row |= group.statuses
        row["median_shown"] = spoken(row["median"], row["median_over"])
        row["p90_shown"] = spoken(row["p90"], row["p90_over"])
        row["wall_shown"] = spoken(row["wall_median"], row["wall_median_over"])
        row["waiting_shown"] = f"{row['waiting']}, {spoken(row['longest'], over=True)}" if row["waiting"] else "-"
        rows.append(row)
    return rows


def _footer(rows: list[Values]) -> list[str]:
    """What the figures leave out."""
    left = {name: sum(row["excluded"] for row in rows if row["clock"] == name) for name in CLOCKS}
    said = ", ".join(f"{_(CLOCKS[name])} {n}" for name, n in left.items() if n)
    lines = [_("Business hours; the wall is the median of all hours. n stopped; those that wait count as longer.")]
    return (
        [*lines, _("Left out, as a moment is unknown or they are closed: {said}").format(said=said)] if said else lines
    )
