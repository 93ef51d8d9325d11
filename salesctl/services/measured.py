"""Figures that are more than a count or a sum of rows: each kind of KPI with the function that works it out, by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import ACTIVE_DAYS, KPIS, TIMES, WATCHED_DAYS, Kpi
from salesctl.domain.survival import kaplan_meier
from salesctl.domain.velocity import velocity
from salesctl.money import Money
from salesctl.plain import replace
from salesctl.services.figure import Figure, by_rates, leave_out, plain, ratio_of
from salesctl.store import grouped, measures, running, spells
from salesctl.store.rates import converter
from salesctl.when import Period, around

if TYPE_CHECKING:
    from salesctl.services.figures import Figures

Groups = Mapping[Any, Any]
MONEY = ("velocity", "slipped_value", "net_kept", "gross_kept", "coverage", "attainment")  # of which money is a part


def measured(figures: Figures, kpi: Kpi) -> list[Figure]:
    """The figures of a KPI that has a kind of its own: one, or one a group; of times one for each part of the period."""
    if figures.question.by in TIMES:
        return each_part(figures, kpi, lambda part: KINDS[kpi.kind](part, kpi))
    return KINDS[kpi.kind](figures, kpi)


def each_part(figures: Figures, kpi: Kpi, told: Callable[[Figures], list[Figure]]) -> list[Figure]:
    """What is told of each month (week, quarter ...) of a period, as if it were asked of that one alone."""
    found = []
    for label, part in _parts(figures, kpi):
        for one in told(part):
            if one.value or one.n or one.of:
                one.group, one.period = label, figures.question.period
                found.append(one)
    return found


def _parts(figures: Figures, kpi: Kpi) -> Iterator[tuple[str, Figures]]:
    q = figures.question
    unit = str(q.by)
    wanted = q.wanted or (figures.currency() if kpi.kind in MONEY else None)
    for span in _whole(figures, kpi).split(unit):
        if span.start is None:
            return
        label = measures.time_label(span.start.isoformat()[: 10 if unit in ("day", "week") else 7], unit)
        yield str(label), type(figures)(figures.store, replace(q, period=span, by=None, wanted=wanted))


def _whole(figures: Figures, kpi: Kpi) -> Period:
    """The period asked for, as far as there are records: whole months (weeks ...) from the first to the last of them."""
    q = figures.question
    columns = {"deal": ("created", "closed"), "contract": ("signed", "starts")}.get(kpi.over, (kpi.at or "created",))
    ahead = kpi.at == "expected_close" and kpi.is_outside
    found = grouped.bounds(figures.store, kpi.over, (*columns, "expected_close") if ahead else columns)
    if found is None:
        return Period(q.day, q.day, "range")
    first, last = (around(day, str(q.by)) for day in (found[0], found[1] if ahead else min(found[1], q.day)))
    assert first.start is not None and last.end is not None
    start = max(q.period.start or first.start, first.start)
    return Period(start, max(start, min(q.period.end or last.end, last.end)), "range")


def _every(figures: Figures, groups: Groups, nothing: Any) -> list[tuple[Any, Any]]:
    """The groups with what was found of them; without a dimension always one."""
    if figures.question.by is None:
        return [(None, groups.get(None, nothing))]
    return list(groups.items())


def _ends(figures: Figures) -> Period | None:
    """The window of a figure that compares two days: it ends today at the latest; None where it has not begun.

    A year up to now where the period has no beginning.
    """
    q = figures.question
    tomorrow = q.day + timedelta(days=1)
    end = min(q.period.end or tomorrow, tomorrow)
    start = q.period.start or end - timedelta(days=ACTIVE_DAYS)
    return Period(start, end, "range" if q.period.start else "days") if start < end else None


def kept(figures: Figures, kpi: Kpi) -> list[Figure]:
    """Customers active at both ends / active at the start, by sets; or those that are not any more (FORMULAS 12)."""
    q, span = figures.question, _ends(figures)
    found: dict[Any, spells.Count] = {}
    if span is not None and span.start is not None and span.end is not None:
        found = spells.retained(figures.store, span.start, span.end, ACTIVE_DAYS, q.scope, q.as_of, q.by)
    period = q.period if q.period.start is not None or span is None else span
    made = []
    for group, one in _every(figures, found, spells.Count(0, 0)):
        top = one.again if kpi.kind == "kept" else one.n - one.again
        made.append(ratio_of(Figure(kpi, period, figures.label(group)), top, one.n))
    return made


def again(figures: Figures, kpi: Kpi) -> list[Figure]:
    """Customers that bought and had bought before / that bought (FORMULAS 13)."""
    q = figures.question
    found = spells.repeated(figures.store, q.period, q.scope, q.as_of, q.by)
    return [
        ratio_of(Figure(kpi, q.period, figures.label(group)), one.again, one.n)
        for group, one in _every(figures, found, spells.Count(0, 0))
    ]


def came_back(figures: Figures, kpi: Kpi) -> list[Figure]:
    """New customers that bought again within the same number of days / new customers that long ago (FORMULAS 13)."""
    q = figures.question
    found = spells.came_back(figures.store, q.period, q.day, WATCHED_DAYS, q.scope, q.as_of, q.by)
    made = []
    for group, one in _every(figures, found, spells.Count(0, 0)):
        figure = ratio_of(Figure(kpi, q.period, figures.label(group)), one.again, one.n)
        leave_out(figure, young=one.young)
        made.append(figure)
    return made


def touched(figures: Figures, kpi: Kpi) -> list[Figure]:
    """How many customers were touched, each once (FORMULAS 15)."""
    found = spells.touched(figures.store, figures.ask(kpi))
    return [
        Figure(kpi, figures.question.period, figures.label(group), value=n, n=n)
        for group, n in _every(figures, found, 0)
    ]


def survival(figures: Figures, kpi: Kpi) -> list[Figure]:
    """The median cycle with open deals as waits that still run (Kaplan and Meier, FORMULAS 2); n/a while it is not reached."""
    store, q = figures.store, figures.question
    ended = figures.grouped(measures.histogram(store, figures.ask(KPIS["cycle"]), measures.CYCLE))
    ages = figures.grouped(measures.histogram(store, figures.ask(KPIS["open_deals"], at=None), measures.age(q.day)))
    both = {group: (ended.get(group, {}), ages.get(group, {})) for group in (*ended, *ages)}
    return [
        _survived(Figure(kpi, q.period, figures.label(group), unit="days"), *counts)
        for group, counts in _every(figures, both, ({}, {}))
    ]


def _survived(made: Figure, ended: dict[Any, int], running: dict[Any, int]) -> Figure:
    made.n = sum(_known(ended).values())
    made.of = made.n + sum(_known(running).values())
    unknown = sum(n for counts in (ended, running) for days, n in counts.items() if days is None)
    leave_out(made, unknown_begin=unknown, closed_before_begin=sum(n for days, n in ended.items() if (days or 0) < 0))
    quarters = (kaplan_meier(_known(ended), _known(running), k / 4) for k in (1, 2, 3))
    made.p25, made.value, made.p75 = (None if one is None else plain(Fraction(one)) for one in quarters)
    return made


def _known(counts: Mapping[Any, int]) -> dict[int, int]:
    return {days: n for days, n in counts.items() if days is not None and days >= 0}


def speed(figures: Figures, kpi: Kpi) -> list[Figure]:
    """Opportunities x average won value x win rate / median cycle: money a day (FORMULAS 7), with its four inputs."""
    q = figures.question
    inputs = {
        name: {one.group: one for one in figures.of(KPIS[name])} for name in ("average_deal", "win_rate", "cycle")
    }
    counts: dict[Any, int] = {}
    if q.period.start is not None and q.period.end is not None:
        counts = spells.opportunities(figures.store, q.period.start, q.period.end, q.scope, q.as_of, q.by)
        counts = counts or ({None: 0} if q.by is None else {})
    elif q.by is None:
        return [_speed(kpi, figures, None, None, inputs)]
    return [_speed(kpi, figures, figures.label(group), n, inputs) for group, n in counts.items()]


def _speed(kpi: Kpi, figures: Figures, group: Any, n: int | None, inputs: dict[str, dict[Any, Figure]]) -> Figure:
    period = figures.question.period
    average, rate, cycle = (one.get(group, Figure(KPIS[name], period, group)) for name, one in inputs.items())
    made = Figure(kpi, period, group, unit=average.unit, used=average.used, lacking=average.lacking, base=average.base)
    leave_out(made, **average.left_out)
    if n is None:
        return made
    made.n = n
    worth = average.value.minor if isinstance(average.value, Money) else None
    made.parts = {"opportunities": n, "average": average.value, "rate": rate.value, "days": cycle.value}
    found = velocity(n, worth, Fraction(rate.n or 0, rate.of) if rate.of else None, cycle.value)
    made.value = None if found is None else Money(round(found), average.unit)
    return made


def slipped(figures: Figures, kpi: Kpi) -> list[Figure]:
    """Of the deals due in a period at its start, those that are open at its end, later or overdue (FORMULAS 16)."""
    q = figures.question
    start, end = q.period.start, q.period.end
    if start is None or end is None or start > q.day:
        return [Figure(kpi, q.period, None, unit="ratio")] if q.by is None else []
    rows = spells.slipped(figures.store, start, end, q.day, q.scope, q.zone, q.by)
    groups: dict[Any, list[spells.Due]] = {}
    for row in rows:
        groups.setdefault(row.g, []).append(row)
    codes = {row.currency for row in rows if row.currency}
    base = q.told_in(codes)
    tell = _slipped if kpi.kind == "slipped" else _slipped_value
    return [
        tell(Figure(kpi, q.period, figures.label(group), unit="ratio"), mine, figures, base)
        for group, mine in _every(figures, groups, [])
    ]


def _slipped(made: Figure, rows: list[spells.Due], _figures: Figures, _base: str) -> Figure:
    return ratio_of(made, sum(int(row.slipped) for row in rows), sum(int(row.due) for row in rows))


def _slipped_value(made: Figure, rows: list[spells.Due], figures: Figures, base: str) -> Figure:
    into = converter(figures.store, base, figures.question.day)
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
    made.value = float(late / due) if due else None
    by_rates(made, into)
    return made


def yearly(figures: Figures, kpi: Kpi) -> list[Figure]:
    """A year's worth of the contracts of the customers of the start, at the end / at the start (FORMULAS 12).

    Gross: no customer counts for more than at the start. Both ends go by the latest rates, so that none of it is exchange.
    """
    q, span = figures.question, _ends(figures)
    sides: list[list[running.Running]] = [[], []]
    if span is not None and span.start is not None and span.last is not None:
        days = (span.start - timedelta(days=1), span.last)
        sides = [list(running.running(figures.store, day, q.day, figures.ask(kpi).scope, q.by)) for day in days]
    codes = {one.currency for one in sides[0] if one.currency}
    into = converter(figures.store, q.told_in(codes), q.day)
    groups: dict[Any, list[list[running.Running]]] = {}
    for place, rows in enumerate(sides):
        for one in rows:
            groups.setdefault(one.group, [[], []])[place].append(one)
    period = q.period if q.period.start is not None or span is None else span
    return [
        _yearly(Figure(kpi, period, figures.label(group), unit="ratio"), had, has, into)
        for group, (had, has) in _every(figures, groups, [[], []])
        if had or q.by is None
    ]


def _yearly(made: Figure, had: list[running.Running], has: list[running.Running], into: Any) -> Figure:
    """A customer of whom a contract has no worth in this currency, at either end, is on neither side."""
    out: dict[str, set[int]] = {"without_term": set(), "other_currency": set()}
    mine = {one.customer for one in had}
    sums: list[dict[int, Fraction]] = [{}, {}]
    unknown: set[int] = set()
    for one, total in [(one, sums[0]) for one in had] + [(one, sums[1]) for one in has if one.customer in mine]:
        worth = None if one.yearly is None else into.exact(one.yearly, one.currency, None)
        if worth is None:
            out["without_term" if one.yearly is None else "other_currency"].add(one.customer)
            unknown.add(one.customer)
        else:
            total[one.customer] = total.get(one.customer, Fraction()) + worth
    leave_out(made, **{reason: len(customers) for reason, customers in out.items()})
    old, new = ({who: worth for who, worth in one.items() if who not in unknown} for one in sums)
    whole = sum(old.values(), Fraction())
    left = {customer: new.get(customer, Fraction()) for customer in old}
    if made.kpi.kind == "gross_kept":
        left = {customer: min(worth, old[customer]) for customer, worth in left.items()}
    made.n, made.of = sum(1 for worth in left.values() if worth), len(old)
    made.value = float(sum(left.values(), Fraction()) / whole) if whole else None
    by_rates(made, into)
    return made


KINDS: dict[str, Callable[[Figures, Kpi], list[Figure]]] = {
    "kept": kept,
    "gone": kept,
    "again": again,
    "came_back": came_back,
    "touched": touched,
    "survival": survival,
    "velocity": speed,
    "slipped": slipped,
    "slipped_value": slipped,
    "net_kept": yearly,
    "gross_kept": yearly,
}
