"""The paper of a quote: what stands on it, in whose language, in three forms, with values that mean harm."""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from salesctl.domain.paper import COMPANY, spoken
from tests.conftest import Runner
from tests.quotes import L, quote
from tests.store_state import raw, state
from tests.test_golden import shape

COMPANY_EN = {"name": "North Pumps GmbH", "address": "Hafen 12, Bremen", "tax_number": "DE 1", "bank": "Sparkasse"}
THREE = [
    L("Pump X1", "PX-100", 120_000, 3, "5", "19"),
    L("Cabinet", "CC-22", 845_050, 1, "0", "19"),
    L("Commissioning", None, 98_000, 2, "0", "7", 180_000),
]
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)",
    "[/]", "[x](http://evil.example)", "![x](http://evil.example)", "a|b|c", "`code`", "**bold** _em_ ~~gone~~", "# head", "- item", "1. one",
    "---", "> quoted", "<http://evil.example>", "{{ 7*7 }}", "{% include 'x' %}", "\\", "&lt;b&gt;", "客户 | 名",
]  # fmt: skip


class Page(HTMLParser):
    """The elements of a page with what acts in it, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.acting: list[str] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.acting += [name for name, _value in attrs if name.startswith("on") or name in ("src", "href", "style")]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.rows.append([])

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["style"]:
            return
        self.words.append(data)
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def book(path: Path) -> Any:
    from openpyxl import load_workbook

    return load_workbook(path).active


def test_the_sheet_says_who_what_and_how_much(run: Runner, tmp_path: Path) -> None:
    quote(run.path, THREE, discount="4", company=COMPANY_EN, note="30 days net.\n\nDAP Leeds.")
    page = Page(run("quote render Q1 -O html").out)
    assert [row for row in page.rows if row and row[0].isdigit()] == [
        ["1", "Pump X1PX-100", "3", "1,200.00", "5%", "19%", "3,420.00"],
        ["2", "CabinetCC-22", "1", "8,450.50", "", "19%", "8,450.50"],
        ["3", "Commissioning", "2", "980.00", "8.16%", "7%", "1,800.00"],
    ]
    assert [row for row in page.rows if len(row) == 2] == [
        ["Total at list price", "14,010.50"],
        ["Discount on single lines", "−340.00"],
        ["Sum of the lines", "13,670.50"],
        ["Discount of 4% on the whole", "−546.82"],
        ["Net total", "13,123.68"],
        ["Tax 7% on 1,728.00", "120.96"],
        ["Tax 19% on 11,395.68", "2,165.18"],
        ["Total to pay", "EUR 15,409.82"],
    ]
    for word in ("North Pumps GmbH", "DE 1", "Acme Corp", "Anna Keller", "Bo Lind", "23 December 2026", "DAP Leeds."):
        assert word in page.text
    assert page.text.count("Signature and company stamp") == 2
    assert "capitals" not in page.text and "not binding" not in page.text


def test_the_page_needs_nothing_else_and_runs_nothing(run: Runner) -> None:
    quote(run.path, THREE)
    text = run("quote render Q1 -O html").out
    assert "default-src 'none'" in text and "http://" not in text and "https://" not in text and "url(" not in text
    assert not {"script", "img", "link", "iframe", "object"} & set(Page(text).tags)
    for rule in ("size: A4", "table-header-group", "break-inside: avoid", "counter(page)"):
        assert rule in text


def test_the_language_is_that_of_the_quote_then_of_the_customer_then_of_the_store(run: Runner, zh: Runner) -> None:
    quote(run.path)
    quote(run.path, customer={"name": "华南机电", "language": "zh"})
    quote(run.path, customer={"name": "South Ltd", "language": "zh"}, language="English")
    quote(run.path, language="fr")
    said = [run(f"quote render Q{n} --json").json["language"] for n in (1, 2, 3, 4)]
    assert said == ["en", "zh", "en", "en"]
    assert "# 报价单 Q2" in run("quote render Q2").out and "# Quotation Q1" in run("quote render Q1").out
    assert (
        "# 报价单 Q1" in run("quote render Q1 --lang zh").out
        and "# Quotation Q2" in run("quote render Q2 --lang en").out
    )
    assert run("quote render Q9 --lang zh", code=3).err.startswith("salesctl: 没有 Q9")
    quote(zh.path, currency="CNY")
    assert "# 报价单 Q1" in zh("quote render Q1 -O md").out
    assert [spoken(word) for word in ("zh_CN", "中文", "EN-gb", "Chinese", "", None, "de")] == ["zh", "zh", "en", "zh", None, None, None]  # fmt: skip


def test_chinese_capitals_where_chinese_reads_or_is_paid(run: Runner) -> None:
    quote(run.path, [L(price=10_000, quantity=1, tax="0")], currency="CNY")
    quote(run.path, [L(price=10_000, quantity=1, tax="0")], currency="USD")
    assert "人民币壹佰元整" in run("quote render Q1").out and "No tax is charged" in run("quote render Q1").out
    assert "壹佰" not in run("quote render Q2").out
    assert "美元壹佰元整" in run("quote render Q2 --lang zh").out


@pytest.mark.parametrize(
    ("status", "stamp"),
    [("draft", "Draft, not binding"), ("waiting", "Draft, not binding"), ("approved", ""), ("sent", ""), ("accepted", ""), ("declined", "Declined"), ("superseded", "Replaced by a newer version")],
)  # fmt: skip
def test_a_paper_that_does_not_bind_says_so(run: Runner, tmp_path: Path, status: str, stamp: str) -> None:
    quote(run.path, status=status)
    stamps = {"Draft, not binding", "Declined", "Replaced by a newer version"}
    run(f"quote render Q1 -o {tmp_path / 'q.xlsx'}")
    cells = {str(cell.value) for row in book(tmp_path / "q.xlsx").iter_rows() for cell in row}
    assert stamps & cells == ({stamp} if stamp else set())
    for form in ("html", "md"):
        out = run(f"quote render Q1 -O {form}").out
        assert {one for one in stamps if one in out} == ({stamp} if stamp else set())


def test_a_workbook_has_numbers_dates_and_widths(run: Runner, tmp_path: Path) -> None:
    quote(run.path, THREE, discount="4", company=COMPANY_EN)
    path = tmp_path / "q.xlsx"
    run(f"quote render Q1 -o {path}")
    sheet = book(path)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [1, "Pump X1", "PX-100", 3, 1200, 0.05, 0.19, 3420] in rows
    assert [3, "Commissioning", None, 2, 980, 0.0816, 0.07, 1800] in rows
    sums = {row[4]: row[7] for row in rows if row[4] and row[7] and not row[0]}
    assert (
        sums["Net total"] == 13123.68 and sums["Total to pay"] == 15409.82 and sums["Discount on single lines"] == -340
    )
    shapes = {cell.value: cell.number_format for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert shapes[8450.5] == "#,##0.00" and shapes[0.0816] == "0.00%" and shapes[0.05] == "0%"
    assert datetime(2026, 12, 23) in shapes
    head = next(place for place, row in enumerate(rows, start=1) if row[0] == "No.")
    assert sheet.print_title_rows == f"${head}:${head}" and sheet.freeze_panes == f"A{head + 1}"
    assert sheet.column_dimensions["B"].width > 30 and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_a_number_that_a_spreadsheet_would_round_is_a_text(run: Runner, tmp_path: Path) -> None:
    quote(run.path, [L(price=10**12 + 1, quantity=999_999, tax="0")], currency="CNY")
    run(f"quote render Q1 -o {tmp_path / 'q.xlsx'}")
    cells = [cell.value for row in book(tmp_path / "q.xlsx").iter_rows() for cell in row]
    assert "9,999,990,000,009,999.99" in cells and 10000000000.01 in cells


def poisoned(run: Runner, text: str) -> None:
    name = text if text.strip() else "x"
    quote(
        run.path, [L(product=name, sku=name)], name=name, note=f"{text}\n{text}", company=dict.fromkeys(COMPANY, name),
        customer={"name": name, "address": name}, contact={"name": name, "title": name}, rep={"name": name},
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_is_a_text_in_every_form(run: Runner, tmp_path: Path, text: str) -> None:
    from markdown_it import MarkdownIt

    poisoned(run, text)
    page = Page(run("quote render Q1 -O html").out)
    assert not page.acting and not {"script", "img", "b", "a"} & set(page.tags)
    assert page.text.count(" ".join(text.split())) >= 8
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = [one for token in md.parse(run("quote render Q1").out) for one in (token, *(token.children or []))]
    kinds = [token.type for token in tokens]
    assert not {
        "link_open",
        "image",
        "code_inline",
        "em_open",
        "s_open",
        "html_inline",
        "html_block",
        "fence",
        "hr",
    } & set(kinds)
    assert not {"blockquote_open", "ordered_list_open", "code_block"} & set(kinds)
    assert [kinds.count(kind) for kind in ("table_open", "heading_open", "bullet_list_open")] == [3, 2, 3]
    assert [t.content for t in tokens if t.type == "inline"].count(text) <= 12 and text in "".join(
        one.content for token in tokens if token.type == "inline" for one in (token.children or [])
    )
    run(f"quote render Q1 -o {tmp_path / 'q.xlsx'}")
    cells = [cell for row in book(tmp_path / "q.xlsx").iter_rows() for cell in row if cell.value is not None]
    assert [cell.data_type for cell in cells if cell.value == text].count("s") >= 3
    assert all(cell.data_type != "f" and cell.quotePrefix for cell in cells if isinstance(cell.value, str))


@pytest.mark.parametrize("form", ["html", "md"])
def test_what_drives_a_terminal_or_turns_letters_round_is_shown(run: Runner, form: str) -> None:
    quote(run.path)
    raw(run.path, "UPDATE customer SET name = '\x1b[2J' || 'Acme' || '\u202e' || 'x'")
    out = run(f"quote render Q1 -O {form}").out
    assert "\x1b" not in out and "\u202e" not in out and "Acme" in out


def test_scripts_get_the_paper_as_data(run: Runner) -> None:
    quote(run.path, THREE, discount="4", company=COMPANY_EN)
    data = run("quote render Q1 --json").json
    assert data["total"] == {"amount": "15409.82", "currency": "EUR"} and data["seller"]["name"] == "North Pumps GmbH"
    assert data["lines"][0]["net"] == {"amount": "3420.00", "currency": "EUR"} and data["lines"][0]["discount"] == "5"
    assert data["taxes"][1] == {"rate": "19", "base": {"amount": "11395.68", "currency": "EUR"}, "tax": {"amount": "2165.18", "currency": "EUR"}}  # fmt: skip
    assert data["valid_until"] == date(2026, 12, 23).isoformat()
    rows = list(csv.DictReader(io.StringIO(run("quote render Q1 -O csv").out)))
    assert [row["net"] for row in rows] == ["3420.00", "8450.50", "1800.00"] and rows[0]["net_currency"] == "EUR"
    assert shape(run("quote template --json").json) == {"format": None, "body": None}


def test_sums_that_are_not_those_of_the_lines_are_not_printed(run: Runner) -> None:
    quote(run.path, THREE)
    quote(run.path, [])
    raw(run.path, "UPDATE quote SET total = total + 1 WHERE id = 1")
    assert "are not those of its lines" in run("quote render Q1", code=8).err
    assert "no lines yet" in run("quote render Q2", code=4).err
    run("quote render Q7", code=3)


def test_files_are_whole_private_and_not_written_over(run: Runner, tmp_path: Path) -> None:
    quote(run.path, THREE)
    for ending in ("html", "md", "xlsx"):
        path = tmp_path / f"q.{ending}"
        run(f"quote render Q1 -o {path}")
        first = path.read_bytes()
        assert first[:2] == (b"PK" if ending == "xlsx" else first[:2]) and oct(path.stat().st_mode)[-3:] == "600"
        assert "--force" in run(f"quote render Q1 -o {path}", code=5).err
        run(f"quote render Q1 -o {path} --force")
    assert sorted(one.name for one in tmp_path.glob("q.*")) == ["q.html", "q.md", "q.xlsx"]
    run(f"quote render Q1 -o {tmp_path / 'q.pdf'}", code=2)
    run(f"quote render Q1 -o {tmp_path / 'none' / 'q.xlsx'}", code=9)
    assert "cannot be written as xlsx" in run(f"config -o {tmp_path / 'c.xlsx'}", code=2).err
    assert not (tmp_path / "c.xlsx").exists()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_a_workbook_does_not_go_to_a_terminal(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl import app

    quote(run.path)
    monkeypatch.setattr(app, "_is_tty", lambda stream: True)
    assert "is no text for a terminal" in run("quote render Q1 -O xlsx", code=2).err


@pytest.mark.parametrize(("missing", "form"), [("jinja2", "md"), ("jinja2", "html"), ("openpyxl", "xlsx")])
def test_a_missing_extra_is_named(run: Runner, monkeypatch: pytest.MonkeyPatch, missing: str, form: str) -> None:
    import importlib.util
    import sys

    found = importlib.util.find_spec
    monkeypatch.setattr("salesctl.output.template.find_spec", lambda name: None if name == missing else found(name))
    monkeypatch.setitem(sys.modules, missing, None)
    quote(run.path)
    extra = {"jinja2": "report", "openpyxl": "excel"}[missing]
    assert f"pip install 'salesctl[{extra}]'" in run(f"quote render Q1 -O {form}", code=2).err
    run("quote render Q1 --json")


def test_the_company_belongs_to_the_store_and_its_settings_are_undone(run: Runner) -> None:
    quote(run.path)
    before = state(run.path)
    run(["config", "set", "company.name", "North Pumps GmbH"])
    assert run("quote render Q1 --json").json["seller"]["name"] == "North Pumps GmbH"
    assert {"key": "company.name", "value": "North Pumps GmbH"} in run("config --json").json
    run("config unset company.name")
    assert run("quote render Q1 --json").json["seller"]["name"] == ""
    run("undo")
    assert run("quote render Q1 --json").json["seller"]["name"] == "North Pumps GmbH"
    run("undo O3")
    assert state(run.path)["meta"] == before["meta"]
    assert "company.account" in run("config set company.nmae x", code=2).err
    run(["config", "set", "company.name", "a\x1bb"], code=4)


def test_without_a_company_the_rep_sells(run: Runner) -> None:
    quote(run.path, rep={"name": "Bo Lind"})
    assert Page(run("quote render Q1 -O html").out).text.count("Bo Lind") == 3


def test_ten_thousand_lines_are_a_matter_of_seconds(run: Runner, tmp_path: Path) -> None:
    quote(
        run.path,
        [L(f"Part {n % 50}", f"A-{n % 50}", 1000 + n, 1 + n % 7, "2.5" if n % 3 else "0") for n in range(10_000)],
    )
    for form in ("html", "md", "xlsx"):
        started = time.process_time()
        run(f"quote render Q1 -o {tmp_path / f'q.{form}'}")
        assert time.process_time() - started < 6
    assert (tmp_path / "q.html").read_text().count("<tr>") > 10_000
    run(f"quote template -O html -o {tmp_path / 'own.html.j2'}")
    run(f"quote render Q1 --template {tmp_path / 'own.html.j2'} -o {tmp_path / 'own.html'}")
    assert (tmp_path / "own.html").read_bytes() == (tmp_path / "q.html").read_bytes()
