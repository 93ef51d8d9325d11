"""A lead that is erased is gone as a contact is: out of the tables, the search, the log and the free pages."""

from __future__ import annotations

import pytest

from tests.conftest import Runner
from tests.test_erase import MARKS, raw

NAME = "Theres Zwetschkenbaum"


@pytest.fixture
def known(run: Runner) -> Runner:
    for line in (
        "rep add Bo",
        f"lead add Kova contact='{NAME}' phone='+49 421 5550 777' email=theres@kova.example wechat=wx_theres"
        f" channel=fair note='{NAME} likes tea'",
        f"lead edit L1 contact='{NAME}' need='call {NAME}'",
        "lead assign L1 --to Bo",
        f"log L1 '{NAME} wants theres@kova.example in copy' --next '+2d call {NAME}'",
        f"lead return L1 --reason 'no time for {NAME}'",
        f"deal add 'Pump for {NAME}' amount=48k",
        "lead add Other contact=Somebody",
    ):
        run(line)
    return run


def test_erased_means_gone(known: Runner) -> None:
    before = known("lead list --all --json").json
    assert all(mark.encode() in raw(known) for mark in MARKS if mark not in ("4215550777", "zwetschkenbaum"))
    done = known("lead erase L1 -y --json").json
    assert done["erased"] == "L1" and done["rows"]["lead"] == 1
    assert [mark for mark in MARKS if mark.encode() in raw(known)] == []
    after = known("lead list --all --json").json
    assert len(after) == len(before)
    (gone,) = (one for one in after if one["ref"] == "L1")
    assert (gone["name"], gone["contact"], gone["phone"], gone["note"]) == ("L1 ***", None, None, None)
    assert known("deal show D1 --json").json["name"] == "Pump for ***"
    known("audit verify")
    known("db check")


def test_it_is_done_once_and_not_taken_back(known: Runner) -> None:
    known("lead erase L1 -y")
    operation = known("audit list -n 1 --json").json[0]["operation"]
    assert "cannot be undone" in known(f"undo {operation}", code=4).err
    assert "L1 is erased already" in known("lead erase L1 -y", code=4).err
    assert "no terminal to ask" in known("lead erase L2", code=2).err
    assert known("lead show L2 --json").json["contact"] == "Somebody"


def test_backups_that_hold_the_lead_are_named_and_deleted(known: Runner) -> None:
    known("db backup")
    done = known("lead erase L1 --backups -y --json").json
    assert len(done["backups_deleted"]) == 1 and done["backups_holding"] == []


def test_another_of_the_name_is_left_alone(known: Runner) -> None:
    known(f"lead add Arva contact='{NAME}'")
    known(f"contact add '{NAME}'")
    known("lead erase L1 -y")
    assert known("contact show P1 --json").json["name"] == NAME
    assert known("lead show L3 --json").json["contact"] == NAME
    assert known("find theres@kova.example --json").json == []


def test_a_converted_lead_is_erased_after_its_contact(known: Runner) -> None:
    known("lead convert L1")
    refused = known("lead erase L1 -y", code=4).err
    assert "L1 is the contact P1 by now" in refused and "salesctl contact erase P1" in refused
    known("contact erase P1 -y")
    known("lead erase L1 -y")
    assert [mark for mark in MARKS if mark.encode() in raw(known)] == []
    known("db check")


def test_everything_about_a_lead_is_given_out_first(known: Runner) -> None:
    found = known("export person L1 --json").json
    assert found["person"]["contact"] == NAME and len(found["followups"]) == 2 and found["history"]
