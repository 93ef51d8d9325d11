"""kpi why: the change of a figure split by each dimension, adding up to the last digit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Runner


def closed(run: Runner, name: str, day: str, won: bool, **fields: str) -> None:
    pairs = [f"{key}={value}" for key, value in fields.items() if key != "lost"]
    run(["deal", "add", name, "created=2026-01-01", *pairs])
    run(["win", name, "--at", day] if won else ["lose", name, fields.get("lost", "price"), "--at", day])


@pytest.fixture
def quarters(run: Runner) -> Runner:
    """Q2: Anna 2 of 3, Bo 1 of 2. Q3: Anna 2 of 3, Bo 0 of 3; Bo's losses are at the price."""
    run("rep add Anna region=North")
    run("rep add Bo region=South")
    plan = [("Anna", "05", "wwl"), ("Bo", "05", "wl"), ("Anna", "08", "wwl"), ("Bo", "08", "lll")]
    for owner, month, results in plan:
        for place, result in enumerate(results):
            name = f"{owner}{month}{place}"
            closed(
                run, name, f"2026-{month}-1{place}", result == "w", owner=owner, amount=f"{10 + place}k", channel="web"
            )
    return run


def units(value: Any) -> int:
    return round(float(value["amount"]) * 100) if isinstance(value, dict) else round(value * 1_000_000)


@pytest.mark.parametrize("kpi", ["win_rate", "win_rate_value", "revenue", "average_deal", "cycle"])
def test_every_split_adds_up_to_the_change(quarters: Runner, kpi: str) -> None:
    found = quarters(f"kpi why {kpi} -p 2026Q3 --json").json
    assert found["splits"]
    for split in found["splits"]:
        assert sum(units(one["effect"]) for one in split["groups"]) == units(found["change"]), split["by"]
        for one in split["groups"]:
            assert units(one["mix"]) + units(one["rate"]) == units(one["effect"])


def test_the_change_is_the_figures_own(quarters: Runner) -> None:
    for kpi in ("win_rate", "win_rate_value", "revenue", "average_deal"):
        found = quarters(f"kpi why {kpi} -p 2026Q3 --json").json
        (now,) = quarters(f"kpi show {kpi} -p 2026Q3 --vs previous --json").json
        assert (found["value"], found["before"], found["n"]) == (now["value"], now["before"], now["n"])
        assert units(found["change"]) == units(now["value"]) - units(now["before"])


def test_who_did_it_and_whether_it_may_be_chance(quarters: Runner) -> None:
    found = quarters("kpi why win-rate -p 2026Q3 --json").json
    assert (found["n"], found["of"], found["before_n"], found["before_of"]) == (2, 6, 3, 5)
    reps = next(one["groups"] for one in found["splits"] if one["by"] == "rep")
    assert [one["group"] for one in reps] == ["Bo", "Anna"]
    bo = reps[0]
    # shares 3/6 and 2/5, rates 0 and 1/2: mix (1/10)(1/4 - 7/15), rate (9/20)(-1/2)
    assert (bo["mix"], bo["rate"]) == (-0.021667, -0.225) and bo["within_chance"]
    assert found["within_chance"] is True
    text = quarters("kpi why win-rate -p 2026Q3 --why").out
    assert "33 % (2/6), was 60 % (3/5): -26.7 pt, within chance" in text
    assert "Bennet" in text and "Benjamini-Hochberg" in text


def test_losses_by_reason_and_by_stage(quarters: Runner) -> None:
    found = quarters("kpi why win-rate -p 2026Q3 --by loss-reason --json").json
    ((one,),) = (split["groups"] for split in found["splits"])
    assert (one["group"], one["top"], one["bottom"], one["top_before"], one["bottom_before"]) == ("price", 4, 6, 2, 5)
    assert one["effect"] == found["change"]
    assert "4 of 6 lost" in quarters("kpi why win-rate -p 2026Q3 --by 输单原因").out
    assert quarters("kpi why win-rate -p 2026Q3 --by stage --json").json["splits"][0]["by"] == "stage"


def test_a_deal_of_two_products_is_in_one_group(quarters: Runner) -> None:
    quarters("product add Pump list_price=10")
    quarters("product add Valve list_price=10")
    closed(quarters, "Both", "2026-08-20", True, product="Pump; Valve")
    closed(quarters, "Single", "2026-08-20", True, product="Pump")
    found = quarters("kpi why win-rate -p 2026Q3 --by product --json").json
    groups = {one["group"]: one for one in found["splits"][0]["groups"]}
    assert (groups["(several)"]["bottom"], groups["Pump"]["bottom"], groups["(none)"]["bottom"]) == (1, 1, 6)
    assert sum(one["bottom"] for one in groups.values()) == found["of"] == 8


