"""The boards: one SELECT each, as a table with a bar at the end of its rows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import stage_name
from salesctl.commands._standard import conditions
from salesctl.domain.deal import DEAL
from salesctl.domain.lacking import said
from salesctl.i18n import N_, _
from salesctl.money import Money, short
from salesctl.output.bars import bar
from salesctl.output.views import Column, Table
from salesctl.services.scope import moment
from salesctl.store import boards
from salesctl.store.rates import converter

if TYPE_CHECKING:
    from salesctl.domain.kinds import Reading

TOTAL = "total"  # what the row of sums has for a stage, in every language
COLUMNS = (
    Column("stage", N_("Stage"), show=lambda stage: _("Total") if stage == TOTAL else stage_name(stage)),
    Column("deals", N_("Deals"), "r"),
    Column("value", N_("Value"), "r", "money"),
    Column("probability", N_("Win %"), "r"),
    Column("weighted", N_("Weighted"), "r", "money"),
    Column("stalled", N_("Stalled"), "r", show=lambda n: str(n) if n else "-"),
    Column("bar", N_("Value by stage"), data=False),
    Column("pipeline", N_("Pipeline"), screen=False),
    Column("without_amount", N_("Without an amount"), screen=False),
    Column("without_probability", N_("Without a chance"), screen=False),
    Column("other_currency", N_("Other currencies"), screen=False),
)


def by_stage(app: Any, given: dict[str, Any], wanted: str | None = None) -> Table:
    """Stages as rows, and their sum; value and weighted in one currency (`wanted`), the others counted apart."""
    where, day = conditions(app, DEAL, given)
    at, _instant, _day = moment(app, given["as_of"])
    rows = boards.by_stage(app.store, where, at)
    currency = wanted or _currency(app, rows)
    into = converter(app.store, currency, day)
    sums = boards.in_currency(rows, into)
    app.shows(into)
    names = boards.stages(app.store)
    found: dict[Any, dict[str, Any]] = {}
    for row in sums:
        _add(found, row, names, currency)
    shown = sorted(found.values(), key=lambda one: one["order"])
    most = max((one["value"].minor for one in shown), default=0)
    for one in shown:
        one["bar"] = bar(one["value"].minor, most, 20)
    total = _total(shown, currency)
    longest = _longest(app, where, at, day)
    footer = [longest] if longest else []
    footer += _left(total) + ([said(into.lacking, currency)] if into.lacking else [])
    table = [*shown, total] if shown else []
    return Table(table, COLUMNS, title=_title(app, given, day, currency), footer=footer, empty=_("no open deals"))


def _left(total: dict[str, Any]) -> list[str]:
    """What the sums leave out."""
    texts = (
        ("without_amount", _("{n} without an amount")),
        ("without_probability", _("{n} without a probability")),
        ("other_currency", _("{n} in other currencies")),
    )
    parts = [text.format(n=f"{total[key]:,}") for key, text in texts if total[key]]
    return [_("counted and not summed: {parts}").format(parts=", ".join(parts))] if parts else []


def _currency(app: Any, rows: list[Any]) -> str:
    from salesctl.services.base import currency, told_in

    known = {row["currency"] for row in rows if row["currency"]}
    return told_in(app, None) or (known.pop() if len(known) == 1 else currency(app, app.store))


def _add(found: dict[Any, dict[str, Any]], row: Any, names: dict[int, Any], currency: str) -> None:
    stage = names.get(row["stage"])
    one = found.setdefault(
        row["stage"],
        {
            "stage": stage["name"] if stage else None,
            "pipeline": stage["pipeline"] if stage else None,
            "probability": stage["probability"] if stage else None,
            "order": (stage["pid"] or 0, stage["position"] or 0) if stage else (10**9, 0),
            "deals": 0,
            "value": Money(0, currency),
            "exact": Fraction(),
            "weighted": Money(0, currency),
            "stalled": 0,
            "without_amount": 0,
            "without_probability": 0,
            "other_currency": 0,
        },
    )
    one["deals"] += row["n"]
    one["stalled"] += row["still"]
    if row["currency"] is None:
        one["without_amount"] += row["n"]
    elif row["currency"] != currency:
        one["other_currency"] += row["n"]
    else:
        one["exact"] += row["total"]
        one["value"] = Money(round(one["exact"]), currency)
        one["weighted"] += Money(round(Fraction(row["weighted"]) / 100), currency)
        one["without_probability"] += row["chanceless"]


def _total(rows: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    total: dict[str, Any] = {"stage": TOTAL, "bar": "", "pipeline": None}
    for key in ("deals", "stalled", "without_amount", "without_probability", "other_currency"):
        total[key] = sum(row[key] for row in rows)
    total["value"] = Money(round(sum(row["exact"] for row in rows)), currency)
    total["weighted"] = Money(sum(row["weighted"].minor for row in rows), currency)
    value = total["value"].minor
    total["probability"] = round(100 * Fraction(total["weighted"].minor, value)) if value else None
    return total


def _longest(app: Any, where: Any, at: Reading, day: date) -> str:
    """The deals that stand still for the longest."""
    parts = []
    for one in boards.longest_still(app.store, where, at):
        since = one["touched_at"]
        days = (day - since.astimezone(at.now.tzinfo).date()).days if since else 0
        amount = f" {short(one['amount'], app.lang)}" if one["amount"] else ""
        parts.append(f"D{one['id']} {one['name']} {_('{n}d').format(n=days)}{amount}")
    return f"{_('Stalled longest')}  {'   '.join(parts)}" if parts else ""


def _title(app: Any, given: dict[str, Any], day: date, currency: str) -> str:
    from salesctl.when import show_date, weekday

    parts = [_("Open pipeline"), *(str(given[key]) for key in ("team", "owner", "pipeline") if given[key])]
    return "  ".join([*parts, f"{weekday(day)} {show_date(day, date.min, app.lang)}", currency])


HEAPS = {
    "overdue": N_("overdue"),
    "today": N_("today"),
    "tomorrow": N_("tomorrow"),
    "this_week": N_("this week"),
    "next_week": N_("next week"),
    "later": N_("later"),
}
DUE = (
    Column("when", N_("When"), show=lambda code: _(HEAPS[code]) if code else ""),
    Column("ref", N_("Ref")),
    Column("type", N_("Type"), show=lambda code: _type(code)),
    Column("subject", N_("What"), grow=True),
    Column("customer", N_("Customer"), grow=True),
    Column("deal_ref", N_("Deal")),
    Column("amount", N_("Amount"), "r", "money"),
    Column("owner", N_("Owner")),
    Column("due", N_("Due"), screen=False),
    Column("due_time", N_("Time"), screen=False),
)


def _type(code: str) -> str:
    from salesctl.domain.followup import TYPE

    return _(TYPE.labels[code])


def by_due(app: Any, given: dict[str, Any]) -> Table:
    """What is due: overdue, today, tomorrow, this week, next week, later."""
    from salesctl.services import scope
    from salesctl.services.scope import whose
    from salesctl.store import agenda

    _at, instant, day = scope.moment(app, given["as_of"])
    owners, _name = whose(app, given["owner"] or "all", given["team"])
    items = agenda.due(app.store, day + timedelta(days=3650), owners, instant)
    rows = [{**one, "when": bucket(one["due"], day)} for one in items]
    last = ""
    for row in rows:
        row["when"], last = ("" if row["when"] == last and app.out.human else row["when"]), row["when"]
        if app.out.read:  # one with a lead that is no customer yet names the lead in their place
            row["customer"], row["deal_ref"] = row["customer"] or row["lead"], row["deal_ref"] or row["lead_ref"]
    title = _("Due")
    return Table(rows, DUE, title=title, empty=_("nothing is due"))


def bucket(due: date, day: date) -> str:
    """Which heap a day lies on: a key of HEAPS."""
    if due < day:
        return "overdue"
    if due == day:
        return "today"
    if due == day + timedelta(days=1):
        return "tomorrow"
    monday = day - timedelta(days=day.weekday())
    if due < monday + timedelta(days=7):
        return "this_week"
    return "next_week" if due < monday + timedelta(days=14) else "later"
