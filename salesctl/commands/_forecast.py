"""The forecast on a screen: one line that says it all, the categories, the adjustments, and what is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesctl.commands._rates import percent
from salesctl.commands._unrated import rates
from salesctl.domain.deal import DEAL
from salesctl.domain.forecast import CATEGORIES, DRAWS, LABELS, OMITTED, SEED, Sum
from salesctl.domain.lacking import said
from salesctl.i18n import N_, _
from salesctl.money import Money, exact, short
from salesctl.output.views import Column, Report, Table
from salesctl.plain import replace
from salesctl.services.figures import Question
from salesctl.services.forecast import Forecast
from salesctl.when import around, parse_period

Values = dict[str, Any]
KEYS = ("category", "deals", "amount", "cumulative", "weighted", "adjusted", "adjusted_by", "adjusted_at", "reason")
MONEY = ("amount", "cumulative", "weighted", "adjusted")
COLUMNS = tuple(Column(key, key, kind="money" if key in MONEY else "") for key in KEYS)
BUCKETS = {"overdue": N_("overdue"), "overdue_before": N_("from before"), OMITTED: LABELS[OMITTED]}
HEAD = (
    Column("category", N_("Category"), show=lambda key: _({**LABELS, **BUCKETS}[key])),
    Column("deals", N_("Deals"), "r"),
    Column("amount", N_("Amount"), "r", "money"),
    Column("cumulative", N_("Together"), "r", "money"),
    Column("weighted", N_("Weighted"), "r", "money"),
    Column("adjusted", N_("Adjusted"), "r", "money"),
)
REASONS = {
    "without_amount": N_("{n} without an amount"),
    "without_date": N_("{n} without a close date"),
    "without_probability": N_("{n} without a probability"),
    "other_currency": N_("{n} in other currencies"),
}
NAMED = 20  # deals that --why names of each reason


def question(
    app: Any, period: str | None, owner: str | None, team: str | None, as_of: str | None, currency: str | None
) -> Question:
    """What is asked: a period, this quarter unless another is said; whose; as of when."""
    from salesctl.commands import _figures

    asked, day = _figures.question(app, None, None, None, as_of, None, owner, team, currency=currency)
    return replace(asked, period=parse_period(period, day) if period else around(day, "quarter"))


def view(app: Any, found: Forecast, as_of: str | None, why: bool) -> Report:
    """The page of a forecast."""
    rows = [_row(found, key) for key in CATEGORIES]
    aside = [_aside(found, key, total) for key, total in _buckets(found) if total.deals]
    blocks: list[Any] = [[headline(found, app.lang)], Table([*rows, *aside], HEAD, tight=True)]
    words = [word(app, row) for row in _words(found)]
    notes = [*words, *_notes(found, app.lang), *_missing(found)]
    blocks += [notes] if notes else []
    blocks += [_why(found)] if why else []
    data = _data(found, rows, as_of)
    hint = ""
    if found.goal is None:
        hint = _("no goal yet: salesctl goal add revenue 900k -p {period}").format(period=found.question.period.code)
    return Report(_title(app, found, as_of), blocks, data, rows, COLUMNS, hint=hint)


def _title(app: Any, found: Forecast, as_of: str | None) -> str:
    from salesctl.services.forecast_adjust import whose

    name = whose(app, found.scope)
    parts = [_("Forecast"), found.question.period.label(app.lang), *([name] if name else []), found.currency]
    return "  ".join([*parts, *([_("as of {day}").format(day=found.question.day.isoformat())] if as_of else [])])


def headline(found: Forecast, lang: str) -> str:
    """commit €742k  weighted €917k (€838k-€1,003k)  best case €942k  goal €900k: 60 %."""

    def shown(minor: int) -> str:
        return short(Money(minor, found.currency), lang)

    rolled, outlook = found.rolled, found.outlook
    parts = [f"{_('commit')} {shown(rolled['commit'].amount)}", f"{_('weighted')} {shown(found.weighted)}"]
    if outlook is not None:
        parts[1] += f" ({shown(outlook.quantile(10))}-{shown(outlook.quantile(90))})"
    parts.append(f"{_('best case')} {shown(rolled['best_case'].amount)}")
    if found.goal is not None:
        chance = found.chance
        said = "" if chance is None else f": {percent(float(chance))}"
        parts.append(f"{_('goal')} {short(found.goal, lang)}{said}")
    return "  ".join(parts)


def _row(found: Forecast, key: str) -> Values:
    one, rolled, word = found.columns[key], found.rolled[key], found.adjusted.get(key)
    amount = word["amount"] if word else None
    kept = word if amount is not None else None
    return {
        "category": key,
        "deals": one.deals,
        "amount": found.money(one.amount),
        "cumulative": found.money(rolled.amount),
        "weighted": found.money(one.weighted),
        "adjusted": Money(amount, kept["currency"]) if kept and amount is not None else None,
        "adjusted_by": kept["who"] if kept else None,
        "adjusted_at": kept["at"] if kept else None,
        "reason": kept["reason"] if kept else None,
    }


def _buckets(found: Forecast) -> list[tuple[str, Sum]]:
    return [("overdue", found.overdue), ("overdue_before", found.before), (OMITTED, found.columns[OMITTED])]


def _aside(found: Forecast, key: str, total: Sum) -> Values:
    """A row that is in no roll-up."""
    return {
        "category": key,
        "deals": total.deals,
        "amount": found.money(total.amount),
        "weighted": found.money(total.weighted),
        "cumulative": None,
        "adjusted": None,
    }


def _words(found: Forecast) -> list[Values]:
    from salesctl.services.forecast_adjust import value

    return [value(row) for key in CATEGORIES if (row := found.adjusted.get(key)) and row["amount"] is not None]


def word(app: Any, row: Mapping[str, Any]) -> str:
    """An adjustment as a line."""
    from salesctl.services.forecast_adjust import whose

    said = exact(row["amount"], app.lang) if row["amount"] else _("none")
    name = whose(app, row["scope"])
    parts = [_("adjusted"), row["period"], *([name] if name else []), _(LABELS[row["category"]])]
    before = exact(row["before"], app.lang) if row["before"] else _("none")
    parts.append(f"{before} -> {said}")
    parts += [row["by"]] if row["by"] else []
    return "  ".join([*parts, str(row["at"])[:10], row["reason"]])


def _notes(found: Forecast, lang: str) -> list[str]:
    """What the range says, in plain words; and what a row that stands aside means."""
    lines = []
    if found.outlook is not None and found.weighed:
        low, middle, high = (short(found.money(found.outlook.quantile(p)), lang) for p in (10, 50, 90))
        lines.append(
            _("likely {low} to {high}: 8 times of 10 or more; in the middle {middle}").format(
                low=low, high=high, middle=middle
            )
        )
    if found.overdue.deals or found.before.deals:
        lines.append(_("overdue: the close date is past; in no category until it has a new one"))
    return lines


def _missing(found: Forecast) -> list[str]:
    parts = [_(REASONS[key]).format(n=f"{len(deals):,}") for key, deals in found.left_out.items()]
    lines = [_("not in it: {parts}").format(parts=", ".join(parts))] if parts else []
    parts = [_(REASONS[key]).format(n=f"{n:,}") for key, n in found.unsummed.items()]
    lines += [_("won and not in it: {parts}").format(parts=", ".join(parts))] if parts else []
    return [*lines, *([said(found.lacking, found.currency)] if found.lacking else [])]


def _why(found: Forecast) -> list[str]:
    lines = [
        _("Category: what was said of a deal (deal edit REF forecast=commit), else by its chance: 0-39 pipeline, 40-59 best case, 60 and more commit."),
        _("Together: a category with those above it. Weighted: amount x chance; without a chance a deal weighs nothing and is counted."),
        _("Likely: the middle 80 % of {draws} draws in which each open deal is won or not by its chance, each on its own (seed {seed}); p10, p50, p90.").format(draws=f"{DRAWS:,}", seed=SEED),
        _("Closed: deals won, by close date. Open deals: by expected close. Adjusted: a manager's word; no other figure takes it."),
    ]  # fmt: skip
    for key, deals in found.left_out.items():
        named = " ".join(DEAL.code(deal.id) for deal in deals[:NAMED])
        more = " ..." if len(deals) > NAMED else ""
        lines.append(f"{_(REASONS[key]).format(n=f'{len(deals):,}')}: {named}{more}")
    return [*lines, *([rates(found.used)] if found.used else [])]


def _data(found: Forecast, rows: list[Values], as_of: str | None) -> Values:
    period, outlook, chance = found.question.period, found.outlook, found.chance

    def quantile(percent: int) -> Money | None:
        return None if outlook is None else found.money(outlook.quantile(percent))

    def bucket(total: Sum) -> Values:
        return {"deals": total.deals, "amount": found.money(total.amount), "weighted": found.money(total.weighted)}

    return {
        "period": {"label": period.label("en"), "start": period.start, "end": period.last},
        "scope": found.scope,
        "as_of": found.question.day if as_of else None,
        "currency": found.currency,
        "categories": rows,
        **{key: bucket(total) for key, total in _buckets(found)},
        "weighted": found.money(found.weighted),
        "p10": quantile(10),
        "p50": quantile(50),
        "p90": quantile(90),
        "goal": found.goal,
        "chance": None if chance is None else float(chance),
        "draws": DRAWS,
        "seed": SEED,
        "closed_left_out": {key: found.unsummed.get(key, 0) for key in ("without_amount", "other_currency")},
        "left_out": {key: [DEAL.code(one.id) for one in found.left_out.get(key, ())] for key in REASONS},
    }


PAST = (
    Column("at", N_("When"), show=lambda at: str(at)[:10]),
    Column("by", N_("By")),
    Column("who", "who", screen=False),
    Column("whose", N_("Whose"), grow=True, data=False),
    Column("period", N_("Period")),
    Column("category", N_("Category"), show=lambda key: _(LABELS[key])),
    Column("before", N_("Before"), "r", "money"),
    Column("amount", N_("Now"), "r", "money"),
    Column("reason", N_("Reason"), grow=True),
    Column("scope", N_("Scope"), screen=False),
)


def history(app: Any, period: str | None, whose: Mapping[str, str | None]) -> Table:
    """Every adjustment, of a period and of whom where they are asked for."""
    from salesctl.services import forecast_adjust
    from salesctl.services.base import today
    from salesctl.services.forecast import scope_of
    from salesctl.store import forecasts

    span = parse_period(period, today(app)) if period else None
    scope = scope_of(app, whose) if any(whose.values()) else None
    rows = [forecast_adjust.value(row) for row in forecasts.history(app.store, span, scope)]
    names = [forecast_adjust.whose(app, row["scope"]) for row in rows]
    shown = [row | {"who": name, "whose": name or _("Company")} for row, name in zip(rows, names, strict=True)]
    return Table(shown, PAST, title=_("Adjustments"), empty=_("nothing was adjusted"), tight=True)
