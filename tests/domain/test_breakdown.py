"""Changes taken apart: every split adds up to the change, to the last digit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.breakdown import Cell, Driver, of_losses, of_ratio, of_sum, rest, rounded, total

CELLS = st.dictionaries(
    st.one_of(st.none(), st.sampled_from("abcdef")),
    st.builds(Cell, st.integers(-50, 90), st.integers(0, 40)),
    max_size=6,
)
UNITS = st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(1, 1000), Fraction(1, 10**6)])


@given(CELLS, CELLS, UNITS)
def test_the_parts_of_a_ratio_add_up_exactly_and_so_do_their_digits(now: dict, before: dict, unit: Fraction) -> None:  # type: ignore[type-arg]
    whole, past = total(now), total(before)
    if whole.rate is None or past.rate is None:
        with pytest.raises(ValueError):
            of_ratio(now, before)
        return
    change = whole.rate - past.rate
    drivers = of_ratio(now, before)
    assert sum(one.effect for one in drivers) == change
    digits = rounded([part for one in drivers for part in (one.mix, one.rate)], unit)
    assert sum(digits) == round(change / unit)
    assert all(abs(digit * unit - part) < unit for digit, part in zip(digits, _parts(drivers), strict=True))
    assert rest(drivers).effect == change


@given(CELLS, CELLS)
def test_the_parts_of_a_sum_add_up_exactly(now: dict, before: dict) -> None:  # type: ignore[type-arg]
    drivers = of_sum(now, before)
    assert sum(one.effect for one in drivers) == total(now).top - total(before).top


@given(
    st.dictionaries(st.sampled_from("abc"), st.builds(Cell, st.integers(0, 9)), max_size=3),
    st.dictionaries(st.sampled_from("abc"), st.builds(Cell, st.integers(0, 9)), max_size=3),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_losses_by_reason_add_up_to_the_change_of_the_win_rate(now: dict, before: dict, won: int, was: int) -> None:  # type: ignore[type-arg]
    lost, past = total(now).top, total(before).top
    drivers = of_losses(now, before, Cell(won, won + lost), Cell(was, was + past))
    assert sum(one.effect for one in drivers) == Fraction(won, won + lost) - Fraction(was, was + past)


def _parts(drivers: list[Driver]) -> list[Fraction]:
    return [part for one in drivers for part in (one.mix, one.rate)]


def test_a_worked_example_of_mix_and_rate() -> None:
    # Anna 6 of 10 -> 6 of 10, Bo 1 of 10 -> 4 of 40: the same rates, but Bo closes more: all of it is mix.
    drivers = of_ratio({"Anna": Cell(6, 10), "Bo": Cell(4, 40)}, {"Anna": Cell(6, 10), "Bo": Cell(1, 10)})
    assert sum(one.effect for one in drivers) == Fraction(10, 50) - Fraction(7, 20)
    assert all(one.rate == 0 for one in drivers)
    # Only the rate of Bo changes, shares stay: all of it is his.
    drivers = of_ratio({"Anna": Cell(6, 10), "Bo": Cell(3, 10)}, {"Anna": Cell(6, 10), "Bo": Cell(1, 10)})
    assert (drivers[0].group, drivers[0].rate, drivers[0].mix) == ("Bo", Fraction(1, 10), 0)
    assert drivers[1].effect == 0


def test_revenue_is_number_times_size() -> None:
    (one,) = of_sum({None: Cell(300, 3)}, {None: Cell(100, 2)})
    assert (one.mix, one.rate) == (75, 125)  # 1 more at the mean size of 75; 2.5 of them 50 larger


def test_a_group_that_came_or_went_is_all_mix() -> None:
    drivers = {one.group: one for one in of_ratio({"a": Cell(1, 2), "b": Cell(2, 2)}, {"a": Cell(1, 2)})}
    assert drivers["b"].rate == 0 and drivers["a"].rate == 0
    assert sum(one.mix for one in drivers.values()) == Fraction(3, 4) - Fraction(1, 2)
