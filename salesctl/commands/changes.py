"""salesctl changes: how the pipeline came from its start to its end, movement by movement, with the deals of each."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = c.Commands()
HELP = N_(
    "How the pipeline moved in a period (this week): start + new + reopened + up + pulled in - down - pushed out - won - lost = end, to the cent, with the deals. All open deals; with --closing those expected to close in that period, so that a moved date pulls in or pushes out."
)
Closing = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--closing", metavar="PERIOD", help=N_("Only deals expected to close in this period.")),
]
Currency = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--currency", metavar="CODE", help=N_("Amounts of this currency.")),
]


@app.command(
    "changes",
    **c.command(HELP, "salesctl changes -p w47\nsalesctl changes -p 2026Q4 --closing 2026Q4 --team North --why"),
)
def main(
    ctx: c.Context,
    period: c.PeriodOption = None,
    begin: c.Begin = None,
    end: c.End = None,
    closing: Closing = None,
    as_of: c.AsOf = None,
    owner: c.Owner = None,
    team: c.Team = None,
    pipeline: c.PipelineOption = None,
    currency: Currency = None,
    strict: c.Strict = False,
    why: c.Why = False,
) -> None:
    from salesctl.commands import _changes

    app_ = c.app_of(ctx)
    asked = _changes.Asked(app_, period or ("" if begin or end else "this week"), begin, end, closing, as_of, owner, team, pipeline, currency)  # fmt: skip
    app_.out.emit(_changes.view(asked, why))
