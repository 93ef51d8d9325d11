"""Who is above whom, who stands in for whom: circles, gaps and absences included."""

from __future__ import annotations

from datetime import date

import pytest

from salesctl.domain.hierarchy import People, Person

DAY = date(2026, 11, 23)


def people(*persons: Person) -> People:
    return People({one.id: one for one in persons})


CREW = people(
    Person(1, "Ceo", "ceo", function="management"),
    Person(2, "Dora", "dora", manager=1),
    Person(3, "Anna", "anna", manager=2),
    Person(4, "Bo", "bo", manager=3),
    Person(5, "Left", "left", manager=2, here=False),
    Person(6, "Cy", "cy", manager=5),
    Person(7, "Ring", "ring", manager=8),
    Person(8, "Rung", "rung", manager=7),
    Person(9, "Selv", "selv", manager=9),
)


def test_above_passes_over_who_left_and_ends_in_a_circle() -> None:
    assert CREW.above(4) == [3, 2, 1]
    assert CREW.above(6) == [2, 1]
    assert CREW.above(7) == [8] and CREW.above(9) == [] and CREW.above(1) == [] and CREW.above(99) == []


@pytest.mark.parametrize(
    ("id", "roles"),
    [
        (4, {"rep", "bo"}),
        (3, {"rep", "anna", "manager"}),
        (2, {"rep", "dora", "manager", "director"}),
        (1, {"rep", "ceo", "management", "manager", "director"}),
        (5, {"rep", "left", "manager"}),
        (None, {"rep"}),
        (99, {"rep"}),
    ],
)
def test_roles_follow_from_who_is_below(id: int | None, roles: set[str]) -> None:
    assert CREW.roles(id) == roles


@pytest.mark.parametrize(
    ("step", "owner", "barred", "who"),
    [
        ("manager", 4, {4}, 3),
        ("director", 4, {4}, 2),
        ("manager", 4, {3, 4}, 2),  # the manager asks for it: the next above
        ("director", 4, {2, 4}, 1),
        ("manager", 1, {1}, None),
        ("director", 2, {2}, None),
        ("dora", 4, {4}, 2),
        ("dora", 2, {2}, 1),  # named, but it is hers
        ("dora", None, set(), 2),
        ("manager", None, set(), None),
        ("left", 4, set(), None),
        ("nobody", 4, set(), None),
        ("manager", 7, {7, 8}, None),
    ],
)
def test_who_approves(step: str, owner: int | None, barred: set[int], who: int | None) -> None:
    assert CREW.approver(step, owner, barred) == who


def away(**changes: object) -> People:
    """Anna with her absence, her deputy Bo with his, and Dora above her."""
    anna = Person(3, "Anna", "anna", manager=2, deputy=4)._replace(**changes)
    return people(Person(2, "Dora", "dora"), anna, Person(4, "Bo", "bo", deputy=5), Person(5, "Cy", "cy"))


@pytest.mark.parametrize(
    ("start", "end", "who"),
    [
        (None, None, 3),
        (DAY, DAY, 4),
        (date(2026, 11, 20), date(2026, 11, 22), 3),
        (date(2026, 11, 24), None, 3),
        (date(2026, 11, 1), None, 4),
        (None, date(2026, 11, 23), 4),
        (None, date(2026, 11, 22), 3),
    ],
)
def test_a_deputy_decides_on_the_days_of_the_absence(start: date | None, end: date | None, who: int) -> None:
    assert away(away_from=start, away_until=end).decider(3, DAY, set()) == who


def test_who_stands_in_for_whom() -> None:
    gone = {"away_from": DAY, "away_until": DAY}
    assert away(**gone).decider(3, DAY, {4}) == 2  # the deputy asks for it himself: the next above
    assert away(**gone).decider(3, DAY, {2, 4}) == 3  # nobody left: it waits for her
    assert away(**gone, deputy=None).decider(3, DAY, set()) == 3
    assert away(here=False).decider(3, DAY, set()) == 4
    assert away(here=False, deputy=None).decider(3, DAY, set()) == 2
    both = People({**away(**gone).people, 4: Person(4, "Bo", "bo", deputy=5, **gone)})
    assert both.decider(3, DAY, set()) == 5
    ring = People({**away(**gone).people, 4: Person(4, "Bo", "bo", deputy=3, **gone)})
    assert ring.decider(3, DAY, set()) == 3
