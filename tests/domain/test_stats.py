"""Ratios, ranges, quartiles and the test of two ratios: known answers, and each against a slower way to the same."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import erfc, sqrt
from time import perf_counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesctl.domain.stats import (
    Quartiles,
    Ratio,
    fisher,
    histogram,
    quantile,
    two_proportion,
    wilson,
    within_chance,
)

SMALL = st.integers(0, 7)
COUNTS = st.tuples(st.integers(1, 400), st.floats(0, 1)).map(lambda pair: (round(pair[0] * pair[1]), pair[0]))


def in_percent(low_high: tuple[float, float]) -> tuple[float, float]:
    return round(100 * low_high[0], 1), round(100 * low_high[1], 1)


def test_a_ratio_of_nothing_is_not_zero():
    assert Ratio(0, 0).value is None
    assert Ratio(0, 0).range is None
    assert Ratio(0, 4).value == 0


def test_rates_are_pooled_not_averaged():
    assert Ratio(1 + 45, 2 + 100).value == pytest.approx(0.45098, abs=1e-5)


def test_win_rate_by_count_and_by_value_disagree():
    assert Ratio(4, 5).value == 0.8
    assert Ratio(40, 140).value == pytest.approx(0.28571, abs=1e-5)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (1, 5, 3.6, 62.4),
        (2, 10, 5.7, 51.0),
        (0, 4, 0.0, 49.0),
        (3, 12, 8.9, 53.2),
        (30, 120, 18.1, 33.4),
        (45, 180, 19.2, 31.8),
    ],
)
def test_wilson_known_ranges(k: int, n: int, low: float, high: float):
    assert in_percent(wilson(k, n)) == (low, high)
    assert Ratio(k, n).range == wilson(k, n)


@given(COUNTS)
def test_wilson_ends_are_where_the_score_test_gives_way(counts: tuple[int, int]):
    k, n = counts
    for end in wilson(k, n):
        if end not in (0, 1):
            assert abs(k / n - end) / sqrt(end * (1 - end) / n) == pytest.approx(1.96, rel=1e-6)


@given(COUNTS)
def test_none_and_all_end_on_the_edge_exactly(counts: tuple[int, int]):
    n = counts[1]
    assert wilson(0, n)[0] == 0
    assert wilson(n, n)[1] == 1


@given(COUNTS)
def test_wilson_holds_the_ratio_and_mirrors(counts: tuple[int, int]):
    k, n = counts
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def slow_quantile(values: list[int], q: Fraction) -> Fraction:
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    below = ordered[place.numerator // place.denominator]
    above = ordered[-(-place.numerator // place.denominator)]
    return below + (above - below) * (place % 1)


@given(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=40),
    st.fractions(min_value=0, max_value=1, max_denominator=20),
)
def test_quantile_from_counts_is_that_of_the_sorted_values(values: list[int], q: Fraction):
    assert quantile(sorted(histogram(values).items()), len(values), q) == slow_quantile(values, q)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=40))
def test_quartiles_are_exact_and_in_order(values: list[int]):
    found = Quartiles.of(histogram(values))
    assert found is not None
    assert found.n == len(values)
    assert found.mean == Fraction(sum(values), len(values))
    assert [found.p25, found.median, found.p75] == [slow_quantile(values, Fraction(k, 4)) for k in (1, 2, 3)]
    assert min(values) <= found.p25 <= found.median <= found.p75 <= max(values)


def test_one_old_deal_moves_the_mean_and_not_the_median():
    found = Quartiles.of(histogram([240, 12, 15, 25, 18, 22, 20]))
    assert found is not None
    assert (found.median, found.p25, found.p75, found.n) == (20, Fraction(33, 2), Fraction(47, 2), 7)
    assert round(float(found.mean), 1) == 50.3


def test_quartiles_of_nothing_and_of_empty_counts():
    assert Quartiles.of({}) is None
    assert Quartiles.of({5: 0}) is None
    assert Quartiles.of({5: 0, 7: 1}) == Quartiles(*map(Fraction, (7, 7, 7, 7)), 1)


def test_quartiles_count_a_million_without_listing_them():
    assert Quartiles.of({1: 1_000_000, 2: 1_000_000, 3: 1}) == Quartiles(
        Fraction(1), Fraction(2), Fraction(2), Fraction(3_000_003, 2_000_001), 2_000_001
    )


@pytest.mark.parametrize(
    ("now", "before", "p", "chance"),
    [((22, 100), (30, 100), 0.197, True), ((4, 20), (6, 20), 0.465, True), ((40, 200), (60, 200), 0.0209, False)],
)
def test_drops_of_a_win_rate(now: tuple[int, int], before: tuple[int, int], p: float, chance: bool):
    assert two_proportion(*now, *before) == pytest.approx(p, abs=5e-4)
    assert within_chance(*now, *before) is chance


def test_with_an_empty_side_nothing_is_said():
    assert two_proportion(0, 0, 3, 4) is None
    assert two_proportion(3, 4, 0, 0) is None
    assert within_chance(3, 4, 0, 0) is None


def brute_fisher(k1: int, n1: int, k2: int, n2: int) -> float:
    """Deal the wins out to the deals in every way there is, and count how many ways are as odd as this one."""
    tables: dict[int, int] = {}
    for winners in combinations(range(n1 + n2), k1 + k2):
        first = sum(place < n1 for place in winners)
        tables[first] = tables.get(first, 0) + 1
    return sum(ways for ways in tables.values() if ways <= tables[k1]) / sum(tables.values())


@given(SMALL, SMALL, SMALL, SMALL)
def test_fisher_counts_all_tables(won1: int, lost1: int, won2: int, lost2: int):
    n1, n2 = won1 + lost1, won2 + lost2
    assume(n1 and n2 and n1 + n2 <= 14)
    assert fisher(won1, n1, won2, n2) == brute_fisher(won1, n1, won2, n2)


def test_fisher_of_the_lady_and_her_tea():
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert fisher(4, 4, 0, 4) == pytest.approx(2 / 70)


@given(COUNTS, COUNTS)
def test_the_test_does_not_care_which_side_is_which(one: tuple[int, int], other: tuple[int, int]):
    p = two_proportion(*one, *other)
    lost = two_proportion(one[1] - one[0], one[1], other[1] - other[0], other[1])
    assert p is not None
    assert 0 <= p <= 1
    assert p == pytest.approx(two_proportion(*other, *one), rel=1e-9)
    assert p == pytest.approx(lost, rel=1e-9)


def test_small_expected_cells_take_the_exact_test_and_five_does_not():
    assert two_proportion(5, 19, 5, 20) == fisher(5, 19, 5, 20)
    z = abs(6 / 20 - 4 / 20) / sqrt(0.25 * 0.75 * 2 / 20)
    assert two_proportion(6, 20, 4, 20) == pytest.approx(erfc(z / sqrt(2)))


def test_all_won_on_both_sides_is_no_signal():
    assert two_proportion(200, 200, 300, 300) == 1
    assert within_chance(0, 50, 0, 60) is True


def test_a_handful_against_a_million_is_answered_at_once():
    begun = perf_counter()
    assert two_proportion(4, 8, 500_000, 1_000_000) == pytest.approx(1)
    assert two_proportion(0, 3, 500_000, 1_000_000) == pytest.approx(0.25, abs=1e-4)
    assert perf_counter() - begun < 5
