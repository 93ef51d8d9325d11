"""The store: made whole, migrated to what is declared, written in units that lose nothing."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.asked import listening
from salesctl.domain.deal import AFTER, BEFORE, STATE, Event, spans
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Conflict
from salesctl.store.connect import connect
from salesctl.store.version import SCHEMA
from salesctl.store.write import Unit, unit
from tests.conftest import Runner
from tests.plans import planner
from tests.store_state import rows

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_migrations_make_what_the_nouns_declare(templates: dict[str, Path]) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from salesctl.store.schema.tables import METADATA

    engine = create_engine(f"sqlite:///{templates['en']}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, METADATA)
    engine.dispose()
    seen = [key(one) for sort, one in found if sort == "remove_fk"]
    stored = {str(name): str(sql) for name, sql in rows(templates["en"], "SELECT name, sql FROM sqlite_master")}
    for sort, one in found:
        assert sort in ("remove_fk", "add_fk"), (sort, one)
        if sort == "add_fk":  # in a column that was added in place SQLAlchemy reads the reference without its name
            assert key(one) in seen
            assert f"CONSTRAINT {one.name} REFERENCES" in stored[one.table.name]


def key(reference: Any) -> tuple[str, list[str], list[str]]:
    """A foreign key by its columns and what they refer to."""
    return reference.table.name, list(reference.column_keys), [one.target_fullname for one in reference.elements]


def test_a_store_is_ours_strict_and_only_its_owners(templates: dict[str, Path]) -> None:
    path = templates["en"]
    assert rows(path, "PRAGMA application_id") == [(0x53414C45,)] and rows(path, "PRAGMA user_version") == [(SCHEMA,)]
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    tables = {
        name: sql
        for name, sql in rows(path, "SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if name in NOUNS
    }
    assert set(tables) == set(NOUNS)
    assert all("STRICT" in str(sql) and "AUTOINCREMENT" in str(sql) for sql in tables.values())
    assert oct(path.stat().st_mode)[-3:] == "600"


def test_the_eight_default_stages_in_both_languages(run: Runner, zh: Runner) -> None:
    stages = run("stage list --json").json
    assert [one["probability"] for one in stages] == [5, 10, 20, 35, 50, 70, 90, None]
    assert {one["idle_limit"] for one in stages[:7]} == {14}
    names = [one["name"] for one in zh("stage list --json").json]
    assert names == ["潜在客户识别", "初步联系", "需求分析", "方案定制", "报价", "谈判", "签约", "售后服务"]
    run("deal add X")
    assert run("advance D1 初步联系 --json").json["stage"] == "First contact"


@pytest.mark.sqlite
def test_a_read_makes_no_file(bare: Runner) -> None:
    for line in ("deal list", "today", "kpi --json", "board --json", "goal", "remind", "next", "find x", "config"):
        bare(line)
    assert not bare.path.exists()
    bare("customer add Acme")
    assert bare.path.exists()


def test_every_write_has_its_operation_and_its_change(run: Runner) -> None:
    run("customer add Acme industry=steel")
    run("customer edit C1 industry=food")
    commands = rows(run.path, "SELECT command FROM operation ORDER BY id")
    assert [one[0] for one in commands][-2:] == ["customer.add", "customer.edit"]
    [(before, after)] = rows(
        run.path,
        "SELECT x.before, x.after FROM change c JOIN change_text x ON x.change_id = c.id"
        " WHERE c.noun = 'customer' AND c.action = 'update'",
    )
    assert (json.loads(str(before)), json.loads(str(after))) == ({"industry": "steel"}, {"industry": "food"})


def test_a_unit_is_saved_whole_or_not_at_all(run: Runner) -> None:
    before = rows(run.path, "SELECT count(*) FROM operation")
    with pytest.raises(RuntimeError), unit(str(run.path), "test", at=NOW, actor=None) as work:
        work.insert(NOUNS["product"], {"name": "Pump"})
        raise RuntimeError
    assert rows(run.path, "SELECT count(*) FROM product") == [(0,)]
    assert rows(run.path, "SELECT count(*) FROM operation") == before


def test_a_record_changed_meanwhile_is_a_conflict(run: Runner) -> None:
    run("product add Pump")
    with pytest.raises(Conflict), unit(str(run.path), "test", at=NOW, actor=None) as work:
        work._set(NOUNS["product"], 1, {"sku": "X"}, version=7)


SETTINGS = {"foreign_keys": 1, "synchronous": 2, "recursive_triggers": 1, "trusted_schema": 0, "secure_delete": 1,
            "cell_size_check": 1, "mmap_size": 0, "journal_mode": "wal", "query_only": 0}  # fmt: skip


@pytest.mark.sqlite
def test_every_connection_has_its_settings(run: Runner) -> None:
    """FULL: what was said to be saved is there after a power cut. No mmap. The read door writes nothing."""
    connection = connect(str(run.path), read_only=False)
    assert {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS} == SETTINGS
    connection.close()
    reader = connect(str(run.path), read_only=True)
    assert reader.execute("PRAGMA query_only").fetchone()[0] == 1
    assert reader.execute("PRAGMA trusted_schema").fetchone()[0] == 0
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM deal")
    reader.close()


@pytest.mark.sqlite
def test_nobody_comes_between_what_is_read_and_what_is_written(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that writes after our first read has to wait, lock file or not."""
    told: list[str] = []
    one = Unit.one

    def between(self: Unit, sql: str, params: Any = None) -> Any:
        found = one(self, sql, params)
        if "FROM operation" in sql and not told:
            other = sqlite3.connect(run.path, timeout=0, isolation_level=None)
            try:
                other.execute("UPDATE stage SET idle_limit = 15 WHERE id = 1")
                told.append("written")
            except sqlite3.OperationalError as error:
                told.append(str(error))
            other.close()
        return found

    monkeypatch.setattr(Unit, "one", between)
    done = run("customer add Acme", code=None)
    assert (done.code, told) == (0, ["database is locked"])


