"""Stage tasks in `today`: those of whom it is asked for, as its other lists; they go with the deal to another rep."""

from __future__ import annotations

import pytest

from tests.conftest import Runner

LATER = "2026-12-01"
ANNA, BO, NOBODY = ["TK1", "TK2"], ["TK3", "TK4"], ["TK5", "TK6"]


@pytest.fixture
def three(run: Runner) -> Runner:
    """A deal of Anna, one of Bo and one of nobody; Anna is in the team North."""
    for line in ("team add North", "rep add Anna team=North", "rep add Bo"):
        run(line)
    for name, owner in (("Pump", "owner=Anna"), ("Valve", "owner=Bo"), ("Pipe", "")):
        run(f"deal add {name} {owner}")
    return run


def tasks(run: Runner, words: str = "") -> list[str]:
    """The stage tasks that today names."""
    found = run(f"today --json {words}", today=LATER).json["waiting"].get("tasks", {"count": 0, "items": []})
    return sorted(one["ref"] for one in found["items"]) if found["count"] < 6 else ["all"]


def test_the_asked_owner_only(three: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tasks(three) == ["all"]  # nobody is known yet
    assert tasks(three, "--owner Anna") == ANNA == tasks(three, "--team North")
    assert tasks(three, "--owner Bo") == BO
    monkeypatch.setenv("SALESCTL_USER", "Bo")
    assert tasks(three) == BO == tasks(three, "--owner me")
    assert tasks(three, "--owner all") == ["all"]
    assert "TK1" not in three("today -O text", today=LATER).out


@pytest.mark.parametrize("words", ["deal edit D1 owner=Bo", "deal assign D1 --to Bo"])
def test_they_go_with_the_deal(three: Runner, words: str) -> None:
    three(words)
    assert tasks(three, "--owner Anna") == [] and tasks(three, "--owner Bo") == ANNA + BO
    three("undo")
    assert tasks(three, "--owner Anna") == ANNA and tasks(three, "--owner Bo") == BO


def test_a_deal_that_was_put_away_asks_for_nothing(three: Runner) -> None:
    three("deal archive D1")
    assert tasks(three, "--owner Anna") == [] and tasks(three, "--owner all") == BO + NOBODY
    three("deal restore D1")
    assert tasks(three, "--owner Anna") == ANNA


def test_the_company_is_named_in_the_history_of_forecasts(three: Runner) -> None:
    three("deal edit D1 amount=100k expected_close=2026-12-20")
    three('forecast adjust commit 5k -p 2026Q4 --reason "known"')
    three('forecast adjust commit 4k -p 2026Q4 --owner Anna --reason "known"')
    for lang, word in (("en", "Company"), ("zh", "公司")):
        shown = three(f"forecast history -O text --lang {lang}").out.splitlines()
        assert sum(word in line for line in shown) == 1 and sum("Anna" in line for line in shown) == 1
    assert sorted(str(one["who"]) for one in three("forecast history --json").json) == ["Anna", "None"]
    assert "whose" not in three("forecast history -O tsv").out.splitlines()[0]
