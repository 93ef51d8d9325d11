"""The one lock of all writers of a store: a file beside it, held by the operating system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from salesctl.errors import Busy, NotAllowed, StreamError
from salesctl.i18n import _
from salesctl.store.connect import is_url

LOCK_SECONDS = 30
POLL_SECONDS = 0.005  # a write takes about as long: who waits longer between tries is overtaken


@contextmanager
def locked(path: str, wait: float | None = None) -> Iterator[None]:
    """Hold the one lock of all writers of a store. Raises Busy (7), NotAllowed (6), StreamError (9)."""
    if is_url(path):  # there the lock is taken with the transaction
        yield
        return
    from filelock import FileLock, Timeout

    place = f"{path}.lock"
    if os.path.islink(place):  # opening it would make or empty a file of somebody's choice
        raise NotAllowed(_("{path} is a symbolic link").format(path=place), f"rm {place}")
    try:
        with FileLock(place, timeout=LOCK_SECONDS if wait is None else wait, mode=0o600).acquire(
            poll_interval=POLL_SECONDS
        ):
            yield
    except Timeout as error:
        raise Busy(_("somebody else is writing to the store"), _("try again")) from error
    except PermissionError as error:
        raise NotAllowed(_("the store {path} may not be written").format(path=path)) from error
    except OSError as error:
        raise StreamError(_("the store {path} cannot be written: {why}").format(path=path, why=error)) from error
