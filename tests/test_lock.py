"""The turn of who waits for the lock of a store: it comes, it ends in time, and who gave up keeps nothing."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from salesctl.errors import Busy
from salesctl.store.lock import Turn, locked

fcntl = pytest.importorskip("fcntl")


def hold(place: str) -> int:
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def free(place: str) -> bool:
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


def test_who_waits_gets_the_lock_when_it_is_let_go(tmp_path: Path) -> None:
    path, held = str(tmp_path / "s.db"), hold(f"{tmp_path}/s.db.lock")
    threading.Timer(0.1, os.close, (held,)).start()
    with locked(path, wait=20):
        assert not free(f"{path}.lock")
    assert free(f"{path}.lock")


def test_who_gave_up_keeps_no_lock_that_comes_too_late(tmp_path: Path) -> None:
    path, held = str(tmp_path / "s.db"), hold(f"{tmp_path}/s.db.lock")
    with pytest.raises(Busy), locked(path, wait=0.05):
        pass
    waiting = [one for one in threading.enumerate() if isinstance(one, Turn)]
    assert len(waiting) == 1
    os.close(held)
    waiting[0].join(20)
    assert not waiting[0].is_alive()
    assert free(f"{path}.lock")


def test_who_is_interrupted_while_waiting_keeps_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, held = str(tmp_path / "s.db"), hold(f"{tmp_path}/s.db.lock")
    turns: list[Turn] = []

    def stopped(turn: Turn, seconds: float | None = None) -> None:
        turns.append(turn)
        os.close(held)
        while not turn.ended:  # the lock has come, and now the key is pressed
            time.sleep(0.01)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Turn, "join", stopped)
        with pytest.raises(KeyboardInterrupt), locked(path, wait=20):
            pass
    turns[0].join(20)
    assert free(f"{path}.lock")


def test_a_lock_file_that_was_put_in_the_place_of_another_counts(tmp_path: Path) -> None:
    path, held = str(tmp_path / "s.db"), hold(f"{tmp_path}/s.db.lock")

    def replaced() -> None:
        os.rename(f"{path}.lock", f"{path}.gone")
        Path(f"{path}.lock").touch()
        os.close(held)

    threading.Timer(0.1, replaced).start()
    with locked(path, wait=20):
        assert not free(f"{path}.lock")


def test_no_wait_is_asked_for_where_there_shall_be_none(tmp_path: Path) -> None:
    path, held = str(tmp_path / "s.db"), hold(f"{tmp_path}/s.db.lock")
    with pytest.raises(Busy), locked(path, wait=0):
        pass
    assert not [one for one in threading.enumerate() if isinstance(one, Turn)]
    os.close(held)
