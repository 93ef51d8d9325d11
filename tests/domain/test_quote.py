"""The arithmetic of a quote, held against fractions worked out another way, and how its lines are typed."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest

from salesctl.domain.kinds import Ref
from salesctl.domain.quote import Position, Sums, add_up, parse_line
from salesctl.domain.quoteline import Edit, Line, Price, edited, off_list, parse_edit, priced, summed
from salesctl.errors import BadValue, Refused
from salesctl.money import Money

LONG = os.environ.get("SALESCTL_FAULTS") == "long"
QUOTES = 100_000 if LONG else 10_000
RATES = (0, 10_000, 60_000, 130_000, 190_000, 81_000, 70_001)


def nearest(value: Fraction) -> int:
    """A fraction to the nearest whole number, a half to the even one: by comparing what is left with a half."""
    low = value.numerator // value.denominator
    left = value - low
    if left > Fraction(1, 2) or (left == Fraction(1, 2) and low % 2 == 1):
        return low + 1
    return low


def shared(total: int, weights: list[int]) -> list[int]:
    """A total shared out by weights: what is whole first, then one each to those with most left over, the first first."""
    exact = [Fraction(total * one, sum(weights)) if sum(weights) else Fraction(0) for one in weights]
    parts = [floor(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts) if sum(weights) else 0]:
        parts[place] += 1
    return parts


def another_way(lines: list[Position], discount: int) -> Sums:
    """The sums of a quote by the rules of a quote, in fractions from the beginning to the end."""
    full = Fraction(1_000_000)
    nets = [
        one.agreed if one.agreed is not None else nearest(one.quantity * one.price * (1 - one.discount / full))
        for one in lines
    ]
    net = nearest(sum(nets) * (1 - discount / full))
    shares = shared(net, nets)
    bases: dict[int, int] = defaultdict(int)
    for one, share in zip(lines, shares, strict=True):
        bases[one.tax] += share
    tax = sum(nearest(base * (rate / full)) for rate, base in bases.items())
    listed = sum(one.price * one.quantity for one in lines)
    return Sums(tuple(nets), tuple(shares), listed, net, tax, Fraction(listed - net, listed) if listed else None)


def some_quote(dice: random.Random) -> tuple[list[Position], int]:
    lines = []
    for _place in range(dice.choice((1, 1, 2, 3, 4, 7, 12))):
        price = dice.choice((0, 1, 3, 5, dice.randrange(10_000), dice.randrange(10**8), dice.randrange(10**13)))
        quantity = dice.choice((1, 1, 2, 3, 7, dice.randrange(1, 1000), 10**6 if price < 10**9 else 1))
        off = dice.choice((0, 0, 50_000, 500_000, 1_000_000, 333_333, dice.randrange(1_000_001)))
        agreed = dice.randrange(10**7) if dice.random() < 0.15 else None
        lines.append(Position(price, quantity, off, dice.choice(RATES), agreed))
    return lines, dice.choice((0, 0, 40_000, 125_000, 1_000_000, dice.randrange(1_000_001)))


def test_the_sums_are_exact_for_many_random_quotes() -> None:
    dice = random.Random(20_261_123)
    for number in range(QUOTES):
        lines, discount = some_quote(dice)
        assert add_up(lines, discount, "CNY") == another_way(lines, discount), (number, lines, discount)


def test_the_sums_keep_their_laws() -> None:
    dice = random.Random(7)
    for _number in range(QUOTES // 5):
        lines, discount = some_quote(dice)
        sums = add_up(lines, discount, "CNY")
        assert sum(sums.shares) == (sums.net if sum(sums.lines) else 0)
        assert abs(Fraction(sum(sums.lines)) * (1_000_000 - discount) / 1_000_000 - sums.net) <= Fraction(1, 2)
        assert all(share >= 0 for share in sums.shares) and 0 <= off_list(sums) <= 1_000_000
        assert sums.total == sums.net + sums.tax
        if sums.effective is not None:
            assert sums.list_total * (1 - sums.effective) == sums.net


@pytest.mark.parametrize(
    ("lines", "discount", "net", "tax", "off"),
    [
        ([Position(500_000, 1)], 40_000, 480_000, 0, Fraction(4, 100)),
        ([Position(120_000, 3, 50_000, 130_000), Position(40_000, 1)], 40_000, 366_720, 42_682, Fraction(52, 625)),
        ([Position(1, 1, 500_000)], 0, 0, 0, Fraction(1)),  # half a coin goes to the even one
        ([Position(3, 1, 500_000)], 0, 2, 0, Fraction(1, 3)),
        ([Position(100, 1, agreed=120)], 0, 120, 0, Fraction(-1, 5)),  # above the list
        ([Position(0, 5)], 0, 0, 0, None),
    ],
)
def test_sums_worked_out_by_hand(
    lines: list[Position], discount: int, net: int, tax: int, off: Fraction | None
) -> None:
    sums = add_up(lines, discount, "CNY")
    assert (sums.net, sums.tax, sums.effective) == (net, tax, off)


def test_the_odd_coins_go_to_the_largest_remainders() -> None:
    sums = add_up([Position(100, 1), Position(100, 1), Position(100, 1)], 3334, "USD")
    assert (sums.net, sums.shares) == (299, (100, 100, 99))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GTX Pro*3", ("GTX Pro", 3, None, None)),
        ("GTX Pro x 3 -5%", ("GTX Pro", 3, Decimal(5), None)),
        ("GTX Pro × 3 -2.5%", ("GTX Pro", 3, Decimal("2.5"), None)),
        ("安装", ("安装", 1, None, None)),
        ("安装*2 = 4500", ("安装", 2, None, Money(450_000, "CNY"))),
        ("Box x-ray", ("Box x-ray", 1, None, None)),
        ("GTX Pro＊3", ("GTX Pro", 3, None, None)),
        ("贴片机=48万", ("贴片机", 1, None, Money(48_000_000, "CNY"))),
    ],
)
def test_a_line_as_it_is_typed(text: str, wanted: tuple[object, ...]) -> None:
    assert tuple(parse_line(text, "CNY")) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "X*0",
        "X*-3",
        "X*1.5",
        "X*1000001",
        "X*3 -5% = 100",
        "X*3 -150%",
        "X = ",
        "X*",
        "X*2 =",
        "X*3 = -5",
        "X*３",
        "",
        " ",
        "X*99999999999999",
    ],
)
def test_a_line_that_is_none(text: str) -> None:
    with pytest.raises(BadValue):
        parse_line(text, "CNY")


def line(n: int, price: int = 1000) -> Line:
    return Line(Ref("product", n, f"Product {n}", f"I{n}"), 1, price)


def test_lines_are_edited_by_their_places() -> None:
    lines = [line(1), line(2), line(3)]
    edit = parse_edit(["x", "y"], ["1"], ["3=z"])
    assert edit == Edit(("x", "y"), (1,), ((3, "z"),)) and edit.texts == ("z", "x", "y")
    got = edited(lines, edit, [line(30), line(40), line(50)])
    assert [one.product.id for one in got] == [2, 30, 40, 50]
    assert parse_edit([], ["2,3 1"], []).drop == (2, 3, 1)


@pytest.mark.parametrize(
    ("drop", "anew"), [(["4"], []), (["0"], []), ([], ["4=x"]), (["1"], ["1=x"]), ([], ["1=x", "1=y"])]
)
def test_an_edit_of_a_line_that_there_is_not(drop: list[str], anew: list[str]) -> None:
    with pytest.raises(BadValue):
        edited([line(1), line(2), line(3)], parse_edit([], drop, anew), [line(9)] * len(anew))


@pytest.mark.parametrize(("drop", "anew"), [(["x"], []), ([], ["1"]), ([], ["x=y"]), ([], ["1="])])
def test_an_edit_that_cannot_be_read(drop: list[str], anew: list[str]) -> None:
    with pytest.raises(BadValue):
        parse_edit([], drop, anew)


def test_a_product_without_a_list_price_counts_at_what_was_agreed() -> None:
    from datetime import date

    product = Ref("product", 1, "Training", "I1")
    typed = parse_line("Training*3 = 1000", "USD")
    made = priced(typed, Price(product, None, None, 60_000), "USD", date(2026, 11, 23), None)
    assert (made.price, made.agreed, made.tax) == (33_333, 100_000, 60_000)
    sums = summed([made], 0, "USD")
    assert (sums.net, off_list(sums)) == (100_000, 0)  # a cent above the list is no discount
    with pytest.raises(BadValue):
        priced(parse_line("Training*3", "USD"), Price(product, None, None, 0), "USD", date(2026, 11, 23), None)


def test_a_list_price_counts_to_its_last_day() -> None:
    from datetime import date

    price = Price(Ref("product", 1, "Pump", "I1"), Money(100, "USD"), date(2026, 11, 23), 0)
    typed = parse_line("Pump", "USD")
    assert priced(typed, price, "USD", date(2026, 11, 23), None).price == 100
    with pytest.raises(Refused):
        priced(typed, price, "USD", date(2026, 11, 24), None)
