"""The SOP: linted whole, loaded as versions, checked when a deal moves, and everything about it taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from salesctl.domain import soplint
from salesctl.domain.sop import Sop, enforced
from salesctl.store.create import default_sop
from tests.conftest import Runner
from tests.store_state import rows

SMALL = """
playbooks = ["value first"]
[pipeline]
name = "Small"
[enforce]
"all" = "block"
[[stage]]
key = "first"
name = "First"
probability = 10
age_limit = 5
[[stage.task]]
key = "call"
name = "Call them"
due = 2
[[stage.task]]
key = "write"
name = "Write it down"
required = false
after = ["call"]
[[stage.require]]
field = "amount"
[[stage]]
key = "last"
name = "Last"
phase = "signing"
probability = 80
[[stage]]
key = "later"
name = "Later"
phase = "after"
[[stage.task]]
key = "thank"
name = "Thank them"
"""


def deal(run: Runner) -> None:
    run('add Acme "Pump order"')


def checks(run: Runner, ref: str = "D1") -> dict[str, bool]:
    return {one["item"]: one["met"] for one in run(f"deal show {ref} --json").json["checks"]}


def load(run: Runner, tmp_path: Path, text: str = SMALL, *more: str, code: int = 0) -> Any:
    file = tmp_path / "sop.toml"
    file.write_text(text, encoding="utf-8")
    return run(["sop", "load", str(file), *more, "--json"], code=code)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_default_sop_is_sound_and_says_something_of_all_eight_stages(lang: str) -> None:
    plan, faults = soplint.lint(default_sop(lang))
    assert faults == []
    assert plan is not None and len(plan["stage"]) == 8
    for stage in Sop(plan).stages.values():
        assert stage.tasks and stage.tools and stage.values["aim"], stage.key
        assert stage.values.get("phase") == "after" or (stage.require and stage.kpis), stage.key


BAD = {
    'name = "First"': ('name = "First"\ncolour = "red"', "unknown field colour"),
    "age_limit = 5": ("age_limit = -5", "age_limit is negative"),
    "due = 2": ("due = true", "due is a whole number"),
    'key = "write"': ('key = "call"', "task call is there twice"),
    'field = "amount"': ('field = "colour"', "unknown field colour"),
    'phase = "signing"': ('phase = "sign"', "unknown phase sign"),
    '"all" = "block"': ('"quote" = "block"', "unknown stage quote"),
    'after = ["call"]': ('after = ["cal"]', "unknown task cal"),
    "probability = 80": ("probability = 180", "a probability is at most 100"),
    "[enforce]": ("[enforce", "it is no TOML"),
    'key = "call"': ('key = "call; rm -rf"', "a key has letters, digits and _ only"),
}


@pytest.mark.parametrize("good", BAD)
def test_a_fault_is_named_with_its_line(good: str) -> None:
    bad, why = BAD[good]
    text = SMALL.replace(good, bad)
    plan, faults = soplint.lint(text)
    assert plan is None
    wanted = [n for n, row in enumerate(text.split("\n"), start=1) if row == bad.split("\n")[-1]]
    assert any(why in one.why and one.line in wanted for one in faults), faults


def test_tasks_that_wait_for_each_other_are_a_fault() -> None:
    text = SMALL.replace('name = "Call them"', 'name = "Call them"\nafter = ["write"]')
    _plan, faults = soplint.lint(text)
    assert [one for one in faults if "call -> write -> call" in one.why]


def test_discount_bands_that_overlap_are_a_fault() -> None:
    bands = '[[discount.band]]\nover = 0\nto = 15\napprove = ["manager"]\n[[discount.band]]\nover = 10\nto = 20\napprove = ["manager"]\n'
    text = SMALL + bands
    _plan, faults = soplint.lint(text)
    first = text.split("\n").index("over = 0") + 1
    assert [one.why for one in faults] == [f"the band overlaps the one in line {first}"]


def test_lint_tells_every_fault_at_once_and_loads_nothing(run: Runner, tmp_path: Path) -> None:
    text = SMALL.replace("age_limit = 5", "age_limit = -5").replace("due = 2", "due = -2")
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    done = run(["sop", "lint", str(file), "--json"], code=4)
    faults = done.error["faults"]
    assert [one["line"] for one in faults] == [
        n for n, row in enumerate(text.split("\n"), start=1) if row in ("age_limit = -5", "due = -2")
    ]
    assert load(run, tmp_path, text, code=4).error["code"] == "bad_file"
    assert len(run("sop list --json").json) == 1
    plain = run(["sop", "lint", str(file)], code=4)
    assert re.findall(r"^line \d+: .* is negative$", plain.err, re.M) and plain.err.count("\n") == 3


def test_a_limit_below_nothing_hides_no_other_fault() -> None:
    """Negative, unknown and doubled: what is meant is asked too, of every table that has the right shape."""
    text = SMALL.replace("age_limit = 5", "age_limit = -5").replace('field = "amount"', 'field = "colour"')
    text = text.replace('"all" = "block"', '"quote" = "block"') + "[pool]\nlead_days = -1\n[leads]\nopens = 9\n"
    _plan, faults = soplint.lint(text)
    told = "\n".join(one.why for one in faults)
    for why in ("age_limit is negative", "lead_days is negative", "opens is a text", "unknown field colour",
                "unknown stage quote"):  # fmt: skip
        assert why in told, told


@pytest.mark.parametrize("part", ["enforce = []", "leads = []", "discount = []", "stage = {}", "pool = 3"])
def test_a_list_where_a_table_belongs_is_a_fault(part: str) -> None:
    plan, faults = soplint.lint(part)
    assert plan is None and any("table" in one.why and one.line == 1 for one in faults)


def test_a_requirement_in_single_brackets_is_a_fault() -> None:
    plan, faults = soplint.lint(SMALL.replace("[[stage.require]]", "[stage.require]"))
    assert plan is None and any("[[stage.require]]" in one.why for one in faults), faults


def test_a_task_for_somebody_who_is_not_there_is_a_fault() -> None:
    text = SMALL.replace("due = 2", 'due = 2\nwho = "Nobody Here"')
    assert soplint.lint(text)[1] == [] and soplint.lint(text, {"nobody here"})[1] == []
    assert any("Nobody Here" in one.why for one in soplint.lint(text, {"bo"})[1])


@pytest.mark.parametrize(
    ("words", "code"),
    [("missing.toml", 9), (".", 9), ("--default", 0), ("", 2), ("x.toml --default", 2)],
)
def test_where_a_sop_comes_from(run: Runner, words: str, code: int) -> None:
    run(f"sop lint {words}", code=code)


def test_what_is_missing_is_warned_of_and_counted_at_first(run: Runner) -> None:
    deal(run)
    done = run("advance D1 --json").json
    assert [one["item"] for one in done["missing"]] == ["profile", "channel"]
    assert {one["mode"] for one in done["missing"]} == {"warn"}
    assert done["stage"] == "First contact"


def test_a_blocking_sop_lists_everything_missing_with_what_mends_it(run: Runner) -> None:
    deal(run)
    run("sop enforce block")
    error = run("advance D1 --json", code=4).error
    assert error["code"] == "stage_gate"
    assert [one["fix"] for one in error["missing"]] == [
        "salesctl sop tick D1 profile",
        "salesctl deal edit D1 channel=web",
    ]
    for fix in ("sop tick D1 profile", "deal edit D1 channel=fair"):
        run(fix)
    assert run("advance D1 --json").json["missing"] == []


def test_overriding_needs_a_reason_and_is_written_down(run: Runner) -> None:
    deal(run)
    run("sop enforce block prospecting.channel")
    run("advance D1", code=4)
    run("advance D1 --override", code=4)
    run(["advance", "D1", "--override", "--reason", "they called us"])
    assert rows(run.path, "SELECT item, state, reason FROM sop_check ORDER BY item") == [
        ("channel", "overridden", "they called us"),
        ("customer", "met", None),
        ("profile", "missing", None),
    ]


def test_enforcing_a_stage_or_an_item_leaves_the_rest(run: Runner) -> None:
    deal(run)
    run("sop enforce off prospecting")
    assert checks(run) == {}
    run("sop enforce block 潜在客户识别.customer")
    assert checks(run) == {"customer": True}
    assert run("advance D1 --json").json["missing"] == []
    assert len(run("sop list --json").json) == 3
    run("sop enforce loud", code=2)
    run("sop enforce off nowhere", code=2)
    run("sop enforce off prospecting.nothing", code=2)


def test_enforcing_keeps_every_other_line_of_the_text() -> None:
    text = '# mine\n[enforce]\n# strict\n"all" = "warn"\n\n[leads]\ndaily_quota = 3\n'
    assert enforced(text, "all", "off") == text.replace('"warn"', '"off"')
    assert enforced(text, "quote.x", "block") == text.replace("[enforce]\n", '[enforce]\n"quote.x" = "block"\n')
    assert enforced("a = 1\n", "all", "off") == 'a = 1\n\n[enforce]\n"all" = "off"\n'


def test_a_stage_gives_a_deal_its_tasks_and_takes_them_along(run: Runner) -> None:
    deal(run)
    states = {one["key"]: one["state"] for one in run("sop tasks deal:D1 --all --json").json}
    assert states == {"profile": "open", "fit": "open"}
    run("advance D1")
    states = {one["key"]: one["state"] for one in run("sop tasks deal:D1 --all --json").json}
    assert states == {"profile": "skipped", "fit": "skipped", "first_touch": "open", "introduce": "open"}
    run(["deal", "back", "D1", "--reason", "too early"])
    states = {one["key"]: one["state"] for one in run("sop tasks deal:D1 --all --json").json}
    assert states["profile"] == "open" and states["first_touch"] == "skipped"


def test_a_task_waits_for_the_one_before_it(run: Runner) -> None:
    deal(run)
    error = run("sop tick TK2 --json", code=4).error
    assert error["hint"] == "salesctl sop tick TK1"
    assert run("sop tick TK1 --json").json["state"] == "done"
    run("sop tick TK1", code=4)
    run("sop tick D1 fit")
    assert run("sop untick TK2 --json").json["done_at"] is None
    run("sop tick D1 nonsense", code=3)


def test_a_task_is_due_by_the_working_calendar(run: Runner) -> None:
    deal(run)  # a Monday; two working days on is Wednesday
    due = {one["key"]: one["due"] for one in run("sop tasks --json").json}
    assert due == {"profile": "2026-11-25", "fit": "2026-11-26"}
    waiting = run("today --json", today="2026-11-26").json["waiting"]["tasks"]
    assert (waiting["count"], [one["ref"] for one in waiting["items"]]) == (2, ["TK1", "TK2"])


def test_jumping_is_not_advancing_and_is_counted(run: Runner) -> None:
    deal(run)
    run("advance D1 Quote", code=4)
    run(["advance", "D1", "Quote", "--reason", "they want a price"])
    assert rows(run.path, "SELECT count(*) FROM sop_check WHERE sort = 'jump'") == [(3,)]


def test_many_deals_move_together_or_not_at_all(run: Runner) -> None:
    for name in ("One", "Two", "Three"):
        run(["deal", "add", name, "--channel", "fair" if name != "Two" else "web"])
    run("sop enforce block")
    for ref in ("D1", "D3"):
        run(f"sop tick {ref} profile")
        run(f"deal edit {ref} customer=Acme", code=3)
    run("customer add Acme")
    for ref in ("D1", "D2", "D3"):
        run(f"deal edit {ref} customer=Acme")
    assert run("deal advance -w stage:prospecting -y --json", code=4).error["code"] == "stage_gate"
    assert {one["stage"] for one in run("deal list --json").json} == {"Prospecting"}
    moved = run("deal advance -w channel:fair -y --json").json
    assert [one["ref"] for one in moved] == ["D1", "D3"]
    run("undo")
    assert {one["stage"] for one in run("deal list --json").json} == {"Prospecting"}


def test_a_stage_that_holds_deals_goes_only_with_a_place_for_them(run: Runner) -> None:
    deal(run)
    run("stage archive Prospecting", code=4)
    run("stage archive Prospecting --move-to after-sales", code=4)
    run("stage archive Prospecting --move-to Discovery")
    assert run("deal show D1 --json").json["stage"] == "Discovery"
    run("undo")
    assert run("deal show D1 --json").json["stage"] == "Prospecting"
    assert len(run("stage list --json").json) == 8


def test_loading_makes_stages_and_a_version_and_undo_takes_both_back(run: Runner, tmp_path: Path) -> None:
    done = load(run, tmp_path).json
    assert (done["version"], done["made"], done["pipeline"]) == (1, ["First", "Last", "Later"], "Small")
    assert load(run, tmp_path).json["unchanged"] is True
    run(["deal", "add", "Valve", "--pipeline", "Small"])
    assert checks(run) == {"call": False, "amount": False}
    text = SMALL[: SMALL.index("[[stage]]")] + SMALL[SMALL.index('[[stage]]\nkey = "last"') :]
    assert load(run, tmp_path, text, code=4).error["missing"] == ["move_to"]
    gone = load(run, tmp_path, text, "--move-to", "Last").json
    assert (gone["gone"], gone["moved"]) == (["First"], 1)
    run("undo")
    assert [one["name"] for one in run("stage list pipeline:Small --json").json] == ["First", "Last", "Later"]
    assert run("deal show D1 --json").json["stage"] == "First"
    run("db check")


def test_what_a_stricter_sop_would_hold_up(run: Runner, tmp_path: Path) -> None:
    deal(run)
    text = run("sop export").out.replace('fact = "customer"', 'field = "amount"')
    file = tmp_path / "new.toml"
    file.write_text(text, encoding="utf-8")
    told = run(["sop", "diff", str(file), "--impact", "--json"]).json
    assert [(one["ref"], one["missing"]) for one in told["impact"]] == [("D1", ["Amount"])]
    assert '-fact = "customer"' in told["diff"] and '+field = "amount"' in told["diff"]
    assert load(run, tmp_path, text).json["version"] == 2
    between = run("sop diff 1 2 --json").json
    assert between["diff"] == run("sop diff --json").json["diff"] != []
    run("sop show --version 7", code=3)


def test_editing_goes_through_the_editor_and_the_lint(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "edit.py"
    script.write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[-1])\n"
        "p.write_text(p.read_text(encoding='utf-8').replace(sys.argv[1], sys.argv[2]), encoding='utf-8')\n"
    )
    import sys

    monkeypatch.setenv("VISUAL", f'{sys.executable} {script} "daily_quota = 10" "daily_quota = 12"')
    assert run("sop edit --json").json["version"] == 2
    monkeypatch.setenv("VISUAL", f'{sys.executable} {script} "daily_quota = 12" "daily_quota = -1"')
    assert run("sop edit --json", code=4).error["faults"][0]["why"] == "daily_quota is negative"
    monkeypatch.setenv("VISUAL", "no-such-editor-anywhere")
    run("sop edit", code=9)
    assert len(run("sop list --json").json) == 2


def test_a_win_is_past_the_gate_and_makes_the_hand_over_list(run: Runner) -> None:
    run("rep add Sven function=service")
    deal(run)
    run("sop enforce block")
    run("win D1", code=4)
    run(["win", "D1", "--override", "--reason", "signed at the fair"])
    tasks = run("sop tasks stage:after-sales --json").json
    assert [(one["key"], one["owner"]) for one in tasks] == [
        ("hand_over", "Sven"),
        ("kick_off", "Sven"),
        ("first_check", "Sven"),
    ]
    run(["deal", "reopen", "D1", "--reason", "not paid"])
    assert run("sop tasks stage:after-sales --json").json == []


def test_a_pipeline_without_a_sop_moves_as_before(run: Runner) -> None:
    run("pipeline add Renewals")
    run("stage add Ask pipeline=Renewals position=1")
    run("stage add Agree pipeline=Renewals position=2")
    run(["deal", "add", "Renewal", "--pipeline", "Renewals"])
    assert run("advance D1 --json").json["missing"] == []
    run("sop show --pipeline Renewals", code=3)
