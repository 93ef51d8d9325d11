"""The long way of one deal, from a fair's lead to its hand-over: undone step by step, and in any order at all."""

from __future__ import annotations

import random
import shlex
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.store_state import rows, state

SCENARIO = Path(__file__).parent / "scenarios" / "en_process.txt"
READS = (
    "today",
    "deal show",
    "deal handover",
    "sop tasks",
    "report",
    "quote render",
    "approval list",
    "db",
    "audit",
    "undo",
)


def wrote(run: Runner) -> list[int]:
    """Run what the scenario writes; the operations that came of it."""
    for line in SCENARIO.read_text(encoding="utf-8").splitlines():
        if line.startswith("$ salesctl ") and not line[11:].startswith(READS):
            run(shlex.split(line[11:]), code=None)
    return [row[0] for row in rows(run.path, "SELECT id FROM operation ORDER BY id")]


def test_every_step_of_the_long_way_is_taken_back_until_nothing_is_left(run: Runner) -> None:
    before = state(run.path)
    done = wrote(run)
    assert state(run.path) != before
    for number in reversed(done[1:]):
        run(f"undo O{number}")
    assert state(run.path) == before
    run("db check")
    run("audit verify")


@pytest.mark.parametrize("seed", range(2))
def test_undoing_in_any_order_is_refused_or_right(run: Runner, seed: int) -> None:
    before = state(run.path)
    left = wrote(run)[1:]
    chance = random.Random(seed)
    while left:
        chance.shuffle(left)
        taken = [number for number in left if run(f"undo O{number}", code=None).code == 0]
        run("db check")
        run("audit verify")
        assert taken, f"{left} cannot be taken back"
        left = [number for number in left if number not in taken]
    assert state(run.path) == before


def test_an_edit_taken_back_goes_out_of_the_moves_after_it_too(run: Runner) -> None:
    """Each event carries the whole state of its deal; the deal stands where its last event says."""
    for line in ("deal add X amount=5", "deal edit D1 amount=7", "advance D1", "undo O3"):
        run(line)
    assert run("deal show D1 --json").json["amount"]["amount"] == "5.00"
    run("db check")
    run("undo O5")  # the edit is there again
    assert run("deal show D1 --json").json["amount"]["amount"] == "7.00"
    run("db check")


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ("stage add Extra", "advance D1 Extra --reason x"),
        ("rep add Zed", "deal edit D1 owner=Zed"),
        ("pipeline add Other", "deal edit D1 pipeline=Other"),
    ],
)
def test_what_a_deal_has_been_in_is_taken_back_after_it_left(run: Runner, made: str, used: str) -> None:
    run("deal add X")
    before = state(run.path)
    run(made)
    run(used)
    assert "O4" in run("undo O3", code=5).err or "refers" in run("undo O3", code=5).err
    run("undo O4")
    run("undo O3")
    after = state(run.path)
    assert {table: after[table] for table in after if table != "deal_event"} == {
        table: before[table] for table in before if table != "deal_event"
    }
    run("db check")


def test_a_sop_by_which_deals_moved_stays(run: Runner) -> None:
    run("sop enforce block")
    run("deal add X")
    run("advance D1 --override --reason x")
    assert "(O4)" in run("undo O2", code=5).err
    run("undo O4")
    run("undo O2")
    run("db check")


def test_what_was_written_into_an_empty_field_since_is_not_lost(run: Runner) -> None:
    run("customer add Y")
    run("customer edit C1 note=hello")
    assert "undo O3 first" in run("undo O2", code=5).err
    assert run("customer show C1 --json").json["note"] == "hello"


def test_a_row_that_needs_what_is_gone_does_not_come_back(run: Runner) -> None:
    run("product add Zed list_price=4")
    run("deal add X product=Zed")
    run("deal edit D1 product=")
    run("undo O2")
    assert run("undo O4", code=5).err.startswith("salesctl: O4 cannot be undone")
    run("db check")
