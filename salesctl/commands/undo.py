"""salesctl undo: take back what a command wrote."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_(
    "Take back what your last command wrote, or the operation you name (audit list shows them): an import of any size too. Refused when something it wrote was changed since. An undo can be undone."
)
Operation = Annotated[
    Optional[str],  # noqa: UP045
    c.Argument(metavar="[OP]", help=N_("An operation, as O12; without it your last one.")),
]
DryRun = Annotated[bool, c.Option("--dry-run", help=N_("Say what would be taken back, write nothing."))]


@app.command("undo", **c.command(HELP, "salesctl undo\nsalesctl undo --dry-run\nsalesctl undo O12"))
def main(ctx: c.Context, operation: Operation = None, dry_run: DryRun = False) -> None:
    from salesctl.commands import _audit
    from salesctl.services import undo

    app_ = c.app_of(ctx)
    row = undo.choose(app_, operation)
    what = _("O{id} {command}").format(id=row["id"], command=row["command"])
    if not dry_run and not app_.yes and app_.out.can_ask:
        known = undo.undo(app_, row, dry_run=True)
        if known.count >= 3 and not app_.out.confirm(_audit.question(app_, known, what), app_.yes):
            raise c.Exit(0)
    done = undo.undo(app_, row, dry_run)
    app_.out.emit(_audit.undone(done, what, dry_run))
