"""salesctl history: what was done to a record."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = c.Commands()
HELP = N_("What was done to a record, whatever it is, newest first: when, by whom, from what to what.")
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]


@app.command("history", **c.command(HELP, "salesctl history D7\nsalesctl history 华东机电 --json"))
def main(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands import _screens
    from salesctl.commands.show import anything
    from salesctl.domain.nouns import NOUNS

    app_ = c.app_of(ctx)
    found = anything(app_, ref)
    _screens.history(app_, NOUNS[found.noun], found.code)
