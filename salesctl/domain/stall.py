"""Deals that stand still."""

from __future__ import annotations

from datetime import date

from salesctl.domain.stage import IDLE_LIMIT


def stalled(idle: int | None, idle_limit: int | None, next_due: date | None, today: date) -> bool:
    """Whether a deal stands still: idle days over the limit of its stage, and nothing planned within the limit.

    Of unknown touch it is not said to; a planned step of the past does not hold the clock.
    """
    limit = idle_limit or IDLE_LIMIT
    if idle is None or idle <= limit:
        return False
    return not (next_due is not None and 0 <= (next_due - today).days <= limit)
