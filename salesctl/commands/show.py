"""salesctl show: one record, whatever it is."""

from __future__ import annotations

from typing import Annotated

import typer

from salesctl.commands import _common as c
from salesctl.i18n import N_

app = typer.Typer(rich_markup_mode=None, add_completion=False)
HELP = N_("Show one record by its ref or its name: a customer, a deal, a contact, a follow-up, a goal ...")
Ref = Annotated[str, typer.Argument(metavar="REF", help=N_("A ref or a name."))]
ORDER = (
    "customer",
    "deal",
    "contact",
    "product",
    "rep",
    "team",
    "followup",
    "goal",
    "pipeline",
    "stage",
    "need",
    "solution",
    "quote",
)


@app.command("show", **c.command(HELP, "salesctl show D7\nsalesctl show hnjd\nsalesctl show F28 --json"))
def main(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands._standard import show_record
    from salesctl.domain.nouns import NOUNS
    from salesctl.store.resolve import look

    app_ = c.app_of(ctx)
    found = app_.pick(lambda: look(app_.store, ORDER, ref).ref, lambda code: look(app_.store, ORDER, code).ref)
    show_record(app_, NOUNS[found.noun], found.id)
