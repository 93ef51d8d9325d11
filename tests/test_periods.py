"""period close: figures frozen, later edits told as corrections with who and when; twice and too early refused."""

from __future__ import annotations

import re
from typing import Any

from tests.conftest import Runner


def story(run: Runner) -> None:
    """In the third quarter D1 won 100, D2 lost 50, D3 began and is open; D4 is of October."""
    run("init --currency USD")
    run("rep add Bo")
    run("config me Bo")
    for name, amount in (("One", 100), ("Two", 50), ("Three", 30)):
        run(f"deal add {name} amount={amount}", today="2026-07-06")
    run("win D1", today="2026-08-03")
    run("lose D2 price", today="2026-08-04")
    run("deal add Four amount=7", today="2026-10-05")


def shown(run: Runner, period: str = "2026Q3") -> Any:
    return run(f"period show {period} --json").json


def differing(answer: Any) -> dict[str, tuple[Any, Any]]:
    return {one["kpi"]: (one["value"], one["now"]) for one in answer["figures"] if one["differs"]}


def lines(answer: Any) -> list[tuple[Any, ...]]:
    return [(one["ref"], one["field"], one["before"], one["after"]) for one in answer["corrections"]]


def test_it_freezes_what_kpi_says(run: Runner) -> None:
    story(run)
    assert run("period close 2026Q3 --note board").out.strip() == "2026Q3"
    got = shown(run)
    said = {one["kpi"]: one["value"] for one in run("kpi show -p 2026Q3 --json").json}
    figures = {one["kpi"]: one["value"] for one in got["figures"]}
    assert len(figures) > 12 and {k: v for k, v in said.items() if k in figures} == {k: v for k, v in figures.items() if k in said}  # fmt: skip
    assert "pipeline" not in figures and figures["revenue"] == {"amount": "100.00", "currency": "USD"}
    assert (got["state"], got["closed_by"], got["note"], got["reopened_at"]) == ("closed", "Bo", "board", None)
    assert differing(got) == {} and got["corrections"] == []
    assert run("kpi snapshots --json").json == []  # those of a close are its own
    assert [one["period"]["label"] for one in run("period --json").json] == ["2026Q3"]


def test_later_edits_are_dated_corrections(run: Runner) -> None:
    story(run)
    run("period close 2026Q3", today="2026-10-08")
    run("deal edit D1 amount=120", today="2026-10-09")
    run("deal edit D1 amount=125", today="2026-11-10")
    run("deal reopen D2 --reason x", today="2026-11-11")
    run("win D3", today="2026-11-12")  # its life goes on
    run("win D4", today="2026-11-12")
    run("deal edit D4 amount=9", today="2026-11-13")
    got = shown(run)
    usd = lambda amount: {"amount": amount, "currency": "USD"}  # noqa: E731
    assert lines(got) == [
        ("D1", "amount", usd("100.00"), usd("125.00")),
        ("D2", "outcome", "lost", None),
        ("D2", "closed", "2026-08-04", None),
    ]
    first = got["corrections"][0]
    assert (first["since"][:10], first["at"][:10], first["by"], first["command"]) == ("2026-10-09", "2026-11-10", "Bo", "deal.edit")  # fmt: skip
    assert first["operation"] == run("audit list --json").json[4]["operation"]
    moved = differing(got)
    assert moved["revenue"] == (usd("100.00"), usd("125.00")) and moved["win_rate"] == (0.5, 1.0)
    assert "created" not in moved
    text = run("period show 2026Q3 -O text").out
    assert "Amount $100 -> $125" in text and "Outcome Lost -> none" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_what_was_entered_late_and_taken_back(run: Runner) -> None:
    story(run)
    run("period close 2026Q3", today="2026-10-08")
    run("deal add Late amount=40 created=2026-09-01", today="2026-10-09")
    assert lines(shown(run)) == [("D5", "deal", None, "added")]
    run("undo")
    assert lines(shown(run)) == []
    run("win D3 --at 2026-09-20", today="2026-10-10")
    assert ("D3", "closed", None, "2026-09-20") in lines(shown(run))
    run("undo")
    run("deal archive D2")
    assert [line[:2] for line in lines(shown(run))] == [("D2", "archived_at")]
    run("deal restore D2")
    assert lines(shown(run)) == [] and differing(shown(run)) == {}


