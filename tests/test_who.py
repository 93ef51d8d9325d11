"""Who is typing: a whole name, a first name that one rep has, and nobody the store knows."""

from __future__ import annotations

import pytest

from tests.conftest import Runner


@pytest.fixture
def two(run: Runner) -> Runner:
    run('rep add "Anna Keller"')
    run('rep add "Sofia Lind"')
    return run


def test_a_first_name_that_only_one_has_is_that_rep(two: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCTL_USER", "anna")
    two("deal add Pump")
    assert two("deal show D1 --json").json["owner"] == "Anna Keller"
    assert len(two("rep list --json").json) == 2
    assert two("show me --json").json["ref"] == "R1"
    assert two("deal owner:me --json").json[0]["ref"] == "D1"


def test_a_first_name_of_two_is_nobody(two: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    two('rep add "Anna Berg"')
    monkeypatch.setenv("SALESCTL_USER", "Anna")
    assert two("show me --json", code=3).error["message"] == "no rep is called Anna here yet"
    assert two("deal owner:me", code=3).err.startswith("salesctl: no rep is called Anna here yet")
    assert "everybody's: no rep is called Anna here yet" in two("today -O text").out
    assert "everybody's" not in two("today --owner all -O text").out


def test_config_me_says_which_rep_that_is(two: Runner) -> None:
    assert two("config me Sofia").err.strip() == "you are Sofia  R2 Sofia Lind"
    assert "no rep is called so yet" in two("config me Zoe").err


def test_a_bare_number_is_no_name(two: Runner) -> None:
    two("add Acme Pump 5k")
    assert two("show 1 --json", code=3).error["hint"] == "write the ref, as D1 or C1"
    two('log 1 "spoke to them"', code=3)
    two("customer add 4711")
    assert two("show 4711 --json").json["name"] == "4711"
