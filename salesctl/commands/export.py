"""salesctl export: every noun as CSV or JSON, exact, to be read by import again."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_(
    "Write one noun to standard output, or all of them into a folder, archived and closed ones too; import reads it again."
)
EXAMPLES = """salesctl export deal -o deals.csv
salesctl export --to backup/
salesctl export customer --json
salesctl export person P3 -o anna.json"""
Noun = Annotated[Optional[str], c.Argument(metavar="[NOUN]", help=N_("Which noun."))]  # noqa: UP045
Ref = Annotated[Optional[str], c.Argument(metavar="[REF]", help=N_("After `person`: who."))]  # noqa: UP045
To = Annotated[Optional[str], c.Option("--to", metavar="FOLDER", help=N_("All nouns, a file each."))]  # noqa: UP045


@app.command("export", **c.command(HELP, EXAMPLES))
def main(ctx: c.Context, noun: Noun = None, ref: Ref = None, to: To = None, where: c.Where = None) -> None:
    from salesctl.commands import _export
    from salesctl.domain.nouns import NOUNS

    app_ = c.app_of(ctx)
    if noun == "person":
        _export.person(app_, ref)
        return
    if ref is not None:
        raise UsageError(_("export takes one noun; only person takes a REF"))
    if noun is not None and noun not in NOUNS:
        raise UsageError(
            _("there is no noun {noun}").format(noun=noun), _("one of: {names}").format(names=", ".join(NOUNS))
        )
    if (noun is None) == (to is None):
        raise UsageError(_("export one noun, or all of them with --to FOLDER"))
    if noun is not None:
        _export.one(app_, NOUNS[noun], where)
    else:
        assert to is not None
        _export.all_of(app_, to)
