"""The discount policy: the allowance of mixed quotes in exact fractions, the bands, and what rounding is forgiven."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesctl.domain.discount import Line, Offer, allowed, band_of, judge, uncovered
from salesctl.domain.quote import FULL, Position, add_up
from salesctl.domain.sop import Allowance, Band, percent
from salesctl.plain import replace

PUMP = {"product": 1, "names": frozenset({"pump x1", "x1"}), "category": "pumps"}
VALVE = {"product": 2, "names": frozenset({"valve"}), "category": "parts"}
ALLOW = (
    Allowance(percent(5), "rep"),
    Allowance(percent(10), "rep", quantity=10),
    Allowance(percent(8), None, category="pumps"),
    Allowance(percent(12), "manager"),
    Allowance(percent(15), "manager", product="X1", quantity=5),
    Allowance(percent(20), "Anna Keller", product="Valve"),
)
REP, MANAGER, ANNA = {"rep", "bo"}, {"rep", "manager", "bo"}, {"rep", "anna keller"}


def line(what: dict[str, object], quantity: int, price: int = 100) -> Line:
    return Line(price * quantity, quantity, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("roles", "lines", "wanted"),
    [
        (REP, [line(VALVE, 1)], "5"),
        (REP, [line(VALVE, 9)], "5"),
        (REP, [line(VALVE, 10)], "10"),
        (REP, [line(PUMP, 1)], "8"),
        (REP, [line(PUMP, 10)], "10"),
        (MANAGER, [line(VALVE, 1)], "12"),
        (MANAGER, [line(PUMP, 4)], "12"),
        (MANAGER, [line(PUMP, 5)], "15"),
        (ANNA, [line(VALVE, 1)], "20"),
        (ANNA, [line(PUMP, 1)], "8"),
        ({"rep", "service"}, [line(VALVE, 1)], "5"),
        (set(), [line(VALVE, 10)], "0"),  # nobody knows whose it is
        (REP, [line(PUMP, 1), line(VALVE, 1)], "6.5"),
        (REP, [line(PUMP, 1, 300), line(VALVE, 1, 100)], "7.25"),  # weighted by list value
        (REP, [line(VALVE, 5), line(VALVE, 5)], "10"),  # two lines of a product are ten pieces of it
        (REP, [line(VALVE, 5), line(PUMP, 5)], "6.5"),  # ten pieces of two products are not
        (REP, [line(VALVE, 10, 1), line(PUMP, 1, 9990)], "8.002"),  # cheap pieces do not open up a dear machine
    ],
)
def test_who_may_give_how_much_on_what(roles: set[str], lines: list[Line], wanted: str) -> None:
    assert allowed(lines, ALLOW, roles) == percent(wanted)


def test_pieces_of_a_category_are_counted_together() -> None:
    pumps = (Allowance(percent(9), category="Pumps", quantity=10),)
    other = Line(600, 6, 3, frozenset({"pump x2"}), "pumps")
    assert allowed([line(PUMP, 4), other], pumps, REP) == percent(9)
    assert allowed([line(PUMP, 3), other], pumps, REP) == 0


LINES = st.lists(
    st.builds(
        lambda price, quantity, what: line(what, quantity, price),
        st.integers(1, 10**7),
        st.integers(1, 40),
        st.sampled_from([PUMP, VALVE]),
    ),
    min_size=1,
    max_size=8,
)
SHARES = st.integers(0, FULL).map(lambda n: Fraction(n, FULL))
ALLOWS = st.lists(
    st.builds(
        Allowance,
        SHARES,
        st.sampled_from([None, "rep", "manager", "nobody"]),
        st.sampled_from([None, "X1", "valve"]),
        st.sampled_from([None, "pumps", "parts"]),
        st.integers(1, 30),
    ),
    max_size=6,
)


@given(LINES, ALLOWS, st.sampled_from([REP, MANAGER, ANNA]))
def test_the_allowance_is_the_mean_of_the_lines_by_list_value(lines: list[Line], allows: list[Allowance], roles: set[str]) -> None:  # fmt: skip
    """Against the rule spelt out: which entries hold of a line, the best of them, their sum by value."""
    given_, total = Fraction(0), 0
    for one in lines:
        best = Fraction(0)
        for entry in allows:
            same = [other for other in lines if other.product == one.product]
            if entry.category and not entry.product:
                same = [other for other in lines if other.category == one.category]
            holds = (
                entry.role in (None, *roles)
                and (entry.product is None or entry.product.lower() in one.names)
                and entry.category in (None, one.category)
                and sum(other.quantity for other in same) >= entry.quantity
            )
            best = max(best, entry.discount) if holds else best
        given_ += best * one.value
        total += one.value
    assert allowed(lines, allows, roles) == given_ / total


@given(LINES, ALLOWS, st.integers(0, 7), SHARES)
def test_the_allowance_does_not_depend_on_how_lines_are_cut(lines: list[Line], allows: list[Allowance], place: int, more: Fraction) -> None:  # fmt: skip
    whole = allowed(lines, allows, REP)
    assert allowed(lines[::-1], allows, REP) == whole
    cut = lines[place % len(lines)]
    if cut.quantity > 1:
        price = cut.value // cut.quantity
        parts = [cut._replace(value=price * n, quantity=n) for n in (1, cut.quantity - 1)]
        rest = [one for n, one in enumerate(lines) if n != place % len(lines)]
        assert allowed([*rest, *parts], allows, REP) == whole
    assert whole <= allowed(lines, [*allows, Allowance(more)], REP) <= max([more, *(one.discount for one in allows)])


POSITIONS = st.lists(
    st.builds(
        lambda price, quantity, less: Position(price, quantity, less),
        st.integers(1, 10**8),
        st.integers(1, 1000),
        st.integers(0, FULL // 2),
    ),
    min_size=1,
    max_size=12,
)


@given(POSITIONS, st.integers(0, FULL // 2))
def test_rounding_never_makes_a_discount_too_large(positions: list[Position], whole: int) -> None:
    """What is given by the line and on the whole, worked out without rounding, is never refused for rounding's sake."""
    sums = add_up(positions, whole, "CNY")
    offer = Offer(sums.list_total, sums.net, len(positions))
    wanted = sum(Fraction(one.price * one.quantity * (FULL - one.discount), FULL) for one in positions)
    share = 1 - wanted * Fraction(FULL - whole, FULL) / sums.list_total
    assert offer.within(share)
    coins = Fraction(len(positions) + 2)
    assert share * sums.list_total < coins or not offer.within(share - coins / sums.list_total)


