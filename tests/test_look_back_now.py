"""A look back at the end of today says of every deal what the live answer says, after each verb."""

from __future__ import annotations

import pytest

from tests.conftest import DAY, Runner
from tests.selling import STORY, ready

LATER = "2026-12-07"
VERBS = [
    *STORY,
    "deal edit D1 --asked '3 %' --gave '1 %' --for prepayment",
    "advance D1",
    "sop tick TK1",
    "sop untick TK1",
    "deal back D1 --reason wrong",
    "deal edit D1 amount=50k",
    "deal edit D1 expected_close=+30d",
    "deal assign D1 --to Bo",
    'log call D1 "talked" --next "+3d mail"',
    "done D1 ok",
    "pipeline add Other",
    "stage add First pipeline=PL2",
    "deal edit D1 pipeline=PL2",
    "undo",
    "advance D1 Quote --reason known",
    "lose D1 price --lost-to Rival",
    "deal reopen D1 --reason again",
    "undo",
    "deal reopen D1 --reason again",
    "contract sign D1",
    "deal reopen D1 --reason again",
    "win D1 --at 2026-11-20 --override --reason x",
    "deal archive D1",
    "deal restore D1",
]


def told(run: Runner, day: str, as_of: str = "") -> list[dict[str, object]]:
    rows = run(f"deal list --all --json {as_of}", today=day).json
    return [{key: value for key, value in one.items() if key not in ("version", "updated_at")} for one in rows]


def test_live_and_as_of_today_agree_after_every_verb(run: Runner) -> None:
    ready(run)
    run("product edit 'Pump X1' list_price=1200")
    run("customer add Zoo")
    run("deal add Second customer=Zoo created=2026-11-02")
    for place, line in enumerate(VERBS):
        day = DAY if place < len(VERBS) // 2 else LATER
        code = run(line, today=day, code=None).code
        assert code == 0, (line, code)
        for look in (day, "2026-12-24"):
            live, then = told(run, look), told(run, look, f"--as-of {look}")
            assert [{k: v for k, v in a.items() if v != b[k]} for a, b in zip(live, then, strict=True)] == [{}] * len(
                live
            ), line


def test_reopening_begins_the_stage_anew(run: Runner) -> None:
    run("deal add Pump")
    run("advance D1")
    run("lose D1 price", today="2026-11-25")
    run("deal reopen D1 --reason again", today="2026-12-01")

    def days(as_of: str = "") -> tuple[int, int]:
        (row,) = run(f"deal list --json {as_of}", today="2026-12-03").json
        return row["stage_days"], row["idle_days"]

    assert days() == days("--as-of 2026-12-03") == (2, 2)
    assert days("--as-of 2026-11-24") == (1, 1)  # before it was closed: since it came into the stage
    run("undo", today="2026-12-03")
    assert run("deal show D1 --json").json["outcome"] == "lost"


@pytest.mark.parametrize("line", ["deal reopen D1 --reason again", "advance D1"])
def test_the_moment_stands_in_the_row(run: Runner, line: str) -> None:
    run("deal add Pump")
    if "reopen" in line:
        run("lose D1 price")
    before = run("deal list --all --json --fields stage_days", today="2026-12-03").json
    run(line, today="2026-12-03")
    after = run("deal list --all --json --fields stage_days", today="2026-12-03").json
    assert (before, after) == ([{"stage_days": 10}], [{"stage_days": 0}])
