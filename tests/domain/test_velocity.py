"""Velocity and coverage: the golden vectors of the definitions, and what has no answer."""

from __future__ import annotations

from fractions import Fraction
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.survival import kaplan_meier
from salesctl.domain.velocity import coverage, needed, shares, velocity


def test_velocity_is_money_a_day():
    assert round(float(velocity(40, 25_000, Fraction(1, 4), 90) or 0), 2) == 2777.78


@pytest.mark.parametrize(
    ("n", "average", "rate", "days"),
    [(40, None, Fraction(1, 4), 90), (40, 25_000, None, 90), (40, 25_000, Fraction(1, 4), None), (40, 25_000, Fraction(1, 4), 0)],
)  # fmt: skip
def test_velocity_without_an_input_is_no_zero(n: int, average: int | None, rate: Fraction | None, days: float | None):
    assert velocity(n, average, rate, days) is None


def test_what_the_inputs_add_is_the_whole_change():
    now, before = {"n": 40.0, "rate": 0.5, "days": 1 / 30}, {"n": 20.0, "rate": 0.25, "days": 1 / 60}
    found = shares(now, before)
    assert found is not None and sum(found.values()) == pytest.approx(log(8))
    assert shares(now | {"rate": 0.0}, before) is None


def test_coverage_against_what_a_win_rate_asks_for():
    assert coverage(4_800_000, 2_000_000, 400_000) == 3
    assert coverage(1, 100, 100) is None and coverage(1, 100, 120) is None
    assert round(needed(0.22) or 0, 3) == 4.545
    assert needed(0) is None and needed(None) is None


def test_open_deals_lengthen_the_cycle():
    assert kaplan_meier({10: 1, 20: 1, 30: 1}, {}, 0.5) == 20
    assert kaplan_meier({10: 1, 20: 1, 30: 1, 40: 1}, {}, 0.5) == 25
    assert kaplan_meier({10: 1, 20: 1, 30: 1}, {25: 1, 90: 3}, 0.5) is None  # 6/7 x 5/6 x 3/4 = 0.54 are left
    assert kaplan_meier({10: 1, 20: 1, 30: 2}, {25: 1, 90: 2}, 0.5) == 30
    assert kaplan_meier({}, {5: 2}, 0.5) is None and kaplan_meier({}, {}, 0.5) is None


DAYS = st.dictionaries(st.integers(0, 40), st.integers(1, 4), max_size=12)


@given(DAYS, DAYS, st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]))
def test_it_is_what_counting_day_by_day_says(ended: dict[int, int], waiting: dict[int, int], q: Fraction):
    left, days = Fraction(1), []
    for day in range(41):
        risk = sum(n for counts in (ended, waiting) for time, n in counts.items() if time >= day)
        if ended.get(day):
            left *= 1 - Fraction(ended[day], risk)
            days.append((day, left))
    reached = [(day, share) for day, share in days if share <= 1 - q]
    found = kaplan_meier(ended, waiting, float(q))
    if not reached:
        assert found is None
    elif reached[0][1] == 1 - q and len(reached) > 1:
        assert found == (reached[0][0] + reached[1][0]) / 2
    else:
        assert found == reached[0][0]
