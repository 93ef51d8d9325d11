"""salesctl done: a planned follow-up is done, with what came of it and what comes next."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_("Tick off a planned follow-up, with its outcome and the next step.")
EXAMPLES = 'salesctl done 28 "they want 3 % off" --next "thu ask again"\nsalesctl done hnjd'
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A follow-up, or whom it is about."))]
Text = Annotated[Optional[str], c.Argument(metavar="[TEXT]", help=N_("What came of it."))]  # noqa: UP045


@app.command("done", **c.command(HELP, EXAMPLES))
def main(ctx: c.Context, ref: Ref, text: Text = None, next: c.Next = None, at: c.At = None) -> None:
    from salesctl.commands import _told
    from salesctl.services import followup

    app_ = c.app_of(ctx)
    _told.answer(app_, followup.done(app_, ref, text, next, at), _("done"))
