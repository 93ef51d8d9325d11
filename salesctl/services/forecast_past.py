"""How good forecasts were: those of past days, from the facts as they were then, against what the period brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from salesctl.domain.forecast import accuracy
from salesctl.domain.kpi import KPIS
from salesctl.errors import Refused, UsageError
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.plain import replace
from salesctl.services.figures import Figures, Question
from salesctl.services.forecast import Forecast, Whose, bounded, forecast
from salesctl.store.records import day_end

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.when import Period


class Look(NamedTuple):
    """The forecast of one past day, so many whole weeks before the last of the period, and what came in the end."""

    weeks: int
    then: Forecast
    actual: Money

    @property
    def commit(self) -> int:
        return self.then.rolled["commit"].amount

    @property
    def adjusted(self) -> int | None:
        """What a manager said of commit by then, in the same currency."""
        word = self.then.adjusted.get("commit")
        amount: int | None = word["amount"] if word and word["currency"] == self.then.currency else None
        return amount

    def accuracy(self, minor: int | None) -> Fraction | None:
        """How near a forecast came; None of nothing, or where nothing came."""
        return None if minor is None else accuracy(minor, self.actual.minor)


def looks(app: App, asked: Question, whose: Whose, weeks: int | None) -> list[Look]:
    """A look back a week over a period that is over, the oldest first; at most the last `weeks`.

    Raises UsageError (2) for a period without an end or less than one week, Refused (4) while it runs.
    """
    bounded(asked)
    if weeks is not None and weeks < 1:
        raise UsageError(_("--weeks takes 1 or more"))
    period = asked.period
    if period.end is not None and period.end > asked.day:
        raise Refused(_("{period} is not over yet").format(period=period.code), _("name one that is, as -p 2026Q3"))
    actual = Figures(app.store, replace(asked, by=None)).of(KPIS["revenue"])[0]
    app.shows(actual)
    value = actual.value if isinstance(actual.value, Money) else Money(0, asked.own)
    made = []
    for left, day in _days(period, weeks):
        then = replace(asked, as_of=day_end(day, asked.zone), day=day, wanted=value.currency)
        made.append(Look(left, forecast(app, then, whose, drawn=False), value))
    return made[::-1]


def _days(period: Period, weeks: int | None) -> Iterator[tuple[int, date]]:
    """The last day of a period, the same day of the week before, and so on while it lies in the period."""
    first, day, left = period.first, period.last, 0
    while first is not None and day is not None and day >= first and (weeks is None or left < weeks):
        yield left, day
        day, left = day - timedelta(days=7), left + 1
