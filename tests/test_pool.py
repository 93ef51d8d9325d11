"""The common pool: what goes back to it and why, the warning before, what one gives back and takes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner


@pytest.fixture(autouse=True)
def bo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCTL_USER", "Bo")


def rules(run: Runner, tmp_path: Path, **changed: int) -> None:
    """Other rules of the pool, in the next version of the SOP."""
    text = run("sop export").out
    for key, n in changed.items():
        old = next(line for line in text.split("\n") if line.startswith(f"{key} ="))
        text = text.replace(old, f"{key} = {n}")
    file = tmp_path / "sop.toml"
    file.write_text(text, encoding="utf-8")
    run(f"sop load {file}")


def going(run: Runner, today: str) -> list[tuple[str, str, int]]:
    rows = run("lead reclaim --dry-run --json", today=today).json
    return [(row["ref"], row["rule"], row["quiet_days"]) for row in rows]


def owner(run: Runner, ref: str) -> Any:
    return run(f"show {ref} --json").json["owner"]


def test_an_untouched_lead_goes_on_its_day_and_not_before(run: Runner) -> None:
    run("lead add Acme")
    assert going(run, "2026-12-06") == []
    assert going(run, "2026-12-07") == [("L1", "lead_days", 14)]
    one = run("lead reclaim --dry-run --json", today="2026-12-07").json[0]
    assert (one["owner"], one["touched_on"], one["limit_days"], one["goes_on"]) == (
        "Bo",
        "2026-11-23",
        14,
        "2026-12-07",
    )
    assert owner(run, "L1") == "Bo"


def test_reclaiming_is_silent_when_there_is_nothing_and_says_who_lost_what(run: Runner) -> None:
    nothing = run("lead reclaim")
    assert (nothing.out, nothing.err) == ("", "")
    assert run("lead reclaim --json").json == []
    run("lead add Acme")
    run("followup add call lead=L1 due=2026-12-24")
    done = run("lead reclaim", today="2026-12-07")
    assert done.rows[0]["ref"] == "L1" and done.rows[0]["owner"] == "Bo" and done.rows[0]["rule"] == "lead_days"
    assert owner(run, "L1") is None
    assert run("followup list --json").json[0]["owner"] is None
    again = run("lead reclaim", today="2026-12-07")
    assert (again.out, again.err) == ("", "")
    row = run("lead pool --json").json[0]
    assert (row["ref"], row["how"], row["before"], row["reason"]) == ("L1", "reclaimed", "Bo", "lead_days 14")
    assert run("lead show L1 --json").json["pool"][0]["kind"] == "reclaimed"
    run("undo")
    assert owner(run, "L1") == "Bo" and run("followup list --json").json[0]["owner"] == "Bo"
    assert run("lead pool --json").json == [] and run("lead show L1 --json").json["pool"] == []


@pytest.mark.parametrize(
    "touch", ["log call L1 hello", "log L1 note --type task", "lead screen L1 --auto", "lead edit L1 region=north"]
)
def test_a_touch_begins_the_days_anew(run: Runner, touch: str) -> None:
    run("lead add Acme phone=123456 need=pumps")
    run(touch, today="2026-11-30")
    assert going(run, "2026-12-13") == []
    assert going(run, "2026-12-14") == [("L1", "lead_days", 14)]


def test_a_plan_is_no_touch_and_an_edit_of_nothing_neither(run: Runner) -> None:
    run("lead add Acme region=north")
    run("followup add call lead=L1 due=2026-12-24", today="2026-11-30")
    run("lead edit L1 region=north", today="2026-11-30")
    assert going(run, "2026-12-07") == [("L1", "lead_days", 14)]


def test_days_are_those_of_the_organisation(bare: Runner) -> None:
    bare("init --zone Asia/Shanghai --lang en")
    bare(["--today", "2026-11-23T17:00:00", "lead", "add", "Acme"])  # the 24th in Shanghai
    assert going(bare, "2026-12-07") == []
    assert going(bare, "2026-12-08") == [("L1", "lead_days", 14)]


def test_closed_and_archived_leads_stay(run: Runner) -> None:
    for name in ("A", "B", "C"):
        run(f"lead add {name}1")
    run("lead screen L1 --reject --reason x")
    run("lead convert L2")
    run("lead archive L3")
    assert going(run, "2027-03-01") == []


def test_customers_go_by_their_own_rule_but_never_with_an_open_deal(run: Runner, tmp_path: Path) -> None:
    run("customer add Quiet")
    run("add Busy Order 5k")
    run("customer add Called")
    run("log call Called hello", today="2026-12-20")
    run("customer add Edited")
    run("customer edit Edited region=north", today="2026-12-20")
    run("add Lost Order 5k")
    run("lose D2 price", today="2026-12-20")
    assert going(run, "2026-12-30") == []  # customer_days is 0
    rules(run, tmp_path, customer_days=30)
    assert going(run, "2026-12-30") == [("C1", "customer_days", 37)]
    assert [ref for ref, _rule, _days in going(run, "2027-02-01")] == ["C1", "C3", "C4", "C5"]
    run("lead reclaim", today="2026-12-30")
    assert owner(run, "C1") is None and owner(run, "C2") == "Bo"
    assert "in the pool" in run("customer show C1 -O text").out
    assert "D1" in run("lead return C2 --reason x", code=4).err
    run("undo")
    assert owner(run, "C1") == "Bo"


def test_a_new_owner_begins_the_days_anew(run: Runner, tmp_path: Path) -> None:
    rules(run, tmp_path, customer_days=14)
    run("rep add Sofia")
    run("lead add Acme")
    run("customer add Kova")
    run("lead assign L1 --to Sofia", today="2026-12-01")
    run("customer edit Kova owner=Sofia", today="2026-12-01")
    assert going(run, "2026-12-14") == []
    assert {ref for ref, _rule, _days in going(run, "2026-12-15")} == {"L1", "C1"}


def test_the_warning_stands_in_today_and_in_the_reminder(run: Runner) -> None:
    run("lead add Acme")
    assert "pool_soon" not in run("today --json", today="2026-12-03").json["waiting"]
    one = run("today --json", today="2026-12-04").json["waiting"]["pool_soon"]
    assert one["items"] == [
        {"ref": "L1", "name": "Acme", "owner": "Bo", "goes_on": "2026-12-07", "days_left": 3, "rule": "lead_days"}
    ]
    assert "Back to the pool  L1 Acme in 3 days" in run("remind", today="2026-12-04").out
    assert "back to the pool in 3 days (lead_days 14)" in run("lead show L1 -O text", today="2026-12-04").out
    assert run("remind --check", today="2026-12-04", code=10)
    run("rep add Sofia")
    assert "pool_soon" not in run("today --owner Sofia --json", today="2026-12-04").json["waiting"]


def test_giving_back_needs_a_reason_and_is_undone(run: Runner) -> None:
    run("lead add Acme")
    run("customer add Kova")
    assert run("lead return L1", code=4).err.count("--reason")
    assert run("lead return L1 C1 --reason 'no budget'").out == "L1\nC1\n"
    rows = run("lead pool --json").json
    assert [(row["ref"], row["how"], row["reason"], row["before"]) for row in rows] == [
        ("L1", "returned", "no budget", "Bo"),
        ("C1", "returned", "no budget", "Bo"),
    ]
    assert "in the pool already" in run("lead return 1 --reason x", code=4).err
    assert [row["ref"] for row in run("lead pool --customers --json").json] == ["C1"]
    assert [row["ref"] for row in run("lead pool --leads --json").json] == ["L1"]
    assert run("lead pool --leads --customers", code=2)
    assert [row["ref"] for row in run("lead pool status:new --json").json] == ["L1"]  # customers know no such status
    assert run("lead pool colour:red", code=2) and run("lead pool status:nonsense", code=4)
    run("undo")
    assert owner(run, "L1") == "Bo" and owner(run, "C1") == "Bo" and run("lead pool --json").json == []


def test_claiming_takes_out_of_the_pool(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    run("lead add Acme owner=")
    run("customer add Kova")
    run("lead return C1 --reason x")
    monkeypatch.setenv("SALESCTL_USER", "Sofia")
    assert [one["owner"] for one in run("lead claim 1 Kova --json").json] == ["Sofia", "Sofia"]
    assert run("lead show L1 --json").json["assigned_at"].startswith("2026-11-23")
    monkeypatch.setenv("SALESCTL_USER", "Bo")
    refused = run("lead claim L1 --json", code=5).error
    assert refused["code"] == "taken" and "Sofia has it" in refused["message"]
    monkeypatch.setenv("SALESCTL_USER", "Sofia")
    run("undo")
    assert owner(run, "L1") is None and owner(run, "C1") is None
    monkeypatch.delenv("SALESCTL_USER")
    assert run("lead claim L1", code=2).err.count("config me")


def test_a_day_has_its_limit_which_opens_at_midnight(run: Runner, tmp_path: Path) -> None:
    rules(run, tmp_path, claims_a_day=2)
    for name in ("Acme", "Beta", "Gamma"):
        run(f"lead add {name} owner=")
    refused = run("lead claim L1 L2 L3 --json", code=4).error
    assert (refused["rule"], refused["limit"], refused["have"], refused["wanted"]) == ("claims_a_day", 2, 0, 3)
    assert refused["opens"] == "2026-11-24"
    run("lead claim L1 L2 L2")
    assert "2026-11-24" in run("lead claim L3", code=4).err
    run("undo")
    run("lead claim L3")
    run("lead claim L1")
    assert run("lead claim L2", code=4)
    assert run("lead claim L2", today="2026-11-24").out == "L2\n"


def test_holdings_have_their_limit_leads_and_customers_apart(run: Runner, tmp_path: Path) -> None:
    rules(run, tmp_path, holding=2)
    run("lead add Acme")
    run("lead add Beta")
    run("lead add Gamma owner=")
    run("customer add Kova")
    run("lead return C1 --reason x")
    refused = run("lead claim L3 --json", code=4).error
    assert (refused["rule"], refused["limit"], refused["have"]) == ("holding", 2, 2) and "lead return" in refused[
        "hint"
    ]
    assert run("lead claim C1").out == "C1\n"
    run("lead screen L1 --reject --reason x")
    assert run("lead claim L3").out == "L3\n"


def test_no_rules_no_limits(run: Runner, tmp_path: Path) -> None:
    rules(run, tmp_path, lead_days=0, claims_a_day=0, holding=0)
    for n in range(12):
        run(f"lead add Lead{n} owner=")
    run(["lead", "claim", *(f"L{n}" for n in range(1, 13))])
    assert going(run, "2030-01-01") == []


def test_the_store_stays_sound(run: Runner) -> None:
    run("lead add Acme")
    run("lead reclaim", today="2026-12-07")
    run("lead claim L1", today="2026-12-07")
    run("lead return L1 --reason x", today="2026-12-08")
    run("undo", today="2026-12-08")
    assert run("db check", today="2026-12-08").out == ""
