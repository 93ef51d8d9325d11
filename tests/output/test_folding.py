"""Folding: between the parts of a line, under the first part, nothing lost, nothing wider than the room."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from salesctl.output.folding import fewer, fold
from salesctl.text import width

LONG = "Stalled longest  D268 恒力模具 70d €15.1k   D285 恒力模具 54d €38k   D266 Vors Chemie 42d €15.9k"


def test_what_fits_is_left_alone() -> None:
    assert fold("Won  2   €3,000", 80) == ["Won  2   €3,000"]


def test_a_line_breaks_between_its_parts() -> None:
    assert fold(LONG, 80) == [
        "Stalled longest  D268 恒力模具 70d €15.1k   D285 恒力模具 54d €38k",
        "  D266 Vors Chemie 42d €15.9k",
    ]


def test_what_continues_stands_under_what_began() -> None:
    assert fold("Last  11-23 call   11-17 moved on", 22) == ["Last  11-23 call", "      11-17 moved on"]
    assert fold("  A  warn  a long reason that must be broken", 30) == [
        "  A  warn  a long reason that",
        "           must be broken",
    ]


@given(st.lists(st.text("ab 华", min_size=1, max_size=30), min_size=1, max_size=6), st.integers(24, 60))
def test_nothing_is_lost_and_nothing_is_too_wide(parts: list[str], room: int) -> None:
    line = "   ".join(" ".join(part.split()) or "x" for part in parts)
    lines = fold(line, room)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", line)
    longest = max((width(word) for word in re.findall(r"[^ 华]+|华", line)), default=0)
    assert all(width(one) <= max(room, longest + 12) for one in lines)


def test_refs_are_fewer_and_counted() -> None:
    assert fewer("D3 D9 D4 +1,998", 80) == "D3 D9 D4 +1,998"
    assert fewer("D3 D9 D4 +1,998", 14) == "D3 D9 +1,999"
    assert fewer("D3 D9 D4 +1,998", 0) == "D3 +2,000"
    assert fewer("D3 D9", 5) == "D3 D9" and fewer("D3 D9", 4) == "D3 +1" and fewer("", 0) == ""
