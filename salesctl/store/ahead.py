"""Reading ahead: what a command will ask of a large file, a second thread asks too, from the end backwards.

Each statement runs once: who comes to it first asks it, the other takes the rows. SQLite works without Python's lock, so two
cores share the work. What the second thread makes of the rows is thrown away; whatever goes wrong there is left to the first.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from threading import Event, Lock, Thread
from typing import Any

from salesctl.store.connect import Rows, Sqlite, Store, is_url, open_read

LARGE = 64 << 20  # bytes of a store below which a second thread costs more than it brings
MOST = 200_000  # rows of an answer that are kept for the other reader
Task = Callable[[], object]


class Over(Exception):
    """The first reader is done; nothing more is wanted of the second."""


class Answer:
    """The rows of one statement, once they are there; `rows` stays None where asking failed, or where they are too many."""

    def __init__(self) -> None:
        self.there = Event()
        self.names: list[str] = []
        self.rows: list[tuple[Any, ...]] | None = None


class Board:
    """What two readers of one state of a store have asked."""

    def __init__(self) -> None:
        self.answers: dict[Any, Answer] = {}
        self.lock = Lock()
        self.over = False
        self.second: sqlite3.Connection | None = None

    def ask(self, store: Sqlite, sql: str, params: Mapping[str, Any]) -> Rows:
        """The names of the columns and the rows: asked here, or by the other reader before."""
        if self.over and store.connection is self.second:
            raise Over
        key = (sql, *params.items())
        with self.lock:
            answer = self.answers.get(key)
            first = answer is None
            if answer is None:
                answer = self.answers[key] = Answer()
        if not first:
            answer.there.wait()
            return (answer.names, answer.rows) if answer.rows is not None else store.straight(sql, params)
        try:
            names, rows = store.straight(sql, params)
            some = list(islice(rows, MOST))
            if len(some) == MOST:
                return names, chain(some, rows)
            answer.names, answer.rows = names, some
        finally:
            answer.there.set()
        return names, some

    def end(self) -> None:
        """Call the second reader back, also out of the middle of a statement."""
        with self.lock:
            self.over = True
            if self.second is not None:
                self.second.interrupt()


@contextmanager
def ahead(store: Store, tasks: Callable[[Sqlite], Sequence[Task]]) -> Iterator[None]:
    """While the body runs, a second thread does `tasks` of its own reader of the store, the last one first.

    The tasks read, and do nothing else; they are those of the body, in its order. Nothing happens for a small store, a server, a
    unit of work, on one core, or where this goes on already.
    """
    if not _worth(store):
        yield
        return
    assert isinstance(store, Sqlite)
    board, state = Board(), _state(store)
    store.board = board
    second = Thread(target=_read, args=(board, store.path, state, tasks), daemon=True)
    second.start()
    try:
        yield
    finally:
        board.end()
        second.join()
        store.board = None


def _worth(store: Store) -> bool:
    if type(store) is not Sqlite or is_url(store.path) or store.board is not None:
        return False
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1 and os.path.getsize(store.path) >= LARGE


def _state(store: Store) -> dict[str, Any]:
    """What tells one state of a store from another: every write is an operation and leaves changes."""
    row = store.one("SELECT (SELECT max(id) FROM operation) AS operation, (SELECT max(id) FROM change) AS change")
    return dict(row or {})


def _read(board: Board, path: str, state: dict[str, Any], tasks: Callable[[Sqlite], Sequence[Task]]) -> None:
    try:
        store = open_read(path)
    except Exception:  # the first reader has it open, and does without
        return
    try:
        if isinstance(store, Sqlite) and _state(store) == state:
            with board.lock:
                board.second = store.connection
            store.board = board
            for task in reversed(tasks(store)):
                task()
    except Exception:  # the first reader asks it too, and tells what is wrong
        return
    finally:
        with board.lock:
            board.second = None
        store.close()