def test_an_import_and_its_undo_are_told(run: Runner, tmp_path: Any) -> None:
    file = tmp_path / "deals.csv"
    story(run)
    file.write_text("name,customer,amount,stage,created,closed,outcome\nOld,Acme,5,Signing,2026-07-01,2026-08-01,won\n")
    run(f"import {file}", today="2026-10-01")
    run("period close 2026Q3", today="2026-10-08")
    run(f"undo {operation(run, 'import')}")
    assert lines(shown(run)) == [("D5", "deal", None, "gone")]
    run(f"import {file}")
    assert ("D6", "deal", None, "added") in lines(shown(run))
    assert shown(run)["corrections"][0]["name"] == "Old"


def operation(run: Runner, command: str) -> str:
    return next(one["operation"] for one in run("audit list --json").json if one["command"].startswith(command))


def test_activities_entered_late_move_a_figure_and_no_deal(run: Runner) -> None:
    story(run)
    run("period close 2026Q3", today="2026-10-08")
    run("customer add Acme")
    run("log call Acme text --at 2026-09-10")
    assert set(differing(shown(run))) >= {"activities", "calls"} and lines(shown(run)) == []
    assert "No deal was changed" in run("period show 2026Q3 -O text").out


def test_closing_twice_too_early_and_again(run: Runner) -> None:
    story(run)
    assert "not over" in run("period close 2026Q4", code=4).err
    assert "beginning" in run("period close all", code=4).err
    run("period show 2026Q3", code=3)
    run("period reopen 2026Q3", code=3)
    run("period close 2026Q3")
    assert "already" in run("period close 2026Q3", code=5).err
    run("deal edit D1 amount=120")
    run("period reopen 2026Q3 --note forgotten")
    assert (shown(run)["state"], shown(run)["note"]) == ("reopened", "forgotten")
    run("period reopen 2026Q3", code=3)
    run("period close 2026Q3")
    assert differing(shown(run)) == {} and lines(shown(run)) == []
    assert [one["state"] for one in run("period list --json").json] == ["closed", "reopened"]


def test_undo_of_a_close_and_of_a_reopen(run: Runner) -> None:
    story(run)
    run("period close 2026Q3")
    run("period reopen 2026Q3")
    run("undo")
    assert shown(run)["state"] == "closed"
    run(f"undo {operation(run, 'period.close')}")
    run("period show 2026Q3", code=3)
    run("period close 2026Q3")
    run("db check")
    run("audit verify")


def test_without_a_store_no_period_is_closed(bare: Runner) -> None:
    assert bare("period --json").json == []
    bare("period show 2026Q3", code=3)


def test_the_report_of_a_closed_period_lists_the_corrections(run: Runner) -> None:
    story(run)
    assert run("report quarterly -p 2026Q3 --json").json["blocks"]["corrections"] == {
        "closed_at": None,
        "corrections": [],
    }
    run("period close 2026Q3", today="2026-10-08")
    assert "Corrected" not in run("report quarterly -p 2026Q3 -O md").out
    run("deal edit D1 amount=125", today="2026-11-10")
    wanted = shown(run)["corrections"]
    got = run("report quarterly -p 2026Q3 --json").json["blocks"]["corrections"]
    assert got["corrections"] == wanted != [] and got["closed_at"][:10] == "2026-10-08"
    told = run("report quarterly -p 2026Q3 -O text").out
    assert re.search(r"Corrected +D1 One +Amount \$100 -> \$125 +2026-11-10 Bo", told), told
    for quiet in ("quarterly -p 2026Q4", "monthly -p 2026-08"):
        assert "Corrected" not in run(f"report {quiet} -O text").out
    mine = run("deal show D1 --json").json["owner"] == "Bo"
    assert ("Corrected" in run("report quarterly -p 2026Q3 --owner Bo -O text").out) == mine
    for n in range(5):
        run(f"deal add Late{n} amount=3 created=2026-07-07", today="2026-11-11")
    assert "and 1 more: salesctl period show 2026Q3" in run("report quarterly -p 2026Q3 -O text").out
    run("period reopen 2026Q3")
    assert "Corrected" not in run("report quarterly -p 2026Q3 -O text").out
