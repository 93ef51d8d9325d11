"""salesctl board: the open pipeline by stage, or what is due by day."""

from __future__ import annotations

from typing import Annotated, Any

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_("The open pipeline by stage: deals, value, chance, weighted, stalled; or by due day with --by due.")
By = Annotated[str | None, c.Option("--by", metavar="stage|due", help=N_("By stage, or by the day things are due."))]


@app.command(
    "board",
    **c.command(HELP, "salesctl board\nsalesctl board --team North --by due\nsalesctl board --as-of 2026-09-30"),
)
def main(
    ctx: c.Context,
    by: By = None,
    owner: c.Owner = None,
    team: c.Team = None,
    pipeline: c.PipelineOption = None,
    where: c.Where = None,
    as_of: c.AsOf = None,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _board

    app_ = c.app_of(ctx)
    given: dict[str, Any] = {"owner": owner, "team": team, "pipeline": pipeline, "where": where, "as_of": as_of}
    if by in (None, "stage", "阶段"):
        app_.out.emit(_board.by_stage(app_, given))
    elif by in ("due", "到期"):
        app_.out.emit(_board.by_due(app_, given))
    else:
        raise UsageError(_("--by is stage or due"))
