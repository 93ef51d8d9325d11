"""The formats of an answer: text for people; tsv, csv, json, ndjson for programs; md and html for documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from salesctl.i18n import _
from salesctl.output.values import cells, headers, human, jsonable, plain
from salesctl.output.views import Column, Row, Table
from salesctl.text import clean, crop, pad, width

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
    """RFC 4180; a text that a spreadsheet would run gets a ' before it, unless the guard is off."""
    import csv as library
    import io

    buffer = io.StringIO()
    writer = library.writer(buffer, lineterminator="\n")
    if header:
        writer.writerow(headers(columns))
    for row in rows:
        writer.writerow([_guarded(value) if guard else plain(value) for value in cells(row, columns)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _guarded(value: Any) -> str:
    text = plain(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(GUARDED) else text


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


def dumps(value: Any, ascii_only: bool = False) -> str:
    import json as library

    text = library.dumps(jsonable(value), ensure_ascii=ascii_only, separators=(", ", ": "))
    return text if ascii_only else text.encode("utf-8", "backslashreplace").decode("utf-8")


def text(table: Table, lang: str, room: int | None) -> Iterator[str]:
    """A table for people, laid out in `room` columns of the terminal; None crops nothing."""
    shown = [column for column in table.columns if column.screen]
    rows = [[human(row.get(column.key), column, lang) for column in shown] for row in table.rows]
    if table.title:
        yield clean(table.title) + "\n\n"
    if rows:
        labels = [_(column.label) for column in shown]
        sizes = fit(shown, labels, rows, room)
        yield _line(labels, shown, sizes)
        for row in rows:
            yield _line(row, shown, sizes)
    for line in table.footer:
        yield clean(line) + "\n"


def fit(columns: Sequence[Column], labels: Sequence[str], rows: Sequence[Sequence[str]], room: int | None) -> list[int]:
    """The widths of the columns: what they need, or less for the growing and then the widest ones."""
    sizes = [max([width(labels[i]), *(width(row[i]) for row in rows)]) for i in range(len(columns))]
    if room is None:
        return sizes
    over = sum(sizes) + len(GAP) * (len(sizes) - 1) - room
    order = [i for i, column in enumerate(columns) if column.grow]
    order += [i for i in range(len(columns)) if i not in order and columns[i].align == "l"]
    for floor in (12, 6):
        while over > 0:
            widest = max(order, key=lambda i: sizes[i], default=None)
            if widest is None or sizes[widest] <= floor:
                break
            cut = min(over, max(1, sizes[widest] // 8), sizes[widest] - floor)
            sizes[widest] -= cut
            over -= cut
    return sizes


def _line(texts: Sequence[str], columns: Sequence[Column], sizes: Sequence[int]) -> str:
    parts = [pad(crop(t, s), s, c.align) for t, c, s in zip(texts, columns, sizes, strict=True)]
    return GAP.join(parts).rstrip() + "\n"


def markup(table: Table, lang: str, style: str) -> Iterator[str]:
    """Markdown or HTML by tabulate, from strings that are ready."""
    import html

    from tabulate import tabulate

    shown = [column for column in table.columns if column.screen]
    rows = [[human(row.get(column.key), column, lang) for column in shown] for row in table.rows]
    align = ["right" if column.align == "r" else "left" for column in shown]
    labels = [_(column.label) for column in shown]
    if style == "html":
        cell = [[html.escape(text) for text in row] for row in rows]
        title = html.escape(clean(table.title))
        body = tabulate(cell, labels, tablefmt="unsafehtml", disable_numparse=True, colalign=align if rows else None)
        foot = "".join(f"<p>{html.escape(clean(line))}</p>\n" for line in table.footer)
        style_text = "body{font-family:sans-serif}th,td{padding:.2em .8em;border-bottom:1px solid #ddd}"
        yield f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        yield f"<style>{style_text}</style></head><body>\n<h1>{title}</h1>\n{body}\n{foot}</body></html>\n"
        return
    cell = [[_md(text) for text in row] for row in rows]
    if table.title:
        yield f"## {_md(clean(table.title))}\n\n"
    yield (tabulate(cell, labels, tablefmt="pipe", disable_numparse=True, colalign=align if rows else None) + "\n")
    for line in table.footer:
        yield f"\n{_md(clean(line))}\n"


def _md(text: str) -> str:
    for mark in "\\|*_`[]<>":
        text = text.replace(mark, "\\" + mark if mark not in "<>" else {"<": "&lt;", ">": "&gt;"}[mark])
    return text
