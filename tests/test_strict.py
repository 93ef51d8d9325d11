"""--strict: a sum that lacks amounts for want of a rate is refused, wherever sums are told, before anything is done."""

from __future__ import annotations

import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from salesctl.registry import ENTRIES
from salesctl.store.rates import Converter
from tests.conftest import ON_POSTGRES, Runner
from tests.store_state import rows, state
from tests.test_golden import COMMANDS, SETUP, approvals

# every command that has the option, as it is asked here: what goes before the question, and the question
LINES = {
    "kpi show": "kpi show revenue pipeline -p 2026Q4",
    "kpi why": "kpi why revenue -p 2026Q4",
    "kpi alert": "kpi alert revenue --below 900k -p 2026-11 --dry-run",
    "kpi snapshot": "kpi snapshot -p 2026-11",
    "kpi snapshots": "kpi snapshots -p 2026Q3",
    "period close": "period close 2026Q3",
    "period show": "period show 2026Q3",
    "report daily": "report daily",
    "report weekly": "report weekly",
    "report monthly": "report monthly",
    "report quarterly": "report quarterly",
    "report funnel": "report funnel",
    "report trend": "report trend",
    "report gaps": "report gaps --as-of 2026-12-02",
    "report rep": "report rep Anna",
    "report run": "report run Monday",
    "forecast show": "forecast show -p 2026Q4",
    "forecast accuracy": "forecast accuracy -p 2026Q3",
    "board": "board",
    "changes": "changes -p 2026-11",
    "goal list": "goal list -p 2026Q4",
    "goal show": "goal show G1",
    "goal check": "goal check G1",
    "goal gap": "goal gap G1",
    "today": "today --owner all",
    "remind": "remind --owner all",
}
FIRST = {
    "kpi snapshots": "kpi snapshot -p 2026Q3",
    "period show": "period close 2026Q3",
    "report run": "report save Monday FILE",
}
WRITES = ("kpi snapshot", "period close")
# commands whose answers bear a sum that may lack an amount, and that do not take the option
WITHOUT = {
    "goal add": "writes what was typed; where the goal stands is told beside",
    "goal edit": "writes what was typed; where the goal stands is told beside",
    "goal split": "writes the parts of a target; where they stand is told beside",
    "forecast adjust": "writes what was typed; the forecast is only what it is held against",
}


def program() -> dict[str, Any]:
    """Every command by its words, with what it takes."""
    from salesctl.groups import build

    found = {}
    for entry in ENTRIES:
        for info in import_module(entry.path).app.verbs.values():
            command = build(info)
            found[f"{entry.name} {info.name}" if entry.default else entry.name] = [one.name for one in command.params]
    return found


def sell(run: Runner, code: str, owner: str = "Anna") -> None:
    """A deal won in the third quarter, one this month, one open, all in a currency."""
    for name, end in (("Q3", "2026-08-10"), ("Nov", "2026-11-20"), ("Open", "")):
        run(["deal", "add", f"{name} {code}", f"amount=1000 {code}", f"owner={owner}", "created=2026-07-01",
             "close=2026-12-01", "probability=50"], today="2026-07-01")  # fmt: skip
        if end:
            run(["win", f"{name} {code}"], today=end)


def begin(run: Runner, name: str, tmp_path: Path) -> None:
    """Yuan alone, goals of the quarter and the month, and what a command needs."""
    run("config set currency CNY")
    run("rep add Anna")
    sell(run, "CNY")
    for period in ("2026Q4", "2026-11"):
        run(f"goal add revenue 900k -p {period} --reason plan")
    if name in FIRST:
        file = tmp_path / "own.toml"
        file.write_text('[[block]]\nname = "reps"\n[[block]]\nname = "trend"\n')
        run(FIRST[name].replace("FILE", str(file)))


def kept(run: Runner) -> tuple[Any, Any]:
    return state(run.path), rows(run.path, "SELECT (SELECT count(*) FROM operation), (SELECT count(*) FROM told)")


