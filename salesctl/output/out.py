"""Out: one answer, in the format asked for, to the place asked for; words for people go to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from salesctl.errors import Refused, SalesError, UsageError
from salesctl.i18n import _
from salesctl.output import formats
from salesctl.output.views import Column, Document, Message, Report, Screen, Table
from salesctl.output.writer import say, stderr, stdout
from salesctl.text import clean, clean_lines

FORMATS = ("table", "text", "tsv", "csv", "json", "ndjson", "md", "html")
FILES = ("xlsx",)  # formats that only a Document has, and that no terminal shows
ENDINGS = {f".{kind}": kind for kind in ("json", "ndjson", "csv", "tsv", "md", "html", "xlsx")} | {".txt": "text"}
PEOPLE = ("table", "text", "md", "html")  # forms that people read


def _no_form(kind: str, names: Iterable[str]) -> UsageError:
    return UsageError(
        _("this answer cannot be written as {format}").format(format=kind),
        _("one of: {names}").format(names=", ".join(names)),
    )


class Out:
    """How this command answers. `width` is the room of the terminal, None where nothing is cropped; `bom` is for CSV."""

    def __init__(
        self,
        format: str | None = None,
        lang: str = "en",
        quiet: bool = False,
        fields: str | None = None,
        header: bool = True,
        path: str | None = None,
        overwrite: bool = False,
        color: bool = False,
        tty: bool = False,
        err_tty: bool = False,
        width: int | None = None,
        no_input: bool = False,
        pager: str | None = None,
        bom: bool = False,
        config: Callable[[], str] = str,
    ) -> None:
        self.format, self.lang, self.quiet = format, lang, quiet
        self.fields, self.header = fields, header
        self.path, self.overwrite = path, overwrite
        self.tty, self.err_tty, self.color, self.width = tty, err_tty, color, width
        self.no_input = no_input
        self.pager = pager
        self.bom, self.config = bom, config
        self.before: Callable[[], object] = object  # what may yet refuse the answer
        self.explicit = self.format is not None
        if self.path == "-":
            self.path = None
        if self.format is None and self.path:
            self.format = ENDINGS.get(os.path.splitext(self.path)[1].lower())
            if self.format is None and (overwrite or not os.path.exists(self.path)):
                path, self.path = self.path, None
                raise UsageError(
                    _("the ending of {path} says no format").format(path=clean(path)),
                    _("one of: {names}; or say it with -O").format(names=" ".join(ENDINGS)),
                )
        if self.format is not None and self.format not in (*FORMATS, *FILES):
            wrong, self.format = self.format, None
            raise UsageError(
                _("unknown format {word}").format(word=clean(wrong)),
                _("one of: {names}").format(names=", ".join(FORMATS)),
            )

    @property
    def is_json(self) -> bool:
        return self.format in ("json", "ndjson")

    @property
    def human(self) -> bool:
        """Whether the answer is laid out for people on a terminal."""
        return self.tty and self.format in (None, "table", "text") and not self.path

    @property
    def read(self) -> bool:
        """Whether people read the answer: on a terminal, or where a form for people was asked for."""
        return self.human or self.format in PEOPLE

    def emit(self, view: Table | Screen | Document | Report | Message, guard: bool = True) -> None:
        """Print one view."""
        self.before()
        if isinstance(view, Message):
            self._message(view)
        elif isinstance(view, Document):
            self._document(view, guard)
        elif self.format in FILES:
            raise _no_form(self.format, FORMATS)
        elif isinstance(view, Screen):
            self._screen(view, guard)
        elif isinstance(view, Report):
            self._report(view, guard)
        else:
            self._table(view, guard)

    def _table(self, table: Table, guard: bool) -> None:
        kind = self.format or ("table" if self.tty and not self.path else "tsv")
        data = self._columns(table.columns)
        if data is None:
            return
        if kind in PEOPLE and self.fields:
            table.columns = [Column(c.key, c.label, c.align, c.kind, c.grow, True, True, c.show) for c in data]
        if self.human:
            rows = list(table.rows)
            table.rows = rows
            if not rows:
                self.note(table.empty or _("nothing found"))
                if not (table.title and table.footer):
                    return
        self._write(self._rendered(table, kind, data, guard))
        if self.human:
            self._after(table)

    def _rendered(self, table: Table, kind: str, data: Sequence[Column], guard: bool) -> Iterable[str]:
        ascii_only = not self._unicode()
        if kind == "json" and not table.wrap:
            return [formats.dumps(formats.picked(row, data), ascii_only) + "\n" for row in table.rows]
        if kind in ("json", "ndjson"):
            return getattr(formats, kind)(table.rows, data, ascii_only)  # type: ignore[no-any-return]
        if kind == "tsv":
            return formats.tsv(table.rows, data, self.header)
        if kind == "csv":
            lines = formats.csv(table.rows, data, self.header, guard)
            return chain(["\ufeff"], lines) if self.bom and self._unicode() else lines
        if kind in ("md", "html"):
            return formats.markup(table, self.lang, kind)
        return self._laid_out(lambda room, mark: formats.layout(table, self.lang, room, mark))

    def _laid_out(self, layout: Callable[[int | None, str], Iterable[tuple[str, bool]]]) -> Iterable[str]:
        """Lines for people, cut where the terminal ends, bold where it can show that."""
        room = self.width if self.human else None
        lines = layout(room, "…" if self.path or stdout().has("…") else "...")
        if self.color and not self.path:
            from salesctl.output.rich_ import bold

            return bold(lines, room)
        return (line + "\n" for line, _bold in lines)

    def _columns(self, columns: Sequence[Column]) -> list[Column] | None:
        """The columns that are data, or those that --fields names; None after `--fields help`."""
        data = [column for column in columns if column.data]
        if not self.fields:
            return data
        known = {column.key: column for column in data}
        if self.fields == "help":
            self._write(f"{key}\n" for key in known)
            return None
        words = [word.strip().replace("-", "_") for word in self.fields.split(",") if word.strip()]
        unknown = [word for word in words if word not in known] if words else [self.fields]
        if unknown:
            raise UsageError(
                _("there is no field {word}").format(word=clean(unknown[0])),
                _("the fields are: {names}").format(names=", ".join(known)),
                fields=list(known),
            )
        return [known[word] for word in words]

    def _after(self, table: Table) -> None:
        rows = table.rows
        shown = len(rows) if isinstance(rows, list) else 0
        if table.total is not None and table.total > shown:
            self.note(_("{n} of {total}; all of them: -n 0").format(n=f"{shown:,}", total=f"{table.total:,}"))
        if table.hint:
            self.note(table.hint)

    def _screen(self, screen: Screen, guard: bool) -> None:
        kind = self.format
        if kind is None:
            kind = "text" if (self.tty or screen.text_in_pipe) and not self.path else "tsv"
        if kind in PEOPLE or (kind in ("tsv", "csv") and screen.rows is None):
            lines = [clean(line) for line in screen.lines]
            if self.human and self.width:
                lines = self._folded(lines, self.width)
            if kind == "html":
                import html

                body = html.escape("\n".join(lines))
                lines = [f'<!doctype html><html lang="{self.lang}"><meta charset="utf-8"><pre>{body}</pre></html>']
            elif kind == "md":
                fence = "`" * max([3, *(len(run) + 1 for line in lines for run in line.split() if "```" in run)])
                lines = [fence, *lines, fence]
            self._write(line + "\n" for line in lines)
            if self.human and screen.hint:
                self.note(screen.hint)
            return
        if kind in ("tsv", "csv"):
            self._table(Table(screen.rows or [], screen.columns), guard)
            return
        data = screen.data
        if self.fields and isinstance(data, list):
            self._table(Table(data, screen.columns), guard)
            return
        if self.fields and isinstance(data, dict):
            columns = self._columns([Column(key, key) for key in data])
            if columns is None:
                return
            data = {column.key: data[column.key] for column in columns}
        many = data if kind == "ndjson" and isinstance(data, list) else [data]
        self._write(formats.dumps(one, not self._unicode()) + "\n" for one in many)

    def _document(self, page: Document, guard: bool) -> None:
        kind = page.usual if self.format in (None, "table", "text") else str(self.format)
        if self.is_json or (kind in ("tsv", "csv") and page.rows is not None):
            self._screen(Screen([], page.data, page.rows, page.columns), guard)
            return
        if kind not in page.forms:
            raise _no_form(kind, (*page.forms, "json"))
        if kind in FILES and self.tty and not self.path:
            raise UsageError(_("{format} is no text for a terminal").format(format=kind), f"-o FILE.{kind}")
        made = page.forms[kind]()
        if isinstance(made, str) and self.tty and not self.path:
            made = clean_lines(made)
        self._write([made])
        if self.path and self.err_tty and page.told:
            self.note(f"{self.path}  {page.told}")

    def _folded(self, lines: Sequence[str], room: int) -> list[str]:
        if all(len(line) * 2 <= room for line in lines):
            return list(lines)
        from salesctl.output.folding import fold

        return [part for line in lines for part in fold(line, room)]

    def _report(self, report: Report, guard: bool) -> None:
        """A page for people; its data as one object; its rows for a spreadsheet and for --fields."""
        kind = self.format or ("text" if (self.tty or report.text_in_pipe) and not self.path else "tsv")
        if kind in ("tsv", "csv") or self.fields:
            self._table(Table(report.rows, report.columns), guard)
        elif kind in ("json", "ndjson"):
            self._write([formats.dumps(report.data, not self._unicode()) + "\n"])
        else:
            from salesctl.output import report as page

            if kind in ("md", "html"):
                self._write(page.markup(report, self.lang, kind))
            else:
                self._write(self._laid_out(lambda room, mark: page.layout(report, self.lang, room, mark)))
        if self.human and report.hint:
            self.note(report.hint)

    def _message(self, message: Message) -> None:
        if self.is_json:
            record = message.record
            if self.fields and isinstance(record, dict):
                columns = self._columns([Column(key, key) for key in record])
                if columns is None:
                    return
                record = {column.key: record[column.key] for column in columns}
            self._write([formats.dumps(record, not self._unicode()) + "\n"])
        elif message.ref is not None:
            self._write([clean_lines(message.ref) + "\n"])
        lines = [line for line in message.lines if line]
        if self.is_json and not self.err_tty:
            lines = []
        for line in lines if self.err_tty else lines[:1]:
            self.note(line)
        for line in message.notes:
            self.note(line)

    def _unicode(self) -> bool:
        return self.path is not None or stdout().unicode

    def _write(self, chunks: Iterable[str | bytes]) -> None:
        if self.path:
            from salesctl.output.files import whole

            if os.path.exists(self.path) and os.path.realpath(self.path) == os.path.realpath(self.config()):
                raise Refused(_("{path} is the config").format(path=clean(self.path)), _("name another file"))
            whole(self.path, chunks, self.overwrite)
            return
        if self.human and self.pager:
            from salesctl.output.pager import paged

            chunks = paged(map(str, chunks), self.pager)
        writer = stdout()
        writer.all(chunks)
        writer.flush()

    def to_file(self, table: Table, path: str, kind: str) -> None:
        """A table whole into a file of its own, without the guard for spreadsheets."""
        mine, self.path = self.path, path
        before, self.overwrite = self.overwrite, True
        try:
            self._write(self._rendered(table, kind, [one for one in table.columns if one.data], False))
        finally:
            self.path, self.overwrite = mine, before

    def note(self, text: str) -> None:
        """A word to people, on standard error."""
        if not self.quiet:
            say(clean_lines(text) + "\n")

    def warn(self, text: str) -> None:
        """A warning, on standard error even when quiet."""
        say(_("warning: {text}").format(text=clean_lines(text)) + "\n")

    def error(self, error: SalesError) -> None:
        """The one line about what went wrong; before it the faults of a file, a line each. On a terminal its `lines`."""
        if self.is_json:
            body = {"code": error.code, "exit": error.exit, "message": error.message, "hint": error.hint, **error.data}
            say(formats.dumps({"error": body}, ascii_only=not stderr().unicode) + "\n")
            return
        for fault in error.data.get("faults", ()):
            say(_("line {line}: {why}").format(line=fault["line"], why=clean(fault["why"])) + "\n")
        if error.lines and self.err_tty:
            say("".join(f"{clean(line)}\n" for line in (f"salesctl: {error.lines[0]}", *error.lines[1:])))
            return
        stop = "。" if self.lang == "zh" and stdout().unicode else ". "
        stop = " " if error.message.endswith(("?", "？")) else stop  # a question has its own
        hint = f"{stop}{error.hint}" if error.hint else ""
        say(f"salesctl: {clean(error.message)}{clean(hint)}\n")

    @property
    def can_ask(self) -> bool:
        return not self.no_input and not self.is_json and sys.stdin is not None and sys.stdin.isatty() and self.err_tty

    def ask(self, question: str, nothing: str | None = None) -> str:
        """A line typed in answer; `nothing` where the input ends. Raises UsageError (2) without a terminal."""
        if not self.can_ask:
            raise UsageError(_("this needs an answer, and there is no terminal: {question}").format(question=question))
        say(clean(question) + " ")
        stdin: Any = sys.stdin
        if getattr(stdin, "errors", "surrogateescape") != "surrogateescape":  # only before its first line
            stdin.reconfigure(errors="surrogateescape")
        line = sys.stdin.readline()
        if not line and nothing is None:
            raise UsageError(_("no answer"))
        return line.rstrip("\n") if line else str(nothing)

    def confirm(self, question: str, yes: bool) -> bool:
        """Yes or no; `yes` answers for those who are not there to be asked."""
        if yes or not self.can_ask:
            return True
        return self.ask(f"{question} [y/N]").strip().lower() in ("y", "yes", "是", "好")

    def pick(self, question: str, names: Sequence[str]) -> int | None:
        """The place of the one chosen by its number, or None without a terminal."""
        if not self.can_ask:
            return None
        for number, name in enumerate(names, start=1):
            say(f"  {number}  {clean(name)}\n")
        answer = self.ask(question).strip()
        return int(answer) - 1 if answer.isdecimal() and 1 <= int(answer) <= len(names) else None

    @contextmanager
    def progress(self, title: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """A bar on a terminal's standard error for long work; call what it gives with how much is done more."""
        if not self.err_tty or self.quiet or self.is_json:
            yield lambda n: None
            return
        from salesctl.output.rich_ import progress

        with progress(title, total) as step:
            yield step
