"""Bytes to standard output, all of them or an error: no print, no buffer that loses its end."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterable

from salesctl.errors import StreamError
from salesctl.i18n import _

CHUNK = 1 << 16
# What a screen is drawn with, in letters that every terminal has.
PLAIN = {"…": "...", "█": "#", "░": ".", "─": "-", "│": "|", "├": "|", "└": "`"}
PLAIN |= dict(zip("▁▂▃▄▅▆▇", "1234567", strict=True))


class ReaderGone(Exception):
    """Whoever read our output went away: exit 141, quietly."""


class Writer:
    """Collects text and writes it to a file descriptor until the last byte is taken; None is a stream that is closed."""

    def __init__(self, descriptor: int | None, encoding: str) -> None:
        self.descriptor = descriptor
        self.encoding = encoding
        self.encoder = codecs.getincrementalencoder(encoding)("backslashreplace")  # one mark of its kind, at the begin
        self.waiting: list[bytes] = []
        self.size = 0

    @property
    def unicode(self) -> bool:
        return self.encoding.lower().replace("-", "").startswith("utf")

    def write(self, text: str) -> None:
        """Take text; a character that the encoding has not becomes a plainer one or its escape."""
        if not self.unicode:
            text = "".join(mark if mark not in PLAIN or self.has(mark) else PLAIN[mark] for mark in text)
        self.take(self.encoder.encode(text))

    def take(self, data: bytes) -> None:
        """Take bytes as they are: of a file that is no text."""
        self.waiting.append(data)
        self.size += len(data)
        if self.size >= CHUNK:
            self.flush()

    def all(self, chunks: Iterable[str | bytes]) -> None:
        """Take whatever comes, text or bytes."""
        for chunk in chunks:
            if isinstance(chunk, bytes):
                self.take(chunk)
            else:
                self.write(chunk)

    def has(self, text: str) -> bool:
        """Whether the encoding can write a text as it is."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def flush(self) -> None:
        """Write all there is. Raises ReaderGone, or StreamError (9) when the stream is closed or full."""
        data = memoryview(b"".join(self.waiting))
        self.waiting, self.size = [], 0
        place = self.descriptor
        if place is None:
            if data:
                raise _unwritten(errno.EBADF)
            return
        while data:
            try:
                data = data[os.write(place, data) :]
            except BlockingIOError:
                self._wait(place)
            except BrokenPipeError as error:
                raise ReaderGone from error
            except OSError as error:
                raise _unwritten(error.errno) from error

    def _wait(self, place: int) -> None:
        import select

        select.select([], [place], [])


def _unwritten(number: int | None) -> StreamError:
    return StreamError(_("the output could not be written: {why}").format(why=_(os.strerror(number or errno.EIO))))


class Closed(io.TextIOBase):
    """A standard output that was closed before the start: whoever writes to it is told."""

    def write(self, text: str) -> int:
        raise _unwritten(errno.EBADF)


def encoding_of(stream: object) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


# A stream that was closed before the start is None, and its number may by now belong to a file of ours.
def stdout() -> Writer:
    return Writer(None if sys.stdout is None or isinstance(sys.stdout, Closed) else 1, encoding_of(sys.stdout))


def stderr() -> Writer:
    return Writer(None if sys.stderr is None else 2, encoding_of(sys.stderr))


def say(text: str) -> None:
    """A line to standard error; when nobody listens there, nothing happens."""
    try:
        writer = stderr()
        writer.write(text)
        writer.flush()
    except (StreamError, ReaderGone):
        return
