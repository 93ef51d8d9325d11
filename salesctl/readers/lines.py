"""A list as people paste it: a record a line, its cells apart by tabs or commas."""

from __future__ import annotations

import csv
from collections.abc import Iterator

MOST = 10_000  # lines of one list


def cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, by their numbers from 1, each as its cells; quotes keep a comma inside a cell."""
    for number, line in enumerate(text.split("\n"), start=1):
        row = line.strip(" \r\ufeff")
        if not row.strip():
            continue
        mark = next((one for one in ("\t", ",", "，") if one in row), ",")
        yield number, [one.strip() for one in next(csv.reader([row], delimiter=mark, skipinitialspace=True), [])]
