"""salesctl import: CSV files and folders of other CRMs, and our own export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

from salesctl.commands import _common as c
from salesctl.errors import PartlyDone
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Screen

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.import_ import Report, Wish

app = c.Commands()
HELP = N_("Import customers, contacts, products, reps, deals and follow-ups. All rows go in, or none.")
EXAMPLES = """salesctl import export.csv --dry-run
salesctl import crm_folder/ --currency USD
salesctl import deals.csv --map "Deal value=amount" --alias "product:GTXPro=GTX Pro"
salesctl import 客户.csv --encoding gb18030
salesctl import deals.csv --skip-bad bad.csv"""
Paths = Annotated[list[str], c.Argument(metavar="FILE...", help=N_("Files, or folders of them."))]
Currency = Annotated[Optional[str], c.Option("--currency", metavar="CODE", help=N_("Of amounts that name none."))]  # noqa: UP045
Maps = Annotated[Optional[list[str]], c.Option("--map", metavar="COLUMN=FIELD", help=N_("What a column is."))]  # noqa: UP045
Aliases = Annotated[
    list[str] | None, c.Option("--alias", metavar="FIELD:VALUE=NAME", help=N_("What the file calls otherwise."))
]
SkipBad = Annotated[
    str | None,
    c.Option("--skip-bad", metavar="FILE", help=N_("Take the good rows, write the bad ones to FILE.")),
]
Encoding = Annotated[
    str | None, c.Option("--encoding", metavar="NAME", help=N_("Of the files: gb18030, big5 ...; else UTF-8."))
]
DryRun = Annotated[bool, c.Option("--dry-run", help=N_("Say what would happen, and write nothing."))]


@app.command("import", **c.command(HELP, EXAMPLES))
def main(
    ctx: c.Context,
    paths: Paths,
    currency: Currency = None,
    maps: Maps = None,
    aliases: Aliases = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = None,
    dry_run: DryRun = False,
) -> None:
    from salesctl.errors import BadFile
    from salesctl.services.import_ import Wish

    app_ = c.app_of(ctx)
    wish = Wish(paths, currency, maps or (), aliases or (), skip_bad, encoding, dry_run)
    try:
        report = _run(app_, wish)
    except BadFile as error:
        if not app_.out.is_json:
            for row in error.data.get("rows", []) if len(error.data.get("rows", [])) > 1 else []:
                app_.out.note(str(row["text"]))
        raise
    _answer(app_, report)
    if report.bad:
        n = report.rejected
        raise PartlyDone(
            _n("{n} row was left out", "{n} rows were left out", n).format(n=n),
            _("they are in {path}").format(path=skip_bad),
            rejected=n,
        )


def _run(app_: App, wish: Wish) -> Report:
    """The import; a file in another encoding is shown as it would be read, and asked about on a terminal."""
    from salesctl.plain import replace
    from salesctl.readers.csv_ import NotUtf8
    from salesctl.services.import_ import run

    try:
        return run(app_, wish)
    except NotUtf8 as error:
        if not app_.out.can_ask or wish.encoding:
            raise
        for line in error.preview.splitlines()[:4]:
            app_.out.note(line[:78])
        if not app_.out.confirm(_("not UTF-8; this is how it reads as GB18030: take it so?"), app_.yes):
            raise
        return run(app_, replace(wish, encoding="gb18030"))


def _answer(app_: App, done: Report) -> None:
    from salesctl.domain.nouns import NOUNS
    from salesctl.text import pad, width

    nouns = [name for name in NOUNS if any(name in getattr(done, what) for what in ("created", "updated", "unchanged"))]
    rows = [
        {"noun": name, **{what: getattr(done, what).get(name, 0) for what in ("created", "updated", "unchanged")}}
        for name in nouns
    ]
    left = max((width(_(NOUNS[name].plural)) for name in nouns), default=0)
    lines = [_("nothing is written: a dry run")] if done.dry_run else []
    for row in rows:
        counts = _("{created:,} new, {updated:,} changed, {unchanged:,} as they were").format(**row)
        lines.append(f"{pad(_(NOUNS[str(row['noun'])].plural), left)}  {counts}")
    columns = [Column(key, key) for key in ("noun", "created", "updated", "unchanged")]
    app_.out.emit(Screen(lines, done.data, rows=rows, columns=columns))
    if not app_.out.is_json:
        for note in done.notes:
            app_.out.note(note)
        for warning in done.warnings:
            app_.out.warn(str(warning["message"]))
