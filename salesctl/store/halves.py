"""A long change log is walked by two processes: a row is sound or not by itself, given the hash of the one before it.

What the second process saw counts only where all is well. At the least doubt the whole log is walked again by one, in one
state of the store, so that what is told of a break is always of that walk.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

from salesctl.store import chain
from salesctl.store.connect import is_url, open_read

MANY = 200_000  # rows from which a second process is worth its start
Step = Callable[[int], None]


def walked(store: Any, known: list[chain.Anchor], step: Step) -> chain.Walk:
    """The walk over the whole chain."""
    row = store.one("SELECT max(id) AS id FROM change")
    last = int((row and row["id"]) or 0)
    # What a connection has written and not yet committed, another cannot see.
    shared = not is_url(store.path) and not store.connection.total_changes
    if last >= MANY and shared and hasattr(os, "fork") and (os.cpu_count() or 1) > 1:
        walk = _by_two(store, known, step, last)
        if walk is not None:
            return walk
    walk = chain.Walk(store, known)
    walk.go(store.bare(chain.WALK, {"after": 0, "upto": last}), step)
    return walk


def _by_two(store: Any, known: list[chain.Anchor], step: Step, last: int) -> chain.Walk | None:
    """The walk of both halves; None where one of them found something, or could not be walked."""
    middle = store.one("SELECT id, hash FROM change WHERE id <= :half ORDER BY id DESC LIMIT 1", {"half": last // 2})
    if middle is None:
        return None
    mine, other = os.pipe()
    with warnings.catch_warnings():  # of threads that draw progress: the second process touches none of theirs
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        _second(store.path, known, (middle["id"], last, middle["hash"]), other)
    os.close(other)
    walk = chain.Walk(store, known)
    try:
        with os.fdopen(mine, "rb") as file:  # closed whatever happens, so that the other never waits for a reader
            walk.go(store.bare(chain.WALK, {"after": 0, "upto": middle["id"]}), lambda n: step(2 * n))
            told = file.read()
    finally:
        _pid, status = os.waitpid(child, 0)
    if status or walk.found or walk.last != middle["id"]:
        return None
    return _joined(walk, told)


def _second(path: str, known: list[chain.Anchor], rows: tuple[int, int, str], told: int) -> None:
    """The second half, in a process of its own, which never comes back from here."""
    import pickle

    code = 1
    try:
        after, upto, first = rows
        store: Any = open_read(path)
        walk = chain.Walk(store, known)
        walk.go(store.bare(chain.WALK, {"after": after, "upto": upto}), lambda _n: None, first)
        if not walk.found:
            seen = (walk.count, walk.last, walk.used, walk.wordless, walk.erased, set(walk.wanted))
            with os.fdopen(told, "wb") as file:
                pickle.dump(seen, file)
            code = 0
    finally:
        os._exit(code)


def _joined(walk: chain.Walk, told: bytes) -> chain.Walk | None:
    import pickle

    count, walk.last, used, wordless, erased, wanted = pickle.loads(told)
    walk.count += count
    walk.used |= used
    walk.wordless |= wordless
    for ids in (*walk.erased, *erased):
        walk.wordless.difference_update(ids)
    walk.wanted = {id: hash_ for id, hash_ in walk.wanted.items() if id in wanted}
    return None if walk.wordless else walk
