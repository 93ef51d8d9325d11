"""Negotiating: a concession gets something back, rivals win or are beaten, playbooks come from the SOP."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ON_POSTGRES, Runner
from tests.store_state import rows, state


@pytest.fixture
def sold(run: Runner) -> Runner:
    run('add "Acme Corp" "Pump order" 48k --contact Anna')
    run('add Kova "Kova deal" 5k')
    return run


def test_a_concession_comes_from_a_log_or_an_edit(sold: Runner) -> None:
    sold(["log", "D1", "price talk", "--asked", "5 % off", "--gave", "2 % off", "--for", "40 % prepaid"])
    sold(["deal", "edit", "D1", "amount=47k", "--gave", "free delivery", "--for", "two more plants"])
    sold(["deal", "edit", "D1", "--gave", "[/]\\", "--for", "x"])
    found = sold("deal concessions D1 --json").json
    assert [(one["asked"], one["gave"], one["in_return"]) for one in found] == [
        ("5 % off", "2 % off", "40 % prepaid"), (None, "free delivery", "two more plants"), (None, "[/]\\", "x"),
    ]  # fmt: skip
    shown = sold("deal show D1 --json").json
    assert len(shown["concessions"]) == 3 and shown["amount"]["amount"] == "47000.00"
    assert "Conceded 3 times, last for x" in sold("deal show D1 -O text").out
    assert sold("deal concessions D2 --json").json == []


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ("deal edit D1 --gave '2 % off'", "gets something back", 4),
        ("deal edit D1 --gave '2 % off' --for ' '", "gets something back", 4),
        ("log D1 talk --gave '2 % off'", "gets something back", 4),
        ("log D1 talk --for money", "what was given", 4),
        ("deal edit D1 --asked more", "what was given", 4),
        ("deal edit D1 amount=50k --gave x", "gets something back", 4),
        ("log Anna talk --gave x --for y", "belongs to a deal", 4),
        ("deal edit D1 --gave 'a\x1b' --for y", "control character", 4),
        ("deal edit D1", "nothing to change", 2),
        ("deal edit D9 --gave x --for y", "D9", 3),
    ],
)
def test_a_concession_that_got_nothing_is_refused_and_nothing_is_written(
    sold: Runner, line: str, said: str, code: int
) -> None:
    sold("deal add Second customer=Acme")
    before = state(sold.path)
    assert said in sold(line, code=code).err
    assert state(sold.path) == before


def test_rivals_are_known_with_what_they_quote(sold: Runner) -> None:
    sold("deal rival D1 Festa --price 45.5k --strength service")
    done = sold("deal rival D1 ＦＥＳＴＡ --weakness slow --json").json
    assert (done["name"], done["price"], done["strength"], done["weakness"], done["state"]) == (
        "Festa", {"amount": "45500.00", "currency": "USD"}, "service", "slow", "open",
    )  # fmt: skip
    assert len(sold("deal rival D1 --json").json) == 1
    assert "Rivals  Festa, quotes $45,500, + service, - slow" in sold("deal show D1 -O text").out


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("deal rival D1 Festa --price=-5", 4, "negative"),
        ("deal rival D1 Festa --price much", 4, "not an amount"),
        ("deal rival D1 ''", 4, "Rival is empty"),
        ("deal rival D1 --price 5", 2, "which rival"),
        ("deal rival D9 Festa", 3, "D9"),
    ],
)
def test_bad_rivals(sold: Runner, line: str, code: int, said: str) -> None:
    before = state(sold.path)
    assert said in sold(line, code=code).err
    assert state(sold.path) == before


def states(run: Runner, ref: str = "D1") -> dict[str, str]:
    return {one["name"]: one["state"] for one in run(f"deal rival {ref} --json").json}


def test_who_won_follows_the_deal(sold: Runner) -> None:
    sold("deal rival D1 Festa")
    sold("lose D1 price --lost-to Arva")
    assert states(sold) == {"Festa": "out", "Arva": "won"}
    assert rows(sold.path, "SELECT name, won FROM rival ORDER BY id") == [("Festa", 0), ("Arva", 1)]
    sold("deal reopen D1 --reason 'they called'")
    assert states(sold) == {"Festa": "open", "Arva": "open"}
    assert rows(sold.path, "SELECT sum(won) FROM rival") == [(0,)]
    sold("lose D1 price --lost-to festa")
    assert states(sold) == {"Festa": "won", "Arva": "out"}
    sold("deal reopen D1 --reason again")
    sold("win D1")
    assert states(sold) == {"Festa": "beaten", "Arva": "beaten"}
    sold("undo")
    assert states(sold) == {"Festa": "open", "Arva": "open"}


@pytest.mark.parametrize(
    "line",
    [
        "deal rival D1 Arva --price 5",
        "deal rival D1 Festa --price 5 --strength x",
        "lose D1 price --lost-to Festa",
        "lose D1 price --lost-to Other",
        "deal reopen D2 --reason x",
        "log D1 talk --gave x --for y",
        "deal edit D1 amount=7 --gave x --for y",
        "deal edit D1 playbook=other",
    ],
)
def test_what_was_bargained_is_taken_back(sold: Runner, line: str) -> None:
    sold("deal rival D1 Festa")
    sold("lose D2 price --lost-to Festa")
    before = state(sold.path)
    sold(line)
    after = state(sold.path)
    assert after != before
    done = sold("undo --json").json
    assert state(sold.path) == before
    sold(f"undo {done['operation']}")
    assert state(sold.path) == after
    assert sold("db check").out == ""


def test_a_playbook_that_the_sop_does_not_know_is_kept_and_told(sold: Runner) -> None:
    assert "no playbook" not in sold("deal edit D1 'playbook=price first'").err
    done = sold("deal edit D1 playbook=mine")
    assert "mine is no playbook of the SOP; it has: solution first, price first, trial first" in done.err
    assert sold("deal show D1 --json").json["playbook"] == "mine"
    assert "no playbook" not in sold("deal edit D1 amount=5").err
    assert "no playbook" in sold("deal add Other playbook=mine").err
    assert "Playbooks" in sold("sop show -O text").out
    assert [one["ref"] for one in sold("deal list playbook:mine --json").json] == ["D3", "D1"]


@pytest.mark.skipif(ON_POSTGRES, reason="a shell completes on its own store")
def test_a_shell_offers_the_playbooks(sold: Runner) -> None:
    words = {"COMP_WORDS": "salesctl deal edit D1 --playbook p", "COMP_CWORD": "5"}
    env = {**os.environ, "_SALESCTL_COMPLETE": "complete_bash", "SALESCTL_DB": str(sold.path), **words}
    code = "import sys; from salesctl.cli import run; sys.exit(run([]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.stdout.split("\n")[0] == "price first", done.stderr
