"""What the screens say: where a deal came from, on the organisation's day, in codes where a script reads."""

from __future__ import annotations

import pytest

from tests.conftest import Runner


def test_the_story_says_from_where_to_where_in_the_zone_of_the_store(run: Runner) -> None:
    run("init --zone Asia/Shanghai")
    run("add Acme Pump 5k")
    run("advance D1 --json")
    told = run("customer show Acme --json").json["timeline"]
    assert told[0]["what"] == "Prospecting -> First contact"
    run('log call D1 "late in the evening" --at "2026-11-23 00:30"')
    told = run("customer show Acme --json").json["timeline"]
    assert next(one for one in told if one["ref"] == "F1")["day"] == "2026-11-23"
    assert "since 2026-11-23, day 1" in run("deal show D1 -O text").out


def test_the_boards_speak_codes_to_scripts(run: Runner) -> None:
    run('add Acme Pump 5k --next "tomorrow call"')
    run("deal add Nothing")
    assert run("board --by due --json --lang zh").json[0]["when"] == "tomorrow"
    assert "明天" in run("board --by due -O text --lang zh").out
    assert run("board --json --lang zh").json[-1]["stage"] == "total"
    shown = run("board -O text --lang zh").out
    assert "合计" in shown and "计数但未计入金额: 1 单没有金额" in shown


def test_a_kpi_names_its_period_in_three_columns_and_in_english(run: Runner) -> None:
    run("deal add Pump amount=5k created=2026-10-01")
    run("win Pump --at 2026-11-02")
    row = run("kpi show revenue -p 2026Q4").rows[0]
    assert (row["period"], row["period_start"], row["period_end"]) == ("2026Q4", "2026-10-01", "2026-12-31")
    row = run("kpi show revenue --as-of 2026-11-20 --lang zh").rows[0]
    assert (row["period"], row["period_start"], row["period_end"]) == ("all time to 2026-11-20", "", "2026-11-20")
    assert run("kpi show revenue --as-of 2026-11-20 --lang zh --json").json[0]["period"]["label"] == row["period"]


def test_next_counts_one_day_as_one(run: Runner) -> None:
    run('add Acme Pump 5k --next "today call Anna"')
    assert "overdue for 1 day\n" in run("next --explain -O text", today="2026-11-24").out


def test_the_month_says_how_far_behind_it_is_and_when_it_is_reached(run: Runner) -> None:
    run("goal add revenue 21k -p 2026-11 --reason plan")
    run("add Acme Pump 5k")
    assert "behind $15k" in run("today -O text").out
    run("win D1 --amount 25k")
    assert "behind" not in run("today -O text").out
    run('log D1 "paid" --type call --next "tomorrow call"')
    said = run("remind", today="2026-11-24").out
    assert "119 % done" in said and said.count("; reached") == 1


@pytest.mark.sqlite
def test_only_bare_salesctl_asks_who_you_are(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl.output.out import Out

    run("add Acme Pump 5k")
    asked: list[str] = []

    def ask(_out: Out, question: str, nothing: str | None = None) -> str:
        asked.append(question)
        return nothing or ""

    monkeypatch.setattr(Out, "ask", ask)
    monkeypatch.setattr(Out, "can_ask", property(lambda _out: True))
    monkeypatch.setattr(Out, "human", property(lambda _out: True))
    run("today")
    assert asked == []
    run("")
    assert len(asked) == 1  # the input ended, so nothing more is asked and nothing is kept
    run("")
    assert len(asked) == 2


def test_a_step_with_a_lead_names_it_on_the_board(run: Runner) -> None:
    """A lead is no customer yet: people see it in the customer's place, scripts see that there is none."""
    run("rep add Anna")
    run('lead add "Weser Feed" --owner Anna')
    run('followup add "call the mill" lead=L1 due=tomorrow owner=Anna')
    shown = next(line for line in run("board --by due -O text").out.split("\n") if "call the mill" in line)
    assert "Weser Feed" in shown and " L1" in shown
    assert run("board --by due --json").json[0]["customer"] is None
