"""salesctl remind: what cron prints; silent when there is nothing."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_(
    "What is due and overdue, stalled and step-less deals, goals at risk, whom to call. Nothing to say prints nothing and exits 0; --check exits 10 when there is something."
)
Check = Annotated[bool, c.Option("--check", help=N_("Exit 10 when there is something."))]
Once = Annotated[
    bool,
    c.Option("--once", help=N_("This is a delivery: tell the milestones that goals passed, each of them once.")),
]
Workdays = Annotated[bool, c.Option("--workdays", help=N_("Say nothing on days off."))]


@app.command(
    "remind",
    **c.command(
        HELP,
        "salesctl remind\nsalesctl remind --owner me --workdays\n0 8 * * *  salesctl remind --team North --check --once",
    ),
)
def main(
    ctx: c.Context,
    owner: c.Owner = None,
    team: c.Team = None,
    as_of: c.AsOf = None,
    check: Check = False,
    workdays: Workdays = False,
    once: Once = False,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _remind

    app_ = c.app_of(ctx)
    if once and as_of is not None:
        raise UsageError(_("what is told once is told of today, not of another day"))
    agenda = _remind.gather(app_, owner, team, as_of)
    if workdays and not _remind.is_working(app_, agenda.day):
        return
    if once:
        from salesctl.commands import _milestones

        agenda.milestones = _milestones.tell(app_, owner, team, agenda.day)
    app_.whole()  # nothing to say is an answer too
    if agenda.empty and not app_.out.is_json:
        return
    app_.out.emit(_remind.screen(app_, agenda))
    if check and not agenda.empty:
        raise c.Exit(10)
