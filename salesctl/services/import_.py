"""Import: files to records in one transaction; what is wrong is told whole, what matches nothing is kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.errors import BadFile, BadValue, Duplicate, UsageError
from salesctl.i18n import _, _n
from salesctl.plain import Data, fresh
from salesctl.services import batches
from salesctl.services.base import currency, unit

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.readers.sources import Source
    from salesctl.store.write import Unit


class Wish(Data, frozen=True):
    """What was asked for: where from, and how to read it."""

    paths: Sequence[str]
    currency: str | None = None
    maps: Sequence[str] = ()
    aliases: Sequence[str] = ()
    skip_bad: str | None = None
    encoding: str | None = None
    dry_run: bool = False
    owner: str | None = None


class Bad(Data, frozen=True):
    """A row that cannot go in: where it is, what it says, and why not."""

    file: str
    line: int
    column: str
    value: str
    reason: str
    cells: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        where = _("{file}, line {line}").format(file=self.file, line=self.line)
        what = f", {self.column} {self.value!r}" if self.column else ""
        return f"{where}{what}: {self.reason}"


class Report(Data):
    """What an import did: counts by noun, bad rows, and warnings once a value with how many rows said it."""

    created: dict[str, int] = fresh(factory=dict)
    updated: dict[str, int] = fresh(factory=dict)
    unchanged: dict[str, int] = fresh(factory=dict)
    bad: list[Bad] = fresh(factory=list)
    warned: dict[tuple[str, str, str], int] = fresh(factory=dict)
    notes: list[str] = fresh(factory=list)
    dry_run: bool = False
    batch: int | None = None  # of which import these rows are

    def count(self, what: str, noun: str, n: int = 1) -> None:
        counts: dict[str, int] = getattr(self, what)
        counts[noun] = counts.get(noun, 0) + n

    def warn(self, code: str, field_: str, value: str, rows: int = 1) -> None:
        key = (code, field_, value)
        self.warned[key] = self.warned.get(key, 0) + rows

    @property
    def rejected(self) -> int:
        """How many rows are bad; each may be so in several cells."""
        return len({(one.file, one.line) for one in self.bad})

    @property
    def warnings(self) -> list[dict[str, Any]]:
        return [
            {
                "code": code,
                "field": field_,
                "value": value,
                "rows": rows,
                "message": _message(code, field_, value, rows),
            }
            for (code, field_, value), rows in self.warned.items()
        ]

    @property
    def data(self) -> dict[str, Any]:
        """The report as JSON has it."""
        counts = {what: dict(getattr(self, what)) for what in ("created", "updated", "unchanged")}
        return {
            **counts,
            "rejected": self.rejected,
            "warnings": self.warnings,
            "batch": self.batch,
            "dry_run": self.dry_run,
        }


def _message(code: str, field_: str, value: str, rows: int) -> str:
    n = _n("{n} row", "{n} rows", rows).format(n=f"{rows:,}")
    texts = {
        "no_match": _('{n}: no {field} is called {value}; kept, and resolved by --alias "{field}:{value}=NAME"'),
        "no_choice": _('{n}: {field} cannot be {value}; kept, and resolved by --alias "{field}:{value}=CHOICE"'),
        "ignored_file": _("{value} is not recognised and was left alone"),
        "unused_column": _("the column {value} of {field} has no field of ours and was left alone"),
        "closed_before_created": _("{n} closed before they began: they count in no cycle"),
        "not_asked": _("{n} waited for approval and are drafts here: salesctl quote submit REF"),
        "no_outcome": _("{n} have a close date and are open: the date was left out"),
    }
    return texts[code].format(n=n, field=field_, value=value)


class _Undone(Exception):
    """A dry run is over: nothing of it stays."""


def run(app: App, wish: Wish) -> Report:
    """Import the files of a wish.

    Raises BadFile (4) with every bad row when there is one and --skip-bad is absent; nothing is written then.
    """
    from salesctl.readers.profiles import parse_alias, parse_map
    from salesctl.readers.sources import collect

    more = {name: (noun, key) for name, noun, key in map(parse_map, wish.maps)}
    aliases = [parse_alias(text) for text in wish.aliases]
    _check_encoding(wish.encoding)
    sources, ignored, empty = collect(wish.paths, more, wish.encoding)
    if wish.skip_bad and os.path.exists(wish.skip_bad) and not app.out.overwrite:
        raise Duplicate(_("{path} is there already").format(path=wish.skip_bad), _("--force writes over it"))
    report = Report(dry_run=wish.dry_run)
    report.notes += [_("{path}: 0 rows").format(path=path) for path in empty]
    mark = batches.digest_of(wish, sources)
    if batches.known(app.store, mark, report):
        return report
    large = not wish.dry_run and _large(sources)
    if large:
        from salesctl.services.db import automatic

        automatic(app, "import")
    for name in ignored:
        report.warn("ignored_file", "", name)
    if not sources and empty:
        return report
    if not sources:
        raise BadFile(_("nothing to import in {paths}").format(paths=", ".join(wish.paths)))
    try:
        with _place(app, wish), unit(app, "import") as work:
            _work(app, work, wish, sources, aliases, report)
            if report.bad and not wish.skip_bad:
                raise _refusal(report)
            if wish.dry_run:
                raise _Undone
            if large:
                work.measure()
            if work.journal.count and not report.bad:
                batches.keep(work, mark, report)
    except _Undone:
        pass
    if wish.skip_bad and report.bad and not wish.dry_run:
        write_bad(wish.skip_bad, sources, report.bad)
    return report


def _check_encoding(name: str | None) -> None:
    """Raises UsageError (2) for what Python reads no text by."""
    import codecs

    try:
        "".encode(codecs.lookup(name).name if name is not None else "utf-8")
    except (LookupError, UnicodeError) as error:
        raise UsageError(
            _("{name} is no encoding").format(name=name), _("as utf-8, gb18030, big5, utf-16, latin-1")
        ) from error


def _large(sources: list[Source]) -> bool:
    """Whether the files together are worth a backup first."""
    from salesctl.services.db import BULK

    rows = 0
    for source in sources:
        for _row in source.table.rows():
            rows += 1
            if rows > BULK:
                return True
    return False


class _place:
    """A dry run on a store that is not there is made in one that does not stay."""

    def __init__(self, app: App, wish: Wish) -> None:
        self.app, self.wish = app, wish
        self.folder: Any = None

    def __enter__(self) -> None:
        if self.wish.dry_run and not os.path.exists(self.app.db_path):
            import tempfile

            self.folder = tempfile.TemporaryDirectory()
            self.app.use_store(os.path.join(self.folder.name, "dry.db"))

    def __exit__(self, *_exc: object) -> None:
        if self.folder is not None:
            self.app.use_store(None)
            self.folder.cleanup()


def _work(
    app: App, work: Unit, wish: Wish, sources: list[Source], aliases: list[tuple[str, str, str]], report: Report
) -> None:
    from salesctl.money import currency as checked
    from salesctl.services.importing import Importer

    work.seen = None  # the file says what is
    unset = work.meta("currency") is None
    said = _only_currency(sources) if unset and not wish.currency else None
    unit_ = checked(wish.currency) if wish.currency else said or currency(app, work)
    if unset:
        work.put("meta", {"key": "currency", "value": unit_})
        if not wish.currency and not said:
            report.notes.append(_("amounts are read as {code}; --currency says otherwise").format(code=unit_))
    importer = Importer(app, work, unit_, report)
    importer.learn(aliases)
    with app.out.progress(_("import"), None) as step:
        for place, source in enumerate(sources, start=1):
            later = sources[place:] if source.match.profile == "salesctl" else ()
            importer.coming = frozenset(one.match.noun for one in later if one.match.profile == "salesctl")
            importer.take(source, step)
    importer.finish()


def _only_currency(sources: list[Source]) -> str | None:
    """The currency of all amounts of deals where their column says one and the same; None for none, or for several."""
    from salesctl.money import currency as checked

    codes: set[str] = set()
    for source in sources:
        columns = source.match.currencies.values() if source.match.noun == "deal" else ()
        if columns:
            codes |= {(row.values.get(name) or "").strip() for row in source.table.rows() for name in columns} - {""}
    try:
        return checked(codes.pop()) if len(codes) == 1 else None
    except BadValue:  # the rows that have it are told
        return None


def _refusal(report: Report) -> BadFile:
    shown = report.bad[0].text
    n = report.rejected
    rows = _n("{n} bad row, nothing was written", "{n} bad rows, nothing was written", n).format(n=n)
    bad = [
        {
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "value": one.value,
            "reason": one.reason,
            "text": one.text,
        }
        for one in report.bad
    ]
    return BadFile(
        f"{rows}; {shown}" if len(report.bad) == 1 else rows,
        _("mend them, or --skip-bad FILE takes the good ones"),
        rows=bad,
    )


def _because(bad: Bad) -> str:
    return f"{bad.column}: {bad.reason}" if bad.column else bad.reason


def write_bad(path: str, sources: list[Source], bad: list[Bad]) -> None:
    """The rows that were left out, as they were, with line and reason; to be mended and imported."""
    import csv
    import io

    from salesctl.output.files import whole

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    headers: dict[str, list[str]] = {source.table.name: source.table.header for source in sources}
    for name in dict.fromkeys(one.file for one in bad):
        writer.writerow([*headers[name], "line", "reason"])
        reasons: dict[int, list[Bad]] = {}
        for one in bad:
            if one.file == name:
                reasons.setdefault(one.line, []).append(one)
        for line, mine in reasons.items():
            wanted, cells = len(headers[name]), mine[0].cells
            filled, beyond = [*cells[:wanted], *[""] * (wanted - len(cells))], cells[wanted:]
            writer.writerow([*filled, line, "; ".join(_because(one) for one in mine), *beyond])
    whole(path, [buffer.getvalue()], overwrite=True)
