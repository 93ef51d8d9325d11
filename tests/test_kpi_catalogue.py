"""The whole catalogue on hand-made stores: figures that were worked out by hand, and n/a where there is nothing."""

from __future__ import annotations

from typing import Any

import pytest

from salesctl.domain.kpi import DIMENSIONS, KPIS, fits
from tests.conftest import Runner


def figures(run: Runner, line: str, today: str = "2026-11-23") -> dict[str, dict[str, Any]]:
    return {one["kpi"]: one for one in run(f"kpi show {line} --json", today=today).json}


def deal(run: Runner, name: str, created: str, end: str = "", **fields: str) -> None:
    """A deal; `end` as "win 2026-10-11" or "lose 2026-10-11"."""
    run.add("deal", name, created=created, **fields)
    if end:
        verb, day = end.split()
        run([verb, name, *(["price"] if verb == "lose" else []), "--at", day])


@pytest.fixture
def year(run: Runner) -> Runner:
    """Q4: three won (10, 20, 30 days), one lost after 40, two open; customers Acme (bought before) and Brava."""
    run("customer add Acme")
    run("customer add Brava")
    deal(run, "Old", "2026-03-01", "win 2026-04-01", amount="1000", customer="Acme")
    deal(run, "A", "2026-10-01", "win 2026-10-11", amount="1000", customer="Acme")
    deal(run, "B", "2026-10-01", "win 2026-10-21", amount="3000", customer="Brava", competitor="Festa")
    deal(run, "C", "2026-10-02", "win 2026-11-01", amount="2000", customer="Acme")
    deal(run, "L", "2026-10-01", "lose 2026-11-10", amount="5000", competitor="Festa")
    deal(run, "O1", "2026-11-03", amount="4000", close="2026-12-01")
    deal(run, "O2", "2026-09-24", close="2026-12-15")
    return run


def test_win_rates_of_every_denominator(year: Runner) -> None:
    got = figures(year, "win_rate win_rate_value win_rate_competitive win_rate_cohort -p 2026Q4")
    counts = {name: (one["n"], one["of"], one["value"]) for name, one in got.items()}
    assert counts["win_rate"] == (3, 4, 0.75)
    assert counts["win_rate_value"] == (3, 4, 6000 / 11000)
    assert counts["win_rate_competitive"] == (1, 2, 0.5)
    assert counts["win_rate_cohort"] == (3, 5, 0.6)
    assert "1 still open" in year("kpi show win_rate_cohort -p 2026Q4 -O text").out


def test_cycles_with_and_without_what_is_open(year: Runner) -> None:
    got = figures(year, "cycle cycle_all time_to_loss -p 2026Q4")
    assert (got["cycle"]["value"], got["cycle"]["n"]) == (20, 3)
    assert (got["time_to_loss"]["value"], got["time_to_loss"]["n"]) == (40, 1)
    # won after 10, 20, 30 days; open for 20 and 60: 4/5 x 3/4 x 1/2 = 0.3 are left after 30
    assert (got["cycle_all"]["n"], got["cycle_all"]["of"], got["cycle_all"]["value"]) == (3, 5, 30)
    assert (got["cycle_all"]["p25"], got["cycle_all"]["p75"]) == (20, None)


def test_velocity_is_its_inputs_multiplied(year: Runner) -> None:
    got = figures(year, "velocity average_deal win_rate cycle -p 2026Q4")
    # open at the start or begun in it: A B C L O1 O2; average 2000, 75 %, 20 days
    assert got["velocity"]["n"] == 6
    assert float(got["velocity"]["value"]["amount"]) == pytest.approx(6 * 2000 * 0.75 / 20)
    assert "6 opportunities x $2,000 x 75 % / 20 d" in year("kpi show velocity -p 2026Q4 -O text").out.replace(
        "\n", " "
    )
    told = year("kpi show velocity --json").json[0]
    assert told["value"] is None


def test_coverage_needs_a_goal_and_says_what_is_needed(year: Runner) -> None:
    assert figures(year, "coverage -p 2026Q4")["coverage"]["value"] is None
    assert "no revenue goal" in year("kpi show coverage -p 2026Q4 -O text").out
    year("goal add revenue 8000 -p 2026Q4 --reason plan")
    assert figures(year, "coverage -p 2026Q4")["coverage"]["value"] == 2.0  # 4000 due for 2000 that lack
    # of the last 365 days: 1,000 + 6,000 won, 5,000 lost
    assert "needed is 1.7x, 1 / 58 %" in year("kpi show coverage -p 2026Q4 -O text").out
    year("goal edit G1 target=6000")
    assert figures(year, "coverage -p 2026Q4")["coverage"]["value"] is None
    assert "the goal is met" in year("kpi show coverage -p 2026Q4 -O text").out


def test_customers_that_came_back_and_those_touched(year: Runner) -> None:
    got = figures(year, "repeat_purchase -p 2026Q4")["repeat_purchase"]
    assert (got["n"], got["of"]) == (1, 2)
    assert figures(year, "repeat_purchase -p 2026-04")["repeat_purchase"]["n"] == 0
    for line in ('log Acme "a"', 'log Acme "b"', 'log Brava "c"'):
        year(line)
    got = figures(year, "customers_touched activities -p 2026Q4")
    assert (got["customers_touched"]["value"], got["activities"]["value"]) == (2, 3)


