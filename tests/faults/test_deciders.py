"""Two people who decide at once: exactly one wins, the other is told who was first and when."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DAY, Runner
from tests.faults.conftest import Tell
from tests.faults.test_writers import SPAWN
from tests.quoting import app_of, quote, status, submit

LONG = os.environ.get("SALESCTL_FAULTS") == "long"
LATER = "2099-01-01"


@pytest.fixture
def crew(run: Runner) -> Runner:
    """Bo asks; Anna decides, or Cy, who stands in for her; Dora is the second step."""
    run("rep add Dora")
    run("rep add Cy")
    run("rep add Anna manager=Dora deputy=Cy away_from=2026-11-01")
    run("rep add Bo manager=Anna")
    run("deal add Pumps owner=Bo")
    run("product add Pump list_price=1000")
    return run


def decide(path: str, user: str, words: list[str], barrier: Any, out: str) -> None:
    """One decision in a process of its own, begun when the other is ready too; leaves its exit code and its error."""
    from salesctl.cli import run

    os.environ |= {"SALESCTL_USER": user}
    os.environ.pop("SALESCTL_DB", None)
    with open(out, "w") as file:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(file.fileno(), 2)
        barrier.wait(60)
        code = run(["--db", path, "--today", f"{DAY}T10:00:00", "approval", *words, "--json"])
        os.fsync(2)
    Path(f"{out}.code").write_text(str(code))
    sys.exit(0)


def at_once(run: Runner, folder: Path, calls: list[tuple[str, list[str]]]) -> list[tuple[int, str]]:
    """Decisions at once: the exit code and standard error of each."""
    barrier = SPAWN.Barrier(len(calls))
    outs = [folder / f"{time.monotonic_ns()}.{n}" for n in range(len(calls))]
    people = [
        SPAWN.Process(target=decide, args=(str(run.path), user, words, barrier, str(out)))
        for (user, words), out in zip(calls, outs, strict=True)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join(timeout=120)
    assert [one.exitcode for one in people] == [0] * len(people)
    return [(int(Path(f"{out}.code").read_text()), out.read_text()) for out in outs]


def test_approving_and_rejecting_at_once(crew: Runner, tmp_path: Path, told: Tell) -> None:
    times = 40 if LONG else 4
    for n in range(1, times + 1):
        assert submit(crew, quote(crew, "D1", [("I1", 3, 12)], owner="Bo"), "Bo") == f"A{n}"
        calls = [("Anna", ["approve", f"A{n}"]), ("Cy", ["reject", f"A{n}", "--reason", "no margin"])]
        done = at_once(crew, tmp_path, calls)
        assert sorted(code for code, _err in done) == [0, 5], done
        winner = next(place for place, (code, _err) in enumerate(done) if code == 0)
        state, quoted = (("approved", "approved"), ("rejected", "draft"))[winner]
        assert crew(f"approval show A{n} --json").json["state"] == state and status(crew, f"Q{n}") == quoted
        error = json.loads(done[1 - winner][1])["error"]
        assert error["by"] == calls[winner][0] and error["at"].startswith(f"{DAY}T10:00")
        assert calls[winner][0] in error["message"] and error["at"] in error["message"]
    told("an approval that is approved and rejected at once", times)
    crew("audit verify")
    crew("db check", today=LATER)


def test_both_steps_are_not_taken_by_one_and_withdrawing_counts_too(crew: Runner, tmp_path: Path) -> None:
    """Two steps: Anna and her deputy approve the first at once, and one of them is too late; so is who withdraws."""
    assert submit(crew, quote(crew, "D1", [("I1", 3, 20)], owner="Bo"), "Bo") == "A1"
    done = at_once(crew, tmp_path, [("Anna", ["approve", "A1"]), ("Cy", ["approve", "A1"])])
    assert sorted(code for code, _err in done) == [0, 5], done
    assert json.loads(next(err for code, err in done if code))["error"]["by"] in ("Anna", "Cy")
    shown = crew("approval show A1 --json").json
    assert (shown["state"], shown["step"], shown["waits_for"]) == ("waiting", 2, "Dora")
    done = at_once(crew, tmp_path, [("Dora", ["approve", "A1"]), ("Bo", ["withdraw", "A1"])])
    assert sorted(code for code, _err in done) == [0, 5], done


def test_who_looked_before_the_other_decided_is_too_late(crew: Runner) -> None:
    """The same without a race: Cy has looked at the store, Anna decides, Cy decides."""
    from salesctl.errors import Conflict
    from salesctl.services import approval

    assert submit(crew, quote(crew, "D1", [("I1", 3, 20)], owner="Bo"), "Bo") == "A1"
    with app_of(crew, "Cy") as second:
        assert second.seen
        with app_of(crew, "Anna") as first:
            assert approval.approve(first, ["A1"])[0]["step"] == 2
        with pytest.raises(Conflict) as refused:
            approval.reject(second, "A1", "no margin")
    assert refused.value.exit == 5 and refused.value.data["by"] == "Anna"
    assert crew("approval show A1 --json").json["state"] == "waiting"
