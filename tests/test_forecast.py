"""The forecast on the command line: columns, range, goal, adjustments, learned chances, and looking back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Runner


def deal(run: Runner, name: str, amount: str = "", due: str = "", chance: str = "", **more: str) -> str:
    """A deal that began on 1 October; its ref."""
    fields = {"amount": amount, "expected_close": due, "probability": chance, "created": "2026-10-01", **more}
    return run.add("deal", name, **{key: text for key, text in fields.items() if text})


@pytest.fixture
def quarter(run: Runner) -> Runner:
    """A goal of 900k; 400k won, and open deals of every sort."""
    run("team add North")
    run("rep add Anna team=North")
    run("rep add Bo")
    run("config me Anna")
    run("goal add revenue 900k -p 2026Q4 --reason plan")
    deal(run, "Won", "400k")
    run("win Won --at 2026-11-02")
    deal(run, "Big", "300k", "2026-12-10", "70")
    deal(run, "Mid", "200k", "2026-12-15", "50")
    deal(run, "Small", "100k", "2026-12-20", "20", forecast="commit", owner="Bo")
    deal(run, "Low", "50k", "2026-12-21", "10")
    deal(run, "Out", "70k", "2026-12-22", "50", forecast="omitted")
    deal(run, "Late", "40k", "2026-11-10", "50")
    deal(run, "Older", "10k", "2026-09-10", "50")
    deal(run, "Undated", "50k")
    deal(run, "Unpriced", due="2026-12-01")
    deal(run, "Foreign", "9k EUR", "2026-12-01", "50")
    deal(run, "Next", "1m", "2027-02-01", "90")
    run("stage add Odd")
    deal(run, "Chanceless", "30k", "2026-12-02", stage="Odd")
    return run


def amounts(rows: list[dict[str, Any]], key: str) -> list[int]:
    return [round(float(row[key]["amount"]) / 1000) for row in rows]


def test_columns_roll_up_and_what_is_not_in_them(quarter: Runner) -> None:
    said = quarter("forecast -p 2026Q4 --json").json
    rows = said["categories"]
    assert [row["category"] for row in rows] == ["closed", "commit", "best_case", "pipeline"]
    assert amounts(rows, "amount") == [400, 400, 200, 50]
    assert amounts(rows, "cumulative") == [400, 800, 1000, 1050]
    assert amounts(rows, "weighted") == [400, 230, 100, 5]
    assert said["weighted"]["amount"] == "735000.00"
    assert (said["overdue"]["deals"], said["overdue"]["amount"]["amount"]) == (1, "40000.00")
    assert (said["overdue_before"]["deals"], said["omitted"]["deals"]) == (1, 1)
    assert said["left_out"] == {
        "without_amount": ["D10"],
        "without_date": ["D9"],
        "without_probability": ["D13"],
        "other_currency": ["D11"],
    }
    why = quarter("forecast -p 2026Q4 --why").out
    assert "1 without a close date: D9" in why and "1 without a probability: D13" in why


def test_the_range_and_the_chance_of_the_goal(quarter: Runner) -> None:
    """900k needs the two big ones (0.35): 400 + 300 + 200; nothing less, but with the small ones, comes up to it."""
    said = quarter("forecast -p 2026Q4 --json").json
    assert said["goal"]["amount"] == "900000.00" and abs(said["chance"] - 0.35) < 0.02
    low, middle, high = (float(said[key]["amount"]) for key in ("p10", "p50", "p90"))
    assert 400_000 <= low <= middle <= high <= 1_050_000 and high >= 900_000
    assert said == quarter("forecast -p 2026Q4 --json").json
    page = quarter("forecast -p 2026Q4").out
    assert "commit $800k  weighted $735k ($400k-$" in page and f"goal $900k: {100 * said['chance']:.0f} %" in page
    assert quarter("forecast -p 2027Q1 --json").json["chance"] is None


def test_wins_that_no_sum_holds_are_counted(quarter: Runner) -> None:
    for name, amount in (("Abroad", "5k EUR"), ("Free", "")):
        quarter(["win", deal(quarter, name, amount), "--at", "2026-11-05"])
    said = quarter("forecast -p 2026Q4 --currency USD --json").json
    assert amounts(said["categories"], "amount")[0] == 400 and said["categories"][0]["deals"] == 1
    assert said["closed_left_out"] == {"without_amount": 1, "other_currency": 1}
    page = quarter("forecast -p 2026Q4 --currency USD").out
    assert "won and not in it: 1 without an amount, 1 in other currencies" in page


def test_it_says_what_the_figures_say(quarter: Runner) -> None:
    """Closed is the KPI revenue; the weighted columns, the overdue and the left out ones are the KPI weighted pipeline."""
    for words in ("", " --owner Bo", " --team North"):
        said = quarter(f"forecast -p 2026Q4 --json{words}").json
        kpis = quarter(f"kpi show revenue weighted_pipeline -p 2026Q4 --currency USD --json{words}").json
        revenue, weighted = (round(float(one["value"]["amount"])) for one in kpis)
        parts = [*said["categories"][1:], said["overdue"], said["omitted"]]
        assert round(float(said["categories"][0]["amount"]["amount"])) == revenue
        assert sum(round(float(one["weighted"]["amount"])) for one in parts) == weighted, words
    assert said["scope"] == "team:1"


def test_as_of_knows_only_what_was_then(quarter: Runner) -> None:
    run = quarter
    run("deal edit Mid expected_close=2027-01-15", today="2026-12-01")
    run("deal edit Big forecast=pipeline", today="2026-12-01")
    now = run("forecast -p 2026Q4 --json", today="2026-12-02").json
    then = run("forecast -p 2026Q4 --as-of 2026-11-30 --json", today="2026-12-02").json
    assert amounts(now["categories"], "amount") == [400, 100, 0, 350]
    assert amounts(then["categories"], "amount") == [400, 400, 200, 50]
    early = run("forecast -p 2026Q4 --as-of 2026-11-01 --json", today="2026-12-02").json
    assert amounts(early["categories"], "amount")[0] == 0


def test_an_adjustment_stands_beside_and_is_never_changed(quarter: Runner) -> None:
    run = quarter
    made = run('forecast adjust commit 750k -p 2026Q4 --reason "Acme signs" --json').json
    assert (made["before"]["amount"], made["amount"]["amount"], made["by"]) == ("800000.00", "750000.00", "Anna")
    run("forecast adjust 承诺 700k -p 2026Q4 --reason late", today="2026-11-25")
    rows = run("forecast history --json").json
    assert [(row["before"]["amount"], row["amount"]["amount"]) for row in rows] == [
        ("800000.00", "750000.00"),
        ("750000.00", "700000.00"),
    ]
    commit = run("forecast -p 2026Q4 --json").json["categories"][1]
    assert (commit["adjusted"]["amount"], commit["amount"]["amount"]) == ("700000.00", "400000.00")
    assert (commit["adjusted_by"], commit["reason"]) == ("Anna", "late")
    then = run("forecast -p 2026Q4 --as-of 2026-11-24 --json", today="2026-11-26").json
    assert then["categories"][1]["adjusted"]["amount"] == "750000.00"
    assert run("forecast -p 2026Q4 --team North --json").json["categories"][1]["adjusted"] is None
    run("forecast adjust commit none -p 2026Q4 --reason signed")
    assert run("forecast -p 2026Q4 --json").json["categories"][1]["adjusted"] is None
    run("undo")
    assert run("forecast -p 2026Q4 --json").json["categories"][1]["adjusted"]["amount"] == "700000.00"
    assert len(run("forecast history -p 2026Q4 -O tsv").rows) == 2
    assert run("db check", today="2026-11-26").code == 0


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("forecast adjust closed 5 --reason x", 4),
        ("forecast adjust omitted 5 --reason x", 2),
        ("forecast adjust nonsense 5 --reason x", 2),
        ("forecast adjust commit 5", 2),
        ("forecast adjust commit lots --reason x", 4),
        ("forecast adjust commit 5 EUR --reason x", 2),
        ("forecast adjust commit '5 EUR' --reason x", 4),
        ("forecast adjust commit none --reason x", 4),
        ("forecast adjust commit 5 --reason x -p all", 2),
        ("forecast -p all", 2),
        ("forecast --owner nobody", 3),
        ("forecast accuracy -p 2026Q4", 4),
        ("forecast accuracy --weeks 0", 2),
    ],
)
def test_what_is_refused(quarter: Runner, line: str, code: int) -> None:
    quarter(line, code=code)
    assert quarter("forecast history --json").json == []


def closed(run: Runner, won: int, lost: int) -> None:
    """Closed deals that stood in Prospecting, the won ones in Quote too."""
    for place in range(won + lost):
        ref = deal(run, f"Old {place}", "10k", "2026-10-20")
        if place < won:
            run(["deal", "advance", ref, "Quote", "--reason", "x"], today="2026-10-05")
        run(["win", ref, "--at", "2026-10-10"] if place < won else ["lose", ref, "price", "--at", "2026-10-10"])


def test_stages_learn_and_their_open_deals_follow(run: Runner) -> None:
    closed(run, 8, 12)
    usual, hand = deal(run, "Usual", "100k"), deal(run, "Hand", "100k", chance="66")
    said = run("forecast calibrate --json").json
    first, quote = said["stages"][0], said["stages"][4]
    assert (first["before"], first["after"], first["n"], first["won"], first["enough"]) == (5, 40, 20, 8, True)
    assert (quote["before"], quote["after"], quote["n"], quote["won"], quote["enough"]) == (50, 50, 8, 8, False)
    assert (first["rate_low"], first["rate_high"]) == (0.218804, 0.613422)  # z = 1.96, by hand
    wanted = (8 * 0.95**2 + 12 * 0.05**2) / 20, (8 * (12 / 19) ** 2 + 12 * (8 / 19) ** 2) / 20
    assert (said["brier_before"], said["brier_after"]) == (round(wanted[0], 6), round(wanted[1], 6))
    assert [(one["from"], one["n"], one["won"]) for one in said["reliability"]] == [(0, 20, 8), (40, 8, 8)]
    assert run("forecast calibrate --json").json["stages"][0]["before"] == 5
    assert run("forecast calibrate --apply --json").json["changes"] == 1
    assert [run(f"deal show {ref} --json").json["probability"] for ref in (usual, hand)] == [40, 66]
    assert run("stage show SG1 --json").json["probability"] == 40
    assert run("forecast calibrate --apply --json").json["changes"] == 0
    run("undo")
    assert run(f"deal show {usual} --json").json["probability"] == 5
    assert run("stage show SG1 --json").json["probability"] == 5
    assert run("db check").code == 0


def test_below_twenty_a_stage_keeps_its_chance_and_says_so(run: Runner) -> None:
    closed(run, 7, 12)
    page = run("forecast calibrate --why").out
    assert "keeps: fewer than 20 closed deals" in page and "Brier score, 0 is best" not in page
    assert run("forecast calibrate --apply --json").json["changes"] == 0


def test_looking_back_week_by_week(run: Runner) -> None:
    """100k came: 40k won in September, 60k from a deal that was said at 50 % until mid-month, then committed."""
    first = run.add("deal", "First", amount="40k", expected_close="2026-09-29", created="2026-09-01")
    second = run.add("deal", "Second", amount="60k", expected_close="2026-09-30", created="2026-09-01")
    for ref in (first, second):
        run(["deal", "edit", ref, "probability=50"], today="2026-08-30")
    run(["deal", "edit", second, "forecast=commit", "probability=80"], today="2026-09-12")
    run("forecast adjust commit 90k -p 2026-09 --reason sure", today="2026-09-14")
    run(["win", first, "--at", "2026-09-20"])
    run(["win", second, "--at", "2026-09-29"])
    rows = run("forecast accuracy -p 2026-09 --json").json
    assert [row["day"] for row in rows] == ["2026-09-02", "2026-09-09", "2026-09-16", "2026-09-23", "2026-09-30"]
    assert amounts(rows, "closed") == [0, 0, 0, 40, 100]
    assert amounts(rows, "commit") == [0, 0, 60, 100, 100]
    assert {row["actual"]["amount"] for row in rows} == {"100000.00"}
    assert [row["commit_accuracy"] for row in rows] == [0, 0, 0.6, 1, 1]
    assert [row["adjusted_accuracy"] for row in rows] == [None, None, 0.9, 0.9, 0.9]
    assert len(run("forecast accuracy -p 2026-09 --weeks 2 --json").json) == 2
    empty = run("forecast accuracy -p 2026-08 --json").json
    assert {row["commit_accuracy"] for row in empty} == {None}
    assert "n/a" in run("forecast accuracy -p 2026-08").out


def test_in_chinese(zh: Runner) -> None:
    zh("deal add 水泵 amount=30万 expected_close=2026-12-10 forecast=承诺 probability=80 --lang zh")
    page = zh("forecast -p 本季度 --lang zh").out
    assert "承诺 30万" in page and "加权 24万 (0-30万)" in page and "大概在" in page
    assert "已调整" in zh("forecast adjust 承诺 25万 --reason 保守 --lang zh").err
    assert "各阶段赢率" in zh("forecast calibrate --lang zh").out
