"""Bytes to standard output, all of them or an error: no print, no buffer that loses its end."""

from __future__ import annotations

import errno
import os
import sys

from salesctl.errors import StreamError
from salesctl.i18n import _

CHUNK = 1 << 16


class ReaderGone(Exception):
    """Whoever read our output went away: exit 141, quietly."""


class Writer:
    """Collects text and writes it to a file descriptor until the last byte is taken."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        self.descriptor = descriptor
        self.encoding = encoding
        self.waiting: list[bytes] = []
        self.size = 0

    @property
    def unicode(self) -> bool:
        return self.encoding.lower().replace("-", "").startswith("utf")

    def write(self, text: str) -> None:
        """Take text; a character that the encoding has not becomes its escape."""
        data = text.encode(self.encoding, "backslashreplace")
        self.waiting.append(data)
        self.size += len(data)
        if self.size >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write all there is. Raises ReaderGone, or StreamError (9) when the stream is closed or full."""
        data = memoryview(b"".join(self.waiting))
        self.waiting, self.size = [], 0
        while data:
            try:
                data = data[os.write(self.descriptor, data) :]
            except BlockingIOError:
                self._wait()
            except BrokenPipeError as error:
                raise ReaderGone from error
            except OSError as error:
                raise StreamError(
                    _("the output could not be written: {why}").format(why=os.strerror(error.errno or errno.EIO))
                ) from error

    def _wait(self) -> None:
        import select

        select.select([], [self.descriptor], [])


def encoding_of(stream: object) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def stdout() -> Writer:
    return Writer(1, encoding_of(sys.stdout))


def say(text: str) -> None:
    """A line to standard error; when nobody listens there, nothing happens."""
    try:
        writer = Writer(2, encoding_of(sys.stderr))
        writer.write(text)
        writer.flush()
    except (StreamError, ReaderGone):
        return
