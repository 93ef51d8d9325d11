"""Contracts: signed, planned, paid, renewed, ended, attached; what is due in today; everything taken back by undo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.store_state import rows, state

SETUP = (
    'add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550"',
    'add Kova "Kova deal" 5k --contact Bert',
    "rep add Zoe function=service",
)


@pytest.fixture
def sold(run: Runner) -> Runner:
    for line in SETUP:
        run(line)
    return run


def attachments(run: Runner) -> Path:
    from salesctl.store.attached import folder_of

    return folder_of(str(run.path))


def plan_of(run: Runner, ref: str = "K1") -> list[tuple[str, str, str]]:
    shown = run(f"contract show {ref} --json").json
    return [(one["due"], one["amount"]["amount"], one["open"]["amount"]) for one in shown["payments"]]


def test_signing_wins_the_deal_with_all_that_belongs_to_it(sold: Runner, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(b"%PDF")
    done = sold(
        [
            *["contract", "sign", "D1", "--value", "50k", "--term", "1y", "--renewal", "ask", "--signed-by", "Anna", "--json", "--attach"],
            str(tmp_path / "signed.pdf"), "--pay", "30% at sign; 40% +30d; rest 2027-01-31",
        ]
    ).json  # fmt: skip
    assert (done["ref"], done["name"], done["deal_ref"], done["customer_ref"]) == ("K1", "K-2026-0001", "D1", "C1")
    assert (done["starts"], done["ends"], done["act_on"]) == ("2026-11-23", "2027-11-22", "2027-10-23")
    assert done["signed_by"] == "Anna" and done["won"] is True
    assert plan_of(sold) == [
        ("2026-11-23", "15000.00", "15000.00"),
        ("2026-12-23", "20000.00", "20000.00"),
        ("2027-01-31", "15000.00", "15000.00"),
    ]
    deal = sold("deal show D1 --json").json
    assert (deal["outcome"], deal["closed"], deal["amount"]["amount"]) == ("won", "2026-11-23", "50000.00")
    assert next((one["name"], one["owner"]) for one in deal["handover"]) == (
        "Hand over contract, contacts and promises", "Zoe",
    )  # fmt: skip
    assert len(deal["handover"]) == 3 and deal["contracts"][0]["ref"] == "K1"
    assert len(sold("sop tasks deal:D1 owner:Zoe --json").json) == 3
    assert sold("show K1 --json").json["attachments"][0]["name"] == "signed.pdf"


def test_the_value_is_that_of_the_deal_and_its_amount_stays(sold: Runner) -> None:
    assert sold("contract sign D1 --json").json["value"] == {"amount": "48000.00", "currency": "USD"}
    assert sold("contract sign D2 --number AB-7 --json").json["name"] == "AB-7"
    sold('add "Acme Corp" Third')
    assert "worth" in sold("contract sign D3", code=4).err
    done = sold("contract sign D3 --value 0 --json").json
    assert (done["name"], done["value"]["amount"]) == ("K-2026-0002", "0.00")
    assert sold("deal show D3 --json").json["amount"]["amount"] == "0.00"


def test_a_deal_has_one_contract_and_only_an_open_or_won_one_gets_it(sold: Runner) -> None:
    sold("contract sign D1")
    error = sold("contract sign D1 --json", code=5).error
    assert error["code"] == "signed" and error["candidates"][0]["ref"] == "K1"
    sold("deal reopen D1 --reason x")
    sold("contract sign D1", code=5)
    sold("lose D2 price")
    assert "reopen" in sold("contract sign D2", code=4).err
    sold('add Kova "Won before" 7k')
    sold("win D3")
    done = sold("contract sign D3")
    assert "signed" in done.err
    assert sold("contract sign D3", code=5).code == 5
    assert len(sold("deal history D3 --json").json) and sold("deal show D3 --json").json["contracts"][0]["ref"] == "K2"
    sold("contract sign D99", code=3)


def test_the_gate_is_checked_and_the_contract_counts_as_signed(sold: Runner) -> None:
    sold("sop enforce block")
    refused = sold("contract sign D1 --json", code=4).error
    assert refused["code"] == "stage_gate" and refused["missing"]
    assert sold("contract list --json").json == []
    assert sold("contract sign D1 --override", code=4).err.count("reason")
    done = sold('contract sign D1 --override --reason "the boss agreed" --json').json
    assert done["won"] and done["missing"]


BAD = [
    ("contract sign D1 --date 2026-11-22", 4, "before the deal began"),
    ("contract sign D1 --date 2026-11-24", 4, "in the future"),
    ("contract sign D1 --date 2026-02-30", 4, "28 days"),
    ("contract sign D1 --value=-5", 4, "negative"),
    ("contract sign D1 --value NaN", 4, "not an amount"),
    ("contract sign D1 --value 1e1000000", 4, "not an amount"),
    ("contract sign D1 --value 5xyz", 4, "unknown currency"),
    ("contract sign D1 --value 5000eur", 4, "not in USD"),
    ("contract sign D1 --term 0", 4, "term is 1 month"),
    ("contract sign D1 --term 1201", 4, "term is 1 month"),
    ("contract sign D1 --term soon", 4, "no term"),
    ("contract sign D1 --starts 2026-12-01 --ends 2026-11-30", 4, "before it starts"),
    ("contract sign D1 --ends 2026-11-22", 4, "before it starts"),
    ("contract sign D1 --term 12m --ends 2027-11-23", 4, "not on 2027-11-23"),
    ("contract sign D1 --renewal ask", 4, "has an end"),
    ("contract sign D1 --renewal maybe", 4, "none, ask, auto"),
    ("contract sign D1 --term 1y --notice-days 1.5", 4, "whole number"),
    ("contract sign D1 --term 1y --notice-days 99999", 4, "at most 3650"),
    ("contract sign D1 --signed-by Bert", 4, "not at this customer"),
    ("contract sign D1 --signed-by Nobody", 3, "no contact"),
    ("contract sign D1 --number ''", 4, "Number is empty"),
    ("contract sign D1 --pay '30% at sign; 60% +30d'", 4, "adds up to"),
    ("contract sign D1 --pay '100% 2026-11-01'", 4, "before the deal began"),
    ("contract sign D1 --attach missing.pdf", 9, "No such file"),
    ("contract sign D1 --attach FOLDER", 9, "is a folder"),
    ("contract sign D1 --attach LINK", 6, "symbolic link"),
    ("contract sign D1 --attach FIFO", 9, "no plain file"),
    ("contract sign D1 --attach FILE --attach missing.pdf", 9, "No such file"),
    ("contract sign D1 --attach FILE --value=-5", 4, "negative"),
    ("contract sign", 2, "DEAL is missing"),
]


@pytest.mark.parametrize(("line", "code", "said"), BAD, ids=[one[0] for one in BAD])
def test_bad_input_is_refused_and_leaves_nothing(sold: Runner, tmp_path: Path, line: str, code: int, said: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "file.txt")
    os.mkfifo(tmp_path / "fifo")
    names = {"FOLDER": tmp_path, "LINK": tmp_path / "link", "FIFO": tmp_path / "fifo", "FILE": tmp_path / "file.txt"}
    for word, place in names.items():
        line = line.replace(word, str(place))
    before = state(sold.path)
    done = sold(line, code=code)
    assert said in done.err, done.err
    assert state(sold.path) == before
    assert not attachments(sold).exists()


def test_a_number_is_given_once(sold: Runner) -> None:
    sold("contract sign D1 --number K-2026-0007")
    assert sold("contract sign D2 --number ｋ-2026-0007 --json", code=5).error["candidates"][0]["ref"] == "K1"
    sold("contract archive K1")
    sold("contract sign D2 --number K-2026-0007", code=5)
    assert sold("contract sign D2 --json").json["name"] == "K-2026-0008"
    sold("contract edit K2 name=K-2026-0007", code=5)
    assert sold("contract edit K2 name=Z1 --json").json["name"] == "Z1"


def test_money_that_comes_in_pays_what_is_due_first(sold: Runner) -> None:
    sold(["contract", "sign", "D1", "--pay", "50% at sign; 50% +30d"])
    done = sold("contract pay K1 30k --note transfer --json").json
    assert done["sums"]["open"] == {"amount": "18000.00", "currency": "USD"} and done["next_due"] == "2026-12-23"
    assert [one[2] for one in plan_of(sold)] == ["0.00", "18000.00"]
    refused = sold("contract pay K1 18000.01 --json", code=4).error
    assert refused["open"] == "18000.00"
    done = sold("contract pay K1 20k --over --json").json
    assert done["next_due"] is None and done["received"]["amount"] == "50000.00"
    assert done["sums"]["over"]["amount"] == "2000.00" and done["sums"]["open"]["amount"] == "0.00"
    assert sold("contract due --json").json == []
    assert [one["amount"]["amount"] for one in sold("contract show K1 --json").json["receipts"]] == [
        "30000.00",
        "20000.00",
    ]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("contract pay K1 0", 4, "payment of nothing"),
        ("contract pay K1 -- -5", 4, "negative"),
        ("contract pay K1 5eur", 4, "not in USD"),
        ("contract pay K1 48000.01", 4, "more than"),
        ("contract pay K1 5 --at tomorrow", 4, "in the future"),
        ("contract pay K1 5 --at 2026-11-01", 4, "before the deal began"),
        ("contract pay K9 5", 3, "K9"),
        ("contract pay K1", 2, "AMOUNT"),
        ("contract plan K1 ''", 4, "the plan is empty"),
        ("contract plan K1 '99% at sign'", 4, "adds up to"),
        ("contract plan K1 '100% at sign' --value 0", 4, "no payments"),
        ("contract plan K1 '100% at end'", 4, "has no end"),
        ("contract renew K1", 4, "has no end"),
        ("contract end K1 --at 2026-11-22", 4, "before it starts"),
        ("contract edit K1 value=", 4, "needs a value"),
        ("contract edit K1 value=5eur", 4, "not in USD"),
        ("contract edit K1 term_months=0", 4, "term is 1 month"),
        ("contract edit K1 ends=2026-11-01", 4, "before it starts"),
        ("contract edit K1 signed=2026-11-01", 2, "is not typed"),
        ("contract edit K1 received=5", 2, "is not typed"),
        ("contract due nofield:x", 2, "no field"),
        ("contract due --limit=-1", 2, "-n takes"),
    ],
)
def test_what_may_not_be_done_to_a_contract(sold: Runner, line: str, code: int, said: str) -> None:
    sold("contract sign D1")
    before = state(sold.path)
    assert said in sold(line, code=code).err
    assert state(sold.path) == before


def test_a_value_that_is_planned_changes_with_its_plan_only(sold: Runner) -> None:
    sold(["contract", "sign", "D1", "--pay", "100% at sign"])
    sold("contract pay K1 10k")
    assert "--value 50000.00" in sold("contract edit K1 value=50k", code=4).err
    sold(["contract", "plan", "K1", "50% at sign; rest +1d", "--value", "50k"])
    assert plan_of(sold) == [("2026-11-23", "25000.00", "15000.00"), ("2026-11-24", "25000.00", "25000.00")]
    assert "received already" in sold(["contract", "plan", "K1", "100% at sign", "--value", "9k"], code=4).err


def test_the_dates_of_a_contract_stay_in_order(sold: Runner) -> None:
    sold("contract sign D1 --term 12m --renewal auto --notice-days 60")
    assert sold("contract edit K1 term_months=24 --json").json["ends"] == "2028-11-22"
    done = sold("contract edit K1 ends=2028-12-31 --json").json
    assert (done["term_months"], done["act_on"]) == (None, "2028-11-01")
    done = sold("contract edit K1 starts=2027-01-01 term_months=24 --json").json
    assert (done["ends"], done["act_on"]) == ("2028-12-31", "2028-11-01")
    assert sold("contract edit K1 renewal=none --json").json["act_on"] is None


def test_due_payments_are_listed_over_currencies_and_never_added_up(sold: Runner) -> None:
    sold("deal add Euro amount=5000eur customer=Kova")
    sold(["contract", "sign", "D1", "--pay", "40% at sign; 60% +30d"])
    sold(["contract", "sign", "D3", "--pay", "100% +7d"])
    found = sold("contract due --json", today="2026-12-02").json
    assert [(one["ref"], one["due"], one["open"]["amount"], one["state"], one["days_late"]) for one in found] == [
        ("K1", "2026-11-23", "19200.00", "overdue", 9),
        ("K2", "2026-11-30", "5000.00", "overdue", 2),
        ("K1", "2026-12-23", "28800.00", "coming", None),
    ]
    text = sold("contract due -O text", today="2026-12-02").out
    assert "unpaid €5,000 + $48,000  overdue €5,000 + $19,200" in text
    assert [one["ref"] for one in sold("contract due customer:Kova --json").json] == ["K2"]
    assert sold("contract due next_due:2026-11-30 --json").json[0]["ref"] == "K2"


def test_today_and_remind_tell_of_money_due_and_of_renewals(sold: Runner) -> None:
    sold(["contract", "sign", "D1", "--term", "12m", "--renewal", "ask", "--pay", "30% +1d; rest +60d"])
    assert "payments" not in sold("today --json").json["waiting"]
    waiting = sold("today --json", today="2026-11-26").json["waiting"]
    assert waiting["payments"]["count"] == 1
    assert waiting["payments"]["items"][0]["open"] == {"amount": "14400.00", "currency": "USD"}
    assert "renewals" not in waiting
    waiting = sold("today --json", today="2027-10-23").json["waiting"]
    assert waiting["renewals"]["items"][0]["ends"] == "2027-11-22"
    assert "renewals" not in sold("today --json", today="2027-10-22").json["waiting"]
    told = sold("remind", today="2027-10-23").out
    assert "Renewals  K1 Acme Corp ends in 30 days (to renew)" in told and "Payments due  K1 Acme Corp $48,000" in told
    sold("remind --check", code=10, today="2027-10-23")
    sold("contract pay K1 48k", today="2027-10-23")
    sold("contract end K1", today="2027-10-23")
    waiting = sold("today --json", today="2027-10-23").json["waiting"]
    assert "payments" not in waiting and "renewals" not in waiting


def test_only_the_owner_is_told(run: Runner) -> None:
    run("rep add Bo")
    run("rep add Ann")
    run("deal add Mine amount=5 owner=Bo")
    run(["contract", "sign", "D1", "--pay", "100% at sign"])
    assert run("today --owner Bo --json").json["waiting"]["payments"]["count"] == 1
    assert "payments" not in run("today --owner Ann --json").json["waiting"]


def test_a_renewal_is_sold_as_a_deal_and_signed(sold: Runner) -> None:
    sold("contract sign D1 --term 12m --renewal ask --notice-days 90")
    done = sold("contract renew K1 --value 52k --json", today="2027-09-01").json
    assert (done["ref"], done["signed"], done["follows_ref"], done["renewal_deal"]) == ("K2", None, "K1", "D3")
    assert (done["starts"], done["ends"], done["name"]) == ("2027-11-23", "2028-11-22", "K-2027-0001")
    deal = sold("deal show D3 --json", today="2027-09-01").json
    assert (deal["outcome"], deal["expected_close"], deal["customer_ref"]) == (None, "2027-11-22", "C1")
    assert deal["amount"]["amount"] == "52000.00"
    assert "renewals" not in sold("today --json", today="2027-09-01").json["waiting"]
    assert sold("contract renew K1 --json", code=5, today="2027-09-01").error["candidates"][0]["ref"] == "K2"
    assert "not signed yet" in sold("contract pay K2 5", code=4, today="2027-09-01").err
    signed = sold("contract sign D3 --json", today="2027-11-01").json
    assert (signed["ref"], signed["signed"], signed["starts"], signed["act_on"]) == (
        "K2", "2027-11-01", "2027-11-23", "2028-08-24",
    )  # fmt: skip
    assert signed["value"]["amount"] == "52000.00" and sold("deal show D3 --json").json["outcome"] == "won"
    assert sold("contract show K1 --json").json["followed_by"] == "K2"


def test_a_draft_is_no_signed_contract_and_goes_with_its_deal(sold: Runner, tmp_path: Path) -> None:
    sold("contract sign D1 --term 12m --renewal ask")
    sold("contract renew K1")
    sold("lose D3 price")
    assert [one["ref"] for one in sold("contract list --json").json] == ["K1"]
    sold("deal reopen D3 --reason again")
    assert [one["ref"] for one in sold("contract list --json").json] == ["K2", "K1"]
    sold("undo")
    sold("undo")
    assert [one["ref"] for one in sold("contract list --json").json] == ["K2", "K1"]


def test_a_contract_that_waits_is_none_to_the_sop(sold: Runner, tmp_path: Path) -> None:
    plan = sold("sop export").out.replace('fact = "quote_accepted"', 'fact = "contract"')
    (tmp_path / "sop.toml").write_text(plan, encoding="utf-8")
    sold(f"sop load {tmp_path}/sop.toml")
    sold("contract sign D1 --term 12m --renewal ask")
    sold("contract renew K1")
    sold("advance D3 Signing --reason known")

    def met() -> dict[str, bool]:
        return {one["item"]: one["met"] for one in sold("deal show D3 --json").json["checks"]}

    assert met()["contract"] is False
    done = sold("contract sign D3 --json").json
    assert "contract" not in [one["item"] for one in done["missing"]] and done["missing"]


def test_a_contract_that_renews_itself_goes_on_in_its_deal(sold: Runner) -> None:
    sold("contract sign D1 --term 12m --renewal auto")
    done = sold("contract renew K1 --json", today="2027-11-01").json
    assert (done["deal_ref"], done["signed"], done["renewal_deal"]) == ("D1", "2027-11-01", None)
    assert (done["starts"], done["ends"], done["act_on"]) == ("2027-11-23", "2028-11-22", "2028-10-23")
    assert sold("contract renew K1 --term 2y", code=5).code == 5
    assert sold("contract renew K2 --term 2y --json", today="2028-11-01").json["ends"] == "2030-11-22"


def test_an_end_is_the_agreed_day_or_an_earlier_one(sold: Runner) -> None:
    sold("contract sign D1 --term 12m --renewal auto")
    assert "ends on 2027-11-22" in sold("contract end K1 --at 2027-11-23", code=4).err
    done = sold('contract end K1 --at 2027-03-31 --reason "plant closed" --json').json
    assert (done["ends"], done["renewal"], done["act_on"], done["term_months"]) == ("2027-03-31", "none", None, None)
    assert done["note"] == "plant closed"


def test_attachments_are_known_by_their_bytes_and_never_by_their_name(sold: Runner, tmp_path: Path) -> None:
    one, two = tmp_path / "合同 ..%2f.pdf", tmp_path / "copy.pdf"
    one.write_bytes(b"contract" * 1000)
    two.write_bytes(b"contract" * 1000)
    sold(["contract", "sign", "D1", "--attach", str(one), "--attach", str(two), "--attach", str(one)])
    found = sold("contract verify K1 --json").json
    assert [(row["name"], row["bytes"], row["state"]) for row in found] == [
        ("合同 ..%2f.pdf", 8000, "ok"), ("copy.pdf", 8000, "ok"),
    ]  # fmt: skip
    place = attachments(sold)
    assert [path.name for path in place.iterdir()] == [found[0]["sha256"]]
    assert place.stat().st_mode & 0o777 == 0o700 and (place / found[0]["sha256"]).stat().st_mode & 0o777 == 0o600
    (place / found[0]["sha256"]).write_bytes(b"Contract" + b"contract" * 999)
    done = sold("contract verify", code=10)
    assert "not as attached: K1" in done.err and [row["state"] for row in done.rows] == ["changed", "changed"]
    assert "K1: the attached file copy.pdf is not what was attached" in sold("db check", code=10).out
    sold(["contract", "attach", "K1", str(two)])
    assert {row["state"] for row in sold("contract verify --json").json} == {"ok"} and sold("db check").out == ""
    (place / found[0]["sha256"]).unlink()
    assert [row["state"] for row in sold("contract verify", code=10).rows] == ["missing", "missing"]
    assert [row["code"] for row in sold("db check --json", code=10).json] == ["file", "file"]


def test_a_file_in_the_place_of_the_folder_or_a_link_is_not_followed(sold: Runner, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "f.txt", tmp_path / "elsewhere"
    file.write_text("x")
    elsewhere.mkdir()
    place = attachments(sold)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)
    assert "symbolic link" in sold(["contract", "sign", "D1", "--attach", str(file)], code=6).err
    assert list(elsewhere.iterdir()) == []
    place.unlink()
    place.write_text("")
    sold(["contract", "sign", "D1", "--attach", str(file)], code=9)
    assert sold("contract list --json").json == []
    place.unlink()


UNDONE = [
    "contract sign D2 --term 12m --renewal ask --pay '30% at sign; rest +30d' --attach FILE",
    "contract plan K1 '100% +5d'",
    "contract plan K1 '100% +5d' --value 60k",
    "contract pay K1 1000",
    "contract pay K1 60k --over",
    "contract renew K1",
    "contract end K1 --at 2027-01-01 --reason x",
    "contract attach K1 FILE",
    "contract edit K1 term_months=24 renewal=auto",
    "contract archive K1",
    "contract renew K2",
]


@pytest.mark.parametrize("line", UNDONE)
def test_every_verb_is_taken_back_and_done_again(sold: Runner, tmp_path: Path, line: str) -> None:
    (tmp_path / "f.pdf").write_text("x")
    sold("contract sign D1 --term 12m --renewal ask --pay '50% at sign; rest +30d'")
    if line.endswith("K2"):
        sold("deal add Third amount=5")
        sold("contract sign D3 --term 1m --renewal auto")
    before = state(sold.path)
    sold(line.replace("FILE", str(tmp_path / "f.pdf")))
    after = state(sold.path)
    assert after != before
    done = sold("undo --json").json
    assert state(sold.path) == before
    sold(f"undo {done['operation']}")
    assert state(sold.path) == after
    sold("undo")
    assert state(sold.path) == before
    assert sold("db check").out == ""


def test_undoing_a_signature_opens_the_deal_again(sold: Runner, tmp_path: Path) -> None:
    (tmp_path / "f.pdf").write_text("x")
    sold(["contract", "sign", "D1", "--attach", str(tmp_path / "f.pdf"), "--pay", "100% at sign"])
    sold("undo")
    deal = sold("deal show D1 --json").json
    assert deal["outcome"] is None and deal["handover"] == [] and deal["contracts"] == []
    for table in ("contract", "attachment", "payment"):
        assert rows(sold.path, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(sold.path, "SELECT count(*) FROM task WHERE state = 'open' AND stage_id = 8") == [(0,)]
    assert sold("contract sign D1 --json").json["name"] == "K-2026-0001"


def test_payments_are_taken_back_newest_first(sold: Runner) -> None:
    sold(["contract", "sign", "D1", "--pay", "50% at sign; 50% +30d"])
    first = sold("contract pay K1 10k --json").json
    sold("contract pay K1 14k")
    number = rows(sold.path, "SELECT max(id) FROM operation")[0][0]
    assert f"undo O{number} first" in sold(f"undo O{number - 1}", code=5).err
    sold("undo")
    assert sold("contract show K1 --json").json["received"] == first["received"]


def test_what_is_due_next_is_worked_out_again_after_an_undo_out_of_order(sold: Runner) -> None:
    sold(["contract", "sign", "D1", "--pay", "50% at sign; 50% +30d"])
    sold("contract pay K1 24k")
    number = rows(sold.path, "SELECT max(id) FROM operation")[0][0]
    sold(["contract", "plan", "K1", "25% +2d; 75% +30d"])
    assert sold("contract show K1 --json").json["next_due"] == "2026-12-23"
    sold(f"undo O{number}")
    assert sold("contract show K1 --json").json["next_due"] == "2026-11-25"
    assert sold("db check").out == ""


def test_winning_twice_opens_the_hand_over_twice(sold: Runner) -> None:
    sold("win D1")
    sold("deal reopen D1 --reason x")
    assert sold("deal show D1 --json").json["handover"] == []
    sold("win D1")
    assert [one["state"] for one in sold("deal show D1 --json").json["handover"]] == ["open"] * 3


def test_without_after_sales_the_seller_hands_over(run: Runner) -> None:
    run("rep add Bo")
    run("deal add X amount=5 owner=Bo")
    run("contract sign D1")
    assert {one["owner"] for one in run("deal handover D1 --json").json["tasks"]} == {"Bo"}


def test_the_hand_over_tells_what_after_sales_needs(sold: Runner) -> None:
    sold('deal edit D1 "product=Pump x 3 = 48000"', code=None)
    sold("log D1 price --gave '2 % off' --for '40 % prepaid'")
    sold("contract sign D1 --term 12m")
    told = sold("deal handover D1 --json").json
    assert [one["key"] for one in told["tasks"]] == ["hand_over", "kick_off", "first_check"]
    assert told["contracts"][0]["ref"] == "K1" and told["contacts"][0]["name"] == "Anna"
    assert told["promises"][0]["in_return"] == "40 % prepaid" and told["solution"] is None
    text = sold("deal handover D1 -O text").out
    assert "[ ] TK" in text and "Promised  2 % off (for 40 % prepaid)" in text
    sold("sop tick D1 hand_over")
    assert "1/3" in sold("deal show D1 -O text").out
    assert "comes with the win" in sold("deal handover D2 -O text").out


def test_an_export_of_contracts_is_imported_without_loss(sold: Runner, tmp_path: Path) -> None:
    sold(["contract", "sign", "D1", "--term", "12m", "--renewal", "ask", "--pay", "30% at sign; rest +30d"])
    sold(["contract", "pay", "K1", "20k", "--note", 'bank; "x"\nline 2'])
    sold("contract renew K1")
    sold(f"export --to {tmp_path}/out")
    text = (tmp_path / "out" / "contract.csv").read_text()
    sold.path = tmp_path / "again.db"
    sold(f"import {tmp_path}/out")
    sold(f"export contract -o {tmp_path}/two.csv")
    assert (tmp_path / "two.csv").read_text() == text
    assert plan_of(sold) == [("2026-11-23", "14400.00", "0.00"), ("2026-12-23", "33600.00", "28000.00")]
    assert sold("db check").out == ""
    before = state(sold.path)
    sold(f"import {tmp_path}/out/contract.csv")
    assert state(sold.path)["payment"] == before["payment"]


def test_a_customer_that_is_merged_brings_its_contracts(sold: Runner) -> None:
    sold("contract sign D1")
    sold("customer merge C2 C1")
    assert sold("contract show K1 --json").json["customer_ref"] == "C2"


def test_chinese(zh: Runner) -> None:
    zh('add 华南机电 贴片线改造 48万 --contact "张伟 13800000001" --lang zh')
    done = zh(["contract", "sign", "D1", "--term", "一年", "--renewal", "需续签", "--lang", "zh",
               "--pay", "30% 签约时；40% 签约后30天；余款 到期"])  # fmt: skip
    assert done.err.startswith("已签  K1  K-2026-0001  ¥480,000")
    zh("contract pay K1 14.4万 --at 今天")
    assert "已收 ¥144,000" in zh("contract show K1 -O text --lang zh").out
    assert "续约:" not in zh("contract list 续约:需续签 --json").out
    assert [one["ref"] for one in zh("contract list 续约:需续签 --json").json] == ["K1"]


def at_once(run: Runner, count: int, *words: str) -> list[int]:
    """The exit codes of the same command in several processes at once."""
    code = "import sys; from salesctl.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--db", str(run.path), "--today", "2026-11-23T09:42:00", *words]
    started = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _n in range(count)]
    return sorted(one.wait() for one in started)


def test_of_those_who_sign_or_pay_at_once_each_is_right_or_told(sold: Runner) -> None:
    assert at_once(sold, 4, "contract", "sign", "D1", "--pay", "50% at sign; rest +30d") == [0, 5, 5, 5]
    assert rows(sold.path, "SELECT count(*) FROM contract") == [(1,)]
    codes = at_once(sold, 4, "contract", "pay", "K1", "20k")
    done = codes.count(0)
    assert set(codes) <= {0, 4, 5} and 1 <= done <= 2
    assert sold("contract show K1 --json").json["received"]["amount"] == f"{done * 20}000.00"
    assert rows(sold.path, "SELECT count(*) FROM payment WHERE kind = 'received'") == [(done,)]
    assert sold("db check").out == ""


def test_without_a_store_there_is_nothing(bare: Runner) -> None:
    for line in ("contract list", "contract due", "contract verify"):
        assert bare(f"{line} --json").json == []
    bare("contract show K1", code=3)
    assert not attachments(bare).exists()
