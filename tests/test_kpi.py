"""Figures against numbers that were worked out by hand."""

from __future__ import annotations

import pytest

from tests.conftest import Runner


def fill(run: Runner) -> None:
    """Four wins of 10 and one loss of 100 in October and November, one open deal, two reps in two teams."""
    for team in ("North", "South"):
        run(["team", "add", team, f"region={team.lower()}"])
    run("rep add Anna team=North region=north")
    run("rep add Bo team=South region=south manager=Anna")
    for product in ("Pump", "Scanner"):
        run(["product", "add", product])
    deals = [
        ("A", "10", "Anna", "2026-09-01", "win 2026-10-01", "Pump"),
        ("B", "10", "Anna", "2026-09-01", "win 2026-10-11", "Pump = 6; Scanner = 4"),
        ("C", "10", "Bo", "2026-10-01", "win 2026-11-10", "Scanner"),
        ("D", "10", "Bo", "2026-10-01", "win 2026-11-20", ""),
        ("E", "100", "Bo", "2026-10-01", "lose 2026-11-20", "Pump"),
        ("F", "40", "Anna", "2026-11-01", "", "Pump"),
    ]
    for name, amount, owner, created, end, product in deals:
        run(
            [
                "deal",
                "add",
                name,
                f"amount={amount}",
                f"owner={owner}",
                f"created={created}",
                *([f"product={product}"] if product else []),
            ]
        )
        if end.startswith("win"):
            run(["win", name, "--at", end[4:]])
        elif end:
            run(["lose", name, "price", "--at", end[5:]])


def values(run: Runner, line: str) -> dict[tuple[str, str | None], object]:
    found = {}
    for one in run(f"kpi show {line} --json").json:
        value = one["value"]
        found[one["kpi"], one["group"]] = value["amount"] if isinstance(value, dict) else value
    return found


def test_count_and_value_disagree_and_both_say_so(run: Runner) -> None:
    fill(run)
    rate, by_value = run("kpi show win_rate win_rate_value --json").json
    assert (rate["value"], rate["n"], rate["of"]) == (0.8, 4, 5)
    assert (round(rate["low"], 3), round(rate["high"], 3)) == (0.376, 0.964)
    assert round(by_value["value"], 5) == 0.28571


def test_headline_figures_of_all_time(run: Runner) -> None:
    fill(run)
    got = values(run, "revenue won lost average_deal median_deal cycle pipeline weighted_pipeline open_deals created")
    assert got == {
        ("revenue", None): "40.00",
        ("won", None): 4,
        ("lost", None): 1,
        ("average_deal", None): "10.00",
        ("median_deal", None): "10.00",
        ("cycle", None): 40,
        ("pipeline", None): "40.00",
        ("weighted_pipeline", None): "2.00",
        ("open_deals", None): 1,
        ("created", None): 6,
    }
    cycle = run("kpi show cycle --json").json[0]
    assert (cycle["p25"], cycle["p75"], cycle["mean"]) == (37.5, 42.5, 40.0)


@pytest.mark.parametrize(
    ("by", "want"),
    [
        ("rep", {"Anna": "20.00", "Bo": "20.00"}),
        ("team", {"North": "20.00", "South": "20.00"}),
        ("manager", {"Anna": "20.00", "(none)": "20.00"}),
        ("region", {"north": "20.00", "south": "20.00"}),
        ("product", {"Pump": "16.00", "Scanner": "14.00", "(none)": "10.00"}),
        ("month", {"2026-10": "20.00", "2026-11": "20.00"}),
        ("quarter", {"2026Q4": "40.00"}),
        ("currency", {"USD": "40.00"}),
        ("industry", {"(none)": "40.00"}),
    ],
)
def test_revenue_by_dimension(run: Runner, by: str, want: dict[str, str]) -> None:
    fill(run)
    assert {group: value for (_kpi, group), value in values(run, f"revenue --by {by}").items()} == want


def test_a_deal_counts_once_under_each_of_its_products(run: Runner) -> None:
    fill(run)
    assert {group: value for (_kpi, group), value in values(run, "won --by product").items()} == {
        "Pump": 2,
        "Scanner": 2,
        "(none)": 1,
    }


def test_periods_count_by_close_date_and_compare(run: Runner) -> None:
    fill(run)
    now = {one["kpi"]: one for one in run("kpi show revenue win_rate -p 2026-11 --vs previous --json").json}
    assert now["revenue"]["value"]["amount"] == "20.00" and now["revenue"]["before"]["amount"] == "20.00"
    assert now["revenue"]["change"] == 0.0
    assert (now["win_rate"]["n"], now["win_rate"]["of"]) == (2, 3)
    assert now["win_rate"]["within_chance"] is True
    assert now["revenue"]["period"] == {"label": "Nov 2026", "start": "2026-11-01", "end": "2026-11-30"}


