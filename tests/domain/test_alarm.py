"""Alarms: the level test agrees with tables counted one by one and with scipy, the cumulative sum with one worked by hand."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from random import Random
from statistics import NormalDist

import pytest

from salesctl.domain.alarm import KNOWN, LEAST, drift, level


def test_the_level_test_of_the_formulas() -> None:
    assert level((30, 200), (60, 200)) is not None
    found = level((40, 200), (60, 200))
    assert found is not None and not found.exact and round(found.p, 3) == 0.021
    assert level((22, 100), (30, 100)) is None  # p = 0.20
    assert level((60, 200), (40, 200)) is None  # it rose
    assert level((60, 200), (40, 200), "down") is not None
    assert level((0, LEAST - 1), (50, 100)) is None  # too few
    assert level((10, 20), (10, 20)) is None


def test_small_cells_go_by_fisher() -> None:
    found = level((0, 10), (30, 40))
    assert found is not None and found.exact


def test_it_agrees_with_every_table_counted_and_with_the_normal_tail() -> None:
    made, told = Random(7), 0
    for _n in range(300):
        n1, n2 = made.randint(10, 60), made.randint(10, 60)
        k1, k2 = made.randint(0, n1), made.randint(0, n2)
        found = level((k1, n1), (k2, n2))
        expected = min(Fraction(size * part, n1 + n2) for size in (n1, n2) for part in (k1 + k2, n1 + n2 - k1 - k2))
        p = _counted(k1, n1, k2, n2) if expected < 5 else _tail(k1, n1, k2, n2)
        assert (found is not None) == (p < 0.05 and k1 * n2 < k2 * n1), (k1, n1, k2, n2)
        if found:
            told += 1
            assert found.p == pytest.approx(p, abs=1e-9) and found.exact == (expected < 5)
    assert told > 50


def _counted(k1: int, n1: int, k2: int, n2: int) -> float:
    """Fisher's test from the chances of all tables with these margins, one by one."""
    all_, won = n1 + n2, k1 + k2
    chances = [Fraction(comb(won, i) * comb(all_ - won, n1 - i), comb(all_, n1)) for i in range(min(n1, won) + 1)]
    return float(sum(chance for chance in chances if chance <= chances[k1]))


def _tail(k1: int, n1: int, k2: int, n2: int) -> float:
    """Both tails of the pooled z by the normal distribution of the standard library."""
    p = (k1 + k2) / (n1 + n2)
    z = (k1 / n1 - k2 / n2) / (p * (1 - p) * (1 / n1 + 1 / n2)) ** 0.5
    return 2 * NormalDist().cdf(-abs(z))


def test_it_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    made = Random(5)
    for _n in range(200):
        n1, n2 = made.randint(10, 300), made.randint(10, 300)
        k1, k2 = made.randint(0, n1), made.randint(0, n2)
        found = level((k1, n1), (k2, n2))
        if k1 * n2 >= k2 * n1:
            assert found is None
            continue
        table = [[k1, n1 - k1], [k2, n2 - k2]]
        expected = stats.contingency.expected_freq(table)
        if expected.min() < 5:
            p = stats.fisher_exact(table)[1]
        else:
            p = stats.chi2_contingency(table, correction=False)[1]
        assert (found is not None) == (p < 0.05)
        if found:
            assert found.p == pytest.approx(p, rel=1e-6, abs=1e-12)


def test_a_cumulative_sum_worked_by_hand() -> None:
    reference = [8.0, 12.0, 8.0, 12.0, 8.0, 12.0, 8.0, 12.0]  # mean 10, deviation 2 x sqrt(8 / 7)
    found = drift(reference, [10.0, 6.0, 6.0, 6.0])
    assert found is not None and found.mean == 10
    step = 4 / (2 * (8 / 7) ** 0.5) - 0.5
    assert found.score == pytest.approx(3 * step) and found.periods == 3
    assert found.alarm == (3 * step > 4)
    longer = drift(reference, [6.0] * 4)
    assert longer is not None and longer.alarm and longer.score == pytest.approx(4 * step)
    risen = drift(reference, [14.0] * 4)
    assert risen is not None and risen.score == 0 and not risen.alarm
    assert drift(reference, [14.0] * 4, "down").alarm  # type: ignore[union-attr]


def test_no_drift_is_said_of_too_little_or_of_what_never_varies() -> None:
    assert drift([1.0, 2.0] * (KNOWN // 2 - 1), [0.0]) is None
    assert drift([5.0] * 12, [0.0]) is None
    assert drift([1.0, 2.0] * 6, []) is None
