"""The change log: every edit, insertion, reordering and cut is seen; the words beside it may go."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from salesctl.store import chain
from salesctl.store.triggers import GUARDS
from tests.conftest import Runner
from tests.store_state import raw, rows


@pytest.fixture
def logged(run: Runner) -> Runner:
    run('add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550" --next "today call Anna"')
    run("customer edit C1 industry=steel")
    run("advance D1")
    run("config days-off 2026-12-24")
    assert run("audit verify").out == ""
    return run


def attack(path: Any, *statements: str) -> None:
    on = " ON {}" if "://" in str(path) else ""
    raw(
        path, *(f"DROP TRIGGER {name}{on.format(table)}" for name, (_event, table, _why) in GUARDS.items()), *statements
    )


def test_the_store_itself_refuses_edits_of_its_log(logged: Runner) -> None:
    for statement in (
        "UPDATE change SET action = 'update' WHERE id = 3",
        "DELETE FROM change WHERE id = 3",
        "UPDATE operation SET actor = 'x' WHERE id = 2",
        "DELETE FROM operation WHERE id = 2",
        "UPDATE change_text SET after = 'x'",
    ):
        with pytest.raises(Exception, match="never"):
            raw(logged.path, statement)


COLUMNS = ("operation_id", "noun", "record_id", "record_key", "action", "before", "after", "text_digest", "hash")
OTHER = {"operation_id": "1", "record_id": "77", "action": "'delete'"}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_every_row_is_guarded(logged: Runner, column: str) -> None:
    from salesctl.store.connect import Sqlite, connect

    on = " ON {}" if "://" in str(logged.path) else ""
    for (id,) in rows(logged.path, "SELECT id FROM change ORDER BY id"):
        connection = connect(str(logged.path), read_only=False)
        connection.execute("BEGIN IMMEDIATE")
        for name, (_event, table, _why) in GUARDS.items():
            connection.execute(f"DROP TRIGGER {name}{on.format(table)}")
        store = Sqlite(connection, str(logged.path))
        was = store.one(f"SELECT {column} AS v FROM change WHERE id = {id}")
        connection.execute(f"UPDATE change SET {column} = {OTHER.get(column, repr('x'))} WHERE id = {id}")
        now = store.one(f"SELECT {column} AS v FROM change WHERE id = {id}")
        _count, breaks = chain.verify(store, str(logged.path))
        connection.execute("ROLLBACK")
        connection.close()
        assert was == now or breaks, (id, column)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operation SET actor = 'Mallory' WHERE id = 2",
        "UPDATE operation SET at = '2020-01-01T00:00:00Z' WHERE id = 3",
        "UPDATE operation SET command = 'log' WHERE id = 3",
        "UPDATE operation SET uid = 'x' WHERE id = 3",
        "INSERT INTO operation(id, uid, command, at) VALUES (900, 'x', 'log', '2026-11-23T00:00:00Z')",
        "DELETE FROM change WHERE id = 15",
        "DELETE FROM change WHERE id = (SELECT max(id) FROM change)",
        "DELETE FROM change WHERE id > 14",
        'UPDATE change_text SET after = \'{"name":"Evil"}\' WHERE change_id = 15',
        "UPDATE change_text SET salt = 'x' WHERE change_id = 15",
        "INSERT INTO change_text(change_id, salt, after) VALUES (999, 'x', '{}')",
        "INSERT INTO change(id, operation_id, noun, action, hash) VALUES (900, 2, 'deal', 'update', 'x')",
    ],
)
def test_an_edit_of_history_is_noticed(logged: Runner, statement: str) -> None:
    attack(logged.path, statement)
    assert logged("audit verify", code=8).out


def test_rows_that_change_places_are_noticed(logged: Runner) -> None:
    attack(
        logged.path,
        "UPDATE change SET id = 5000 WHERE id = 15",
        "UPDATE change SET id = 15 WHERE id = 16",
        "UPDATE change SET id = 16 WHERE id = 5000",
    )
    logged("audit verify", code=8)


@pytest.mark.sqlite
def test_a_whole_new_chain_is_noticed_by_the_anchor(logged: Runner) -> None:
    """Somebody who computes every hash anew has to edit the anchor too, and the one that was kept elsewhere."""
    connection = sqlite3.connect(logged.path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for name in GUARDS:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE operation SET actor = 'Mallory' WHERE id = 2")
    before = ""
    for row in connection.execute("SELECT * FROM change ORDER BY id").fetchall():
        operation = connection.execute("SELECT * FROM operation WHERE id = ?", (row["operation_id"],)).fetchone()
        before = chain.link(before, chain.operation_digest(operation), row)
        connection.execute("UPDATE change SET hash = ? WHERE id = ?", (before, row["id"]))
    connection.close()
    assert "anchor" in logged("audit verify", code=8).out


def test_a_store_ahead_of_its_anchor_is_sound(logged: Runner) -> None:
    place = Path(chain.anchor_path(str(logged.path)))
    lines = place.read_text().splitlines()
    place.write_text("\n".join(lines[:-1]) + "\n")
    logged("audit verify")
    place.write_text("\n".join(lines)[:-5])
    logged("audit verify")


def test_without_an_anchor_it_is_said(logged: Runner) -> None:
    Path(chain.anchor_path(str(logged.path))).unlink()
    assert "no anchor" in logged("audit verify").err


def test_only_an_erasure_may_take_words(logged: Runner) -> None:
    """A raw hand that deletes words is seen; what an erasure took is named in the chain."""
    logged("contact erase P1 -y")
    logged("audit verify")
    logged("db check")
    assert "erased" in logged("audit show O2").out
    taken = logged("audit show O6 --json").json
    assert ["change_text", "delete"] in [[one["record"], one["action"]] for one in taken]
    raw(logged.path, "DELETE FROM change_text WHERE change_id = (SELECT min(change_id) FROM change_text)")
    assert "no erasure took them" in logged("audit verify", code=8).out
    assert "no erasure took them" in logged("db check", code=8).out


def test_an_anchor_kept_elsewhere(logged: Runner, tmp_path: Path) -> None:
    """A copy under any name, and the manifest of a backup: a log that was cut with its anchor is seen all the same."""
    place = Path(chain.anchor_path(str(logged.path)))
    copy = tmp_path / "usb" / "kept.txt"
    copy.parent.mkdir()
    copy.write_text(place.read_text())
    manifest = logged("db backup").out.strip() + ".json"
    attack(logged.path, "DELETE FROM change WHERE operation_id = 5", "DELETE FROM operation WHERE id = 5")
    place.write_text(place.read_text().splitlines()[0] + "\n")
    logged("audit verify")  # nothing beside it tells
    for known in (str(copy), manifest):
        assert "was cut off" in logged(f"audit verify --anchor {known}", code=8).out
    copy.write_text("dear diary")
    assert "no anchor" in logged(f"audit verify --anchor {copy}", code=4).err
    logged(f"audit verify --anchor {tmp_path}/none", code=9)


def test_what_is_listed_and_shown(logged: Runner) -> None:
    listed = logged("audit list --json").json
    assert [one["command"] for one in listed] == ["config.days_off", "deal.advance", "customer.edit", "add", "init"]
    shown = logged("audit show O3 --json").json
    assert {(one["record"], one["field"], one["after"]) for one in shown} == {
        ("C1", "industry", "steel"),
        ("C1", "touched_at", "2026-11-23T09:42:00Z"),  # an edit by a person keeps a customer out of the pool
    }
    assert logged(f"audit show {listed[2]['uid']} --json").json == shown
    assert logged("history C1 --json").json[0]["after"] == "steel"
