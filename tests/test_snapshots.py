"""kpi snapshot: kept once a day as reported, beside what the store says now; undone like any write."""

from __future__ import annotations

import json

from tests.conftest import Runner
from tests.store_state import rows as stored


def deals(run: Runner) -> None:
    """Two won in November, 100 and 50 by Bo, one lost."""
    run("init --currency USD")
    run("rep add Bo")
    for name, amount, more in (("One", "100", ""), ("Two", "50", "owner=Bo"), ("Three", "30", "")):
        run(f"deal add {name} amount={amount} created=2026-10-01 {more}", today="2026-10-01")
    run("win D1", today="2026-11-02")
    run("win D2", today="2026-11-03")
    run("lose D3 price", today="2026-11-04")


def kept(run: Runner, more: str = "") -> dict[str, dict[str, object]]:
    return {one["kpi"]: one for one in run(f"kpi snapshots {more} --json").json}


def test_it_keeps_what_kpi_says_and_only_once_a_day(run: Runner) -> None:
    deals(run)
    said = {one["kpi"]: one for one in run("kpi show -p 2026-11 --json").json}
    first = run("kpi snapshot -p 2026-11 --json")
    again = run("kpi snapshot -p 2026-11")
    assert len(first.json) > 15 and "today already" in again.err and "as reported" not in again.err
    assert {one["kpi"]: one["value"] for one in first.json if one["kpi"] in said} == {
        name: one["value"] for name, one in said.items() if one["unit"] != "ratio" or one["of"] is not None or name == "retention"
    }  # fmt: skip
    got = kept(run)
    assert len(got) == len(run("kpi snapshots --json").json) == len(first.json)
    assert got["revenue"]["value"] == {"amount": "150.00", "currency": "USD"} and got["revenue"]["n"] == 2
    assert (got["win_rate"]["value"], got["win_rate"]["n"], got["win_rate"]["of"]) == (2 / 3, 2, 3)
    assert not any(one["differs"] for one in got.values())
    run("kpi snapshot -p 2026-11", today="2026-11-24")
    assert len(run("kpi snapshots --json").json) == 2 * len(got)


def test_what_was_edited_later_differs(run: Runner) -> None:
    deals(run)
    run("kpi snapshot -p 2026-11")
    run("deal edit D1 amount=120")
    got = kept(run)
    assert {name for name, one in got.items() if one["differs"]} == {
        "revenue", "win_rate_value", "average_deal", "median_deal", "velocity",
    }  # fmt: skip
    assert (got["revenue"]["value"], got["revenue"]["now"]) == (
        {"amount": "150.00", "currency": "USD"},
        {"amount": "170.00", "currency": "USD"},
    )
    assert "* differs" in run("kpi snapshots -O text").out and "* 与" in run("kpi snapshots -O text --lang zh").out


def test_a_rep_and_a_team_have_their_own(run: Runner) -> None:
    deals(run)
    run("team add North")
    run("rep edit Bo team=North")
    for whose in ("--owner Bo", "--team North", ""):
        run(f"kpi snapshot -p 2026-11 {whose}")
    assert kept(run, "--owner Bo")["revenue"]["value"] == {"amount": "50.00", "currency": "USD"}
    assert {one["whose"] for one in run("kpi snapshots --json").json} == {None, "Bo", "North"}
    assert kept(run, "-p 2026-10") == {}
    assert len({one["kpi"] for one in run("kpi snapshots --owner all --json").json if one["whose"] is None}) == len(kept(run, "--team North"))  # fmt: skip


def test_undo_takes_it_back(run: Runner) -> None:
    deals(run)
    run("kpi snapshot -p 2026-11")
    run("undo")
    assert run("kpi snapshots --json").json == []
    assert "as reported" in run("kpi snapshot -p 2026-11").err
    run("audit verify")
    run("db check")


def test_the_body_is_the_row_as_told(run: Runner) -> None:
    deals(run)
    told = run("kpi snapshot -p 2026-11 --json").json
    assert [json.loads(body) for (body,) in stored(run.path, "SELECT body FROM kpi_snapshot ORDER BY id")] == told


def test_what_it_refuses_and_the_empty_store(bare: Runner) -> None:
    assert bare("kpi snapshots --json").json == []
    bare("rep add Bo")
    assert "beginning" in bare("kpi snapshot -p all", code=4).err
    bare("kpi snapshot -p nonsense", code=4)
    bare("kpi snapshot --owner Nobody", code=3)
    got = kept(bare)
    assert got == {}
    bare("kpi snapshot")
    now = kept(bare)
    assert now["win_rate"]["value"] is None and now["win_rate"]["differs"] is False


def test_half_days_stay_as_told(run: Runner) -> None:
    deals(run)
    run("kpi snapshot -p 2026-11")
    got = kept(run)["cycle"]
    assert (got["value"], got["now"], got["differs"]) == (32.5, 32.5, False)