def test_nothing_to_take_apart_is_na_and_never_a_crash(run: Runner) -> None:
    for kpi in ("win_rate", "revenue", "cycle"):
        assert run(f"kpi why {kpi} -p 2026Q3").code == 0
    run("rep add Anna")
    closed(run, "One", "2026-08-10", True, amount="5k")
    for kpi in ("win_rate", "win_rate_value", "average_deal", "cycle"):
        found = run(f"kpi why {kpi} -p 2026Q3 --json").json
        assert (found["change"], found["splits"], found["before"]) == (None, [], None)
        assert "n/a" in run(f"kpi why {kpi} -p 2026Q3").out
    assert units(run("kpi why revenue -p 2026Q3 --json").json["change"]) == 500000
    assert "one of:" in run("kpi why pipeline -p 2026Q3", code=2).err
    assert "one of:" in run("kpi why win-rate -p 2026Q3 --by mood", code=2).err
    run("kpi why win-rate -p all", code=2)
    run("kpi why win-rate -p 2026Q3 --vs never", code=2)


def test_against_last_year_and_a_running_period_to_the_same_day(quarters: Runner) -> None:
    found = quarters("kpi why win-rate -p 2026Q3 --vs lastyear --json").json
    assert found["against"]["start"] == "2025-07-01" and found["change"] is None
    found = quarters("kpi why win-rate -p 2026Q3 --json", today="2026-08-11").json
    assert found["against"] == {"label": "2026Q2 to 12 May", "start": "2026-04-01", "end": "2026-05-12"}


def test_losses_that_count_in_no_rate_are_in_no_split(quarters: Runner) -> None:
    closed(quarters, "Twice", "2026-08-20", False, owner="Bo", lost="duplicate")
    for kpi in ("win_rate", "win_rate_value"):
        found = quarters(f"kpi why {kpi} -p 2026Q3 --json").json
        (now,) = quarters(f"kpi show {kpi} -p 2026Q3 --json").json
        assert found["value"] == now["value"] and now["excluded"] >= 1
        for split in found["splits"]:
            assert sum(units(one["effect"]) for one in split["groups"]) == units(found["change"])
            assert all(one["bottom"] <= found["of"] for one in split["groups"]) or kpi != "win_rate"


def test_amounts_of_another_currency_are_told_and_in_no_split(quarters: Runner) -> None:
    closed(quarters, "Foreign", "2026-08-20", True, owner="Bo", amount="9k EUR")
    closed(quarters, "Away", "2026-08-20", False, owner="Bo", amount="9k EUR")
    found = quarters("kpi why revenue -p 2026Q3 --currency USD --json").json
    assert found["other_currency"] == 1
    assert quarters("kpi why win-rate-value -p 2026Q3 --currency USD --json").json["other_currency"] == 2
    assert "1 in other currencies" in quarters("kpi why revenue -p 2026Q3 --currency USD").out
    assert quarters("kpi why win-rate -p 2026Q3 --json").json["other_currency"] == 0
    euro = quarters("kpi why revenue -p 2026Q3 --currency EUR --json").json
    assert euro["change"] == {"amount": "9000.00", "currency": "EUR"}


def test_converted_amounts_add_up_in_every_split_alike(quarters: Runner) -> None:
    quarters("rate set EUR 1.4 --base USD --date 2026-01-01")
    for place in range(7):
        closed(
            quarters,
            f"E{place}",
            "2026-08-20",
            place % 2 == 0,
            owner="Anna",
            amount="0.01 EUR",
            channel=f"c{place}",
        )
    for kpi in ("revenue", "win_rate_value", "average_deal"):
        found = quarters(f"kpi why {kpi} -p 2026Q3 --currency USD --json").json
        assert found["splits"] and found["other_currency"] == 0
        assert units(found["change"]) - (units(found["value"]) - units(found["before"])) in (-1, 0, 1)  # both rounded
        for split in found["splits"]:
            assert sum(units(one["effect"]) for one in split["groups"]) == units(found["change"]), (kpi, split["by"])


def test_loss_reasons_that_differ_by_spelling_are_one(run: Runner) -> None:
    for place, (day, why) in enumerate(
        (("2026-05-10", "Price"), ("2026-08-10", "price "), ("2026-08-11", "ＰＲＩＣＥ"), ("2026-08-12", "price"))
    ):
        closed(run, f"L{place}", day, won=False, amount="10", lost=why)
        closed(run, f"W{place}", day, won=True, amount="10")
    found = run("kpi why win_rate -p 2026Q3 --by loss-reason --json").json
    (one,) = found["splits"][0]["groups"]
    assert (one["group"], one["top"], one["top_before"]) == ("price", 3, 1)
