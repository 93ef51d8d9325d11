"""Leads: added one by one and by the line, screened, assigned, spoken to, converted; each verb undone."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from tests.conftest import Runner

ME = ["--json"]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What stands on standard input."""

    def type_(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))

    return type_


@pytest.fixture(autouse=True)
def bo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCTL_USER", "Bo")


def lead(run: Runner, ref: str = "L1", **more: str) -> Any:
    return run(f"lead show {ref} --json", **more).json


def everything(run: Runner) -> list[Any]:
    """All that leads touch, to see that an undo leaves it as it was."""
    keys = {"lead": "ref,name,status,fit,reason,owner,channel,contacted_at,assigned_at,deal,customer", "customer": "ref,name,owner",
            "contact": "ref,name,phone", "deal": "ref,name,amount", "followup": "ref,subject,owner,customer,deal,lead"}  # fmt: skip
    return [run(f"{noun} list --all -w '' --sort id --fields {names} --json").json for noun, names in keys.items()]


def test_a_lead_belongs_to_who_adds_it_and_its_channel_is_spelled_as_in_the_sop(run: Runner) -> None:
    run("customer add Kova")
    one = run("lead add Acme --channel Fair --phone '+49 421 5550' --referred-by Kova --json").json
    assert (one["owner"], one["channel"], one["referred_by"], one["status"]) == ("Bo", "fair", "Kova", "new")
    assert one["created"] == "2026-11-23" and one["assigned_at"].startswith("2026-11-23T09:42")
    assert run("lead add Beta referred_by=Kova --json").json["channel"] == "referral"


def test_a_channel_outside_the_sop_warns_and_is_kept(run: Runner, zh: Runner) -> None:
    done = run("lead add Acme --channel tiktok")
    assert "the SOP has no channel tiktok; it has web, fair" in done.err
    assert lead(run)["channel"] == "tiktok"
    assert "SOP 里没有渠道 抖音" in zh("lead add 甲 渠道=抖音 --lang zh").err
    assert zh("lead add 乙 渠道=fair --lang zh --json").json["channel"] == "展会"


