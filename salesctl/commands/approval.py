"""salesctl approval: what waits for somebody's yes; approved, rejected, withdrawn."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.approval import APPROVAL
from salesctl.i18n import N_, _

_standard = noun_app(APPROVAL)
app = c.Commands()
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("An approval, as A3, or the quote or deal that waits."))]
Refs = Annotated[
    list[str], c.Argument(metavar="REF...", help=N_("Approvals, as A3, or the quotes or deals that wait."))
]
Why = Annotated[Optional[str], c.Argument(metavar="[REASON]", help=N_("Why."))]  # noqa: UP045

LIST = N_("Approvals, those that wait first; mine are those that wait for me, or for somebody I stand in for.")
APPROVE = N_("Approve what waits for you; with two steps the second follows. The quote can be sent then.")
REJECT = N_("Reject what waits for you, for a reason; the quote is a draft again.")
WITHDRAW = N_("Take back what you asked for; the quote is a draft again.")


@app.command("list", **c.command(LIST, "salesctl approval\nsalesctl approval mine\nsalesctl approval list state:rejected asked_by:me --json"))  # fmt: skip
def listing(
    ctx: c.Context,
    words: c.Words = None,
    where: c.Where = None,
    everything: c.Everything = False,
    sort: c.Sort = None,
    limit: c.Limit = None,
) -> None:
    from salesctl.commands import _approval_list

    given = {"words": words, "where": where, "everything": everything, "sort": sort, "limit": limit}
    _approval_list.emit(c.app_of(ctx), given)


@app.command("approve", **c.command(APPROVE, 'salesctl approval approve A3\nsalesctl approval approve Q2\nsalesctl approval approve A3 A4 --note "fine, with 40 % paid at once"'))  # fmt: skip
def approve(ctx: c.Context, refs: Refs, note: c.NoteOption = None) -> None:
    from salesctl.commands import _approvals
    from salesctl.services import approval

    app_ = c.app_of(ctx)
    if len(refs) >= 3 and not app_.out.confirm(_("{n} records: go on?").format(n=len(refs)), app_.yes):
        raise c.Exit(0)
    _approvals.answer(app_, approval.approve(app_, refs, c.note_text(note)), _("approved"))


@app.command("reject", **c.command(REJECT, 'salesctl approval reject A3 "too much for three pieces"\nsalesctl approval reject A3 --reason 毛利太低'))  # fmt: skip
def reject(ctx: c.Context, ref: Ref, why: Why = None, reason: c.Reason = None) -> None:
    from salesctl.commands import _approvals
    from salesctl.services import approval

    app_ = c.app_of(ctx)
    said = reason or why
    if not said and app_.out.can_ask:
        said = app_.out.ask(_("why is it rejected?"))
    _approvals.answer(app_, [approval.reject(app_, ref, said)], _("rejected"))


@app.command("withdraw", **c.command(WITHDRAW, 'salesctl approval withdraw A3\nsalesctl approval withdraw A3 "the customer wants less"'))  # fmt: skip
def withdraw(ctx: c.Context, ref: Ref, why: Why = None, reason: c.Reason = None) -> None:
    from salesctl.commands import _approvals
    from salesctl.services import approval

    app_ = c.app_of(ctx)
    _approvals.answer(app_, [approval.withdraw(app_, ref, reason or why)], _("withdrawn"))


KEPT = ("show", "history")
app.verbs |= _standard.only(*KEPT).verbs
