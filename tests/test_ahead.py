"""A second reader of a large store: the same answers, one state, and no harm where it fails."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from threading import Event
from typing import Any

import pytest

from salesctl.store import ahead
from salesctl.store.ahead import Board, Task
from salesctl.store.connect import Sqlite, open_read
from salesctl.store.write import Unit
from tests.conftest import Runner

pytestmark = pytest.mark.sqlite
COUNT = "SELECT count(*) AS n FROM deal"
ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store is a large one, on a machine of two cores."""
    monkeypatch.setattr(ahead, "LARGE", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0, 1}, raising=False)


@pytest.fixture
def store(run: Runner) -> Iterator[Sqlite]:
    run("deal add One amount=5")
    found = open_read(str(run.path))
    assert isinstance(found, Sqlite)
    yield found
    found.close()


@pytest.mark.parametrize(
    "line",
    ["kpi", "kpi -p 2026Q4 --vs previous --why", "kpi --by rep", "kpi --by month -p 2026", "kpi show win_rate revenue cycle --by product",
     "report weekly", "report monthly --json", "report quarterly --team North", "report trend", "report funnel", "report rep R1"],
)  # fmt: skip
def test_answers_are_the_same(line: str, sold: Runner, monkeypatch: pytest.MonkeyPatch, large: None) -> None:
    asked: list[bool] = []
    real, begun = Board.ask, Event()

    def heard(self: Board, store: Sqlite, sql: str, params: Any) -> Any:
        second = store.connection is self.second
        if second:
            begun.set()
        asked.append(second)
        begun.wait(1)
        return real(self, store, sql, params)

    monkeypatch.setattr(Board, "ask", heard)
    two = sold(line)
    assert {True, False} == set(asked)
    monkeypatch.setattr(ahead, "LARGE", 1 << 60)
    asked.clear()
    one = sold(line)
    assert not asked and (one.out, one.err) == (two.out, two.err)


@pytest.fixture
def sold(run: Runner) -> Runner:
    """Two teams that sell two products."""
    for team, rep in (("North", "Anna"), ("South", "Bo")):
        run.add("team", team)
        run.add("rep", rep, team=team)
    run.add("product", "Pump", price="100")
    for n in range(24):
        day = f"2026-{n % 10 + 1:02d}-{n + 1:02d}"
        run(["deal", "add", f"Deal{n}", f"amount={n + 1}k", f"owner={('Anna', 'Bo')[n % 2]}", "product=Pump", f"created={day}", "close=2026-12-01"], today=day)  # fmt: skip
        if n % 3:
            run(["win", f"Deal{n}"] if n % 3 == 1 else ["lose", f"Deal{n}", "price"], today=f"2026-{n % 10 + 2:02d}-20")
    return run


def test_each_statement_is_asked_once(store: Sqlite, large: None) -> None:
    seen: list[str] = []
    store.connection.set_trace_callback(seen.append)

    def tasks(second: Sqlite) -> Sequence[Task]:
        second.connection.set_trace_callback(seen.append)
        return [lambda: second.query(COUNT)]

    with ahead.ahead(store, tasks):
        time.sleep(0.3)
        assert [store.one(COUNT), store.one(COUNT)] == [{"n": 1}, {"n": 1}]
    assert seen.count(COUNT) == 1
    assert store.board is None and store.one(COUNT) == {"n": 1}
    assert seen.count(COUNT) == 2


def test_more_rows_than_are_kept_are_asked_twice(store: Sqlite, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST", 3)
    sql = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :most) SELECT n FROM c"
    with ahead.ahead(
        store, lambda second: [lambda: second.query(sql, {"most": 9}), lambda: second.query(sql, {"most": 2})]
    ):
        time.sleep(0.3)
        assert [row["n"] for row in store.query(sql, {"most": 2})] == [1, 2]
        assert [[row["n"] for row in store.query(sql, {"most": 9})] for _turn in (1, 2)] == [[*range(1, 10)]] * 2
        assert store.board is not None and sorted(one.rows is None for one in store.board.answers.values()) == [
            False,
            True,
        ]


def test_a_later_state_is_not_read(store: Sqlite, run: Runner, large: None) -> None:
    """What was written after the first reader looked is seen by neither."""
    assert store.one(COUNT) == {"n": 1}
    run("deal add Two amount=5")
    done: list[int] = []
    with ahead.ahead(store, lambda _second: [lambda: done.append(1)]):
        time.sleep(0.3)
        assert store.one(COUNT) == {"n": 1}
    assert done == []


def test_a_second_reader_that_fails_does_no_harm(store: Sqlite, large: None) -> None:
    def fail(_sql: str, _params: Any) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    def tasks(second: Sqlite) -> Sequence[Task]:
        second.straight = fail  # type: ignore[method-assign]
        return [lambda: second.query(COUNT)]

    with ahead.ahead(store, tasks):
        time.sleep(0.3)
        assert store.one(COUNT) == {"n": 1}


def test_it_ends_with_the_body_in_the_middle_of_a_statement(store: Sqlite, large: None) -> None:
    began = time.perf_counter()
    with pytest.raises(KeyError), ahead.ahead(store, lambda second: [lambda: second.query(ENDLESS)]):
        time.sleep(0.3)
        raise KeyError
    assert time.perf_counter() - began < 5
    assert store.one(COUNT) == {"n": 1}


def test_where_it_does_not_happen(store: Sqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small stores, one core, a unit of work, and where it goes on already."""

    def never(_second: Sqlite) -> Sequence[Task]:
        raise AssertionError

    with ahead.ahead(store, never):
        assert store.board is None
    monkeypatch.setattr(ahead, "LARGE", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0}, raising=False)
    with ahead.ahead(store, never):
        assert store.board is None
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    with ahead.ahead(store, lambda _second: []):
        board = store.board
        with ahead.ahead(store, never):
            assert store.board is board is not None
    with ahead.ahead(Unit.__new__(Unit), never):
        pass
