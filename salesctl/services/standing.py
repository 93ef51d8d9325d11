"""Where goals stand against the figures and the calendar: those of one period and scope from the same figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain import goalrules as rules
from salesctl.domain.goal import MILLION
from salesctl.domain.kpi import KPIS, Kpi
from salesctl.money import Money
from salesctl.plain import Data
from salesctl.services.base import today, zone
from salesctl.services.figures import Figure, Figures, Question
from salesctl.services.goal import days_of, period_of
from salesctl.services.target import scaled
from salesctl.store.forecasts import IN_FORECAST
from salesctl.store.goals import levels as levels_of
from salesctl.store.records import Where
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store

Values = dict[str, Any]


class Standing(Data, frozen=True):
    """A goal against the figures: values in the goal's own unit (minor units, counts, days, millionths)."""

    goal: Values
    kpi: Kpi
    period: Period
    figure: Figure
    now: int | None
    target: int
    days: rules.Days
    state: str
    lands: int | None
    coming: int  # weighted open pipeline due from the day on to the period's end, as `forecast` weighs it; of revenue
    levels: tuple[tuple[str, int], ...]

    @property
    def attainment(self) -> Fraction | None:
        return None if self.now is None else rules.attainment(self.now, self.target)

    @property
    def pace(self) -> Fraction | None:
        return None if self.now is None or self.kpi.is_ratio else rules.pace(self.now, self.target, self.days)


class Board:
    """Goals against figures; those of one period and scope share their SELECTs.

    `lands` says that where goals land is told too, so that open deals belong to the sums of the answer.
    """

    def __init__(self, app: App, as_of: str | None = None, day: date | None = None, lands: bool = True) -> None:
        self.app, self.lands = app, lands
        self.store = app.store
        self.as_of = as_of
        self.day = day or today(app)
        self._figures: dict[Any, Figures] = {}

    def standing(self, goal: Values) -> Standing:
        """Where one goal stands."""
        kpi = KPIS[goal["kpi"]]
        period = period_of(goal)
        days = days_of(self.store, period, self.day, self.as_of is not None)
        figure = self.figure(goal, kpi, period)
        now = scaled(kpi, figure.value)
        coming = self._coming(goal, period) if kpi.name == "revenue" else 0
        over = period.end is not None and self.day >= period.end
        levels = tuple(levels_of(self.store, goal["id"]))
        state = self._state(kpi, goal["target"], now, figure, days, over)
        lands = self._lands(kpi, now, coming, days, period)
        return Standing(goal, kpi, period, figure, now, goal["target"], days, state, lands, coming, levels)

    def _state(self, kpi: Kpi, target: int, now: int | None, figure: Figure, days: rules.Days, over: bool) -> str:
        if kpi.is_ratio:
            return rules.ratio_state(figure.value, Fraction(target, MILLION), figure.low, figure.high, over)
        if now is None:
            return "no_data"
        return rules.state(now, target, days, kpi.better, over=over)

    def _lands(self, kpi: Kpi, now: int | None, coming: int, days: rules.Days, period: Period) -> int | None:
        if now is None or not kpi.adds_up:
            return None
        if kpi.name == "revenue":
            return now + coming
        rate = rules.run_rate(now, days)
        return None if rate is None else round(rate)

    def _coming(self, goal: Values, period: Period) -> int:
        """Weighted open pipeline due in the rest of the period, as the forecast has it: none of it is overdue."""
        start = max(period.start, self.day) if period.start else self.day
        return self._weighted(goal, Period(start, period.end))

    def overdue(self, goal: Values, period: Period) -> int:
        """Weighted open pipeline whose close date in the period is past, which lands nowhere until it has a new one."""
        end = min(period.end, self.day) if period.end else self.day
        return self._weighted(goal, Period(period.start, end))

    def _weighted(self, goal: Values, span: Period) -> int:
        """Weighted pipeline due in days of a period, in minor units of the goal's currency."""
        if span.start and span.end and span.end <= span.start:
            return 0
        figure = self.figure(goal, KPIS["weighted_pipeline"], span, forecast=True)
        return figure.value.minor if figure.value and figure.value.currency == goal["currency"] else 0

    def figure(self, goal: Values, kpi: Kpi, period: Period, forecast: bool = False) -> Figure:
        """One KPI of whom and what a goal is about, in a period; `forecast`: without deals said to be out of it."""
        figures = self.asked(goal, period, forecast)
        group = goal["product"] if figures.question.by else None
        nothing = Money(0, goal["currency"] or figures.question.own) if kpi.is_money else 0
        known = (one for one in figures.of(kpi) if one.group == group)
        found = next(known, None) or Figure(kpi, period, group, nothing, n=0)
        if self.lands or not forecast:
            self.app.shows(found)
        return found

    def scope(self, goal: Values) -> Where:
        """The deals that a goal is about."""
        scope, owners = Where(), owners_of(self.store, goal)
        if owners is not None:
            scope.among("owner_id", owners)
        if goal["customer_id"]:
            scope.add(f"t.customer_id = {int(goal['customer_id'])}")
        return scope

    def asked(self, goal: Values, period: Period, forecast: bool = False) -> Figures:
        """The figures of whom a goal is about, in a period; `forecast` as in `figure`."""
        axes = (goal["product_id"], goal["customer_id"])
        key = (goal["team_id"], goal["rep_id"], *axes, period.start, period.end, goal["currency"], forecast)
        if key not in self._figures:
            owners = owners_of(self.store, goal)
            currency = goal["currency"] or "USD"
            own = self.store.meta("currency") or currency
            scope = self.scope(goal)
            if forecast:
                scope.add(IN_FORECAST)
            asked = Question(
                period,
                "product" if goal["product_id"] else None,
                scope,
                self.as_of,
                zone(self.app),
                0,
                goal["currency"],
                own,
                self.day,
                owners,
                filtered=goal["customer_id"] is not None,
            )
            self._figures[key] = Figures(self.store, asked)
        return self._figures[key]

    def history(self, goal: Values, back: int = 8) -> list[Figure]:
        """The same figure over earlier periods of the same length, oldest first."""
        spans, span = [], period_of(goal)
        for _n in range(back):
            span = span.previous()
            spans.append(span)
        return [self.figure(goal, KPIS[goal["kpi"]], one) for one in reversed(spans)]


def owners_of(store: Store, goal: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The reps a goal is about; None for the whole company."""
    if goal["rep_id"]:
        return (goal["rep_id"],)
    if not goal["team_id"]:
        return None
    rows = store.query("SELECT id FROM rep WHERE team_id = :id ORDER BY id", {"id": goal["team_id"]})
    return tuple(row["id"] for row in rows)
