"""A CSV file as rows with line numbers, whatever its encoding and delimiter; one row at a time."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from salesctl.errors import BadFile, StreamError
from salesctl.i18n import _

CELL = 1 << 20  # marks in one cell; more is not a cell but a broken quote
SAMPLE = 1 << 16


class Row(NamedTuple):
    """One row: the line it begins in, its cells by header, and what is wrong with its shape, if anything."""

    line: int
    values: dict[str, str]
    problem: str = ""


class TableFile:
    """A file that can be read more than once. Raises StreamError (9) when unreadable, BadFile (4) when no table."""

    def __init__(self, path: str) -> None:
        self.path = path
        sample = self._sample()
        self.encoding = _encoding(sample, path, self._whole)
        text = _decoded(sample, self.encoding)
        if not text.strip():
            raise BadFile(_("{path} is empty").format(path=path))
        self.delimiter = _delimiter(text)
        self.header = self._header()

    def _sample(self) -> bytes:
        try:
            if os.path.isdir(self.path):
                raise StreamError(_("{path} is a folder").format(path=self.path))
            with open(self.path, "rb") as file:
                return file.read(SAMPLE)
        except OSError as error:
            why = error.strerror or str(error)
            raise StreamError(_("{path} cannot be read: {why}").format(path=self.path, why=why)) from error

    def _whole(self, encoding: str) -> bool:
        """Whether the whole file can be read in an encoding."""
        try:
            with open(self.path, encoding=encoding, newline="") as file:
                while file.read(SAMPLE):
                    pass
        except UnicodeDecodeError:
            return False
        return True

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
            reader = csv.reader(file, delimiter=self.delimiter)
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
            yield Row(line, dict(zip(self.header, cells, strict=False)), problem)


def tidy(name: str) -> str:
    """A header without what exports put around it: BOM, blanks, a trailing *."""
    return name.strip("\ufeff \t\u3000").rstrip("*").strip()


def _encoding(sample: bytes, path: str, whole: Callable[[str], bool]) -> str:
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        if whole(encoding):
            return encoding
    raise BadFile(_("{path} is neither UTF-8 nor GB18030").format(path=path), _("save it as UTF-8 and try again"))


def _decoded(sample: bytes, encoding: str) -> str:
    return sample.decode(encoding, "ignore")


def _delimiter(text: str) -> str:
    """The mark that splits the header best: comma, semicolon, tab or bar."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    counts = {mark: first.count(mark) for mark in ",;\t|"}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
