"""What a manager reads beside the figures: what is left out, what nothing is compared with, what is of today."""

from __future__ import annotations

import pytest

from tests.conftest import Runner


@pytest.fixture
def some(run: Runner) -> Runner:
    run("rep add Ann")
    run("deal add Due amount=100 close=2026-12-01 created=2026-09-01 owner=Ann")
    run("deal add Undated amount=900 created=2026-09-01 owner=Ann")
    run("deal add Won amount=500 created=2026-09-01 owner=Ann")
    run("win Won --at 2026-09-20")
    return run


def test_open_deals_without_a_date_are_left_out_of_a_period_and_named(some: Runner) -> None:
    rows = {one["kpi"]: one for one in some("kpi show pipeline open_deals weighted_pipeline -p 2026Q4 --json").json}
    assert {name: (one["n"], one["excluded"]) for name, one in rows.items()} == {
        "pipeline": (1, 1), "open_deals": (1, 1), "weighted_pipeline": (1, 1),
    }  # fmt: skip
    assert (
        "1 without a day on which they are expected to close (D2)"
        in some("kpi show pipeline -p 2026Q4 --why -O text").out
    )
    assert some("kpi show open_deals --json").json[0]["excluded"] == 0
    assert "of the deals due in the period" in some("kpi show open_deals -p 2026Q4 -O text").out
    assert "due in the period" not in some("kpi show open_deals -O text").out


def test_a_comparison_that_cannot_be_made_is_said(some: Runner) -> None:
    for line in ("kpi show revenue --vs previous", "kpi show revenue --by month -p 2026Q4 --vs lastyear"):
        assert "nothing is compared" in some(line).err
    assert some("kpi show revenue -p 2026Q4 --vs previous").err == ""


def test_a_closed_period_says_where_its_reported_figures_are(some: Runner) -> None:
    some("period close 2026Q3")
    said = "what was reported: salesctl period show 2026Q3"
    assert said in some("kpi show revenue -p 2026Q3 -O text").out
    assert said not in some("kpi show revenue -p 2026Q4 -O text").out
    assert "* differs" not in some("period show 2026Q3 -O text").out
    some("deal edit Won amount=700")
    assert "* differs" in some("period show 2026Q3 -O text").out
    some("period reopen 2026Q3")
    assert said not in some("kpi show revenue -p 2026Q3 -O text").out


def test_the_report_of_a_rep_about_a_quarter_is_of_that_quarter(some: Runner) -> None:
    got = some("report rep Ann -p 2026Q3 --json").json["blocks"]
    assert got["win_rate"]["period"]["label"] == "2026Q3" == got["forecast_quarter"]["period"]["label"]
    assert some("report rep Ann --json").json["blocks"]["win_rate"]["period"]["label"] == "Nov 2026"


def test_a_report_of_the_past_says_what_is_of_today(some: Runner) -> None:
    said = "today, 2026-11-23: goals, forecast, what is open"
    assert said in " ".join(some("report monthly -p 2026-10 -O text").out.split())
    for line in ("report monthly -p 2026-10 --as-of 2026-10-31", "report monthly -p 2026-11", "report trend"):
        assert "today, 2026-11-23" not in some(f"{line} -O text").out
    assert "2026Q4" in some("report weekly -O text").out  # the win rate is of the quarter


def test_a_change_of_the_cycle_is_told_of_the_median_and_of_the_mean(run: Runner) -> None:
    for place, (began, ended) in enumerate(
        (("05-01", "05-11"), ("05-01", "05-31"), ("08-01", "08-05"), ("08-01", "08-21"))
    ):
        run(f"deal add D{place}x amount=5 created=2026-{began}")
        run(f"win D{place}x --at 2026-{ended}")
    text = run("kpi why cycle -p 2026Q3 -O text").out
    assert "12 d (2), was 20 d (2): -8 d" in text
    assert "the mean, 12.0 d, was 20.0 d: -8.0 d" in text
