"""The formats of an answer: text for people; tsv, csv, json, ndjson for programs; md and html for documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from salesctl.i18n import _
from salesctl.output.bars import narrower
from salesctl.output.values import cells, headers, human, jsonable, plain
from salesctl.output.views import Column, Row, Table
from salesctl.text import BIDI, HIDDEN, clean, crop, pad, width, wrap

GUARDED = ("=", "+", "-", "@", "\t", "\r")
GAP = "  "


def tsv(rows: Iterable[Row], columns: Sequence[Column], header: bool) -> Iterator[str]:
    """One line a row; tabs and line ends in a value are written as \\t and \\n."""
    if header:
        yield "\t".join(headers(columns)) + "\n"
    for row in rows:
        yield "\t".join(_tab_safe(plain(value)) for value in cells(row, columns)) + "\n"


def _tab_safe(text: str) -> str:
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text if text.isprintable() else clean(text)


def csv(rows: Iterable[Row], columns: Sequence[Column], header: bool, guard: bool = True) -> Iterator[str]:
    """RFC 4180 with LF; the guard puts a ' before a text that a spreadsheet would run and shows what could act.

    Without it the cells are what is stored, to the byte.
    """
    import csv as library
    import io

    buffer = io.StringIO()
    # The library quotes only the line ends it writes itself, and a lone CR must be quoted too.
    writer = library.writer(buffer, lineterminator="\r\n")

    def line(texts: Sequence[str]) -> str:
        writer.writerow(texts)
        written = buffer.getvalue()[:-2] + "\n"
        buffer.seek(0)
        buffer.truncate()
        return written

    if header:
        yield line(headers(columns))
    for row in rows:
        yield line([_guarded(value) if guard else plain(value) for value in cells(row, columns)])


def _guarded(value: Any) -> str:
    text = plain(value)
    if not isinstance(value, str | list | dict) and type(value) is not tuple:  # a Ratio is a tuple and a number
        return text
    safe = text
    if not text.isprintable():
        lines = text.replace("\r\n", "\n").split("\n")
        safe = "\n".join("\t".join(map(clean, line.split("\t"))) for line in lines)
    return f"'{safe}" if text.startswith(GUARDED) else safe


def _inert(text: str) -> str:
    """A cell of a page that may be pasted into a spreadsheet; a negative number stays one."""
    runs = text.lstrip().startswith(GUARDED) and not text.lstrip("-").replace(",", "").replace(".", "").isdigit()
    return f"'{text}" if runs and text not in ("-", "+") else text


def json(rows: Iterable[Row], columns: Sequence[Column], ascii_only: bool) -> Iterator[str]:
    """An array, one record a line, so that a long answer streams and still is JSON."""
    first = True
    for row in rows:
        yield ("[" if first else ",\n ") + dumps(picked(row, columns), ascii_only)
        first = False
    yield "[]\n" if first else "]\n"


def ndjson(rows: Iterable[Row], columns: Sequence[Column], ascii_only: bool) -> Iterator[str]:
    """One object a line."""
    for row in rows:
        yield dumps(picked(row, columns), ascii_only) + "\n"


def picked(row: Row, columns: Sequence[Column]) -> dict[str, Any]:
    """Every key of the columns, null where the row has nothing."""
    return {column.key: jsonable(row.get(column.key)) for column in columns}


def _escape(mark: re.Match[str]) -> str:
    """A mark as JSON escapes it: beyond the first plane as the two halves of its pair."""
    halves = mark.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{halves[at : at + 2].hex()}" for at in range(0, len(halves), 2))


def dumps(value: Any, ascii_only: bool = False) -> str:
    """JSON on one line; what could act on a terminal is written as its \\u escape, so nothing is lost."""
    import json as library

    text = library.dumps(jsonable(value), ensure_ascii=ascii_only, separators=(", ", ": "))
    return text if text.isprintable() else _acting().sub(_escape, text)


@cache
def _acting() -> re.Pattern[str]:
    """What JSON itself leaves raw: DEL, C1, bidi and zero-width marks, lone surrogates."""
    return re.compile(f"[\x7f-\x9f{''.join(sorted(BIDI | HIDDEN))}\ud800-\udfff]")


def text(table: Table, lang: str, room: int | None, mark: str = "…") -> Iterator[str]:
    """A table for people, laid out in `room` columns of the terminal; None crops nothing. `mark` says what is cut."""
    for line, _bold in layout(table, lang, room, mark):
        yield line + "\n"


def layout(table: Table, lang: str, room: int | None, mark: str) -> Iterator[tuple[str, bool]]:
    """The lines of a table, each with whether it is bold where that can be shown.

    With an empty `mark` nothing is cut: what has no room goes on in its column, one line below.
    """
    shown = [column for column in table.columns if column.screen]
    raw = list(table.rows)
    rows = [[human(row.get(column.key), column, lang) for column in shown] for row in raw]
    if table.title:
        yield clean(table.title), True
        yield "", False
    if rows:
        labels = [clean(_(column.label)) for column in shown]
        kept = _kept(shown, labels, rows, room, " " if table.tight else GAP)
        gone = [label for i, label in enumerate(labels) if i not in kept]
        shown, labels = [shown[i] for i in kept], [labels[i] for i in kept]
        rows = [[row[i] for i in kept] for row in rows]
        dated = [any(isinstance(row.get(one.key), date) for row in raw) for one in shown]
        soft = [one.align == "l" and not one.whole and not day for one, day in zip(shown, dated, strict=True)]
        gap = " " if table.tight and room is not None and _needed(labels, rows, GAP) > room else GAP
        least = [_least(c, [*cells], mark) for c, cells in zip(shown, zip(labels, *rows, strict=True), strict=True)]
        sizes = fit(shown, labels, rows, soft, room, gap, least)
        columns = [_squeezed(c, cells, s) for c, cells, s in zip(shown, zip(*rows, strict=True), sizes, strict=True)]
        rows = [list(row) for row in zip(*columns, strict=True)]
        for number, row in enumerate([labels, *rows]):
            for cells in [row] if mark else _wrapped(row, sizes):
                parts = [pad(crop(t, s, mark), s, c.align) for t, c, s in zip(cells, shown, sizes, strict=True)]
                line = gap.join(parts).rstrip()
                yield (line if room is None or not mark else crop(line, room, mark)), number == 0
        if gone:
            yield crop(_("no room for: {names}").format(names=", ".join(gone)), room or 0, mark), False
    for line in table.footer:
        for part in _folded(clean(line), room):
            yield part, False


def _squeezed(column: Column, cells: Sequence[str], size: int) -> list[str]:
    """The cells of a column in their size, where they can be told in less: bars, refs."""
    if not column.refs:
        return narrower(cells, size)
    from salesctl.output.folding import fewer

    return [fewer(cell, size) for cell in cells]


def _least(column: Column, cells: Sequence[str], mark: str) -> int:
    """What a column cannot go below: one ref and the rest, and its label; where nothing is cut, its longest word."""
    if not column.refs:
        return 0 if mark else _longest(cells)
    from salesctl.output.folding import fewer

    label, *refs = cells
    return max([width(label), *(width(fewer(cell, 0)) for cell in refs)])


def _longest(cells: Sequence[str]) -> int:
    """The longest word of a column, in columns of the terminal; bars are none."""
    return max((width(part.strip()) for cell in cells if cell.strip("█") for part in wrap(cell, 1)), default=0)


def _wrapped(row: Sequence[str], sizes: Sequence[int]) -> Iterator[list[str]]:
    """A row as lines whose cells fit their columns."""
    from itertools import zip_longest

    columns = []
    for text, size in zip(row, sizes, strict=True):
        lead = text[: len(text) - len(text.lstrip())]
        columns.append(
            [text] if width(text) <= size else [lead + part for part in wrap(text.strip(), size - len(lead))]
        )
    yield from (list(cells) for cells in zip_longest(*columns, fillvalue=""))


def records(table: Table, lang: str, room: int) -> Iterator[tuple[str, bool]]:
    """A table that is too wide, nothing cut: each row under its first cell, every other with its label, folded."""
    from salesctl.output.folding import fold

    first, *others = [column for column in table.columns if column.screen]
    for row in table.rows:
        cells = [(clean(_(one.label)), human(row.get(one.key), one, lang).strip()) for one in others]
        parts = "   ".join(f"{label} {cell}" for label, cell in cells if cell)
        yield from ((line, False) for line in fold(f"{human(row.get(first.key), first, lang)}  {parts}".rstrip(), room))
    yield from ((part, False) for line in table.footer for part in fold(clean(line), room))


def _kept(
    columns: Sequence[Column], labels: Sequence[str], rows: Sequence[Sequence[str]], room: int | None, gap: str
) -> list[int]:
    """The places of the columns that are shown: all, or without the spare ones that there is no room for."""
    kept = list(range(len(columns)))
    spare = sorted((i for i in kept if columns[i].spare), key=lambda i: columns[i].spare)
    while spare and room is not None:
        if _needed([labels[i] for i in kept], [[row[i] for i in kept] for row in rows], gap) <= room:
            break
        kept.remove(spare.pop())
    return kept


def _folded(line: str, room: int | None) -> list[str]:
    if room is None or len(line) * 2 <= room:
        return [line]
    from salesctl.output.folding import fold

    return fold(line, room)


def _needed(labels: Sequence[str], rows: Sequence[Sequence[str]], gap: str) -> int:
    """How wide a table is with nothing cut."""
    return sum(max(map(width, column)) for column in zip(labels, *rows, strict=True)) + len(gap) * (len(labels) - 1)


def fit(
    columns: Sequence[Column],
    labels: Sequence[str],
    rows: Sequence[Sequence[str]],
    soft: Sequence[bool],
    room: int | None,
    gap: str,
    least: Sequence[int],
) -> list[int]:
    """The widths of the columns: what they need, or less for the growing ones and then for all that are soft.

    Numbers and dates are never cut; where even that does not fit, the line ends where the room does. None becomes
    narrower than its `least`, and refs go down to it first.
    """
    sizes = [max([width(labels[i]), *(width(row[i]) for row in rows)]) for i in range(len(columns))]
    if room is None:
        return sizes
    over = sum(sizes) + len(gap) * (len(sizes) - 1) - room
    growing = [i for i, column in enumerate(columns) if column.grow and soft[i]]
    others = [i for i in range(len(columns)) if soft[i]]
    refs = [i for i in others if columns[i].refs]
    for group, floor in ((refs, 0), (growing, 12), (others, 12), (others, 6), (others, 4)):
        while over > 0:
            wide = [i for i in group if sizes[i] > max(floor, least[i])]
            widest = max(wide, key=lambda i: sizes[i], default=None)
            if widest is None:
                break
            cut = min(over, max(1, sizes[widest] // 8), sizes[widest] - max(floor, least[widest]))
            sizes[widest] -= cut
            over -= cut
    return sizes


def markup(table: Table, lang: str, style: str) -> Iterator[str]:
    """Markdown or HTML by tabulate, from strings that are ready."""
    if style == "html":
        foot = "".join(paragraph(line) for line in table.footer)
        yield from html_page(table.title, [f"{grid(table, lang, style)}\n{foot}"], lang)
        return
    if table.title:
        yield f"## {md(clean(table.title))}\n\n"
    yield grid(table, lang, style) + "\n"
    for line in table.footer:
        yield f"\n{md(clean(line))}\n"


def grid(table: Table, lang: str, style: str) -> str:
    """The rows of a table alone, in Markdown or HTML."""
    import html

    from tabulate import tabulate

    shown = [column for column in table.columns if column.screen]
    rows = [[human(row.get(column.key), column, lang) for column in shown] for row in table.rows]
    labels = [clean(_(column.label)) for column in shown]
    align = ["right" if column.align == "r" else "left" for column in shown] if rows else None
    if style == "html":
        labels = [html.escape(label) for label in labels]
        rows = [[html.escape(_inert(text)) for text in row] for row in rows]
        return str(tabulate(rows, labels, tablefmt="unsafehtml", disable_numparse=True, colalign=align))
    labels, rows = [md(label) for label in labels], [[md(text) for text in row] for row in rows]
    return str(tabulate(rows, labels, tablefmt="pipe", disable_numparse=True, colalign=align))


def html_page(title: str, parts: Iterable[str], lang: str) -> Iterator[str]:
    """A whole page around parts that are HTML already."""
    import html

    name = html.escape(clean(title))
    style = "body{font-family:sans-serif}th,td{padding:.2em .8em;border-bottom:1px solid #ddd}"
    yield f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{name}</title>'
    yield f"<style>{style}</style></head><body>\n<h1>{name}</h1>\n"
    yield from parts
    yield "</body></html>\n"


def paragraph(line: str) -> str:
    import html

    return f"<p>{html.escape(clean(line))}</p>\n"


def md(text: str) -> str:
    """Text that Markdown takes as it is."""
    for mark in "\\|*_`[]~":
        text = text.replace(mark, "\\" + mark)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
