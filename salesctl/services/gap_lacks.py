"""What the sums of a gap lack: open deals that close none for want of an exchange rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesctl.services.goal_gap import EVER
from salesctl.store import forecasts
from salesctl.store.rates import converter

if TYPE_CHECKING:
    from salesctl.services.goal_gap import Gap
    from salesctl.services.standing import Board


def shows(board: Board, found: Gap) -> None:
    """The sums of a gap are part of the answer. The store is asked again, and only where --strict wants to know.

    Deals due after the period and without a date belong to it where a way looked at them too.
    """
    stands = found.standing
    if board.app.lacks is None or not stands.kpi.is_money:
        return
    looked = any(way.late or not way.reaches for way in found.ways)
    end = EVER if looked or stands.period.end is None else stands.period.end
    into = converter(board.store, stands.goal["currency"] or "", board.day)
    for one in forecasts.due(board.store, board.scope(stands.goal), end, board.as_of):
        if looked or one.due is not None:
            forecasts.in_currency(one, into)
    board.app.shows(into)
