"""A restore asks, says what goes and who comes back; what cannot be undone is never passed over by undo."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from salesctl.store import changes
from tests.conftest import Runner
from tests.store_state import rows, state


@pytest.fixture
def kept(run: Runner) -> Runner:
    run("customer add Kova")
    run("contact add 'Theres Zwetschkenbaum' customer=C1")
    run("contact add Other customer=C1")
    return run


class Terminal:
    """A terminal that answers every question alike, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = "n"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    from salesctl.output.out import Out

    made = Terminal()

    def ask(_out: Out, question: str, nothing: str | None = None) -> str:
        made.asked.append(question)
        return made.answer

    monkeypatch.setattr(Out, "ask", ask)
    monkeypatch.setattr(Out, "can_ask", property(lambda _out: True))
    return made


def operations(run: Runner) -> int:
    return int(rows(run.path, "SELECT count(*) FROM operation")[0][0])


def hinted(error: Any) -> str:
    """The restore that a hint names."""
    hint: str = error["hint"].split(": salesctl ", 1)[1].split(";")[0]
    return hint


def test_without_a_terminal_a_restore_needs_a_yes(kept: Runner) -> None:
    path = kept("db backup").out.strip()
    kept("customer add Later")
    before = state(kept.path)
    error = kept(f"db restore {path} --json", code=2).error
    assert (error["hint"], error["operations_since"]) == ("-y says yes", 1)
    assert state(kept.path) == before
    kept("db restore nowhere.db", code=9)
    kept(f"db restore {path} -y")
    assert "Later" not in kept("customer list").out


def test_on_a_terminal_it_says_what_goes_and_asks(kept: Runner, terminal: Terminal) -> None:
    path = kept("db backup").out.strip()
    kept("customer add Later")
    kept("customer add Latest")
    before = state(kept.path)
    done = kept(f"db restore {path}")
    assert "2 operations were written since that backup" in done.err and len(terminal.asked) == 1
    assert state(kept.path) == before
    terminal.answer = "y"
    kept(f"db restore {path}")
    assert "Later" not in kept("customer list").out


def test_a_restore_is_not_undone_but_names_the_way_back(kept: Runner) -> None:
    path = kept("db backup").out.strip()
    kept("customer add Later")
    before = state(kept.path)
    kept(f"db restore {path} -y")
    kept(f"db restore {path} -y")  # in the same second: each names its own
    second = rows(kept.path, "SELECT max(id) FROM operation")[0][0]
    count = operations(kept)
    error = kept("undo --json", code=5).error
    assert error["operation"] == f"O{second}" and error["before"] and "the one before" in error["hint"]
    named = kept(f"undo O{second} --json", code=5).error
    assert hinted(named) == hinted(error) and Path(error["aside"]).exists()
    assert operations(kept) == count
    done = kept([*shlex.split(hinted(error)), "-y", "--json"]).json  # the store after the first restore
    assert done["operations_since"] == 1
    first = rows(kept.path, "SELECT max(id) - 1 FROM operation")[0][0]
    error = kept(f"undo O{first} --json", code=5).error
    kept([*shlex.split(hinted(error)), "-y"])
    now = state(kept.path)
    now["meta"].pop("restored")
    assert now == before
    kept("db check")
    kept("audit verify")
    kept("customer add Last")


