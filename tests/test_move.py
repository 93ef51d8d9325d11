"""Moving a store: everything is there and compared before it is used, and nothing is there when it failed."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from salesctl.store import copying
from salesctl.store.chain import anchor_path
from tests.conftest import ON_POSTGRES, Runner
from tests.store_state import State, raw, rows, state


@pytest.fixture
def full(run: Runner, tmp_path: Path) -> Runner:
    file = tmp_path / "rows.csv"
    file.write_text("name,amount\n" + "".join(f"Import{n},{n}\n" for n in range(1, 40)))
    run('add "Acme 华为" "Pump order" 48k --contact "Anna +49 421 5550" --next "today call Anna"')
    run(["import", str(file)])
    run("undo -y")
    run("advance D1")
    return run


def same(found: State, wanted: State) -> None:
    """The schema of a server is a row of `meta`, that of a file is not."""
    for one in (found, wanted):
        one["meta"].pop("schema", None)
    assert found == wanted


def test_it_is_all_there_and_goes_on(full: Runner, tmp_path: Path) -> None:
    before, place = state(full.path), tmp_path / "new" / "moved.db"
    done = full(f"db move {place} --json").json
    assert done["switched"] is False and done["counts"]["deal"] == len(before["deal"])
    same(state(place), before)
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert sorted(path.name for path in place.parent.iterdir()) == ["moved.db", "moved.db.anchor"]
    moved = Runner(place, full.capfd)
    moved("db check")
    assert moved("audit verify").err == ""  # it has its anchor
    assert moved("customer add Next").out == "C2\n"
    moved("undo -y")
    assert "already" in full(f"db move {place}", code=5).err


@pytest.mark.skipif(not ON_POSTGRES, reason="needs the server")
def test_to_a_server_and_back(full: Runner, databases: Any, tmp_path: Path) -> None:
    before, place, url = state(full.path), tmp_path / "there.db", databases("")
    full(f"db move {place}")
    Runner(place, full.capfd)(f"db move {url}")
    same(state(url), before)
    server = Runner(url, full.capfd)
    server("db check")
    assert server("audit verify").err == ""
    assert server("customer add Next").out == "C2\n"
    assert "already" in full(f"db move {url}", code=5).err


def test_the_config_names_it_from_then_on(
    full: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from salesctl.cli import run

    config, place = tmp_path / "config.toml", tmp_path / "moved.db"
    config.write_text(f'db = "{full.path}"\n')
    monkeypatch.setenv("SALESCTL_CONFIG", str(config))
    monkeypatch.chdir(tmp_path)
    assert run(["db", "move", "moved.db"]) == 0
    assert config.read_text() == f'db = "{place}"\n'
    monkeypatch.chdir("/")
    capfd.readouterr()
    assert run(["customer", "add", "Next"]) == 0
    assert len(state(place)["customer"]) == len(state(full.path)["customer"]) + 1


@pytest.mark.parametrize("kind", ["copy", "compare"])
def test_one_that_fails_leaves_nothing_and_can_be_tried_again(
    full: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, kind: str
) -> None:
    """A row that comes over otherwise, or an error in the middle: no half store takes the place."""
    target = request.getfixturevalue("databases")("") if ON_POSTGRES else tmp_path / "moved.db"
    before = state(full.path)
    with monkeypatch.context() as patch:
        if kind == "compare":
            real = copying.checksum
            patch.setattr(copying, "checksum", lambda store, table: (real(store, table)[0], str(store.path)))
        else:
            patch.setattr(copying, "compare", lambda *given: 1 // 0)
        done = full(f"db move {target}", code=None)
        assert done.code == (8 if kind == "compare" else 1), done.err
    assert state(full.path) == before
    assert ON_POSTGRES or sorted(path.name for path in tmp_path.glob("*moved*")) == []
    full(f"db move {target}")
    same(state(target), before)


@pytest.mark.sqlite
def test_nobody_writes_meanwhile(full: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another program writes during the copy would be left behind: it has to wait."""
    seen: list[str] = []
    real = copying.compare

    def slow(*given: Any) -> Any:
        try:
            connection = sqlite3.connect(full.path, timeout=0)
            connection.execute("UPDATE customer SET industry = 'x'")
        except sqlite3.OperationalError as error:
            seen.append(str(error))
        return real(*given)

    monkeypatch.setattr(copying, "compare", slow)
    full(f"db move {tmp_path}/moved.db")
    assert seen == ["database is locked"]


@pytest.mark.skipif(not ON_POSTGRES, reason="needs the server")
def test_nobody_writes_to_a_server_meanwhile(full: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl.store.write import unit

    ended: list[float] = []
    real = copying.compare

    def write() -> None:
        from datetime import UTC, datetime

        with unit(str(full.path), "test", at=datetime.now(UTC), actor="Bo") as work:
            work.put("meta", {"key": "late", "value": "x"})
        ended.append(time.monotonic())

    other = threading.Thread(target=write)

    def slow(*given: Any) -> Any:
        other.start()
        other.join(0.7)
        assert other.is_alive()
        return real(*given)

    monkeypatch.setattr(copying, "compare", slow)
    full(f"db move {tmp_path}/moved.db")
    other.join(20)
    assert ended and rows(tmp_path / "moved.db", "SELECT * FROM meta WHERE key = 'late'") == []


def test_a_place_that_cannot_be(full: Runner, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    before = state(full.path)
    assert full(f"db move {tmp_path}/file/moved.db", code=9).err.count("\n") == 1
    full(f"db move {tmp_path}/file", code=5)
    full("db move postgresql://nobody@127.0.0.1:1/none", code=7)
    full("db move postgresql://u:secret@127.0.0.1:1/none", code=2)
    assert state(full.path) == before


def test_an_edit_during_the_move_would_be_seen(full: Runner, tmp_path: Path) -> None:
    """The anchor of the new place is that of the log that came over."""
    place = tmp_path / "moved.db"
    full(f"db move {place}")
    assert os.path.exists(anchor_path(str(place)))
    raw(place, "DROP TRIGGER change_no_delete", "DELETE FROM change WHERE id = (SELECT max(id) FROM change)")
    assert "cut off" in Runner(place, full.capfd)("audit verify", code=8).out
