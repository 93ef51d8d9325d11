"""What the linter says of a discount policy: every fault with its line, all at once; a right one passes."""

from __future__ import annotations

import pytest

from salesctl.domain.soplint import lint

HEAD = '[[stage]]\nkey = "quote"\nname = "Quote"\n'  # lines 1 to 3
PEOPLE = {"anna keller", "bo"}


def allow(discount: float, **more: object) -> str:
    return table("allow", discount=discount, **more)


def band(over: float, to: float, *approve: str, **more: object) -> str:
    return table("band", over=over, to=to, approve=list(approve or ["manager"]), **more)


def table(kind: str, **values: object) -> str:
    """A table of the policy, a line for each value; lists and texts as TOML writes them."""
    rows = [f"{key} = {str(value).replace(chr(39), chr(34)) if isinstance(value, list) else repr(value).replace(chr(39), chr(34))}" for key, value in values.items()]  # fmt: skip
    return "\n".join([f"[[discount.{kind}]]", *rows, ""])


def faults(*parts: str, people: set[str] | None = PEOPLE) -> list[tuple[int, str]]:
    return [tuple(one) for one in lint(HEAD + "".join(parts), people)[1]]  # type: ignore[misc]


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (allow(5),),
        (band(0, 15), band(15, 30, "manager", "director")),
        (allow(5, role="rep"), band(5, 15)),
        (allow(5, role="sales"), allow(9, role="Anna Keller"), band(0, 100, "Bo", "anna keller")),
        (band(0, 15), band(0, 30, amount=1000), band(30, 40, amount=5000)),  # from another amount on they may overlap
        (band(0, 15), band(15, 30, amount=1000)),  # what is large may be given more
        (band(15, 30), band(0, 15)),
        (allow(2.5), band(2.5, 7.25)),
    ],
)
def test_a_sound_policy_passes(parts: tuple[str, ...]) -> None:
    assert faults(*parts) == []


OVERLAP = "the band overlaps the one in line {}"


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ((band(0, 15), band(10, 30)), [(9, OVERLAP.format(5))]),
        ((band(0, 15, amount=0), band(0, 15)), [(10, OVERLAP.format(5))]),
        ((band(0, 15), band(20, 30), band(10, 25)), [(13, OVERLAP.format(5)), (13, OVERLAP.format(9))]),
        ((band(15, 15),), [(6, "a band goes from less to more, up to 100 %")]),
        ((band(0, 15), band(20, 30)), [(9, "nobody approves over 15 % up to 20 %")]),
        ((band(0, 15), band(20, 30, amount=1000)), [(9, "nobody approves over 15 % up to 20 %")]),
        ((allow(5), band(10, 15)), [(7, "nobody approves over 5 % up to 10 %")]),
        ((allow(10, role="manager"), band(10, 15)), [(8, "nobody approves over 0 % up to 10 %")]),
        ((allow(10, product="Pump"), band(10, 15)), [(8, "nobody approves over 0 % up to 10 %")]),
        ((allow(10, quantity=5), band(10, 15)), [(8, "nobody approves over 0 % up to 10 %")]),
        ((band(0, 15, "manager", "director", "Bo"),), [(7, "one or two approve")]),
        ((band(0, 15, "Bo", "ＢＯ"),), [(7, "two steps need two people")]),
        ((band(0, 15, "boss"),), [(7, "unknown approver boss; one of: manager, director, a rep's name")]),
        ((band(0, 15, "rep"),), [(7, "unknown approver rep; one of: manager, director, a rep's name")]),
        ((band(0, 15, " "),), [(7, "unknown approver  ; one of: manager, director, a rep's name")]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(parts: tuple[str, ...], wanted: list[tuple[int, str]]) -> None:
    assert faults(*parts) == wanted


def test_a_role_that_nobody_has() -> None:
    wrong = (6, "unknown role rpe; one of: rep, manager, director, sales, marketing, service, management, other, a rep's name")  # fmt: skip
    assert faults(allow(5, role="rpe")) == [wrong]


def test_names_are_not_checked_while_the_reps_are_not_known() -> None:
    assert faults(allow(5, role="Zed"), band(0, 15, "Yan"), people=None) == []


def test_everything_at_once() -> None:
    told = faults(allow(5, role="rpe"), band(0, 15, "boss", "boss"), band(50, 40))
    assert [line for line, _why in told] == [6, 10, 10, 13]
