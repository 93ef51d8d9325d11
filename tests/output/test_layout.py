"""A table fits its terminal: names give way, numbers and dates do not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesctl.output import rich_
from salesctl.output.bars import bar, spark, track
from salesctl.output.formats import text
from salesctl.output.views import Column, Table
from salesctl.text import width

DEALS = (
    Column("ref", "Deal"),
    Column("name", "Name", grow=True),
    Column("customer", "Customer"),
    Column("amount", "Amount", "r"),
    Column("close", "Close"),
    Column("owner", "Owner"),
)
ROWS: list[dict[str, Any]] = [
    {"ref": "D7", "name": "贴片线改造与自动化仓储扫码系统二期工程", "customer": "华南机电设备有限公司", "amount": 480000, "close": date(2026, 11, 30), "owner": "王磊"},
    {"ref": "D1204", "name": "Line upgrade with everything that belongs to it", "customer": "Café Österreich GmbH & Co. KG", "amount": 1842000, "close": date(2027, 1, 2), "owner": "Anna Keller"},
]  # fmt: skip


def lines(table: Table, room: int | None, mark: str = "…") -> list[str]:
    return "".join(text(table, "en", room, mark)).split("\n")[:-1]


@pytest.mark.parametrize("room", [60, 80, 120])
def test_a_table_with_chinese_fits(room: int) -> None:
    found = lines(Table(ROWS, DEALS), room)
    assert len(found) == 3 and max(map(width, found)) <= room
    assert all(one in found[1] for one in ("D7", "480,000", "2026-11-30"))
    assert all(one in found[2] for one in ("D1204", "1,842,000", "2027-01-02"))


def test_the_growing_column_gives_way_first() -> None:
    columns = (Column("name", "Name", grow=True), Column("customer", "Customer"))
    found = lines(Table([{"name": "n" * 20, "customer": "c" * 30}], columns), 47)
    assert found[1] == "n" * 14 + "…  " + "c" * 30


def test_a_pipe_crops_nothing() -> None:
    found = lines(Table(ROWS, DEALS), None)
    assert ROWS[0]["name"] in found[1] and ROWS[1]["name"] in found[2] and "…" not in "".join(found)


def test_columns_stand_under_each_other_in_chinese_too() -> None:
    found = lines(Table(ROWS, DEALS), 80)
    ends = {
        width(line[: line.index(amount) + len(amount)])
        for line, amount in zip(found[1:], ("480,000", "1,842,000"), strict=True)
    }
    assert len(ends) == 1 and "  " in found[0] and not any(mark in "".join(found) for mark in "│|┃")


def test_another_mark_where_there_is_no_ellipsis() -> None:
    found = lines(Table(ROWS, DEALS), 60, "...")
    assert "..." in found[2] and "…" not in "".join(found) and max(map(width, found)) <= 60


@given(
    st.lists(st.lists(st.text(max_size=30), min_size=14, max_size=14), min_size=1, max_size=4),
    st.integers(1, 14),
    st.sampled_from([1, 20, 60, 80, 120]),
)
@settings(max_examples=200, deadline=None)
def test_no_line_is_ever_wider_than_the_terminal(cells: list[list[str]], wide: int, room: int) -> None:
    columns = [Column(f"k{i}", f"Label {i}", "r" if i % 3 == 1 else "l", grow=i == 1) for i in range(wide)]
    rows = [{f"k{i}": cell for i, cell in enumerate(row)} for row in cells]
    found = lines(Table(rows, columns), room)
    assert len(found) == len(rows) + 1 and max(map(width, found)) <= room


@pytest.mark.parametrize("room", [60, 80, 120])
def test_colour_changes_nothing_but_the_weight(room: int) -> None:
    coloured = "".join(rich_.render(Table(ROWS, DEALS, title="Deals"), "en", room, "…"))
    plain = "".join(text(Table(ROWS, DEALS, title="Deals"), "en", room))
    assert coloured.replace("\x1b[1m", "").replace("\x1b[0m", "") == plain
    assert coloured.startswith("\x1b[1mDeals\x1b[0m\n\n\x1b[1mDeal")


def test_bars_and_sparks() -> None:
    assert bar(10, 20, 10) == "█████" and bar(1, 10_000, 10) == "█" and bar(0, 5, 10) == "" and bar(5, 0, 10) == ""
    assert len(bar(30, 20, 10)) == 10
    assert spark([1, None, 8]) == "▁ █" and spark([]) == "" and spark([2, 2]) == "▄▄"
    assert track(Fraction(1, 2), Fraction(3, 4), 4) == "██░|░" and len(track(None, Fraction(5), 4)) == 5


GAPS = (
    Column("what", "Deals", whole=True),
    Column("n", "Count", "r"),
    Column("moves", "What it moves"),
    Column("deals", "Such as", refs=True),
)


@pytest.mark.parametrize("mark", ["…", ""])
@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.lists(st.integers(1, 99_999), min_size=1, max_size=5)),
        min_size=1,
        max_size=6,
    ),
    st.integers(60, 130),
)
def test_refs_are_whole_and_the_rest_is_counted(mark: str, found: list[tuple[int, list[int]]], room: int) -> None:
    rows = [
        {"what": "with a close date past", "n": rest + len(ids), "moves": "forecast, goals, figures",
         "deals": " ".join([*(f"D{id}" for id in ids), *([f"+{rest:,}"] if rest else [])])}
        for rest, ids in found
    ]  # fmt: skip
    table = Table(rows, GAPS, tight=True)
    head, *laid = lines(table, room, mark)
    at = head.index("Such as")
    told = [line[at:].split() for line in laid if line[:1] != " "]
    assert len(told) == len(rows) and max(map(width, laid)) <= room
    for words, (rest, ids) in zip(told, found, strict=True):
        some = [word for word in words if word[0] == "D"]
        counted = sum(int(word[1:].replace(",", "")) for word in words if word[0] == "+")
        assert some == [f"D{id}" for id in ids[: len(some)]] and some
        assert len(some) + counted == rest + len(ids)
