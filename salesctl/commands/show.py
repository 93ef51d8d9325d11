"""salesctl show: one record, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from salesctl.commands import _common as c
from salesctl.i18n import N_

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.kinds import Ref as Found

app = c.Commands()
HELP = N_("Show one record by its ref or its name: a customer, a deal, a contact, a follow-up, a goal ...")
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]
ORDER = (
    "customer",
    "deal",
    "contact",
    "lead",
    "product",
    "rep",
    "team",
    "followup",
    "goal",
    "quote",
    "solution",
    "need",
    "contract",
    "approval",
    "pipeline",
    "stage",
    "task",
    "rate",
)


@app.command("show", **c.command(HELP, "salesctl show D7\nsalesctl show hnjd\nsalesctl show F28 --json"))
def main(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands._standard import show_record
    from salesctl.domain.nouns import NOUNS

    app_ = c.app_of(ctx)
    found = anything(app_, ref)
    show_record(app_, NOUNS[found.noun], found.id)


def anything(app_: App, text: str) -> Found:
    """The record of any noun that `text` names; `me` is the rep who asks."""
    from salesctl.services.base import reading
    from salesctl.store.resolve import look

    if text in ("me", "我"):
        return reading(app_).find("rep", text)
    return app_.pick(lambda: look(app_.store, ORDER, text).ref, lambda code: look(app_.store, ORDER, code).ref)
