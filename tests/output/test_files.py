"""No answer is written over what is the program's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner

pytestmark = pytest.mark.sqlite


def test_an_answer_never_takes_the_place_of_the_store(run: Runner, tmp_path: Path) -> None:
    run("customer add Acme")
    backup = run("db backup").out.strip()
    before = run.path.read_bytes()
    for place in (
        str(run.path),
        f"{run.path}-wal",
        f"{run.path}.anchor",
        f"{run.path}.lock",
        backup,
        f"{backup[:-3]}.json",
    ):
        if Path(place).exists():
            assert "store" in run(["customer", "list", "-O", "csv", "-o", place, "--force"], code=4).err, place
    assert run.path.read_bytes() == before
    run("db check")
    run("db verify")


def test_nor_that_of_the_config(run: Runner, tmp_path: Path) -> None:
    config = tmp_path / "own.toml"
    config.write_text('me = "Ann"\n')
    words = ["--config", str(config), "customer", "list", "-O", "csv", "-o", str(config), "--force"]
    assert "config" in run(words, code=4).err and config.read_text() == 'me = "Ann"\n'


def test_an_ending_that_says_no_format_is_none_of_a_file_that_is_there_either(run: Runner, tmp_path: Path) -> None:
    there = tmp_path / "y.zzz"
    there.write_text("kept")
    run(["customer", "list", "-o", str(there), "--force"], code=2)
    assert there.read_text() == "kept"


def test_an_anchor_that_cannot_be_read_is_told(run: Runner) -> None:
    run("customer add Acme")
    anchor = Path(f"{run.path}.anchor")
    anchor.write_text("garbage\n")
    assert "anchor" in run("audit verify", code=8).out
    anchor.write_text("")
    assert "there is no anchor" in run("audit verify").err


def test_a_small_rate_comes_back_as_it_went(run: Runner, bare: Runner, tmp_path: Path) -> None:
    run("rate set JPY 0.000000001")
    assert run("rate list --json").json[0]["rate"] == "0.000000001"
    file = tmp_path / "r.csv"
    run(["export", "rate", "-o", str(file)])
    assert "0.000000001" in file.read_text()
    run("rate edit RT1 rate=0.000000001")


def test_a_deal_begins_before_it_closes(run: Runner) -> None:
    run("deal add X amount=5 created=2026-01-05")
    run("win D1 --at 2026-01-06")
    run("deal edit D1 created=2026-11-20", code=4)
    run("deal edit D1 created=2026-01-06")
