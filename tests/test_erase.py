"""Erased means gone: out of the tables, the search, the log, the free pages and the backups that are named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from salesctl.store.backup import folder_of
from tests.conftest import Runner
from tests.store_state import rows

MARKS = ("Zwetschkenbaum", "zwetschkenbaum", "4215550777", "421 5550 777", "theres@kova.example", "wx_theres")


@pytest.fixture
def known(run: Runner) -> Runner:
    for line in (
        "customer add Kova note='ask Theres Zwetschkenbaum'",
        "contact add 'Theres Zwetschkenbaum' customer=C1 phone='+49 421 5550 777' email=theres@kova.example"
        " wechat=wx_theres title=Boss note=likes-tea",
        "deal add 'Pump for Theres Zwetschkenbaum' customer=C1 contact=P1 amount=48k",
        "log D1 'Theres Zwetschkenbaum wants theres@kova.example in copy' --next '+2d call Theres Zwetschkenbaum'",
        "contact edit P1 phone='+49 421 5550 777' title=Chief",
        "contact add Other customer=C1",
        "lose D1 'Theres Zwetschkenbaum said no'",
    ):
        run(line)
    return run


def raw(run: Runner) -> bytes:
    """The bytes of the store as they lie on the disk; of a server everything that its tables hold."""
    if "://" in str(run.path):
        from salesctl.store.summary import COUNTED

        return repr([rows(run.path, f"SELECT * FROM {table}") for table in COUNTED]).encode()
    places = [run.path, *(Path(f"{run.path}{end}") for end in ("-wal", "-journal", "-shm", ".anchor"))]
    return b"".join(place.read_bytes() for place in places if place.exists())


def test_erased_means_gone(known: Runner) -> None:
    before = known("kpi show lost --json").json
    assert all(mark.encode() in raw(known) for mark in MARKS if mark not in ("4215550777", "zwetschkenbaum"))
    done = known("contact erase P1 -y --json").json
    assert done["erased"] == "P1" and done["rows"]["contact"] == 1
    found = [mark for mark in MARKS if mark.encode() in raw(known)]
    assert found == []
    assert known("find Zwetschkenbaum").out.count("\n") <= 1
    assert known("kpi show lost --json").json == before
    assert known("deal show D1 --json").json["amount"] == {"amount": "48000.00", "currency": "USD"}
    known("audit verify")
    known("db check")


def test_what_cannot_be_taken_back(known: Runner) -> None:
    known("contact erase P1 -y")
    operation = known("audit list -n 1 --json").json[0]["operation"]
    assert "cannot be undone" in known(f"undo {operation}", code=4).err
    assert "erased" in known("undo O3", code=4).err
    assert "erased already" in known("contact erase P1 -y", code=4).err


def test_backups_that_hold_the_person_are_named_and_deleted(known: Runner) -> None:
    known("db backup")
    done = known("contact erase P1 -y --json").json
    assert len(done["backups_holding"]) == 2  # one was made before it
    known("contact add 'Second Person' customer=C1")
    made = known("db backup").out.strip()
    place = folder_of(str(known.path))
    shutil.copy(made, place / "no-manifest.db")
    (place / ".1234.part").write_bytes(Path(made).read_bytes())  # what a killed backup leaves
    done = known("contact erase 'Second Person' --backups -y --json").json
    assert len(done["backups_deleted"]) == 2
    left = list(place.iterdir())
    assert len(left) == 6 and all(b"Second Person" not in path.read_bytes() for path in left)
    known("db verify")


def test_a_name_that_others_have_stays_theirs(known: Runner) -> None:
    known("customer add Else note='ask Anna'")
    known("contact add Anna customer=Else")
    known("contact add Anna customer=C1")
    known("log C1 'talked to Anna'")
    known("contact erase P4 -y")
    assert known("customer show Else --json").json["note"] == "ask Anna"
    assert "Anna" not in known("followup list --all --json").out


def test_a_company_is_no_person_but_a_private_customer_is(known: Runner) -> None:
    assert "company" in known("customer erase C1 -y", code=4).err
    known("customer add 'Berta Privat' kind=person phone='+49 30 99887766' address='Weg 7 Bonn'")
    known("customer erase 'Berta Privat' -y")
    assert b"Berta" not in raw(known) and b"99887766" not in raw(known) and b"Weg 7" not in raw(known)
    known("db check")


def test_it_asks_first(known: Runner) -> None:
    assert "-y" in known("contact erase P1", code=2).err
    assert known("contact show P1 --json").json["name"] == "Theres Zwetschkenbaum"


def test_an_imported_person_is_erased_too(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("contact_name,email\n" + "".join(f"Person Nr{n},p{n}@kova.example\n" for n in range(30)))
    run(f"import {file} --map contact_name=contact.name --map email=contact.email")
    run("contact erase P7 -y")
    assert b"p6@kova.example" not in raw(run)
    run("db check")
    run("audit verify")
    assert rows(run.path, "SELECT count(*) FROM contact WHERE erased_at IS NOT NULL") == [(1,)]


def test_everything_about_a_person(known: Runner) -> None:
    found = known("export person P1").json
    assert found["person"]["email"] == "theres@kova.example"
    assert [one["ref"] for one in found["deals"]] == ["D1"] and len(found["followups"]) == 2
    assert len(found["history"]) == 2
    known("export person", code=2)
    known("export deal P1", code=2)


def test_needs_and_quotes_forget_a_person_too(known: Runner) -> None:
    known("deal reopen D1")
    known("product add Pump list_price=10")
    known('need add D1 "Theres wants it blue" --contact P1')
    known("solution add D1 Plan")
    known("quote add D1 Pump --contact P1 --note 'as Theres Zwetschkenbaum asked'")
    known("quote send Q1 --to theres@kova.example")
    found = known("export person P1").json
    assert [one["ref"] for one in found["needs"]] == ["N1"] and found["quotes"][0]["sent_to"] == "theres@kova.example"
    known("contact erase P1 -y")
    assert "Zwetschkenbaum" not in known("quote show Q1 --json").out and "theres@" not in known("quote history Q1").out
    assert known("quote show Q1 --json").json["sent_to"] == "***"
    assert b"Zwetschkenbaum" not in raw(known) and b"theres@kova" not in raw(known)
    known("db check")


def test_a_name_that_others_have_is_erased_in_quotes_of_the_customer(known: Runner) -> None:
    known("contact add Anna customer=C1")
    known("customer add Else")
    known("contact add Anna customer=Else")
    known("need add D1 'Anna wants it blue'")
    known("deal add Other customer=Else")
    known("need add Other 'Anna wants it red'")
    known("contact erase P3 -y")
    names = {one["ref"]: one["name"] for one in known("need list --json").json}
    assert names == {"N1": "*** wants it blue", "N2": "Anna wants it red"}
