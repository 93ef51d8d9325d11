"""Duplicates are found and said why, two customers become one, and all of it can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesctl.domain.likeness import core, domain_of
from salesctl.store.backup import folder_of
from tests.conftest import Runner
from tests.store_state import state


@pytest.fixture
def twins(run: Runner) -> Runner:
    for line in (
        "customer add 'Acme Corp' industry=steel tags=a phone='+49 421 5550' note=one",
        "customer add 'ACME Corporation' size=50 tags=b region=north note=two industry=food",
        "customer add 'Kova GmbH' email=info@kova.de",
        "customer add 'Kova Holding' website=https://www.kova.de",
        "customer add 华东机电有限公司",
        "customer add 华东机电",
        "customer add 'Vors Chemie'",
        "customer add 'Vors Chemia'",
        "contact add Anna customer=C2 phone='0049 421 5550'",
        "deal add Pump customer=C2 amount=5k",
        "deal add Valve customer=C1 amount=7k",
        "followup add call customer=C2 due=fri",
        "customer add Daughter parent=C2",
    ):
        run(line)
    return run


def test_duplicates_say_why(twins: Runner) -> None:
    found = {(one["first"], one["second"]): one["why"] for one in twins("customer duplicates --json").json}
    assert found[("C1", "C2")] == ["name"] or "phone" in found[("C1", "C2")]
    assert found[("C3", "C4")] == ["domain", "name"]
    assert found[("C5", "C6")] == ["name"]
    assert found[("C7", "C8")] == ["like"]
    assert len(found) == 4


def test_apart_is_remembered_and_undone(twins: Runner) -> None:
    twins("customer apart C6 C5")
    pairs = [(one["first"], one["second"]) for one in twins("customer duplicates --json").json]
    assert ("C5", "C6") not in pairs
    twins("undo")
    assert ("C5", "C6") in [(one["first"], one["second"]) for one in twins("customer duplicates --json").json]
    twins("customer apart C5 C5", code=4)


def test_merge_takes_what_belongs_to_the_other(twins: Runner) -> None:
    before = state(twins.path)
    dry = twins("customer merge C1 C2 --dry-run --json").json
    assert state(twins.path) == before and dry["dry_run"] is True
    done = twins("customer merge C1 C2 --json").json
    assert done["moved"] == dry["moved"] == {"customer": ["C9"], "contact": ["P1"], "deal": ["D1"], "followup": ["F1"]}
    one = twins("customer show C1 --json").json
    assert (one["industry"], one["size"], one["region"], one["tags"], one["note"]) == (
        "steel",
        "50",
        "north",
        ["a", "b"],
        "one\ntwo",
    )
    assert done["differs"]["industry"] == {"kept": "steel", "gone": "food"}
    assert twins("deal show D1 --json").json["customer"] == "Acme Corp"
    assert twins("customer show C2 --json").json["ref"] == "C1"
    assert twins("customer show 'acme corporation' --json").json["ref"] == "C1"
    assert "ACME Corporation" not in twins("customer list").out
    twins("db check")
    twins("undo")
    assert state(twins.path) == before
    twins("db check")


def test_a_merge_makes_a_backup_first(twins: Runner) -> None:
    twins("customer merge C1 C2")
    assert len(list(folder_of(str(twins.path)).glob("*.db"))) == 1


def test_a_merge_of_mother_and_daughter_leaves_no_circle(twins: Runner) -> None:
    twins("customer merge C9 C2")
    assert twins("customer show C9 --json").json["parent"] is None


def test_who_cannot_be_merged(twins: Runner) -> None:
    twins("customer merge C1 C1", code=4)
    twins("customer merge C1 C99", code=3)
    twins("customer merge C1 C2")
    twins("customer merge C1 C2", code=4)


def test_what_is_imported_for_the_other_goes_to_the_one(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("external_id,name,city\nX1,Acme,Bonn\nX2,Acme Two,Kiel\n")
    run(f"import {file}")
    run("customer merge C1 C2")
    file.write_text("external_id,name,city,district\nX2,Acme Two,Kiel,West\n")
    run(f"import {file}")
    assert run("customer show C1 --json").json["district"] == "West"


def test_names_without_their_forms() -> None:
    assert core("华东机电有限公司") == core("华东机电股份有限公司") == "华东机电"
    assert core("acme corp.") == core("acme corporation") == core("acme, inc.") == "acme"
    assert core("co") == "co" and core("公司") == "公司"
    assert domain_of("a@qq.com") == "" and domain_of("https://www.Kova.de/x") == "kova.de"
