"""The gap of a goal: which open deals would close it, and whether there are enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from salesctl.domain.forecast import Deal
from salesctl.domain.gap import Chosen, smallest
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.plain import Data
from salesctl.services.required import rates
from salesctl.services.standing import Board, Standing
from salesctl.store import forecasts
from salesctl.store.rates import converter

if TYPE_CHECKING:
    from salesctl.services.figures import Figure

EVER = date(9999, 12, 31)


class Way(Data):
    """One way to close a gap: by `full` or by `expected` value, the largest deals first.

    `late` says that deals due after the period are in it.
    """

    by: str
    chosen: Chosen
    deals: list[Deal]
    total: int
    reaches: bool
    late: bool


class Gap(Data):
    """What a goal lacks, in its own unit, and what could bring it: minor units of money, or deals."""

    standing: Standing
    missing: int
    ways: list[Way]
    open: int  # of what is due in the period: its full value
    rate: Figure  # the win rate that the pipeline is held against
    unused: dict[str, int]

    @property
    def coverage(self) -> Fraction | None:
        """Open pipeline due in the period / what is missing; None when nothing is."""
        return Fraction(self.open, self.missing) if self.missing > 0 else None

    @property
    def needed(self) -> Fraction | None:
        """The coverage that this win rate asks for, 1 / win rate (FORMULAS 8); None while it is 0 or not known."""
        value = self.rate.value
        return 1 / Fraction(value).limit_denominator(10**9) if value else None


def gap(board: Board, goal: dict[str, object]) -> Gap:
    """The gap of a goal. Refuses (4) KPIs that no deal can close."""
    stands = board.standing(goal)
    kpi = stands.kpi
    if kpi.name not in ("revenue", "won"):
        raise Refused(_("{kpi} is no sum of deals, so none can close its gap").format(kpi=_(kpi.label)))
    if goal["product_id"]:
        raise Refused(
            _("deals close no gap of one product: a deal's lines are not weighed"), _("ask for the whole goal")
        )
    missing = max(0, stands.target - (stands.now or 0))
    span = stands.period
    assert span.end is not None
    due, unused = _candidates(board, stands, span.end)
    ways = []
    for by in ("full", "expected"):
        way = _way(by, due, missing, stands)
        if not way.reaches:
            way = _way(by, _candidates(board, stands, EVER)[0], missing, stands)
        ways.append(way)
    rate = rates(board.asked(stands.goal, span), stands.kpi.is_money)[None]
    board.app.shows(rate)
    return Gap(stands, missing, ways, sum(_worth("full", one, stands) for one in due), rate, unused)


def _candidates(board: Board, stands: Standing, end: date) -> tuple[list[Deal], dict[str, int]]:
    """Open deals that can bring something and are due before a day, and how many cannot be counted, by reason."""
    deals: list[Deal] = []
    unused = {"without_date": 0, "without_amount": 0, "other_currency": 0, "without_probability": 0}
    into = converter(board.store, stands.goal["currency"] or "", board.day)
    for known in forecasts.due(board.store, board.scope(stands.goal), end, board.as_of):
        early = known.due is not None or end == EVER
        one = forecasts.in_currency(known, into) if stands.kpi.is_money and early else known
        reason = _reason(one, stands, end)
        if reason:
            unused[reason] += 1
            continue
        unused["without_probability"] += one.chance is None
        deals.append(one)
    board.app.shows(into)
    return deals, {reason: n for reason, n in unused.items() if n}


def _reason(one: Deal, stands: Standing, end: date) -> str | None:
    if one.due is None and end != EVER:
        return "without_date"
    if not stands.kpi.is_money:
        return None
    if one.amount is None:
        return "without_amount"
    return None if one.currency == stands.goal["currency"] else "other_currency"


def _worth(by: str, one: Deal, stands: Standing) -> int:
    """What a deal brings: its value, or that times its chance in hundredths."""
    full = (one.amount or 0) if stands.kpi.is_money else 1
    return full if by == "full" else full * (one.chance or 0)


def _way(by: str, deals: Sequence[Deal], missing: int, stands: Standing) -> Way:
    scale = 1 if by == "full" else 100
    chosen = smallest([_worth(by, one, stands) for one in deals], missing * scale)
    taken = sorted((deals[place] for place in chosen.places), key=lambda one: (-_worth(by, one, stands), one.id))
    end = stands.period.end
    late = any(one.due is None or (end is not None and one.due >= end) for one in taken)
    return Way(by, chosen, taken, chosen.total // scale, chosen.total >= missing * scale, late)
