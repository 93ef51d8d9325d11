"""The one lock of all writers of a store: a file beside it, held by the operating system."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from salesctl.errors import Busy, NotAllowed, StreamError
from salesctl.i18n import _
from salesctl.store.connect import is_url

LOCK_SECONDS = 30
POLL_SECONDS = 0.005  # where the system has no queue; a write takes about as long


@contextmanager
def locked(path: str, wait: float | None = None) -> Iterator[None]:
    """Hold the one lock of all writers of a store. Raises Busy (7), NotAllowed (6), StreamError (9)."""
    if is_url(path):  # there the lock is taken with the transaction
        yield
        return
    place = f"{path}.lock"
    if os.path.islink(place):  # opening it would make or empty a file of somebody's choice
        raise NotAllowed(_("{path} is a symbolic link").format(path=place), f"rm {place}")
    with ExitStack() as held:
        try:
            _take(place, LOCK_SECONDS if wait is None else wait, held)
        except TimeoutError as error:
            raise Busy(_("somebody else is writing to the store"), _("try again")) from error
        except PermissionError as error:
            raise NotAllowed(_("the store {path} may not be written").format(path=path)) from error
        except OSError as error:
            raise StreamError(_("the store {path} cannot be written: {why}").format(path=path, why=error)) from error
        yield


def _take(place: str, seconds: float, held: ExitStack) -> None:
    """Take the lock at once, or in the turn of those who wait. Raises TimeoutError, which filelock's is too."""
    from filelock import FileLock, Timeout

    lock = FileLock(place, mode=0o600)
    held.callback(lock.release)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        if not seconds:
            raise
        if sys.platform == "win32":
            lock.acquire(timeout=seconds, poll_interval=POLL_SECONDS)
        else:
            held.callback(os.close, _queued(place, seconds))


if sys.platform != "win32":
    import fcntl

    class Turn(threading.Thread):
        """A place in the system's queue for a lock: who looks every few milliseconds is overtaken again and again.

        The system's wait has no end of its own, so a thread does it; who gave up lets go of a lock that comes too late.
        """

        def __init__(self, place: str) -> None:
            super().__init__(daemon=True)
            self.descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            self.error: OSError | None = None
            self.ended = False  # on one side: it has come, or it was given up
            self.deciding = threading.Lock()

        def run(self) -> None:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX)
            except OSError as error:
                self.error = error
            if not self._first():
                os.close(self.descriptor)

        def _first(self) -> bool:
            with self.deciding:
                first, self.ended = not self.ended, True
            return first

        def come(self, seconds: float) -> int:
            """Wait for it: the descriptor that holds the lock until it is closed. Raises TimeoutError, OSError."""
            self.start()
            try:
                self.join(seconds)
            except BaseException:
                if not self._first():
                    os.close(self.descriptor)
                raise
            if self._first():
                raise TimeoutError
            if self.error is not None:
                os.close(self.descriptor)
                raise self.error
            return self.descriptor

    def _queued(place: str, seconds: float) -> int:
        """The descriptor that holds the lock, once it is our turn; of the file that is there then."""
        end = time.monotonic() + seconds
        while True:
            descriptor = Turn(place).come(max(0.0, end - time.monotonic()))
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(place)):
                    return descriptor
            os.close(descriptor)
