"""What comes first: scores that can be checked by eye, and the chance behind them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.stats import Ratio
from salesctl.domain.urgency import Chance, Facts, Part, Weights, chance, parts, score, urgency

NOTHING = Ratio(0, 0)


def quiet(**facts: object) -> Facts:
    """A deal with a step planned in 3 days and nothing else to say."""
    plain: dict[str, object] = {"major": 10_000, "chance": 50, "due_in": 3, "closes_in": None, "stalled": False}
    return Facts(**(plain | facts))  # type: ignore[arg-type]


def codes(facts: Facts) -> dict[str, tuple[int, int]]:
    return {part.code: (part.hundredths, part.n) for part in parts(facts)}


@pytest.mark.parametrize(
    ("facts", "factor", "points"),
    [
        (Facts(480_000, 60, -3, 7, False), "5/2", "72"),
        (Facts(260_000, 35, 0, None, False, waiting=True), "2", "18.2"),
        (Facts(340_000, 20, 0, None, False), "3/2", "10.2"),
    ],
)
def test_three_deals_of_a_morning(facts: Facts, factor: str, points: str):
    found = parts(facts)
    assert urgency(found) == Fraction(factor)
    assert score(facts, found) == Fraction(points)


def test_a_quiet_deal_is_worth_its_expectation():
    assert parts(quiet()) == []
    assert score(quiet(), []) == Fraction(1, 2)


@pytest.mark.parametrize(("days", "hundredths"), [(1, 30), (2, 60), (3, 90), (4, 90), (400, 90)])
def test_overdue_grows_by_the_day_up_to_three(days: int, hundredths: int):
    assert codes(quiet(due_in=-days)) == {"overdue": (hundredths, days)}


def test_due_today_is_not_overdue():
    assert codes(quiet(due_in=0)) == {"today": (50, 0)}
    assert codes(quiet(due_in=1)) == {}


def test_no_next_step():
    assert codes(quiet(due_in=None)) == {"stepless": (20, 0)}


@pytest.mark.parametrize(
    ("closes_in", "found"),
    [(8, {}), (7, {"closing": (60, 7)}), (0, {"closing": (60, 0)}), (-1, {"late_close": (40, 1)})],
)
def test_signing_within_a_week_or_past(closes_in: int, found: dict[str, tuple[int, int]]):
    assert codes(quiet(closes_in=closes_in)) == found


def test_all_additions_stand_side_by_side():
    found = codes(quiet(due_in=None, closes_in=3, stalled=True, waiting=True))
    assert found == {"stepless": (20, 0), "closing": (60, 3), "waiting": (50, 0), "stalled": (30, 0)}


def test_weights_are_data():
    assert parts(quiet(due_in=-9), Weights(overdue_day=10, overdue_most=25)) == [Part(25, "overdue", 9)]


DAYS = st.none() | st.integers(-60, 60)


@given(st.integers(0, 10**13), st.integers(0, 100), DAYS, DAYS, st.booleans(), st.booleans())
def test_the_parts_add_up_to_the_score(
    major: int, percent: int, due: int | None, closes: int | None, stalled: bool, waiting: bool
):
    facts = Facts(major, percent, due, closes, stalled, waiting)
    found = parts(facts)
    whole = 100 + sum(part.hundredths for part in found)
    assert len({part.code for part in found}) == len(found)
    assert score(facts, found) * 10_000 * 100 * 100 == major * percent * whole


@pytest.mark.parametrize("source", ["hand", "import"])
def test_what_a_person_or_a_file_said_comes_first(source: str):
    assert chance(20, source, Ratio(19, 31), 60) == Chance(20, source, Ratio(19, 31))
    assert chance(0, source, Ratio(19, 31), 60) == Chance(0, source, Ratio(19, 31))


def test_own_history_counts_from_20_closed_deals_on():
    assert chance(60, "stage", Ratio(12, 19), 60) == Chance(60, "stage", Ratio(12, 19))
    assert chance(60, "stage", Ratio(13, 20), 60) == Chance(65, "history", Ratio(13, 20))


def test_history_comes_with_its_range():
    found = chance(None, None, Ratio(19, 31), 60)
    assert found is not None
    assert (found.percent, found.source) == (61, "history")
    assert found.history.range is not None
    assert tuple(round(100 * end) for end in found.history.range) == (44, 76)


def test_a_deal_without_any_chance_is_not_certain():
    assert chance(None, None, NOTHING, None) is None
    assert chance(None, "hand", NOTHING, 35) == Chance(35, "stage", NOTHING)
