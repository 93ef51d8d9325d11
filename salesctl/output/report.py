"""A report laid out: for a terminal or a mail as lines, as Markdown, as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from salesctl.i18n import _
from salesctl.output import formats
from salesctl.output.views import Report, Table
from salesctl.text import clean, wrap

ROOM = 80  # where lines of words are broken when nobody's terminal says so


def layout(report: Report, lang: str, room: int | None, mark: str) -> Iterator[tuple[str, bool]]:
    """The lines of a report, each with whether it is bold where that can be shown; tables are cut where the room ends."""
    yield clean(report.title), True
    for block in report.blocks:
        yield "", False
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
        yield from formats.layout(bare, lang, room, mark)


def _broken(line: str, room: int) -> list[str]:
    """A line of words in pieces that fit, each set in as far as the first."""
    inset = " " * (len(line) - len(line.lstrip()))
    return [inset + part for part in wrap(line.lstrip(), room - len(inset))] or [""]


def markup(report: Report, lang: str, style: str) -> Iterator[str]:
    """Markdown, or one HTML page that needs nothing else."""
    if style == "html":
        yield from formats.html_page(report.title, _html(report, lang), lang)
        return
    yield f"# {formats.md(clean(report.title))}\n"
    for block in report.blocks:
        if not isinstance(block, Table):
            yield "\n" + "".join(f"{formats.md(clean(line))}\n\n" for line in block).rstrip("\n") + "\n"
            continue
        yield f"\n## {formats.md(clean(block.title))}\n\n" if block.title else "\n"
        yield formats.grid(block, lang, style) + "\n"
        yield from (f"\n{formats.md(clean(line))}\n" for line in block.footer)


def _html(report: Report, lang: str) -> Iterator[str]:
    import html

    for block in report.blocks:
        if not isinstance(block, Table):
            yield from (formats.paragraph(line) for line in block)
            continue
        if block.title:
            yield f"<h2>{html.escape(clean(block.title))}</h2>\n"
        yield formats.grid(block, lang, "html") + "\n"
        yield from (formats.paragraph(line) for line in block.footer)
