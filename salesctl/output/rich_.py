"""Colour on a terminal, by rich; imported only there. Every text goes through the gate and then into Text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from salesctl.output.formats import layout
from salesctl.output.views import Table
from salesctl.text import clean


def render(table: Table, lang: str, room: int | None, mark: str) -> Iterator[str]:
    """The lines of the plain table, its title and header bold."""
    return bold(layout(table, lang, room, mark), room)


def bold(lines: Iterable[tuple[str, bool]], room: int | None) -> Iterator[str]:
    """Lines that are laid out, those marked so bold; rich measures and wraps nothing."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

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
    for line, strong in lines:
        console.print(Text(line, style="bold" if strong else ""), soft_wrap=True)
    yield buffer.getvalue()


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(clean(title), total=total)
        yield lambda n: bar.advance(task, n)