@pytest.mark.sqlite
def test_a_writer_waits_for_the_lock_file(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    with FileLock(f"{run.path}.lock"):
        monkeypatch.setattr("salesctl.store.lock.LOCK_SECONDS", 0.1)
        assert "somebody else is writing" in run("customer add Acme", code=7).err
        assert run("customer list").code == 0  # readers never wait
    run("customer add Acme")


def test_writers_wait_for_each_other_and_lose_nothing(run: Runner) -> None:
    run("customer add Acme")
    code = (
        "import sys\nfrom salesctl.cli import run\n"
        "for i in range(5):\n    run(['--db', sys.argv[1], 'customer', 'edit', 'C1', f'tags+={sys.argv[2]}{i}', '-q'])\n"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", code, str(run.path), name], stdout=subprocess.DEVNULL)
        for name in "abcd"
    ]
    assert [worker.wait() for worker in workers] == [0, 0, 0, 0]
    one = run("customer show C1 --json").json
    assert sorted(one["tags"]) == sorted(f"{name}{i}" for name in "abcd" for i in range(5)) and one["version"] == 21


@pytest.mark.sqlite
def test_refs_are_never_used_twice(run: Runner) -> None:
    run("customer add Acme")
    with sqlite3.connect(run.path) as connection:
        connection.execute("DELETE FROM customer")
    assert run("customer add Kova").out.strip() == "C2"


@pytest.mark.sqlite
def test_checks_stand_behind_the_kinds(run: Runner) -> None:
    run("deal add X amount=5")
    with sqlite3.connect(run.path) as connection:
        for change in (
            "outcome = 'maybe'",
            "amount = -1",
            "probability = 101",
            "amount = 1.5",
            "amount_currency = NULL",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(f"UPDATE deal SET {change}")


def state(**given: object) -> tuple[object, ...]:
    return tuple(given.get(name) for name in STATE)


def test_spans_follow_business_time() -> None:
    events = [
        Event("2026-01-01T00:00:00Z", state(stage_id=1, amount=10)),
        Event("2026-03-01T00:00:00Z", state(stage_id=1, amount=20)),
        Event("2026-02-01T00:00:00Z", state(stage_id=1, amount=20, outcome="won")),
    ]
    found = [
        (one.start[:10], one.end[:10], one.state[STATE.index("amount")], one.state[STATE.index("outcome")])
        for one in spans(events)
    ]
    assert found == [
        ("2026-01-01", "2026-02-01", 10, None),
        ("2026-02-01", "2026-03-01", 10, "won"),
        ("2026-03-01", "9999-12-31", 20, "won"),
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 9), st.sampled_from([None, "won", "lost"]), st.integers(1, 3), st.sampled_from([5, 7, None])
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_was_recorded_last_holds_in_the_end(life: list[tuple[int, str | None, int, int | None]]) -> None:
    """However early each took effect: the last span is the row, and there is no gap."""
    events = [Event(f"2026-01-0{day}T00:00:00Z", state(outcome=o, stage_id=s, amount=a)) for day, o, s, a in life]
    found = spans(events)
    assert found[-1].state == events[-1].state and found[-1].end == AFTER
    assert all(a.end == b.start for a, b in pairwise(found))
    assert found[0].start == min(one.at or BEFORE for one in events)


def test_a_deal_that_closed_on_the_day_it_was_written_down(run: Runner) -> None:
    """Found by kill -9: a win said to be of that day began before the deal did, and the deal was open again."""
    run("deal add X amount=5")
    run("win D1 --at 2026-11-23", today="2026-11-25")
    run("db check", today="2026-11-25")
    assert [one["outcome"] for one in run("deal list --all --as-of 2026-11-23 --json", today="2026-11-25").json] == [
        "won"
    ]


def test_spans_of_unknown_time_reach_back_for_ever() -> None:
    [one] = spans([Event(None, state(stage_id=1))])
    assert (one.start, one.end) == (BEFORE, AFTER)


def test_spans_cover_time_without_gap_or_overlap(run: Runner) -> None:
    run("deal add X created=2026-01-01 amount=5")
    for day, line in (("2026-02-01", "advance D1"), ("2026-03-01", "deal edit D1 amount=7"), ("2026-04-01", "win D1 --at 2026-02-15"),
                      ("2026-05-01", "deal reopen D1"), ("2026-06-01", "lose D1 price")):  # fmt: skip
        run(line, today=day)
    found = rows(run.path, "SELECT from_at, until_at FROM deal_span ORDER BY from_at")
    assert all(a[1] == b[0] for a, b in pairwise(found)) and found[-1][1] == AFTER
    assert [one["outcome"] for one in run("deal list --all --as-of 2026-02-20 --json", today="2026-06-02").json] == [
        "won"
    ]
    assert [one["outcome"] for one in run("deal list --all --as-of 2026-05-20 --json", today="2026-06-02").json] == [
        None
    ]


PLANS = [
    ("board --json", "deal_open_ix"),
    ("kpi show revenue -p 2026Q4 --json", "deal_closed_ix"),
    ("kpi show created -p 2026Q4 --json", "deal_created_ix"),
    ("kpi show calls -p 2026Q4 --json", "followup_done_ix"),
    ("today --owner all --json", "followup_due_ix"),
    ("customer list name:x --json", "customer_name_key_ix"),
]


@pytest.mark.parametrize(("line", "index"), PLANS)
@pytest.mark.sqlite
def test_no_figure_scans_a_table_it_need_not(run: Runner, line: str, index: str) -> None:
    run("deal add X amount=5")
    with listening() as asked:
        run(line)
    store = planner(run.path)
    plans = [str(step) for sql in asked for step in store.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(index in step for step in plans), plans
