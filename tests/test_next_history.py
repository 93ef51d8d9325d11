"""What `next` takes for the chance of a deal: how the last deals that stood in its stage ended."""

from __future__ import annotations

import pytest

from salesctl.services import ranking
from tests.conftest import Runner


def closed(run: Runner, day: int, outcome: str) -> None:
    """A deal that began in March and ended on a day of April 2026."""
    run(["deal", "add", f"Deal{day}{outcome}", "amount=5k"], today="2026-03-01")
    run([outcome, f"Deal{day}{outcome}", *(["price"] if outcome == "lose" else [])], today=f"2026-04-{day:02d}")


def test_the_last_deals_say_the_chance(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones count while there are few; of one day all count; as of a day, what was closed by then."""
    for day in range(1, 26):
        closed(run, day, "lose")
    for day in (10, *range(24, 28)):
        closed(run, day, "win")
    run("deal add Open amount=9k")
    everything = run("next --json").json
    assert everything[0]["chance_source"].startswith("own history: 5 of 30 won")
    monkeypatch.setattr(ranking, "RECENT", 20)
    assert run("next --json").json[0]["chance_source"].startswith("own history: 5 of 21 won")
    past = run("next --as-of 2026-04-26 --json", today="2026-04-30").json[0]
    assert (past["name"], past["chance_source"][:27]) == ("Deal27win", "own history: 4 of 20 won fr")
