"""The clocks of leads, and quantiles of waits that still run."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from salesctl.domain.lead import channel_of, fit, screened
from salesctl.domain.leadclock import Hours, Moments, clocks, since, worked
from salesctl.domain.pool import Loss, Rules, room
from salesctl.domain.stats import histogram, quantile
from salesctl.domain.survival import waited
from salesctl.workdays import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
NINE_TO_FIVE = Hours(time(9), time(17), Calendar())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_friday_half_past_four_to_monday_half_past_nine_is_one_hour() -> None:
    assert worked(at("2026-11-20T16:30"), at("2026-11-23T09:30"), NINE_TO_FIVE) == timedelta(hours=1)


def test_holidays_and_make_up_days_count_as_they_are() -> None:
    calendar = Calendar(off=frozenset({date(2026, 11, 23)}), extra=frozenset({date(2026, 11, 21)}))
    hours = Hours(time(9), time(17), calendar)
    assert worked(at("2026-11-20T16:30"), at("2026-11-24T09:30"), hours) == timedelta(hours=9)


def slowly(start: datetime, end: datetime) -> timedelta:
    minutes = 0
    while start < end:
        minutes += start.weekday() < 5 and time(9) <= start.time() < time(17)
        start += timedelta(minutes=1)
    return timedelta(minutes=minutes)


def test_worked_is_the_minutes_counted_one_by_one_and_since_turns_it_round() -> None:
    dice = random.Random(4)
    for _round in range(60):
        start = at("2026-01-01T00:00") + timedelta(minutes=dice.randint(0, 400_000))
        end = start + timedelta(minutes=dice.randint(0, 12_000))
        assert worked(start, end, NINE_TO_FIVE) == slowly(start, end)
        needed = timedelta(minutes=dice.randint(1, 2000))
        found = since(end, needed, NINE_TO_FIVE)
        assert worked(found, end, NINE_TO_FIVE) == needed
        assert worked(found + timedelta(minutes=1), end, NINE_TO_FIVE) < needed


def lead(**more: object) -> Moments:
    values: dict[str, object] = {"created": at("2026-11-20T10:00"), "assigned": at("2026-11-20T12:00"),
                                 "owned": at("2026-11-20T12:00"), "contacted": None, "live": True, "has_owner": True}  # fmt: skip
    return Moments(**(values | more))  # type: ignore[arg-type]


def told(one: Moments, now: str) -> dict[str, tuple[int, int, bool]]:
    return {clock.name: (clock.business, clock.wall, clock.waiting) for clock in clocks(one, at(now), NINE_TO_FIVE)}


def test_a_lead_that_nobody_spoke_to_still_waits() -> None:
    assert told(lead(), "2026-11-23T09:30") == {
        "assign": (120, 120, False),
        "follow": (330, 69 * 60 + 30, True),
        "response": (450, 71 * 60 + 30, True),
    }


def test_one_in_the_pool_waits_for_an_owner_and_not_for_a_call() -> None:
    assert set(told(lead(assigned=None, owned=None, has_owner=False), "2026-11-23T09:30")) == {"assign", "response"}
    assert told(lead(owned=None, has_owner=False), "2026-11-20T14:00") == {
        "assign": (120, 120, False),
        "response": (240, 240, True),
    }


def test_the_second_clock_is_that_of_the_one_who_has_the_lead_now() -> None:
    handed = lead(owned=at("2026-11-20T15:00"))
    assert told(handed, "2026-11-20T16:00")["follow"] == (60, 60, True)
    spoken_before = lead(owned=at("2026-11-20T15:00"), contacted=at("2026-11-20T13:00"))
    assert told(spoken_before, "2026-11-20T16:00")["follow"] == (60, 60, False)


def test_an_end_before_its_start_and_a_closed_lead_are_left_out() -> None:
    assert "response" not in told(lead(contacted=at("2026-11-19T10:00")), "2026-11-23T09:30")
    assert set(told(lead(live=False), "2026-11-23T09:30")) == {"assign"}


def test_wall_time_counts_the_hour_that_the_clock_skips() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = (datetime(2026, 3, 28, 12, tzinfo=berlin), datetime(2026, 3, 29, 12, tzinfo=berlin))
    one = Moments(start, end, end, None, True, True)
    assert clocks(one, end.astimezone(UTC).astimezone(berlin), NINE_TO_FIVE)[0].wall == 23 * 60


@pytest.mark.parametrize("n", [1, 2, 3, 7, 40])
def test_without_waits_it_is_the_ordinary_quantile(n: int) -> None:
    dice = random.Random(n)
    values = [dice.randint(0, 500) for _one in range(n)]
    for q in (Fraction(1, 2), Fraction(9, 10)):
        found = waited(values, [], q)
        assert found is not None and found[1]
        assert found[0] == pytest.approx(float(quantile(sorted(histogram(values).items()), n, q)))


def test_waits_make_it_longer_and_a_bound_where_only_they_could_tell() -> None:
    half, most = Fraction(1, 2), Fraction(9, 10)
    assert waited([60], [5], half) == (60, True)  # one that has just begun says nothing of the others
    assert waited([60], [600], half) == (330, False)
    assert waited([60, 120, 180], [200], half) == (150, True)
    assert waited([60, 120, 180], [200], most) == (pytest.approx(194), False)
    assert waited([], [10, 20], half) == (15, False)
    assert waited([], [], half) is None


def test_weights_go_to_the_longer_ones_as_kaplan_and_meier_have_it() -> None:
    # 10, 20+, 30, 40: S(10) = 3/4, S(30) = 3/8, S(40) = 0, so 30 and 40 weigh 3/8 each
    found = waited([10, 30, 40], [20], Fraction(1, 2))
    # places 0, (1/4)/(5/8) = 0.4 and 1: half is a sixth of the way from 30 to 40
    assert found == (pytest.approx(30 + 10 / 6), True)


def test_points_make_a_verdict_and_a_fit() -> None:
    assert [screened(n, 3, 0) for n in (0, 1, 3, 6)] == ["rejected", "new", "qualified", "qualified"]
    assert [screened(n, None, None) for n in (0, 9)] == ["new", "new"]
    assert [fit(n, 6) for n in range(7)] == [0, 1, 2, 3, 3, 4, 5]
    assert fit(3, 0) == 0


def test_channels_answer_to_both_languages() -> None:
    assert channel_of("Fair", ("web", "fair")) == ("fair", True)
    assert channel_of("trade fair", ("网络", "展会")) == ("展会", True)
    assert channel_of("tiktok", ("web",)) == ("tiktok", False)
    assert channel_of("tiktok", ()) == ("tiktok", True)


def test_a_record_goes_on_the_day_it_is_quiet_for_long_enough() -> None:
    rules = Rules.of({"lead_days": 14, "warn_days": 3})
    assert rules.last_touch("lead", date(2026, 11, 23)) == date(2026, 11, 9)
    assert rules.last_touch("lead", date(2026, 11, 23), warned=True) == date(2026, 11, 12)
    one = Loss("lead", 1, "A", 1, "Bo", date(2026, 11, 9), "lead_days", 14)
    assert (one.quiet(date(2026, 11, 23)), one.left(date(2026, 11, 23)), one.goes_on) == (14, 0, date(2026, 11, 23))
    assert room(10, 9, 1) and not room(10, 9, 2) and room(0, 99, 1)
