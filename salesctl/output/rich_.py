"""Colour on a terminal, by rich; imported only there. Every text goes through the gate and then into Text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from salesctl.i18n import _
from salesctl.output.formats import GAP, fit
from salesctl.output.values import human
from salesctl.output.views import Table
from salesctl.text import clean, crop


def render(table: Table, lang: str, room: int) -> Iterator[str]:
    """The table with a bold header, in the widths the plain one has."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = [column for column in table.columns if column.screen]
    rows = [[human(row.get(column.key), column, lang) for column in shown] for row in table.rows]
    labels = [_(column.label) for column in shown]
    buffer = StringIO()
    console = Console(
        file=buffer,
        width=room,
        force_terminal=True,
        markup=False,
        emoji=False,
        highlight=False,
        color_system="standard",
    )
    if table.title:
        console.print(Text(clean(table.title), style="bold"), soft_wrap=True)
        console.print()
    if rows:
        grid = RichTable(box=None, padding=(0, len(GAP), 0, 0), pad_edge=False, show_edge=False, header_style="bold")
        sizes = fit(shown, labels, rows, room)
        for column, label, size in zip(shown, labels, sizes, strict=True):
            justify = "right" if column.align == "r" else "left"
            grid.add_column(Text(label), justify=justify, width=size, no_wrap=True, overflow="ellipsis")  # type: ignore[arg-type]
        for row in rows:
            grid.add_row(*(Text(crop(text, size)) for text, size in zip(row, sizes, strict=True)))
        console.print(grid)
    for line in table.footer:
        console.print(Text(clean(line)), soft_wrap=True)
    yield buffer.getvalue()


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(clean(title), total=total)
        yield lambda n: bar.advance(task, n)
