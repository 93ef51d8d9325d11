"""Files and folders to recognised tables, in the order their records need each other."""

from __future__ import annotations

import os
from collections.abc import Sequence

from salesctl.domain.nouns import NOUNS
from salesctl.errors import BadFile, StreamError, because
from salesctl.i18n import _
from salesctl.plain import Data
from salesctl.readers.csv_ import NoRows, NotUtf8, TableFile
from salesctl.readers.profiles import IMPORTED, Match, noun_of_file, recognise

ENDINGS = (".csv", ".tsv", ".txt")


class Source(Data, frozen=True):
    """A table of a file with what it is."""

    table: TableFile
    match: Match


def collect(
    paths: Sequence[str], more: dict[str, tuple[str | None, str]] | None = None, encoding: str | None = None
) -> tuple[list[Source], list[str], list[str]]:
    """The recognised tables, the files of folders that are none of ours, and the empty files that were named.

    Raises BadFile (4) for a file named alone that is not recognised, StreamError (9) for what cannot be read.
    """
    sources: list[Source] = []
    ignored: list[str] = []
    empty: list[str] = []
    for path in paths:
        if not os.path.isdir(path):
            try:
                table = TableFile(path, encoding)
            except NoRows:
                empty.append(path)
                continue
            match = recognise(table.header, more, table.path)
            if next(table.rows(), None) is None:
                empty.append(path)
                continue
            if match is None:
                raise _unknown(table)
            sources.append(Source(table, match))
            continue
        for name in _in(path):
            try:
                table = TableFile(os.path.join(path, name), encoding, or_utf8=True)
            except NotUtf8:
                raise
            except BadFile:
                ignored.append(name)
                continue
            match = recognise(table.header, more, table.path)
            if match is None:
                ignored.append(name)
            else:
                sources.append(Source(table, match))
    sources.sort(key=lambda source: (IMPORTED.index(source.match.noun), source.table.path))
    return sources, ignored, empty


def _in(path: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(path) if name.lower().endswith(ENDINGS))
    except OSError as error:
        raise StreamError(_("{path} cannot be read: {why}").format(path=path, why=because(error))) from error


def _unknown(table: TableFile) -> BadFile:
    headers = ", ".join(table.header[:12])
    noun = noun_of_file(table.path) or "customer"
    return BadFile(
        _("{path}: the columns are not recognised: {headers}").format(path=table.path, headers=headers),
        _('say what they are, as --map "{name}={field}"').format(
            name=table.header[0], field=f"{noun}.{NOUNS[noun].title}"
        ),
        columns=table.header,
    )
