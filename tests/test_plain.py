"""Small records behave as dataclasses do."""

from __future__ import annotations

import pytest

from salesctl.plain import Data, fresh, replace


class Deal(Data):
    """A record with every kind of field."""

    ref: str
    amount: int = 0
    tags: list[str] = fresh(factory=list)


class Won(Deal):
    """One that adds a field to another's."""

    day: str = ""


class Day(Data, frozen=True):
    """One that is equal by its values."""

    year: int
    month: int = 1


def test_values_by_place_and_by_name() -> None:
    assert vars(Deal("D1")) == {"ref": "D1", "amount": 0, "tags": []}
    assert vars(Deal("D1", amount=5)) == {"ref": "D1", "amount": 5, "tags": []}
    assert vars(Deal(tags=["a"], ref="D1", amount=5)) == vars(Deal("D1", 5, ["a"]))
    assert vars(Won("D1", day="today")) == {"ref": "D1", "amount": 0, "tags": [], "day": "today"}
    assert repr(Day(2026)) == "Day(year=2026, month=1)"


def test_each_record_has_its_own_list() -> None:
    one, other = Deal("D1"), Deal("D2")
    one.tags.append("x")
    assert (one.tags, other.tags, Deal("D3").tags) == (["x"], [], [])


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), (("D1", 1, [], 4), {}), (("D1",), {"ref": "D2"}), (("D1",), {"nothing": 1}), ((), {"amount": 1})],
)
def test_wrong_fields_are_refused(given: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Deal(*given, **named)  # type: ignore[arg-type]


def test_replace_keeps_the_rest_and_leaves_the_first_as_it_was() -> None:
    one = Deal("D1", 5, ["a"])
    other = replace(one, amount=6)
    assert (one.amount, other.amount, other.ref, other.tags is one.tags) == (5, 6, "D1", True)
    with pytest.raises(TypeError):
        replace(one, nothing=1)


def test_frozen_records_are_equal_by_their_values() -> None:
    assert Day(2026) == Day(2026, 1) and hash(Day(2026)) == hash(Day(2026, 1))
    assert Day(2026) != Day(2026, 2) and Day(2026) != (2026, 1)
    assert Deal("D1") != Deal("D1")
