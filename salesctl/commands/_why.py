"""The why of figures: definition, the date they count by, the rows in, the rows left out by their refs, the statistics."""

from __future__ import annotations

from salesctl.commands._figures import Asked
from salesctl.commands._unrated import rates
from salesctl.i18n import N_, _
from salesctl.plain import replace
from salesctl.services.figures import Figure, Figures
from salesctl.when import Period

REASONS = {
    "without_amount": N_("{n} without an amount"),
    "other_currency": N_("{n} in other currencies, for which no rate is known"),
    "without_probability": N_("{n} without a probability"),
    "without_term": N_("{n} without a term or a value"),
    "young": N_("{n} not watched long enough yet"),
    "without_close_date": N_("{n} without a day on which they are expected to close"),
    "unknown_begin": N_("{n} whose begin is not known"),
    "excluded_from_rates": N_("{n} lost for a reason that counts in no rate (sop show)"),
    "closed_before_begin": N_("{n} that closed before they began"),
}


def why(asked: Asked, figures: list[Figure]) -> list[str]:
    """For each KPI its definition, the date it counts by, the rows in and the rows left out, and its statistics."""
    lines: list[str] = []
    for name in dict.fromkeys(one.kpi.name for one in figures):
        mine = [one for one in figures if one.kpi.name == name]
        kpi = mine[0].kpi
        lines.append(f"{_(kpi.label)}: {_(kpi.definition)}")
        lines.append(
            "  " + _("counted by {date}, {period}").format(date=_(kpi.counted_by), period=_span(mine[0].period))
        )
        rows = sum(one.of if one.of is not None else one.n or 0 for one in mine)
        lines.append("  " + _("rows in: {n}").format(n=f"{rows:,}") + _in(asked, mine, rows) + _left(asked, mine))
        if mine[0].used:
            lines.append("  " + rates(mine[0].used))
        if mine[0].mean is not None and len(mine) == 1:
            said = _("mean {mean} d, median {median} d, middle half {low}-{high} d")
            one = mine[0]
            lines.append(
                "  "
                + said.format(mean=f"{one.mean:.1f}", median=f"{one.value:g}", low=f"{one.p25:g}", high=f"{one.p75:g}")
            )
        if kpi.counts:
            lines.append("  " + _("range: Wilson score interval, 95 %; change: two-proportion z-test, Fisher if small"))
        if kpi.kind == "survival":
            lines.append("  " + _("Kaplan-Meier estimate and its quartiles"))
        if kpi.kind == "days":
            lines.append("  " + _("median and quartiles of type 7, between order statistics"))
        if asked.question.by == "reached":
            lines.append(
                "  "
                + _(
                    "a deal counts once under each stage of its pipeline that it came to or passed over; won: all of them"
                )
            )
        if asked.question.by == "product":
            lines.append("  " + _("a deal counts once under each of its products, its money by share of the lines"))
    return lines


def _span(span: Period) -> str:
    if span.start is None and span.end is None:
        return _("all time")
    return f"{span.first or ''}..{span.last or ''}"


def _in(asked: Asked, figures: list[Figure], rows: int) -> str:
    """The first of what is counted, by their refs."""
    from salesctl.services.leftout import counted

    if not rows or not asked.app.store.exists:
        return ""
    named = counted(Figures(asked.app.store, replace(asked.question, by=None)), figures[0])
    more = " ..." if rows > len(named) else ""
    return f" ({' '.join(named)}{more})" if named else ""


def _left(asked: Asked, figures: list[Figure]) -> str:
    """What is left out, why, and the first of them by their refs."""
    from salesctl.services.leftout import refs

    totals: dict[str, int] = {}
    for one in figures:
        for reason, n in one.left_out.items():
            totals[reason] = totals.get(reason, 0) + n
    if not totals:
        return "; " + _("left out: none")
    counted = Figures(asked.app.store, replace(asked.question, by=None))
    parts = []
    for reason, n in totals.items():
        named = refs(counted, figures[0], reason)
        more = " ..." if n > len(named) else ""
        shown = f" ({' '.join(named)}{more})" if named else ""
        parts.append(_(REASONS[reason]).format(n=f"{n:,}") + shown)
    return "; " + _("left out: {parts}").format(parts=", ".join(parts))
