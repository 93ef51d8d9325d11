"""The demo: the same every time, in both languages, and every screen shows something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner

pytestmark = pytest.mark.sqlite

SCREENS = [
    "today --owner all", "next --explain", "board", "board --by due", "kpi -p 2026Q4 --vs previous", "kpi --by rep", "kpi --by product",
    "kpi --by month", "goal", "goal show G1", "goal check G2", "remind", "deal list stalled", "deal list lost", "customer list class:key",
    "contact list", "product list", "rep list", "team list", "stage list", "followup overdue", "deal list --as-of 2026-08-01", "find a",
    "report process", "report process -p 2026Q4 --by rep", "report sop", "report sop --by stage", "report rivals", "analyze sop-effect",
    "analyze sop-effect playbook", "quote list", "quote list --all", "approval list", "contract list", "contract due", "need list",
    "solution list", "quote show Q1", "contract show K2", "approval show A1", "deal handover D277", "sop tasks",
]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_screen_shows_something(bare: Runner, lang: str) -> None:
    told = bare(["demo", "--lang", lang])
    assert told.out.count("\n") > 30 and "salesctl --db demo" in told.out
    for line in SCREENS:
        out = bare([*line.split(), "-O", "text", "--lang", lang]).out
        assert out.count("\n") >= 2, line


def test_it_is_the_same_every_time_and_stays(bare: Runner) -> None:
    bare("demo")
    keys = "ref,name,customer,amount,stage,outcome,closed"
    first = bare(["deal", "list", "--all", "--fields", keys]).out
    bare("demo")
    bare("customer add Kappa")
    bare("demo")
    assert len(bare("customer Kappa --json").json) == 1
    bare("demo --fresh")
    assert bare(["deal", "list", "--all", "--fields", keys]).out == first
    assert bare("customer Kappa --json").json == []


def test_a_store_in_use_is_never_made_a_demo(run: Runner) -> None:
    run("customer add Acme")
    assert "is not a demo store" in run("demo --fresh", code=4).err
    assert len(run("customer list --json").json) == 1


def test_spans_say_what_the_rows_say(bare: Runner) -> None:
    import sqlite3

    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        wrong = connection.execute(
            "SELECT d.id FROM deal d JOIN deal_span s ON s.deal_id = d.id AND s.until_at LIKE '9999%'"
            " WHERE d.outcome IS NOT s.outcome OR d.stage_id IS NOT s.stage_id OR d.amount IS NOT s.amount OR d.closed IS NOT s.closed"
        ).fetchall()
        assert wrong == [] and isinstance(bare.path, Path)


def test_the_store_ranks_as_the_rules_do(bare: Runner) -> None:
    bare("demo")
    every = bare("next --json").json
    scores = [one["score"] for one in every]
    kinds = [one["ref"][0] for one in every]
    assert kinds.count("D") == 43 and kinds.count("L") >= 1  # of 44 one is signed
    assert scores == sorted(scores, reverse=True)
    assert [one["ref"] for one in bare("next -n 7 --json").json] == [one["ref"] for one in every[:7]]
    for one in every:
        added = sum(float(part["added"]) for part in one["parts"])
        assert abs(float(one["urgency"]) - 1 - added) < 0.001
        assert abs(one["score"] - float(one["amount"]["amount"]) / 10_000 * one["chance"] / 100 * (1 + added)) < 0.01
