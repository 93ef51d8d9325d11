"""kpi alert and milestones: what is told, once, and by one of two runs; looking uses nothing up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta

import pytest

from tests.conftest import Runner

DAY = "2026-11-02"


def closed(run: Runner, month: str, won: int, lost: int, amount: str = "", owner: str = "") -> None:
    """Deals that were won and lost in a month, by a file so that many are quick."""
    rows = ["name,amount,owner,created,outcome,closed,lost_reason,stage"]
    for place in range(won + lost):
        day = date.fromisoformat(f"{month}-01") + timedelta(days=place % 28)
        outcome = "won" if place < won else "lost"
        reason = "" if place < won else "price"
        rows.append(f"{month}-{outcome}{place},{amount},{owner},{month}-01,{outcome},{day},{reason},Quote")
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", delete=False) as file:
        file.write("\n".join(rows))
    run(["import", file.name, "-y"], today=f"{month}-28" if month > "2026-11" else "2026-11-23")
    os.unlink(file.name)


@pytest.fixture
def dropped(run: Runner) -> Runner:
    """A win rate of 60 % over six months, and of 20 % in October."""
    for month in ("04", "05", "06", "07", "08", "09"):
        closed(run, f"2026-{month}", 12, 8)
    closed(run, "2026-10", 4, 16)
    return run


def test_a_drop_beyond_chance_is_told_once_a_week(dropped: Runner) -> None:
    told = dropped("kpi alert win-rate --json", code=10, today=DAY).json
    (one,) = told
    assert (one["kpi"], one["test"], one["n"], one["of"]) == ("win_rate", "level", 4, 20)
    assert (one["before"], one["before_n"], one["before_of"]) == (0.6, 72, 120)
    assert one["p"] == pytest.approx(0.000886, abs=1e-6)
    assert one["cause"] == "alert:win_rate:level:all:2026-10:2026-W45"
    again = dropped("kpi alert win-rate", today=DAY)
    assert (again.code, again.out) == (0, "")
    assert dropped("kpi alert win-rate --json", today=DAY).json == []
    assert dropped("kpi alert win-rate", code=10, today="2026-11-09").out.startswith("Win rate")
    dropped("undo", today="2026-11-09")
    assert "20 % (4/20), down from 60 % (72/120)" in dropped("kpi alert win-rate", code=10, today="2026-11-09").out


def test_a_dry_run_uses_nothing_up_and_why_names_the_test(dropped: Runner) -> None:
    for _n in range(2):
        said = dropped("kpi alert --dry-run --why", code=10, today=DAY).out
        assert "more than chance" in said and "two-proportion z-test, p = 0.0009" in said
    assert dropped("audit list --json", today=DAY).json[0]["command"] != "kpi.alert"
    assert dropped("kpi alert", code=10, today=DAY).out
    assert dropped("kpi alert --dry-run", today=DAY).out == ""


def test_of_two_runs_at_once_one_tells(dropped: Runner) -> None:
    line = [sys.executable, "-m", "salesctl", "--db", str(dropped.path), "--today", f"{DAY}T09:00:00", "kpi", "alert"]
    runs = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _n in range(3)]
    done = [(one.communicate(timeout=60), one.returncode) for one in runs]
    assert sorted(code for _out, code in done) == [0, 0, 10], done
    assert sum(out.count(b"Win rate") for (out, _err), _code in done) == 1


def test_no_store_is_made(bare: Runner) -> None:
    assert bare("kpi alert", today=DAY).out == "" == bare("remind --once", today=DAY).out
    assert not os.path.exists(str(bare.path))


def test_a_small_sample_and_an_empty_one_say_nothing(run: Runner) -> None:
    assert run("kpi alert", today=DAY).out == ""
    run("deal add One created=2026-09-01", today="2026-09-01")
    assert run("kpi alert", today=DAY).out == ""
    run("lose One price", today="2026-10-05")
    assert run("kpi alert", today=DAY).out == ""  # one deal
    for month in ("04", "05", "06", "07", "08", "09"):
        closed(run, f"2026-{month}", 12, 8)
    assert run("kpi alert win-rate", today=DAY).out == ""  # 1 closed in October
    assert run("kpi alert win-rate --below 30%", today=DAY).out == ""


def test_a_drift_that_no_single_month_shows(run: Runner) -> None:
    usual = [10, 12, 11, 9, 10, 12, 11, 9, 10, 12, 8, 7, 8, 7, 8, 7, 7]
    for place, won in enumerate(usual):
        year, month = divmod(5 + place, 12)
        closed(run, f"{2025 + year}-{month + 1:02d}", won, 0)
    told = run("kpi alert won --json", code=10, today=DAY).json
    assert [(one["kpi"], one["test"]) for one in told] == [("won", "drift")]
    assert told[0]["score"] > 4 and told[0]["usual"] == pytest.approx(10.6)
    assert "below its usual 10.6 for 7 periods" in told[0]["text"]


def test_thresholds_by_hand(dropped: Runner) -> None:
    assert dropped("kpi alert win-rate --below 20%", today=DAY).out == ""
    (one,) = dropped("kpi alert win-rate --below 30% --json", code=10, today=DAY).json
    assert (one["test"], one["threshold"], one["value"]) == ("below", 0.3, 0.2)
    (one,) = dropped("kpi alert lost --above 15 --json", code=10, today=DAY).json
    assert (one["test"], one["threshold"]) == ("above", 15)
    assert "one KPI" in dropped("kpi alert --below 30%", code=2, today=DAY).err
    assert dropped("kpi alert win-rate --below much", code=4, today=DAY).err
    assert dropped("kpi alert nonsense", code=2, today=DAY).err
    dropped("kpi alert -p all", code=4, today=DAY)


def test_goals_are_thresholds(run: Runner) -> None:
    closed(run, "2026-10", 3, 0, "10k")
    run("rep add Anna")
    run("goal add revenue 100k -p 2026-10")
    run("goal add revenue 20k -p 2026-10 --rep Anna")
    run("goal add revenue 10k -p 2026-09")
    told = run("kpi alert --json", code=10, today=DAY).json
    assert [(one["goal_ref"], one["test"], one["who"]) for one in told] == [
        ("G1", "goal", None),
        ("G2", "goal", "Anna"),
    ]
    assert "G1 Revenue  Company  Oct 2026  $30,000 of $100,000: missed" in told[0]["text"]
    assert [one["goal_ref"] for one in run("kpi alert --owner Anna --json", code=0, today=DAY).json] == []
    run("kpi alert --owner Anna", code=10, today="2026-11-09")


def test_a_period_that_runs_is_not_held_against_whole_ones(run: Runner) -> None:
    for place in range(17):
        year, month = divmod(5 + place, 12)
        closed(run, f"{2025 + year}-{month + 1:02d}", 10 + place % 2, 0)
    assert run("kpi alert won -p 2026-11", today=DAY).out == ""


def test_milestones_are_told_once_by_a_delivery(run: Runner) -> None:
    run("goal add won 10 -p 2026Q4 --level 冲刺=12")
    closed(run, "2026-10", 5, 0)
    assert "reached" not in run("remind").out
    said = run("remind --once --json").json["milestones"]
    assert [(one["ref"], one["milestone"]) for one in said] == [("G1", "50 %")]
    assert run("remind --once --json").json["milestones"] == []
    closed(run, "2026-11", 5, 0)
    assert "G1  Won deals  Company  100 % reached  10 of 10" in run("remind --once").out
    run("undo")  # what was told is told again: the highest of it
    assert "100 % reached" in run("remind --once").out
    closed(run, "2026-12", 2, 0)
    assert "冲刺 reached" in run("remind --once", today="2026-12-30").out
    run("goal edit G1 target=20 --level 冲刺=40")
    said = run("remind --once --json", today="2026-12-30").json["milestones"]
    assert [one["milestone"] for one in said] == ["50 %"]  # another target has its own
    assert "of today" in run("remind --once --as-of 2026-11-01", code=2).err


def test_a_day_off_uses_no_milestone_up(run: Runner) -> None:
    run("goal add won 2 -p 2026Q4")
    closed(run, "2026-10", 2, 0)
    assert run("remind --once --workdays", today="2026-11-22").out == ""
    assert "100 % reached" in run("remind --once --workdays", today="2026-11-23").out


def test_a_period_that_has_not_begun_tells_nothing(run: Runner) -> None:
    run("goal add won 10 -p 2026-12")
    for period in ("2199", "2026-12"):
        assert "has not begun by 2026-11-23" in run(["kpi", "alert", "-p", period], code=4).err
    assert run("kpi alert won --below 5 -p 2026-11", code=10).out
