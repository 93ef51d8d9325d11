"""Which open deals stand still, and which are too long in a stage."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.stall import idle_days, over_age, stalled

TODAY = date(2026, 11, 23)


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_idle_days_are_differences_of_dates():
    assert idle_days(date(2026, 11, 8), TODAY) == 15
    assert idle_days(TODAY, TODAY) == 0
    assert idle_days(ahead(2), TODAY) == 0
    assert idle_days(None, TODAY) is None


def test_stalled_is_over_the_limit_not_at_it():
    assert not stalled(14, 14, None, TODAY)
    assert stalled(15, 14, None, TODAY)


def test_a_stage_without_a_limit_has_14_days():
    assert not stalled(14, None, None, TODAY)
    assert stalled(15, None, None, TODAY)


def test_a_limit_of_0_is_a_limit():
    assert stalled(1, 0, None, TODAY)
    assert not stalled(0, 0, None, TODAY)


@pytest.mark.parametrize(("due_in", "still"), [(-1, True), (0, False), (14, False), (15, True)])
def test_only_a_step_planned_within_the_limit_holds_the_clock(due_in: int, still: bool):
    assert stalled(20, 14, ahead(due_in), TODAY) is still


def test_of_unknown_touch_nothing_is_said():
    assert not stalled(None, 14, None, TODAY)


@given(st.integers(0, 400), st.integers(0, 60), st.none() | st.integers(-90, 90))
def test_a_day_more_of_silence_never_wakes_a_deal(idle: int, limit: int, due_in: int | None):
    due = None if due_in is None else ahead(due_in)
    if stalled(idle, limit, due, TODAY):
        assert stalled(idle + 1, limit, due, TODAY)


def test_over_age():
    assert over_age(15, 14)
    assert not over_age(14, 14)
    assert over_age(1, 0)
    assert not over_age(999, None)
    assert not over_age(None, 14)