@pytest.mark.parametrize("name", LINES)
def test_what_lacks_a_rate_is_refused_before_anything_is_done(run: Runner, name: str, tmp_path: Path) -> None:
    begin(run, name, tmp_path)
    line = LINES[name]

    def ask(strict: bool, form: str = "") -> tuple[int, str, str]:
        done = run(f"{line}{' --strict' if strict else ''} {form}", code=None)
        assert done.code in (0, 10), done.err
        if name in WRITES:
            run("undo")
        return done.code, done.out, done.err

    assert ask(strict=True) == ask(strict=False)  # one currency
    sell(run, "USD")
    before = kept(run)
    for form in ("", "-O text", "--json"):
        refused = run(f"{line} --strict {form}", code=4)
        assert refused.out == "" and "no USD->CNY rate on 2026-" in refused.err
        assert "salesctl rate set USD RATE --base CNY --date 2026-" in refused.err
        assert ("--currency CODE" in refused.err) is ("currency" in program()[name])
    assert refused.error["code"] == "no_rate" and refused.error["missing"][0]["currency"] == "USD"
    assert kept(run) == before
    ask(strict=False)  # without it nothing is refused
    run("rate set USD 7.1 --date 2026-01-01")
    for form in ("", "-O text", "--json"):
        assert ask(True, form) == ask(False, form)


def test_the_commands_with_the_option_are_those_that_are_tested() -> None:
    assert sorted(LINES) == sorted(name for name, takes in program().items() if "strict" in takes)


