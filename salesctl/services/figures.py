"""KPIs worked out: each figure with its n, its range, what was left out, and how it changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import KPIS, TIMES, Kpi
from salesctl.domain.stats import Quartiles
from salesctl.money import Money
from salesctl.plain import replace
from salesctl.services.figure import (
    Figure,
    Question,
    compare,
    foreign,
    leave_out,
    money,
    money_ratio,
    plain,
    ratio_of,
    size,
)
from salesctl.services.scope import NONE
from salesctl.store import grouped, measures
from salesctl.store.measures import Ask, Tally
from salesctl.store.rates import converter
from salesctl.store.records import Where

if TYPE_CHECKING:
    from salesctl.store.connect import Store
    from salesctl.store.rates import Converter

__all__ = ["Figure", "Figures", "Question", "compare"]


class Figures:
    """Answers questions from a store; each SELECT is made once."""

    def __init__(self, store: Store, question: Question) -> None:
        self.store = store
        self.question = question
        self._tallies: dict[tuple[str, str | None, str], dict[Any, Tally]] = {}
        self._called: Any = None
        self._dateless: dict[tuple[str, str | None, str], int] = {}
        self._unrated: dict[tuple[str, str | None, str], dict[Any, Tally]] = {}
        self._worth: dict[tuple[str, str | None, str], dict[Any, Tally]] = {}
        self._into: dict[tuple[str, str | None, str], Converter | None] = {}

    def all(self, kpis: Sequence[Kpi]) -> list[Figure]:
        """The figures, KPI by KPI, their groups in order."""
        return [figure for kpi in kpis for figure in self.of(kpi)]

    def of(self, kpi: Kpi) -> list[Figure]:
        """The figures of one KPI: one, or one a group."""
        found = self._of(kpi)
        undated = self._undated(kpi) if self.question.by is None and not (kpi.is_outside or kpi.is_whole) else 0
        if undated:
            found[0].left_out["without_close_date"] = undated
            found[0].excluded += undated
        return found

    def _undated(self, kpi: Kpi) -> int:
        """How many open deals no period has, for want of a day on which they are expected to close."""
        ask = self.ask(kpi)
        if ask.at != "expected_close":
            return 0
        key = _key(kpi)
        if key not in self._dateless:
            self._dateless[key] = measures.count(self.store, replace(ask, at=None), "t.expected_close IS NULL")
        return self._dateless[key]

    def _of(self, kpi: Kpi) -> list[Figure]:
        if kpi.is_outside:
            return [Figure(kpi, self.question.period, None, unit="ratio")]
        if kpi.is_whole:
            from salesctl.services.measured import measured

            return self._ordered(measured(self, kpi))
        if kpi.kind == "days":
            return self._days(kpi)
        if kpi.kind == "median":
            return self._median(kpi)
        groups = self.worth(kpi) if kpi.is_money or kpi.kind == "money_ratio" else self.tallies(kpi)
        if self.question.by is None and not groups:
            groups = {None: Tally()}
        made = [self._figure(kpi, label, tally) for label, tally in groups.items()]
        return self._ordered([one for one in made if one is not None])

    def tallies(self, kpi: Kpi) -> dict[Any, Tally]:
        """What was counted for a KPI, by the name of the group."""
        key = _key(kpi)
        if key not in self._tallies:
            found = measures.tallies(self.store, self.ask(kpi))
            self._tallies[key] = measures.fold(found, self._name())
        return self._tallies[key]

    def worth(self, kpi: Kpi) -> dict[Any, Tally]:
        """What was counted for a KPI, its amounts in one currency where a rate is known (FORMULAS 0).

        Where all are in that currency nothing more is asked of the store.
        """
        key = _key(kpi)
        if key not in self._worth:
            found, into = self.tallies(kpi), self.into(kpi)
            if into is not None:
                found = measures.fold(measures.tallies(self.store, replace(self.ask(kpi), into=into)), self._name())
            self._worth[key] = found
        return self._worth[key]

    def into(self, kpi: Kpi) -> Converter | None:
        """What turns the amounts of other currencies into the wanted one; None where there are no others."""
        key = _key(kpi)
        if key not in self._into:
            tallies = self.tallies(kpi)
            currency = self._currency(list(tallies.values()))
            mixed = any(code != currency for tally in tallies.values() for _outcome, code in tally.money)
            self._into[key] = converter(self.store, currency, self.question.day) if mixed else None
        return self._into[key]

    def unrated(self, kpi: Kpi) -> dict[Any, Tally]:
        """Deals lost for a reason that counts in no rate (FORMULAS 1: duplicate, test), by the name of the group."""
        key = _key(kpi)
        if key not in self._unrated:
            from salesctl.store import sops

            condition, values = sops.unrated(self.store)
            ask = self.ask(kpi)
            scope = Where([*ask.scope.parts, condition], {**ask.scope.params, **values})
            into = self.into(kpi)
            found = measures.tallies(self.store, replace(ask, scope=scope, into=into)) if condition else {}
            self._unrated[key] = measures.fold(found, self._name())
        return self._unrated[key]

    def grouped(self, found: dict[Any, dict[int, int]]) -> dict[Any, dict[int, int]]:
        """Histograms by the name of the group."""
        return measures.merge(found, self._name())

    def _name(self) -> Any:
        if self._called is None:
            self._called = measures.spread(self.store, self.question.by)
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
        if kpi.only == "stalled":
            scope = self._still(scope)
        if kpi.over == "deal" or not scope.parts:
            return scope
        if not self.question.filtered and self.question.owners is not None:
            ids = ", ".join(map(str, self.question.owners)) or "NULL"
            return Where([f"t.owner_id IN ({ids})"])
        inner = " AND ".join(scope.parts)
        column, mine = ("t.id", "customer_id") if kpi.over == "customer" else ("t.deal_id", "id")
        return Where([f"{column} IN (SELECT t.{mine} FROM deal t WHERE {inner})"], dict(scope.params))

    def _still(self, scope: Where) -> Where:
        """The deals of a scope that nobody touched for longer than their stage allows (FORMULAS 9)."""
        from datetime import datetime
        from zoneinfo import ZoneInfo

        from salesctl.store.deals import stalled

        q = self.question
        found = Where(list(scope.parts), dict(scope.params), q.as_of)
        now = datetime.combine(q.day, datetime.min.time(), ZoneInfo(q.zone))
        found.add(stalled(self.store, found, now, q.as_of))
        return found

    def currency(self) -> str:
        """The one currency that all money of the question is told in."""
        return self._currency(list(self.tallies(KPIS["revenue"]).values()))

    def _currency(self, tallies: Sequence[Tally]) -> str:
        """--currency, else the single currency of the rows, else the organisation's."""
        found = {currency for tally in tallies for _outcome, currency in tally.money}
        return self.question.told_in(found)

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
        made = Figure(kpi, self.question.period, self.label(label), n=n)
        if kpi.kind == "ratio":
            if None in kpi.bottom:
                made.parts = {"open": tally.outcomes.get(None, 0)}
            return ratio_of(made, n, closed)
        if kpi.kind == "count":
            made.value = n
            return made
        every = self._tallies[_key(kpi)].values()
        currency = self._currency(list(every))
        if kpi.kind == "money_ratio":
            return self._rated(money_ratio(made, tally, kpi, currency), kpi, tally)
        return self._rated(money(made, tally, tops, currency), kpi, tally)

    def _rated(self, made: Figure, kpi: Kpi, tally: Tally) -> Figure:
        """With the exchange rates that were used, and those that are lacking; n/a where nothing is left (FORMULAS 0)."""
        into = self.into(kpi)
        if into is not None:
            made.used, made.base = tuple(sorted(into.used)), into.base
            for (outcome, code), day in sorted(tally.lacking.items(), key=str):
                if outcome in (*kpi.outcomes, *kpi.bottom):
                    made.lacking[code] = max(day, made.lacking.get(code, ""))
        if not made.n and made.left_out.get("other_currency"):
            made.value = None
        return made

    def label(self, raw: Any) -> str | None:
        """What a group is called; None without a dimension."""
        if self.question.by is None:
            return None
        if raw is None or raw == "":
            return NONE
        return f'"{NONE}"' if raw == NONE else str(raw)

    def _ordered(self, figures: list[Figure]) -> list[Figure]:
        if self.question.by in TIMES:
            return sorted(figures, key=lambda one: (one.group == NONE, one.group or ""))
        if self.question.by == "reached":
            place = grouped.order(self.store)
            return sorted(figures, key=lambda one: (one.group == NONE, place.get(one.group or "", 0), one.group or ""))
        return sorted(figures, key=lambda one: (one.group == NONE, -size(one), one.group or ""))

    def _days(self, kpi: Kpi) -> list[Figure]:
        found = measures.histogram(self.store, self.ask(kpi), measures.CYCLE)
        groups = self.grouped(found)
        if self.question.by is None and not groups:
            groups = {None: {}}
        return self._ordered([self._cycle(kpi, label, counts) for label, counts in groups.items()])

    def _cycle(self, kpi: Kpi, label: Any, counts: dict[Any, int]) -> Figure:
        made = Figure(kpi, self.question.period, self.label(label), unit="days", n=0)
        unknown = counts.get(None, 0)
        negative = sum(times for days, times in counts.items() if days is not None and days < 0)
        leave_out(made, unknown_begin=unknown, closed_before_begin=negative)
        known = Quartiles.of({days: times for days, times in counts.items() if days is not None and days >= 0})
        if known is not None:
            made.value, made.n = plain(known.median), known.n
            made.mean, made.p25, made.p75 = float(known.mean), plain(known.p25), plain(known.p75)
        return made

    def _median(self, kpi: Kpi) -> list[Figure]:
        currency = self._currency(list(self.tallies(KPIS["revenue"]).values()))
        tallies = self.worth(KPIS["revenue"])
        found = self.grouped(self._amounts(kpi, currency))
        made = []
        for label, tally in (tallies or {None: Tally()}).items():
            figure = Figure(kpi, self.question.period, self.label(label), unit=currency, n=0)
            known = Quartiles.of(found.get(label, {}))
            if known is not None:
                figure.value, figure.n = Money(round(known.median), currency), known.n
            leave_out(
                figure, without_amount=tally.blank.get("won", 0), other_currency=foreign(tally, ("won",), currency)
            )
            if figure.n or self.question.by is None:
                made.append(self._rated(figure, KPIS["revenue"], tally))
        return self._ordered(made)

    def _amounts(self, kpi: Kpi, currency: str) -> dict[Any, dict[int, int]]:
        """How often each amount occurs, in one currency, by raw group."""
        ask = self.ask(kpi)
        into = self.into(KPIS["revenue"])
        if into is not None:
            return measures.worths(self.store, replace(ask, into=into))
        scope = Where([*ask.scope.parts, "t.amount_currency = :money_"], {**ask.scope.params, "money_": currency})
        return measures.histogram(self.store, replace(ask, scope=scope), "t.amount")


def _bounded(q: Question) -> bool:
    return q.period.end is not None and q.period.unit not in ("all",)


def _key(kpi: Kpi) -> tuple[str, str | None, str]:
    """What makes two KPIs count the same rows."""
    return kpi.over, kpi.at, f"{_extra(kpi)} {kpi.only}"


def _extra(kpi: Kpi) -> str:
    if kpi.over == "followup":
        return "t.done_at IS NOT NULL AND t.closed_by_id IS NULL"
    if kpi.over != "deal" or kpi.at == "created":
        return ""
    if kpi.kind in ("days", "median"):
        return f"t.outcome = '{kpi.outcomes[0]}'"
    if kpi.only == "competitive":
        return f"t.outcome IS NOT NULL AND {measures.COMPETITIVE}"
    return "t.outcome IS NULL" if kpi.outcomes == (None,) else "t.outcome IS NOT NULL"
