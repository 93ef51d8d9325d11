"""KPIs worked out: each figure with its n, its range, what was left out, and how it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import ACTIVE_DAYS, KPIS, Kpi
from salesctl.domain.stats import Quartiles, Ratio, within_chance
from salesctl.money import Money
from salesctl.services.scope import NONE
from salesctl.store import measures
from salesctl.store.measures import TIMES, Ask, Tally
from salesctl.store.records import Where
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.store.connect import Store


@dataclass(eq=False, repr=False)
class Figure:
    """One KPI of one group in one period. `value` is a count, Money, a ratio 0..1 or days; None is n/a."""

    kpi: Kpi
    period: Period
    group: str | None
    value: Any = None
    unit: str = "count"
    n: int | None = None
    of: int | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    p25: float | None = None
    p75: float | None = None
    excluded: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    before: Any = None
    change: Any = None
    within_chance: bool | None = None
    goal: Any = None
    trend: list[Any] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Question:
    """Which figures are wanted, of what. `scope` is a Where on deals; `owners` the ids that it leaves, None for all."""

    period: Period
    by: str | None
    scope: Where
    as_of: str | None
    zone: str
    minutes: int
    wanted: str | None  # the currency asked for
    own: str  # the organisation's currency
    day: date  # the day the answer counts from
    owners: tuple[int, ...] | None = None
    filtered: bool = False  # the scope says more than whose


class Figures:
    """Answers questions from a store; each SELECT is made once."""

    def __init__(self, store: Store, question: Question) -> None:
        self.store = store
        self.question = question
        self._tallies: dict[tuple[str, str | None, str], dict[Any, Tally]] = {}
        self._called: Any = None
        self._unrated: dict[Any, Tally] | None = None

    def all(self, kpis: Sequence[Kpi]) -> list[Figure]:
        """The figures, KPI by KPI, their groups in order."""
        return [figure for kpi in kpis for figure in self.of(kpi)]

    def of(self, kpi: Kpi) -> list[Figure]:
        """The figures of one KPI: one, or one a group."""
        if kpi.kind == "empty":
            return [Figure(kpi, self.question.period, None, unit="ratio")]
        if kpi.kind == "kept":
            return [self._kept(kpi)]
        if kpi.kind == "days":
            return self._days(kpi)
        if kpi.kind == "median":
            return self._median(kpi)
        groups = self.tallies(kpi)
        if self.question.by is None and not groups:
            groups = {None: Tally()}
        made = [self._figure(kpi, label, tally) for label, tally in groups.items()]
        return self._ordered([one for one in made if one is not None])

    def tallies(self, kpi: Kpi) -> dict[Any, Tally]:
        """What was counted for a KPI, by the name of the group."""
        key = (kpi.over, kpi.at, _extra(kpi))
        if key not in self._tallies:
            found = measures.tallies(self.store, self.ask(kpi))
            self._tallies[key] = measures.fold(found, self._name())
        return self._tallies[key]

    def unrated(self, kpi: Kpi) -> dict[Any, Tally]:
        """Deals lost for a reason that counts in no rate (FORMULAS 1: duplicate, test), by the name of the group."""
        if self._unrated is None:
            from salesctl.store import sops

            condition, values = sops.unrated(self.store)
            ask = self.ask(kpi)
            scope = Where([*ask.scope.parts, condition], {**ask.scope.params, **values})
            found = measures.tallies(self.store, replace(ask, scope=scope)) if condition else {}
            self._unrated = measures.fold(found, self._name())
        return self._unrated

    def _name(self) -> Any:
        if self._called is None:
            self._called = measures.names(self.store, self.question.by)
        return self._called

    def ask(self, kpi: Kpi, at: str | None = "") -> Ask:
        """What the store is asked for a KPI."""
        q = self.question
        column = kpi.at if at == "" else at
        if kpi.outcomes == (None,) and kpi.over == "deal" and not (q.period.start or _bounded(q)):
            column = None
        return Ask(kpi.over, column, q.period, q.by, self._scope(kpi), q.as_of, _extra(kpi), q.zone, q.minutes)

    def _scope(self, kpi: Kpi) -> Where:
        scope = self.question.scope
        if kpi.over == "deal" or not scope.parts:
            return scope
        if not self.question.filtered and self.question.owners is not None:
            ids = ", ".join(map(str, self.question.owners)) or "NULL"
            return Where([f"t.owner_id IN ({ids})"])
        inner = " AND ".join(scope.parts)
        column, mine = ("t.deal_id", "id") if kpi.over == "followup" else ("t.id", "customer_id")
        return Where([f"{column} IN (SELECT t.{mine} FROM deal t WHERE {inner})"], dict(scope.params))

    def _currency(self, tallies: Sequence[Tally]) -> str:
        """--currency, else the single currency of the rows, else the organisation's."""
        found = {currency for tally in tallies for _outcome, currency in tally.money}
        return self.question.wanted or (found.pop() if len(found) == 1 else self.question.own)

    def _figure(self, kpi: Kpi, label: Any, tally: Tally) -> Figure | None:
        out = self.unrated(kpi).get(label) if kpi.kind in ("ratio", "money_ratio") else None
        if out is not None:
            made = self._figure_of(kpi, label, measures.without(tally, out))
            if made is not None:
                made.left_out["excluded_from_rates"] = out.n
                made.excluded += out.n
            return made
        return self._figure_of(kpi, label, tally)

    def _figure_of(self, kpi: Kpi, label: Any, tally: Tally) -> Figure | None:
        tops = kpi.outcomes if kpi.over == "deal" else tuple(tally.outcomes) if not kpi.type else (kpi.type,)
        n = sum(tally.outcomes.get(outcome, 0) for outcome in tops)
        closed = sum(tally.outcomes.get(outcome, 0) for outcome in kpi.bottom)
        if self.question.by is not None and not n and not closed:
            return None
        made = Figure(kpi, self.question.period, self._label(label), n=n)
        if kpi.kind == "ratio":
            return _ratio(made, n, closed)
        if kpi.kind == "count":
            made.value = n
            return made
        every = self._tallies[(kpi.over, kpi.at, _extra(kpi))].values()
        currency = self._currency(list(every))
        if kpi.kind == "money_ratio":
            return _money_ratio(made, tally, kpi, currency)
        return _money(made, tally, tops, currency)

    def _label(self, raw: Any) -> str | None:
        if self.question.by is None:
            return None
        return NONE if raw is None or raw == "" else str(raw)

    def _ordered(self, figures: list[Figure]) -> list[Figure]:
        if self.question.by in TIMES:
            return sorted(figures, key=lambda one: (one.group == NONE, one.group or ""))
        return sorted(figures, key=lambda one: (one.group == NONE, -_size(one), one.group or ""))

    def _days(self, kpi: Kpi) -> list[Figure]:
        found = measures.histogram(self.store, self.ask(kpi), measures.CYCLE)
        groups = measures.merge(found, self._name())
        if self.question.by is None and not groups:
            groups = {None: {}}
        return self._ordered([self._cycle(kpi, label, counts) for label, counts in groups.items()])

    def _cycle(self, kpi: Kpi, label: Any, counts: dict[Any, int]) -> Figure:
        made = Figure(kpi, self.question.period, self._label(label), unit="days", n=0)
        unknown = counts.get(None, 0)
        negative = sum(times for days, times in counts.items() if days is not None and days < 0)
        _leave_out(made, unknown_begin=unknown, closed_before_begin=negative)
        known = Quartiles.of({days: times for days, times in counts.items() if days is not None and days >= 0})
        if known is not None:
            made.value, made.n = _plain(known.median), known.n
            made.mean, made.p25, made.p75 = float(known.mean), _plain(known.p25), _plain(known.p75)
        return made

    def _median(self, kpi: Kpi) -> list[Figure]:
        tallies = self.tallies(KPIS["revenue"])
        currency = self._currency(list(tallies.values()))
        ask = self.ask(kpi)
        scope = Where([*ask.scope.parts, "t.amount_currency = :money_"], {**ask.scope.params, "money_": currency})
        found = measures.merge(measures.histogram(self.store, replace(ask, scope=scope), "t.amount"), self._name())
        made = []
        for label, tally in (tallies or {None: Tally()}).items():
            figure = Figure(kpi, self.question.period, self._label(label), unit=currency, n=0)
            known = Quartiles.of(found.get(label, {}))
            if known is not None:
                figure.value, figure.n = Money(round(known.median), currency), known.n
            _leave_out(
                figure, without_amount=tally.blank.get("won", 0), other_currency=_others(tally, ("won",), currency)
            )
            if figure.n or self.question.by is None:
                made.append(figure)
        return self._ordered(made)

    def _kept(self, kpi: Kpi) -> Figure:
        q = self.question
        end = q.period.end or q.day + timedelta(days=1)
        start = q.period.start or end - timedelta(days=ACTIVE_DAYS)
        had, kept = measures.retained(self.store, start, end, ACTIVE_DAYS, q.scope, q.as_of)
        return _ratio(
            Figure(kpi, Period(start, end, q.period.unit if q.period.start else "days"), None, n=kept), kept, had
        )