def test_a_third_off_the_last_cent_is_still_fifteen_per_cent() -> None:
    sums = add_up([Position(3333, 3, 150_000)], 0, "CNY")
    offer = Offer(sums.list_total, sums.net, 1)
    assert offer.discount > Fraction(15, 100)  # 84.99 of 99.99
    assert offer.within(Fraction(15, 100)) and not offer.within(Fraction(14, 100))


BANDS = (
    Band(Fraction(0), percent(15), ("manager",)),
    Band(percent(15), percent(30), ("manager", "director")),
    Band(percent(30), percent(40), ("director",), 100_000),
    Band(percent(0), percent(20), ("director",), 500_000),
)


@pytest.mark.parametrize(
    ("discount", "net", "place"),
    [
        (10, 1000, 0),
        (15, 1000, 0),  # up to and with 15
        (Fraction("15.01"), 1000, 1),
        (30, 1000, 1),
        (Fraction("30.01"), 1000, None),
        (35, 99_999, None),
        (35, 100_000, 2),
        (10, 499_999, 0),
        (10, 500_000, 3),  # the highest amount counts
        (25, 500_000, 1),  # where that one does not reach, the others do
        (41, 900_000, None),
    ],
)
def test_which_band(discount: Fraction, net: int, place: int | None) -> None:
    """`net` in major units; list prices are such that the discount is exact."""
    share = Fraction(discount) / 100
    top, bottom = (1 - share).numerator, (1 - share).denominator
    offer = Offer(net * 100 * bottom, net * 100 * top, 1)  # exact at any size
    scaled = [replace(one, amount=one.amount * top if one.amount else None) for one in BANDS]
    verdict = judge(offer, [Line(offer.list_total, 1, 1)], (), scaled, REP, 100)
    assert verdict.asks and verdict.band == (None if place is None else scaled[place])
    assert verdict.discount == share
    assert verdict.most == percent(30 if net < 100_000 else 40)


@given(st.integers(1, 10**10), st.integers(0, 10**10))
def test_bands_that_meet_leave_nothing_out_and_cover_nothing_twice(list_total: int, net: int) -> None:
    offer = Offer(list_total, min(net, list_total), 1)
    covering = [one for one in BANDS[:2] if band_of(offer, [one])]
    assert len(covering) == (not offer.within(Fraction(0)) and offer.within(percent(30)))


def test_within_what_may_be_given_nobody_is_asked() -> None:
    one = [line(VALVE, 1, 10_000)]
    assert not judge(Offer(10_000, 9500, 1), one, ALLOW, BANDS, REP, 100).asks
    assert judge(Offer(10_000, 9400, 1), one, ALLOW, BANDS, REP, 100).band == BANDS[0]
    assert not judge(Offer(10_000, 8800, 1), one, ALLOW, BANDS, MANAGER, 100).asks
    assert not judge(Offer(10_000, 12_000, 1), one, (), (), REP, 100).asks  # dearer than the list
    assert not judge(Offer(0, 12_000, 1), one, (), (), REP, 100).asks  # no list prices
    nobody = judge(Offer(10_000, 5000, 1), one, ALLOW, (), REP, 100)
    assert nobody.asks and nobody.band is None and nobody.most == percent(5)


def test_what_is_left_out_between_bands() -> None:
    five = percent(5)
    assert uncovered(BANDS, five) == []
    assert uncovered([Band(percent(10), percent(20), ("manager",))], five) == [(five, percent(10), 0)]
    holes = [BANDS[0], Band(percent(20), percent(30), ("manager",)), Band(percent(15), percent(18), ("manager",), 1000)]
    assert uncovered(holes, five) == [(percent(15), percent(20), 1), (percent(18), percent(20), 1)]
    assert uncovered([], five) == []