def test_a_running_period_meets_as_many_days_of_the_other(run: Runner) -> None:
    fill(run)
    early = run("kpi show won -p 2026-11 --vs previous --json", today="2026-11-10").json[0]
    assert (early["value"], early["before"]) == (2, 1)


def test_an_empty_denominator_is_nothing_never_zero(run: Runner) -> None:
    rate, average, cycle = run("kpi show win_rate average_deal cycle -p 2026-01 --json").json
    assert rate["value"] is average["value"] is cycle["value"] is None
    assert "n/a" in run("kpi show win_rate -p 2026-01 -O text").out


def test_a_reopened_deal_counts_by_its_last_close(run: Runner) -> None:
    fill(run)
    run("deal reopen A")
    assert values(run, "won")["won", None] == 3
    assert values(run, "won --as-of 2026-11-22")["won", None] == 4
    run("win A")
    assert {group: value for (_kpi, group), value in values(run, "won --by month").items()} == {
        "2026-10": 1,
        "2026-11": 3,
    }


def test_rows_that_say_nothing_are_left_out_and_counted(run: Runner) -> None:
    fill(run)
    run("deal add G created=2026-11-01")
    run("win G")
    won, revenue, average = run("kpi show won revenue average_deal --json").json
    assert (won["value"], revenue["excluded"], average["n"]) == (5, 1, 4)
    assert "1 without an amount" in run("kpi show revenue --why -O text").out


def test_satisfaction_and_market_share_say_why_they_are_empty(run: Runner) -> None:
    told = run("kpi -O text").out
    assert "asks customers nothing" in told and "no size of the market" in told


def test_names_of_kpis_in_any_spelling(run: Runner) -> None:
    for word in ("win-rate", "win_rate", "Win Rate", "成交率", "赢单率"):
        assert run(["kpi", "show", word, "--json"]).json[0]["kpi"] == "win_rate"


def test_activities_by_rep_and_type(run: Runner) -> None:
    run("rep add Anna")
    run("config me Anna")
    run("customer add Acme")
    for kind in ("call", "call", "visit"):
        run(["log", "acme", "text", "--type", kind])
    assert values(run, "calls visits activities --by rep") == {
        ("calls", "Anna"): 2,
        ("visits", "Anna"): 1,
        ("activities", "Anna"): 3,
    }


def test_retention_by_sets(run: Runner) -> None:
    for place, (name, wins) in enumerate(
        {"Stays": ("2025-03-01", "2026-03-01"), "Leaves": ("2025-03-01",), "New": ("2026-03-01",)}.items()
    ):
        run(["customer", "add", name])
        for day in wins:
            run(["deal", "add", f"{name} {day}", f"customer={name}", f"created={day}", "amount=5"])
            run(["win", f"{name} {day}", "--at", day])
        assert place >= 0
    kept = run("kpi show retention -p 2026 --json", today="2026-12-31").json[0]
    assert (kept["n"], kept["of"], kept["value"]) == (1, 2, 0.5)


def test_every_row_has_the_same_keys(run: Runner) -> None:
    fill(run)
    keys = {tuple(one) for one in run("kpi --json").json}
    assert len(keys) == 1
    assert next(iter(keys))[:8] == ("kpi", "period", "group", "value", "unit", "n", "of", "low")


def test_why_names_the_rows_that_are_left_out(run: Runner) -> None:
    for name, amount in (("A", "5k"), ("B", ""), ("C", "7eur")):
        run(["deal", "add", name, *([f"amount={amount}"] if amount else [])])
        run(["win", name])
    run("deal add Open amount=1k")
    said = run("kpi show revenue --currency USD --why -O text").out
    assert "left out: 1 without an amount (D2), 1 in other currencies, for which no rate is known (D3)" in said


def test_why_of_a_cycle_says_its_mean(run: Runner) -> None:
    for name, day in (("A", "2026-10-01"), ("B", "2026-10-11"), ("C", "2026-11-01")):
        run(["deal", "add", name, f"created={day}"])
        run(["win", name, "--at", "2026-11-05"])
    assert "mean 21.3 d, median 25 d, middle half 14.5-30 d" in run("kpi show cycle --why -O text").out


def test_retention_of_all_time_says_that_it_is_of_a_year(run: Runner) -> None:
    run("add Acme Pump 5k")
    row = run("kpi show retention --json").json[0]
    assert (row["period"]["start"], row["period"]["end"]) == ("2025-11-24", "2026-11-23")