def _bounded(q: Question) -> bool:
    return q.period.end is not None and q.period.unit not in ("all",)


def _extra(kpi: Kpi) -> str:
    if kpi.over == "followup":
        return "t.done_at IS NOT NULL AND t.closed_by_id IS NULL"
    if kpi.over != "deal" or kpi.at == "created":
        return ""
    if kpi.kind in ("days", "median"):
        return "t.outcome = 'won'"
    return "t.outcome IS NULL" if kpi.outcomes == (None,) else "t.outcome IS NOT NULL"


def _ratio(made: Figure, top: int, bottom: int) -> Figure:
    ratio = Ratio(top, bottom)
    made.value, made.unit, made.n, made.of = ratio.value, "ratio", top, bottom
    if ratio.range:
        made.low, made.high = ratio.range
    return made


def _money(made: Figure, tally: Tally, tops: Sequence[str | None], currency: str) -> Figure:
    sums = [total for (outcome, unit), total in tally.money.items() if outcome in tops and unit == currency]
    blank = sum(tally.blank.get(outcome, 0) for outcome in tops)
    others = _others(tally, tops, currency)
    made.unit = currency
    counted = sum(total.n for total in sums)
    if made.kpi.kind == "weighted":
        made.n = sum(total.weighed for total in sums)
        chanceless = counted - made.n
        _leave_out(made, without_amount=blank, other_currency=others, without_probability=chanceless)
        made.value = Money(round(Fraction(sum(total.weighted for total in sums), 100)), currency)
        return made
    _leave_out(made, without_amount=blank, other_currency=others)
    minor = sum(total.minor for total in sums)
    if made.kpi.kind == "average":
        made.n = counted
        made.value = Money(round(Fraction(minor, counted)), currency) if counted else None
    else:
        made.n = counted
        made.value = Money(minor, currency)
    return made


