"""Attachments go with their store: into backups and out of them, with --keep, and from one engine to the other."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from salesctl.store.attached import folder_of
from salesctl.store.backup import folder_of as backups_of
from tests.conftest import ON_POSTGRES, Runner

BYTES = b"signed " * 5000
HASH = sha256(BYTES).hexdigest()


@pytest.fixture
def signed(run: Runner, tmp_path: Path) -> Runner:
    file = tmp_path / "合同.pdf"
    file.write_bytes(BYTES)
    run('add "Acme Corp" "Pump order" 48k --contact Anna')
    run('add Kova "Kova deal" 5k')
    run(["contract", "sign", "D1", "--attach", str(file)])
    run(["contract", "sign", "D2", "--attach", str(file)])
    return run


def made(run: Runner, *more: str) -> tuple[Path, dict[str, Any]]:
    done = run(["db", "backup", "--json", *more]).json
    return Path(done["file"]), done


def states(run: Runner) -> list[str]:
    return [row["state"] for row in run("contract verify --json", code=None).json]


def test_a_backup_brings_lost_attachments_back(signed: Runner) -> None:
    path, told = made(signed)
    manifest = json.loads(Path(f"{path}.json").read_text())
    assert manifest["attachments"] == told["attachments"] == [{"sha256": HASH, "bytes": len(BYTES)}]  # once, for two
    beside = folder_of(str(path))
    assert [(one.name, one.read_bytes()) for one in beside.iterdir()] == [(HASH, BYTES)]
    assert (beside.stat().st_mode & 0o777, (beside / HASH).stat().st_mode & 0o777) == (0o700, 0o600)
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, f"{path.name}.json", beside.name])
    (folder_of(str(signed.path)) / HASH).unlink()
    assert states(signed) == ["missing", "missing"]
    signed(f"db restore {path} -y")
    assert states(signed) == ["ok", "ok"]


def test_what_was_changed_here_is_what_the_backup_has_again(signed: Runner) -> None:
    path, _told = made(signed)
    (folder_of(str(signed.path)) / HASH).write_bytes(b"S" + BYTES[1:])
    assert states(signed) == ["changed", "changed"]
    signed(f"db restore {path} -y")
    assert states(signed) == ["ok", "ok"]


@pytest.mark.parametrize("how", ["changed", "missing", "folder", "link"])
def test_a_backup_whose_attachments_are_not_whole_is_refused_and_nothing_is_changed(signed: Runner, how: str) -> None:
    path, _told = made(signed)
    kept = folder_of(str(path)) / HASH
    kept.unlink()
    if how == "changed":
        kept.write_bytes(b"S" + BYTES[1:])
    elif how == "folder":
        kept.parent.rmdir()
    elif how == "link":
        kept.symlink_to(folder_of(str(signed.path)) / HASH)
    signed("customer add Later")
    said = "was changed" if how in ("changed", "link") else "is missing"
    assert f"{said}: {HASH}" in signed(f"db verify {path}", code=8).err
    assert f"{said}: {HASH}" in signed(f"db restore {path} -y", code=8).err
    assert signed("customer show Later --json").json["name"] == "Later" and states(signed) == ["ok", "ok"]


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", HASH[:-1], HASH.upper(), 5, None])
def test_a_name_in_a_manifest_that_is_no_hash_becomes_no_path(signed: Runner, name: Any) -> None:
    path, told = made(signed)
    place = Path(f"{path}.json")
    manifest = json.loads(place.read_text())
    manifest["attachments"] = [{"sha256": name, "bytes": 5}]
    place.write_text(json.dumps(manifest))
    assert "manifest" in signed(f"db restore {path} -y", code=8).err
    assert told["attachments"] and states(signed) == ["ok", "ok"]


def test_a_backup_from_before_attachments_were_kept_still_restores(signed: Runner) -> None:
    path, _told = made(signed)
    place = Path(f"{path}.json")
    manifest = json.loads(place.read_text())
    del manifest["attachments"], manifest["attachments_lost"]
    place.write_text(json.dumps(manifest))
    signed(f"db restore {path} -y")
    assert states(signed) == ["ok", "ok"]


def test_a_lost_attachment_keeps_no_backup_from_being_made_and_is_said(signed: Runner) -> None:
    (folder_of(str(signed.path)) / HASH).unlink()
    done = signed("db backup --json")
    assert done.json["attachments"] == [] and done.json["attachments_lost"] == [{"sha256": HASH, "bytes": len(BYTES)}]
    assert "not in it: 1;" in done.err
    signed(f"db verify {done.json['file']}")


def test_keep_deletes_the_attachments_with_their_backup(signed: Runner) -> None:
    for day in (24, 25, 26):
        signed("db backup --keep 2", today=f"2026-11-{day}")
    found = sorted(one.name for one in backups_of(str(signed.path)).iterdir())
    assert len([name for name in found if name.endswith(".db")]) == 2 and len(found) == 6
    assert all(f"{name}.attachments" in found for name in found if name.endswith(".db"))


def test_erasing_with_backups_deletes_their_attachments(signed: Runner) -> None:
    path, _told = made(signed)
    signed("contact erase Anna --backups -y")
    assert not path.exists() and not folder_of(str(path)).exists()


def test_a_move_takes_them_along(signed: Runner, tmp_path: Path) -> None:
    place = tmp_path / "new" / "moved.db"
    assert signed(f"db move {place} --json").json["attachments_lost"] == 0
    assert states(Runner(place, signed.capfd)) == ["ok", "ok"]
    assert states(signed) == ["ok", "ok"]  # and leaves them here


def test_a_move_that_fails_leaves_none_and_one_that_misses_some_says_so(
    signed: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from salesctl.store import copying

    def full(*_given: Any) -> None:
        raise OSError(28, "No space left on device")

    place = tmp_path / "new" / "moved.db"
    with monkeypatch.context() as patch:
        patch.setattr(copying, "copy", full)
        signed(f"db move {place}", code=9)
    assert not place.exists() and not folder_of(str(place)).exists()
    (folder_of(str(signed.path)) / HASH).unlink()
    done = signed(f"db move {place} --json")
    assert done.json["attachments_lost"] == 1 and "not in it: 1;" in done.err
    assert states(Runner(place, signed.capfd)) == ["missing", "missing"]


@pytest.mark.skipif(ON_POSTGRES, reason="starts from a file")
def test_to_a_server_and_back(signed: Runner, databases: Any, tmp_path: Path) -> None:
    url = databases("")
    signed(f"db move {url}")
    there = Runner(url, signed.capfd)
    assert states(there) == ["ok", "ok"]
    path, _told = made(there)
    (folder_of(url) / HASH).unlink()
    there(f"db restore {path} -y")
    assert states(there) == ["ok", "ok"]
    there(f"db move {tmp_path / 'back.db'}")
    assert states(Runner(tmp_path / "back.db", signed.capfd)) == ["ok", "ok"]
