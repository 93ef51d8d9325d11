"""What the blocks of a report are asked: which period, whose, as of when; each question to the store is made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from salesctl.i18n import _
from salesctl.money import Money, exact
from salesctl.output.views import Chart, Table
from salesctl.plain import Data, fresh, replace
from salesctl.when import Period, around

if TYPE_CHECKING:
    from salesctl.domain.kpi import Kpi
    from salesctl.services.figures import Figure, Figures, Question
    from salesctl.store.rates import Converter

Values = dict[str, Any]
LAST_DAYS = 3  # of a period: from then on a report is about it, before that about the one before


class Told(Data, frozen=True):
    """What a block says: to people in lines or a table (and a chart, and one big figure), to scripts as data."""

    data: Values
    lines: Sequence[str] = ()
    table: Table | None = None
    chart: Chart | None = None
    big: str = ""
    label: str = ""


def usual(day: date, unit: str) -> Period:
    """The period a report is about: the running one in its last three days (a week: from Friday on), else the last one.

    A day is about itself.
    """
    span = around(day, unit)
    assert span.end is not None
    return span if unit == "day" or day >= span.end - timedelta(days=LAST_DAYS) else span.previous()


def told_apart(counted: Sequence[tuple[str, int]], most: int = 4) -> list[str]:
    """Names with their counts, the first few by themselves and the rest as one, so that they add up to the whole."""
    first, rest = (counted, 0) if len(counted) <= most + 1 else (counted[:most], sum(n for _name, n in counted[most:]))
    return [f"{name} {n:,}" for name, n in first] + ([_("others {n}").format(n=f"{rest:,}")] if rest else [])


class Brief(Data):
    """A report's subject: `span` is what happened, `day` when it is looked at; whose as it was typed."""

    app: Any
    span: Period
    owner: str | None
    team: str | None
    as_of: str | None
    currency: str | None = None
    _known: dict[Any, Any] = fresh(factory=dict)

    @property
    def lang(self) -> str:
        return str(self.app.lang)

    @property
    def whose(self) -> dict[str, str | None]:
        return {"owner": self.owner, "team": self.team}

    @cached_property
    def base(self) -> Question:
        from salesctl.commands._figures import question

        asked, _day = question(
            self.app, None, None, None, self.as_of, None, self.owner, self.team, currency=self.currency
        )
        return asked

    @property
    def day(self) -> date:
        return self.base.day

    @cached_property
    def owners(self) -> list[int] | None:
        """The reps it is about; None for the company."""
        return None if self.base.owners is None else list(self.base.owners)

    def question(self, span: Period, by: str | None = None) -> Question:
        return replace(self.base, period=span, by=by, wanted=self.code)

    def figures(self, span: Period, by: str | None = None) -> Figures:
        """The figures of a period; those of one period share their SELECTs."""
        from salesctl.services.figures import Figures

        key = (span, by)
        if key not in self._known:
            self._known[key] = Figures(self.app.store, self.question(span, by))
        return self._known[key]  # type: ignore[no-any-return]

    def every(self, kpi: Kpi, span: Period, by: str | None = None) -> list[Figure]:
        """A KPI of a period as the report shows it: one figure, or one a group."""
        found = self.figures(span, by).of(kpi)
        self.app.shows(*found)
        return found

    def figure(self, kpi: Kpi, span: Period) -> Figure:
        return self.every(kpi, span)[0]

    def compared(self, kpis: Sequence[Kpi], span: Period, vs: str = "previous", trends: bool = False) -> list[Figure]:
        """Figures with what they were before, their goals, and their trend: those that `kpi` shows."""
        from salesctl.commands._figures import Asked

        return Asked(self.app, self.question(span), self.day, vs, self.whose).figures(kpis, trends)

    def horizon(self, unit: str) -> Period:
        """The month, quarter or year that the report's last day lies in."""
        last = self.span.last or self.day
        return around(min(last, max(self.day, self.span.start or last)), unit)

    @property
    def before(self) -> Period:
        """The period before, as far as this one has gone."""
        return self.span.elapsed_twin(self.day, self.span.previous())

    @cached_property
    def code(self) -> str:
        """The one currency of the whole report: asked for, else the only one of all deals, else our own."""
        if self.base.wanted or not self.app.store.exists:
            return self.base.wanted or self.base.own
        from salesctl.store.reports import only_currency

        return only_currency(self.app.store) or self.base.own

    @cached_property
    def into(self) -> Converter:
        """What turns amounts of open deals into the currency of the report; what it lacks, a sum of it lacks."""
        return self.converter()

    def converter(self) -> Converter:
        """What turns amounts as `into` does, and is in no sum."""
        from salesctl.store.rates import converter

        return converter(self.app.store, self.code, self.day)

    def name(self) -> str:
        """Whose: a rep, a team with its number of reps, or nobody's in particular."""
        from salesctl.services.scope import whose

        if not self.app.store.exists or (not self.team and self.owner in (None, "all")):
            return ""
        owners, name = whose(self.app, self.owner or "all", self.team)
        if not self.team:
            return name or ""
        from salesctl.i18n import _n

        reps = _n("{n} rep", "{n} reps", len(owners or ())).format(n=len(owners or ()))
        return f"{_('Team {name}').format(name=name)}, {reps}"


def amount(value: Money | None) -> str:
    """An amount with every digit before the point; n/a where none could be turned into the currency of the report."""
    from salesctl.money import decimals

    if value is None:
        return _("n/a")
    base = 10 ** decimals(value.currency)
    return exact(Money(round(value.minor / base) * base, value.currency) if abs(value.minor) < 10**15 else value)


def span_data(span: Period) -> Values:
    """A period as scripts get it."""
    return {"label": span.label("en"), "start": span.start, "end": span.last}


def left(found: Mapping[str, int]) -> list[str]:
    """What a sum leaves out, in words."""
    from salesctl.commands._why import REASONS

    return [_(REASONS[reason]).format(n=f"{n:,}") for reason, n in found.items() if reason in REASONS]


def summed(rows: Sequence[Mapping[str, Any]], into: Converter) -> tuple[int, Money]:
    """How many, and their sum in one currency by the latest rates, of rows by currency; without a rate it is left out."""
    n = sum(row["n"] for row in rows)
    some = [row for row in rows if row["currency"] and row["total"]]
    worth = (into.exact(int(row["total"]), row["currency"], None) for row in some)
    return n, Money(round(sum(one for one in worth if one is not None)), into.base)
