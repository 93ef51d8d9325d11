"""Why a figure changed: the splits on a page, largest drivers first, and as data; every split adds up to the change."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from salesctl.commands import _figures
from salesctl.domain.breakdown import Driver, rest, rounded
from salesctl.domain.kpi import find
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.money import Money, exact
from salesctl.output.views import Column, Report, Table
from salesctl.services.figures import compare
from salesctl.services.scope import NONE
from salesctl.services.why import DIMENSIONS, EXPLAINED, Change, Split, change
from salesctl.store.breakdowns import SEVERAL
from salesctl.when import around, parse_period

TOP = 3  # drivers of each split on a page; --by shows all
LABELS = {
    "rep": N_("Rep"), "team": N_("Team"), "product": N_("Product"), "channel": N_("Channel"),
    "loss-reason": N_("Lost reason"), "stage": N_("Lost in stage"), "region": N_("Region"),
    "class": N_("Customer class"), "industry": N_("Industry"), "customer-region": N_("Customer's region"),
    "pipeline": N_("Pipeline"),
}  # fmt: skip
WORDS = {
    "loss_reason": "loss-reason", "lost_reason": "loss-reason", "lost-reason": "loss-reason", "输单原因": "loss-reason",
    "丢单原因": "loss-reason", "customer-class": "class", "级别": "class", "客户级别": "class",
}  # fmt: skip
KEYS = ("kpi", "by", "group", "now", "before", "top", "bottom", "top_before", "bottom_before", "mix", "rate", "effect",
        "within_chance")  # fmt: skip
COLUMNS = tuple(Column(key, key, kind="money" if key in ("now", "before", "mix", "rate", "effect") else "") for key in KEYS)  # fmt: skip


def view(app: Any, name: str, options: dict[str, Any], vs: str, by: str | None, reasons: bool) -> Report:
    """The page of a change. Raises UsageError (2) for a KPI or a group that cannot be taken apart."""
    kpi = find(name)
    if kpi.name not in EXPLAINED:
        raise UsageError(
            _("{kpi} cannot be taken apart").format(kpi=_(kpi.label)),
            _("one of: {names}").format(names=", ".join(EXPLAINED)),
        )
    begin, today = _figures.question(app, None, None, None, options["as_of"], None, options["owner"], options["team"], options["pipeline"], options["where"], options["currency"])  # fmt: skip
    begin.period = parse_period(options["period"], today) if options["period"] else around(today, "month")
    asked = _figures.Asked(app, begin, today, vs, {"owner": options["owner"], "team": options["team"]})
    if asked.other is None:
        raise UsageError(_("a change needs a period with a first and a last day"), _("as -p 2026Q4"))
    dimensions = [_dimension(by)] if by else list(DIMENSIONS)
    if not app.store.exists:
        dimensions = []
    found = change(app.store, begin, asked.other, kpi, dimensions)
    app.shows(found.now, found.before)
    return _page(app, asked, found, bool(by), reasons)


def _dimension(word: str) -> str:
    from salesctl.domain.kpi import DIMENSION_WORDS
    from salesctl.text import name_key

    key = name_key(word)
    key = WORDS.get(key, DIMENSION_WORDS.get(key, key))
    if key not in LABELS:
        raise UsageError(
            _("a change cannot be split by {word}").format(word=word),
            _("one of: {names}").format(names=", ".join(LABELS)),
        )
    return key


def _page(app: Any, asked: Any, found: Change, every: bool, reasons: bool) -> Report:
    rows = [row for one in found.splits for row in _rows(found, one)]
    blocks: list[Any] = [_head(app, asked, found)]
    if found.known:
        blocks += [_table(app, found, one, every) for one in found.splits]
        if not found.splits:
            blocks.append([_("no split has more than one group")])
    if reasons:
        blocks.append(_method(found))
    span, today = asked.question.period, asked.today
    running = span.to_date(today) if span.holds(today) else span
    title = _("Why {kpi}  {period} against {other}").format(
        kpi=_(found.kpi.label), period=running.label(app.lang), other=asked.other.label(app.lang)
    )
    return Report(title, blocks, _data(asked, found, rows), rows, COLUMNS, text_in_pipe=True)


def _head(app: Any, asked: Any, found: Change) -> list[str]:
    now, before = found.now, found.before
    counts = [f"{_figures.worth(one)} ({_figures.count(one)})" for one in (now, before)]
    if not found.known or now.value is None or before.value is None:
        return [_("{now}, was {before}: n/a, there is nothing to take apart").format(now=counts[0], before=counts[1])]
    compare(now, before)
    difference = _figures.changed(now) if found.kpi.name == "cycle" else _said(found, _delta(found))
    line = _("{now}, was {before}: {change}").format(now=counts[0], before=counts[1], change=difference)
    if now.within_chance is not None:
        line += ", " + (_("within chance") if now.within_chance else _("more than chance"))
    lines = [line]
    if found.kpi.name == "cycle":
        lines.append(_("taken apart: the mean, {now} d, was {before} d: {change}").format(
            now=f"{float(found.whole.rate or 0):.1f}", before=f"{float(found.past.rate or 0):.1f}",
            change=_said(found, _delta(found))))  # fmt: skip
    if found.foreign:
        lines.append(_("not in the splits: {n} in other currencies; --currency CODE").format(n=found.foreign))
    top = _largest(found)
    if top:
        lines.append(_("Most of it: {drivers}").format(drivers=", ".join(top)))
    return lines


def _largest(found: Change) -> list[str]:
    """The three largest drivers of all splits that go the way of the change."""
    delta = _delta(found)
    every = [(one, split.by) for split in found.splits for one in split.drivers if one.effect * delta > 0]
    every.sort(key=lambda pair: -abs(pair[0].effect))
    return [f"{_(LABELS[by])} {_name(by, one.group)} {_said(found, one.effect)}" for one, by in every[:TOP]]


def _delta(found: Change) -> Fraction:
    """The change that is taken apart."""
    if found.kpi.name == "revenue":
        return Fraction(found.whole.top - found.past.top)
    return (found.whole.rate or Fraction(0)) - (found.past.rate or Fraction(0))


def _said(found: Change, part: Fraction) -> str:
    """A part of the change in the figure's unit: -4.7 pt, +€1,200, +3.2 d."""
    if found.kpi.kind in ("ratio", "money_ratio"):
        return _("{n} pt").format(n=f"{float(100 * part):+.1f}")
    if found.kpi.is_money:
        minor = round(part)
        return ("+" if minor > 0 else "") + exact(Money(minor, found.currency))
    return _("{n} d").format(n=f"{float(part):+.1f}")


