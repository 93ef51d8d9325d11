"""A CSV file as rows with line numbers, whatever its encoding and delimiter; one row at a time."""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Iterator
from typing import NamedTuple

from salesctl.errors import BadFile, StreamError, because
from salesctl.i18n import _

CELL = 1 << 20  # marks in one cell; more is not a cell but a broken quote
SAMPLE = 1 << 16


class Row(NamedTuple):
    """One row: the line it begins in, its cells by header, what is wrong with its shape, and cells beyond the header."""

    line: int
    values: dict[str, str]
    problem: str = ""
    beyond: tuple[str, ...] = ()


class NoRows(BadFile):
    """A file without a mark in it."""


class NotUtf8(BadFile):
    """A file whose encoding must be said; `preview` is how its first lines read in the one that fits."""

    preview = ""


class TableFile:
    """A file that can be read more than once.

    A mark of UTF-8 or UTF-16 at its begin counts before `encoding`, and without either it is UTF-8; `or_utf8` takes one
    that is UTF-8 as that, for the files of a folder. Raises StreamError
    (9) when unreadable, BadFile (4) when no table: NoRows for an empty one, NotUtf8 for one in another encoding.
    """

    def __init__(self, path: str, encoding: str | None = None, *, or_utf8: bool = False) -> None:
        self.path = path
        sample = self._sample()
        self.encoding = self._encoding(sample, encoding, or_utf8)
        text = sample.decode(self.encoding, "ignore")
        if not text.strip():
            raise NoRows(_("{path} is empty").format(path=path))
        self.delimiter = _delimiter(text)
        self.header = self._header()

    def _sample(self) -> bytes:
        try:
            if os.path.isdir(self.path):
                raise StreamError(_("{path} is a folder").format(path=self.path))
            with open(self.path, "rb") as file:
                return file.read(SAMPLE)
        except OSError as error:
            why = because(error)
            raise StreamError(_("{path} cannot be read: {why}").format(path=self.path, why=why)) from error

    def _encoding(self, sample: bytes, asked: str | None, or_utf8: bool) -> str:
        if sample.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if asked is None or (or_utf8 and not self._broken("utf-8")):
            asked = "utf-8"
        line = self._broken(asked)
        if not line:
            return asked
        where = _("{path}, row {line}: not {encoding}").format(path=self.path, line=line, encoding=asked.upper())
        if asked.lower() in ("utf-8", "utf8") and not self._broken("gb18030"):
            error = NotUtf8(where, _("try --encoding gb18030"))
            error.preview = sample.decode("gb18030", "ignore")
            raise error
        raise BadFile(where, _("save it as UTF-8, or say its encoding with --encoding"))

    def _broken(self, encoding: str) -> int:
        """The first row that is no text in an encoding; 0 when all are."""
        done = 0
        with open(self.path, "rb") as file:
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                while block := file.read(SAMPLE):
                    decoder.decode(block)
                    done += block.count(b"\n")
                decoder.decode(b"", True)
            except UnicodeDecodeError as error:
                return done + error.object.count(b"\n", 0, error.start) + 1
            except UnicodeError:
                return 1
        return 0

    @property
    def name(self) -> str:
        return os.path.basename(self.path)

    def _header(self) -> list[str]:
        try:
            first = next(self._lines(), None)
        except csv.Error as error:
            raise BadFile(_("{path} is no table: {why}").format(path=self.path, why=error)) from error
        if not first or not any(cell.strip() for cell in first[1]):
            raise BadFile(_("{path} has no header line").format(path=self.path))
        names = [tidy(cell) for cell in first[1]]
        twins = sorted({name for name in names if name and names.count(name) > 1})
        if twins:
            raise BadFile(_("{path} has two columns named {name}").format(path=self.path, name=twins[0]))
        return names

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(CELL)
        with open(self.path, encoding=self.encoding, newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self.delimiter)
            line = 1
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    where = _("{path}, line {line}: {why}").format(path=self.path, line=line, why=error)
                    raise BadFile(where) from error
                except UnicodeDecodeError as error:
                    where = _("{path}, line {line}: not valid {encoding}")
                    raise BadFile(where.format(path=self.path, line=line, encoding=self.encoding)) from error
                if lines.over:  # a row that ends by itself is given out before the end of the file is met
                    raise BadFile(
                        _("{path}: the quote opened in row {line} never closes").format(path=self.path, line=line)
                    )
                yield line, cells
                line = reader.line_num + 1

    def rows(self) -> Iterator[Row]:
        """The rows after the header; an empty line is none. A row of another length has a problem."""
        lines = self._lines()
        next(lines, None)
        wanted = len(self.header)
        for line, cells in lines:
            if not any(cells):
                continue
            problem = ""
            if len(cells) != wanted:
                while len(cells) > wanted and not cells[-1].strip():
                    cells.pop()
                if len(cells) != wanted:
                    problem = _("{n} cells, the header has {wanted}").format(n=len(cells), wanted=wanted)
            yield Row(line, dict(zip(self.header, cells, strict=False)), problem, tuple(cells[wanted:]))


class _Lines:
    """The lines of a file, and whether its end was met."""

    def __init__(self, file: Iterator[str]) -> None:
        self.file, self.over = file, False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        for line in self.file:
            return line
        self.over = True
        raise StopIteration


def tidy(name: str) -> str:
    """A header without what exports put around it: BOM, blanks, a trailing *."""
    return name.strip("\ufeff \t\u3000").rstrip("*").strip()


def _delimiter(text: str) -> str:
    """The mark that splits the header best: comma, semicolon, tab or bar."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    counts = {mark: first.count(mark) for mark in ",;\t|"}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
