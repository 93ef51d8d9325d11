"""Quotes as records: made from products, edited while they are drafts, revised; what each refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.selling import lines, money, ready
from tests.store_state import state


@pytest.fixture
def acme(run: Runner) -> Runner:
    return ready(run)


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
