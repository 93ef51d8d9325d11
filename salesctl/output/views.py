"""What a command hands over to be printed: values with columns, never text that is laid out already but for screens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from salesctl.plain import Data

Row = Mapping[str, Any]


class Column(Data, frozen=True):
    """One key of the answer: `screen` shows it to people, `data` gives it to scripts; kind "money" takes two columns
    of a TSV, "span" (a mapping of label, start and end) three.

    A `whole` one is never cut; a `spare` one is left away where the room is short, the one with the most first. One of
    `refs` ("D3 D9 +12") has fewer of them where the room is short and counts the rest; none is cut.
    """

    key: str
    label: str
    align: str = "l"
    kind: str = ""
    grow: bool = False
    screen: bool = True
    data: bool = True
    show: Callable[[Any], str] | None = None
    whole: bool = False
    spare: int = 0
    refs: bool = False


class Table:
    """Rows of values. `total` is how many there are in all when only some are here; `hint` offers one command.

    A `tight` one takes one blank between columns where two would cut something.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        columns: Sequence[Column],
        title: str = "",
        footer: Sequence[str] = (),
        hint: str = "",
        empty: str = "",
        total: int | None = None,
        limit: int = 0,
        tight: bool = False,
        wrap: bool = True,
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.title = title
        self.footer = footer
        self.hint = hint
        self.empty = empty
        self.total = total
        self.limit = limit
        self.tight = tight
        self.wrap = wrap  # JSON gives an array; False gives the first row alone


class Screen(Data, frozen=True):
    """Lines that are laid out for people, and the same answer as data for scripts."""

    lines: Sequence[str]
    data: Any
    rows: Iterable[Row] | None = None
    columns: Sequence[Column] = ()
    hint: str = ""
    text_in_pipe: bool = False


class Document(Data, frozen=True):
    """A whole page in several forms, each made when it is asked for: text, or bytes of a file that is no text.

    `usual` is the form where none is asked for; `data` is the same for scripts, `rows` what TSV and CSV give of it.
    """

    forms: Mapping[str, Callable[[], str | bytes]]
    usual: str
    data: Any
    rows: Iterable[Row] | None = None
    columns: Sequence[Column] = ()
    told: str = ""  # what is said when it went into a file


class Chart(Data, frozen=True):
    """A picture of numbers: `kind` is bar (lying), column or line; a number of None is left blank.

    `shown` are the numbers as people read them, in the order of `series`.
    """

    kind: str
    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    shown: Sequence[Sequence[str]]


class Topic(Data, frozen=True):
    """One matter of a page: its label and what there is to say, or a table; a chart where the page can show one.

    `big` is the figure that says most, for the head of a page.
    """

    key: str
    label: str
    lines: Sequence[str] = ()
    table: Table | None = None
    chart: Chart | None = None
    big: str = ""


class Topics(Data, frozen=True):
    """Matters one below the other, their labels in a column of their own."""

    topics: Sequence[Topic]


class Page(Data, frozen=True):
    """A report as one HTML page: its title and matters; `next` are commands to go on with."""

    title: str
    topics: Sequence[Topic]
    next: Sequence[str] = ()


class Report(Data, frozen=True):
    """A page made of tables and lines, the same as data for scripts, and its main rows for a spreadsheet.

    A pipe gets the page too where `text_in_pipe`, else the rows. A block of lines is broken where the room ends.
    With `page` the HTML is that page, with charts.
    """

    title: str
    blocks: Sequence[Table | Topics | Sequence[str]]
    data: Any
    rows: Sequence[Row]
    columns: Sequence[Column]
    hint: str = ""
    text_in_pipe: bool = True
    page: Page | None = None


class Message(Data, frozen=True):
    """The answer to a write: the ref for scripts, lines for people, the record for JSON."""

    ref: str | None
    lines: Sequence[str]
    record: Any = None
    notes: Sequence[str] = ()
