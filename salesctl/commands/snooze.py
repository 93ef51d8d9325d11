"""salesctl snooze: a planned follow-up is put off."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_, _

app = c.Commands()
HELP = N_("Put a planned follow-up off to another day or hour.")
EXAMPLES = 'salesctl snooze 28 wed\nsalesctl snooze F28 "tomorrow 15:00" "he is on the road"'
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A follow-up, or whom it is about."))]
When = Annotated[str, c.Argument(metavar="WHEN", help=N_("To when, as wed, +3d, 周三."))]
Text = Annotated[Optional[str], c.Argument(metavar="[TEXT]", help=N_("Why."))]  # noqa: UP045


@app.command("snooze", **c.command(HELP, EXAMPLES))
def main(ctx: c.Context, ref: Ref, when: When, text: Text = None) -> None:
    from salesctl.commands import _told
    from salesctl.services import followup

    app_ = c.app_of(ctx)
    _told.answer(app_, followup.snooze(app_, ref, when, text), _("put off"))
