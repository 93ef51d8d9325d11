"""Needs of a deal: written down, ranked, the key ones marked; by deal, by customer."""

from __future__ import annotations

import pytest

from tests.conftest import Runner
from tests.selling import ready


@pytest.fixture
def acme(run: Runner) -> Runner:
    return ready(run)


def needs(run: Runner) -> None:
    for text in ("first", "second", "third", "fourth"):
        run(f"need add D1 {text}")


def order(run: Runner) -> list[str]:
    rows = run("need list deal:D1 --json").json
    assert [one["rank"] for one in rows] == list(range(1, len(rows) + 1))
    return [one["ref"] for one in rows]


def test_a_need_knows_who_said_it(acme: Runner) -> None:
    made = acme('need add Acme "changing over takes 40 minutes" --kind pain --contact anna --key --json').json
    assert (made["ref"], made["deal_ref"], made["kind"], made["rank"], made["is_key"]) == ("N1", "D1", "pain", 1, "yes")
    assert (made["contact"], made["contact_ref"]) == ("Anna Keller", "P1")
    second = acme(["need", "add", "D1", "blue = nice", "kind=wish", "note=x", "--json"]).json
    assert (second["name"], second["kind"], second["rank"], second["is_key"]) == ("blue = nice", "wish", 2, "no")
    shown = acme("deal show D1 --json").json["needs"]
    assert [(one["ref"], one["is_key"]) for one in shown] == [("N1", "yes"), ("N2", "no")]
    assert "Pain  changing over takes 40 minutes (key)   N1 Anna Keller" in acme("deal show D1 -O text").out


def test_who_says_so_is_at_the_customer(acme: Runner) -> None:
    refused = acme("need add D1 text --contact Eve", code=4)
    assert "P2 Eve is at Kova, not at Acme Corp" in refused.err and "contact edit P2" in refused.err
    acme("need add D1 text")
    assert "is at Kova" in acme("need edit N1 contact=Eve", code=4).err
    acme("contact add 'Anna Berg' customer=Kova")  # two Annas: the one at the customer is meant
    assert acme("need edit N1 contact=P1 --json").json["contact"] == "Anna Keller"
    assert acme("need add D1 more --contact Anna --json").json["contact"] == "Anna Keller"


def test_needs_are_ranked_by_naming_the_first(acme: Runner) -> None:
    needs(acme)
    assert order(acme) == ["N1", "N2", "N3", "N4"]
    acme("need rank D1 N4 N2")
    assert order(acme) == ["N4", "N2", "N1", "N3"]
    acme("need rank N3 1")
    assert order(acme) == ["N3", "N4", "N2", "N1"]
    acme("need rank N3 4")
    assert order(acme) == ["N4", "N2", "N1", "N3"]
    assert [one["ref"] for one in acme("need rank N1 N3 --json").json] == ["N1", "N3", "N4", "N2"]
    acme("need rank D1 second")
    assert order(acme) == ["N2", "N1", "N3", "N4"]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("need rank D1", 2, "which need comes first"),
        ("need rank N1 9", 4, "from 1 to 4"),
        ("need rank N1 0", 4, "from 1 to 4"),
        ("need rank N1 x", 4, "not a whole number"),
        ("need rank D2 N1", 3, "N1 is no need of D2"),
        ("need rank D1 N99", 3, "there is no N99"),
        ("need rank D9 N1", 3, "there is no D9"),
        ("need key N99", 3, "there is no N99"),
        ("need key D1", 5, "N1 first"),
        ("need key D2", 3, "no need is called"),
        ("need add D1 ''", 4, "Need is empty"),
        ("need add D1 x --kind nonsense", 4, "need, pain, wish"),
        ("need add D1 x colour=red", 2, "no field colour"),
        ("need add D1 x stray", 2, "no field=value"),
        ("need add D1 x rank=3", 2, "rank is not typed"),
        ("need edit N1 deal=D2", 2, "deal is not typed"),
        ("need add D9 x", 3, "there is no D9"),
    ],
)
def test_bad_input(acme: Runner, line: str, code: int, said: str) -> None:
    acme("deal add Other")
    needs(acme)
    before = order(acme)
    assert said in acme(line, code=code).err
    assert order(acme) == before


def test_a_need_that_was_put_away_has_no_rank(acme: Runner) -> None:
    needs(acme)
    acme("need archive N2")
    assert "N2 is archived" in acme("need rank N2 1", code=4).err
    acme("need rank N4 1")
    assert [one["ref"] for one in acme("need list --json").json] == ["N4", "N1", "N3"]
    acme("need restore N2")
    acme("need rank D1 N2")
    assert order(acme) == ["N2", "N4", "N1", "N3"]


def test_key_needs_come_first_on_the_deal_and_are_found(acme: Runner) -> None:
    needs(acme)
    assert acme("need key N3 --json").json["is_key"] == "yes"
    assert [one["ref"] for one in acme("need list is_key:yes --json").json] == ["N3"]
    lines = acme("deal show D1 -O text").out.splitlines()
    shown = [one for one in lines if one.startswith("Need  ")]
    assert shown[0] == "Need  third (key)   N3" and len(shown) == 3
    assert shown[2].endswith("and 1 more: salesctl need list deal:D1")
    acme("need key N3 N4 --off")
    assert acme("need list is_key:yes --json").json == []


def test_needs_by_customer(acme: Runner) -> None:
    acme("deal add Other customer=Kova")
    acme("need add D1 pump")
    acme("need add Other paint")
    for line in ("need list --customer Acme", "need list customer:acme", "need list -w customer:C1"):
        assert [one["name"] for one in acme(f"{line} --json").json] == ["pump"], line
    assert acme("need list --customer Nobody", code=3).out == ""
    assert acme("need list customer: --json").json == []


def test_chinese_words(zh: Runner) -> None:
    zh('add 华南机电 贴片线改造 48万 --contact "张伟 13800000001" --lang zh')
    made = zh("need add 华南机电 换线要40分钟 --kind 痛点 --contact 张伟 --key --lang zh")
    assert made.err == "已添加  N1  痛点: 换线要40分钟 (关键)  D1 贴片线改造  第 1 位  张伟\n"
    assert "痛点  换线要40分钟 (关键)   N1 张伟" in zh("deal show D1 -O text --lang zh").out
    assert zh("need list 关键:是 类型:痛点 --json --lang zh").json[0]["ref"] == "N1"
