"""salesctl contact: the standard verbs, and erase."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.contact import CONTACT
from salesctl.i18n import N_

app = noun_app(CONTACT)
ERASE = N_(
    "Erase a person: gone from the tables, the search and the change log; sums stay. Cannot be undone. salesctl export person REF first gives all there is."
)
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]


@app.command("erase", **c.command(ERASE, "salesctl contact erase P3\nsalesctl contact erase P3 --backups -y"))
def erase(ctx: c.Context, ref: Ref, backups: c.Backups = False) -> None:
    from salesctl.commands import _erase

    app_ = c.app_of(ctx)
    app_.out.emit(_erase.asked(app_, CONTACT, ref, backups))
