"""What reports and reminders name: deals without a step, corrections of whom and when, whose a line is, the width of a mail."""

from __future__ import annotations

import pytest

from tests.conftest import Runner


def test_deals_without_a_next_step_are_listed(run: Runner) -> None:
    for place in range(10):
        run(["deal", "add", f"Pump{place}", f"amount={place + 1}k"])
    run('followup add "call them" deal=D10 due=2026-12-01')
    week = run("report weekly --json").json["blocks"]["watch"]["without_step"]
    assert (week["n"], week["largest"]) == (9, ["D9", "D8", "D7", "D6", "D5", "D4", "D3", "D2"])
    shown = run("report weekly -O text").out
    assert "no next step D9  D8  D7  D6  D5  D4  D3  D2  and 1 more" in " ".join(shown.split("\n            "))
    gap = next(one for one in run("report gaps --json").json["blocks"]["gaps"]["gaps"] if one["gap"] == "without_step")
    assert (gap["n"], gap["refs"]) == (9, ["D9", "D8", "D7", "D6", "D5"])
    assert "deal=D9 due=tomorrow" in run("report gaps -O text").out
    run('followup add "call them" deal=D9 due=tomorrow')
    before = run("report gaps --as-of 2026-11-22 --json").json["blocks"]["gaps"]["gaps"]
    assert "without_step" not in [one["gap"] for one in before]  # no deal was there yet


def test_corrections_are_those_of_whom_and_when_it_is_asked(run: Runner) -> None:
    run("rep add Anna")
    run("rep add Bo")
    for name, owner in (("Pump", "Anna"), ("Valve", "Bo")):
        run(["deal", "add", name, "amount=10k", f"owner={owner}"], today="2026-10-02")
        run(["win", name, "--at", "2026-10-10"], today="2026-10-12")
    run("period close 2026-10", today="2026-11-02")
    run("deal edit D1 amount=12k", today="2026-11-05")
    run("deal edit D2 amount=13k", today="2026-11-10")

    def refs(line: str) -> list[str]:
        found = run(f"report monthly -p 2026-10 {line} --json").json["blocks"]["corrections"]
        return [one["ref"] for one in found["corrections"]] if found["closed_at"] else ["open"]

    assert refs("") == ["D1", "D2"]
    assert refs("--owner Anna") == ["D1"] and refs("--owner Bo") == ["D2"]
    assert refs("--as-of 2026-11-06") == ["D1"]
    assert refs("--as-of 2026-11-06 --owner Bo") == []
    assert refs("--as-of 2026-10-30") == ["open"]


def test_a_reminder_of_several_says_whose_each_line_is(run: Runner) -> None:
    run("rep add Anna")
    run("rep add Bo")
    run("deal add Pump owner=Anna amount=10k", today="2026-09-01")
    run('followup add "call them" owner=Bo due=2026-11-23')
    every = run("remind --owner all -O text").out
    assert "call them  Bo" in every and "(Anna)" in every
    one = run("remind --owner Bo -O text").out
    assert "call them" in one and "call them  Bo" not in one


@pytest.mark.sqlite
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_mail_is_at_most_78_wide_and_cuts_nothing(bare: Runner, lang: str) -> None:
    from salesctl.text import width

    bare("demo")
    lines = ["weekly", "daily", "monthly", "quarterly", "trend", "funnel", "gaps", "rep R1", "process --by rep", "sop"]
    for line in lines:
        out = bare(f"report {line} -O text --lang {lang}").out
        wide = [row for row in out.splitlines() if width(row) > 78]
        assert not wide and "…" not in out, line
    everybody = bare(f"remind --owner all -O text --lang {lang}").out.splitlines()
    assert not [row for row in everybody[1:] if width(row) > 78 and "salesctl done" not in row]


def test_the_gaps_name_whole_deals_in_every_room(run: Runner) -> None:
    from salesctl.app import App
    from salesctl.commands._papers import PAPERS, view
    from salesctl.output.formats import text as laid_out
    from salesctl.output.views import Table
    from salesctl.preparse import preparse

    for place in range(12):
        run(["deal", "add", f"Pump{place}", "amount=100k"])
    app = App(preparse(["--db", str(run.path), "--today", "2026-11-23T10:00:00"])[0])
    paper = next(one for one in PAPERS if one.name == "gaps")
    table = next(one for one in view(app, paper, {"period": None, "as_of": None}).blocks if isinstance(one, Table))
    app.close_store()
    for room in (60, 66, 80, 120):
        shown = "".join(laid_out(table, "en", room)).splitlines()
        line = next(one for one in shown if one.startswith("without a next step"))
        words = [word for word in line.split() if word[0] in "D+"]
        refs = [word for word in words if word[0] == "D"]
        assert refs == [f"D{n}" for n in range(1, 13)][: len(refs)] and words[-1] == f"+{12 - len(refs)}"
        assert len(refs) == 5 or room < 120
    assert "+" in run("report gaps -O text").out and "..." not in run("report gaps -O text").out
