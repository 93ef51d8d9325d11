"""salesctl period: close a period, see what was corrected in it since, open it again."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = c.Commands()
Named = Annotated[str, c.Argument(metavar="PERIOD", help=N_("As 2026Q3, 2026-10, 上季度."))]
Note = Annotated[Optional[str], c.Option("--note", metavar="TEXT", help=N_("Why."))]  # noqa: UP045
LIST = N_("The periods that were closed: when, by whom, and which are open again.")
CLOSE = N_(
    "Freeze the figures of a period that is over, for the whole company. Later edits stay possible and are told as corrections by period show."
)
SHOW = N_(
    "A closed period: its figures as reported and as they are now, and which deals were changed since, when and by whom."
)
REOPEN = N_("Take the close of a period back, so that it can be closed anew; what was frozen stays.")


@app.command("list", **c.command(LIST, "salesctl period list\nsalesctl period --json"))
def listing(ctx: c.Context) -> None:
    from salesctl.commands import _periods

    app_ = c.app_of(ctx)
    app_.out.emit(_periods.listing(app_))


@app.command(
    "close", **c.command(CLOSE, 'salesctl period close 2026Q3\nsalesctl period close 2026Q3 --note "board of 8 Oct"')
)
def close(ctx: c.Context, period: Named, note: Note = None, strict: c.Strict = False) -> None:
    from salesctl.commands import _periods

    app_ = c.app_of(ctx)
    app_.out.emit(_periods.close(app_, period, note))


@app.command("show", **c.command(SHOW, "salesctl period show 2026Q3\nsalesctl period show 2026Q3 --json"))
def show(ctx: c.Context, period: Named, strict: c.Strict = False) -> None:
    from salesctl.commands import _periods

    app_ = c.app_of(ctx)
    app_.out.emit(_periods.show(app_, period))


@app.command("reopen", **c.command(REOPEN, 'salesctl period reopen 2026Q3 --note "a contract was forgotten"'))
def reopen(ctx: c.Context, period: Named, note: Note = None) -> None:
    from salesctl.commands import _periods

    app_ = c.app_of(ctx)
    app_.out.emit(_periods.reopen(app_, period, note))
