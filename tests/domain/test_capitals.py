"""大写金额: the examples of the rule itself, and every amount read back to what it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.capitals import DIGITS, in_capitals
from salesctl.money import Money


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (1000, "人民币壹拾元整"),
        (1_000_100, "人民币壹万零壹元整"),
        (10**10, "人民币壹亿元整"),
        (10**14, "人民币壹万亿元整"),
        (10_001_000_000, "人民币壹亿零壹万元整"),
        (-12_300, "人民币负壹佰贰拾叁元整"),
    ],
)
def test_amounts_as_the_rule_writes_them(minor: int, text: str) -> None:
    assert in_capitals(Money(minor, "CNY")) == text


def test_other_currencies_and_their_coins() -> None:
    assert in_capitals(Money(1_005_001, "USD")) == "美元壹万零伍拾元零壹分"
    assert in_capitals(Money(1205, "JPY")) == "日元壹仟贰佰零伍元整"
    assert in_capitals(Money(1205, "KWD")) == "KWD壹元贰角零伍厘"


UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def below_ten_thousand(text: str) -> int:
    found = digit = 0
    for mark in text:
        if mark in UNITS:
            found, digit = found + digit * UNITS[mark], 0
        else:
            digit = DIGITS.index(mark)
    return found + digit


def number(text: str) -> int:
    """What a number in capitals says: all that is before 亿, all that is before 万, the rest."""
    high, found, low = text.rpartition("亿")
    many, wan, few = low.rpartition("万")
    rest = (below_ten_thousand(many) * 10**4 if wan else 0) + below_ten_thousand(few)
    return (number(high) * 10**8 if found else 0) + rest


def minor_of(text: str) -> int:
    whole, yuan, coins = text.removeprefix("人民币").partition("元")
    if not yuan:
        whole, coins = "", whole
    found = number(whole) * 100
    for place, mark in enumerate(coins):
        if mark in "角分":
            found += DIGITS.index(coins[place - 1]) * {"角": 10, "分": 1}[mark]
    return found


@given(st.integers(0, 10**18))
def test_every_amount_is_read_back(minor: int) -> None:
    text = in_capitals(Money(minor, "CNY"))
    assert minor_of(text) == minor
    assert "零零" not in text and "零元" not in text.replace("人民币零元整", "") and not text.endswith("零")
    assert text.endswith("分") == bool(minor % 10)
