"""Goals: pace by working days, where they land, parts that add up, the five letters."""

from __future__ import annotations

from tests.conftest import Runner


def test_pace_and_landing_of_a_quarter(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4 --reason plan")
    run("deal add Won amount=450k created=2026-10-01")
    run("win Won --at 2026-11-02")
    run("deal add Open amount=100k probability=50 expected_close=2026-12-10")
    run("deal add Later amount=100k probability=50 expected_close=2027-01-10")
    goal = run("goal show G1 --json").json
    assert (goal["days_gone"], goal["days_total"], goal["days_left"]) == (37, 66, 29)
    assert (goal["now"]["amount"], goal["attainment"]) == ("450000.00", 0.5)
    assert goal["pace"] == round(0.5 / (37 / 66), 6) and goal["state"] == "behind"
    assert goal["lands"]["amount"] == "500000.00"
    assert goal["needed_per_day"]["amount"] == "15517.24"


def test_as_of_counts_that_day_as_gone_and_holidays_as_off(run: Runner) -> None:
    run("goal add won 10 -p 2026-11")
    assert run("goal show G1 --json").json["days_gone"] == 15
    assert run("goal show G1 --as-of 2026-11-23 --json").json["days_gone"] == 16
    run("config days-off 2026-11-02..2026-11-03 --name holiday")
    run("config days-off 2026-11-07 --working")
    goal = run("goal show G1 --json").json
    assert (goal["days_total"], goal["days_gone"]) == (20, 14)


def test_split_over_reps_and_months_adds_up(run: Runner) -> None:
    run("team add North")
    for name in ("Anna", "Bo", "Cy"):
        run(["rep", "add", name, "team=North"])
    run("goal add revenue 100 -p 2026Q4 --team North --reason plan")
    parts = run("goal split G1 --by reps --json").json
    assert [one["target"]["amount"] for one in parts] == ["33.34", "33.33", "33.33"]
    assert {one["parent_ref"] for one in parts} == {"G1"}
    run("goal add won 10 -p 2026Q4")
    months = run("goal split G5 --by months --json").json
    assert [one["period"] for one in months] == ["2026-10", "2026-11", "2026-12"]
    assert sum(one["target"] for one in months) == 10
    assert "The 3 parts add up to G1" in run("goal list -O text").out


def test_a_ratio_has_no_pace(run: Runner) -> None:
    run("goal add win_rate 40% -p 2026Q4")
    for place in range(10):
        run(["deal", "add", f"D{place}x", "created=2026-10-01"])
        run(
            ["win", f"D{place}x", "--at", "2026-10-05"]
            if place < 3
            else ["lose", f"D{place}x", "price", "--at", "2026-10-05"]
        )
    goal = run("goal show G1 --json").json
    assert (goal["now"], goal["target"], goal["pace"], goal["state"]) == (0.3, 0.4, None, "on_track")
    assert "does not add up" in run("goal split G1", code=4).err


def test_smart_says_which_letter_fails(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4")
    letters = {one["letter"]: one["verdict"] for one in run("goal check G1 --json", code=10).json}
    assert letters == {"S": "pass", "M": "warn", "A": "warn", "R": "fail", "T": "pass"}
    run("goal edit G1 reason=plan")
    assert run("goal check G1").code == 0
    late = run("goal check G1 --json", code=10, today="2027-02-01").json
    assert next(one for one in late if one["letter"] == "T")["verdict"] == "fail"


def test_levels_stand_above_the_target(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4 --level 冲刺=1m --level 挑战=1.2m")
    levels = run("goal show G1 --json").json["levels"]
    assert [(one["name"], one["target"]["amount"]) for one in levels] == [
        ("冲刺", "1000000.00"),
        ("挑战", "1200000.00"),
    ]


def test_kpis_and_today_show_the_goal(run: Runner) -> None:
    run("goal add revenue 10k -p 2026-11")
    assert run("kpi show revenue -p 2026-11 --json").json[0]["goal"] == {"amount": "10000.00", "currency": "USD"}
    month = run("today --json").json["month"]
    assert month["target"]["amount"] == "10000.00" and month["missing"]["amount"] == "10000.00"
    assert [one["ref"] for one in run("remind --json").json["goals"]] == ["G1"]