def test_every_answer_with_a_sum_that_lacks_something_can_be_refused(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of the golden list, on a store with money of two currencies and no rate: who asks for one in vain."""
    if ON_POSTGRES:
        pytest.skip("refs skip a number after a refused write on PostgreSQL; the commands are the same code")
    monkeypatch.setenv("EDITOR", "true")
    run("config set currency CNY")
    for line in SETUP:
        run(line)
    approvals(run)
    for code in ("CNY", "USD"):
        sell(run, code, "Bo")
    run("goal add revenue 90k -p 2026-11 --reason plan")
    file, own = tmp_path / "c.csv", tmp_path / "own.toml"
    file.write_text("name,industry\nNew,steel\n")
    own.write_text('[[block]]\nname = "won"\n')
    missing: list[str] = []
    factor = Converter.factor

    def heard(self: Converter, currency: str, day: Any) -> Any:
        found = factor(self, currency, day)
        if found is None:
            missing.append(currency)
        return found

    monkeypatch.setattr(Converter, "factor", heard)
    takes, lacking = program(), set()
    for line in COMMANDS:
        missing.clear()
        words = shlex.split(line.replace("FILE", str(file)).replace("REPORT", str(own)))
        if "NEWPLACE" in line or "BACKUP" in line:
            continue
        run([*words, "--json"], code=None)
        if missing:
            lacking.add(named(words, takes))
    asked = {named(shlex.split(line), takes) for line in COMMANDS}
    assert set(takes) - asked == {"demo"}  # it makes a store of its own; a new command stands in the golden list
    assert {name for name in lacking if "strict" not in takes[name]} == set(WITHOUT)
    assert {name for name in takes if "strict" in takes[name]} <= lacking


def named(words: list[str], takes: dict[str, Any]) -> str:
    """The command that words run."""
    from salesctl.registry import BY_NAME

    if " ".join(words[:2]) in takes:
        return " ".join(words[:2])
    entry = BY_NAME[words[0]]
    return f"{entry.name} {entry.default}" if entry.default else entry.name


def test_all_that_is_lacking_is_told_at_once_with_its_currencies(run: Runner) -> None:
    run("config set currency CNY")
    run("rep add Anna")
    for code in ("CNY", "USD", "EUR"):
        sell(run, code)
    run("goal add revenue 9k -p 2026Q4 --reason plan")
    refused = run("report weekly -p 2026-11 --strict", code=4)
    for code in ("EUR", "USD"):
        assert f"no {code}->CNY rate on 2026-11-20" in refused.err  # of the win, not of today: it serves both
    codes = [
        (one["currency"], one["base"]) for one in run("kpi show pipeline --strict --json", code=4).error["missing"]
    ]
    assert codes == [("EUR", "CNY"), ("USD", "CNY")]
    run("rate set USD 7 --date 2026-01-01")
    assert "USD" not in run("report weekly -p 2026-11 --strict", code=4).err
    run("rate set EUR 8 --date 2026-09-01")  # later than the deal of the third quarter
    assert "no EUR->CNY rate on 2026-08-10" in run("kpi show revenue -p 2026Q4 --vs previous --strict", code=4).err
    assert run("kpi show revenue -p 2026Q4 --strict").rows[0]["value"] == "16000.00"


def test_what_belongs_to_no_sum_of_the_answer_refuses_none(run: Runner) -> None:
    """A deal that was lost, of somebody else, without a date or an amount."""
    run("config set currency CNY")
    for name in ("Anna", "Bo"):
        run(f"rep add {name}")
    sell(run, "CNY")
    run("deal add Lost 'amount=10 USD' owner=Anna created=2026-07-01 close=2026-12-01")
    run("lose Lost price --at 2026-11-20")
    run("deal add Sometime 'amount=10 USD' owner=Anna created=2026-07-01")
    sell(run, "EUR", "Bo")
    run("goal add revenue 900k -p 2026Q4 --rep Anna --reason plan")
    for line in ("kpi show revenue --owner Anna", "kpi alert revenue -p 2026-11 --owner Anna", "goal show G1",
                 "forecast show -p 2026Q4 --owner Anna"):  # fmt: skip
        run(f"{line} --strict")
    for line in ("kpi show win_rate_value --owner Anna", "kpi show pipeline --owner Anna", "forecast show -p 2026Q4"):
        run(f"{line} --strict", code=4)
    run("goal add revenue 9k -p 2026-11 --rep Anna --reason plan")
    run("today --owner Anna --strict")  # what is open lands nowhere here
    run("goal show G2 --strict")
    run("deal edit Sometime close=2026-11-30")
    run("today --owner Anna --strict")
    assert "no USD->CNY rate" in run("goal show G2 --strict", code=4).err
    assert (
        "no EUR->CNY rate" in run("changes -p 2026-11 --owner Bo --strict", code=4).err
    )  # euros alone are no yuan either
    assert "EUR" not in run("changes -p 2026-11 --owner Anna --strict", code=4).err


@pytest.mark.parametrize("line", ["kpi alert revenue --below 900k -p 2026-11", "remind --owner all --once"])
def test_nothing_is_taken_for_told_where_it_is_refused(run: Runner, line: str) -> None:
    begin(run, "", Path())
    run("goal add revenue 1k -p 2026-10..2026-11 --reason plan")
    sell(run, "USD")
    before = kept(run)
    run(f"{line} --strict", code=4)
    assert kept(run) == before
    assert run(line, code=None).out
    assert kept(run) != before


def test_an_alarm_that_is_silent_is_of_whole_sums_too(run: Runner) -> None:
    begin(run, "", Path())
    assert run("kpi alert revenue --below 1 -p 2026-11 --strict").out == ""
    sell(run, "USD")
    assert run("kpi alert revenue --below 1 -p 2026-11").out == ""
    assert "no USD->CNY rate on 2026-11-20" in run("kpi alert revenue --below 1 -p 2026-11 --strict", code=4).err


def test_a_file_is_not_begun(run: Runner, tmp_path: Path) -> None:
    begin(run, "", tmp_path)
    sell(run, "USD")
    run(f"report weekly --strict -o {tmp_path / 'week.html'}", code=4)
    assert not (tmp_path / "week.html").exists()


def test_it_is_said_in_chinese_too(zh: Runner) -> None:
    zh("config set currency CNY")
    zh("rep add Anna")
    for code in ("CNY", "USD"):
        sell(zh, code)
    said = zh("board --strict --lang zh", code=4).err
    assert (
        "USD" in said and "salesctl rate set USD 汇率 --base CNY --date 2026-11-23" in said and "--currency" not in said
    )


def test_every_block_with_a_sum_refuses_and_no_other(run: Runner, tmp_path: Path) -> None:
    from salesctl.commands._blocks import BLOCKS

    begin(run, "", tmp_path)
    sell(run, "USD")
    run("deal add Gone 'amount=10 USD' owner=Anna created=2026-07-01")
    run("lose Gone price --at 2026-11-20")
    run("period close 2026Q3")
    run("win 'Open USD' --at 2026-08-20")  # a correction of it
    run("deal add Late 'amount=10 USD' owner=Anna created=2026-07-01 close=2026-11-01")
    file = tmp_path / "own.toml"
    codes = {}
    for block in BLOCKS:
        file.write_text(f'[[block]]\nname = "{block}"\n')
        run(f"report save One {file}")
        period = "2026Q3" if block == "corrections" else "2026-11"
        codes[block] = run(f"report run One -p {period} --as-of 2026-12-05 --strict", code=None).code
    assert set(codes.values()) == {0, 4}
    assert {name for name, code in codes.items() if not code} == {"win_rate", "activity", "corrections", "funnel"}


def test_what_is_told_beside_is_of_whole_sums_too(run: Runner) -> None:
    """Trends, the season of a goal, deals due later that a gap looks at, the sums that coverage is made of."""
    run("config set currency CNY")
    run("rep add Anna")
    sell(run, "CNY")
    run("goal add revenue 900k -p 2026Q4 --reason plan")
    run("deal add Old 'amount=10 USD' owner=Anna created=2026-07-01")
    run("win Old --at 2026-08-10")
    for line in ("kpi show revenue -p 2026Q4", "goal list -p 2026Q4 -O text"):
        run(f"{line} --strict")
    for line in ("kpi show -p 2026Q4", "goal show G1", "goal gap G1"):  # six periods, eight periods, the last year
        assert "no USD->CNY rate on 2026-08-10" in run(f"{line} --strict", code=4).err
    run("rate set USD 7 --date 2026-01-01")
    run("deal add Later 'amount=10 EUR' owner=Anna close=2027-06-01 created=2026-07-01")
    for line in ("goal list -p 2026Q4", "goal show G1", "kpi show coverage -p 2026Q4"):
        run(f"{line} --strict")
    assert "no EUR->CNY rate" in run("goal gap G1 --strict", code=4).err  # what is due does not close it
    run("goal edit G1 target=1500")
    run("goal gap G1 --strict")
    run("deal edit Later close=2026-12-20")
    for line in ("goal gap G1", "goal show G1", "kpi show coverage -p 2026Q4"):
        assert "no EUR->CNY rate" in run(f"{line} --strict", code=4).err


def test_a_forecast_refuses_what_is_overdue_from_before_and_not_what_is_due_between(run: Runner) -> None:
    run("config set currency CNY")
    run("deal add Old 'amount=10 USD' created=2026-07-01 close=2026-09-15")
    run("deal add Own 'amount=10 CNY' created=2026-07-01 close=2027-02-01")
    assert "no USD->CNY rate" in run("forecast show -p 2026Q4 --currency CNY --strict", code=4).err
    run("deal edit Old close=2026-12-01")  # before the quarter that is asked about, and not overdue
    run("forecast show -p 2027Q1 --strict")


def test_a_reminder_that_is_silent_is_of_whole_sums_too(run: Runner) -> None:
    run("config set currency CNY")
    run("goal add revenue 1k -p 2026-11 --reason plan")
    for code in ("CNY", "USD"):
        run(["deal", "add", code, f"amount=2000 {code}", "created=2026-07-01"])
        run(f"win {code} --at 2026-11-20")
    assert run("remind --owner all").out == ""
    assert "no USD->CNY rate on 2026-11-20" in run("remind --owner all --strict", code=4).err
