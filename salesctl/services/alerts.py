"""Alarms of figures: a level that fell, a drift, a threshold of one's own, a goal that is missed or at risk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain import alarm
from salesctl.domain.kpi import Kpi
from salesctl.errors import BadValue
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.plain import Data, replace
from salesctl.services.figures import Figure, Figures, Question
from salesctl.services.goal import listed
from salesctl.services.standing import Board, Standing
from salesctl.services.target import scaled
from salesctl.services.told import week
from salesctl.store.goals import exactly
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.app import App

TESTED = ("win_rate", "revenue", "won", "average_deal", "cycle", "created", "activities")
DRIFTS = ("ratio", "money_ratio", "money", "count", "average", "days")
GOAL_STATES = ("missed", "at_risk")


class Alert(Data):
    """Something that is worth telling: `test` is level, drift, below, above or goal; `cause` names it for a week."""

    test: str
    figure: Figure
    cause: str
    before: Figure | None = None  # of the periods before, together
    level: alarm.Level | None = None
    drift: alarm.Drift | None = None
    threshold: int | None = None  # in the KPI's own unit
    goal: Standing | None = None


class Watch(Data):
    """What is looked at: the KPIs, the figures' question, whose (as causes name it), and a threshold by hand."""

    kpis: Sequence[Kpi]
    question: Question
    scope: str
    below: int | None = None
    above: int | None = None


class Look:
    """The figures of the last period and of those before it, each asked for once."""

    def __init__(self, app: App, watch: Watch) -> None:
        self.app, self.watch = app, watch
        self.period = watch.question.period
        if self.period.start is None or self.period.end is None:
            raise BadValue(_("an alarm needs a period with a first and a last day"), _("as -p 'last month'"))
        if self.period.start > watch.question.day:
            raise BadValue(
                _("{period} has not begun by {day}").format(period=self.period.code, day=watch.question.day),
                _("as -p 'last month'"),
            )
        self.running = self.period.end > watch.question.day
        self._spans = [self.period]
        for _n in range(alarm.TRAILING + alarm.REFERENCE):
            self._spans.append(self._spans[-1].previous())
        self._figures: dict[Period, Figures] = {}

    def of(self, kpi: Kpi, back: int) -> Figure:
        """The figure of the period so many periods back."""
        span = self._spans[back]
        if span not in self._figures:
            self._figures[span] = Figures(self.app.store, replace(self.watch.question, period=span))
        found = self._figures[span].of(kpi)[0]
        self.app.shows(found)
        return found

    def alerts(self) -> list[Alert]:
        """All that is worth telling, KPI by KPI, goals last."""
        if not self.app.store.exists:
            return []
        by_hand = self.watch.below is not None or self.watch.above is not None
        found: list[Alert] = []
        for kpi in self.watch.kpis:
            found += self._threshold(kpi) if by_hand else [*self._level(kpi), *self._drift(kpi)]
        return found if by_hand else [*found, *self._goals()]

    def _made(self, test: str, figure: Figure, name: str = "", **more: Any) -> Alert:
        parts = ["alert", figure.kpi.name, test, name or self.watch.scope, self.period.code]
        return Alert(test, figure, ":".join([*parts, week(self.watch.question.day)]), **more)

    def _level(self, kpi: Kpi) -> Iterator[Alert]:
        """A ratio against the periods before it, put together."""
        if kpi.kind != "ratio":
            return
        now = self.of(kpi, 0)
        past = [self.of(kpi, back) for back in range(1, alarm.TRAILING + 1)]
        k, n = sum(one.n or 0 for one in past), sum(one.of or 0 for one in past)
        found = alarm.level((now.n or 0, now.of or 0), (k, n), kpi.better)
        if found:
            yield self._made("level", now, level=found, before=Figure(kpi, past[0].period, None, k / n, "ratio", k, n))

    def _drift(self, kpi: Kpi) -> Iterator[Alert]:
        """Small shortfalls of periods that are over, added up."""
        if kpi.kind not in DRIFTS or (kpi.over == "deal" and kpi.outcomes == (None,)):
            return
        first = 1 if self.running else 0
        series = [self.of(kpi, back) for back in range(first, len(self._spans))]
        recent = [_number(one) for one in reversed(series[: alarm.TRAILING + 1 - first])]
        past = [_number(one) for one in reversed(series[alarm.TRAILING + 1 - first :])]
        while past and not past[0]:  # what was before the first figure is no history
            past.pop(0)
        if sum(one.n or 0 for one in series) < 2 * alarm.LEAST:
            return
        known = [value for value in past if value is not None]
        found = alarm.drift(known, [value for value in recent if value is not None], kpi.better)
        if found and found.alarm:
            yield self._made("drift", series[0], drift=found)

    def _threshold(self, kpi: Kpi) -> Iterator[Alert]:
        now = self.of(kpi, 0)
        value = scaled(kpi, now.value)
        if value is None or (kpi.kind == "ratio" and (now.of or 0) < alarm.LEAST):
            return
        for test, limit in (("below", self.watch.below), ("above", self.watch.above)):
            if limit is not None and (value < limit if test == "below" else value > limit):
                yield self._made(test, now, f"{self.watch.scope}:{limit}", threshold=limit)

    def _goals(self) -> Iterator[Alert]:
        """Goals of exactly this period that are missed or at risk; of a ratio from enough records on."""
        where = exactly(self.period.first, self.period.last)
        where.add(f"t.kpi IN ({', '.join(where.name(kpi.name) for kpi in self.watch.kpis)})")
        owners = self.watch.question.owners
        if owners is not None:
            where.among("rep_id", owners)
        board = Board(self.app, self.watch.question.as_of, self.watch.question.day, lands=False)
        for goal in listed(self.app.store, where):
            one = board.standing(goal)
            behind = one.kpi.is_ratio and one.state == "behind"
            few = one.kpi.is_ratio and (one.figure.of or 0) < alarm.LEAST
            if (one.state in GOAL_STATES or behind) and not few:
                yield self._made("goal", one.figure, f"G{goal['id']}:{one.target}", goal=one, threshold=one.target)


def _number(figure: Figure) -> float | None:
    value = figure.value
    return float(value.minor if isinstance(value, Money) else value) if value is not None else None
