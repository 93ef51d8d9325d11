"""Blocks about deals: what was won and lost and why, how the pipeline moved, what to watch, what is in no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.commands._brief import Told, amount, left, summed, told_apart
from salesctl.domain.kpi import KPIS
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, short, symbol
from salesctl.output.views import Chart
from salesctl.plain import replace
from salesctl.store import reports

if TYPE_CHECKING:
    from salesctl.commands._brief import Brief
    from salesctl.store.reports import Closed

Values = dict[str, Any]
BARE = 8  # deals without a next step that are listed by their refs
NAMED = 3  # deals that a line names
ITEMS = 20  # deals that the data names
LOST_VALUE = replace(KPIS["lost"], name="lost_value", kind="money")  # what was lost is in no KPI of its own
PARTS = {
    "new": N_("new"),
    "reopened": N_("reopened"),
    "up": N_("up"),
    "pulled_in": N_("pulled in"),
    "moved_in": N_("came over"),
    "down": N_("down"),
    "pushed_out": N_("pushed out"),
    "moved_out": N_("went away"),
    "won": N_("won"),
    "lost": N_("lost"),
}


def won(brief: Brief, _options: Mapping[str, str]) -> Told:
    """Deals won in the period: how many, how much, the largest by name."""
    n = brief.figure(KPIS["won"], brief.span).value
    revenue = brief.figure(KPIS["revenue"], brief.span)
    deals = reports.closed(brief.app.store, brief.figures(brief.span).ask(KPIS["revenue"]), "won", ITEMS)
    data = {"n": n, "value": revenue.value, "left_out": revenue.left_out, "deals": [_deal(one) for one in deals]}
    if not n:
        return Told(data, [_("nothing won")], big="0")
    named = _named(deals, n, revenue.unit)
    said = left(revenue.left_out)
    lines = [f"{n:,}   {amount(revenue.value)}   {named}".rstrip()]
    lines += [_("not in the sum: {parts}").format(parts=", ".join(said))] if said else []
    return Told(data, lines, big=f"{amount(revenue.value)}")


def lost(brief: Brief, _options: Mapping[str, str]) -> Told:
    """Deals lost in the period: how many, how much, why and to whom, the largest by name."""
    figures = brief.figures(brief.span)
    n = figures.of(KPIS["lost"])[0].value
    value = brief.figure(LOST_VALUE, brief.span)
    ask = figures.ask(KPIS["revenue"])
    why = reports.reasons(brief.app.store, ask) if n else []
    deals = reports.closed(brief.app.store, ask, "lost", ITEMS) if n else []
    reasons, rivals = _tallied(why, "reason"), _tallied(why, "rival")
    data = {
        "n": n, "value": value.value, "left_out": value.left_out, "reasons": reasons, "rivals": rivals,
        "deals": [{**_deal(one), "reason": one.reason, "lost_to": one.rival} for one in deals],
    }  # fmt: skip
    if not n:
        return Told(data, [_("nothing lost")], big="0")
    whys = ", ".join(told_apart([(_reason(one["name"]), one["n"]) for one in reasons]))
    to = [_("to {name} {n}").format(name=one["name"], n=f"{one['n']:,}") for one in rivals[:2] if one["name"]]
    lines = [f"{n:,}   {amount(value.value)}   {'; '.join([whys, *to])}", _named(deals, n, value.unit)]
    chart = None
    if len(reasons) > 1:
        names = [_reason(one["name"]) for one in reasons]
        counts = [one["n"] for one in reasons]
        chart = Chart("bar", _("Why deals were lost"), names, [(_("Deals"), counts)], [[f"{k:,}" for k in counts]])
    return Told(data, [line for line in lines if line], chart=chart, big=amount(value.value))


def _reason(name: str | None) -> str:
    return name or _("no reason given")


def _tallied(rows: Sequence[Mapping[str, Any]], key: str) -> list[Values]:
    """How often each name occurs; those that differ only by case, width or blanks are one, as most of them write it."""
    from salesctl.text import name_key, spellings

    names = spellings((row[key] or "", row["n"]) for row in rows)
    counts = dict.fromkeys(names, 0)
    for row in rows:
        counts[name_key(row[key] or "")] += row["n"]
    known = [{"name": names[folded] or None, "n": n} for folded, n in counts.items() if folded or key == "reason"]
    return sorted(known, key=lambda one: (-int(str(one["n"])), one["name"] is None, one["name"] or ""))


def _deal(one: Closed) -> Values:
    return {"ref": f"D{one.id}", "name": one.name, "customer": one.customer, "amount": one.amount}


def _named(deals: Sequence[Closed], n: int, code: str) -> str:
    """Vors 38,000  Arva 21,500  and 4 more; nothing where no amount is known."""
    if not any(one.amount and one.amount.minor for one in deals):
        return ""
    parts = []
    for one in deals[:NAMED]:
        sum_ = ""
        if one.amount is not None:
            shown = amount(one.amount)
            sum_ = f" {shown.removeprefix(symbol(code))}"
        parts.append(f"D{one.id} {one.customer or one.name}{sum_}")
    rest = n - len(parts)
    return "  ".join([*parts, *([_n("and {n} more", "and {n} more", rest).format(n=f"{rest:,}")] if rest else [])])


def pipeline(brief: Brief, _options: Mapping[str, str]) -> Told:
    """How the sum of the open deals came from the start of the period to its end."""
    from salesctl.commands._changes import notes, rows_of
    from salesctl.domain.waterfall import SIGNS, Waterfall
    from salesctl.services import base
    from salesctl.store.waterfall import movement

    if brief.app.store.exists:
        found = movement(
            brief.app.store, brief.span, brief.owners, brief.day, zone=base.zone(brief.app), own=brief.base.own,
            wanted=brief.code,
        )  # fmt: skip
    else:
        found = Waterfall.empty(brief.code)
    brief.app.shows(found)
    rows = rows_of(found)
    data = {
        "currency": found.currency, "balanced": not found.rest, "other_currency": found.others,
        "without_amount": found.end.blank,
        **{row["movement"]: {"deals": row["deals"], "value": row["value"]} for row in rows},
    }  # fmt: skip
    parts = [_brief(rows[0]["value"], brief.lang)]
    for row in rows[1:-1]:
        if row["value"].minor:
            mark = "+" if SIGNS[row["movement"]] > 0 else "-"
            parts.append(f"{mark}{_brief(_size(row['value']), brief.lang)} {_(PARTS[row['movement']])}")
    end = _brief(rows[-1]["value"], brief.lang)
    lines = [f"{' '.join(parts)} = {end}"]
    lines += notes(found)
    if found.used:
        lines.append(_("other currencies here by the rate of the last day, won and KPIs by that of the close date"))
    return Told(data, lines, chart=_waterfall(rows, brief.lang), big=short(rows[-1]["value"], brief.lang))


def _size(value: Money) -> Money:
    return Money(abs(value.minor), value.currency)


def _brief(value: Money, lang: str) -> str:
    return short(value, lang, sign=False)


def _waterfall(rows: Sequence[Values], lang: str) -> Chart | None:
    from salesctl.commands._changes import LABELS

    used = [row for row in rows if row["value"].minor or row["movement"] in ("start", "end")]
    if not any(row["value"].minor for row in used):
        return None
    labels = [_(LABELS[row["movement"]]) for row in used]
    numbers = [row["value"].minor for row in used]
    shown = [amount(row["value"]) for row in used]
    return Chart("bar", _("How the pipeline moved"), labels, [(_("Amount"), numbers)], [shown])


def watch(brief: Brief, _options: Mapping[str, str]) -> Told:
    """What needs a look: stalled deals, deals without a next step, approvals that wait, goals that are behind."""
    from salesctl.commands._approvals_due import waiting
    from salesctl.commands._blocks_goals import behind
    from salesctl.services.scope import moment
    from salesctl.store import agenda
    from salesctl.store.deals import stalled

    store = brief.app.store
    at, instant, _day = moment(brief.app, brief.as_of)
    still, quiet = agenda.open_where(brief.owners, instant), agenda.open_where(brief.owners, instant)
    still.add(stalled(store, still, at, instant))
    quiet.add(agenda.without_step(instant))
    still_n, still_sum = summed(reports.worth(store, still), brief.into)
    quiet_n, quiet_sum = summed(reports.worth(store, quiet), brief.into)
    named = agenda.standing_still(store, at, brief.owners, instant, NAMED)[0] if still_n else []
    bare = [f"D{id}" for id in reports.which(store, quiet, "1 = 1", brief.day, BARE)] if quiet_n else []
    desk = waiting(brief.app, brief.owners, brief.day, instant) if instant is None and store.exists else None
    risky = behind(brief)
    data = {
        "stalled": {"n": still_n, "value": still_sum, "longest": [one["ref"] for one in named]},
        "without_step": {"n": quiet_n, "value": quiet_sum, "largest": bare}, "approvals": desk.total if desk else 0,
        "goals": [{"ref": one["ref"], "who": one["who"], "state": one["state"]} for one in risky],
    }  # fmt: skip
    parts = []
    if still_n:
        parts.append(
            _("{n} stalled {amount}")
            .format(n=f"{still_n:,}", amount=short(still_sum, brief.lang) if still_sum.minor else "")
            .rstrip()
        )
    if quiet_n:
        parts.append(_("{n} without next step").format(n=f"{quiet_n:,}"))
    if desk:
        parts.append(_n("{n} approval", "{n} approvals", desk.total).format(n=desk.total))
    parts += [f"{one['ref'] or one['kpi_label']} {one['state_shown']}" for one in risky[:3]]
    if len(risky) > 3:
        parts.append(_n("and {n} more", "and {n} more", len(risky) - 3).format(n=len(risky) - 3))
    lines = ["   ".join(parts) or _("nothing stands out")]
    if named:
        names = (f"{one['ref']} {one['customer'] or one['name']}" for one in named)
        lines.append(f"{_('longest')} {'  '.join(names)}")
    if bare:
        more = (
            [_n("and {n} more", "and {n} more", quiet_n - len(bare)).format(n=f"{quiet_n - len(bare):,}")]
            if quiet_n > len(bare)
            else []
        )
        lines.append(f"{_('no next step')} {'  '.join([*bare, *more])}")
    return Told(data, lines, big=_("{n} stalled").format(n=f"{still_n:,}"))
