"""Import: encodings, mappings, what is kept, what is refused, and that twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.store_state import rows as rows_of

CUSTOMERS = "客户名称,所属行业,电话,联系人,职务\n华南机电,机械,0755-1234567,张伟,设备经理\n蓝海电子,电子,,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_in_every_encoding(zh: Runner, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "客户.csv"
    file.write_bytes(CUSTOMERS.encode(encoding))
    said = ["--encoding", encoding] if encoding == "gb18030" else []
    report = zh(["import", str(file), *said, "--json"]).json
    assert report["created"] == {"customer": 2, "contact": 1}
    contact = zh("contact list --json").json[0]
    assert (contact["name"], contact["customer"], contact["title"]) == ("张伟", "华南机电", "设备经理")
    again = zh(["import", str(file), *said, "--json"]).json
    assert again["created"] == again["updated"] == {}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_delimiter_and_quoted_line_ends(run: Runner, tmp_path: Path, mark: str) -> None:
    file = tmp_path / "c.csv"
    file.write_text(
        mark.join(["name", "industry", "note"])
        + "\n"
        + mark.join(["Acme", "steel", '"two\nlines"'])
        + "\nKova"
        + mark * 2
        + "\n"
    )
    run(["import", str(file)])
    rows = run("customer list --sort id --json").json
    assert [(one["name"], one["industry"], one["note"]) for one in rows] == [
        ("Acme", "steel", "two\nlines"),
        ("Kova", None, None),
    ]


def deals(tmp_path: Path, text: str, name: str = "deals.csv") -> str:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_our_stages_are_ours_in_both_languages_and_outcomes_are_none(run: Runner, tmp_path: Path) -> None:
    file = deals(
        tmp_path,
        "external_id,name,stage,amount,created,closed\n1,A,报价,100,2026-01-01,\n2,B,Negotiation,,2026-01-01,\n3,C,Closed Won,50,2026-01-01,2026-02-01\n4,D,输单,,2026-01-01,2026-02-01\n",
    )
    report = run(["import", file, "--currency", "CNY", "--json"]).json
    assert report["created"] == {"deal": 4}
    rows = {one["name"]: one for one in run("deal list --all --json").json}
    assert (rows["A"]["stage"], rows["A"]["probability"], rows["A"]["probability_source"]) == ("Quote", 50, "stage")
    assert (rows["B"]["stage"], rows["B"]["amount"]) == ("Negotiation", None)
    assert (rows["C"]["outcome"], rows["C"]["stage"], rows["C"]["closed"]) == ("won", None, "2026-02-01")
    assert (rows["D"]["outcome"], rows["D"]["amount"]) == ("lost", None)
    assert rows["A"]["amount"]["currency"] == "CNY"


def test_other_stages_make_a_pipeline_of_their_own(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "external_id,name,stage,amount\n1,A,Engaging,1\n2,B,Prospecting,2\n")
    report = run(["import", file, "--json"]).json
    assert report["created"] == {"pipeline": 1, "stage": 2, "deal": 2}
    mine = [one for one in run("stage list --json").json if one["key"] is None]
    assert [(one["name"], one["position"], one["probability"]) for one in mine] == [
        ("Prospecting", 1, None),
        ("Engaging", 2, None),
    ]
    pipeline = run("kpi show pipeline weighted_pipeline --json").json
    assert (pipeline[0]["value"]["amount"], pipeline[1]["n"], pipeline[1]["excluded"]) == ("3.00", 0, 2)


def test_a_second_import_updates_and_history_says_so(run: Runner, tmp_path: Path) -> None:
    run(["import", deals(tmp_path, "external_id,name,stage,amount\n1,A,Quote,100\n")])
    report = run(
        ["import", deals(tmp_path, "external_id,name,stage,amount\n1,A,Closed Won,120\n2,B,Quote,\n"), "--json"]
    ).json
    assert (report["created"], report["updated"]) == ({"deal": 1}, {"deal": 1})
    deal = run("deal show D1 --json").json
    assert (deal["outcome"], deal["stage"], deal["amount"]["amount"]) == ("won", "Quote", "120.00")
    assert {one["field"] for one in run("deal history D1 --json").json} >= {"amount", "outcome"}


def test_a_blank_says_nothing(run: Runner, tmp_path: Path) -> None:
    run(["import", deals(tmp_path, "external_id,name,amount,close\n1,A,100,2026-12-01\n")])
    report = run(["import", deals(tmp_path, "external_id,name,amount,close\n1,A,,\n"), "--json"]).json
    assert report["unchanged"] == {"deal": 1}
    assert run("deal show D1 --json").json["amount"]["amount"] == "100.00"


def test_map_says_what_a_column_is(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "Nr,Title,Worth\n7,Pump,1200.50\n")
    run(["import", file], code=4)
    run(["import", file, "--map", "Nr=deal.external_id", "--map", "Title=deal.name", "--map", "Worth=deal.amount"])
    one = run("deal list --json").json[0]
    assert (one["name"], one["external_id"], one["amount"]["amount"]) == ("Pump", "7", "1200.50")
    run(["import", file, "--map", "Worth=deal.nonsense"], code=2)
    run(["import", file, "--map", "nonsense"], code=2)


def test_what_matches_nothing_is_kept_until_an_alias_says_what_it_is(run: Runner, tmp_path: Path) -> None:
    run("product add 'GTX Pro'")
    file = deals(tmp_path, "external_id,name,product\n1,A,GTXPro\n2,B,GTX Pro\n")
    [warning] = run(["import", file, "--json"]).json["warnings"]
    assert (warning["code"], warning["field"], warning["value"], warning["rows"]) == (
        "no_match",
        "product",
        "GTXPro",
        1,
    )
    assert [one["product"] for one in run("deal list --sort id --json").json] == ["GTXPro", "GTX Pro"]
    done = run(["import", file, "--alias", "product:GTXPro=GTX Pro", "--json"]).json
    assert (done["updated"], done["unchanged"]) == ({"deal": 1}, {"deal": 1})
    assert run(["import", file, "--json"]).json["updated"] == {}
    run(["import", file, "--alias", "product:X=Nothing"], code=2)
    run(["import", file, "--alias", "nonsense"], code=2)


def test_a_choice_that_is_none_is_told_once_a_value(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "name,class\nA,gold\nB,gold\nC,vip\n", "customers.csv")
    [warning] = run(["import", file, "--map", "class=customer.class", "--json"]).json["warnings"]
    assert (warning["code"], warning["value"], warning["rows"]) == ("no_choice", "gold", 2)
    assert [one["class"] for one in run("customer list --sort id --json").json] == [None, None, "key"]


@pytest.mark.sqlite
def test_a_dry_run_writes_nothing_and_makes_nothing(bare: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "external_id,name,amount\n1,A,100\n")
    report = bare(["import", file, "--dry-run", "--json"]).json
    assert report["created"] == {"deal": 1} and report["dry_run"] is True
    assert not bare.path.exists()


def test_follow_ups_and_managers(run: Runner, tmp_path: Path) -> None:
    run(
        [
            "import",
            deals(tmp_path, "name,manager,region\nAnna,Bo,north\nCy,Anna,south\n", "reps.csv"),
            "--map",
            "name=rep.name",
        ]
    )
    reps = {one["name"]: one for one in run("rep list --json").json}
    assert (reps["Anna"]["manager"], reps["Cy"]["manager"], reps["Bo"]["manager"]) == ("Bo", "Anna", None)
    file = deals(
        tmp_path,
        "subject,type,customer,owner,due,done_at\nask,call,Acme,Anna,2020-01-05,\nspoke,visit,Acme,Cy,,2026-01-02T10:00:00+00:00\n",
        "f.csv",
    )
    run(["import", file])
    assert run(["import", file, "--json"]).json["created"] == {}
    rows = run("followup list --all --json").json
    assert [(one["subject"], one["due"], one["customer"]) for one in rows] == [
        ("ask", "2020-01-05", "Acme"),
        ("spoke", None, "Acme"),
    ]


def test_a_close_before_the_begin_is_told_and_counts_in_no_cycle(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "external_id,name,stage,amount,created,closed\n1,A,won,5,2026-02-01,2026-01-01\n")
    assert [one["code"] for one in run(["import", file, "--json"]).json["warnings"]] == ["closed_before_created"]
    won, cycle = run("kpi show won cycle --json").json
    assert (won["value"], cycle["n"], cycle["excluded"]) == (1, 0, 1)
    assert [one["outcome"] for one in run("deal list --all --as-of 2026-03-01 --json").json] == ["won"]


def test_an_export_survives_hostile_text(run: Runner, tmp_path: Path) -> None:
    for name in ('quote " comma, tab', "=1+1", "-2", "@x", "emoji 🎉", "华南，机电；", " spaced  name"):
        run(["customer", "add", "--", name, "note=line one\nline two\t=x"])
    run(["export", "--to", str(tmp_path / "a")])
    other = Runner(tmp_path / "other.db", run.capfd)
    other(["import", str(tmp_path / "a")])
    other(["export", "--to", str(tmp_path / "b")])
    for path in (tmp_path / "a").iterdir():
        assert (tmp_path / "b" / path.name).read_bytes() == path.read_bytes()


def test_a_team_comes_back_with_its_leader_and_nobody_twice(run: Runner, tmp_path: Path) -> None:
    """Team and rep name each other: who leads a team is put in once the reps are there, whatever else was changed."""
    run.add("team", "North")
    run.add("rep", "Anna", team="North")
    run.add("rep", "Bo", team="North", manager="Anna")
    run("team edit North manager=Anna")
    for amount in ("1k", "2k"):
        run(["deal", "add", "Pump order", f"amount={amount}", "owner=Bo", "--allow-similar"])
    run("log D2 hello")
    run(["export", "--to", str(tmp_path / "a")])
    other = Runner(tmp_path / "other.db", run.capfd)
    other(["import", str(tmp_path / "a")])
    assert [(one["name"], one["team"], one["manager"]) for one in other("rep list --json").json] == [
        ("Anna", "North", None), ("Bo", "North", "Anna"),
    ]  # fmt: skip
    assert other("team show North --json").json["manager"] == "Anna"
    other(["export", "--to", str(tmp_path / "b")])
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
    run("deal edit D1 note=x")
    run(["export", "--to", str(tmp_path / "c")])
    again = other(["import", str(tmp_path / "c"), "--json"]).json
    assert (again["created"], again["updated"], again["unchanged"]["followup"]) == ({}, {"deal": 1}, 1)
    assert other("rep list --json -n 0").json[2:] == []


def test_a_row_that_is_bad_twice_is_one_row_and_whole(run: Runner, tmp_path: Path) -> None:
    file = deals(
        tmp_path, "external_id,name,stage,product,amount,close\n1,A,Quote,Pump,abc,2026-13-01\n2,B,Quote,,5,\n"
    )
    error = run(["import", file, "--json"], code=4).error
    assert error["message"].startswith("1 bad row,") and len(error["rows"]) == 2
    aside = tmp_path / "bad.csv"
    done = run(["import", file, "--skip-bad", str(aside), "--json"], code=12)
    assert done.json["rejected"] == 1
    lines = aside.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and lines[1].startswith("1,A,Quote,Pump,abc,2026-13-01,2,")
    assert "amount: " in lines[1] and "close: there is no month 13" in lines[1]


def test_map_without_a_noun_goes_by_the_fields_and_the_name_of_the_file(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "Opp,Client,Worth\nPump,Acme,1200\n", "deals.csv")
    assert '--map "Opp=deal.name"' in run(["import", file], code=4).err
    run(["import", file, "--map", "Opp=name", "--map", "Client=customer", "--map", "Worth=amount"])
    one = run("deal list --json").json[0]
    assert (one["name"], one["customer"], one["amount"]["amount"]) == ("Pump", "Acme", "1200.00")
    file = deals(tmp_path, "Who,Branch\nKova,tools\n", "customers.csv")
    run(["import", file, "--map", "Who=name", "--map", "Branch=industry"])
    assert run("customer show Kova --json").json["industry"] == "tools"


def test_a_chinese_list_of_contacts_is_one_of_contacts(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "姓名,客户名称,职务,手机,微信\n张伟,华南机电,设备经理,13800000001,zw1\n", "联系人.csv")
    report = run(["import", file, "--json"]).json
    assert report["created"] == {"customer": 1, "contact": 1} and report["warnings"] == []
    one = run("contact show 张伟 --json").json
    assert (one["customer"], one["title"], one["phone"], one["wechat"]) == (
        "华南机电",
        "设备经理",
        "13800000001",
        "zw1",
    )


def test_in_a_chinese_list_of_customers_the_number_beside_a_contact_is_theirs(run: Runner, tmp_path: Path) -> None:
    file = deals(tmp_path, "客户名称,行业,联系人,手机,职务\n蓝海电子,电子,李敏,13800000003,采购\n", "客户.csv")
    run(["import", file])
    contact, customer = run("contact show 李敏 --json").json, run("customer show 蓝海电子 --json").json
    assert (contact["phone"], contact["title"], customer["phone"], customer["industry"]) == (
        "13800000003",
        "采购",
        None,
        "电子",
    )


@pytest.mark.sqlite
def test_after_a_large_import_sqlite_knows_how_large_its_tables_are(run: Runner, tmp_path: Path) -> None:
    """It chooses indexes by that: of the open deals it would else read an index of all deals."""
    from salesctl.services.db import BULK

    head = "external_id,name,amount,created,stage\n"
    rows = "".join(f"{n},Deal {n},{n + 1},2026-01-01,Quote\n" for n in range(BULK + 1))
    run(["import", deals(tmp_path, head + "0,A,5,2026-01-01,Quote\n", "small.csv"), "--currency", "USD"])
    assert not tables(run.path, "sqlite_stat1")
    run(["import", deals(tmp_path, head + rows, "large.csv"), "--currency", "USD", "--dry-run"])
    assert not tables(run.path, "sqlite_stat1")
    run(["import", deals(tmp_path, head + rows, "large.csv"), "--currency", "USD"])
    assert tables(run.path, "sqlite_stat1")
    known = rows_of(run.path, "SELECT stat FROM sqlite_stat1 WHERE idx = 'deal_open_ix'")
    assert known[0][0].split()[0] == str(BULK + 1)
    run("db check")
    run("undo")
    run("db check")


def tables(path: Path, name: str) -> bool:
    return bool(rows_of(path, f"SELECT 1 FROM sqlite_master WHERE name = '{name}'"))