def _money_ratio(made: Figure, tally: Tally, kpi: Kpi, currency: str) -> Figure:
    def total(outcomes: Sequence[str | None], what: str) -> int:
        chosen = (one for (outcome, unit), one in tally.money.items() if outcome in outcomes and unit == currency)
        return sum(getattr(one, what) for one in chosen)

    top, bottom = total(kpi.outcomes, "minor"), total(kpi.bottom, "minor")
    made.n, made.of, made.unit = total(kpi.outcomes, "n"), total(kpi.bottom, "n"), "ratio"
    made.value = float(Fraction(top, bottom)) if bottom else None
    blank = sum(tally.blank.get(outcome, 0) for outcome in kpi.bottom)
    _leave_out(made, without_amount=blank, other_currency=_others(tally, kpi.bottom, currency))
    return made


def _others(tally: Tally, outcomes: Sequence[str | None], currency: str) -> int:
    return sum(one.n for (outcome, unit), one in tally.money.items() if outcome in outcomes and unit != currency)


def _leave_out(made: Figure, **counts: int) -> None:
    made.left_out = {reason: n for reason, n in counts.items() if n}
    made.excluded = sum(counts.values())


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _size(figure: Figure) -> Fraction:
    value = figure.value
    if value is None:
        return Fraction(-1)
    if figure.unit == "ratio":
        return Fraction(figure.of or 0)
    return Fraction(value.minor if isinstance(value, Money) else value)


def compare(now: Figure, before: Figure) -> None:
    """Put the figure of an earlier period beside: the difference in points, days or as a share, and whether it is chance."""
    now.before = before.value
    if now.value is None or before.value is None:
        return
    if now.unit == "ratio":
        now.change = now.value - before.value
        if now.kpi.kind in ("ratio", "kept"):
            now.within_chance = within_chance(now.n or 0, now.of or 0, before.n or 0, before.of or 0)
    elif now.unit == "days":
        now.change = _plain(Fraction(now.value) - Fraction(before.value))
    else:
        first, second = (x.minor if isinstance(x, Money) else x for x in (before.value, now.value))
        same = not isinstance(now.value, Money) or now.value.currency == before.value.currency
        now.change = float(Fraction(second - first, first)) if first and same else None
