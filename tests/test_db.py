"""Backups, restoring, checking: a backup that says ok restores; what was tampered with is found."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from salesctl.services.db import fault
from salesctl.store import connect as connect_module
from salesctl.store.backup import folder_of
from salesctl.store.version import SCHEMA
from salesctl.text import width
from tests.conftest import Runner
from tests.store_state import raw, rows, state


@pytest.fixture
def kept(run: Runner) -> Runner:
    run('add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550" --next "today call Anna"')
    run("advance D1")
    return run


def newest(run: Runner) -> Path:
    return sorted(folder_of(str(run.path)).glob("*.db"))[-1]


def test_a_backup_restores_what_was(kept: Runner) -> None:
    before = state(kept.path)
    made = kept("db backup --json").json
    assert made["counts"]["deal"] == 1 and made["sums"]["deal.amount"] == {"USD": 4_800_000}
    kept("win D1")
    kept("customer add Other")
    done = kept(f"db restore {made['file']} --json -y").json
    now = state(kept.path)
    assert now["meta"].pop("restored") and now == before
    assert Path(done["aside"]).exists()
    kept("db check")
    kept("audit verify")
    kept("win D1")


def test_backups_belong_to_their_owner_only(kept: Runner) -> None:
    path = Path(kept("db backup").out.strip())
    assert oct(path.stat().st_mode)[-3:] == "600" and oct(path.parent.stat().st_mode)[-3:] == "700"
    assert oct(Path(f"{path}.json").stat().st_mode)[-3:] == "600"


def test_keep_deletes_the_oldest(kept: Runner) -> None:
    for day in range(20, 25):
        kept("db backup --keep 3", today=f"2026-11-{day}")
    assert [path.name[:8] for path in sorted(folder_of(str(kept.path)).glob("*.db"))] == [
        "20261122",
        "20261123",
        "20261124",
    ]
    kept("db backup --keep 0", code=2)


def test_every_flipped_byte_is_found(kept: Runner) -> None:
    path = Path(kept("db backup").out.strip())
    good = path.read_bytes()
    for place in range(0, len(good), len(good) // 60):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        kept(f"db verify {path}", code=8)
    path.write_bytes(good[: len(good) // 2])
    kept(f"db verify {path}", code=8)
    kept(f"db restore {path} -y", code=8)
    path.write_bytes(good)
    assert kept("db verify").rows[0]["result"] == "ok"


def test_what_is_no_backup(kept: Runner, tmp_path: Path) -> None:
    assert "cannot be read" in kept("db verify nowhere.db", code=9).err
    other = tmp_path / "x.db"
    other.write_text("text")
    assert "no manifest" in kept(f"db restore {other} -y", code=4).err
    Path(f"{other}.json").write_text("{")
    kept(f"db restore {other} -y", code=8)


@pytest.mark.sqlite
def test_a_restore_waits_for_no_writer(kept: Runner) -> None:
    from filelock import FileLock

    path = kept("db backup").out.strip()
    with FileLock(f"{kept.path}.lock"):
        assert "writing" in kept(f"db restore {path} -y", code=7).err


@pytest.mark.sqlite
def test_a_restore_leaves_no_log_for_another_file(kept: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody reads, the log cannot be emptied: what is in it would be read as that of the file put there."""
    path = kept("db backup").out.strip()
    reader = sqlite3.connect(kept.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM deal").fetchone()
    kept("customer add Later")
    monkeypatch.setattr(connect_module, "BUSY_MS", 50)
    before = state(kept.path)
    assert "reading the store" in kept(f"db restore {path} -y", code=7).err
    assert state(kept.path) == before and not list(kept.path.parent.glob("*.aside"))
    reader.close()
    kept(f"db restore {path} -y")
    kept("db check")
    assert "Later" not in kept("customer list").out


@pytest.mark.sqlite
def test_a_damaged_store_is_replaced(kept: Runner) -> None:
    path = kept("db backup").out.strip()
    before = state(kept.path)
    kept.path.write_bytes(b"garbage" * 1000)
    assert "not a salesctl store" in kept("deal list", code=8).err or "db restore" in kept("deal list", code=8).err
    kept(f"db restore {path} -y")
    now = state(kept.path)
    now["meta"].pop("restored")
    assert now == before


def test_check_is_silent_when_all_is_well(kept: Runner) -> None:
    done = kept("db check")
    assert (done.out, done.err) == ("", "")


TAMPERED = [
    ("UPDATE deal SET amount = amount + 1", "row", 10),
    ("UPDATE customer SET industry = 'x'", "row", 10),
    ("DELETE FROM deal_span", "span", 10),
    ("UPDATE deal_span SET amount = 1 WHERE id = (SELECT max(id) FROM deal_span)", "span", 10),
    ("UPDATE deal_event SET amount = 1 WHERE id = 1", "row", 10),
    ("DELETE FROM followup", "row", 10),
    ("UPDATE meta SET value = 'Asia/Tokyo' WHERE key = 'zone'", "row", 10),
    ("INSERT INTO team(uid, name, name_key, created_at, updated_at) VALUES ('u','x','x','2026','2026')", "row", 10),
    ("DROP TRIGGER change_no_update", "guard", 8),
    ("UPDATE deal SET next_due = '2026-01-01' WHERE id = 1", "next", 10),
    ("DROP TRIGGER followup_next_update", "guard", 8),
]


@pytest.mark.parametrize(("statement", "code", "exit"), TAMPERED, ids=[one[0] for one in TAMPERED])
def test_check_finds_what_a_raw_hand_did(kept: Runner, statement: str, code: str, exit: int) -> None:
    if statement.startswith("DROP") and "://" in str(kept.path):
        statement += " ON followup" if "followup" in statement else " ON change"
    raw(kept.path, statement)
    found = kept("db check --json", code=exit).json
    assert code in {one["code"] for one in found}


def test_check_finds_an_imported_row_that_was_edited(kept: Runner, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("name,amount,product\n" + "".join(f"Deal {n},{n},Pump\n" for n in range(1200)))
    kept(f"import {file}")
    assert len(list(folder_of(str(kept.path)).glob("*.db"))) == 1
    kept("deal edit D600 amount=5")
    kept("db check")
    for table, change in (("deal", "note = 'x'"), ("deal_line", "quantity = 9"), ("deal_event", "amount = 3")):
        raw(kept.path, f"UPDATE {table} SET {change} WHERE id = 700")
        assert kept("db check", code=10).out
    found = kept("db check --json", code=10).json
    assert any(one["text"].startswith("D700:") for one in found)


def test_check_tells_a_clock_that_was_set_back(kept: Runner) -> None:
    assert "clock" in kept("db check", code=10, today="2026-11-20").out


@pytest.mark.sqlite
def test_check_tells_open_modes(kept: Runner) -> None:
    os.chmod(f"{kept.path}.anchor", 0o644)
    assert "chmod 600" in kept("db check", code=10).out


@pytest.mark.sqlite
def test_status(kept: Runner, bare: Runner) -> None:
    found = kept("db status --json").json
    assert found["engine"] == "sqlite" and found["deal"] == 1 and found["schema"] == SCHEMA
    assert found["fault"] == fault(sqlite3.sqlite_version_info) and found["engine_version"] == sqlite3.sqlite_version
    assert bare("db status --json").json["exists"] is False
    bare("db backup", code=3)


@pytest.mark.parametrize(
    ("version", "faulty"),
    [("3.37.0", True), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.45.0", True), ("3.50.6", True), ("3.50.7", False),
     ("3.51.0", True), ("3.51.2", True), ("3.51.3", False), ("3.54.1", False), ("4.0.0", False)],
)  # fmt: skip
def test_known_faults_of_sqlite(version: str, faulty: bool) -> None:
    """The reset of the write-ahead log: in all up to 3.51.2 but the two that were mended behind."""
    assert (fault(tuple(map(int, version.split(".")))) is not None) == faulty


@pytest.mark.sqlite
def test_a_store_that_is_not_safe_is_refused(kept: Runner, tmp_path: Path) -> None:
    os.chmod(kept.path, 0o666)
    assert "chmod 600" in kept("deal list", code=6).err
    os.chmod(kept.path, 0o600)
    link = tmp_path / "link.db"
    link.symlink_to(kept.path)
    assert "symbolic link" in Runner(link, kept.capfd)("deal list", code=6).err
    folder = tmp_path / "open"
    folder.mkdir()
    os.chmod(folder, 0o777)
    assert "everybody" in Runner(folder / "x.db", kept.capfd)("customer add x", code=6).err


@pytest.mark.sqlite
@pytest.mark.parametrize("end", [".lock", ".anchor"])
def test_nothing_is_written_through_a_link_beside_the_store(kept: Runner, tmp_path: Path, end: str) -> None:
    """Somebody who may write to the folder cannot have a file of ours emptied or added to."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    place = Path(f"{kept.path}{end}")
    place.unlink(missing_ok=True)
    place.symlink_to(victim)
    done = kept("customer add Late", code=None)
    assert victim.read_text() == "precious"
    assert done.code == (6 if end == ".lock" else 0), done.err


@pytest.mark.sqlite
def test_a_file_is_not_read_without_its_last_writes(kept: Runner, tmp_path: Path, monkeypatch: Any) -> None:
    """Copied without -shm to where nothing can be written: what is in -wal would silently be missing."""
    reader = sqlite3.connect(kept.path)
    reader.execute("SELECT count(*) FROM customer").fetchone()
    kept("customer add InTheLog")
    place = tmp_path / "readonly" / "sales.db"
    place.parent.mkdir(mode=0o700)
    for end in ("", "-wal"):
        shutil.copy(f"{kept.path}{end}", f"{place}{end}")
    reader.close()
    real = connect_module._open

    def no_shm(path: str, quoted: str, mode: str, older: bool) -> Any:
        if mode == "ro":  # as SQLite says it where the -shm file cannot be made
            raise sqlite3.OperationalError("unable to open database file")
        return real(path, quoted, mode, older)

    monkeypatch.setattr(connect_module, "_open", no_shm)
    copy = Runner(place, kept.capfd)
    assert "sales.db-wal" in copy("customer list", code=6).err
    Path(f"{place}-wal").unlink()
    assert "InTheLog" not in copy("customer list").out


def test_a_network_disk_is_refused(tmp_path: Path) -> None:
    from salesctl.errors import Damaged
    from salesctl.store.place import check_disk

    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    with pytest.raises(Damaged):
        check_disk(str(tmp_path / "a.db"), str(mounts))
    check_disk("/elsewhere/a.db", str(mounts))


def test_an_empty_file_is_no_store(tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "empty.db"
    path.touch(mode=0o600)
    assert "init" in Runner(path, run.capfd)("deal list", code=8).err
    assert rows(run.path, "SELECT count(*) FROM deal") == [(0,)]


def test_a_deal_knows_its_next_follow_up_whatever_is_done_to_them(kept: Runner) -> None:
    def known() -> list[tuple[int, str | None]]:
        kept("db check")
        return [(id, day) for id, day in rows(kept.path, "SELECT id, next_due FROM deal ORDER BY id")]

    assert known() == [(1, "2026-11-23")]
    kept("followup add Later deal=D1 due=2026-12-01")
    kept("followup add Sooner deal=D1 due=2026-11-25")
    kept("done F1")
    assert known() == [(1, "2026-11-25")]
    kept("snooze F3 2026-12-09")
    assert known() == [(1, "2026-12-01")]
    kept('deal add "Other" --customer Acme')
    kept("followup edit F2 deal=D2")
    assert known() == [(1, "2026-12-09"), (2, "2026-12-01")]
    kept("followup archive F3")
    assert known() == [(1, None), (2, "2026-12-01")]
    for _step in range(4):
        kept("undo")
    assert known() == [(1, "2026-11-25")]


def test_the_status_lines_up_in_chinese(zh: Runner) -> None:
    """Each value begins in the same column, whatever the width of the letters before it."""
    lines = zh("--lang zh db status -O table").out.split("\n")[:6]
    heads = [re.match(r"\S+\s+(?=\S)", line) for line in lines]
    assert len({width(head.group()) for head in heads if head}) == 1
