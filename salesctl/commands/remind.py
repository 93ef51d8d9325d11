"""salesctl remind: what cron prints; silent when there is nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = typer.Typer(rich_markup_mode=None, add_completion=False)
HELP = N_(
    "What is due and overdue, stalled and step-less deals, goals at risk, whom to call. Nothing to say prints nothing and exits 0; --check exits 10 when there is something."
)
Check = Annotated[bool, typer.Option("--check", help=N_("Exit 10 when there is something."))]
Workdays = Annotated[bool, typer.Option("--workdays", help=N_("Say nothing on days off."))]


@app.command(
    "remind",
    **c.command(
        HELP, "salesctl remind\nsalesctl remind --owner me --workdays\n0 8 * * *  salesctl remind --team North --check"
    ),
)
def main(
    ctx: c.Context,
    owner: c.Owner = None,
    team: c.Team = None,
    as_of: c.AsOf = None,
    check: Check = False,
    workdays: Workdays = False,
) -> None:
    from salesctl.commands import _remind

    app_ = c.app_of(ctx)
    agenda = _remind.gather(app_, owner, team, as_of)
    if workdays and not _remind.is_working(app_, agenda.day):
        return
    if agenda.empty and not app_.out.is_json:
        return
    app_.out.emit(_remind.screen(app_, agenda))
    if check and not agenda.empty:
        raise typer.Exit(10)
