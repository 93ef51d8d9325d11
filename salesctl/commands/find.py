"""salesctl find: a word in customers, contacts, deals, leads, products, reps and follow-ups."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Table

app = c.Commands()
HELP = N_("Search names, phones, mails, tags and what was logged; Chinese initials too. % and _ are plain marks.")
Words = Annotated[list[str], c.Argument(metavar="WORD...", help=N_("All of them must occur."))]


@app.command("find", **c.command(HELP, "salesctl find hnjd\nsalesctl find 138000\nsalesctl find pump anna"))
def main(ctx: c.Context, words: Words, limit: c.Limit = None) -> None:
    from salesctl.domain.nouns import NOUNS
    from salesctl.store.search import search

    app_ = c.app_of(ctx)
    shown = c.most_of(limit, c.SHOWN)
    if not any(word.strip() for word in words):
        raise UsageError(_("{name} is missing").format(name="WORD"))
    rows = search(app_.store, words, shown)
    columns = [
        Column("ref", N_("Ref")),
        Column("noun", N_("Kind"), show=lambda name: _(NOUNS[name].label)),
        Column("name", N_("Name"), grow=True),
        Column("about", N_("About"), grow=True),
    ]
    app_.out.emit(Table(rows, columns, empty=_("nothing found")))