def test_who_does_not_sell_adds_for_others(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    run("rep add Mia function=marketing")
    monkeypatch.setenv("SALESCTL_USER", "Mia")
    run("lead add Acme")
    assert lead(run)["owner"] is None and lead(run)["assigned_at"] is None
    assert run("lead add Beta owner=Bo --json", code=3).error["code"] == "not_found"


def test_an_empty_owner_means_nobody(run: Runner) -> None:
    run("lead add Acme owner=")
    assert lead(run)["owner"] is None


def test_bad_leads_are_refused(run: Runner) -> None:
    assert "future" in run("lead add Acme created=2026-12-24", code=4).err
    assert run("lead add Acme status=qualified", code=2).err.count("lead screen")
    assert run("lead add Acme phone=1.38E+10", code=4).err.count("spreadsheet")
    assert run("lead add Acme referred_by=Nobody", code=3)
    run("lead add Acme")
    assert run("lead add ACME", code=5).err.count("--allow-similar")
    assert run("lead add ACME --allow-similar").out == "L2\n"


LINES = "Acme,Anna,+49 421 5550,fair\n\nBeta\tBo Li\t13800000001\tweb\tb@x.org\nGamma，何总，13800000002，展会\n"


def test_many_from_lines(run: Runner, typed: Any) -> None:
    typed(LINES + '"Delta, Ltd",,,,,north,steel,budget=20k\n')
    done = run("lead add - --channel phone --json").json
    assert [one["ref"] for one in done] == ["L1", "L2", "L3", "L4"]
    assert [one["channel"] for one in done] == ["fair", "web", "fair", "phone"]
    assert [one["contact"] for one in done] == ["Anna", "Bo Li", "何总", None]
    assert (
        done[3]["name"] == "Delta, Ltd" and done[3]["budget"]["amount"] == "20000.00" and done[3]["industry"] == "steel"
    )
    run("undo")
    assert run("lead list --all --json").json == []


def test_a_first_line_may_name_the_fields(run: Runner, typed: Any) -> None:
    typed("手机,公司,预算\n13800000001,恒力,2万\n")
    one = run("lead add - --json").json[0]
    assert (one["name"], one["phone"], one["budget"]["amount"]) == ("恒力", "13800000001", "20000.00")


def test_a_dry_run_keeps_nothing(run: Runner, typed: Any) -> None:
    typed(LINES)
    done = run("lead add - --dry-run")
    assert done.out == "" and "3 leads would be added" in done.err
    assert run("lead add Acme --dry-run --json").json[0]["ref"] is None
    assert run("lead list --all --json").json == [] and run("audit list --json").json[0]["command"] == "init"


def test_every_bad_line_is_named_and_none_goes_in(run: Runner, typed: Any) -> None:
    run("lead add Acme")
    typed("Good,Anna\n,,,\nSpoiled,x,1.3E+10\nAcme\nGood\nToo,2,3,4,e@x.org,6,7,8,9\nOdd,budget=abc\n")
    done = run("lead add - --json", code=4)
    assert [one["line"] for one in done.error["faults"]] == [2, 3, 4, 5, 6, 7]
    assert [one["name"] for one in run("lead list --json").json] == ["Acme"]
    typed("Good,Anna\nSpoiled,x,1.3E+10\n")
    said = run("lead add -", code=4).err.splitlines()
    assert said[0].startswith("line 2: 1.3E+10") and "1 bad line, no lead was added" in said[1]


def test_nothing_on_standard_input_adds_nothing(run: Runner, typed: Any) -> None:
    typed("\n \n")
    assert run("lead add - --json").json == []


def test_lines_that_are_no_text_are_refused(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Acme\nB\xff\n"), encoding="utf-8"))
    assert "line 2" in run("lead add -", code=4).err


def test_screening_by_rule_says_which_rule_gave_what(run: Runner) -> None:
    run("customer add Kova")
    run("lead add Acme phone=+4942155501 referred_by=Kova")
    run("lead add Beta phone=+4942155502 need=pumps")
    run("lead add Gamma")
    before = everything(run)
    done = run("lead screen --auto --json").json
    assert [(one["status"], one["fit"]) for one in done] == [("qualified", 3), ("new", 2), ("rejected", 0)]
    met = {one["key"]: one["points"] for one in done[0]["rules"] if one["met"]}
    assert met == {"phone": 1, "referred": 2}
    assert done[0]["reason"] == "3 points of 6: a phone number +1, referred by a customer +2"
    assert done[2]["reason"] == "0 points of 6" and done[2]["before"] == "new"
    run("undo")
    assert everything(run) == before


def test_screening_by_hand(run: Runner) -> None:
    run("lead add Acme")
    assert run("lead screen L1 --reject", code=4).err.count("--reason")
    assert run("lead screen L1 --fit 6 --accept", code=4).err.count("0 to 5")
    assert run("lead screen L1", code=2) and run("lead screen L1 --accept --reject --reason x", code=2)
    assert run("lead screen L1 --auto --accept", code=2) and run("lead screen --accept", code=2)
    one = run('lead screen L1 --accept --fit 4 --reason "budget is approved" --json').json
    assert (one["status"], one["fit"], one["reason"]) == ("qualified", 4, "budget is approved")
    assert run("lead screen L1 --reject --reason 'no budget' --json").json["status"] == "rejected"
    assert run("lead list --json").json == [] and len(run("lead rejected --json").json) == 1
    assert run("lead screen -w 'status:rejected' --accept --json").json["status"] == "qualified"


def test_a_rule_that_cannot_be_read_is_named(run: Runner, tmp_path: Any) -> None:
    text = run("sop export").out
    file = tmp_path / "sop.toml"
    file.write_text(text.replace('when = "not:phone:"', 'when = "colour:red"'))
    assert "colour" in run(f"sop lint {file}", code=4).err
    file.write_text(text.replace('when = "not:phone:"', 'when = "referred_by:Nobody"'))
    run(f"sop load {file}")
    run("lead add Acme")
    assert "rule phone of the SOP" in run("lead screen L1 --auto", code=4).err
    file.write_text(text.replace('closes = "18:00"', 'closes = "08:00"'))
    assert "closes before it opens" in run(f"sop lint {file}", code=4).err


def test_assigning_moves_what_is_planned_and_is_undone(run: Runner) -> None:
    run("rep add Sofia")
    run("lead add Acme")
    run("log L1 hello --next 'fri call'")
    before = everything(run)
    one = run("lead assign L1 --to Sofia --json").json
    assert one["owner"] == "Sofia"
    planned = next(row for row in run("followup list --json").json if row["lead_ref"] == "L1")
    assert planned["owner"] == "Sofia"
    run("undo")
    assert everything(run) == before
    assert run("lead assign --to Sofia", code=2) and run("lead assign L9 --to Sofia", code=3)
    assert run("lead assign -w 'status:new' --to Sofia").out == "L1\n"


def test_the_first_contact_stops_the_clock_and_a_note_to_self_does_not(run: Runner) -> None:
    run("lead add Acme")
    run("log L1 'look them up' --type task", today="2026-11-24")
    assert lead(run)["contacted_at"] is None
    run("log call L1 'wants a demo' --next 'thu demo'", today="2026-11-25")
    assert lead(run)["contacted_at"].startswith("2026-11-25T09:42")
    run("log mail L1 again", today="2026-11-26")
    assert lead(run)["contacted_at"].startswith("2026-11-25T09:42")
    run("log visit L1 'met them before' --at '2026-11-24 10:00'", today="2026-11-26")
    assert lead(run)["contacted_at"].startswith("2026-11-24T10:00")


def test_after_an_undo_the_first_contact_is_the_first_that_is_left(run: Runner) -> None:
    run("lead add Acme")
    run("log call L1 one", today="2026-11-24")
    run("log call L1 two", today="2026-11-25")
    operations = run("audit list --json").json
    first = next(one["operation"] for one in reversed(operations) if one["command"] == "log")
    run(f"undo {first}", today="2026-11-25")
    assert lead(run)["contacted_at"].startswith("2026-11-25")
    undone = run("audit list --json").json[0]["operation"]
    run("undo", today="2026-11-25")
    assert lead(run)["contacted_at"] is None
    run(f"undo {undone}", today="2026-11-25")  # the first call stands again
    assert lead(run)["contacted_at"].startswith("2026-11-24")


def test_done_on_a_planned_call_is_a_contact(run: Runner) -> None:
    run("lead add Acme contact=Anna phone=+49421555")
    run("followup add 'first call' type=call lead=L1 due=2026-11-24")
    today = run("today --json", today="2026-11-24").json["today"][0]
    assert (today["lead_ref"], today["lead"], today["contact"], today["phone"]) == ("L1", "Acme", "Anna", "+49421555")
    assert "Acme" in run("today -O text", today="2026-11-24").out
    run("done F1 'nobody there'", today="2026-11-24")
    assert lead(run)["contacted_at"].startswith("2026-11-24")


def test_next_ranks_a_lead_with_a_budget_that_something_is_due_with(run: Runner) -> None:
    run("lead add Acme budget=200k")
    run("lead add Beta")
    run("followup add call lead=L1 due=today")
    run("followup add call lead=L2 due=today")
    one = run("next --json").json
    assert [(row["ref"], row["chance"], row["score"]) for row in one] == [("L1", 5, 1.5)]  # 20 x 5 % x 1.5


def converted(run: Runner) -> Any:
    run("customer add Kova")
    run(
        "lead add Acme --channel fair contact=Anna phone=+4942155501 referred_by=Kova budget=48k need='Pump order' region=north"
    )
    run("log call L1 'wants a demo' --next 'thu demo'")
    return everything(run)


def test_a_lead_becomes_a_deal_with_all_that_belongs_to_it(run: Runner) -> None:
    before = converted(run)
    done = run("lead convert L1 expected_close=eom --next 'fri visit' --json").json
    assert done["status"] == "converted" and done["made"] == ["contact", "customer", "deal"] and done["followups"] == 2
    deal = run("deal show D1 --json").json
    assert (deal["name"], deal["customer"], deal["contact"], deal["owner"]) == ("Pump order", "Acme", "Anna", "Bo")
    assert (
        deal["amount"]["amount"] == "48000.00" and deal["channel"] == "fair" and deal["expected_close"] == "2026-11-30"
    )
    assert deal["leads"][0]["ref"] == "L1" and deal["leads"][0]["referred_by"] == "Kova"
    customer = run("customer show Acme --json").json
    assert (
        customer["channel"] == "fair"
        and customer["region"] == "north"
        and customer["contacts"][0]["phone"] == "+4942155501"
    )
    assert [one["became"] for one in customer["leads"]] == [True]
    assert [one["ref"] for one in run("customer show Kova --json").json["leads"] if one["recommended"]] == ["L1"]
    assert {row["deal_ref"] for row in run("followup list --all --json").json} == {"D1"}
    run("undo")
    assert everything(run) == before


def test_converting_twice_is_refused_and_the_lead_leads_to_its_deal(run: Runner) -> None:
    converted(run)
    run("lead convert L1")
    assert "L1 is converted" in run("lead convert L1", code=4).err
    assert run("log call L1 'about the deal' --json").json["deal_ref"] == "D1"
    assert run("lead screen L1 --accept", code=4) and run("lead assign L1 --to Bo", code=4)
    assert "salesctl show D1" in run("lead return L1 --reason x", code=4).err


def test_what_is_planned_with_a_lead_of_the_pool_is_planned_by_who_converts_it(run: Runner) -> None:
    converted(run)
    run("lead return L1 --reason x")
    assert run("followup list --json").json[0]["owner"] is None
    run("lead convert L1")
    assert run("followup list --json").json[0]["owner"] == "Bo" and run("deal show D1 --json").json["owner"] == "Bo"


def test_it_joins_a_deal_and_a_contact_that_are_there(run: Runner) -> None:
    run("add Acme 'Old order' 10k --contact 'Anna Keller +4942155501'")
    run("lead add 'Acme North' contact=Anna phone='+49 421 55501' email=anna@acme.org channel=web")
    before = everything(run)
    done = run("lead convert L1 --deal D1 --json").json
    assert (
        done["made"] == [] and done["customer_ref"] == "C1" and done["deal_ref"] == "D1" and done["contact_ref"] == "P1"
    )
    assert run("contact show P1 --json").json["email"] == "anna@acme.org"
    assert run("deal show D1 --json").json["channel"] == "web"
    run("undo")
    assert everything(run) == before


def test_what_cannot_be_converted(run: Runner) -> None:
    run("add Acme Order 10k")
    run("add Beta Order 10k")
    run("lead add Gamma")
    assert "D1 is of C1 Acme" in run("lead convert L1 --customer Beta --deal D1", code=4).err
    assert run("lead convert L1 --deal D1 --amount 5k", code=2).err.count("deal edit")
    assert run("lead convert L1 --customer Nobody", code=3) and run("lead convert L1 --deal D9", code=3)
    assert run("lead convert L1 amount=-5", code=4) and run("lead convert L1 colour=red", code=2)
    run("lose D1 price")
    assert "D1 is closed" in run("lead convert L1 --deal D1", code=4).err
    run("lead screen L1 --reject --reason x")
    assert "L1 is disqualified" in run("lead convert L1", code=4).err
    assert run("customer list --json").json[-1]["name"] == "Acme" and len(run("lead rejected --json").json) == 1


def test_the_clocks_of_many(run: Runner) -> None:
    run("rep add Bo")
    run("lead add Acme owner= channel=web", today="2026-11-20")  # a Friday, at 9:42
    run("lead assign L1 --to Bo", today="2026-11-23")
    run("log call L1 hello", today="2026-11-24")
    run("lead add Beta channel=fair", today="2026-11-23")
    rows = {row["clock"]: row for row in run("lead response --json", today="2026-11-25").json}
    assert (rows["assign"]["n"], rows["assign"]["waiting"]) == (2, 0)
    assert (rows["assign"]["median"], rows["assign"]["wall_median"]) == (
        4 * 60 + 30,
        36 * 60,
    )  # of 0 and 9 h, 0 and 72 h
    assert (rows["follow"]["n"], rows["follow"]["waiting"], rows["follow"]["longest"]) == (1, 1, 18 * 60)
    # of 9 h that ended and 18 h that run: half way to where it is not known any more
    assert (rows["follow"]["median"], rows["follow"]["median_over"]) == (13 * 60 + 30, True)
    assert (rows["response"]["n"], rows["response"]["waiting"], rows["response"]["leads"]) == (1, 1, 2)
    by = run("lead response --by channel --json", today="2026-11-25").json
    assert [
        (row["channel"], row["clock"], row["median"], row["median_over"]) for row in by if row["clock"] == "response"
    ] == [
        ("fair", "response", 18 * 60, True),
        ("web", "response", 18 * 60, False),
    ]
    assert {row["rep"] for row in run("lead response --by rep --json").json} == {"Bo"}
    assert run("lead response -p 2026-10 --json").json == []
    assert len(run("lead response -p w47 --json", today="2026-11-25").json) == 3
    assert run("lead response --by colour", code=2).err.count("rep or channel")
    assert "> 13 h 30 min" in run("lead response -O table", today="2026-11-25").out


def test_friday_half_past_four_to_monday_half_past_nine(run: Runner, tmp_path: Any) -> None:
    file = tmp_path / "sop.toml"
    file.write_text(run("sop export").out.replace('closes = "18:00"', 'closes = "17:00"'))
    run(f"sop load {file}")
    run(["--today", "2026-11-20T16:30:00", "lead", "add", "Acme"])
    run(["--today", "2026-11-23T09:30:00", "log", "call", "L1", "hello"])
    clocks = {one["clock"]: one for one in lead(run)["clocks"]}
    assert (clocks["response"]["business_minutes"], clocks["response"]["wall_minutes"]) == (60, 65 * 60)
    assert "until first contact 1 h 00 min (wall 65 h 00 min)" in run("lead show L1 -O text").out


def test_the_quota_of_the_day(run: Runner, zh: Runner) -> None:
    assert "lead_quota" not in run("today --json").json["waiting"]  # a store without leads is told nothing
    run("lead add Acme")
    run("lead add Beta")
    one = run("today --json").json["waiting"]["lead_quota"]
    assert one["items"] == [{"rep": "Bo", "rep_ref": "R1", "collected": 2, "quota": 10}]
    assert "Leads  today 2/10" in run("today -O text").out
    run("rep add Sofia")
    run("lead add Gamma owner=Sofia")  # Bo wrote it down
    whole = run("today --owner all --json").json["waiting"]["lead_quota"]
    assert [(row["rep"], row["collected"]) for row in whole["items"]] == [("Bo", 3), ("Sofia", 0)]
    assert "Leads today 3/20  Bo 3/10   Sofia 0/10" in run("today --owner all -O text").out
    assert "lead_quota" not in run("today --json", today="2026-11-22").json["waiting"]  # a Sunday
    assert run("remind", today="2026-11-23").out == ""  # no reason to remind by itself
    zh("lead add 甲 --lang zh")
    assert "线索  今天 1/10" in zh("today -O text --lang zh").out


def test_who_waits_too_long_stands_in_today(run: Runner) -> None:
    run("rep add Sofia manager=Bo", code=3)
    run("rep add Bo")
    run("rep add Sofia manager=Bo")
    run("lead add Acme owner= ")
    run("lead add Beta owner=Sofia")
    waiting = run("today --owner all --json", today="2026-11-24").json["waiting"]
    assert waiting["leads_unassigned"]["items"][0]["ref"] == "L1"
    assert waiting["leads_unassigned"]["items"][0]["business_minutes"] == 9 * 60
    assert waiting["leads_unspoken"]["items"][0]["ref"] == "L2"
    mine = run("today --json", today="2026-11-24").json["waiting"]  # Bo leads Sofia
    assert "leads_unassigned" in mine and "leads_unspoken" not in mine
    hers = run("today --owner Sofia --json", today="2026-11-24").json["waiting"]
    assert "leads_unassigned" not in hers and "leads_unspoken" in hers
    assert "L2 Beta 9 h 00 min" in run("remind --owner Sofia", today="2026-11-24").out
    run("log call L2 hello", today="2026-11-24")
    assert "leads_unspoken" not in run("today --owner Sofia --json", today="2026-11-24").json["waiting"]


def test_the_list_hides_what_is_closed_and_knows_its_words(run: Runner) -> None:
    run("lead add Acme channel=fair")
    run("lead add Beta owner=")
    run("lead add Gamma")
    run("lead screen L3 --reject --reason x")
    assert [one["ref"] for one in run("lead --json").json] == ["L2", "L1"]
    assert [one["ref"] for one in run("lead list pool --json").json] == ["L2"]
    assert [one["ref"] for one in run("lead list 公海 --json").json] == ["L2"]
    assert [one["ref"] for one in run("lead list 不合格 --json").json] == ["L3"]
    assert len(run("lead list --all --json").json) == 3
    assert [one["ref"] for one in run("lead list owner:me channel:fair --json").json] == ["L1"]
    assert run("find acme --json").json[0]["ref"] == "L1" and run("show Acme --json").json["ref"] == "L1"


def test_export_and_import_lose_nothing(run: Runner, tmp_path: Any) -> None:
    converted(run)
    run("lead add Beta owner= phone=13800000001 tags=a,b note='x, y'")
    run("lead convert L1")
    run("lead screen L2 --auto")
    before = run("export lead").out
    steps = run("export followup").out
    folder = tmp_path / "out"
    run(f"export --to {folder}")
    other = Runner(tmp_path / "other.db", run.capfd) if not str(run.path).startswith("postgres") else run
    if other is run:
        return
    other("init")
    other(f"import {folder}")
    assert other("export lead").out == before and other("export followup").out == steps


def test_a_foreign_list_of_leads_is_recognised(run: Runner, tmp_path: Any) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("线索,联系人,手机,渠道,负责人\n恒力,陈总,13800000001,展会,王磊\n蓝海,,13800000002,网络,\n")
    assert run(f"import {file} --json").json["created"] == {"rep": 1, "lead": 2}
    rows = {row["name"]: row for row in run("lead list --json").json}
    assert rows["恒力"]["assigned_at"] and rows["蓝海"]["assigned_at"] is None
    assert {row["created"] for row in rows.values()} == {"2026-11-23"}
    plain = tmp_path / "customers.csv"
    plain.write_text("account,phone,channel,region\nAcme,123456,web,north\n")
    assert run(f"import {plain} --json").json["created"] == {"customer": 1}


def test_erasing_a_person_reaches_the_lead(run: Runner) -> None:
    converted(run)
    run("lead convert L1")
    run("contact erase P1 -y")
    one = lead(run)
    assert "Anna" not in str(one) and "42155501" not in str(one)


def test_the_store_stays_sound(run: Runner) -> None:
    converted(run)
    run("lead convert L1")
    run("undo")
    run("lead convert L1 --amount 5k")
    assert run("db check").out == "" and run("audit verify").code == 0
