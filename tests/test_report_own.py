"""report save, run, list, blocks: own reports from TOML, saved whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesctl.domain.ownreport import NAMES
from tests.conftest import Runner

MINE = 'title = "Monday"\nabout = "week"\n\n[[block]]\nname = "won"\n\n[[block]]\nname = "goal"\nof = "month"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "mine.toml"
    made.write_text(MINE, encoding="utf-8")
    return made


def test_a_saved_report_says_what_ours_says(run: Runner, file: Path) -> None:
    run("deal add Pump amount=48k", today="2026-11-17")
    run("win D1 --at 2026-11-20")
    row = run(["report", "save", "Monday 会", str(file), "--json"]).json
    assert row["name"] == "Monday 会" and row["replaced"] is False
    assert row["blocks"] == [{"name": "won"}, {"name": "goal", "of": "month"}]
    mine = run(["report", "run", "MONDAY 会", "--json"]).json
    week = run("report weekly --json").json
    assert list(mine["blocks"]) == ["won", "goal_month"]
    assert mine["blocks"]["won"] == week["blocks"]["won"] and mine["period"] == week["period"]
    assert run(["report", "run", "Monday 会", "-p", "2026-11", "--json"]).json["period"]["label"] == "Nov 2026"
    assert run(["report", "run", "Monday 会", "-O", "text"]).out.startswith("Monday  week 47")
    assert "<h1>Monday</h1>" in run(["report", "run", "Monday 会", "-O", "html"]).out
    assert {"report": "Monday 会", "label": "Monday: won, goal", "dimensions": []} in run("report list --json").json


def test_saving_again_replaces_and_undo_takes_it_back(run: Runner, file: Path) -> None:
    assert run(["report", "save", "Monday", str(file)]).out.strip() == "Monday"
    file.write_text('[[block]]\nname = "trend"\n', encoding="utf-8")
    assert run(["report", "save", "monday", str(file), "--json"]).json["replaced"] is True
    assert list(run("report run Monday --json").json["blocks"]) == ["trend"]
    run("undo")
    assert list(run("report run Monday --json").json["blocks"]) == ["won", "goal_month"]
    run("undo")
    assert "no saved report" in run("report run Monday", code=3).err
    run("db check")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["line 1: it has no blocks"]),
        ("x =\ny = 1\n", ["line 1: it is no TOML"]),
        ("[[block]]\nname = 'wons'\n", ["line 2: unknown block wons"]),
        ("[[block]]\nof = 'month'\n", ["line 1: a block needs a name"]),
        ("[[block]]\nname = 'won'\nof = 'month'\n", ["line 3: won has no option of"]),
        ("[[block]]\nname = 'goal'\nof = ['month']\n", ["line 3: unknown of"]),
        ("[[block]]\nname = 3\n", ["line 1: a block needs a name"]),
        ("block = 'won'\n", ["line 1: it has no blocks"]),
        ("title = ''\nabout = 'age'\nfoo = 1\n[[block]]\nname = 'goal'\nof = 'day'\n",
         ["line 1: title is a line", "line 2: unknown about age", "line 3: unknown key foo", "line 6: unknown of day"]),
        ("[[block]]\nname = 'won'\n" * 41, ["line 81: it has more than 40 blocks"]),
        ("[[block]]\nname = 'won", ["line 2: it is no TOML"]),
        ("#\n" * 40_000, ["line 32769: it has more than 65536 bytes"]),
        ("#" * 70_000, ["line 1: it has more than 65536 bytes"]),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_line_and_nothing_is_saved(
    run: Runner, tmp_path: Path, text: str, faults: list[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(text, encoding="utf-8")
    done = run(["report", "save", "Bad", str(bad)], code=4)
    assert all(one in done.err for one in faults) and "nothing was saved" in done.err
    assert sum(line.startswith("line ") for line in done.err.splitlines()) == len(faults)
    assert [one["command"] for one in run("audit list --json").json] == ["init"]
    error = run(["report", "save", "Bad", str(bad), "--json"], code=4).error
    assert len(error["faults"]) == len(faults)


def test_files_and_names_that_are_none(run: Runner, bare: Runner, tmp_path: Path, file: Path) -> None:
    run(["report", "save", "X", str(tmp_path / "none.toml")], code=9)
    run(["report", "save", "", str(file)], code=4)
    run(["report", "save", "a\x1b[31mb", str(file)], code=4)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    assert run(["report", "save", "X", str(tmp_path / "bytes.toml")], code=None).code in (4, 9)
    bare("report run Monday", code=3)
    assert [row["block"] for row in bare("report blocks --json").json][:3] == ["won", "lost", "pipeline"]


@pytest.mark.sqlite
def test_every_block_can_be_used_with_every_word(bare: Runner, tmp_path: Path) -> None:
    bare("demo")
    uses = []
    for row in bare("report blocks --json").json:
        uses.append(f'[[block]]\nname = "{row["block"]}"\n')
        uses += [f'[[block]]\nname = "{row["block"]}"\n{key} = "{word}"\n' for key, words in row["options"].items() for word in words]  # fmt: skip
    made = tmp_path / "all.toml"
    made.write_text("".join(uses), encoding="utf-8")
    bare(["report", "save", "all", str(made)])
    assert len(bare("report run all --json").json["blocks"]) == len(uses)
    for format in ("text", "md", "html", "tsv"):
        assert bare(f"report run all -O {format} --owner 王磊").out


def test_kpis_of_another_period_name_it(run: Runner, tmp_path: Path) -> None:
    for name, more in (("Same", ""), ("Year", 'of = "year"\n')):
        file = tmp_path / f"{name}.toml"
        file.write_text(f'about = "month"\n[[block]]\nname = "kpis"\n{more}')
        run(f"report save {name} {file}")
    lines = run("report run Year -p 2026-10 -O text").out.splitlines()
    assert "KPIs  2026" in lines and "KPIs" not in lines
    assert "KPIs" in run("report run Same -p 2026-10 -O text").out.splitlines()


def test_a_name_of_ours_is_refused_and_what_is_replaced_is_said(run: Runner, file: Path) -> None:
    for name in ("weekly", "Process", "list", "RUN"):
        assert "is a report of salesctl" in run(["report", "save", name, str(file)], code=5).err
    assert [one["command"] for one in run("audit list --json").json] == ["init"]
    assert "in place of" not in run(["report", "save", "Monday", str(file), "-O", "text"]).err
    assert "nothing changed" in run(["report", "save", "Monday", str(file), "-O", "text"]).err
    file.write_text('[[block]]\nname = "trend"\n', encoding="utf-8")
    told = run(["report", "save", "monday", str(file), "-O", "text"]).err
    assert "in place of Monday: won, goal of month; salesctl undo brings that back" in told
    run("undo")
    assert list(run("report run Monday --json").json["blocks"]) == ["won", "goal_month"]


def test_chinese_words_are_taken_where_english_ones_are(run: Runner, tmp_path: Path) -> None:
    made = tmp_path / "季报.toml"
    made.write_text(
        'title = "季报"\nabout = "季度"\n[[block]]\nname = "目标"\nof = "年"\n[[block]]\nname = "kpis"\nvs = "去年"\n'
    )
    row = run(["report", "save", "季报", str(made), "--json"]).json
    assert row["about"] == "quarter"
    assert row["blocks"] == [{"name": "goal", "of": "year"}, {"name": "kpis", "vs": "lastyear"}]
    found = run(["report", "run", "季报", "-p", "2026Q3", "--json"]).json
    assert list(found["blocks"]) == ["goal_year", "kpis"]
    labels = run("report blocks --json --lang zh").json
    assert {one["block"] for one in labels} == set(NAMES.values())
