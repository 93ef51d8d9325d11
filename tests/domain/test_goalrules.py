"""Goals against the calendar: pace, state, shares, and the five letters of SMART."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.goalrules import (
    STATES,
    Check,
    Days,
    Facts,
    attainment,
    expected,
    needed,
    pace,
    ratio_state,
    run_rate,
    smart,
    split,
    state,
)
from salesctl.domain.stats import wilson
from salesctl.plain import replace

TWO_THIRDS = Days(20, 30)
QUARTER = Days(37, 65)


def test_320_of_500_thousand_on_day_20_of_30():
    assert attainment(320_000, 500_000) == Fraction(64, 100)
    assert pace(320_000, 500_000, TWO_THIRDS) == Fraction(96, 100)
    assert run_rate(320_000, TWO_THIRDS) == 480_000
    assert needed(320_000, 500_000, TWO_THIRDS) == 18_000
    assert expected(500_000, Days(16, 21)) == Fraction(8_000_000, 21)


@pytest.mark.parametrize(
    ("actual", "target", "speed", "where"),
    [
        (548_300, 900_000, 1.07, "ahead"),
        (71_000, 90_000, 1.39, "ahead"),
        (44_000, 80_000, 0.97, "behind"),
        (22_000, 70_000, 0.55, "at_risk"),
        (18, 30, 1.05, "ahead"),
        (900_000, 900_000, 1.76, "reached"),
    ],
)
def test_a_quarter_with_37_of_65_days_gone(actual: int, target: int, speed: float, where: str):
    found = pace(actual, target, QUARTER)
    assert found is not None
    assert round(float(found), 2) == speed
    assert state(actual, target, QUARTER) == where


@pytest.mark.parametrize(
    ("actual", "where"),
    [(525, "ahead"), (524, "on_track"), (495, "on_track"), (494, "behind"), (405, "behind"), (404, "at_risk")],
)
def test_bands_begin_on_their_edge(actual: int, where: str):
    assert state(actual, 1000, Days(10, 20)) == where


def test_before_the_first_day_there_is_no_pace():
    assert pace(0, 100, Days(0, 20)) is None
    assert run_rate(5, Days(0, 20)) is None
    assert state(0, 100, Days(0, 20)) == "not_begun"
    assert state(100, 100, Days(0, 20)) == "reached"


def test_without_a_target_there_is_no_attainment():
    assert attainment(5, 0) is None
    assert pace(5, 0, TWO_THIRDS) is None


def test_when_all_days_are_gone_it_is_reached_or_missed():
    assert state(100, 100, Days(20, 20)) == "reached"
    assert state(99, 100, Days(20, 20)) == "missed"
    assert needed(99, 100, Days(20, 20)) is None


def test_a_period_that_ends_on_a_day_off_is_not_missed_before_it_ends():
    assert state(99, 100, Days(22, 22), over=False) == "on_track"
    assert state(50, 100, Days(22, 22), over=False) == "at_risk"


def test_nothing_is_needed_once_reached():
    assert needed(100, 100, TWO_THIRDS) is None


def test_what_is_better_down_stays_under_its_target():
    assert state(38, 40, TWO_THIRDS, "down") == "on_track"
    assert state(41, 40, TWO_THIRDS, "down") == "at_risk"
    assert state(40, 40, Days(30, 30), "down") == "reached"
    assert state(41, 40, Days(30, 30), "down") == "missed"


def test_corrections_may_make_the_actual_negative():
    assert attainment(-50, 100) == Fraction(-1, 2)
    assert state(-50, 100, TWO_THIRDS) == "at_risk"


@given(st.integers(-1000, 3000), st.integers(1, 1000), st.integers(0, 65))
def test_a_sale_more_never_makes_it_worse(actual: int, target: int, gone: int):
    order = ("missed", "not_begun", "at_risk", "behind", "on_track", "ahead", "reached")
    days = Days(gone, 65)
    now, then = state(actual, target, days), state(actual + 1, target, days)
    assert {now, then} <= STATES.keys()
    assert order.index(now) <= order.index(then)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 64))
def test_going_on_as_needed_lands_on_the_target(actual: int, target: int, gone: int):
    days = Days(gone, 65)
    daily, lands, speed = needed(actual, target, days), run_rate(actual, days), pace(actual, target, days)
    assert daily is None or actual + daily * days.left == target
    assert lands is not None
    assert speed == lands / target
    assert (actual >= expected(target, days)) is (speed >= 1)


def test_a_ratio_has_no_pace():
    low, high = wilson(22, 56)
    assert ratio_state(22 / 56, Fraction(40, 100), low, high, False) == "on_track"
    assert ratio_state(22 / 56, Fraction(60, 100), low, high, False) == "behind"
    assert ratio_state(22 / 56, Fraction(40, 100), low, high, True) == "missed"
    assert ratio_state(0.4, Fraction(40, 100), low, high, True) == "reached"
    assert ratio_state(2 / 3, Fraction(2, 3), None, None, False) == "reached"
    assert ratio_state(0.3, Fraction(40, 100), None, None, False) == "behind"
    assert ratio_state(None, Fraction(40, 100), None, None, False) == "no_data"


@given(st.integers(-(10**12), 10**15), st.lists(st.integers(1, 31), min_size=1, max_size=40))
def test_shares_add_up_and_none_is_off_by_a_unit(total: int, weights: list[int]):
    shares = split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(weights))) < 1


def test_odd_units_go_to_the_largest_remainders_then_to_the_first():
    assert split(90_000_000, [1] * 12) == [7_500_000] * 12
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(100, [22, 21, 22]) == [34, 32, 34]
    assert split(1, [1, 5]) == [0, 1]


GOOD = Facts(
    has_kpi=True,
    has_scope=True,
    has_owner=True,
    rows=22,
    target=900,
    history=(700, 750, 850, 800),
    coverage=None,
    linked=True,
    days=QUARTER,
    ordered=True,
    over=False,
)


def letter(which: str, **facts: object) -> Check:
    return next(check for check in smart(replace(GOOD, **facts)) if check.letter == which)  # type: ignore[arg-type]


def said(check: Check) -> str:
    return check.text.format(**check.numbers)


def test_a_good_goal_passes_every_letter():
    assert [(check.letter, check.verdict) for check in smart(GOOD)] == [(one, "pass") for one in "SMART"]


@pytest.mark.parametrize(("missing", "verdict"), [(1, "warn"), (2, "fail"), (3, "fail")])
def test_specific_counts_what_is_said(missing: int, verdict: str):
    names = ("has_owner", "has_scope", "has_kpi")[:missing]
    check = letter("S", **dict.fromkeys(names, False))
    assert (check.verdict, check.numbers["n"]) == (verdict, 3 - missing)


def test_measurable_needs_records():
    assert letter("M", rows=0).verdict == "warn"
    assert said(letter("M", rows=7)).endswith("before: 7")


def test_achievable_gives_percentile_and_growth():
    check = letter("A")
    assert (check.numbers["percentile"], check.numbers["growth"], check.numbers["n"]) == (100, 12, 4)
    assert said(check) == "above 100 % of 4 earlier periods, +12 % against the last one with a figure"


@pytest.mark.parametrize(("target", "verdict"), [(1200, "pass"), (1201, "warn"), (2000, "warn"), (2001, "fail")])
def test_achievable_by_required_growth(target: int, verdict: str):
    assert letter("A", target=target).verdict == verdict


def test_achievable_without_history_cannot_be_told():
    assert letter("A", history=()).verdict == "warn"
    assert letter("A", history=(0, 0, None)).verdict == "warn"


def test_a_period_of_nothing_counts_once_there_was_something():
    numbers = letter("A", target=40, history=(0, 0, 50, 0, 0, 0)).numbers
    assert (numbers["percentile"], numbers["n"], numbers["growth"]) == (75, 4, -20)


def test_a_period_without_a_figure_does_not_count():
    numbers = letter("A", target=40, history=(50, None, 20)).numbers
    assert (numbers["percentile"], numbers["n"], numbers["growth"]) == (50, 2, 100)


def test_a_pipeline_that_covers_the_rest_makes_it_achievable():
    assert letter("A", target=5000, coverage=Fraction(99, 100)).verdict == "fail"
    check = letter("A", target=5000, coverage=Fraction(1))
    assert check.verdict == "pass"
    assert said(check).endswith("the weighted pipeline covers 1.0 x of what is missing")


@pytest.mark.parametrize(("target", "verdict"), [(40, "pass"), (28, "pass"), (27, "warn"), (16, "fail")])
def test_what_is_better_down_gets_harder_downwards(target: int, verdict: str):
    check = letter("A", target=target, history=(45, 39, 42), better="down")
    assert check.verdict == verdict
    assert said(check).startswith("below ")


def test_the_percentile_of_what_is_better_down_counts_those_above():
    assert letter("A", target=40, history=(45, 39, 42), better="down").numbers["percentile"] == 67


def test_relevant_needs_a_parent_or_a_reason():
    assert letter("R", linked=False).verdict == "fail"


def test_timed_needs_a_period_that_is_not_over():
    assert said(letter("T")) == "28 of 65 working days left"
    assert letter("T", over=True, days=Days(65, 65)).verdict == "fail"
    assert letter("T", ordered=False).verdict == "fail"


@given(
    st.lists(st.none() | st.integers(0, 10**15), max_size=9), st.integers(1, 10**15), st.sampled_from(["up", "down"])
)
def test_every_letter_has_a_verdict_and_its_numbers(history: list[int | None], target: int, better: str):
    for check in smart(replace(GOOD, history=tuple(history), target=target, better=better)):
        assert check.verdict in ("pass", "warn", "fail")
        assert "{" not in said(check)
