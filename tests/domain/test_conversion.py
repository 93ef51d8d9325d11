"""Conversion of stages: ways worked out by hand, and laws that hold for every set of ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.conversion import (
    WON,
    Conversion,
    Mark,
    Passage,
    conversions,
    goal_at_most,
    goal_of_rate,
    goal_of_share,
    jumped,
    moves,
    passages,
    returned,
)
from salesctl.domain.stats import Ratio

RANKS = (1, 2, 3, 4)
Deal = tuple[list[int], str | None]


def passed(*deals: Deal, n: int = 1) -> list[Passage]:
    """The passages of deals given as the ranks they came to and how they ended, all in the window."""
    return [
        one
        for ranks, ended in deals
        for _line, one in passages([Mark(1, rank, inside=True) for rank in ranks], ended, n)
    ]


def cohort(found: dict[int, Conversion], rank: int) -> tuple[int, int, int, int, int]:
    one = found[rank]
    return one.entered, one.inferred, one.on, one.lost, one.open


def test_four_deals_by_hand():
    found = conversions(
        passed(
            ([1, 2, 3], None),  # straight on, open in 3
            ([1, 3], "lost"),  # jumped over 2, lost in 3
            ([1], "lost"),
            ([1, 2, 1, 2, WON], "won"),  # back once, then won from 2
        ),
        RANKS,
    )
    assert cohort(found, 1) == (4, 0, 3, 1, 0)
    assert cohort(found, 2) == (3, 1, 3, 0, 0)
    assert cohort(found, 3) == (3, 1, 1, 1, 1)
    assert cohort(found, 4) == (1, 1, 1, 0, 0)
    assert found[1].ratio == Ratio(3, 4)


def test_lost_is_never_an_advance_and_what_is_open_counts_below():
    found = conversions(passed(([1], "lost"), ([1], None), ([1, 2], "lost")), RANKS)
    assert cohort(found, 1) == (3, 0, 1, 1, 1)
    assert found[1].ratio.value == 1 / 3


def test_who_begins_in_a_later_stage_is_inferred_in_those_before_but_jumped_over_nothing():
    way = passed(([3, 4], "lost"))
    assert cohort(conversions(way, RANKS), 1) == (1, 1, 1, 0, 0)
    assert [jumped(moves(way), rank) for rank in RANKS] == [0, 0, 0, 0]


def test_coming_back_enters_nothing_and_is_counted():
    way = passed(([1, 2, 3, 1, 2, 3], None))
    found = conversions(way, RANKS)
    assert [found[rank].entered for rank in RANKS] == [1, 1, 1, 0]
    assert found[1].on == 1 and found[3].open == 1
    assert [returned(moves(way), rank) for rank in RANKS] == [1, 0, 0, 0]
    assert moves(way) == {(None, 1): 1, (1, 2): 2, (2, 3): 2, (3, 1): 1}


def test_jumps_count_every_stage_that_is_passed_over_and_the_win_too():
    way = passed(([1, 3], None), ([1, WON], "won"))
    assert [jumped(moves(way), rank) for rank in RANKS] == [0, 2, 1, 1]


def test_of_two_wins_the_last_counts_and_one_that_is_open_again_has_none():
    way = [Mark(1, 1, True), Mark(1, WON, True), Mark(1, 2, True), Mark(1, WON, True)]
    won = [one for _line, one in passages(way, "won", 1)]
    assert moves(won) == {(None, 1): 1, (1, 2): 1, (2, WON): 1}
    again = [one for _line, one in passages(way[:2], None, 1)]
    assert cohort(conversions(again, RANKS), 1) == (1, 0, 0, 0, 1)


def test_only_what_lies_in_the_window_enters_but_what_came_before_is_known():
    way = [Mark(1, 1, False), Mark(1, 2, True), Mark(1, 1, True), Mark(1, 3, False)]
    found = conversions([one for _line, one in passages(way, None, 5)], RANKS)
    assert [found[rank].entered for rank in RANKS] == [0, 5, 0, 0]
    assert found[2].on == 5


def test_a_moment_that_is_not_known_is_said_so():
    [(_line, one)] = passages([Mark(1, 1, inside=False, known=False)], None, 3)
    assert not one.known and one.n == 3


def test_pipelines_do_not_mix():
    way = [Mark(1, 3, True), Mark(2, 1, True)]
    assert [(line, one.prior, one.fate) for line, one in passages(way, None, 1)] == [
        (1, None, "open"),
        (2, None, "open"),
    ]


def test_won_without_any_stage_known_is_in_no_cohort():
    assert passed(([WON], "won")) == []


def test_where_nobody_stood_in_a_stage_there_is_no_rate():
    found = conversions(passed(([2, 3], None), ([2], "lost")), RANKS)
    assert cohort(found, 1) == (2, 2, 2, 0, 0) and found[1].ratio.value is None
    assert found[2].ratio == Ratio(1, 2)
    assert goal_of_rate(found[1], 60).met is None


WAYS = st.lists(
    st.tuples(st.lists(st.sampled_from(RANKS), min_size=1, max_size=7), st.sampled_from([None, "lost", "won"])),
    max_size=12,
)


@given(WAYS)
def test_every_stage_adds_up_and_hands_on_what_it_lets_go(ways: list[Deal]):
    deals = [([*ranks, WON] if ended == "won" else ranks, ended) for ranks, ended in ways]
    found = conversions(passed(*deals), RANKS)
    for rank in RANKS:
        one = found[rank]
        assert one.entered == one.on + one.lost + one.open
        assert 0 <= one.inferred <= one.on
        if rank < RANKS[-1]:
            assert found[rank + 1].entered == one.on
    assert found[RANKS[-1]].on == sum(ended == "won" for _ranks, ended in ways)
    assert found[1].entered == len(ways)


def test_a_goal_is_open_while_the_open_deals_may_still_reach_it():
    assert goal_of_rate(Conversion(entered=10, on=6, open=0, lost=4), 60).met is True
    assert goal_of_rate(Conversion(entered=10, on=5, open=1, lost=4), 60).met is None
    assert goal_of_rate(Conversion(entered=10, on=4, open=1, lost=5), 60).met is False
    assert goal_of_rate(Conversion(), 60) == (None, 60, None)
    assert goal_of_rate(Conversion(entered=1, on=1), None).met is None


def test_goals_of_days_and_of_items():
    assert (
        goal_at_most(14.0, 14).met is True
        and goal_at_most(14.5, 14).met is False
        and goal_at_most(None, 14).met is None
    )
    assert goal_of_share(Ratio(9, 10), 90).met is True and goal_of_share(Ratio(89, 100), 90).met is False
    assert goal_of_share(Ratio(0, 0), 90).met is None
