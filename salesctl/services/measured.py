"""Figures that are more than a count or a sum of rows: each kind of KPI with the function that works it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import ACTIVE_DAYS, KPIS, Kpi
from salesctl.domain.survival import kaplan_meier
from salesctl.domain.velocity import velocity
from salesctl.money import Money
from salesctl.services.figure import Figure, leave_out, plain, ratio_of
from salesctl.store import measures, spells
from salesctl.store.rates import converter
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.services.figures import Figures


def kept(figures: Figures, kpi: Kpi) -> Figure:
    """Customers active at both ends / active at the start, by sets (FORMULAS 12)."""
    q = figures.question
    end = q.period.end or q.day + timedelta(days=1)
    start = q.period.start or end - timedelta(days=ACTIVE_DAYS)
    had, stayed = measures.retained(figures.store, start, end, ACTIVE_DAYS, q.scope, q.as_of)
    span = Period(start, end, q.period.unit if q.period.start else "days")
    return ratio_of(Figure(kpi, span, None, n=stayed), stayed, had)


def again(figures: Figures, kpi: Kpi) -> Figure:
    """Customers that bought and had bought before / that bought (FORMULAS 13)."""
    q = figures.question
    bought, before = spells.repeated(figures.store, q.period, q.scope, q.as_of)
    return ratio_of(Figure(kpi, q.period, None), before, bought)


def touched(figures: Figures, kpi: Kpi) -> Figure:
    """How many customers were touched, each once (FORMULAS 15)."""
    n = spells.touched(figures.store, figures.ask(kpi))
    return Figure(kpi, figures.question.period, None, value=n, n=n)


def survival(figures: Figures, kpi: Kpi) -> Figure:
    """The median cycle with open deals as waits that still run (Kaplan and Meier, FORMULAS 2); n/a while it is not reached."""
    q = figures.question
    ended: dict[Any, int] = measures.histogram(figures.store, figures.ask(KPIS["cycle"]), measures.CYCLE).get(None, {})
    scope = figures.ask(KPIS["open_deals"], at=None)
    ages = measures.histogram(figures.store, replace(scope, by=None), measures.age(q.day))
    running: dict[Any, int] = ages.get(None, {})
    made = Figure(kpi, q.period, None, unit="days", n=sum(_known(ended).values()), of=0)
    made.of = (made.n or 0) + sum(_known(running).values())
    unknown = sum(n for counts in (ended, running) for days, n in counts.items() if days is None)
    leave_out(made, unknown_begin=unknown, closed_before_begin=sum(n for days, n in ended.items() if (days or 0) < 0))
    quarters = (kaplan_meier(_known(ended), _known(running), k / 4) for k in (1, 2, 3))
    made.p25, made.value, made.p75 = (None if one is None else plain(Fraction(one)) for one in quarters)
    return made


def _known(counts: Mapping[Any, int]) -> dict[int, int]:
    return {days: n for days, n in counts.items() if days is not None and days >= 0}


def speed(figures: Figures, kpi: Kpi) -> Figure:
    """Opportunities x average won value x win rate / median cycle: money a day (FORMULAS 7), with its four inputs."""
    q = figures.question
    average, rate, cycle = (figures.of(KPIS[name])[0] for name in ("average_deal", "win_rate", "cycle"))
    made = Figure(kpi, q.period, None, unit=average.unit, used=average.used, lacking=average.lacking, base=average.base)
    leave_out(made, **average.left_out)
    if q.period.start is None or q.period.end is None:
        return made
    n = spells.opportunities(figures.store, q.period.start, q.period.end, q.scope, q.as_of)
    made.n = n
    worth = average.value.minor if isinstance(average.value, Money) else None
    made.parts = {"opportunities": n, "average": average.value, "rate": rate.value, "days": cycle.value}
    share = Fraction(rate.n or 0, rate.of) if rate.of else None
    found = velocity(n, worth, share, cycle.value)
    made.value = None if found is None else Money(round(found), average.unit)
    return made


def slipped(figures: Figures, kpi: Kpi) -> Figure:
    """Of the deals due in a period at its start, those that are open at its end, later or overdue (FORMULAS 16)."""
    q = figures.question
    made = Figure(kpi, q.period, None, unit="ratio")
    if q.period.start is None or q.period.end is None or q.period.start > q.day:
        return made
    rows = spells.slipped(figures.store, q.period.start, q.period.end, q.day, q.scope, q.zone)
    if kpi.kind == "slipped":
        return ratio_of(made, sum(int(row.slipped) for row in rows), sum(int(row.due) for row in rows))
    codes = {row.currency for row in rows if row.currency}
    into = converter(figures.store, q.wanted or (codes.pop() if len(codes) == 1 else q.own), q.day)
    late = due = Fraction()
    made.n, made.of, out = 0, 0, {"without_amount": 0, "other_currency": 0}
    for row in rows:
        code = row.currency or ""
        worth = into.exact(int(row.due_minor), code, None) if code else None
        if worth is None:
            out["other_currency" if code else "without_amount"] += int(row.due)
            continue
        made.n, made.of = made.n + int(row.slipped), made.of + int(row.due)
        late, due = late + (into.exact(int(row.slipped_minor), code, None) or 0), due + worth
    leave_out(made, **out)
    made.value, made.used, made.lacking, made.base = (
        float(late / due) if due else None, tuple(sorted(into.used)), dict(into.lacking), into.base,
    )  # fmt: skip
    return made


KINDS: dict[str, Callable[[Figures, Kpi], Figure]] = {
    "kept": kept,
    "again": again,
    "touched": touched,
    "survival": survival,
    "velocity": speed,
    "slipped": slipped,
    "slipped_value": slipped,
}
