"""What is thrown at every version: one clear line, the right exit code, nothing changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Runner

REFUSED_NAMES = [
    ("", "is empty", 4),
    ("   ", "is empty", 4),
    ("\u200b\u200b", "is empty", 4),
    ("a\x1b[31mred", "control character (U+001B) at 2", 4),
    ("a\x1b]0;title\x07", "control character (U+001B)", 4),
    ("a\x9b31m", "U+009B", 4),
    ("a\u202eb", "U+202E", 4),
    ("a\u2066b", "U+2066", 4),
    ("a\udcffb", "not valid text (byte 0xff)", 4),
    ("a\nb", "U+000A", 4),
    ("a\rb", "U+000D", 4),
    ("x" * 201, "has 201 characters, at most 200", 4),
]
KEPT_NAMES = [
    "[/]",
    "[red]x",
    "[link=http://e]Bank[/link]",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; DROP TABLE deal;--",
    "00123",
    ":bomb: \\",
    "Ünïcødé 华南 ﷽",
    "x" * 200,
]


@pytest.mark.parametrize(("name", "said", "code"), REFUSED_NAMES)
def test_names_that_are_refused(run: Runner, name: str, said: str, code: int) -> None:
    refused = run(["customer", "add", name], code=code)
    assert said in refused.err and refused.err.count("\n") == 1 and refused.out == ""
    assert run("customer list --all --json").json == []


@pytest.mark.parametrize("name", KEPT_NAMES)
def test_names_that_are_kept_as_they_are(run: Runner, name: str) -> None:
    run(["customer", "add", name])
    assert [one["name"] for one in run("customer list --json").json] == [name]
    for form in ("table", "html", "md", "csv", "tsv"):
        out = run(f"customer list -O {form}").out
        assert "\x1b" not in out and out.count("\n") >= 1
    assert "<script>" not in run("customer list -O html").out


def test_equal_names_are_one_customer(run: Runner) -> None:
    run(["customer", "add", "Cafe\u0301"])
    assert run("customer list --json").json[0]["name"] == "Caf\u00e9"
    twin = run(["customer", "add", "Caf\u00e9"], code=5)
    assert "already there as C1" in twin.err and "--allow-similar" in twin.err
    run(["customer", "add", "ACME"])
    run(["customer", "add", "ＡＣＭＥ"], code=5)
    run(["customer", "add", "ＡＣＭＥ", "--allow-similar"])


def test_names_that_look_like_options(run: Runner) -> None:
    assert run(["customer", "add", "-x"], code=2).err.startswith("salesctl: there is no option -x")
    run(["customer", "add", "--", "-x"])
    run(["customer", "add", "--", "--help"])
    assert {one["name"] for one in run("customer list --json").json} == {"-x", "--help"}


def test_search_takes_its_marks_literally(run: Runner) -> None:
    for name in ("100% Steel", "a_b", 'AT&T "x"', "plain"):
        run(["customer", "add", name])
    for word, hits in (("%", 1), ("_", 1), ('AT&T "x"', 1), ("*", 0), ("NEAR(", 0)):
        assert len(run(["find", word, "--json"]).json) == hits, word


def test_sorting_by_what_is_no_field(run: Runner) -> None:
    refused = run(["deal", "list", "--sort", "(select 1)"], code=2)
    assert "cannot sort by (select 1); one of:" in refused.err


def test_ambiguous_names_list_their_candidates(run: Runner) -> None:
    for name in ("华为技术", "华为云", "华为终端"):
        run(["customer", "add", name])
    several = run(["customer", "show", "华为", "--json"], code=5).error
    assert [one["ref"] for one in several["candidates"]] == ["C1", "C2", "C3"]
    assert run("customer show Nobody", code=3).err.startswith("salesctl: no customer is called")
    assert run("show D99", code=3).out == ""


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "a@b.c\nBcc:x", "U+000A"),
        ("email", "nobody", "not a mail address"),
        ("phone", "1.38E+10", "looks like a number spoiled by a spreadsheet"),
        ("zone", "CST", "Asia/Shanghai"),
        ("zone", "UTC+3", "Asia/Shanghai"),
        ("created", "2026-02-30", "February 2026 has 28 days"),
        ("created", "2025-02-29", "February 2025 has 28 days"),
        ("created", "1/2", "ambiguous"),
        ("created", "01/02/03", "ambiguous"),
        ("created", "12", "ambiguous"),
        ("created", "32", "ambiguous"),
        ("created", "May", "ambiguous"),
        ("created", "0001-01-01", "year must be 1900-2199"),
        ("created", "9999-12-31", "year must be 1900-2199"),
        ("created", "10000-01-01", "year must be 1900-2199"),
        ("created", "9" * 20, "is not a date"),
        ("language", "fr", "cannot be"),
    ],
)
def test_values_that_are_refused(run: Runner, field: str, value: str, said: str) -> None:
    refused = run(["customer", "add", "Acme", f"{field}={value}"], code=4)
    assert said in refused.err and refused.err.count("\n") == 1
    assert run("customer list --json").json == []


def test_phones_keep_their_text(run: Runner) -> None:
    run(["customer", "add", "Acme", "phone=+86 138 0013 8000"])
    assert run("customer list --json").json[0]["phone"] == "+86 138 0013 8000"
    assert run(["show", "13800138000", "--json"]).json["ref"] == "C1"


AMOUNTS = [
    ("1e1000000", "not an amount"),
    ("NaN", "not an amount"),
    ("inf", "not an amount"),
    ("-inf", "not an amount"),
    ("1_000", "not an amount"),
    ("１２３", "write 123"),
    ("٣", "not an amount"),
    ("1.234,50", "write 1234.50"),
    ("12,34", "not an amount"),
    ("0.005cny", "CNY has 2 decimals"),
    ("1.5jpy", "JPY has 0 decimals"),
    ("10000000000000.01", "larger than the largest amount"),
    ("-5", "negative"),
    ("5RMB", "did you mean CNY?"),
    ("9" * 5000, "not an amount"),
]


@pytest.mark.parametrize(("text", "said"), AMOUNTS)
def test_amounts_that_are_refused_at_once(run: Runner, text: str, said: str) -> None:
    began = time.perf_counter()
    refused = run(["deal", "add", "X", f"--amount={text}"], code=4)
    assert said in refused.err and refused.err.count("\n") == 1
    assert time.perf_counter() - began < 2
    assert run("deal list --json").json == []


def test_amounts_at_the_edge(run: Runner) -> None:
    run(["deal", "add", "Nothing", "--amount=-0"])
    run(["deal", "add", "Most", "--amount=10000000000000"])
    amounts = [one["amount"]["amount"] for one in run("deal list --sort id --json").json]
    assert amounts == ["0.00", "10000000000000.00"]


@pytest.mark.parametrize("chance", ["101", "-1", "x", "5.5"])
def test_chances_that_are_none(run: Runner, chance: str) -> None:
    run(["deal", "add", "X", f"--probability={chance}"], code=4)


def test_a_quantity_of_5000_digits(run: Runner) -> None:
    run("product add Pump")
    run(["deal", "add", "X", f"--product=Pump x {'9' * 5000}"], code=4)


@pytest.mark.parametrize("hour", ["24:00", "23:59:60", "+99:00"])
def test_hours_that_are_none(run: Runner, hour: str) -> None:
    run("customer add Acme")
    run(["log", "acme", "x", "--at", f"2026-11-20 {hour}"], code=4)


def test_repetitions_that_never_come(run: Runner) -> None:
    assert "never" in run(["followup", "add", "x", "recurrence=every 0 days"], code=4).err
    run(["followup", "add", "x", "recurrence=every 2000 years"], code=4)


def test_totals_never_mix_currencies(run: Runner) -> None:
    for amount in ("100usd", "200cny"):
        run(["deal", "add", amount, f"--amount={amount}"])
        run(f"win {amount}")
    one = run("kpi show revenue --json").json[0]
    assert (one["value"], one["excluded"]) == ({"amount": "100.00", "currency": "USD"}, 1)
    told = run("kpi show revenue --currency cny -O text --why")
    assert "¥200" in told.out and "1 in other currencies" in told.out


def test_words_that_are_no_command_field_or_filter(run: Runner) -> None:
    assert "did you mean deal" in run("deel list", code=2).err
    assert "did you mean list" in run("deal lsit", code=2).err
    unknown = run("deal list colour:red --json", code=2).error
    assert "amount" in unknown["fields"]
    assert run("deal list amount:abc", code=4).out == ""
    assert '"Acme Corp"' in run(["customer", "add", "Acme", "Corp"], code=2).err
    assert "there is no field" in run("deal list --fields ref,nope", code=2).err
    assert "unknown format" in run("deal list -O xml", code=2).err
    assert "needs a value" in run("deal list --fields", code=2).err
    run("kpi show nonsense", code=2)
    run("kpi --by nonsense", code=2)
    run("kpi show activities --by product", code=2)


def test_a_planned_follow_up_lies_ahead(run: Runner) -> None:
    run("customer add Acme")
    refused = run("followup add call customer=acme due=yesterday", code=4)
    assert "salesctl log" in refused.err and "--at" in refused.err


def test_goals_that_are_none(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4")
    assert "already as G1" in run("goal add revenue 1m -p 2026Q4", code=5).err
    run("goal add revenue 0 -p 2026Q3", code=4)
    run("goal add revenue 900k", code=2)
    run("goal add nonsense 5 -p 2026Q4", code=2)
    run("goal add satisfaction 80% -p 2026Q4", code=4)
    run("goal add revenue 1k -p 2026-12..2026-01", code=4)
    run("goal add won 10 -p 2026Q3 --level low=9", code=4)


BAD_CSV = "name,industry\nGood,steel\n,food\nEvil\x1b[31m,food\n" + "x" * 201 + ",food\n"


def test_a_bad_row_writes_nothing_and_all_are_told(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(BAD_CSV)
    refused = run(["import", str(file), "--json"], code=4).error
    assert [(row["line"], row["column"]) for row in refused["rows"]] == [(3, "name"), (4, "name"), (5, "name")]
    assert run("customer list --json").json == []
    bad = tmp_path / "bad.csv"
    done = run(["import", str(file), "--skip-bad", str(bad), "--json"], code=12)
    assert done.json["created"] == {"customer": 1} and done.json["rejected"] == 3
    assert bad.read_text().count("\n") == 4
    assert [one["name"] for one in run("customer list --json").json] == ["Good"]


def test_files_that_are_no_tables(run: Runner, tmp_path: Path) -> None:
    run("import nowhere.csv", code=9)
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert "0 rows" in run(["import", str(empty)]).err
    strange = tmp_path / "strange.csv"
    strange.write_text("foo,bar\n1,2\n")
    assert "--map" in run(["import", str(strange)], code=4).err
    nul = tmp_path / "nul.csv"
    nul.write_bytes(b"name,industry\nA\x00B,steel\n")
    assert "2" in run(["import", str(nul), "--json"], code=4).err
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("name,industry\nA,b,c\n")
    assert run(["import", str(ragged), "--json"], code=4).error["rows"][0]["line"] == 2
    huge = tmp_path / "huge.csv"
    huge.write_text("name,industry\n" + "x" * 10_000_000 + ",b\n")
    began = time.perf_counter()
    run(["import", str(huge)], code=4)
    assert time.perf_counter() - began < 2


def salesctl(*words: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "salesctl", *words], capture_output=True, check=False, **more)  # type: ignore[call-overload,no-any-return]


def test_no_terminal_no_question(templates: dict[str, Path], tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    shutil.copy(templates["en"], store)
    asked = salesctl("--db", str(store), "log", "nobody", stdin=subprocess.DEVNULL)
    assert asked.returncode in (2, 3) and asked.stdout == b""


def test_a_reader_that_goes_away(templates: dict[str, Path], tmp_path: Path) -> None:
    line = f"{sys.executable} -m salesctl --db {templates['en']} help filters | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
    assert done.returncode in (0, 141) and b"Traceback" not in done.stderr


@pytest.mark.parametrize(("redirect", "code"), [(">&-", 9), ("> /dev/full", 9)])
def test_an_output_that_takes_nothing(templates: dict[str, Path], redirect: str, code: int) -> None:
    line = f"{sys.executable} -m salesctl --db {templates['en']} stage list {redirect}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    assert done.stderr.count(b"\n") == 1 and b"Traceback" not in done.stderr


def test_ascii_terminals_get_escapes_and_json_stays_json(templates: dict[str, Path]) -> None:
    import json
    import os

    env = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    plain = salesctl("--db", str(templates["zh"]), "stage", "list", env=env)
    assert plain.returncode == 0 and plain.stdout.isascii()
    listed = salesctl("--db", str(templates["zh"]), "stage", "list", "--json", env=env)
    assert json.loads(listed.stdout)[4]["name"] == "报价"


def test_stores_that_are_none(tmp_path: Path) -> None:
    text = tmp_path / "t.txt"
    text.write_text("not a store at all, only text that is long enough to be looked at " * 20)
    assert salesctl("--db", str(text), "deal", "list").returncode == 8
    other = tmp_path / "other.db"
    import sqlite3

    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE x(y)")
    connection.close()
    assert salesctl("--db", str(other), "deal", "list").returncode == 8
    assert salesctl("--db", str(tmp_path), "deal", "list").returncode == 9
    assert salesctl("--db", "mysql://h/d", "deal", "list").returncode == 2
    assert salesctl("--db", str(tmp_path / "no" / "where.db"), "deal", "list").returncode == 0
    assert not (tmp_path / "no").exists()


def test_odd_words_that_once_slipped_through(run: Runner) -> None:
    run("customer add Acme")
    run("deal add X amount=5")
    assert run("deal list -n 99999999999999999999 --json").code == 0
    assert "0 or more" in run("next -n -1", code=2).err
    assert "at least one end" in run("deal list amount:..", code=2).err
    assert "its own parent" in run("customer edit C1 parent=C1", code=4).err
    assert "--to is missing" in run("deal assign D1", code=2).err
    assert "WORD is missing" in run(["find", ""], code=2).err
    run("pipeline archive PL1")
    assert "no pipeline left" in run("deal add Y", code=4).err


def test_too_much_at_once(run: Runner) -> None:
    """A pattern or a list that the engine cannot take is refused, and is no bug of ours."""
    run("customer add Acme tags=x")
    for words in (
        ["find", "x" * 100_000],
        ["show", "y" * 100_000],
        ["customer", "list", "-w", "tags:" + ",".join(f"a{n}" for n in range(40_000))],
    ):
        done = run(words, code=None)
        assert done.code in (0, 3, 4) and "a bug" not in done.err and done.err.count("\n") <= 1, done.err[:300]


@pytest.mark.parametrize("name", ["\x1b[31m", "x" * 201, "\udcff", "\u202e"])
def test_who_is_typing_is_a_name(run: Runner, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCTL_USER", name)
    assert "SALESCTL_USER" in run("customer add Acme", code=4).err
    monkeypatch.delenv("SALESCTL_USER")
    assert run("customer list --json").json == []


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59", "2026-11-23T00:00:00+99:00"])
def test_a_day_outside_of_the_calendar(run: Runner, day: str) -> None:
    from salesctl.cli import run as main

    assert main(["--db", str(run.path), "--today", day, "today"]) == 2
