"""The fewest deals that close a gap, against every set there is."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.gap import Chosen, smallest


def every(worths: list[int], gap: int) -> tuple[int, int, tuple[int, ...]] | None:
    """The best of all sets: the fewest deals, the least sum, the first places."""
    found = [
        (size, sum(worths[at] for at in places), places)
        for size in range(len(worths) + 1)
        for places in combinations(range(len(worths)), size)
        if sum(worths[at] for at in places) >= gap and all(worths[at] > 0 for at in places)
    ]
    return min(found, default=None)


@given(st.lists(st.integers(-5, 40), max_size=9), st.integers(-3, 150))
def test_it_is_what_trying_every_set_finds(worths: list[int], gap: int) -> None:
    wanted, got = every(worths, gap), smallest(worths, gap)
    assert got.exact
    if gap <= 0:
        assert got == Chosen((), 0, True)
    elif wanted is None:
        assert got.total == sum(worth for worth in worths if worth > 0) < gap
    else:
        assert (len(got.places), got.total, got.places) == wanted


@given(st.lists(st.integers(1, 1000), min_size=20, max_size=60), st.integers(1, 8))
def test_a_search_that_is_cut_off_says_so_and_still_takes_the_fewest(worths: list[int], steps: int) -> None:
    gap = sum(worths) // 3
    got = smallest(worths, gap, steps)
    fewest = next(n for n in range(1, 99) if sum(sorted(worths, reverse=True)[:n]) >= gap)
    assert len(got.places) == fewest and got.total >= gap
    assert sum(worths[at] for at in got.places) == got.total
    assert not got.exact or got == smallest(worths, gap)  # it was through before it was cut off


def test_what_was_cut_off_is_not_said_to_be_the_best() -> None:
    assert not smallest(list(range(1, 41)), 300, 2).exact


def test_of_as_few_it_takes_the_one_that_overshoots_least() -> None:
    assert smallest([60, 24, 18, 50], 47) == Chosen((3,), 50, True)
    assert smallest([10, 10, 10], 20) == Chosen((0, 1), 20, True)
    assert smallest([10, 5], 20) == Chosen((0, 1), 15, True)


def test_hundreds_of_deals_are_not_searched() -> None:
    got = smallest([7] * 150 + [5], 7 * 120 - 2)
    assert (len(got.places), got.total, got.exact) == (120, 7 * 119 + 5, False)
