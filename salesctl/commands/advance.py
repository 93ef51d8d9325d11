"""salesctl advance: the everyday spelling of `salesctl deal advance`."""

from __future__ import annotations

import typer

from salesctl.commands import deal

app = typer.Typer(rich_markup_mode=None, add_completion=False)
app.registered_commands = [one for one in deal.app.registered_commands if one.name == "advance"]