def _unit(found: Change) -> Fraction:
    """The unit in which a screen shows parts: tenths of a point or a day, minor units."""
    if found.kpi.kind in ("ratio", "money_ratio"):
        return Fraction(1, 1000)
    return Fraction(1) if found.kpi.is_money else Fraction(1, 10)


def _table(app: Any, found: Change, one: Split, every: bool) -> Table:
    shown, others = (
        (one.drivers, []) if every or len(one.drivers) <= TOP + 1 else (one.drivers[:TOP], one.drivers[TOP:])
    )
    drivers = [*shown, *([_rest(others, one.losses)] if others else [])]
    unit = _unit(found)
    parts = rounded([part for driver in drivers for part in (driver.mix, driver.rate)], unit)
    rows = []
    for place, driver in enumerate(drivers):
        mix, rate = parts[2 * place], parts[2 * place + 1]
        last = bool(others) and place == len(drivers) - 1
        rows.append(
            {
                "group": _("others ({n})").format(n=len(others)) if last else _name(one.by, driver.group),
                "now": _rate(found, driver.now, one.losses),
                "before": _rate(found, driver.before, one.losses),
                "mix": _said(found, mix * unit),
                "rate": _said(found, rate * unit),
                "effect": _said(found, (mix + rate) * unit),
                "chance": "" if last or not one.chance[place] else _("noise"),
            }
        )
    return Table(rows, _columns(found, one), title=_(LABELS[one.by]), tight=True)


def _rest(others: list[Driver], losses: bool) -> Driver:
    """The groups that are not shown, as one; of losses each is a share of the same whole."""
    one = rest(others)
    if not losses:
        return one
    now, before = others[0].now.bottom, others[0].before.bottom
    return one._replace(now=one.now._replace(bottom=now), before=one.before._replace(bottom=before))


def _columns(found: Change, one: Split) -> list[Column]:
    sums = found.kpi.name == "revenue"
    columns = [
        Column("group", N_("Group"), grow=True),
        Column("now", N_("Now"), "r", whole=True),
        Column("before", N_("Before"), "r", whole=True),
    ]
    if not one.losses:
        columns.append(Column("mix", N_("By number") if sums else N_("By share"), "r", whole=True))
        columns.append(Column("rate", N_("By size") if sums else N_("By rate"), "r", whole=True))
    columns.append(Column("effect", N_("Effect"), "r", whole=True))
    return [*columns, Column("chance", "", whole=True)] if any(one.chance) else columns


