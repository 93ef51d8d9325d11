"""The forecast's arithmetic against hand-worked vectors and against every way that deals can go."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesctl.domain.forecast import (
    DRAWS,
    Learned,
    Sum,
    accuracy,
    brier,
    brier_left_out,
    category,
    cumulative,
    scores,
    simulate,
)

DEALS = [(40_000, 25), (25_000, 50), (10_000, 90), (7_777, 10)]


def exactly(deals: list[tuple[int, int]]) -> dict[int, Fraction]:
    """The chance of every total, by going through every way that the deals can go."""
    found: dict[int, Fraction] = {}
    for way in product((True, False), repeat=len(deals)):
        chance, total = Fraction(1), 0
        for won, (amount, percent) in zip(way, deals, strict=True):
            chance *= Fraction(percent if won else 100 - percent, 100)
            total += amount if won else 0
        found[total] = found.get(total, Fraction(0)) + chance
    return found


@pytest.mark.parametrize(
    ("chance", "column"),
    [(0, "pipeline"), (39, "pipeline"), (40, "best_case"), (59, "best_case"), (60, "commit"), (100, "commit"), (None, None)],
)  # fmt: skip
def test_a_chance_means_a_column_unless_one_was_said(chance: int | None, column: str | None) -> None:
    assert category(None, chance) == column
    assert category("omitted", chance) == "omitted"


def test_each_roll_up_holds_those_before_it() -> None:
    closed, commit, best = Sum(1, 100, 10000), Sum().plus(200, 80).plus(50, None), Sum(1, 300, 15000)
    assert commit == Sum(2, 250, 16000)
    assert cumulative([closed, commit, best]) == [
        closed,
        Sum(3, 350, 26000),
        Sum(4, 650, 41000),
    ]


def test_draws_fall_as_every_way_weighs() -> None:
    totals = simulate(DEALS).totals
    wanted = exactly(DEALS)
    assert len(totals) == DRAWS and set(totals) <= set(wanted)
    for total, chance in wanted.items():
        spread = 4.5 * (float(chance) * (1 - float(chance)) / DRAWS) ** 0.5 + 1e-9
        assert abs(totals.count(total) / DRAWS - float(chance)) <= spread, total


@given(st.lists(st.tuples(st.integers(-(10**5), 10**6), st.integers(0, 100)), max_size=7), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_quantiles_and_chances_are_those_of_every_way(deals: list[tuple[int, int]], target: int) -> None:
    found, wanted = simulate(deals, base=5), exactly(deals)
    reached = sum(chance for total, chance in wanted.items() if total + 5 >= target)
    assert abs(found.chance(target) - reached) < Fraction(3, 100)
    for percent in (10, 50, 90):
        value = found.quantile(percent) - 5
        below = sum(chance for total, chance in wanted.items() if total < value)
        upto = sum(chance for total, chance in wanted.items() if total <= value)
        assert below - Fraction(3, 100) <= Fraction(percent, 100) <= upto + Fraction(3, 100)


def test_nothing_and_sure_things() -> None:
    assert set(simulate([], base=7).totals) == {7}
    assert set(simulate([(5, 100), (3, 0)]).totals) == {5}
    assert simulate([(5, 100)]).chance(5) == 1 and simulate([(5, 100)]).chance(6) == 0
    assert [simulate([(10, 50)], draws=100).quantile(p) for p in (0, 100)] == [0, 10]


def test_the_seed_fixes_the_draws() -> None:
    assert simulate(DEALS) == simulate(DEALS)
    assert simulate(DEALS) != simulate(DEALS, seed=2)
    totals = simulate(DEALS).totals
    assert abs(sum(totals) / DRAWS - 32_277.7) < 450  # the expectation; its error at 10,000 draws is about 190


def test_two_thousand_deals_take_no_time() -> None:
    deals = [(1_000_000 + 977 * n, n % 101) for n in range(2000)]
    best = min(_timed(deals) for _n in range(3))
    assert best < 1.0  # 0.3 s on a quiet machine


def _timed(deals: list[tuple[int, int]]) -> float:
    start = perf_counter()
    simulate(deals)
    return perf_counter() - start


def test_brier_by_hand() -> None:
    # 3 of 4 said at 50 %: each is off by a half. Learned from the other three: 2/3 for the won, 1 for the lost.
    assert brier(Fraction(1, 2), 3, 4) == 1
    assert brier_left_out(3, 4) == 3 * Fraction(1, 9) + 1


def test_a_stage_learns_from_twenty() -> None:
    few, many = Learned(1, 10, 10, 19), Learned(2, 10, 10, 20)
    assert (few.after, many.after) == (10, 50)
    assert Learned(3, None, 1, 3).after is None
    found = scores([few, many])
    assert found == (Fraction(1, 2) * (Fraction(81, 100) + Fraction(1, 100)), Fraction(100, 361))
    assert scores([few]) is None


@pytest.mark.parametrize(
    ("forecast", "actual", "wanted"),
    [(80, 100, Fraction(4, 5)), (120, 100, Fraction(4, 5)), (100, 100, 1), (300, 100, -1), (5, 0, None)],
)
def test_accuracy(forecast: int, actual: int, wanted: Fraction | None) -> None:
    assert accuracy(forecast, actual) == wanted


def test_many_small_deals_are_read_off_a_curve_that_the_draws_follow() -> None:
    import math
    import random

    from salesctl.domain import forecast as rules

    made = random.Random(7)
    deals = [(made.randrange(1_000, 90_000), made.randrange(0, 101)) for _n in range(rules.MANY)]
    assert rules.is_curve(deals) and not rules.is_curve(deals[:-1])
    curve, base = rules.simulate(deals, base=5_000), 5_000
    drawn = rules.simulate([*deals[:-1], (deals[-1][0], 100)], base=base)
    assert rules.is_curve([*deals[:-1], (deals[-1][0], 100)])
    few = rules.simulate(deals[:-1], base=base)
    wide = math.sqrt(sum(a * a * p * (100 - p) for a, p in deals)) / 100
    for percent in (10, 50, 90):
        assert abs(curve.quantile(percent) - few.quantile(percent)) < 0.06 * wide + 90_000
        assert abs(curve.quantile(percent) - drawn.quantile(percent)) < 0.06 * wide + 90_000
    assert abs(curve.quantile(50) - base - sum(a * p for a, p in deals) / 100) < 0.01 * wide
    assert abs(float(curve.chance(curve.quantile(90))) - 0.1) < 0.001
    assert not rules.is_curve([*deals, (10**9, 50)])


def test_a_curve_of_what_is_sure_is_one_total() -> None:
    from salesctl.domain import forecast as rules

    assert set(rules._curve([(100, 100)] * 3, 5, 10).totals) == {305}
