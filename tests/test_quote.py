"""Quotes: made from products, edited, revised, on their way to the customer and back; what each refuses, and undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.selling import STORY, ready
from tests.store_state import rows, state


@pytest.fixture
def acme(run: Runner) -> Runner:
    return ready(run)


def money(value: Any) -> str:
    return f"{value['amount']} {value['currency']}"


def lines(run: Runner, ref: str) -> list[tuple[str, int, str]]:
    return [(one["product"], one["quantity"], one["net"]["amount"]) for one in run(f"quote lines {ref} --json").json]


def test_a_quote_from_products_by_name_and_sku(acme: Runner) -> None:
    made = acme('quote add D1 "PX-1*3 -5%" Service "Training*2 = 900" --discount 4% --json').json
    assert (made["ref"], made["number"], made["status"], made["customer"]) == ("Q1", 1, "draft", "Acme Corp")
    assert (made["contact"], made["owner"], made["name"]) == ("Anna Keller", "Bo", "Pump order")
    sums = {key: money(made[key]) for key in ("list_total", "net", "tax", "total")}
    assert sums == {
        "list_total": "4900.00 USD",
        "net": "4531.20 USD",  # (3420 + 400 + 900) x 96 %
        "tax": "426.82 USD",  # 13 % of 3283.20
        "total": "4958.02 USD",
    }
    assert (made["effective"], made["discount"]) == ("7.5265", "4")
    assert (made["valid_until"], made["days_left"], made["expired"]) == ("2026-12-23", 30, False)
    assert lines(acme, "Q1") == [("Pump X1", 3, "3283.20"), ("Service", 1, "384.00"), ("Training", 2, "864.00")]
    table = acme("quote lines Q1").rows
    assert (table[0]["sku"], table[0]["price"], table[0]["discount"], table[0]["tax"]) == ("PX-1", "1200.00", "5", "13")
    assert (table[2]["price"], table[2]["agreed"], table[2]["agreed_currency"]) == ("450.00", "900.00", "USD")


def test_the_screen_of_a_quote(acme: Runner) -> None:
    acme('quote add D1 "PX-1*3 -5%" "Training*2 = 900" --discount 4% --note "30 days net"')
    assert acme("quote show D1 -O text").out.splitlines() == [
        "Q1 Pump order  version 1  Acme Corp  D1 Pump order  Bo",
        "draft, valid until 2026-12-23",
        "",
        "No.  Product   Quantity  List price  Off  Agreed        Net   Tax",
        "  1  Pump X1          3      $1,200  5 %          $3,283.20  13 %",
        "  2  Training         2        $450         $900       $864",
        "",
        "List total $4,500   7.84 % off the list ($352.80)   on the whole 4 %",
        "Net $4,147.20   Tax $426.82   Total $4,574.02",
        "Contact  Anna Keller",
        "Note  30 days net",
    ]
    text = acme("quote lines Q1 -O table").out
    assert "7.84 % off the list ($352.80)" in text and "Total $4,574.02" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('quote add D1 Service', "at list price"),
        ('quote add D1 "Service = 500"', "25 % above the list ($100)"),
        ('quote add D1 "PX-1*1000 = 1199999"', "0.01 % off the list ($1)"),  # however little, it is said
        ('quote add D1 Service --discount 100%', "100 % off the list ($400)"),
        ('quote add D1 Service --discount 12.5%', "12.5 % off the list ($50)"),
    ],
)  # fmt: skip
def test_how_far_it_is_off_the_list_in_words(acme: Runner, line: str, words: str) -> None:
    assert words in acme(line).err
    assert 0 <= float(acme("quote show Q1 --json").json["effective"]) <= 100


def test_tax_currency_validity_and_the_words_of_a_quote(acme: Runner) -> None:
    acme("contact add Max customer=Acme")
    acme(["quote", "add", "D1", "PX-1", "Service", "--tax", "19%", "--valid-until", "+10d", "--contact", "Max", "--name", "Offer", "--language", "zh"])  # fmt: skip
    made = acme("quote show Q1 --json").json
    assert (money(made["tax"]), made["valid_until"], made["contact"]) == ("304.00 USD", "2026-12-03", "Max")
    assert (made["name"], made["language"]) == ("Offer", "zh")
    acme("deal edit D1 amount=48000EUR")
    assert money(acme("quote add D1 Euro*2 --json").json["net"]) == "10.00 EUR"


def test_lines_from_the_deal_or_from_standard_input(acme: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    acme(["deal", "edit", "D1", "product=Pump X1 x 2 = 2000; Service"])
    assert lines(acme, acme("quote add D1").out.strip()) == [("Pump X1", 2, "2000.00"), ("Service", 1, "400.00")]
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"PX-1*2\n\nService -10%\n")))
    ref = acme("quote add D1 -").out.strip()
    assert lines(acme, ref) == [("Pump X1", 2, "2400.00"), ("Service", 1, "360.00")]


def test_a_product_that_is_called_like_a_line(acme: Runner) -> None:
    acme(["product", "add", "Cable 3 x 2", "list_price=10"])
    acme(["quote", "add", "D1", "Cable 3 x 2", "Cable 3 x 2*4"])
    assert lines(acme, "Q1") == [("Cable 3 x 2", 1, "10.00"), ("Cable 3 x 2", 4, "40.00")]


BAD = [
    ('"PX-1*-3"', 4, "is not a whole number"),
    ('"PX-1*0"', 4, "at least 1"),
    ('"PX-1*1.5"', 4, "is not a whole number"),
    ('"PX-1*9999999"', 4, "at most 1,000,000"),
    ('"PX-1 = -5"', 4, "is negative"),
    ('"PX-1*2 -5% = 100"', 4, "one of the two"),
    ('"PX-1 = 5EUR"', 4, "is in EUR, the quote is in USD"),
    ("Euro", 4, "I5 Euro is in EUR, the quote is in USD"),
    ("Old", 4, "the list price of I4 Old ran out on 2026-11-22"),
    ('"Old = 3"', 4, "ran out on 2026-11-22"),
    ("Training", 4, "I3 Training has no list price"),
    ("Nope", 3, 'no product is called "Nope"'),
    ("", 2, "what is quoted"),
    ("PX-1 --discount 101%", 4, "is not a percentage"),
    ("PX-1 --discount -5%", 4, "is not a percentage"),
    ("PX-1 --tax x", 4, "is not a percentage"),
    ("PX-1 --valid-until 2026-11-22", 4, "which is past"),
    ("PX-1 --contact Eve", 4, "is at Kova, not at Acme Corp"),
    ("PX-1 --from-solution S9", 3, "there is no S9"),
    ("PX-1 --language fr", 4, "cannot be"),
    ("PX-1 --name ''", 4, "is empty"),
    ('"PX-1*1000000 = 9999999999999" "PX-1 = 9999999999999"', 4, "larger than the largest amount"),
]


@pytest.mark.parametrize(("words", "code", "said"), BAD, ids=[one[0] or "nothing" for one in BAD])
def test_bad_input(acme: Runner, words: str, code: int, said: str) -> None:
    before = state(acme.path)
    refused = acme(f"quote add D1 {words} --json", code=code).error
    assert said in refused["message"] and refused["exit"] == code
    assert state(acme.path) == before


def test_all_that_is_wrong_with_the_lines_at_once(acme: Runner) -> None:
    error = acme("quote add D1 PX-1 Old Euro Training --json", code=4).error
    assert error["code"] == "bad_lines" and [one["line"] for one in error["lines"]] == [2, 3, 4]
    assert error["lines"][0]["hint"].startswith("renew it: salesctl product edit I4 list_price=")
    assert error["message"].startswith("3 lines are refused: line 2: the list price of I4 Old ran out on 2026-11-22; ")


def test_ten_thousand_lines(acme: Runner) -> None:
    error = acme(["quote", "add", "D1", *["PX-1"] * 10_000, "--json"], code=4).error
    assert (error["code"], error["message"]) == ("too_many_lines", "a quote has at most 1,000 lines, not 10,000")
    assert acme("quote list --all --json").json == []
    assert acme(["quote", "add", "D1", *["PX-1"] * 1000]).out == "Q1\n"
    assert "not 1,001" in acme("quote edit Q1 --add Service", code=4).err
    assert money(acme("quote show Q1 --json").json["net"]) == "1200000.00 USD"


def test_a_price_runs_out_after_its_day(acme: Runner) -> None:
    acme("product edit I2 price_until=2026-11-25")
    acme("quote add D1 Service", today="2026-11-25")
    assert "ran out" in acme("quote add D1 Service", code=4, today="2026-11-26").err
    assert "ran out" in acme("quote edit Q1 --discount 1%", code=4, today="2026-11-26").err
    assert "ran out" in acme("quote revise Q1", code=4, today="2026-11-26").err
    acme("product edit I2 price_until=2026-12-31 list_price=420")
    done = acme("quote revise Q1", today="2026-11-26")
    assert "I2 Service has a list price of $420 now; --reprice takes it" in done.err
    assert money(acme("quote show Q2 --json").json["list_total"]) == "400.00 USD"
    acme("quote edit Q2 --reprice", today="2026-11-26")
    assert money(acme("quote show Q2 --json").json["list_total"]) == "420.00 USD"


def test_a_draft_is_edited(acme: Runner) -> None:
    acme('quote add D1 "PX-1*3" Service')
    acme('quote edit Q1 --add "Service*2" --add "PX-1 -10%" --drop 2 --set 1="PX-1*4 -5%" --discount 1%')
    assert lines(acme, "Q1") == [("Pump X1", 4, "4514.40"), ("Service", 2, "792.00"), ("Pump X1", 1, "1069.20")]
    acme("quote edit Q1 --drop 2,3 --discount 0% --tax 0%")
    made = acme("quote show Q1 --json").json
    assert (money(made["net"]), money(made["tax"]), made["discount"]) == ("4560.00 USD", "0.00 USD", "0")
    acme(["quote", "edit", "Q1", "note=30 days net", "valid_until=+5d", "--name", "Offer"])
    made = acme("quote show Q1 --json").json
    assert (made["note"], made["valid_until"], made["name"]) == ("30 days net", "2026-11-28", "Offer")
    history = acme("quote history Q1 --json").json
    told = [one["before"] for one in history if one["field"] == "lines"]
    assert told[-1] == "Pump X1*3; Service"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("", 2, "nothing to change"),
        ("--drop 3", 4, "there is no line 3"),
        ("--drop 1,2", 4, "at least one line"),
        ('--drop 1 --set 1="Service"', 4, "line 1 is changed twice"),
        ("--set Service", 4, "says no line"),
        ("--add Nope", 3, "no product is called"),
        ("net=5", 2, "net is not typed"),
        ("status=sent", 2, "status is not typed"),
        ("colour=red", 2, "no field colour"),
    ],
)
def test_bad_edits(acme: Runner, words: str, code: int, said: str) -> None:
    acme('quote add D1 "PX-1*3" Service')
    before = state(acme.path)
    assert said in acme(f"quote edit Q1 {words}", code=code).err
    assert state(acme.path) == before


def test_what_was_sent_is_not_edited_but_revised(acme: Runner) -> None:
    acme('quote add D1 "PX-1*3" --valid-until 2026-12-01 --note terms')
    acme("quote send Q1")
    for line in ("quote edit Q1 --discount 2%", "quote edit Q1 note=x", "quote submit Q1"):
        assert acme(line, code=4).err.startswith("salesctl: Q1 is "), line
    acme("quote edit Q1 owner=Bo", code=0)
    made = acme('quote revise Q1 --set 1="PX-1*4" --discount 2% --json').json
    assert (made["ref"], made["number"], made["revises_ref"], made["status"]) == ("Q2", 2, "Q1", "draft")
    assert (money(made["net"]), made["note"], made["valid_until"]) == ("4704.00 USD", "terms", "2026-12-23")
    old = acme("quote show Q1 --json").json
    assert (old["status"], money(old["net"]), old["sent_to"]) == ("superseded", "3600.00 USD", "Anna Keller")
    assert lines(acme, "Q1") == [("Pump X1", 3, "3600.00")]
    for verb in ("edit Q1 --discount 1%", "send Q1", "accept Q1", "decline Q1 price", "revise Q1", "submit Q1"):
        refused = acme(f"quote {verb}", code=4).err
        assert "Q1 is" in refused and ("Q2" in refused or "revise Q1" in refused), verb
    versions = acme("quote show Q2 --json").json["versions"]
    assert [(one["ref"], one["number"], one["status"]) for one in versions] == [
        ("Q2", 2, "draft"),
        ("Q1", 1, "superseded"),
    ]
    assert acme("quote show Q1 --json").json["versions"] == versions
    assert [one["ref"] for one in acme("quote list --json").json] == ["Q2"]
    assert [one["ref"] for one in acme("quote list superseded --json").json] == ["Q1"]


def test_sending_logs_a_mail_and_moves_nothing(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    before = acme("deal show D1 --json").json
    done = acme("quote send Q1 --to anna@acme.example --json").json
    assert (done["status"], done["sent_to"], done["sent_at"][:16]) == ("sent", "anna@acme.example", "2026-11-23T09:42")
    after = acme("deal show D1 --json").json
    assert {key for key in before if before[key] != after[key]} <= {"quote", "last", "idle_days", "checks"}
    mail = acme("followup list done --json").json[0]
    assert (mail["type"], mail["deal_ref"], mail["contact"]) == ("mail", "D1", "Anna Keller")
    assert mail["subject"] == "quote Q1, version 1, $1,356 to anna@acme.example" and mail["done_at"] is not None
    acme("quote send Q1 --to again@acme.example", today="2026-11-24")
    assert len(acme("followup list done --json").json) == 2


def test_accepting_makes_the_deal_what_was_quoted_and_undo_takes_it_back(acme: Runner) -> None:
    acme(["deal", "edit", "D1", "product=Service"])
    acme('quote add D1 "PX-1*3 -2%" Service --discount 3%')
    acme("quote send Q1")
    before = state(acme.path)
    done = acme("quote accept Q1 --by Anna --at 2026-11-22")
    assert done.out == "Q1\n"
    quote = acme("quote show Q1 --json").json
    assert (quote["status"], quote["decided_by"], quote["decided_on"]) == ("accepted", "Anna Keller", "2026-11-22")
    deal = acme("deal show D1 --json").json
    assert money(deal["amount"]) == money(quote["net"]) == "3810.16 USD"
    assert [(one["product"], one["quantity"], one["amount"]["amount"]) for one in deal["lines"]] == [
        ("Pump X1", 3, "3422.16"),
        ("Service", 1, "388.00"),
    ]
    assert deal["stage"] == "Prospecting" and deal["outcome"] is None
    events = rows(acme.path, "SELECT kind, amount FROM deal_event WHERE deal_id = 1 ORDER BY id")
    assert events[-1] == ("edited", 381_016)
    acme("undo")
    assert state(acme.path) == before


def test_accepting_says_what_it_did(acme: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    acme("quote add D1 PX-1")
    acme("quote add D1 Service")
    acme("quote submit Q1")
    monkeypatch.setattr("salesctl.app._is_tty", lambda stream: stream is sys.stderr)
    assert acme("quote accept Q1").err.splitlines() == [
        "Q1 Pump order  $1,200, with tax $1,356  accepted 2026-11-23",
        "D1 amount $48,000 -> $1,200, lines as quoted; undo: salesctl undo",
        "still open: Q2",
    ]


def test_what_cannot_be_accepted(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    assert "Q1 is draft" in acme("quote accept Q1", code=4).err
    acme("quote submit Q1")
    assert "in the future" in acme("quote accept Q1 --at 2026-11-24", code=4).err
    assert "is at Kova" in acme("quote accept Q1 --by Eve", code=4).err
    acme("deal edit D1 amount=5EUR")
    assert "Q1 is in USD, D1 is in EUR" in acme("quote accept Q1", code=4).err
    acme("undo")
    acme("quote accept Q1")
    acme("quote add D1 Service")
    acme("quote submit Q2")
    refused = acme("quote accept Q2", code=4).err
    assert "Q1 of the same deal is accepted already" in refused and "quote revise Q1" in refused
    acme("quote revise Q1 --add Service")
    acme("quote send Q3")
    acme("quote accept Q3")
    assert money(acme("deal show D1 --json").json["amount"]) == "1600.00 USD"


def test_what_was_put_away_goes_nowhere(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    acme("quote archive Q1")
    for verb in ("send Q1", "submit Q1", "accept Q1", "decline Q1 x", "revise Q1", "edit Q1 --discount 1%"):
        error = acme(f"quote {verb} --json", code=4).error
        assert (error["message"], error["hint"]) == ("Q1 is archived", "use: salesctl quote restore Q1"), verb
    assert acme("quote list --json").json == [] and acme("quote list archived --json").json[0]["ref"] == "Q1"
    acme("quote restore Q1")
    acme("quote send Q1")


def test_a_closed_deal_is_not_quoted(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    acme("quote submit Q1")
    acme("lose D1 price")
    for line in ("quote add D1 PX-1", "quote send Q1", "quote accept Q1", "quote revise Q1"):
        assert "D1 is lost since 2026-11-23" in acme(line, code=4).err, line
    acme('quote decline Q1 "they chose Festa"')
    assert acme("quote show Q1 --json").json["reason"] == "they chose Festa"


def test_declining_needs_a_reason(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    acme("quote send Q1")
    assert "needs a reason" in acme("quote decline Q1", code=4).err
    before = acme("deal show D1 --json").json
    done = acme("quote decline Q1 --reason price --by Anna --at 2026-11-22 --json").json
    assert (done["status"], done["reason"], done["decided_by"]) == ("declined", "price", "Anna Keller")
    assert acme("deal show D1 --json").json["amount"] == before["amount"]
    assert acme("quote list --json").json == []
    assert [one["ref"] for one in acme("quote list declined --json").json] == ["Q1"]
    assert acme("quote revise Q1 --discount 3% --json").json["number"] == 2


def test_a_quote_that_ran_out_is_neither_sent_nor_accepted(acme: Runner) -> None:
    acme("quote add D1 PX-1 --valid-until 2026-11-25")
    acme("quote send Q1", today="2026-11-25")
    late = "2026-11-26"
    for verb in ("send", "accept"):
        refused = acme(f"quote {verb} Q1 --json", code=4, today=late).error
        assert (refused["code"], refused["message"]) == ("expired", "Q1 was valid until 2026-11-25")
        assert refused["hint"] == "make the next version: salesctl quote revise Q1 --valid-until +30d"
    assert acme("quote show Q1 --json", today=late).json["expired"] is True
    assert [one["ref"] for one in acme("quote list expired --json", today=late).json] == ["Q1"]
    assert acme("quote list expired --json", today="2026-11-25").json == []
    assert acme("quote list not:expired --json", today=late).json == []
    assert acme("quote accept Q1 --at 2026-11-25", today=late).out == "Q1\n"  # said in time, entered late
    acme("undo", today=late)
    acme("quote revise Q1 --valid-until +30d", today=late)
    acme("quote send Q2", today=late)


def test_a_draft_that_ran_out_gets_another_day(acme: Runner) -> None:
    acme("quote add D1 PX-1 --valid-until 2026-11-25")
    for verb in ("submit", "send"):
        refused = acme(f"quote {verb} Q1 --json", code=4, today="2026-11-26").error
        assert refused["hint"] == "use: salesctl quote edit Q1 --valid-until +30d"
    acme("quote edit Q1 --valid-until +30d", today="2026-11-26")
    acme("quote send Q1", today="2026-11-26")


def asking(monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    """A discount policy that wants an approval, or none."""
    from salesctl.services import approval

    def ask(app: Any, work: Any, quote: Any) -> int | None:
        if not asked:
            return None
        from salesctl.domain.approval import APPROVAL

        values = {"name": quote["name"], "state": "waiting", "step": 1, "steps": 1}
        more = {key: quote[key] for key in ("deal_id",)} | {"quote_id": quote["id"], "waits_for_id": quote["owner_id"]}
        more |= {"discount": quote["effective"], "amount": quote["net"], "amount_currency": quote["net_currency"]}
        return int(work.insert(APPROVAL, values, **more))

    monkeypatch.setattr(approval, "ask", ask)


def test_a_quote_that_needs_approval_waits(acme: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, True)
    acme("quote add D1 PX-1 --discount 4%")
    before = state(acme.path)
    refused = acme("quote send Q1", code=4).err
    assert "Q1 has to be approved first" in refused and "quote submit Q1" in refused
    assert state(acme.path) == before
    done = acme("quote submit Q1 --json").json
    assert done["status"] == "waiting"
    approval = acme("quote show Q1 --json").json["approval"]
    assert acme("quote submit Q1 --json", code=5).error["hint"] == f"salesctl approval show {approval}"
    for line in ("quote send Q1", "quote accept Q1", "quote edit Q1 --discount 3%"):
        assert "Q1 is" in acme(line, code=4).err, line
    refused = acme("quote edit Q1 --discount 3%", code=4).err
    assert f"take it back: salesctl approval withdraw {approval}" in refused
    acme("quote edit Q1 note=x")
    assert f"waiting {approval}" in acme("deal show D1 -O text").out
    acme("undo")
    acme("undo")
    assert state(acme.path) == before
    asking(monkeypatch, False)
    assert acme("quote submit Q1 --json").json["status"] == "approved"
    assert acme("quote submit Q1 --json", code=4).error["hint"] == "send it: salesctl quote send Q1"


STRICT = 'unconfirmed = "refuse"'


def strict(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "sop.toml"
    file.write_text(run("sop export").out.replace('unconfirmed = "allow"', STRICT), encoding="utf-8")
    run(["sop", "load", str(file)])


def test_an_unconfirmed_solution_is_told_or_refused_as_the_sop_says(acme: Runner, tmp_path: Path) -> None:
    assert acme("quote add D1 PX-1").err.count("\n") == 1
    acme("solution add D1 Plan")
    told = "the customer has not confirmed S1: salesctl solution confirm S1 --by CONTACT"
    assert told in acme("quote add D1 PX-1 --from-solution S1").err
    assert acme("quote show Q2 --json").json["solution_ref"] == "S1"
    strict(acme, tmp_path)
    for line in ("quote add D1 PX-1 --from-solution S1", "quote add D1 PX-1", "quote revise Q1"):
        error = acme(f"{line} --json", code=4).error
        assert (error["code"], error["hint"]) == ("unconfirmed", "salesctl solution confirm S1 --by CONTACT"), line
    acme("solution confirm S1 --by Anna")
    assert acme("quote add D1 PX-1 --json").json["solution_ref"] == "S1"
    acme("solution revise S1")
    assert "has not confirmed S2" in acme("quote add D1 PX-1", code=4).err
    assert "has not confirmed S1" in acme("quote add D1 PX-1 --from-solution S1", code=4).err  # it is superseded
    acme("deal add Other customer=Acme")
    refused = acme("quote add D2 PX-1 --json", code=4).error
    assert refused["hint"] == "salesctl solution add D2 --from-needs"
    acme("solution add D2 Plan")
    assert "S1 is no solution of D2" in acme("quote add D2 PX-1 --from-solution S1", code=4).err


def test_another_quote_of_the_deal_is_told(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    assert "Q1 (draft) of this deal stands too" in acme("quote add D1 Service").err
    assert "may be Q1 Pump order, Q2 Pump order" in acme("quote show D1", code=5).err
    acme("quote decline Q1 other")
    assert acme("quote show D1 --json").json["ref"] == "Q2"
    assert acme('quote show "Pump order" --json').json["ref"] == "Q2"


@pytest.mark.parametrize("last", range(len(STORY)), ids=[" ".join(line.split()[:2]) for line in STORY])
def test_undo_of_every_verb(acme: Runner, last: int) -> None:
    for line in STORY[:last]:
        acme(line)
    before = state(acme.path)
    acme(STORY[last])
    after = state(acme.path)
    assert after != before
    operation = acme("undo --json").json["operation"]
    assert state(acme.path) == before
    acme(f"undo {operation}")
    assert state(acme.path) == after
    acme("db check")


def test_undo_walks_the_whole_way_back(acme: Runner) -> None:
    start = state(acme.path)
    for line in [*STORY, "solution revise S1", "quote archive Q1", "quote restore Q1", "quote revise Q2", 'quote decline Q3 price']:  # fmt: skip
        acme(line)
    for _line in range(len(STORY) + 5):
        acme("undo")
    assert state(acme.path) == start
    acme("db check")


def test_today_and_remind_tell_what_runs_out(acme: Runner) -> None:
    acme("quote add D1 PX-1 --valid-until 2026-11-30")
    assert "quotes" not in acme("today --json", today="2026-11-30").json["waiting"]  # a draft binds nobody
    acme("quote send Q1")
    assert "quotes" not in acme("today --json", today="2026-11-26").json["waiting"]
    soon = acme("today --json", today="2026-11-27").json["waiting"]["quotes"]
    assert soon["count"] == 1 and soon["items"][0] == {
        "ref": "Q1",
        "name": "Pump order",
        "status": "sent",
        "valid_until": "2026-11-30",
        "net": {"amount": "1200.00", "currency": "USD"},
        "customer": "Acme Corp",
        "deal_ref": "D1",
    }
    assert "Quotes  Q1 Acme Corp runs out in 3 days" in acme("today -O text", today="2026-11-27").out
    assert "Quotes  Q1 Acme Corp runs out today" in acme("remind -O text", today="2026-11-30").out
    assert "Quotes  Q1 Acme Corp ran out 2 days ago" in acme("remind -O text", today="2026-12-02").out
    assert "quotes" in acme("today --owner Bo --json", today="2026-12-02").json["waiting"]
    acme("rep add Cy")
    assert "quotes" not in acme("today --owner Cy --json", today="2026-12-02").json["waiting"]
    acme("quote accept Q1 --at 2026-11-24", today="2026-12-02")
    assert "quotes" not in acme("today --json", today="2026-12-02").json["waiting"]


def test_what_runs_out_is_looked_up_by_its_index(acme: Runner) -> None:
    from salesctl.store import quoting
    from salesctl.store.connect import open_read
    from tests.conftest import ON_POSTGRES

    if ON_POSTGRES:
        pytest.skip("the plan of SQLite")
    store = open_read(str(acme.path))
    seen: list[str] = []
    query = store.query
    store.query = lambda sql, params=None: seen.append(sql) or query(sql, params)  # type: ignore[method-assign,func-returns-value]
    quoting.running_out(store, "2026-11-26", [1], 5)
    plan = query(f"EXPLAIN QUERY PLAN {seen[0]}", {"upto": "2026-11-26"})
    store.close()
    assert any("quote_valid_ix" in row["detail"] for row in plan)


def test_lists_and_filters(acme: Runner) -> None:
    acme('quote add D1 "PX-1*3"')
    acme("deal add Other customer=Kova amount=5k")
    acme("quote add Other Service --valid-until +90d")
    acme("quote submit Q2")

    def refs(words: str) -> list[str]:
        return [one["ref"] for one in acme(f"quote list {words} --json").json]

    assert refs("") == ["Q2", "Q1"]
    assert refs("--customer Kova") == ["Q2"]
    assert refs("customer:acme") == ["Q1"]
    assert refs("draft") == ["Q1"]
    assert refs("status:approved") == ["Q2"]
    assert refs("product:PX-1") == ["Q1"]
    assert refs("product:service") == ["Q2"]
    assert refs("net:1k..") == ["Q1"]
    assert refs("valid_until:..+60d") == ["Q1"]
    assert refs("deal:D1") == ["Q1"]
    assert refs("owner:Bo") == ["Q1"]
    assert [one["ref"] for one in acme(["quote", "draft", "--json"]).json] == ["Q1"]


def test_a_deal_shows_its_quote(acme: Runner) -> None:
    assert acme("deal show D1 --json").json["quote"] is None
    acme("quote add D1 PX-1 --discount 4%")
    acme("quote send Q1")
    acme("quote revise Q1 --discount 5%")
    text = acme("deal show D1 -O text").out
    assert "Quote  Q2 version 2 $1,140, 5 % off the list   draft, valid until 23 Dec\n" in text
    told = acme("deal show D1 --json").json["quote"]
    assert (told["ref"], told["number"], told["status"], told["approval"]) == ("Q2", 2, "draft", None)
    acme("quote send Q2")
    acme("quote accept Q2")
    assert "Quote  Q2 version 2 $1,140, 5 % off the list   accepted\n" in acme("deal show D1 -O text").out


def test_export_and_import_lose_nothing(acme: Runner, tmp_path: Path, bare: Runner) -> None:
    for line in STORY:
        acme(line)
    acme("solution revise S1")
    acme(["need", "add", "D1", 'hostile "; = \\ text, 1'])
    acme(["quote", "add", "D1", "Training*3 = 100", "--note", "a\nb"])
    first, second = tmp_path / "a", tmp_path / "b"
    acme(["export", "--to", str(first)])
    bare(["import", str(first)])
    bare(["export", "--to", str(second)])
    for noun in ("need", "solution", "quote", "deal", "product"):
        assert (first / f"{noun}.csv").read_bytes() == (second / f"{noun}.csv").read_bytes(), noun
    assert lines(bare, "Q2") == lines(acme, "Q2")
    bare("db check")
    bare("undo -y")
    assert bare("quote list --all --json").json == []
    assert "unchanged" in acme(["import", str(first)]).out
    acme("db check")


@pytest.mark.parametrize(
    "cell",
    [
        "x",
        "[1]",
        '[{"product":"Pump X1"}]',
        '[{"product":"P","product_ref":"I1","quantity":0,"price":1,"discount":0,"agreed":null,"tax":0,"net":1}]',
    ],
)
def test_an_export_that_was_changed_by_hand_is_refused(acme: Runner, tmp_path: Path, bare: Runner, cell: str) -> None:
    import csv

    acme("quote add D1 PX-1")
    acme(["export", "--to", str(tmp_path / "a")])
    path = tmp_path / "a" / "quote.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows_ = list(csv.DictReader(file))
    rows_[0]["lines"] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows_[0]))
        writer.writeheader()
        writer.writerows(rows_)
    assert "is not as an export writes it" in bare(["import", str(tmp_path / "a")], code=4).err
