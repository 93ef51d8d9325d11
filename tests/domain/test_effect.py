"""Two rates compared: published intervals, the correction for many tests, what is said and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.effect import CHANCE, FEW, FEWER, LEAST, MORE, effect, judged, ranked
from salesctl.domain.stats import Ratio, adjusted, difference

# Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998),
# table II, method 10.
PUBLISHED = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1.0)),
    ((10, 10, 0, 10), (0.6075, 1.0)),
]


@pytest.mark.parametrize(("counts", "ends"), PUBLISHED)
def test_differences_as_published(counts: tuple[int, int, int, int], ends: tuple[float, float]):
    assert difference(*counts) == pytest.approx(ends, abs=6e-5)


SIDE = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SIDE, SIDE)
def test_a_difference_lies_in_its_range_and_turns_round_with_its_sides(one: tuple[int, int], two: tuple[int, int]):
    low, high = difference(*one, *two) or (1.0, -1.0)
    gap = one[0] / one[1] - two[0] / two[1]
    assert -1 <= low <= gap + 1e-12 and gap - 1e-12 <= high <= 1
    turned = difference(*two, *one)
    assert turned == pytest.approx((-high, -low))


def test_an_empty_side_has_no_difference():
    assert difference(0, 0, 3, 4) is None and effect(Ratio(0, 0), Ratio(3, 4)).gap is None


def test_many_tests_as_the_textbook_adjusts_them():
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert adjusted([]) == []
    assert adjusted([0.2]) == [0.2]
    # Benjamini and Hochberg 1995, table of 15: with 5 % the first four are signals
    found = adjusted([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])  # fmt: skip
    assert [q < 0.05 for q in found] == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), max_size=20))
def test_adjusting_is_what_its_definition_says(chances: list[float]):
    m = len(chances)
    ordered = sorted(chances)
    for p, q in zip(chances, adjusted(chances), strict=True):
        wanted = min([1.0, *(other * m / (i + 1) for i, other in enumerate(ordered) if other >= p)])
        assert q == pytest.approx(wanted) and q >= p - 1e-12


def test_what_a_comparison_says():
    more, fewer = effect(Ratio(60, 100), Ratio(20, 100)), effect(Ratio(10, 50), Ratio(35, 50))
    chance, few = effect(Ratio(31, 100), Ratio(30, 100)), effect(Ratio(9, LEAST - 1), Ratio(0, 100))
    judged([more, fewer, chance, few])
    assert [one.verdict for one in (more, fewer, chance, few)] == [MORE, FEWER, CHANCE, FEW]
    assert few.p is None and few.q is None and few.gap == 1.0
    assert ranked([few, chance, more, fewer]) == [fewer, more, chance, few]


def test_what_is_a_signal_alone_may_be_chance_among_many():
    alone = effect(Ratio(60, 200), Ratio(40, 200))
    judged([alone])
    assert alone.verdict == MORE and alone.q == alone.p == pytest.approx(0.0209, abs=1e-4)
    again = effect(Ratio(60, 200), Ratio(40, 200))
    judged([again, *(effect(Ratio(50, 100), Ratio(50, 100)) for _one in range(9))])
    assert again.verdict == CHANCE and again.q == pytest.approx(10 * 0.0209, abs=1e-3)