def test_slipped_is_due_at_the_start_and_open_at_the_end(run: Runner) -> None:
    for name, amount in (("On time", "100"), ("Pushed", "300"), ("Overdue", "600"), ("No amount", "")):
        fields = {"amount": amount} if amount else {}
        run([*("deal", "add", name, "created=2026-09-01", "close=2026-10-20"), *(f"{k}={v}" for k, v in fields.items())],
            today="2026-09-01")  # fmt: skip
    run("deal add Later amount=50 created=2026-09-01 close=2027-02-01", today="2026-09-01")
    run(["win", "On time"], today="2026-10-10")
    run(["deal", "edit", "Pushed", "close=2027-01-15", "amount=900"], today="2026-10-12")
    got = figures(run, "slippage slippage_value -p 2026-10", today="2026-11-23")
    assert (got["slippage"]["n"], got["slippage"]["of"]) == (3, 4)
    assert got["slippage_value"]["value"] == 0.9 and got["slippage_value"]["excluded"] == 1
    assert figures(run, "slippage")["slippage"]["value"] is None


def test_stalled_is_the_number_that_the_board_shows(year: Runner) -> None:
    board = next(one for one in year("board --json", today="2027-03-01").json if one["stage"] == "total")
    assert figures(year, "stalled", today="2027-03-01")["stalled"]["value"] == board["stalled"] == 2
    assert figures(year, "stalled -p 2026Q4")["stalled"]["value"] == figures(year, "stalled")["stalled"]["value"]


def test_against_the_goal(year: Runner) -> None:
    year("goal add revenue 8000 -p 2026Q4 --reason plan")
    year("goal add win_rate 40% -p 2026Q4 --reason plan")
    got = figures(year, "revenue win_rate won -p 2026Q4 --vs goal")
    assert got["revenue"]["change"] == -0.25
    assert got["win_rate"]["change"] == pytest.approx(0.35)
    assert got["won"]["change"] is None
    assert "goal" in year("kpi show revenue -p 2026Q4 --vs goal --by rep", code=2).err


EVERY = " ".join(KPIS)


def never_zero(found: dict[str, dict[str, Any]]) -> None:
    """A ratio without a denominator, a mean of nothing and money a day of nothing are n/a."""
    for name, one in found.items():
        if KPIS[name].is_ratio and not one["of"]:
            assert one["value"] is None, name
        if (
            KPIS[name].kind
            in ("average", "median", "days", "survival", "velocity", "response", "coverage", "attainment")
            and not one["n"]
        ):
            assert one["value"] is None, name


@pytest.mark.parametrize("period", ["", "-p 2026Q4", "-p 2019Q1", "-p 2031Q1", "-b 2026-10-01", "-e 2026-10-01"])
def test_nothing_there_is_na_and_no_crash(run: Runner, period: str) -> None:
    never_zero(figures(run, f"{EVERY} {period}"))
    run("deal add Lone amount=5 created=2026-10-05 close=2026-12-01")
    never_zero(figures(run, f"{EVERY} {period} --vs previous"))
    run("win Lone --at 2026-10-05")
    for line in ("--vs previous", "--vs goal", "--vs lastyear --as-of 2026-10-05", "--why -O text --vs previous"):
        run(f"kpi show {EVERY} {period} {line}")
    if period == "-p 2026Q4":
        got = figures(run, f"cycle velocity cycle_all {period}")
        assert got["cycle"]["value"] == 0  # all on one day
        assert got["velocity"]["value"] is None


def test_all_deals_on_one_day(run: Runner) -> None:
    for n in range(4):
        deal(run, f"Deal {n}", "2026-10-05", ("win" if n < 3 else "lose") + " 2026-10-05", amount="10")
    got = figures(run, f"{EVERY} -p 2026-10")
    never_zero(got)
    assert (got["win_rate"]["value"], got["time_to_loss"]["value"]) == (0.75, 0)


def test_every_kpi_on_every_dimension_that_fits(year: Runner) -> None:
    for by in DIMENSIONS:
        names = [name for name, kpi in KPIS.items() if fits(kpi, by)]
        assert {"win_rate_competitive", "win_rate_cohort", "stalled", "time_to_loss"} <= set(names), by
        rows = year(f"kpi show {' '.join(names)} --by {by} -p 2026Q4 --json").json
        won = sum(one["n"] for one in rows if one["kpi"] == "win_rate")
        assert won == (3 * 7 if by == "reached" else 3), by  # a won deal passed all seven stages


def test_what_is_due_today_has_not_slipped_yet(run: Runner) -> None:
    for name, close in (("Today", "2026-11-23"), ("Late", "2026-11-20")):
        run(f"deal add {name} amount=5 expected_close={close}", today="2026-10-01")
    got = figures(run, "slippage -p 2026-11", today="2026-11-23")["slippage"]
    assert (got["n"], got["of"]) == (1, 2)
    assert figures(run, "slippage -p 2026-11", today="2026-12-01")["slippage"]["n"] == 2
