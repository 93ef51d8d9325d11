"""salesctl audit: the change log: who did what when, and whether the log is what was written."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = c.Commands()
LIST = N_("The operations, newest first: who, when, which command, of how many changes, and whether it was undone.")
SHOW = N_("One operation, every change in it: the record, the field, from what to what.")
VERIFY = N_(
    "Walk the whole chain of the log and its anchor. Silent when it is whole; exit 8 and where it breaks when a row was edited, added, moved or cut off."
)
Operation = Annotated[str, c.Argument(metavar="OP", help=N_("An operation, as O12, or its id of 32 letters."))]
AnchorFile = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--anchor", metavar="FILE", help=N_("An anchor kept elsewhere: a copy of it, or the .json of a backup.")),
]


@app.command("list", **c.command(LIST, "salesctl audit list\nsalesctl audit list -n 5 --json"))
def listing(ctx: c.Context, limit: c.Limit = None) -> None:
    from salesctl.commands import _audit

    app_ = c.app_of(ctx)
    app_.out.emit(_audit.listed(app_, c.most_of(limit, c.SHOWN if app_.out.human else 0)))


@app.command("show", **c.command(SHOW, "salesctl audit show O12"))
def show(ctx: c.Context, operation: Operation) -> None:
    from salesctl.commands import _audit

    app_ = c.app_of(ctx)
    app_.out.emit(_audit.shown(app_, operation))


@app.command("verify", **c.command(VERIFY, "salesctl audit verify\nsalesctl audit verify --anchor usb/sales.db.anchor"))
def verify(ctx: c.Context, anchor: AnchorFile = None) -> None:
    from salesctl.commands import _audit

    app_ = c.app_of(ctx)
    table, whole = _audit.verified(app_, anchor)
    if app_.out.is_json or not whole:
        app_.out.emit(table)
    if not whole:
        raise c.Exit(8)
