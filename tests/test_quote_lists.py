"""Quotes where they are looked up: in lists, on the deal, by what runs out, in an export and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.selling import STORY, lines, ready


@pytest.fixture
def acme(run: Runner) -> Runner:
    return ready(run)


def test_another_quote_of_the_deal_is_told(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    assert "Q1 (draft) of this deal stands too" in acme("quote add D1 Service").err
    assert "may be Q1 Pump order, Q2 Pump order" in acme("quote show D1", code=5).err
    acme("quote decline Q1 other")
    assert acme("quote show D1 --json").json["ref"] == "Q2"
    assert acme('quote show "Pump order" --json').json["ref"] == "Q2"


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
