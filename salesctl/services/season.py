"""A goal's own season: how much of the final total earlier periods had by the same working day (FORMULAS 10)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from salesctl.domain import goalrules as rules
from salesctl.plain import replace
from salesctl.services.goal import calendar
from salesctl.services.target import scaled
from salesctl.when import Calendar, Period

if TYPE_CHECKING:
    from salesctl.services.standing import Board, Standing

BACK = 8  # periods that are looked back


def season(board: Board, one: Standing) -> rules.Season | None:
    """What earlier periods of the same length had by this working day; None where a KPI has no pace, nothing is gone, or it is a
    product's: its days are no SELECT of one group."""
    if not one.kpi.adds_up or not one.days.gone or one.goal["id"] is None or one.goal["product_id"]:
        return None
    spans, span = [], one.period
    for _n in range(BACK):
        span = span.previous()
        spans.append(span)
    days = calendar(board.store)
    daily = _daily(board, one, Period(spans[-1].start, spans[0].end, "range"))
    shares = []
    for past in spans:
        share = _share(daily, past, _cut(days, past, one.days.gone))
        if share is not None:
            shares.append(share)
    return rules.Season(tuple(shares))


def _daily(board: Board, one: Standing, span: Period) -> dict[date, int]:
    """What each day brought, in the goal's unit: one SELECT for all the periods."""
    figures = board.asked(one.goal, span)
    figures = type(figures)(board.store, replace(figures.question, by="day"))
    found = {}
    every = figures.of(one.kpi)
    board.app.shows(*every)
    for figure in every:
        amount = scaled(one.kpi, figure.value)
        if figure.group and figure.group[:1].isdigit() and amount:
            found[date.fromisoformat(figure.group)] = amount
    return found


def _cut(days: Calendar, span: Period, gone: int) -> date:
    """The day after which so many working days of a period are gone; its end when it has no more."""
    assert span.start is not None and span.end is not None
    return min(span.end, days.add(span.start - timedelta(days=1), gone + 1))


def _share(daily: dict[date, int], span: Period, cut: date) -> Fraction | None:
    """What was there before `cut` / what was there in the end; None of nothing."""
    total = sum(amount for day, amount in daily.items() if span.holds(day))
    early = sum(amount for day, amount in daily.items() if span.holds(day) and day < cut)
    return Fraction(early, total) if total > 0 else None
