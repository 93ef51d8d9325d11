"""Text that is safe and found again; money that is exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.errors import BadValue
from salesctl.money import CODES, Money, currency, decimals, exact, parse_amount, short, split
from salesctl.text import check_email, clean, crop, initials, name_key, pad, phone_key, width

ANY = st.text(st.characters(codec=None), max_size=60)


@given(ANY)
def test_nothing_that_is_shown_can_drive_a_terminal(text: str) -> None:
    shown = clean(text)
    assert not any(
        mark < " " or "\x7f" <= mark <= "\x9f" or mark in "\u202e\u2066\u200b\ufeff" or "\ud800" <= mark <= "\udfff"
        for mark in shown
    )


@given(ANY, st.integers(1, 30))
def test_what_is_cropped_and_padded_fits(text: str, columns: int) -> None:
    assert width(crop(clean(text), columns)) <= columns
    assert width(pad(crop(clean(text), columns), columns)) == columns


def test_names_are_compared_as_people_see_them() -> None:
    assert name_key("ＡＣＭＥ") == name_key("acme") == name_key(" Acme ")
    assert name_key("Cafe\u0301") == name_key("CAFÉ")
    assert name_key("华南（深圳）") == name_key("华南(深圳)")


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("华南机电", "hnjd"),
        ("华东机电有限公司", "hdjdyxgs"),
        ("重庆长安", "cqca"),
        ("Anna Keller", "ak"),
        ("蓝海 Tech", "lht"),
    ],
)
def test_chinese_initials(name: str, want: str) -> None:
    assert initials(name) == want


def test_two_spellings_of_a_number_are_one() -> None:
    assert phone_key("+86 138-0013-8000") == phone_key("13800138000") == phone_key("0086 13800138000")
    assert check_email("a@b.cn; c@d.com") == "a@b.cn; c@d.com"
    with pytest.raises(BadValue):
        check_email("a@b.cn; nobody")


AMOUNTS = {
    "120k": "120000.00 CNY", "1.2m": "1200000.00 CNY", "12万": "120000.00 CNY", "12w": "120000.00 CNY", "1.5亿": "150000000.00 CNY",
    "3400usd": "3400.00 USD", "USD3400": "3400.00 USD", "¥3,400": "3400.00 CNY", "€548k": "548000.00 EUR", "480000元": "480000.00 CNY",
    "12万美元": "120000.00 USD", "１": None, "¥１": None, "3，400": "3400.00 CNY", "0.01": "0.01 CNY", "5jpy": "5 JPY", "1.234kwd": "1.234 KWD",
    "48.000": None, "€1.234": None, "999.999 jpy": None, "48.00": "48.00 CNY", "1.234k": "1234.00 CNY", "0.500": "0.50 CNY", "1234.000": "1234.00 CNY", "1,234.500": "1234.50 CNY",
    "1,23": None, "12 34": None, "k": None, "": None, "1..2": None, "--5": None, "5%": None, "1usd2": None, "usd5eur": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "want"), AMOUNTS.items())
def test_amounts_as_people_type_them(text: str, want: str | None) -> None:
    if want is None:
        with pytest.raises(BadValue):
            parse_amount(text, "CNY")
    else:
        money = parse_amount(text, "CNY")
        assert f"{money.text} {money.currency}" == want


def test_a_point_before_three_digits_is_ambiguous_where_it_is_typed() -> None:
    with pytest.raises(BadValue, match=r'"48\.000" is ambiguous') as refused:
        parse_amount("48.000", "EUR")
    assert refused.value.hint == "write 48000"
    assert parse_amount("48.000", "KWD") == Money(48000, "KWD")
    assert parse_amount("48.000", "EUR", written=True) == Money(4800, "EUR")


@given(st.integers(0, 10**15), st.sampled_from(CODES.split()))
def test_money_comes_back_from_its_text(minor: int, code: str) -> None:
    money = Money(minor, code)
    assert Money.of(money.text, code) == money
    assert Fraction(money.text) == Fraction(minor, 10 ** decimals(code))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_parts_add_up_to_the_whole_and_are_fair(minor: int, shares: list[int]) -> None:
    parts = split(Money(minor, "USD"), shares)
    assert sum(part.minor for part in parts) == minor
    assert all(
        abs(part.minor - Fraction(minor * share, sum(shares))) < 1 for part, share in zip(parts, shares, strict=True)
    )


def test_money_of_two_currencies_does_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "USD") + Money(1, "CNY")


def test_money_is_short_in_tables_and_exact_elsewhere() -> None:
    money = Money.of("480000", "CNY")
    assert (short(money, "zh"), short(money), exact(money), exact(Money.of("1200.5", "CNY"))) == (
        "48万",
        "¥480k",
        "¥480,000",
        "¥1,200.50",
    )
    assert [short(Money.of(text, "EUR")) for text in ("950", "9500", "36600", "1842000", "0")] == [
        "€950",
        "€9.5k",
        "€36.6k",
        "€1.84m",
        "€0",
    ]
    assert [short(Money.of(text, "CNY"), "zh") for text in ("9500", "312000", "120000000")] == [
        "9,500",
        "31.2万",
        "1.2亿",
    ]


def test_currencies_by_name() -> None:
    assert (currency("usd"), currency("人民币"), currency("€")) == ("USD", "CNY", "EUR")
    with pytest.raises(BadValue) as wrong:
        currency("RMB")
    assert wrong.value.hint == "did you mean CNY?"
