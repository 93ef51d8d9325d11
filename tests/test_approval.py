"""Approvals: who has to say yes to a quote, the way to it in one step or two, and what is refused on the way."""

from __future__ import annotations

import pytest

from tests.conftest import Runner
from tests.quoting import app_of, change, quote, status, submit

LATER = "2099-01-01"


@pytest.fixture
def crew(run: Runner) -> Runner:
    """Bo sells, Anna is his manager, Dora hers; Cy is nobody's. A deal and two products."""
    return crewed(run)


def crewed(run: Runner) -> Runner:
    run("rep add Dora")
    run("rep add Anna manager=Dora")
    run("rep add Bo manager=Anna")
    run("rep add Cy")
    run("deal add Pumps amount=48k owner=Bo")
    run("product add Pump list_price=1000 category=pumps")
    run("product add Service list_price=250")
    return run


def by(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("SALESCTL_USER", name)


def asked(run: Runner, percent: float, owner: str = "Bo", user: str | None = None) -> tuple[str, str]:
    """A quote of three pumps at so much off, submitted: its ref and that of its approval."""
    ref = quote(run, "D1", [("I1", 3, percent)], owner=owner)
    approval = submit(run, ref, user or owner)
    assert approval is not None
    return ref, approval


def test_within_what_he_may_give_nobody_is_asked(crew: Runner) -> None:
    """5 % for a rep, 10 % from ten pieces on, 10 % for a manager; as the default SOP says."""
    assert submit(crew, quote(crew, "D1", [("I1", 3, 5)], owner="Bo"), "Bo") is None
    assert submit(crew, quote(crew, "D1", [("I1", 10, 10)], owner="Bo"), "Bo") is None
    assert submit(crew, quote(crew, "D1", [("I1", 3, 10)], owner="Anna"), "Anna") is None
    assert submit(crew, quote(crew, "D1", [("I1", 3)], owner="Bo", discount=5), "Bo") is None
    assert submit(crew, quote(crew, "D1", [("I1", 3, 4)], owner="Bo", discount=4), "Bo") == "A1"  # 7.84 % together
    assert crew("approval list --json").json[0]["discount"] == "7.84"


def test_a_dear_line_is_not_opened_up_by_cheap_pieces(crew: Runner) -> None:
    cheap = quote(crew, "D1", [("I1", 1, 10), ("I2", 10, 10)], owner="Bo")
    approval = submit(crew, cheap, "Bo")
    shown = crew(f"approval show {approval} --json").json
    assert (shown["discount"], shown["allowed"]) == ("10", "8.5714")  # (1000 x 5 % + 2500 x 10 %) / 3500
    assert (shown["band_over"], shown["band_to"], shown["sop"], shown["steps"]) == ("0", "15", 1, 1)


def test_one_step(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ref, approval = asked(crew, 12)
    before = crew("deal show D1 --json").json
    assert (approval, status(crew, ref)) == ("A1", "waiting")
    by(monkeypatch, "Anna")
    done = crew(["approval", "approve", "A1", "--note", "fine, 40 % at once"])
    assert (done.out, done.err) == ("A1\n", "approved  A1  Q1 Pump quote  12 % off  $2,640\n")
    shown = crew("approval show A1 --json").json
    assert (shown["state"], shown["waits_for"], shown["note"]) == ("approved", None, "fine, 40 % at once")
    assert (shown["amount"]["amount"], shown["list_total"]["amount"]) == ("2640.00", "3000.00")
    step = shown["step_list"][0]
    assert (step["role"], step["approver"], step["decided_by"], step["decision"]) == (
        "manager",
        "Anna",
        "Anna",
        "approved",
    )
    assert step["decided_at"].startswith("2026-11-23T09:42") and step["note"] == "fine, 40 % at once"
    assert status(crew, ref) == "approved"
    after = crew("deal show D1 --json").json
    assert {key for key in before if before[key] != after[key]} <= {"approvals", "quote", "idle_days"}
    changes = {(one["command"], one["field"]): one["after"] for one in crew("approval history A1 --json").json}
    assert changes["approval.approve", "state"] == "approved"
    crew("audit verify")
    crew("db check", today=LATER)


def test_two_steps_one_after_the_other_in_both_languages(run: Runner, zh: Runner, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    said = (("it waits for Dora", "approved by Anna"), ("现在等 Dora 批", "Anna 于 2026-11-23 09:42 批准"))
    for runner, lang, (waits, done) in ((run, "en", said[0]), (zh, "zh", said[1])):
        ref, _approval = asked(crewed(runner), 20)
        by(monkeypatch, "Dora")
        assert runner(f"approval approve A1 --lang {lang}", code=6).out == ""
        by(monkeypatch, "Anna")
        assert waits in runner(f"approval approve A1 --lang {lang}").err
        again = runner(f"approval approve A1 --lang {lang} --json", code=5).error
        assert (again["by"], again["state"]) == ("Anna", "approved") and again["at"].startswith("2026-11-23T09:42")
        assert status(runner, ref) == "waiting"
        assert done in runner(f"approval show A1 -O text --lang {lang}").out
        by(monkeypatch, "Dora")
        runner(f"approval approve A1 --lang {lang}")
        assert status(runner, ref) == "approved"
        decided = [(one["role"], one["decided_by"]) for one in runner("approval show A1 --json").json["step_list"]]
        assert decided == [("manager", "Anna"), ("director", "Dora")]
        monkeypatch.delenv("SALESCTL_USER")


def test_the_second_step_may_reject(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ref, _approval = asked(crew, 20)
    by(monkeypatch, "Anna")
    crew("approval approve A1")
    by(monkeypatch, "Dora")
    assert crew("approval reject A1", code=4).err.startswith("salesctl: a rejection needs a reason")
    assert "reason" in crew("approval reject A1 --json", code=4).error["missing"]
    crew(["approval", "reject", "A1", "no margin"])
    assert status(crew, ref) == "draft"
    shown = crew("approval show A1 --json").json
    assert (shown["state"], shown["note"]) == ("rejected", "no margin")
    assert [one["decision"] for one in shown["step_list"]] == ["approved", "rejected"]
    error = crew("approval approve A1 --json", code=5).error
    assert (error["code"], error["state"], error["by"]) == ("decided", "rejected", "Dora")
    assert submit(crew, ref, "Bo") == "A2"  # it can be asked for again, and is decided anew


def test_nobody_approves_their_own(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Anna asks for goes to Dora, whoever has the quote; on top there is nobody, and that is said."""
    own = asked(crew, 12, owner="Anna")[1]
    hers = asked(crew, 12, owner="Bo", user="Anna")[1]
    for approval in (own, hers):
        by(monkeypatch, "Anna")
        assert "nobody approves their own" in crew(f"approval approve {approval}", code=6).err
        assert crew(f"approval show {approval} --json").json["waits_for"] == "Dora"
        by(monkeypatch, "Dora")
        crew(f"approval approve {approval}")
    from salesctl.errors import Refused

    for owner, most, who in (("Dora", 12, "R1"), ("Cy", 12, "R4"), ("Anna", 20, "R1")):
        with pytest.raises(Refused) as refused:
            submit(crew, quote(crew, "D1", [("I1", 3, most)], owner=owner), owner)
        assert refused.value.exit == 4 and refused.value.data["missing"] == ["manager"]
        assert f"rep edit {who} manager=" in refused.value.hint
    assert len(crew("approval list --json").json) == 2  # a refusal leaves nothing behind


def test_two_steps_are_two_people(crew: Runner) -> None:
    """Anna asks for Bo, so Dora is the first step; the second is whoever is above her, and nobody is."""
    from salesctl.errors import Refused

    ref = quote(crew, "D1", [("I1", 3, 20)], owner="Bo")
    with pytest.raises(Refused, match="nobody is above Dora who could approve Q1 as director"):
        submit(crew, ref, "Anna")
    crew("rep add Ceo")
    crew("rep edit Dora manager=Ceo")
    assert submit(crew, ref, "Anna") == "A1"
    steps = crew("approval show A1 --json").json["step_list"]
    assert [(one["role"], one["approver"]) for one in steps] == [("manager", "Dora"), ("director", "Ceo")]


def test_the_manager_of_the_team_is_a_manager(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    crew("team add North manager=Dora")
    crew("rep edit Cy team=North")
    asked(crew, 12, owner="Cy")
    by(monkeypatch, "Dora")
    crew("approval approve A1")


def test_more_than_any_band_is_refused_with_the_most_there_is(crew: Runner) -> None:
    from salesctl.errors import Refused

    ref = quote(crew, "D1", [("I1", 3, 35)], owner="Bo")
    with pytest.raises(Refused) as refused:
        submit(crew, ref, "Bo")
    error = refused.value
    assert (error.exit, error.code) == (4, "discount")
    assert error.message == "Q1 is 35 % off the list; the most that can be asked for is 30 %"
    assert (error.data["discount"], error.data["allowed"], error.data["most"]) == ("35", "5", "30")
    assert status(crew, ref) == "draft" and crew("approval list --json").json == []


POLICY = """[[stage]]
key = "quote"
name = "Quote"
[[discount.allow]]
discount = 3
[[discount.allow]]
discount = 8
role = "service"
category = "pumps"
[[discount.band]]
over = 0
to = 20
approve = ["Cy"]
[[discount.band]]
over = 20
to = 40
approve = ["Cy", "director"]
amount = 5000
"""


def test_a_policy_of_ones_own(crew: Runner, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """A rep by name, a function, a category, and a band from an amount on."""
    from salesctl.errors import Refused

    file = tmp_path / "sop.toml"
    file.write_text(POLICY.replace('"Cy"]', '"Zed"]'))
    assert "line 13: unknown approver Zed" in crew(["sop", "load", str(file)], code=4).err
    file.write_text(POLICY)
    crew(["sop", "load", str(file), "--move-to", "Quote"])
    crew("rep edit Dora function=service")
    assert submit(crew, quote(crew, "D1", [("I1", 1, 8)], owner="Dora"), "Dora") is None
    assert submit(crew, quote(crew, "D1", [("I1", 1, 8), ("I2", 4, 8)], owner="Dora"), "Dora") == "A1"
    assert submit(crew, quote(crew, "D1", [("I1", 10, 25)], owner="Bo"), "Bo") == "A2"
    shown = crew("approval show A2 --json").json
    assert [one["approver"] for one in shown["step_list"]] == ["Cy", "Dora"]
    assert (shown["band_amount"], shown["sop"]) == (5000, 2)
    with pytest.raises(Refused) as refused:  # 25 % of a small quote
        submit(crew, quote(crew, "D1", [("I1", 3, 25)], owner="Bo"), "Bo")
    assert refused.value.data["most"] == "20"
    with pytest.raises(Refused, match="nobody is above Cy who could approve"):
        submit(crew, quote(crew, "D1", [("I1", 3, 15)], owner="Cy"), "Cy")
    crew("rep archive Cy")
    with pytest.raises(Refused, match="approved by Cy, and there is no such rep"):
        submit(crew, quote(crew, "D1", [("I1", 3, 15)], owner="Bo"), "Bo")
    by(monkeypatch, "Dora")
    assert "waits for Cy" in crew("approval approve A2", code=6).err


def test_a_pipeline_without_a_policy_asks_nobody(crew: Runner, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "sop.toml"
    file.write_text('[[stage]]\nkey = "quote"\nname = "Quote"\n')
    crew(["sop", "load", str(file), "--move-to", "Quote"])
    assert submit(crew, quote(crew, "D1", [("I1", 3, 90)], owner="Bo"), "Bo") is None


def test_a_deputy_decides_while_the_approver_is_away(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(crew, 12)
    crew("rep edit Anna deputy=Cy away_from=2026-11-23 away_until=2026-11-24")
    by(monkeypatch, "Cy")
    assert crew("approval mine --json").json[0]["decides"] == "Cy"
    assert "A1 quote Q1 12 % off (Cy for Anna)" in crew("today -O text").out
    assert crew("approval mine --json", today="2026-11-25").json == []
    by(monkeypatch, "Dora")
    assert "waits for Cy for Anna, not for Dora" in crew("approval approve A1", code=6).err
    by(monkeypatch, "Cy")
    assert "waits for Anna" in crew("approval approve A1", code=6, today="2026-11-25").err
    crew("approval approve A1")
    assert "manager: approved by Cy for Anna on 2026-11-23 09:42" in crew("approval show A1 -O text").out


def test_who_is_away_may_still_decide(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(crew, 12)
    crew("rep edit Anna deputy=Cy away_from=2026-11-23")
    by(monkeypatch, "Anna")
    crew("approval approve A1")


def test_a_deputy_does_not_decide_on_his_own_nor_twice(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bo stands in for Anna and asks for 12 %: it goes to Dora. Dora stands in and is the second step: it stays with Anna."""
    crew("rep edit Anna deputy=Bo away_from=2026-11-23")
    asked(crew, 12)
    asked(crew, 20)
    shown = {one["ref"]: one["decides"] for one in crew("approval list --json").json}
    assert shown == {"A1": "Dora", "A2": "Anna"}
    by(monkeypatch, "Bo")
    crew("approval approve A1", code=6)
    by(monkeypatch, "Dora")
    crew("approval approve A2", code=6)
    crew("approval approve A1")
    crew("rep edit Anna deputy=Dora")
    crew("approval approve A2", code=6)


def test_the_wrong_person_and_nobody_at_all(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(crew, 12)
    for verb in ("approve A1", "reject A1 --reason x", "withdraw A1"):
        assert "who you are" in crew(f"approval {verb}", code=2).err
        for name, word in (("Cy", "Cy"), ("Zed", "Zed is no rep")):
            by(monkeypatch, name)
            error = crew(f"approval {verb}", code=6).err
            assert word in error
        monkeypatch.delenv("SALESCTL_USER")
    assert crew("approval approve A9", code=3).out == ""
    assert crew("approval list --json").json[0]["state"] == "waiting"


def test_withdrawing(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ref, _approval = asked(crew, 12)
    by(monkeypatch, "Anna")
    assert "asked for by Bo, not by Anna" in crew("approval withdraw A1", code=6).err
    by(monkeypatch, "Bo")
    crew(["approval", "withdraw", "A1", "they want less"])
    assert status(crew, ref) == "draft"
    assert crew("approval show A1 --json").json["note"] == "they want less"
    by(monkeypatch, "Anna")
    error = crew("approval approve A1 --json", code=5).error
    assert (error["state"], error["by"]) == ("withdrawn", "Bo")
    by(monkeypatch, "Bo")
    crew("approval withdraw A1", code=5)


def test_a_quote_that_is_changed_is_not_approved_any_more(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl.domain.quote import QUOTE
    from salesctl.money import Money
    from salesctl.services import approval
    from salesctl.services.base import unit

    ref, _approval = asked(crew, 12)
    with app_of(crew, "Bo") as app, unit(app, "quote.revise") as work:
        assert approval.withdraw_in(app, work, 1) == 1
        assert approval.withdraw_in(app, work, 1) is None
    shown = crew("approval show A1 --json").json
    assert (shown["state"], shown["waits_for"], status(crew, ref)) == ("withdrawn", None, "draft")
    by(monkeypatch, "Anna")
    crew("approval approve A1", code=5)
    crew(f"undo O{last(crew, 'quote.revise')}")  # the change of the quote is taken back: it waits again
    assert crew("approval show A1 --json").json["state"] == "waiting"
    with app_of(crew, "Bo") as app, unit(app, "quote.edit") as work:  # a change that told nobody
        work.update(QUOTE, 1, {"net": Money(200_000, "USD")})
    assert "Q1 is not as it was when A1 was asked for" in crew("approval approve A1", code=5).err


def test_a_quote_is_not_asked_for_twice(crew: Runner) -> None:
    from salesctl.errors import Conflict

    ref, _approval = asked(crew, 12)
    with pytest.raises(Conflict, match="Q1 waits for A1 already"):
        submit(crew, ref, "Bo")


def test_undo_of_every_verb(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.store_state import state

    for verb, user in (("approve A1", "Anna"), ("reject A1 --reason x", "Anna"), ("withdraw A1 y", "Bo")):
        monkeypatch.delenv("SALESCTL_USER", raising=False)
        if not crew("approval list --json").json:
            asked(crew, 20)
        kept = state(crew.path)
        by(monkeypatch, user)
        crew(f"approval {verb}")
        assert state(crew.path) != kept
        crew("undo")
        after = state(crew.path)
        tables = ("approval", "approval_step", "quote", "quote_line")
        for table in tables:
            assert plain(after[table]) == plain(kept[table]), (verb, table)
        assert crew("approval show A1 --json").json["state"] == "waiting"
    crew(f"undo O{last(crew, 'quote.submit')}")
    assert crew("approval list --all --json").json == [] and status(crew, "Q1") == "draft"
    crew("db check", today=LATER)


def plain(rows: object) -> object:
    """Rows without what every write moves on."""
    assert isinstance(rows, dict)
    return {id: {k: v for k, v in row.items() if k not in ("version", "updated_at")} for id, row in rows.items()}


def last(run: Runner, command: str) -> int:
    """The newest operation of a command."""
    rows = run("audit list --json").json
    return max(int(str(one["operation"]).lstrip("O")) for one in rows if one["command"] == command)


def test_an_approval_stays_once_the_quote_was_sent(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    ref, _approval = asked(crew, 12)
    by(monkeypatch, "Anna")
    crew("approval approve A1")
    change(crew, ref, "sent", user="Bo")
    assert "Q1 was changed meanwhile" in crew("undo", code=5).err
    assert crew("approval show A1 --json").json["state"] == "approved"


def test_the_first_step_is_not_undone_under_the_second(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(crew, 20)
    by(monkeypatch, "Anna")
    crew("approval approve A1")
    by(monkeypatch, "Dora")
    crew("approval approve A1")
    by(monkeypatch, "Anna")
    crew("undo", code=5)


def test_several_at_once_are_all_approved_or_none(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(crew, 12)
    asked(crew, 14)
    asked(crew, 12, owner="Anna")
    by(monkeypatch, "Anna")
    crew("approval approve A1 A2 A3 -y", code=6)
    assert {one["state"] for one in crew("approval list --json").json} == {"waiting"}
    assert crew("approval approve A1 A2").out == "A1\nA2\n"
    assert [one["ref"] for one in crew("approval list waiting --json").json] == ["A3"]


def test_the_list_has_those_that_wait_first(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(crew, 12)
    asked(crew, 13)
    asked(crew, 14, owner="Anna")
    by(monkeypatch, "Anna")
    crew("approval approve A2")
    refs = [one["ref"] for one in crew("approval --json").json]
    assert refs == ["A1", "A3", "A2"]
    assert [one["ref"] for one in crew("approval mine --json").json] == ["A1"]
    assert [one["ref"] for one in crew("approval list 我的 --json").json] == ["A1"]
    assert [one["ref"] for one in crew("approval list 已批 --json").json] == ["A2"]
    assert [one["ref"] for one in crew("approval list waits_for:Dora --json").json] == ["A3"]
    assert [one["ref"] for one in crew("approval list discount:13.. asked_by:Bo --json").json] == ["A2"]
    rows = crew("approval list", today="2026-11-26").rows
    assert [(one["ref"], one["waiting_days"]) for one in rows] == [("A1", "3"), ("A3", "3"), ("A2", "")]
    table = crew("approval list -O table", today="2026-11-26").out
    assert "12 %" in table and "Waiting" in table
    monkeypatch.delenv("SALESCTL_USER")
    assert "who you are" in crew("approval mine", code=2).err


def test_today_and_the_reminder_say_what_waits(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    crew("rep add Eve")
    by(monkeypatch, "Anna")
    assert crew("remind --check", code=0).out == ""
    asked(crew, 12)
    screen = crew("today -O text", today="2026-11-26").out
    assert "Waits for you  A1 quote Q1 12 % off, 3 days" in screen
    mail = crew("remind --check", code=10, today="2026-11-26").out
    assert "Waits for you 1" in mail.splitlines()[0] and "A1 quote Q1 12 % off, 3 days" in mail
    told = crew("today --json", today="2026-11-26").json["waiting"]["approvals"]
    assert told["count"] == 1 and told["items"][0]["waiting_days"] == 3
    assert told["items"][0]["amount"] == {"amount": "2640.00", "currency": "USD"}
    assert "等你批  A1 报价 Q1 折扣 12 %，3 天" in crew("today -O text --lang zh", today="2026-11-26").out.replace(
        ", ", "，"
    )
    by(monkeypatch, "Eve")
    assert crew("remind --check", code=0).out == ""
    by(monkeypatch, "Bo")
    assert "approvals" not in crew("today --json").json["waiting"]
    assert "A1 quote Q1 12 % off  waits for Anna" in crew("deal show D1 -O text").out
    crew("lose D1 price")
    by(monkeypatch, "Anna")
    assert "approvals" not in crew("today --json").json["waiting"]  # of a deal that is lost nothing waits


def test_who_asked_is_told_what_was_decided(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _approval = asked(crew, 12)
    asked(crew, 13)
    by(monkeypatch, "Anna")
    crew("approval approve A1")
    crew(["approval", "reject", "A2", "too much"])
    by(monkeypatch, "Bo")
    screen = " ".join(crew("today -O text").out.split())
    assert "A1 quote Q1 12 % off approved: send it" in screen and "A2 quote Q2 13 % off rejected: too much" in screen
    assert crew("today --json").json["waiting"]["decided"]["count"] == 2
    assert crew("today --json", today="2026-12-05").json["waiting"]["decided"]["count"] == 1  # a rejection for a week
    change(crew, first, "sent")
    assert [one["ref"] for one in crew("today --json").json["waiting"]["decided"]["items"]] == ["A2"]
    submit(crew, "Q2", "Bo")
    assert "decided" not in crew("today --json").json["waiting"]
    by(monkeypatch, "Cy")
    assert "decided" not in crew("today --json").json["waiting"]


def test_the_gate_of_the_sop_asks_for_the_approval(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    crew("advance D1 Quote --reason x")
    crew("sop enforce block quote.quote_approved")
    asked(crew, 12)
    missing = crew("advance D1 --json", code=4).error["missing"]
    assert ("quote_approved", "block") in {(one["item"], one["mode"]) for one in missing}
    by(monkeypatch, "Anna")
    crew("approval approve A1")
    crew("advance D1")


def test_the_topic_is_there_in_both_languages(run: Runner) -> None:
    assert "effective discount of the whole quote" in run("help discounts").out
    assert "整份报价的实际折扣" in run("help discounts --lang zh").out


def test_an_empty_store_and_no_store(bare: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bare("approval list --json").json == []
    bare("approval show A1", code=3)
    by(monkeypatch, "Anna")
    bare("approval approve A1", code=3)
