"""Deals that stand still, and deals that stay too long in a stage. All in whole days of the organisation's zone."""

from __future__ import annotations

from datetime import date

from salesctl.domain.stage import IDLE_LIMIT


def idle_days(touched: date | None, today: date) -> int | None:
    """Days since a person last touched the deal; None when that is not known, 0 for a touch that lies ahead."""
    return None if touched is None else max(0, (today - touched).days)


def stalled(idle: int | None, idle_limit: int | None, next_due: date | None, today: date) -> bool:
    """Whether a deal stands still: idle days over the limit of its stage, and nothing planned within the limit.

    Of unknown touch it is not said to; a planned step of the past does not hold the clock. A limit of 0 is a limit.
    """
    limit = IDLE_LIMIT if idle_limit is None else idle_limit
    if idle is None or idle <= limit:
        return False
    return not (next_due is not None and 0 <= (next_due - today).days <= limit)


def over_age(days_in_stage: int | None, age_limit: int | None) -> bool:
    """Whether a deal is in its stage for longer than the stage allows; a stage without a limit allows any time."""
    return days_in_stage is not None and age_limit is not None and days_in_stage > age_limit