@pytest.mark.sqlite
def test_a_store_put_aside_is_read_whole_before_it_is_restored(kept: Runner) -> None:
    path = kept("db backup").out.strip()
    aside = Path(kept(f"db restore {path} -y --json").json["aside"])
    assert kept(f"db verify {aside}").rows[0]["result"] == "ok"
    good = aside.read_bytes()
    aside.write_bytes(good[: len(good) // 2])
    kept(f"db restore {aside} -y", code=8)
    aside.write_bytes(b"garbage" * 1000)
    kept(f"db restore {aside} -y", code=8)
    aside.write_bytes(good)
    Path(f"{aside}-wal").write_bytes(b"x")
    assert "could not be opened" in kept(f"db restore {aside} -y", code=8).err
    aside.unlink()
    error = kept("undo --json", code=5).error
    assert error["aside"] is None and "db verify" in error["hint"]


@pytest.mark.sqlite
def test_a_restore_of_an_earlier_salesctl_names_the_way_back_too(kept: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept("db backup").out.strip()
    aside = kept(f"db restore {path} -y --json").json["aside"]
    monkeypatch.setattr(changes, "of_operation", lambda *_: iter(()))  # it did not write the name down
    assert kept("undo --json", code=5).error["aside"] == aside


def test_people_erased_since_a_backup_are_named(kept: Runner) -> None:
    kept("customer add 'Berta Privat' kind=person")
    kept("contact erase Other -y")  # before the backup: it stays erased
    path = kept("db backup").out.strip()
    kept("contact add New customer=C1")
    kept("contact erase New -y")  # not in the backup
    kept("contact erase P1 -y")
    kept("customer erase C2 -y")
    done = kept(f"db restore {path} -y --json")
    assert done.json["erased_since"] == ["P1", "C2"]
    assert "there again: P1 C2" in done.err
    assert "salesctl contact erase P1 -y" in done.err and "salesctl customer erase C2 -y" in done.err
    assert kept("contact show P1 --json").json["name"] == "Theres Zwetschkenbaum"
    kept("contact erase P1 -y")
    kept("customer erase C2 -y")
    assert kept(f"db restore {kept('db backup').out.strip()} -y --json").json["erased_since"] == []


def test_a_lead_erased_since_a_backup_is_named(kept: Runner) -> None:
    kept("lead add 'Pump wanted' contact='Eve Apfel'")
    path = kept("db backup").out.strip()
    kept("lead erase L1 -y")
    assert "salesctl lead erase L1 -y" in kept(f"db restore {path} -y").err


@pytest.mark.sqlite
def test_nobody_can_tell_who_was_erased_in_a_damaged_store(kept: Runner) -> None:
    path = kept("db backup").out.strip()
    kept("contact erase P1 -y")
    for end in ("-wal", "-shm"):
        Path(f"{kept.path}{end}").unlink(missing_ok=True)
    kept.path.write_bytes(b"garbage" * 1000)
    done = kept(f"db restore {path} -y --json").json
    assert (done["erased_since"], done["operations_since"]) == (None, None)


def test_a_restore_where_there_is_no_store(kept: Runner, bare: Runner, tmp_path: Path) -> None:
    if "://" in str(kept.path):
        pytest.skip("another database has its own test in test_carried")
    path = shutil.copy(kept("db backup").out.strip(), tmp_path / "b.db")
    shutil.copy(f"{kept('db backup').out.strip()}.json", tmp_path / "b.db.json")
    done = bare(f"db restore {path} -y --json").json
    assert (done["aside"], done["erased_since"]) == (None, None)
    assert bare("undo --json", code=5).error["aside"] is None


def test_an_erasure_is_not_passed_over(kept: Runner) -> None:
    kept("customer edit C1 industry=steel")
    edit = kept("audit list -n 1 --json").json[0]["operation"]
    kept("contact edit P1 title=Boss")  # its words go with the person: it cannot be undone either
    kept("contact erase P1 -y")
    count = operations(kept)
    done = kept("undo", code=5)
    assert "the last command, contact.erase, cannot be undone" in done.err and f"salesctl undo {edit}" in done.err
    kept("undo --dry-run", code=5)
    assert operations(kept) == count and kept("customer show C1 --json").json["industry"] == "steel"
    kept(f"undo {edit}")
    assert kept("customer show C1 --json").json["industry"] is None
    kept("customer add Later")
    kept("undo")  # what came after it
    kept("undo", code=5)


def test_the_question_of_an_undo_names_the_operation(kept: Runner, terminal: Terminal) -> None:
    kept('add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550" --next "today call Anna"')
    operation = kept("audit list -n 1 --json").json[0]["operation"]
    kept("undo")
    (asked,) = terminal.asked
    assert asked.startswith(f"undo {operation} add of 2026-11-23 09:42: C2 Acme Corp, P3 Anna, D1 Pump order, +")
    terminal.answer = "y"
    kept("undo")
    kept("customer show 'Acme Corp'", code=3)
    undo = kept("audit list -n 1 --json").json[0]["operation"]
    kept(f"undo {undo}")  # what comes back has its refs
    assert f"undo {undo} undo of 2026-11-23 09:42: C2, P3, D1, +" in terminal.asked[-1]


def test_an_erasure_with_backups_names_the_one_it_makes(kept: Runner) -> None:
    held = kept("db backup").out.strip()
    done = kept("contact erase P1 --backups -y --json")
    made = done.json["backup_made"]
    assert done.json["backups_deleted"] == [held] and f"made the backup {made}" in done.err
    assert kept(f"db verify {made}").rows[0]["result"] == "ok" and b"Zwetschkenbaum" not in Path(made).read_bytes()
    assert kept("contact erase P2 -y --json").json["backup_made"] is None


def test_one_is_made_where_no_backup_held_the_person(kept: Runner) -> None:
    made = Path(kept("contact erase P1 --backups -y --json").json["backup_made"])
    assert made.exists() and b"Zwetschkenbaum" not in made.read_bytes()


def test_an_erasure_before_which_there_is_nothing(run: Runner) -> None:
    run("contact add Eve")
    run("contact erase P1 -y")
    error = run("undo --json", code=5).error
    assert error["before"] is None and error["hint"] == ""
