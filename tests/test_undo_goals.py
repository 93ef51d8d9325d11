"""Undo brings back neither a second goal nor goals that serve themselves; a rate that comes back is the only one of its day."""

from __future__ import annotations

from tests.conftest import Runner


def test_undo_brings_no_twin_of_a_goal_back(run: Runner) -> None:
    run("goal add revenue 100k -p 2026Q4")
    run("goal archive G1")
    run("goal add revenue 200k -p 2026Q4")
    refused = run("undo O3", code=5)
    assert "this goal is there already as G2" in refused.err
    assert [one["ref"] for one in run("goal list --json").json] == ["G2"]
    run("goal archive G2")
    run("undo O3")
    assert [one["ref"] for one in run("goal list --json").json] == ["G1"]
    run("db check")


def test_undo_of_another_period_brings_no_twin_back(run: Runner) -> None:
    run("goal add revenue 100k -p 2026Q4")
    run("goal edit G1 period=2026Q3")
    run("goal add revenue 200k -p 2026Q4")
    assert "G2" in run("undo O3", code=5).err
    assert run("goal show G1 --json").json["period"] == "2026Q3"


def test_undo_brings_no_loop_of_goals_back(run: Runner) -> None:
    run("goal add revenue 100k -p 2026Q4")
    run("goal add won 10 -p 2026Q4")
    run("goal edit G1 parent=G2")
    run("goal edit G1 parent=")
    run("goal edit G2 parent=G1")
    refused = run("undo O5", code=5)
    assert "G1" in refused.err and "G2" in refused.err
    assert run("goal show G1 --json").json["parent_ref"] is None
    run("undo")
    run("undo O5")
    assert run("goal show G1 --json").json["parent_ref"] == "G2"


def test_a_rate_that_comes_back_names_the_one_in_its_place(run: Runner) -> None:
    run("rate set EUR 1.1 --date 2026-01-01")
    run("rate archive RT1")
    run("rate set EUR 1.2 --date 2026-01-01")
    assert "RT2 is the rate EUR->USD from 2026-01-01 on" in run("rate restore RT1", code=5).err
    run("rate archive RT2")
    run("rate restore RT1")
    assert [one["rate"] for one in run("rate list --json").json] == ["1.1"]


def test_the_worth_of_a_currency_in_itself_has_a_hint_that_runs(run: Runner) -> None:
    hint = run("rate set USD 7", code=4).err
    assert "--base EUR" in hint and "--base USD" not in hint
    run("rate set USD 0.9 --base EUR")
    assert "--base USD" in run("rate set EUR 7 --base EUR", code=4).err


def test_an_output_without_a_name_is_told(run: Runner) -> None:
    for line in (["-o", ""], ["--output", ""], ["--output="]):
        assert "needs the name of a file" in run(["customer", "list", *line], code=2).err
