"""salesctl db: backups, checks, and what the store is."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = c.Commands()
STATUS = N_("Where the store is, how large, on which engine, and its last backup.")
BACKUP = N_("A checked copy of the store, made while others write; --keep N deletes all but the newest N.")
VERIFY = N_("Read backups whole: their hash, pages, chain, counts and sums. Without a file all of this store.")
RESTORE = N_(
    "Put a backup in the place of the store, after a yes (-y without a terminal); the present one is kept aside, and can be restored in turn."
)
CHECK = N_("Silent when the store is sound; exit 10 with what is odd, 8 with what is damaged.")
MOVE = N_(
    "Copy the store to another place, a file or a PostgreSQL database, compare the two row by row, and use that one from now on."
)
Target = Annotated[str, c.Argument(metavar="PATH|URL", help=N_("Where to; nothing may be there."))]
To = Annotated[Optional[str], c.Option("--to", metavar="FOLDER", help=N_("Where the backups lie."))]  # noqa: UP045
Keep = Annotated[Optional[int], c.Option("--keep", metavar="N", min=1, help=N_("Keep the newest N."))]  # noqa: UP045
Files = Annotated[list[str] | None, c.Argument(metavar="[FILE]...", help=N_("Backups."))]
File = Annotated[str, c.Argument(metavar="FILE", help=N_("A backup."))]


@app.command("status", **c.command(STATUS, "salesctl db status\nsalesctl db status --json"))
def status(ctx: c.Context) -> None:
    from salesctl.commands import _db

    app_ = c.app_of(ctx)
    app_.out.emit(_db.status(app_))


@app.command("backup", **c.command(BACKUP, "salesctl db backup\n30 2 * * *  salesctl db backup --keep 14 -q"))
def backup(ctx: c.Context, keep: Keep = None, to: To = None) -> None:
    from salesctl.commands import _db

    app_ = c.app_of(ctx)
    app_.out.emit(_db.made(app_, keep, to))


@app.command("verify", **c.command(VERIFY, "salesctl db verify\nsalesctl db verify backups/20261124T020000Z-O812.db"))
def verify(ctx: c.Context, files: Files = None, to: To = None) -> None:
    from salesctl.commands import _db

    app_ = c.app_of(ctx)
    table, whole = _db.verified(app_, list(files or []), to)
    app_.out.emit(table)
    if not whole:
        raise c.Exit(8)


@app.command(
    "restore",
    **c.command(
        RESTORE,
        "salesctl db restore backups/20261124T020000Z-O812.db\nsalesctl db restore backups/20261124T020000Z-O812.db -y",
    ),
)
def restore(ctx: c.Context, file: File) -> None:
    from salesctl.commands import _db

    app_ = c.app_of(ctx)
    _db.asked(app_, file)
    app_.out.emit(_db.restored(app_, file))


@app.command("move", **c.command(MOVE, "salesctl db move postgresql://db.example.com/sales"))
def move(ctx: c.Context, target: Target) -> None:
    from salesctl.commands import _db

    app_ = c.app_of(ctx)
    app_.out.emit(_db.moved(app_, target))


@app.command("check", **c.command(CHECK, "salesctl db check\nsalesctl db check || mail -s store me@example.com"))
def check(ctx: c.Context) -> None:
    from salesctl.commands import _db

    app_ = c.app_of(ctx)
    table, code = _db.checked(app_)
    if table.rows or app_.out.is_json:
        app_.out.emit(table)
    if code:
        raise c.Exit(code)
