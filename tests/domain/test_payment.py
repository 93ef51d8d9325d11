"""Plans of payments and terms: exact to the coin, and refused where they do not add up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesctl.domain.cell import rows_of, text_of
from salesctl.domain.contract import act_on, last_day, parse_term
from salesctl.domain.payment import Dates, next_due, parse_plan, spread
from salesctl.errors import BadValue
from salesctl.money import Money

DATES = Dates(date(2026, 9, 7), date(2026, 11, 23), date(2026, 12, 1), date(2027, 11, 30))


def plan(text: str, value: int = 48_000_000, currency: str = "CNY") -> list[tuple[str, int]]:
    return [(str(due.day), due.amount.minor) for due in parse_plan(text, Money(value, currency), DATES)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("30% at sign; 40% +30d; 30% 2027-01-31", [("2026-11-23", 14_400_000), ("2026-12-23", 19_200_000), ("2027-01-31", 14_400_000)]),
        ("30% 签约时；40% 签约后30天；余款 到期", [("2026-11-23", 14_400_000), ("2026-12-23", 19_200_000), ("2027-11-30", 14_400_000)]),
        ("100% at start", [("2026-12-01", 48_000_000)]),
        ("14.4万 at sign; rest +1m", [("2026-11-23", 14_400_000), ("2026-12-23", 33_600_000)]),
        ("50% 2027-02-01; 50% at sign", [("2026-11-23", 24_000_000), ("2027-02-01", 24_000_000)]),
    ],
)  # fmt: skip
def test_a_plan_is_read_as_it_is_typed(text: str, wanted: list[tuple[str, int]]) -> None:
    assert plan(text) == wanted


def test_odd_coins_go_to_the_largest_remainders_and_none_is_lost() -> None:
    assert [amount for _day, amount in plan("33.3333% at sign; 33.3333% +1d; rest +2d", 100)] == [33, 33, 34]
    assert plan("33.3333% at sign; 33.3334% +1d; 33.3333% +2d", 1000) == [
        ("2026-11-23", 333), ("2026-11-24", 334), ("2026-11-25", 333),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("30% at sign; 60% +30d", "adds up to ¥432,000"),
        ("33.3333% at sign; 33.3333% +1d", "adds up to"),
        ("110% at sign", "from 0 to 100"),
        ("60% at sign; 60% +1d", "adds up to ¥576,000"),
        ("480001 at sign", "adds up to ¥480,001"),
        ("479999.99 at sign", "adds up to ¥479,999.99"),
        ("rest at sign; rest +1d", "one rest, not 2"),
        ("100% at sign; rest +1d", "adds up to"),
        ("100% at sign; 0% +1d", "payment of nothing"),
        ("480000usd at sign", "not in CNY"),
        ("30%", "how much and when"),
        (" ; ", "the plan is empty"),
        ("100% soon", "is not a date"),
        ("100% 2026-09-06", "before the deal began"),
        ("1/3 at sign", "is not an amount"),
        ("-5 at sign; 105% +1d", "negative"),
        ("1% +1d;" * 121, "at most 120"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadValue) as caught:
        plan(text)
    assert said in caught.value.message


def test_nothing_is_due_at_an_end_there_is_not() -> None:
    with pytest.raises(BadValue, match="has no end"):
        parse_plan("100% at end", Money(100, "CNY"), DATES._replace(ends=None))
    with pytest.raises(BadValue, match="no payments"):
        parse_plan("100% at sign", Money(0, "CNY"), DATES)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(min_value=1_000, max_value=10**15),
    st.lists(st.integers(min_value=1, max_value=1_000_000), min_size=1, max_size=8),
)
def test_the_parts_are_the_value_and_each_is_within_a_coin_of_its_share(value: int, weights: list[int]) -> None:
    known = [weight * 900_000 // sum(weights) for weight in weights]
    shares = [share for share in known if share >= 10_000]
    text = "; ".join(f"{share / 10_000:.4f}% +{day}d" for day, share in enumerate(shares)) + "; rest +99d"
    dues = parse_plan(text, Money(value, "EUR"), DATES)
    assert sum(due.amount.minor for due in dues) == value
    assert all(
        abs(due.amount.minor * 1_000_000 - value * share) < 1_000_000 for due, share in zip(dues, shares, strict=False)
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.dates(), st.integers(min_value=1, max_value=10**6)), max_size=6), st.integers(0, 10**7))
def test_received_money_pays_what_is_due_first(dues: list[tuple[date, int]], received: int) -> None:
    found = spread(dues, received)
    assert sum(one.received for one in found) == min(received, sum(amount for _day, amount in dues))
    opened = [one for one in found if one.open]
    assert all(one.received == 0 for one in opened[1:])
    assert next_due(dues, received) == (opened[0].day if opened else None)


@pytest.mark.parametrize(
    ("text", "months"),
    [("12m", 12), ("1y", 12), ("24", 24), ("一年", 12), ("两年", 24), ("半年", 6), ("18个月", 18), ("3 years", 36), ("十二个月", 12)],
)  # fmt: skip
def test_terms(text: str, months: int) -> None:
    assert parse_term(text) == months


@pytest.mark.parametrize("text", ["0", "0m", "0y", "", "x", "-1", "1.5y", "1201", "９m", "12w", "9" * 500])
def test_no_terms(text: str) -> None:
    with pytest.raises(BadValue):
        parse_term(text)


@pytest.mark.parametrize(
    ("starts", "months", "last"),
    [
        ("2026-11-23", 12, "2027-11-22"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-01", 12, "2026-12-31"),
        ("2026-12-01", 1, "2026-12-31"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_the_last_day_of_a_term(starts: str, months: int, last: str) -> None:
    assert str(last_day(date.fromisoformat(starts), months)) == last


def test_a_term_does_not_leave_the_calendar() -> None:
    with pytest.raises(BadValue, match="1900-2199"):
        last_day(date(2199, 6, 1), 12)


def test_when_to_act() -> None:
    end = date(2027, 11, 22)
    assert act_on(end, "ask", None) == date(2027, 10, 23) and act_on(end, "auto", 90) == date(2027, 8, 24)
    assert act_on(end, "none", 90) is None and act_on(None, "ask", 90) is None


ROW = {"kind": "due", "due": "2026-12-01", "received_on": None, "amount": 1, "amount_currency": "CNY", "note": None}


def test_rows_of_an_export_are_read_back() -> None:
    rows = [ROW, ROW | {"kind": "received", "due": None, "received_on": "2026-12-02", "note": '银行; "转账"\n二'}]
    text = text_of(rows, "payments")
    assert text is not None and rows_of(text, "payments") == rows
    assert text_of([], "payments") is None


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "other"}, {"due": None}, {"due": "2026-02-30"}, {"due": "9999-12-31"}, {"received_on": "2026-12-01"},
        {"amount": 0}, {"amount": -5}, {"amount": 1.5}, {"amount": True}, {"amount": 10**30}, {"amount_currency": "XXX"},
        {"amount_currency": "cny"}, {"note": "a\x1bb"},
    ],
)  # fmt: skip
def test_rows_that_no_export_writes_are_refused(bad: dict[str, object]) -> None:
    import json

    with pytest.raises(BadValue):
        rows_of(json.dumps([ROW | bad]), "payments")


@pytest.mark.parametrize("text", ["x", "{}", "[1]", "null", "[{}]", "[" * 100_000, '"x"'])
def test_what_is_no_list_of_rows_is_refused(text: str) -> None:
    for key in ("payments", "attachments"):
        with pytest.raises(BadValue):
            rows_of(text, key)


@pytest.mark.parametrize("bad", [{"sha256": "../../etc/passwd"}, {"bytes": -1}, {"name": "a\nb"}, {"name": ""}])
def test_an_attachment_is_a_name_a_hash_and_a_size(bad: dict[str, object]) -> None:
    import json

    good = {"name": "../../etc/passwd", "sha256": "0" * 64, "bytes": 0}
    assert rows_of(json.dumps([good]), "attachments") == [good]
    with pytest.raises(BadValue):
        rows_of(json.dumps([good | bad]), "attachments")
