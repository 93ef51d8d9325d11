"""Amounts of a file in more currencies than one: a column beside the amount says which, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner

DEALS = (
    "name,amount,{word},probability\nOne,1200.50,EUR,40\nTwo,30000,JPY,50\nThree,7,,60\nFour,,GBP,10\nFive,$90,CAD,20\n"
)


def amounts(run: Runner) -> dict[str, tuple[str, str] | None]:
    rows = run("deal list --all --json").json
    return {one["name"]: one["amount"] and (one["amount"]["amount"], one["amount"]["currency"]) for one in rows}


@pytest.mark.parametrize("word", ["currency", "Currency Code", "币种", "amount_currency", "CurrencyIsoCode", "货币"])
def test_a_column_says_the_currency_row_by_row(run: Runner, tmp_path: Path, word: str) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(DEALS.format(word=word), encoding="utf-8")
    report = run(["import", str(file), "--json"]).json
    assert report["created"] == {"deal": 5} and "unused_column" not in str(report["warnings"])
    assert amounts(run) == {
        "One": ("1200.50", "EUR"), "Two": ("30000", "JPY"), "Three": ("7.00", "USD"), "Four": None,
        "Five": ("90.00", "CAD"),
    }  # fmt: skip


def test_map_names_the_currency_column(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Deal,Worth,Coin\nOne,5,EUR\nTwo,6,GBP\n", encoding="utf-8")
    maps = ["--map", "Deal=deal.name", "--map", "Worth=deal.amount", "--map", "Coin=deal.currency"]
    run(["import", str(file), *maps])
    assert amounts(run) == {"One": ("5.00", "EUR"), "Two": ("6.00", "GBP")}


def test_an_unknown_code_or_two_that_differ_are_refused_with_their_line(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("name,amount,currency\nOne,5,EUR\nTwo,6,RMB\nThree,€7,USD\n", encoding="utf-8")
    error = run(["import", str(file), "--json"], code=4).error
    assert [(one["line"], one["reason"]) for one in error["rows"]] == [
        (3, "unknown currency RMB (did you mean CNY?)"),
        (4, "€7 is in EUR, its row says USD"),
    ]
    assert run("deal list --all --json").json == []


def test_the_first_import_of_one_currency_is_the_organisations(bare: Runner, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("name,amount,currency\nOne,5,EUR\nTwo,6,EUR\n", encoding="utf-8")
    told = bare(["import", str(file)])
    assert "amounts are read as" not in told.err
    bare("deal add Three amount=8")
    assert amounts(bare)["Three"] == ("8.00", "EUR")


@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_export_import_export_is_the_same_bytes(run: Runner, bare: Runner, tmp_path: Path, format: str) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(DEALS.format(word="currency"), encoding="utf-8")
    run(["import", str(file)])
    keys = ["--fields", "name,amount,probability", "--all", "--sort", "name"]
    first, second = tmp_path / f"deals1.{format}", tmp_path / f"deals2.{format}"
    run(["deal", "list", *keys, "-o", str(first)])
    other = str(tmp_path / "other.db")
    bare(["--db", other, "import", str(first)])
    bare(["--db", other, "deal", "list", *keys, "-o", str(second)])
    assert first.read_bytes() == second.read_bytes() and b"JPY" in first.read_bytes()


def test_a_whole_export_with_several_currencies_comes_back_the_same(run: Runner, bare: Runner, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(DEALS.format(word="currency"), encoding="utf-8")
    run(["import", str(file)])
    once, twice, other = tmp_path / "once", tmp_path / "twice", str(tmp_path / "other.db")
    run(["export", "--to", str(once)])
    bare(["--db", other, "import", str(once)])
    bare(["--db", other, "export", "--to", str(twice)])
    names = sorted(one.name for one in once.iterdir())
    assert names and names == sorted(one.name for one in twice.iterdir())
    for one in sorted(once.iterdir()):
        assert one.read_bytes() == (twice / one.name).read_bytes(), one.name


def test_loss_reasons_that_differ_in_writing_only_are_one(run: Runner) -> None:
    for name, reason in (("A", "price"), ("B", "Price "), ("C", "ＰＲＩＣＥ"), ("D", "too  late"), ("E", "too late")):
        run(["deal", "add", name, "amount=10k"], today="2026-11-17")
        run(["lose", name, reason, "--at", "2026-11-19"])
    lost = run("report weekly --json").json["blocks"]["lost"]["reasons"]
    assert [(" ".join(one["name"].casefold().split()), one["n"]) for one in lost] == [("price", 3), ("too late", 2)]


def test_a_deal_is_won_in_its_own_currency(run: Runner) -> None:
    run("config set currency CNY")
    run("deal add Press amount=5000EUR")
    refused = run("win D1 --amount 4.3万元 --json", code=4).error
    assert refused["message"] == "D1 is in EUR, 4.3万元 is in CNY"
    assert refused["hint"].endswith('salesctl deal edit D1 amount="4.3万元"')
    assert run("deal show D1 --json").json["outcome"] is None
    assert run("win D1 --amount 4.3k --json").json["amount"] == {"amount": "4300.00", "currency": "EUR"}


def test_a_deal_without_an_amount_is_won_in_any_currency(run: Runner) -> None:
    run("config set currency CNY")
    run("deal add Press")
    run("deal add Crane")
    assert run("win D1 --amount 5000USD --json").json["amount"]["currency"] == "USD"
    assert run("win D2 --amount 5k --json").json["amount"]["currency"] == "CNY"


def test_an_edit_leaves_an_amount_in_its_currency_unless_it_names_another(run: Runner) -> None:
    run("config set currency CNY")
    run("deal add Press amount=5000EUR")
    assert run("deal edit D1 amount=6k --json").json["amount"] == {"amount": "6000.00", "currency": "EUR"}
    assert run("deal edit D1 amount=4.3万元 --json").json["amount"] == {"amount": "43000.00", "currency": "CNY"}
    run("win D1 --amount 4.2万")


def test_three_decimals_of_a_file_are_decimals(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("name,amount,product\nPress,48.000,Pump x 2 = 24.000\n", encoding="utf-8")
    run("config set currency EUR")
    run("product add Pump")
    run(f"import {path}")
    assert run("deal show Press --json").json["amount"] == {"amount": "48.00", "currency": "EUR"}
    refused = run("deal add Crane amount=48.000", code=4).err
    assert '"48.000" is ambiguous. write 48000' in refused
