"""No stored text acts: not on a terminal, not in a spreadsheet, not in a page; and values stay exact."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from salesctl.domain.stats import Ratio
from salesctl.money import Money
from salesctl.output import formats, rich_
from salesctl.output.formats import dumps
from salesctl.output.views import Column, Table

COLUMNS = (Column("ref", "Ref"), Column("name", "Name", grow=True), Column("tags", "Tags"))
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x07\x9b\x7f\x00\r\n\t\u202e\u2066\u200b\ufeff\u2028\ud800\udcff[]|<>&`*_\\=+-@'\",;"),
    ),
    max_size=40,
)
ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ud800-\udfff]"
)


def table(text: str) -> Table:
    rows = [{"ref": "C1", "name": text, "tags": [text, "b"]}]
    return Table(rows, [*COLUMNS, Column("extra", text)], title=text, footer=[text])


def rendered(text: str) -> dict[str, str]:
    columns = table(text).columns
    rows = table(text).rows
    return {
        "tsv": "".join(formats.tsv(rows, columns, True)),
        "csv": "".join(formats.csv(rows, columns, True)),
        "json": "".join(formats.json(rows, columns, False)),
        "ascii": "".join(formats.json(rows, columns, True)),
        "ndjson": "".join(formats.ndjson(rows, columns, False)),
        "text": "".join(formats.text(table(text), "en", 60)),
        "md": "".join(formats.markup(table(text), "en", "md")),
        "html": "".join(formats.markup(table(text), "en", "html")),
    }


@given(HOSTILE)
@example("\x1b]52;c;aGk=\x07[red][/]:bomb:\\")
@example("\x9b31m\x7f\u202ecod\u2066\ud800")
@settings(max_examples=400, deadline=None)
def test_no_text_acts_in_any_format(text: str) -> None:
    for name, answer in rendered(text).items():
        found = ACTS.search(answer)
        assert not found, f"{name} lets {found.group()!r} through: {answer!r}"


@given(HOSTILE)
@settings(max_examples=100, deadline=None)
def test_on_a_colour_terminal_only_our_bold_is_a_code(text: str) -> None:
    answer = "".join(rich_.render(table(text), "en", 60, "…"))
    assert not ACTS.search(answer.replace("\x1b[1m", "").replace("\x1b[0m", ""))


def test_markup_of_rich_is_only_text() -> None:
    answer = "".join(
        rich_.render(
            Table([{"ref": "[/]", "name": "[link=http://e]Bank[/link] :bomb:", "tags": []}], COLUMNS), "en", 80, "…"
        )
    )
    assert "[/]" in answer and "[link=http://e]Bank[/link] :bomb:" in answer


def test_without_the_gate_the_test_above_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salesctl.output.values.clean", lambda text: text)
    monkeypatch.setattr("salesctl.output.formats.clean", lambda text: text)
    leaks = {name for name, answer in rendered("\x1b[31m").items() if "\x1b" in answer}
    assert leaks == {"tsv", "csv", "text", "md", "html"}


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_json_gives_back_every_text_as_it_is(text: str) -> None:
    for ascii_only in (False, True):
        line = dumps({"name": text}, ascii_only)
        assert json.loads(line) == {"name": text} and "\n" not in line
        assert not ascii_only or line.isascii()


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_csv_without_the_guard_gives_back_every_text_as_it_is(text: str) -> None:
    rows = [{"ref": "C1", "name": text, "tags": "x"}]
    answer = "".join(formats.csv(rows, COLUMNS, False, guard=False))
    assert list(csv.reader(io.StringIO(answer, newline=""))) == [["C1", text, "x"]]


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_a_tsv_line_is_one_line_with_its_cells(text: str) -> None:
    lines = "".join(formats.tsv([{"ref": "C1", "name": text, "tags": [text]}], COLUMNS, True)).split("\n")
    assert len(lines) == 3 and lines[2] == "" and len(lines[1].split("\t")) == 3


RUN_BY_EXCEL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", RUN_BY_EXCEL)
def test_csv_guards_a_text_that_a_spreadsheet_would_run(text: str) -> None:
    for value in (text, [text, "b"], {"a": text}):
        answer = "".join(formats.csv([{"name": value}], (Column("name", "Name"),), False))
        assert next(csv.reader([answer]))[0].startswith("'")
        off = "".join(formats.csv([{"name": value}], (Column("name", "Name"),), False, guard=False))
        assert not next(csv.reader([off]))[0].startswith("'")


def test_csv_does_not_guard_numbers_dates_and_money() -> None:
    row = {"n": -5, "d": Decimal("-1.50"), "day": date(2026, 1, 2), "amount": Money(-120050, "CNY"), "r": Ratio(-1, 2)}
    columns = [Column("n", ""), Column("d", ""), Column("day", ""), Column("amount", "", kind="money"), Column("r", "")]
    assert "".join(formats.csv([row], columns, True)).split("\n")[1] == "-5,-1.50,2026-01-02,-1200.50,CNY,-0.5"


def test_values_in_json() -> None:
    row = {
        "amount": Money(120050, "CNY"),
        "at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "d": Decimal("12345678901234567890.10"),
        "win_rate": Ratio(1, 3),
        "none": Ratio(0, 0),
        "nan": float("nan"),
        "inf": float("inf"),
        "tags": ("a", "b"),
    }
    assert json.loads(dumps(row)) == {
        "amount": {"amount": "1200.50", "currency": "CNY"},
        "at": "2026-01-02T03:04:00+00:00",
        "d": "12345678901234567890.10",
        "win_rate": 0.333333,
        "none": None,
        "nan": None,
        "inf": None,
        "tags": ["a", "b"],
    }


def test_json_has_every_key_and_streams_one_record_a_line() -> None:
    def rows() -> Any:
        yield {"ref": "C1"}
        yield {"ref": "C2", "name": "中文", "more": 1}

    chunks = formats.json(rows(), COLUMNS, False)
    assert next(chunks).startswith('[{"ref": "C1"')
    whole = "".join(formats.json(rows(), COLUMNS, False))
    assert json.loads(whole) == [
        {"ref": "C1", "name": None, "tags": None},
        {"ref": "C2", "name": "中文", "tags": None},
    ]
    assert len(whole.splitlines()) == 2 and json.loads("".join(formats.json([], COLUMNS, False))) == []


@pytest.mark.parametrize("kind", ["tsv", "csv", "json", "ndjson"])
def test_data_formats_stream(kind: str) -> None:
    taken = []

    def rows() -> Any:
        for number in range(1000):
            taken.append(number)
            yield {"ref": f"C{number}"}

    last = (False,) if kind in ("json", "ndjson") else (True,)
    chunks = getattr(formats, kind)(rows(), COLUMNS, *last)
    next(chunks), next(chunks)
    assert len(taken) <= 2


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_html_shows_a_text_and_runs_nothing(text: str) -> None:
    page = "".join(formats.markup(table(text), "en", "html"))
    tags = set(re.findall(r"</?(\w+)", page))
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "table", "thead", "tbody", "tr", "th", "td", "p"}
    assert tags <= allowed, tags - allowed


def test_a_script_is_shown_in_every_place_of_a_page() -> None:
    page = "".join(formats.markup(table("<script>"), "en", "html"))
    assert "<script" not in page and page.count(html.escape("<script>")) == 6


def test_markdown_keeps_its_cells_whatever_the_text() -> None:
    answer = "".join(
        formats.markup(Table([{"ref": "a|b", "name": "<i>&copy; ~~x~~ [a](b)", "tags": []}], COLUMNS), "en", "md")
    )
    row = answer.split("\n")[2]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert "&lt;i&gt;&amp;copy; \\~\\~x\\~\\~ \\[a\\](b)" in row


def test_numbers_go_through_tabulate_as_they_are() -> None:
    row = {"n": Decimal("12345678901234567890.12"), "phone": "00123", "v": "1.10"}
    columns = [Column(key, key) for key in row]
    for style in ("md", "html"):
        answer = "".join(formats.markup(Table([row], columns), "en", style))
        assert all(text in answer for text in ("12345678901234567890.12", "00123", "1.10"))
