"""Goals: pace by working days, where they land, parts that add up, the five letters."""

from __future__ import annotations

import pytest

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
    assert "3 months add up to G5: 10" in run("goal list -O text").out


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


def test_a_goal_can_be_changed(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4 --level 冲刺=1m")
    run("goal edit G1 target=950k --level 冲刺=1.1m --level 挑战=1.2m reason=plan")
    goal = run("goal show G1 --json").json
    assert (goal["target"]["amount"], goal["reason"]) == ("950000.00", "plan")
    assert [one["target"]["amount"] for one in goal["levels"]] == ["1100000.00", "1200000.00"]
    assert "not above" in run("goal edit G1 target=1.15m", code=4).err
    assert run("goal show G1 --json").json["target"]["amount"] == "950000.00"
    run("goal edit G1 --level 冲刺=")
    assert [one["name"] for one in run("goal show G1 --json").json["levels"]] == ["挑战"]
    run("goal add revenue 1m -p 2027Q1")
    run("goal edit G1 period=2027Q1", code=5)
    assert run("goal edit G1 period=2027Q2 --json").json["end"] == "2027-06-30"
    run("undo")
    assert run("goal show G1 --json").json["period"] == "2026Q4"
    told = [one for one in run("goal history G1 --json").json if one["field"] == "target"]
    assert (told[0]["before"], told[0]["after"]) == ("900000.00 USD", "950000.00 USD")


def test_months_roll_up_to_a_quarter_and_persons_to_a_team(run: Runner) -> None:
    run("team add North")
    for name in ("Anna", "Bo"):
        run(["rep", "add", name, "team=North"])
        for month in ("10", "11", "12"):
            run(["goal", "add", "revenue", "10k", "-p", f"2026-{month}", "--rep", name])
    rows = {(one["who"], one["period"]): one for one in run("goal list -p 2026Q4 --json").json if one["ref"] is None}
    assert {key: one["target"]["amount"] for key, one in rows.items()} == {
        ("Anna", "2026Q4"): "30000.00",
        ("Bo", "2026Q4"): "30000.00",
        ("North", "2026Q4"): "60000.00",
        ("North", "2026-10"): "20000.00",
        ("North", "2026-11"): "20000.00",
        ("North", "2026-12"): "20000.00",
    }
    assert rows[("Anna", "2026Q4")]["parts"] == ["G1", "G2", "G3"]
    run("goal add revenue 55k -p 2026Q4 --team North")
    rows = {(one["who"], one["period"]): one for one in run("goal list -p 2026Q4 --json").json}
    assert rows[("North", "2026Q4")]["ref"] == "G7"


def test_ratios_and_half_quarters_do_not_roll_up(run: Runner) -> None:
    for month in ("10", "11", "12"):
        run(["goal", "add", "win_rate", "40%", "-p", f"2026-{month}"])
    for month in ("10", "11"):
        run(["goal", "add", "won", "4", "-p", f"2026-{month}"])
    assert all(one["ref"] for one in run("goal list -p 2026Q4 --json").json)


def test_the_list_of_goals_fits_a_terminal_and_keeps_its_tracks_whole(run: Runner) -> None:
    from salesctl.commands._goal_list import _shorten
    from salesctl.commands._goals import COLUMNS
    from salesctl.output.formats import layout
    from salesctl.output.views import Table
    from salesctl.text import width

    class Stand:
        from fractions import Fraction

        attainment = Fraction(1, 2)

        class days:
            from fractions import Fraction

            share = Fraction(3, 4)

    row = {"ref_shown": "G1", "kpi_label": "New customers", "who_shown": "Marco Bianchi", "period_shown": "2026-11",
           "now_shown": "€25.7k", "target_shown": "€33.3k", "done_shown": "576 %", "pace_shown": "1.01 on track",
           "lands_shown": "€202k", "track": "x"}  # fmt: skip
    for room in (80, 100, 140):
        rows = [dict(row)]
        _shorten([Stand()], rows, list(COLUMNS), room)  # type: ignore[list-item]
        lines = [line for line, _bold in layout(Table(rows, COLUMNS, tight=True), "en", room, "…")]
        assert all(width(line) <= room for line in lines)
        assert "on track" in lines[-1] and lines[-1].endswith(rows[0]["track"]) and "|" in rows[0]["track"]


def test_my_goals_are_mine_my_teams_and_the_companys(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    run("team add North")
    run("team add South")
    for name, team in (("Anna", "North"), ("Bo", "North"), ("Cy", "South")):
        run(["rep", "add", name, f"team={team}"])
        run(["goal", "add", "revenue", "10k", "-p", "2026Q4", "--rep", name])
    for team in ("North", "South"):
        run(["goal", "add", "won", "5", "-p", "2026Q4", "--team", team])
    run("goal add revenue 40k -p 2026Q4")
    every = [one["ref"] for one in run("goal --json").json if one["ref"]]
    assert sorted(every) == ["G1", "G2", "G3", "G4", "G5", "G6"]
    monkeypatch.setenv("SALESCTL_USER", "Anna")
    assert sorted(one["ref"] for one in run("goal --json").json) == ["G1", "G4", "G6"]
    assert [one["ref"] for one in run("goal --owner me --json").json] == ["G1"]
    assert len(run("goal --owner all --json").json) == 8  # with the persons of North and the wins of the company
    run("team edit South manager=Anna")
    assert "G5" in [one["ref"] for one in run("goal --json").json]


def test_parts_of_a_period_and_months_are_not_mixed(run: Runner) -> None:
    run("rep add Anna")
    run("goal add revenue 600 -p 2026Q4 --reason plan")
    run("goal split G1 --by reps")
    run("goal add revenue 200 -p 2026-11 --parent G1")
    assert "1 rep's goal adds up to G1: $600" in run("goal list -O text").out
    assert "come to" not in run("goal list -O text").out
    run("goal add revenue 200 -p 2026-10 --parent G1")
    run("goal add revenue 250 -p 2026-12 --parent G1")
    assert "3 months come to $650: $50 more than G1" in run("goal show G1 -O text").out


def test_quarters_roll_up_to_a_year_and_teams_to_the_company(run: Runner) -> None:
    for team in ("North", "South"):
        run(["team", "add", team])
        for quarter in "1234":
            run(["goal", "add", "revenue", "10k", "-p", f"2026Q{quarter}", "--team", team])
    rows = {(one["who"], one["period"]): one for one in run("goal list -p 2026 --json").json if one["ref"] is None}
    assert {key: one["target"]["amount"] for key, one in rows.items()} == {
        ("North", "2026"): "40000.00",
        ("South", "2026"): "40000.00",
        (None, "2026"): "80000.00",
        **{(None, f"2026Q{quarter}"): "20000.00" for quarter in "1234"},
    }
    assert len(rows[(None, "2026")]["parts"]) == 8


def test_months_make_a_year_through_their_quarters(run: Runner) -> None:
    for month in range(1, 13):
        run(["goal", "add", "won", "2", "-p", f"2026-{month:02d}"])
    rows = {one["period"]: one["target"] for one in run("goal list -p 2026 --json").json if one["ref"] is None}
    assert rows == {"2026": 24, "2026Q1": 6, "2026Q2": 6, "2026Q3": 6, "2026Q4": 6}


def test_parts_are_held_against_the_whole_whether_they_were_linked_or_not(run: Runner) -> None:
    run("team add North")
    for name in ("Anna", "Bo"):
        run(["rep", "add", name, "team=North"])
        run(["goal", "add", "revenue", "10k", "-p", "2026Q4", "--rep", name, "--reason", "plan"])
    run("goal add revenue 25k -p 2026Q4 --team North --reason plan")
    assert "2 reps' goals come to $20,000: $5,000 less than G3" in run("goal show G3 -O text").out
    (row,) = (one for one in run("goal check G3 --json", code=10).json if one["letter"] == "=")
    assert (row["verdict"], row["numbers"]) == ("fail", {"by": "reps", "n": 2, "difference": -500000})
    run("goal edit G1 target=15k")
    assert [one["adds_up"] for one in run("goal show G3 --json").json["sums"]] == [True]
    assert all(one["verdict"] != "fail" for one in run("goal check G3 --json").json if one["letter"] == "=")


def test_levels_say_what_is_reached(run: Runner) -> None:
    run("goal add won 1 -p 2026Q4 --level 保底=2 --level 冲刺=3")
    for name in ("A", "B"):
        run(["deal", "add", name, "created=2026-10-01"])
        run(["win", name, "--at", "2026-10-05"])
    assert [one["reached"] for one in run("goal show G1 --json").json["levels"]] == [True, False]
    text = run("goal show G1 -O text").out
    assert "Level 保底: 2  reached" in text and "Level 冲刺: 3  missing 1" in text
    assert "保底" in run("goal list -O text").out


def test_own_season_from_four_earlier_periods_on(run: Runner) -> None:
    run("goal add won 10 -p 2026-11")
    for month in ("10", "09", "08"):
        _won(run, f"2026-{month}-02", f"2026-{month}-28", f"2026-{month}-28", f"2026-{month}-28")
    one = run("goal show G1 --json").json
    assert (one["season_n"], one["season_share"], one["season_pace"]) == (3, None, None)
    assert "3 earlier periods" in run("goal show G1 -O text").out
    _won(run, "2026-07-02", "2026-07-03", "2026-07-31", "2026-07-31")
    _won(run, "2026-11-03")
    one = run("goal show G1 --json").json
    assert (one["season_n"], one["season_share"]) == (4, 0.3125)  # a quarter three times, a half once
    assert one["season_pace"] == 0.32 and one["pace"] == 0.14  # 10 % / 31.25 %; 10 % / (15 / 21)
    assert "own season: by this working day 31 %" in run("goal show G1 -O text").out


def _won(run: Runner, *days: str) -> None:
    for day in days:
        ref = run(["deal", "add", f"x{day}{_n()}", "created=2026-01-01"]).out.split()[0]
        run(["win", ref, "--at", day])


def _n(count: list[int] = [0]) -> int:  # noqa: B006
    count[0] += 1
    return count[0]


def test_goals_serve_each_other_in_no_circle(run: Runner) -> None:
    run("goal add revenue 900k -p 2026")
    run("goal add revenue 300k -p 2026Q4 --parent G1")
    run("goal add revenue 90k -p 2026-12 --parent G2")
    assert "G3 serves G1 already" in run("goal edit G1 parent=G3", code=4).err
    run("goal edit G1 parent=G2", code=4)
    assert run("goal show G1 --json").json["parent_ref"] is None
    assert run("goal edit G3 parent=G1 --json").json["parent_ref"] == "G1"


def test_a_goal_whose_place_is_taken_does_not_come_back(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4")
    run("goal archive G1")
    run("goal add revenue 800k -p 2026Q4")
    assert "there already as G2" in run("goal restore G1", code=5).err
    run("goal archive G2")
    run("goal restore G1")
    run("goal archive G1")
    run("goal restore G1 G2", code=5)
    assert run("goal list --json").json == []


def test_a_level_is_typed_once(run: Runner) -> None:
    assert "twice" in run("goal add won 10 -p 2026Q4 --level a=20 --level a=30", code=4).err
    run("goal add won 10 -p 2026Q4 --level a=20")
    for levels in ("--level a=25 --level a=30", "--level b=30 --level b=40", "--level a= --level a=30"):
        assert "twice" in run(f"goal edit G1 {levels}", code=4).err
    assert [(one["name"], one["target"]) for one in run("goal show G1 --json").json["levels"]] == [("a", 20)]


def test_a_goal_is_of_a_team_or_of_a_rep(run: Runner) -> None:
    run("team add North")
    run("rep add Anna team=North")
    assert "not of both" in run("goal add revenue 90k -p 2026Q4 --rep Anna --team North", code=4).err
    assert run("goal list --all --json").json == []


@pytest.mark.parametrize("whose", [[], ["--team", "North"], ["--team", "华南"], ["--owner", "R1"], ["--owner", "R5"]])
@pytest.mark.sqlite
def test_a_goal_lands_where_the_forecast_does(bare: Runner, whose: list[str]) -> None:
    bare("demo")
    kind = {"--team": "team", "--owner": "rep"}[whose[0]] if whose else "company"
    bare(["deal", "edit", "D1", "forecast=omitted"])
    goals = bare("goal list -p 2026Q4 --json").json
    mine = [one for one in goals if one["kpi"] == "revenue" and one["period"] == "2026Q4" and one["scope"] == kind]
    goal = next(one for one in mine if not whose or whose[1] in (one["team"], one["team_ref"], one["rep_ref"]))
    told = bare(["forecast", "-p", "2026Q4", *whose, "--json"]).json
    assert goal["lands"] == told["weighted"]
    shown = bare(["goal", "show", goal["ref"], "-O", "text"]).out
    overdue = float(told["overdue"]["weighted"]["amount"])
    assert ("whose close date is past" in shown) == (overdue > 0)
    if overdue:
        assert f"not in it: €{overdue:,.2f}".removesuffix(".00") in shown


def test_what_is_overdue_or_left_out_lands_nowhere(run: Runner) -> None:
    run("goal add revenue 900k -p 2026Q4 --reason plan")
    run("deal add Past amount=100k probability=50 expected_close=2026-11-22")
    run("deal add Today amount=10k probability=50 expected_close=2026-11-23")
    run("deal add Out amount=30k probability=50 expected_close=2026-12-10 forecast=omitted")
    assert run("goal show G1 --json").json["lands"]["amount"] == "5000.00"
    assert run("forecast -p 2026Q4 --json").json["weighted"]["amount"] == "5000.00"
    assert "not in it: $50,000 weighted of open deals whose close date is past" in run("goal show G1 -O text").out
    run("deal add Old amount=500k created=2026-07-01")
    run("win Old --at 2026-08-03")
    assert "covers 0.0 x" in run("goal check G1 -O text").out


def test_the_rest_of_a_period_that_is_over_is_nothing(run: Runner) -> None:
    run("goal add revenue 900k -p 2026-09 --reason plan")
    run("deal add Past amount=100k probability=50 expected_close=2026-09-23")
    assert run("goal show G1 --json").json["lands"]["amount"] == "0.00"
