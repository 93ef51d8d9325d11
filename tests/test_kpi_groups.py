"""Figures by group: of every kind that is measured on its own, a group's figure is the one asked of that group alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from salesctl.domain.kpi import KPIS, fits
from tests.conftest import Runner

KEYS = ("value", "n", "of", "low", "high", "p25", "p75", "excluded")
MEASURED = [kpi.name for kpi in KPIS.values() if kpi.is_whole]
REPS = {"Anna": "North", "Bo": "North", "陈伟": "South"}
# name, rep, customer, channel, product, created, end, amount
DEALS = (
    ("A", "Anna", "Acme", "web", "Pump", "2025-06-01", "win 2025-07-01", "1000"),
    ("B", "Anna", "Acme", "fair", "Pump", "2025-11-20", "win 2026-01-15", "2000"),
    ("C", "Bo", "Acme", "web", "Valve", "2026-07-01", "win 2026-10-20", "500"),
    ("D", "Bo", "Brava", "web", "Pump", "2025-12-01", "win 2025-12-20", "700"),
    ("E", "陈伟", "Brava", "fair", "Valve", "2026-09-15", "win 2026-11-02", "900"),
    ("F", "陈伟", "Corda", "web", "Valve", "2026-02-01", "win 2026-03-01", "300"),
    ("G", "Anna", "Corda", "fair", "Pump", "2026-03-01", "lose 2026-10-10", "800"),
    ("H", "Bo", "Dora", "web", "Pump", "2026-08-01", "lose 2026-11-11", "100"),
    ("I", "Anna", "Dora", "web", "Valve", "2026-08-15", "", "5000"),
    ("J", "陈伟", "Brava", "fair", "Pump", "2026-10-01", "", "2500"),
    ("K", "Bo", "Corda", "fair", "Pump", "2026-10-05", "", ""),
    ("L", "Anna", "Dora", "web", "Pump", "2026-10-02", "win 2026-11-20", "1500"),
)


@pytest.fixture
def team(run: Runner) -> Runner:
    """Three reps in two teams, four customers, twelve deals over a year and a half, and follow-ups with three customers."""
    for name in ("North", "South"):
        run(f"team add {name}", today="2025-06-01")
    for name, mine in REPS.items():
        run(f"rep add {name} team={mine}", today="2025-06-01")
    for name in ("Pump", "Valve"):
        run(f"product add {name}")
    for name in ("Acme", "Brava", "Corda", "Dora"):
        run(f"customer add {name} industry={'steel' if name in ('Acme', 'Dora') else 'food'}")
    for name, rep, customer, channel, product, created, end, amount in DEALS:
        fields = {"owner": rep, "customer": customer, "channel": channel, "product": product, "created": created}
        fields |= {"close": "2026-10-30" if created < "2026-10-01" else "2026-12-10"} | (
            {"amount": amount} if amount else {}
        )
        run.add("deal", name, **fields)
        if end:
            verb, day = end.split()
            run([verb, name, *(["price"] if verb == "lose" else []), "--at", day])
    for name, customer, rep in (
        ("a", "Acme", "Anna"),
        ("b", "Brava", "Anna"),
        ("c", "Brava", "Bo"),
        ("d", "Dora", "陈伟"),
    ):
        run.add("followup", name, customer=customer, owner=rep, due="2026-11-23")
        run(f"done {name}")
    return run


def told(run: Runner, line: str) -> dict[tuple[str, Any], dict[str, Any]]:
    rows = run(f"kpi show {line} --json").json
    return {(one["kpi"], one["group"]): {key: one[key] for key in KEYS} for one in rows}


def is_there(one: dict[str, Any]) -> bool:
    return bool(one["value"] or one["n"] or one["of"])


FILTERS = {
    "rep": [(name, f"--owner {name}") for name in REPS],
    "team": [(name, f"--team {name}") for name in ("North", "South")],
    "channel": [(name, f"--where channel={name}") for name in ("web", "fair")],
}
PARTS = {
    "month": [(f"2026-{n:02}", f"-p 2026-{n:02}") for n in range(1, 13)],
    "quarter": [(f"2026Q{n}", f"-p 2026Q{n}") for n in range(1, 5)],
    "week": [(f"2026-W{n:02}", f"-p 2026-w{n:02}") for n in (40, 43, 47)],
}


def held_apart(
    run: Runner, by: str, more: str, filters: list[tuple[str, str]]
) -> dict[tuple[str, Any], dict[str, Any]]:
    """The figures by group, each the same as when it is asked of that group alone; a group that is not told has none."""
    names = [name for name in MEASURED if fits(KPIS[name], by)]
    grouped = told(run, f"{' '.join(names)} --by {by} {more}")
    seen = 0
    for group, filter in filters:
        for (name, _none), alone in told(run, f"{' '.join(names)} {filter}").items():
            if (name, group) in grouped:
                assert grouped[name, group] == alone, (name, group)
                seen += 1
            else:
                assert not is_there(alone) or alone["value"] is None, (name, group)
    assert seen > 5
    return grouped


@pytest.mark.parametrize("by", FILTERS)
@pytest.mark.parametrize("more", ["-p 2026Q4", "-p 2026", "-p 2026Q4 --as-of 2026-11-05", ""])
def test_a_group_is_what_its_filter_says(team: Runner, by: str, more: str) -> None:
    held_apart(team, by, more, [(group, f"{filter} {more}") for group, filter in FILTERS[by]])


@pytest.mark.parametrize("by", PARTS)
def test_a_part_of_the_time_is_what_is_asked_of_it_alone(team: Runner, by: str) -> None:
    grouped = held_apart(team, by, "-p 2026", PARTS[by])
    ever = told(team, f"repeat_purchase --by {by}")
    assert len(ever) > len([one for one in grouped if one[0] == "repeat_purchase"])
    assert all(grouped.get(key, one) == one for key, one in ever.items())


def test_customers_of_groups_by_hand(team: Runner) -> None:
    got = told(team, "retention churn repeat_purchase customers_touched --by rep -p 2026Q4 --as-of 2026-12-31")
    # active on 2026-10-01: Anna sold Acme in January, Bo Brava in December, Chen Corda in March
    assert {rep: (got["retention", rep]["n"], got["retention", rep]["of"]) for rep in REPS} == {
        "Anna": (1, 1), "Bo": (0, 1), "陈伟": (1, 1),
    }  # fmt: skip
    assert got["churn", "Bo"]["value"] == 1.0 and got["churn", "Anna"]["value"] == 0.0
    assert got["customers_touched", "Anna"]["value"] == 2
    assert told(team, "churn --by rep -p 2026Q4")["churn", "Bo"]["value"] == 0.0  # today Brava is active still
    got = told(team, "retention --by industry -p 2026Q4")
    assert {group: (one["n"], one["of"]) for (_kpi, group), one in got.items()} == {"steel": (1, 1), "food": (2, 2)}
    assert told(team, "repeat_purchase --by product -p 2026Q4")["repeat_purchase", "Valve"]["of"] == 2
    whole = told(team, "retention churn -p 2026Q4")
    assert whole["retention", None]["n"] + whole["churn", None]["n"] == whole["retention", None]["of"]


def test_new_customers_are_all_watched_as_long(team: Runner) -> None:
    # first bought: Acme 2025-07-01 (again after 198 days), Brava 2025-12-20 (after 317), Corda 2026-03-01, Dora 2026-11-20
    got = told(team, "repeat_cohort -p 2025")["repeat_cohort", None]
    assert (got["n"], got["of"], got["excluded"]) == (0, 2, 0)
    got = told(team, "repeat_cohort -p 2026")["repeat_cohort", None]
    assert (got["n"], got["of"], got["excluded"]) == (0, 1, 1)
    assert "1 customer is younger" in team("kpi show repeat_cohort -p 2026 -O text").out
    team("deal reopen B --reason x")
    team("win B --at 2025-12-28")  # 180 days after the first
    assert told(team, "repeat_cohort -p 2025")["repeat_cohort", None]["n"] == 1
    team("deal reopen B --reason x")
    team("win B --at 2025-12-29")
    assert told(team, "repeat_cohort -p 2025")["repeat_cohort", None]["n"] == 0
    assert told(team, "repeat_cohort --by month")["repeat_cohort", "2025-07"]["of"] == 1


def test_quota_attainment_and_coverage_of_each_rep(team: Runner) -> None:
    assert told(team, "attainment -p 2026Q4")["attainment", None]["value"] is None
    team("goal add revenue 1000 -p 2026Q4 --rep Bo --reason plan")
    team("goal add revenue 2000 -p 2026Q4 --rep 陈伟 --reason plan")
    team("goal add revenue 5800 -p 2026Q4 --reason plan")
    assert told(team, "attainment -p 2026Q4")["attainment", None]["value"] == 0.5  # 500 + 900 + 1500
    assert "$2,900 of the goal of $5,800" in team("kpi show attainment -p 2026Q4 -O text").out
    for line in ("attainment coverage --by rep -p 2026Q4", "attainment --by team -p 2026Q4"):
        by = line.split()[line.split().index("--by") + 1]
        for (name, group), one in told(team, line).items():
            option = {"rep": "--owner", "team": "--team"}[by]
            assert one == told(team, f"{name} -p 2026Q4 {option} {group}")[name, None]
    got = told(team, "attainment coverage --by rep -p 2026Q4")
    assert (got["attainment", "Bo"]["value"], got["attainment", "陈伟"]["value"]) == (0.5, 0.45)
    assert got["attainment", "Anna"]["value"] is None
    assert got["coverage", "陈伟"]["value"] == round(2500 / 1100, 4)
    assert told(team, "attainment --by quarter -p 2026")["attainment", "2026Q4"]["value"] == 0.5
    assert "cannot be grouped" in team("kpi show coverage --by industry -p 2026Q4", code=2).err


def test_coverage_and_goal_gap_ask_one_win_rate(team: Runner) -> None:
    team("goal add revenue 5800 -p 2026Q4 --reason plan")
    gap = team("goal gap G1 --json").json
    text = team("kpi show coverage -p 2026Q4 -O text").out
    assert f"needed is {gap['coverage_needed']:.1f}x" in text
    assert gap["coverage"] == pytest.approx(told(team, "coverage -p 2026Q4")["coverage", None]["value"], abs=1e-4)


def test_the_win_rate_from_each_stage(run: Runner) -> None:
    stages = [one["name"] for one in run("stage list --json").json if one["phase"] != "after"]
    first, second, third = stages[:3]
    for name, way in (("A", stages[:2]), ("B", stages[:3]), ("C", [second, first]), ("W", [first])):
        run(["deal", "add", name, "created=2026-10-01", "amount=100", f"stage={way[0]}"])
        for stage in way[1:]:
            run(["advance", name, stage, "--reason", "x"])
    run("win W --at 2026-11-02")
    for name in "AB":
        run(["lose", name, "price", "--at", "2026-11-03"])
    rows = run("kpi show win_rate --by reached -p 2026Q4 --json").json
    assert [one["group"] for one in rows] == stages
    got = {one["group"]: (one["n"], one["of"]) for one in rows}
    assert (got[first], got[second], got[third]) == ((1, 3), (1, 3), (1, 2))
    assert all(got[stage] == (1, 1) for stage in stages[3:])
    made = {one["group"]: one["value"] for one in run("kpi show created --by reached -p 2026Q4 --json").json}
    assert (made[first], made[second], made[third], made[stages[-1]]) == (4, 4, 2, 1)
    value = {
        one["group"]: one["n"] for one in run("kpi show win_rate_value revenue --by 到达阶段 -p 2026Q4 --json").json
    }
    assert set(value) == set(stages)


def test_how_far_a_deal_had_come_by_a_day(run: Runner) -> None:
    stages = [one["name"] for one in run("stage list --json").json if one["phase"] != "after"]
    run("deal add A created=2026-10-01", today="2026-10-01")
    run("advance A", today="2026-10-10")
    run("advance A", today="2026-10-20")
    run("lose A price", today="2026-10-30")
    assert [one["group"] for one in run("kpi show lost --by reached --json").json] == stages[:3]
    line = "kpi show created --by reached --json -p 2026-10 --as-of"
    assert [one["group"] for one in run(f"{line} 2026-10-15").json] == stages[:2]
    assert [one["group"] for one in run(f"{line} 2026-10-05").json] == stages[:1]
    days = run("kpi show time_to_loss --by reached --json").json
    assert {one["group"]: one["value"] for one in days} == dict.fromkeys(stages[:3], 29)


def test_how_long_leads_waited_by_a_day_in_the_past(run: Runner) -> None:
    run("lead add Nova channel=web", today="2026-11-16")
    run("lead add Orion channel=fair", today="2026-11-17")
    run('log Nova "spoke to them"', today="2026-11-18")

    def at(day: str) -> tuple[Any, int, int]:
        one = told(run, f"lead_response -p 2026-11 --as-of {day}")["lead_response", None]
        return one["value"], one["n"] or 0, one["of"] or 0

    assert at("2026-11-15") == (None, 0, 0)
    assert at("2026-11-16") == (None, 0, 1)
    assert at("2026-11-17") == (None, 0, 2)
    assert at("2026-11-18")[1:] == (1, 2)
    got = told(run, "lead_response -p 2026-11 --by channel")
    assert (got["lead_response", "web"]["n"], got["lead_response", "fair"]["n"]) == (1, 0)
    assert told(run, "lead_response -p 2026 --by month")["lead_response", "2026-11"]["of"] == 2


def test_what_contracts_of_the_start_bring_a_year(run: Runner) -> None:
    assert told(run, "net_retention -p 2026Q3")["net_retention", None]["value"] is None
    assert "no contract with a value" in run("kpi show gross_retention -p 2026Q3 -O text").out
    for name, day, value, term in (
        ("Acme", "2026-01-01", "12000", "12m"),  # 12,000 a year, and still runs
        ("Brava", "2026-01-01", "6000", "6m"),  # 12,000 a year, then 18,000
        ("Brava", "2026-07-01", "9000", "6m"),
        ("Corda", "2026-04-01", "3000", "3m"),  # 12,000 a year, then gone
        ("Dora", "2026-08-01", "7000", "12m"),  # new: not of the start
    ):
        run(["add", name, f"{name} {day}", value, "--contact", "Ann"], today=day)
        run(["contract", "add", f"{name} {day}", "--value", value, "--term", term], today=day)
    got = told(run, "net_retention gross_retention -p 2026Q3")
    assert got["net_retention", None]["value"] == pytest.approx(30 / 36)
    assert got["gross_retention", None]["value"] == pytest.approx(24 / 36)
    assert (got["gross_retention", None]["n"], got["gross_retention", None]["of"]) == (2, 3)
    by = told(run, "net_retention --by quarter -p 2026")
    assert by["net_retention", "2026Q3"] == got["net_retention", None]
    assert ("net_retention", "2026Q1") not in by
    assert told(run, "net_retention -p 2026Q3 --as-of 2026-06-30")["net_retention", None]["value"] is None
    assert told(run, "net_retention -p 2026Q3 --as-of 2026-07-02")["net_retention", None]["value"] == 30 / 36
    assert "cannot be grouped" in run("kpi show net_retention --by product", code=2).err


def test_contracts_of_other_currencies_and_without_a_term(run: Runner) -> None:
    for name, value, end in (
        ("Acme", "12000 EUR", ["--term", "12m"]),
        ("Brava", "5000", []),
        ("Corda", "12000", ["--term", "12m"]),
    ):
        run(["add", name, f"{name} deal", value, "--contact", "Ann"], today="2026-01-01")
        run(["contract", "add", f"{name} deal", "--value", value, *end], today="2026-01-01")
    got = told(run, "net_retention -p 2026Q3")["net_retention", None]
    assert (got["value"], got["of"], got["excluded"]) == (1.0, 1, 2)
    run("rate set EUR 1.10 --date 2026-01-01")
    got = told(run, "net_retention -p 2026Q3")["net_retention", None]
    assert (got["value"], got["of"], got["excluded"]) == (1.0, 2, 1)
    assert "1 without a term" in run("kpi show net_retention -p 2026Q3 --why -O text").out


@pytest.mark.parametrize("more", ["-p 2026Q4", "-p 2026", "-p 2026Q4 --as-of 2026-11-05", "", "-p 2026Q4 --owner Anna"])
def test_why_names_as_many_as_it_counts(team: Runner, more: str) -> None:
    from salesctl.services.leftout import CUSTOMERS, SHOWN

    named = 0
    for kpi in KPIS.values():
        text = team(f"kpi show {kpi.name} --why -O text {more}").out
        found = re.search(r"rows in: (\d+)(?: \(([^)]*)\))?", text)
        assert found, kpi.name
        refs = [word for word in (found[2] or "").split() if word != "..."]
        assert len(refs) == len(set(refs))
        if kpi.is_outside or (kpi.is_whole and kpi.kind not in CUSTOMERS):
            assert not refs
        else:
            assert len(refs) == min(int(found[1]), SHOWN), (kpi.name, text)
            named += len(refs)
    assert named > 20


def test_a_period_that_has_not_begun_is_na_and_a_running_one_ends_today(team: Runner) -> None:
    got = told(team, "retention churn net_retention gross_retention repeat_cohort slippage -p 2027")
    assert all(one["value"] is None and not one["of"] for one in got.values())
    assert told(team, "retention -p 2026 --as-of 2026-03-31") == told(
        team, "retention -b 2026-01-01 -e 2026-04-01 --as-of 2026-03-31"
    )
    months = [group for _kpi, group in told(team, "retention --by month -p 2026")]
    assert months[-1] == "2026-11" == max(months)


def test_a_renewal_without_a_rate_is_on_neither_side(run: Runner) -> None:
    run("config set currency EUR")
    for name, day, value in (
        ("Acme", "2025-01-05", "12000"),
        ("Brava", "2025-01-05", "24000"),
        ("Acme", "2026-01-05", "14000 USD"),
    ):
        run(["add", name, f"{name} {day}", value, "--contact", "Ann"], today=day)
        term = "12m" if name == "Acme" else "36m"
        run(["contract", "add", f"{name} {day}", "--value", value, "--term", term], today=day)
    got = told(run, "net_retention -p 2026")["net_retention", None]
    assert (got["value"], got["n"], got["of"], got["excluded"]) == (1.0, 1, 1, 1)
    assert "no USD->EUR rate" in run("kpi show net_retention -p 2026 --strict", code=4).err
    run("rate set USD 0.5 --date 2025-01-01")
    assert told(run, "net_retention -p 2026 --strict")["net_retention", None]["value"] == pytest.approx(15000 / 20000)


def test_a_rep_who_is_called_like_no_group_is_a_group_of_his_own(run: Runner) -> None:
    run(["rep", "add", "(none)"])
    run("rep add Ann")
    for name, owner, amount in (("A", "(none)", "100"), ("B", "", "900"), ("C", "Ann", "500")):
        run(["deal", "add", name, "created=2026-10-01", f"amount={amount}", *([f"owner={owner}"] if owner else [])])
        run(f"win {name} --at 2026-10-11")
    run("deal edit B owner=")
    got = told(run, "revenue velocity --by rep -p 2026Q4")
    assert {group: float(one["value"]["amount"]) for (name, group), one in got.items() if name == "revenue"} == {
        "Ann": 500, "(none)": 900, '"(none)"': 100,
    }  # fmt: skip
    assert float(got["velocity", '"(none)"']["value"]["amount"]) == 10
    assert (
        "€" not in run("kpi show revenue --by rep -O text").out
        and "900" in run("kpi show revenue --by rep -O text").out
    )


def test_parts_of_a_period_are_in_one_currency(run: Runner) -> None:
    for name, amount, month in (("A", "700 USD", "09"), ("B", "300 EUR", "10"), ("C", "600 EUR", "11")):
        run(["deal", "add", name, f"amount={amount}", f"created=2026-{month}-01"])
        run(f"win {name} --at 2026-{month}-11")
    got = told(run, "velocity average_deal --by month -p 2026")
    assert {one["value"]["currency"] for one in got.values() if one["value"]} == {"USD"}
    run("kpi show velocity --by month -p 2026 --strict", code=4)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
def test_the_first_and_the_last_day_of_follow_ups_are_days_of_the_organisation(bare: Runner, zone: str) -> None:
    bare(f"init --zone {zone} --me Ann")
    for name, at in (("Acme", "2026-10-31 20:00"), ("Beta", "2026-11-01 03:00"), ("Cora", "2026-11-02 23:30")):
        bare(f"customer add {name}")
        bare(["log", "call", name, "hi", "--at", at])
    for by in ("day", "month"):
        got = told(bare, f"customers_touched activities --by {by}")
        counts = {
            name: {group: one["value"] for (kpi, group), one in got.items() if kpi == name}
            for name in ("customers_touched", "activities")
        }
        assert counts["customers_touched"] == counts["activities"], by


def test_far_days_ask_no_more_than_there_are_records(team: Runner) -> None:
    for line in (
        "velocity --by week --as-of 2099-01-01",
        "customers_touched --by day -b 1900-01-01 -e 2199-12-31",
        "coverage --by month --as-of 2099-01-01",
    ):
        assert len(asked_by(team, line)) < 400, line


def asked_by(run: Runner, line: str) -> list[str]:
    """The statements that a command asks the store."""
    from salesctl.store import connect

    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("query", "one"):
            real = getattr(connect.Sqlite, name)
            patch.setattr(
                connect.Sqlite,
                name,
                lambda self, sql, params=None, real=real: [asked.append(sql), real(self, sql, params)][1],
            )
        run(f"kpi show {line} --json")
    return asked
