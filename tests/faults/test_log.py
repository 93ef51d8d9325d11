"""A change log of a million rows: walked in seconds, and what was done to it by a raw hand is found wherever it is."""

from __future__ import annotations

import os
import random
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from salesctl.store import chain
from salesctl.store.connect import open_read
from salesctl.store.journal import Journal
from salesctl.store.triggers import GUARDS
from tests.conftest import Runner
from tests.faults.conftest import Tell

pytestmark = pytest.mark.sqlite
LONG = os.environ.get("SALESCTL_FAULTS") == "long"
MANY, EACH = (1_000_000, 10) if LONG else (10_000, 10)
COLUMNS = ("noun", "record_id", "record_key", "action", "before", "after", "text_digest", "hash")


def grown(path: Path) -> None:
    """Add operations of ten changes each, half of them with words, as the unit of work links them."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    operation, last = connection.execute("SELECT max(id) FROM operation").fetchone()[0], connection.execute("SELECT id, hash FROM change ORDER BY id DESC LIMIT 1").fetchone()  # fmt: skip
    known = {"id": last[0], "hash": last[1]}
    for number in range(operation + 1, operation + 1 + MANY // EACH):
        head = {"uid": uuid.uuid4().hex, "command": "log", "actor": "Ann", "at": "2026-11-23T09:42:00Z", "undoes": None}
        journal, words = Journal({"id": number, **head}, known), []
        rows = []
        for place in range(EACH):
            table, record = ("followup", 5) if place % 2 else ("meta", "x")
            row, typed = journal.entry(
                table,
                record,
                "update",
                {"note": "old", "due": "2026-11-23"},
                {"note": f"new {place}", "due": "2026-11-25"},
            )
            rows.append(row)
            words += [typed] if typed else []
        connection.execute(
            "INSERT INTO operation(id, uid, command, actor, at, undoes) VALUES (:id, :uid, :command, :actor, :at, :undoes)",
            {"id": number, **head},
        )
        for name, some in (("change", rows), ("change_text", words)):
            connection.executemany(
                f"INSERT INTO {name}({', '.join(some[0])}) VALUES ({', '.join(f':{key}' for key in some[0])})", some
            )
        known = {"id": journal.last, "hash": journal.hash}
    connection.execute("COMMIT")
    connection.close()


def attacked(path: Path, statement: str, params: tuple[Any, ...]) -> list[chain.Break]:
    """What is found after a raw statement, which is taken back."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=DELETE")
    for name in GUARDS:
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    connection.execute("BEGIN")
    assert connection.execute(statement, params).rowcount == 1
    from salesctl.store.connect import Sqlite

    _count, found = chain.verify(Sqlite(connection, str(path)), str(path))
    connection.execute("ROLLBACK")
    connection.close()
    return found


def test_a_long_log_is_walked_in_seconds(run: Runner, told: Tell) -> None:
    grown(run.path)
    store = open_read(str(run.path))
    began = time.process_time()
    count, found = chain.verify(store, str(run.path))
    taken = time.process_time() - began
    store.close()
    assert found == [] and count >= MANY
    told(f"a log of {count:,} changes verified in {taken:.1f} s of one processor", 1)
    rng = random.Random(14)
    tries = 12 if LONG else 30
    for turn in range(tries):
        id, column = rng.randint(count - MANY + 1, count), COLUMNS[turn % len(COLUMNS)]
        value = 77 if column == "record_id" else "delete" if column == "action" else "other"
        assert attacked(run.path, f"UPDATE change SET {column} = ? WHERE id = ?", (value, id)), (column, id)
    for statement in (
        "DELETE FROM change WHERE id = ?",
        "DELETE FROM change_text WHERE change_id = (SELECT max(change_id) FROM change_text WHERE change_id <= ?)",
    ):
        assert attacked(run.path, statement, (rng.randint(count - MANY + 100, count - 1),)), statement
    told("edits of a row somewhere in a long log, each found", tries + 2)


def test_two_processes_find_what_one_finds(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows edited anywhere, for good: words that an erasure in the other half took are no break, others are."""
    from salesctl.store import halves

    run("customer add Zed")
    grown(run.path)
    forks: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "fork", lambda: [forks.append(1), fork()][1])

    def both(path: Path) -> list[chain.Break]:
        told = []
        for many in (10**9, 1):
            monkeypatch.setattr(halves, "MANY", many)
            store = open_read(str(path))
            told.append(chain.verify(store, str(path)))
            store.close()
        assert told[0] == told[1]
        return told[0][1]

    assert both(run.path) == [] and len(forks) == 1
    rng = random.Random(5)
    (first, last), words = ends(run.path), "SELECT change_id FROM change_text ORDER BY change_id LIMIT 1 OFFSET 40"
    for turn in range(24 if LONG else 8):
        id = rng.randint(first, last) if turn % 4 else (first, last // 2, last // 2 + 1, last)[turn // 4 % 4]
        copy = tmp_path / f"copy{turn}.db"
        column = COLUMNS[turn % len(COLUMNS)]
        value = 77 if column == "record_id" else "'delete'" if column == "action" else "'x'"
        copied(run.path, copy, f"UPDATE change SET {column} = {value} WHERE id = {id}")
        assert both(copy), id
    copied(run.path, tmp_path / "gone.db", f"DELETE FROM change_text WHERE change_id = ({words})")
    assert both(tmp_path / "gone.db")
    assert len(forks) == 2 + (24 if LONG else 8)
    run('contact add "Ann Bly" customer=Zed phone=555123')
    run("contact erase P1 -y")
    before = len(forks)
    assert both(run.path) == [] and len(forks) == before + 1


def ends(path: Path) -> tuple[int, int]:
    connection = sqlite3.connect(path)
    found: tuple[int, int] = connection.execute("SELECT min(id), max(id) FROM change").fetchone()
    connection.close()
    return found


def copied(path: Path, copy: Path, statement: str) -> None:
    """A copy of a store, its anchor too, in which a raw hand did something to one row."""
    source, target = sqlite3.connect(path), sqlite3.connect(copy, isolation_level=None)
    source.backup(target)
    source.close()
    for name in GUARDS:
        target.execute(f"DROP TRIGGER IF EXISTS {name}")
    assert target.execute(statement).rowcount == 1
    target.close()
    copy.chmod(0o600)
    Path(f"{copy}.anchor").write_bytes(Path(f"{path}.anchor").read_bytes())
