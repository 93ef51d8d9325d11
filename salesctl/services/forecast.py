"""The forecast of a period: what is closed, what is said to come, where it may land, and what managers make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from salesctl.domain import forecast as rules
from salesctl.domain.forecast import CATEGORIES, CLOSED, OMITTED, OPEN, Deal, Outlook, Sum
from salesctl.domain.kpi import KPIS
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.plain import Data, fresh, replace
from salesctl.services.base import reading
from salesctl.services.figures import Figures, Question
from salesctl.store import forecasts
from salesctl.store.forecasts import in_currency
from salesctl.store.rates import Used, converter

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from salesctl.app import App
    from salesctl.store.connect import Row

Whose = Mapping[str, str | None]  # owner and team as they were typed, None or "all" for the company


class Forecast(Data):
    """A period as it looks on a day, in minor units of one currency.

    `columns` are the single categories; `overdue` are due in the period and past, `before` past and due before it: in
    no category, nor in the outlook. `left_out` are the deals that a sum lacks, by reason.
    """

    question: Question
    scope: str
    currency: str
    columns: dict[str, Sum] = fresh(factory=lambda: dict.fromkeys((*CATEGORIES, OMITTED), Sum()))
    overdue: Sum = fresh(factory=Sum)
    before: Sum = fresh(factory=Sum)
    left_out: dict[str, list[Deal]] = fresh(factory=dict)
    unsummed: dict[str, int] = fresh(factory=dict)  # deals won that the closed sum lacks, by reason
    used: tuple[Used, ...] = ()  # the exchange rates that amounts were turned with
    lacking: dict[str, str] = fresh(factory=dict)  # currency -> the last day that had no rate
    lacks: dict[str, str] = fresh(factory=dict)  # of these, the currencies of deals that belong to a sum
    unturned: set[str] = fresh(factory=set)  # the currencies of open deals that belong to a sum and are in none
    weighed: list[tuple[int, int]] = fresh(factory=list)
    adjusted: dict[str, Row] = fresh(factory=dict)
    goal: Money | None = None
    outlook: Outlook | None = None

    @property
    def base(self) -> str:
        return self.currency

    @property
    def rolled(self) -> dict[str, Sum]:
        """Each category with those before it."""
        return dict(zip(CATEGORIES, rules.cumulative([self.columns[one] for one in CATEGORIES]), strict=True))

    @property
    def weighted(self) -> int:
        """What is to be expected: closed, and each open amount times its chance."""
        return round(self.rolled[CATEGORIES[-1]].weighted)

    @property
    def chance(self) -> Fraction | None:
        """How likely the goal is reached; None without a goal, or where nothing was drawn."""
        if self.goal is None or self.outlook is None or self.goal.currency != self.currency:
            return None
        return self.outlook.chance(self.goal.minor)

    def money(self, minor: int | Fraction) -> Money:
        return Money(round(minor), self.currency)

    def leave(self, reason: str, deal: Deal) -> None:
        self.left_out.setdefault(reason, []).append(deal)

    def take(self, deals: Iterable[Deal]) -> None:
        """Put every deal where it belongs."""
        counted: dict[str, list[tuple[int, int | None]]] = {one: [] for one in self.columns}
        start, day = self.question.period.start, self.question.day
        for deal in deals:
            self._take(deal, start, day, counted)
        for column, some in counted.items():
            self.columns[column] += Sum.of(some)

    def _take(
        self, deal: Deal, start: date | None, day: date, counted: dict[str, list[tuple[int, int | None]]]
    ) -> None:
        if deal.due is None:
            self.leave("without_date", deal)
        elif start is not None and deal.due < start:
            if deal.due < day:
                mine = deal.amount if deal.currency == self.currency else None
                self.before = self.before.plus(mine or 0, deal.chance)
                self._lack(deal)
        elif deal.amount is None:
            self.leave("without_amount", deal)
        elif deal.currency != self.currency:
            self.leave("other_currency", deal)
            self._lack(deal)
        elif deal.due < day:
            self.overdue = self.overdue.plus(deal.amount, deal.chance)
        else:
            column = rules.category(deal.said, deal.chance)
            if deal.chance is None and column != OMITTED:
                self.leave("without_probability", deal)
            if column is not None:
                counted[column].append((deal.amount, deal.chance))
                if column in OPEN and deal.chance is not None:
                    self.weighed.append((deal.amount, deal.chance))

    def _lack(self, deal: Deal) -> None:
        if deal.amount is not None and deal.currency not in (None, self.currency):
            self.unturned.add(str(deal.currency))


def forecast(app: App, asked: Question, whose: Whose, drawn: bool = True) -> Forecast:
    """The forecast of a bounded period for a rep, a team or the company; `drawn` False leaves the simulation out.

    Closed and the goal are those of the KPI revenue. Raises UsageError (2) for a period without an end.
    """
    from salesctl.services.target import target_of

    bounded(asked)
    deals = list(_due(app, asked))
    currency = asked.wanted or _currency(deals, asked.own)
    into = converter(app.store, currency, asked.day)
    made = Forecast(asked, scope_of(app, whose), currency)
    closed = Figures(app.store, replace(asked, by=None, wanted=currency)).of(KPIS["revenue"])[0]
    if isinstance(closed.value, Money):
        made.columns[CLOSED] = Sum().plus(closed.value.minor, 100)._replace(deals=closed.n or 0)
    made.unsummed = dict(closed.left_out)
    made.lacks = dict(closed.lacks)
    made.take(in_currency(deal, into) for deal in deals)
    made.lacks |= {code: into.lacking[code] for code in made.unturned}
    made.used = tuple(sorted({*closed.used, *into.used}))
    made.lacking = {**closed.lacking, **into.lacking}
    made.goal = target_of(app, KPIS["revenue"], asked.period, whose)
    if app.store.exists:
        made.adjusted = forecasts.adjusted(app.store, asked.period, made.scope, asked.as_of)
    if drawn:
        made.outlook = rules.simulate(made.weighed, made.columns[CLOSED].amount)
    app.shows(made)
    return made


def bounded(asked: Question) -> None:
    """Raises UsageError (2) for a period without a first or last day."""
    if asked.period.start is None or asked.period.end is None:
        raise UsageError(_("a forecast needs a period"), _("as -p 2026Q4"))


def _due(app: App, asked: Question) -> Any:
    if not app.store.exists or asked.period.end is None:
        return ()
    return forecasts.due(app.store, asked.scope, asked.period.end, asked.as_of)


def _currency(deals: list[Deal], own: str) -> str:
    """The single currency of what is due, else the organisation's."""
    found = {deal.currency for deal in deals if deal.currency}
    return found.pop() if len(found) == 1 else own


def scope_of(app: App, whose: Whose) -> str:
    """Whose forecast, as it is stored: company, team:3, rep:7."""
    team, owner = whose.get("team"), whose.get("owner")
    if team:
        return f"team:{reading(app).find('team', team).id}"
    if owner and owner != "all":
        return f"rep:{reading(app).find('rep', owner).id}"
    return "company"
