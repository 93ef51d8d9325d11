"""Dates, hours, periods, zones and repetitions, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.errors import BadValue
from salesctl.when import (
    Calendar,
    Period,
    Recurrence,
    ago,
    around,
    between,
    from_iso,
    iso,
    parse_date,
    parse_duration,
    parse_period,
    parse_when,
    show_date,
    split_when,
    to_instant,
)

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
DATES = """today 今天 11-23|tomorrow 明天 11-24|后天 11-25|yesterday 昨天 11-22|fri friday 周五 星期五 11-27|mon 周一 11-30
next_fri 12-04|下周三 12-02|last_wed 上周三 11-18|this_fri 本周五 11-27|+3d in_3_days 三天后 3天后 11-26|-3d 3天前 11-20|+2w 两周后 12-07
+1m 12-23|+3wd 3个工作日后 11-26|+5wd 11-30|eom 月底 11-30|eow 周末 11-29|eoq 季末 12-31|eoy 年底 12-31|12月3日 12月3号 3号 3_dec dec_3 12-03
2026-12-03 2026/12/03 20261203 2026年12月3日 3_December_2026 12-03|24.11.2026 24.11. 11-24|星期天 礼拜天 11-29""".replace(
    "\n", "|"
)


@pytest.mark.parametrize(
    ("word", "want"), [(word, words[-1]) for words in map(str.split, DATES.split("|")) for word in words[:-1]]
)
def test_days_as_people_type_them(word: str, want: str) -> None:
    assert parse_date(word.replace("_", " "), MONDAY) == date.fromisoformat(f"2026-{want}")


def test_a_day_without_a_year_looks_where_it_is_told() -> None:
    assert parse_date("3 jan", MONDAY) == date(2027, 1, 3)
    assert parse_date("3 jan", MONDAY, future=False) == date(2026, 1, 3)
    assert parse_date("周五", MONDAY, future=False) == date(2026, 11, 20)
    assert parse_date("30 nov", MONDAY, future=True) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("word", "want"),
    [
        ("15:00", "2026-11-23 15:00"),
        ("3pm", "2026-11-23 15:00"),
        ("12am", "2026-11-23 00:00"),
        ("下午3点", "2026-11-23 15:00"),
        ("上午9点半", "2026-11-23 09:30"),
        ("明天下午3点", "2026-11-24 15:00"),
        ("tomorrow 15:00", "2026-11-24 15:00"),
        ("2026-12-03T15:00", "2026-12-03 15:00"),
        ("+2h", "2026-11-23 11:42"),
        ("fri", "2026-11-27"),
    ],
)
def test_hours(word: str, want: str) -> None:
    assert parse_when(word, NOW).text == want


@pytest.mark.parametrize(
    ("text", "when", "what"),
    [
        ("周四问结果", "2026-11-26", "问结果"),
        ("fri 10:00 call Anna", "2026-11-27 10:00", "call Anna"),
        ("tomorrow", "2026-11-24", ""),
        ("明天下午3点电话 张伟", "2026-11-24 15:00", "电话 张伟"),
        ("12月3日发报价", "2026-12-03", "发报价"),
        ("+3d: send it", "2026-11-26", "send it"),
        ("15:00 call", "2026-11-23 15:00", "call"),
    ],
)
def test_the_longest_date_begins_the_next_step(text: str, when: str, what: str) -> None:
    got = split_when(text, NOW)
    assert (got[0].text, got[1]) == (when, what)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    for read in (lambda: split_when(text, NOW), lambda: parse_date(text, MONDAY), lambda: parse_period(text, MONDAY)):
        try:
            read()
        except BadValue as error:
            assert error.message


PERIODS = """2026Q4 本季度 四季度 q4 2026年四季度=2026-10-01..2026-12-31|上月 last_month 2026-10=2026-10-01..2026-10-31|w47 KW47 2026-W47=2026-11-16..2026-11-22
this_week 本周 w48=2026-11-23..2026-11-29|last_30d 近30天=2026-10-25..2026-11-23|2026-01..2026-06 上半年 h1=2026-01-01..2026-06-30
2026 今年 fy2026=2026-01-01..2026-12-31|去年=2025-01-01..2025-12-31|昨天=2026-11-22..2026-11-22|11月 nov_2026=2026-11-01..2026-11-30""".replace(
    "\n", "|"
)


@pytest.mark.parametrize(
    ("word", "want"),
    [(word, half[1]) for half in (part.split("=") for part in PERIODS.split("|")) for word in half[0].split()],
)
def test_periods_count_both_ends(word: str, want: str) -> None:
    period = parse_period(word.replace("_", " "), MONDAY)
    assert f"{period.first}..{period.last}" == want
    assert parse_period(period.code, MONDAY).first == period.first


def test_the_period_before_is_a_calendar_unit_or_as_many_days() -> None:
    october = parse_period("2026-10", MONDAY)
    assert october.previous() == around(date(2026, 9, 5), "month")
    assert october.same_length().days == 31
    assert october.last_year().first == date(2025, 10, 1)
    quarter = parse_period("2026Q4", MONDAY)
    assert quarter.elapsed_twin(MONDAY, quarter.previous()).last == date(2026, 8, 23)
    assert [one.label() for one in quarter.split("month")] == ["Oct 2026", "Nov 2026", "Dec 2026"]


def test_between_counts_the_last_day() -> None:
    assert between("2026-01", "2026-03", MONDAY) == Period(date(2026, 1, 1), date(2026, 4, 1), "range")
    with pytest.raises(BadValue, match="before"):
        between("2026-03", "2026-01", MONDAY)


def test_november_2026_has_21_working_days() -> None:
    assert Calendar().between(date(2026, 11, 1), date(2026, 12, 1)) == 21
    assert Calendar().between(date(2026, 11, 1), date(2026, 11, 24)) == 16
    holiday = Calendar(off=frozenset({date(2026, 11, 2)}), extra=frozenset({date(2026, 11, 7)}))
    assert holiday.between(date(2026, 11, 1), date(2026, 11, 9)) == 5


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60))
def test_working_days_are_counted_as_they_are_walked(start: date, n: int) -> None:
    from datetime import timedelta

    calendar = Calendar(off=frozenset({start + timedelta(days=3)}), extra=frozenset({start + timedelta(days=5)}))
    days = [start + timedelta(days=i) for i in range(n)]
    assert calendar.between(start, start + timedelta(days=n)) == sum(calendar.is_working(day) for day in days)


def test_a_clock_that_jumps_and_one_that_turns_back() -> None:
    moment, note = to_instant(date(2026, 3, 8), time(2, 30), "America/New_York")
    assert iso(moment) == "2026-03-08T07:00:00Z" and "02:30 does not exist that day, using 03:00" in note
    assert iso(to_instant(date(2026, 11, 1), time(1, 30), "America/New_York")[0]) == "2026-11-01T05:30:00Z"
    assert iso(to_instant(date(2026, 11, 23), None, "Asia/Shanghai")[0]) == "2026-11-22T16:00:00Z"


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_instants_come_back(moment: datetime) -> None:
    assert from_iso(iso(moment)) == moment.replace(microsecond=0) and len(iso(moment)) == 20


def test_repetitions() -> None:
    anchor = date(2026, 1, 31)
    for text, want in (
        ("monthly", "2026-02-28"),
        ("每两周", "2026-02-14"),
        ("每月最后一天", "2026-02-28"),
        ("daily", "2026-02-01"),
        ("every 2 weeks", "2026-02-14"),
    ):
        rule = Recurrence.parse(text)
        assert rule.next(anchor, anchor) == date.fromisoformat(want) and Recurrence.parse(rule.rule) == rule


def test_days_said_to_people() -> None:
    assert [ago(date(2026, 11, day), MONDAY) for day in (23, 24, 22, 26, 20)] == [
        "today",
        "tomorrow",
        "yesterday",
        "in 3 days",
        "3 days ago",
    ]
    assert (show_date(MONDAY, MONDAY), show_date(MONDAY, MONDAY, "zh"), show_date(date(2025, 1, 2), MONDAY)) == (
        "23 Nov",
        "11月23日",
        "2 Jan 2025",
    )
    assert (parse_duration("14d"), parse_duration("2w"), parse_duration("三天")) == (14, 14, 3)


@given(
    st.sampled_from(
        ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2026, 12, 31)),
)
def test_shifts_of_the_clock_are_those_of_the_zone(zone: str, moment: datetime) -> None:
    from salesctl.clock import iso, shifts

    at = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    minutes = [off for start, off in shifts(zone, date(2001, 1, 1), date(2026, 12, 31)) if start <= iso(at)][-1]
    assert at.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(minutes=minutes)