def _rate(found: Change, cell: Any, losses: bool) -> str:
    """What a group had in a period: 21 % 12/57, €12,000 3, 43 d 12."""
    if losses and found.kpi.name == "win_rate":
        return _("{n} of {of} lost").format(n=cell.top, of=cell.bottom)
    if found.kpi.kind in ("ratio", "money_ratio"):
        counts = f" {cell.top}/{cell.bottom}" if found.kpi.name == "win_rate" else ""
        return (f"{100 * float(cell.rate):.0f} %" if cell.rate is not None else _("n/a")) + counts
    if found.kpi.name == "revenue":
        return f"{exact(Money(round(cell.top), found.currency))} {cell.bottom}"
    if cell.rate is None:
        return _("n/a") + f" {cell.bottom}"
    value = exact(Money(round(cell.rate), found.currency)) if found.kpi.is_money else _("{n} d").format(n=f"{float(cell.rate):.0f}")  # fmt: skip
    return f"{value} {cell.bottom}"


def _name(by: str, group: str | None) -> str:
    if group is None:
        return _("(none)")
    if group == SEVERAL:
        return _("(several)")
    if by == "stage":
        from salesctl.commands._fields import stage_name

        return stage_name(group)
    if by == "class":
        from salesctl.domain.customer import CLASS

        return _(CLASS.labels.get(group, group))
    return group


def _rows(found: Change, one: Split) -> list[dict[str, Any]]:
    """A split for scripts: parts in millionths or minor units, which add up to `change` exactly."""
    unit = Fraction(1) if found.kpi.is_money else Fraction(1, 1_000_000)
    parts = rounded([part for driver in one.drivers for part in (driver.mix, driver.rate)], unit)
    return [
        {
            "kpi": found.kpi.name,
            "by": one.by,
            "group": driver.group or NONE,
            "now": _value(found, driver.now),
            "before": _value(found, driver.before),
            "top": round(driver.now.top),
            "bottom": round(driver.now.bottom),
            "top_before": round(driver.before.top),
            "bottom_before": round(driver.before.bottom),
            "mix": _part(found, parts[2 * place]),
            "rate": _part(found, parts[2 * place + 1]),
            "effect": _part(found, parts[2 * place] + parts[2 * place + 1]),
            "within_chance": one.chance[place],
        }
        for place, driver in enumerate(one.drivers)
    ]


def _value(found: Change, cell: Any) -> Any:
    if found.kpi.name == "revenue":
        return Money(round(cell.top), found.currency)
    if cell.rate is None:
        return None
    return Money(round(cell.rate), found.currency) if found.kpi.is_money else round(float(cell.rate), 6)


def _part(found: Change, units: int) -> Any:
    return Money(units, found.currency) if found.kpi.is_money else units / 1_000_000


def _data(asked: Any, found: Change, rows: list[dict[str, Any]]) -> dict[str, Any]:
    unit = Fraction(1) if found.kpi.is_money else Fraction(1, 1_000_000)
    spans = (asked.question.period, asked.other)
    labels = [{"label": one.label("en"), "start": one.start, "end": one.last} for one in spans]
    return {
        "kpi": found.kpi.name,
        "period": labels[0],
        "against": labels[1],
        "value": found.now.value,
        "before": found.before.value,
        "unit": found.now.unit,
        "n": found.now.n,
        "of": found.now.of,
        "before_n": found.before.n,
        "before_of": found.before.of,
        "change": _part(found, round(_delta(found) / unit)) if found.known else None,
        "within_chance": found.now.within_chance,
        "excluded": found.now.excluded + found.before.excluded,
        "other_currency": found.foreign,
        "splits": [{"by": one.by, "groups": [row for row in rows if row["by"] == one.by]} for one in found.splits],
    }


def _method(found: Change) -> list[str]:
    """How it was taken apart, in the words of the trade."""
    lines = [f"{_(found.kpi.label)}: {_(found.kpi.definition)}"]
    if found.kpi.name == "revenue":
        lines.append(_("by number: change of the number of deals x the mean of both sizes; by size: the mean of both numbers x change of the size"))  # fmt: skip
    else:
        lines.append(_("by share: change of the share x (mean rate of the group - mean rate of all); by rate: mean share x change of the rate"))  # fmt: skip
    lines.append(_("Bennet's decomposition, on the mean of both periods: it leaves no remainder, each split adds up to the change"))  # fmt: skip
    if found.kpi.name in ("win_rate", "win_rate_value"):
        lines.append(_("reasons and stages: the share of what was closed that was lost so, before less now"))
    if found.kpi.name == "win_rate":
        lines.append(_("noise: two-proportion z-test of the group (Fisher if small), adjusted by Benjamini-Hochberg in its split"))  # fmt: skip
    lines.append(_("a deal with more than one product is in the group (several)"))
    return lines
