"""The gap of a goal, and sharing a goal out like something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner


def deal(run: Runner, name: str, **fields: str) -> None:
    run(["deal", "add", name, *(f"{key}={value}" for key, value in fields.items())])


@pytest.fixture
def goal(run: Runner) -> Runner:
    """G1: 100k in 2026Q4 of which 40k are won, and five open deals due in it, one after it, one without a date."""
    run("goal add revenue 100k -p 2026Q4 --reason plan")
    deal(run, "Won", amount="40k", created="2026-10-01")
    run("win Won --at 2026-11-02")
    for name, amount, chance in (("A", "50k", "10"), ("B", "30k", "90"), ("C", "28k", "80"), ("D", "40k", "50")):
        deal(run, name, amount=amount, probability=chance, expected_close="2026-12-10")
    deal(run, "Later", amount="200k", probability="50", expected_close="2027-01-10")
    deal(run, "Undated", amount="500k", probability="50")
    deal(run, "Blank", expected_close="2026-12-10")
    return run


def test_the_fewest_deals_that_close_it_and_overshoot_least(goal: Runner) -> None:
    found = goal("goal gap G1 --json").json
    assert found["missing"]["amount"] == "60000.00"
    full, expected = found["ways"]
    assert [one["name"] for one in full["deals"]] == ["D", "C"] and full["total"]["amount"] == "68000.00"
    assert (full["closes"], full["exact"], [one["late"] for one in full["deals"]]) == (True, True, [False, False])
    # 5 + 27 + 22.4 + 20 expected: B, C and D come to 69.4k, no two of them to 60k
    assert [one["name"] for one in expected["deals"]] == ["B", "C", "D"]
    assert expected["total"]["amount"] == "69400.00"
    assert found["unused"] == {"without_date": 1, "without_amount": 1}
    assert found["open"]["amount"] == "148000.00" and found["coverage"] == round(148 / 60, 6)
    text = goal("goal gap G1 -O text").out
    assert "2 deals close it, $68,000" in text and "Coverage 2.5 x" in text
    assert "needed 1.0 x = 1 / 100 %" in text


def test_what_is_due_later_is_taken_when_the_rest_is_not_enough_and_it_says_so(goal: Runner) -> None:
    goal("goal edit G1 target=300k")
    full = goal("goal gap G1 --json").json["ways"][0]
    assert [one["name"] for one in full["deals"]] == ["Undated"] and full["deals"][0]["late"]
    assert "not due in the period" in goal("goal gap G1 -O text").out
    goal("goal edit G1 target=2m")
    full = goal("goal gap G1 --json").json["ways"][0]
    assert not full["closes"] and len(full["deals"]) == 6
    assert "do not close it" in goal("goal gap G1 -O text").out


def test_a_gap_of_wins_counts_deals(goal: Runner) -> None:
    goal("goal add won 4 -p 2026Q4")
    full, expected = goal("goal gap G2 --json").json["ways"]
    assert [one["name"] for one in full["deals"]] == ["A", "B", "C"]
    assert [one["name"] for one in expected["deals"]] == ["B", "C", "D", "Later", "Undated"]


def test_nothing_missing_nothing_open_and_what_no_deal_can_close(run: Runner) -> None:
    run("goal add revenue 100k -p 2026Q4")
    found = run("goal gap G1 --json").json
    assert (found["coverage"], found["coverage_needed"], found["win_rate"]) == (0.0, None, None)
    assert "n/a: no deal was won" in run("goal gap G1 -O text").out
    run("goal add win_rate 40% -p 2026Q4")
    assert "no sum of deals" in run("goal gap G2", code=4).err
    run("goal gap G9", code=3)
    deal(run, "Won", amount="150k", created="2026-10-01")
    run("win Won --at 2026-11-02")
    assert "nothing is missing" in run("goal gap G1 -O text").out
    assert run("goal gap G1 --json").json["coverage"] is None


def test_a_split_like_last_year_and_like_a_file(run: Runner, tmp_path: Path) -> None:
    run("team add North")
    for name, amount in (("Anna", "30k"), ("Bo", "10k"), ("Cy", "")):
        run(["rep", "add", name, "team=North"])
        if amount:
            deal(run, f"D{name}", amount=amount, owner=name, created="2025-10-01")
            run(["win", f"D{name}", "--at", "2025-11-05"])
    run("goal add revenue 100 -p 2026Q4 --team North --reason plan")
    made = run("goal split G1 --like lastyear --json")
    assert [(one["rep"], one["target"]["amount"]) for one in made.json] == [("Anna", "75.00"), ("Bo", "25.00")]
    run("undo")
    assert "no part, for it would be nothing: Cy" in run("goal split G1 --like lastyear").err
    run("undo")
    file = tmp_path / "shares.csv"
    file.write_text("who,share\nCy,50%\nBo,12.5\n")
    made = run(["goal", "split", "G1", "--like", str(file), "--json"])
    assert {one["rep"]: one["target"]["amount"] for one in made.json} == {"Bo": "20.00", "Cy": "80.00"}
    run(["goal", "split", "G1", "--like", str(file)], code=5)
    assert run("goal list --json").json[0]["ref"] == "G1"


def test_a_split_by_a_file_that_is_wrong_says_where(run: Runner, tmp_path: Path) -> None:
    run("rep add Anna")
    run("goal add revenue 100 -p 2026Q4 --reason plan")
    file = tmp_path / "shares.csv"
    for text, code, said in (
        ("Anna,40\nAnna,60\n", 4, "line 2"),
        ("Anna,40\nAnna;60\n", 4, "line 2"),
        ("Nobody,40\n", 3, "Nobody"),
        ("Anna,0\n", 4, "no shares"),
        ("", 4, "no shares"),
    ):
        file.write_text(text)
        assert said in run(["goal", "split", "G1", "--like", str(file)], code=code).err
    run("goal split G1 --like /nowhere.csv", code=9)
    assert "nothing to go by" in run("goal split G1 --like lastyear", code=4).err
    assert "either" in run("goal split G1 --like lastyear --even", code=2).err
    assert len(run("goal list --json").json) == 1


def test_a_company_is_split_over_its_teams_and_a_year_over_its_quarters(run: Runner) -> None:
    for team, reps in (("North", ("Anna", "Bo", "Cy")), ("South", ("Di",))):
        run(["team", "add", team])
        for name in reps:
            run(["rep", "add", name, f"team={team}"])
    run("goal add won 100 -p 2026")
    teams = run("goal split G1 --by teams --json").json
    assert [(one["team"], one["target"]) for one in teams] == [("North", 75), ("South", 25)]
    quarters = run("goal split G1 --by quarters --json").json
    assert [one["period"] for one in quarters] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert sum(one["target"] for one in quarters) == 100
    assert "only the company" in run("goal split G2 --by teams", code=4).err
    assert "quarter's already" in run("goal split G4 --by quarters", code=4).err
    assert {one["by"] for one in run("goal show G1 --json").json["sums"]} == {"teams", "quarters"}


def test_no_part_of_nothing(run: Runner) -> None:
    for name in ("Anna", "Bo", "Cy"):
        run(["rep", "add", name])
    run("goal add won 2 -p 2026Q4 --reason plan")
    made = run("goal split G1")
    assert "no part, for it would be nothing: Cy" in made.err
    assert [one["target"] for one in run("goal list --owner all --json").json] == [2, 1, 1]


def test_bad_goals_are_refused_with_a_reason(run: Runner) -> None:
    run("goal add revenue 100k -p 2026-12-31..2026-10-01", code=4)
    run("goal add nonsense 100k -p 2026Q4", code=2)
    run("goal add revenue 0 -p 2026Q4", code=4)
    run("goal add won 0 -p 2026Q4", code=4)
    run("goal add win_rate 0% -p 2026Q4", code=4)
    run("goal add revenue 100k -p 2026Q4")
    run("goal add revenue 90k -p 2026Q4", code=5)


@pytest.fixture
def axes(run: Runner) -> Runner:
    """G1: 100k of the company; Anna sold 30k of pumps and valves, and 10k of pumps to Acme."""
    run("rep add Anna")
    run("rep add Bo")
    run("product add Pump list_price=10")
    run("product add Valve list_price=10")
    run("customer add Acme")
    run("customer add Kova")
    deal(
        run,
        "Both",
        amount="30k",
        owner="Anna",
        customer="Kova",
        created="2026-10-01",
        product="Pump = 20k; Valve = 10k",
    )
    deal(run, "One", amount="10k", owner="Anna", customer="Acme", created="2026-10-01", product="Pump")
    for name in ("Both", "One"):
        run(["win", name, "--at", "2026-11-02"])
    run("goal add revenue 100k -p 2026Q4 --reason plan")
    return run


def test_products_and_customers_are_a_second_axis_that_agrees_with_the_persons(axes: Runner) -> None:
    axes("goal split G1 --by reps")
    products = axes("goal split G1 --by products --json").json
    assert [(one["product"], one["target"]["amount"], one["now"]["amount"]) for one in products] == [
        ("Pump", "50000.00", "30000.00"),
        ("Valve", "50000.00", "10000.00"),
    ]
    customers = axes("goal split G1 --by customers --json").json
    assert [(one["customer"], one["now"]["amount"]) for one in customers] == [
        ("Acme", "10000.00"),
        ("Kova", "30000.00"),
    ]
    sums = {one["by"]: one["adds_up"] for one in axes("goal show G1 --json").json["sums"]}
    assert sums == {"reps": True, "products": True, "customers": True}
    axes("goal edit G4 target=60k")
    checks = {one["numbers"]["by"]: one for one in axes("goal check G1 --json", code=10).json if one["letter"] == "="}
    assert {by: one["verdict"] for by, one in checks.items()} == {
        "reps": "pass",
        "products": "fail",
        "customers": "pass",
    }
    assert checks["products"]["text"] == "2 products' goals come to $110,000: $10,000 more than G1"
    assert "Company: Pump" in axes("goal show G4 -O text").out


def test_a_goal_of_a_product_stands_apart_from_the_whole(axes: Runner) -> None:
    axes("goal add revenue 50k -p 2026Q4 --product Pump --rep Anna --reason plan")
    axes("goal add revenue 50k -p 2026Q4 --customer Kova --reason plan")
    axes("goal add revenue 50k -p 2026Q4 --product Pump --rep Anna", code=5)
    shown = axes("goal show G2 --json").json
    assert (shown["product"], shown["rep"], shown["now"]["amount"], shown["season_n"]) == (
        "Pump",
        "Anna",
        "30000.00",
        None,
    )
    assert axes("goal show G3 --json").json["now"]["amount"] == "30000.00"
    assert axes("kpi show revenue -p 2026Q4 --json").json[0]["goal"]["amount"] == "100000.00"
    assert axes("kpi show revenue -p 2026Q4 --owner Anna --json").json[0]["goal"] is None
    assert "of one product" in axes("goal gap G2", code=4).err
    assert axes("goal gap G3 --json").json["missing"]["amount"] == "20000.00"
    assert "not of both" in axes("goal add revenue 5k -p 2026Q4 --product Pump --customer Kova", code=4).err
    assert "no sum over deals" in axes("goal add activities 5 -p 2026Q4 --product Pump", code=4).err
    assert "no sum over deals" in axes("goal add win_rate 50% -p 2026Q4 --customer Kova", code=4).err
    axes("goal add revenue 5k -p 2026Q4 --product Nothing", code=3)
    assert {one["letter"] for one in axes("goal check G2 --json").json} == set("SMART")
    axes("goal edit G2 period=2027Q1")
    axes("goal add revenue 50k -p 2026Q4 --product Pump --rep Anna --reason plan")


def test_months_of_a_product_roll_up_apart(axes: Runner) -> None:
    for month in ("10", "11", "12"):
        axes(["goal", "add", "won", "2", "-p", f"2026-{month}", "--product", "Pump"])
        axes(["goal", "add", "won", "5", "-p", f"2026-{month}"])
    rolled = [one for one in axes("goal list -p 2026Q4 --json").json if one["ref"] is None]
    assert {one["product"]: (one["target"], one["now"]) for one in rolled} == {None: (15, 2), "Pump": (6, 2)}


def test_a_merged_customer_takes_its_goals_along(axes: Runner) -> None:
    axes("goal add revenue 50k -p 2026Q4 --customer Kova --reason plan")
    axes("customer merge Acme Kova -y")
    assert axes("goal show G2 --json").json["customer"] == "Acme"
    assert axes("goal show G2 --json").json["now"]["amount"] == "40000.00"
    axes("undo")
    assert axes("goal show G2 --json").json["customer"] == "Kova"


def test_the_coverage_needed_goes_by_count_where_lost_deals_bear_no_amounts(goal: Runner) -> None:
    deal(goal, "Lost", created="2026-10-01")
    goal("lose Lost price --at 2026-11-02")
    found = goal("goal gap G1 --json").json
    assert (found["win_rate"], found["coverage_needed"]) == (0.5, 2.0)
    assert "1 / 50 % (Win rate of the last 365 days, 1/2 deals)" in goal("goal gap G1 -O text").out
    deal(goal, "Dear", amount="120k", created="2026-10-01")
    goal("lose Dear price --at 2026-11-02")
    assert goal("goal gap G1 --json").json["win_rate"] == 0.25


def test_a_goal_that_overlaps_half_of_another_is_refused(run: Runner) -> None:
    run("goal add revenue 100k -p 2026Q4 --reason plan")
    run("goal add revenue 30k -p 2026-11")
    run("goal add revenue 400k -p 2026")
    assert "overlaps half of that of G1, 2026Q4" in run("goal add revenue 9k -p 2026-12-15..2027-01-15", code=5).err
    run("goal add revenue 9k -p 2026-09-15..2026-10-01", code=5)
    run("goal add revenue 9k -p 2026-10-20..2026-11-10", code=5)
    run("goal add revenue 9k -p w45")  # weeks cross months by nature
    run("goal add won 9 -p 2026-12-15..2027-01-15")
    run("goal edit G2 period=2026-10-20..2026-11-10")
    run("goal edit G1 period=2026-11-01..2027-01-31", code=5)
    run("goal edit G1 period=2026-10-01..2026-12-30")


def test_a_first_line_that_is_a_bad_share_is_no_header(run: Runner, tmp_path: Path) -> None:
    for name in ("Anna", "Repin"):
        run(["rep", "add", name])
    run("goal add revenue 100k -p 2026Q4")
    run("goal add won 10 -p 2026Q4")
    file = tmp_path / "shares.csv"
    for first in ("Anna,-1", "Anna,nan", "anna,none", "2026-10,x"):
        file.write_text(f"{first}\nRepin,40\n", encoding="utf-8")
        by = "months" if first.startswith("2026") else "reps"
        assert "line 1" in run(["goal", "split", "G1", "--by", by, "--like", str(file)], code=4).err
    file.write_text("Rep,Share\nAnna,60\nRepin,40\n", encoding="utf-8")
    made = run(["goal", "split", "G1", "--like", str(file), "--json"]).json
    assert [one["target"]["amount"] for one in made] == ["60000.00", "40000.00"]
    file.write_text("month,share\n2026-10,60\n2026-11,40\n", encoding="utf-8")
    made = run(["goal", "split", "G2", "--by", "months", "--like", str(file), "--json"]).json
    assert [one["target"] for one in made] == [6, 4]
