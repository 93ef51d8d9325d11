"""A report laid out: for a terminal or a mail as lines, as Markdown, as one HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy

from salesctl.i18n import _
from salesctl.output import formats
from salesctl.output.views import Report, Table, Topic, Topics
from salesctl.plain import replace
from salesctl.text import clean, pad, width, wrap

NARROW = 60  # columns below which a label stands on a line of its own
ROOM = 78  # of a mail, where nobody's terminal says how wide: lines of words and cells are broken


def layout(report: Report, lang: str, room: int | None, mark: str) -> Iterator[tuple[str, bool]]:
    """The lines of a report, each with whether it is bold where that can be shown; tables are cut where the room ends."""
    yield clean(report.title), True
    for block in report.blocks:
        yield "", False
        if isinstance(block, Topics):
            yield from ((line, False) for line in _topics(block, room or ROOM))
            continue
        if not isinstance(block, Table):
            for line in block:
                yield from ((part, False) for part in _broken(clean(line), room or ROOM))
            continue
        if block.title:
            yield clean(block.title), True
        rows = list(block.rows)
        if not rows:
            yield clean(block.empty or _("nothing found")), False
        bare = copy(block)
        bare.rows, bare.title = rows, ""
        yield from formats.layout(bare, lang, room, mark) if room else _mailed(bare, lang)


def _mailed(table: Table, lang: str) -> list[tuple[str, bool]]:
    """A table in a mail: nothing is cut; squeezed, its cells broken, and where even that is too wide a record a row.

    Only what is the most spare, a row of small bars, is left away and said so.
    """
    table.columns = [replace(column, spare=column.spare if column.spare > 1 else 0) for column in table.columns]
    table.tight = True
    found = list(formats.layout(table, lang, ROOM, ""))
    return found if all(width(line) <= ROOM for line, _bold in found) else list(formats.records(table, lang, ROOM))


def _broken(line: str, room: int) -> list[str]:
    """A line of words in pieces that fit, each set in as far as the first."""
    inset = " " * (len(line) - len(line.lstrip()))
    return [inset + part for part in wrap(line.lstrip(), room - len(inset))] or [""]


def _topics(block: Topics, room: int) -> Iterator[str]:
    """A line each, label first; what does not fit goes on under the words, not under the label."""
    wide = max((width(clean(topic.label)) for topic in block.topics), default=0) + 2
    inset = 2 if room < NARROW else wide
    for topic in block.topics:
        lead = clean(topic.label)
        if room < NARROW:
            yield lead
            lead = ""
        for line in topic.lines:
            for part in _pieces(clean(line), room - inset):
                yield pad(lead, inset) + part
                lead = ""


def _pieces(line: str, room: int) -> list[str]:
    """A line in pieces that fit, broken between its parts (two blanks or more) where that is possible."""
    pieces, current = [], ""
    for part in re.split(r"(?<=\S)(?= {2,}\S)", line):
        if current and width(current + part) > room:
            pieces.append(current)
            current = ""
        current += part if current else part.lstrip()
        if width(current) > room:
            *whole, current = wrap(current, room)
            pieces += whole
    return [*pieces, current] if current else pieces


def markup(report: Report, lang: str, style: str) -> Iterator[str]:
    """Markdown, or one HTML page that needs nothing else."""
    if style == "html" and report.page:
        from salesctl.output.page import html

        yield html(report.page, lang)
        return
    if style == "html":
        yield from formats.html_page(report.title, _html(report, lang), lang)
        return
    yield f"# {formats.md(clean(report.title))}\n"
    for block in report.blocks:
        if isinstance(block, Topics):
            yield "\n" + "".join(_item(topic) for topic in block.topics)
            continue
        if not isinstance(block, Table):
            yield "\n" + "".join(f"{formats.md(clean(line))}\n\n" for line in block).rstrip("\n") + "\n"
            continue
        yield f"\n## {formats.md(clean(block.title))}\n\n" if block.title else "\n"
        yield formats.grid(block, lang, style) + "\n"
        yield from (f"\n{formats.md(clean(line))}\n" for line in block.footer)


def _item(topic: Topic) -> str:
    """A matter as an item of a list in Markdown."""
    lines = [formats.md(clean(line)) for line in topic.lines]
    return f"- **{formats.md(clean(topic.label))}**: " + "  \n  ".join(lines) + "\n"


def _html(report: Report, lang: str) -> Iterator[str]:
    import html

    for block in report.blocks:
        if isinstance(block, Topics):
            for topic in block.topics:
                yield f"<h2>{html.escape(clean(topic.label))}</h2>\n"
                yield from (formats.paragraph(line) for line in topic.lines)
            continue
        if not isinstance(block, Table):
            yield from (formats.paragraph(line) for line in block)
            continue
        if block.title:
            yield f"<h2>{html.escape(clean(block.title))}</h2>\n"
        yield formats.grid(block, lang, "html") + "\n"
        yield from (formats.paragraph(line) for line in block.footer)
