"""salesctl deal: the standard verbs, and advance, back, win, lose, reopen, assign."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from salesctl.commands import _common as c
from salesctl.commands._fields import full
from salesctl.commands._standard import noun_app
from salesctl.domain.deal import DEAL
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Message

app = noun_app(DEAL)
Ref = Annotated[str, typer.Argument(metavar="REF", help=N_("A ref, a name, or a customer with one open deal."))]
MaybeRef = Annotated[
    Optional[str],  # noqa: UP045
    typer.Argument(metavar="REF", help=N_("A ref, a name, or a customer with one open deal.")),
]
Stage = Annotated[Optional[str], typer.Argument(metavar="[STAGE]", help=N_("Which stage; the next one if none."))]  # noqa: UP045
Why = Annotated[Optional[str], typer.Argument(metavar="[REASON]", help=N_("Why it was lost."))]  # noqa: UP045
LostTo = Annotated[Optional[str], typer.Option("--lost-to", metavar="COMPETITOR", help=N_("Who got it."))]  # noqa: UP045
Amount = Annotated[Optional[str], typer.Option("--amount", metavar="AMOUNT", help=N_("The amount it was won with."))]  # noqa: UP045

ADVANCE = N_(
    "Move a deal on to the next stage, or to the one named; with -w all that fit. Skipping a stage needs --reason."
)
BACK = N_("Move a deal back a stage, or to the one named; it needs --reason.")
WIN = N_("A deal is won: an outcome, on the day of --at or today.")
LOSE = N_("A deal is lost, for a reason; the pipeline forgets it, the figures do not.")
REOPEN = N_("A closed deal is open again; that it was closed stays in its history.")
ASSIGN = N_("Give deals to another rep.")


@app.command(
    "advance",
    **c.command(
        ADVANCE,
        'salesctl advance D7\nsalesctl deal advance D7 谈判 --reason "they want to sign"\nsalesctl deal advance -w "stage:quote owner:me" Negotiation',
    ),
)
def advance(
    ctx: c.Context,
    ref: MaybeRef = None,
    stage: Stage = None,
    reason: c.Reason = None,
    next: c.Next = None,
    override: c.Override = False,
    where: c.Where = None,
) -> None:
    from salesctl.commands import _moves
    from salesctl.services import moves

    app_ = c.app_of(ctx)
    if where is not None:
        refs = _several(app_, where, stage, ref, next)
        if refs:
            _moves.answer_all(app_, moves.advance_all(app_, refs, ref, reason, override))
        return
    if ref is None:
        raise UsageError(_("which deal?"), _("as: salesctl advance D7"))
    moved = _moves.asked(app_, reason, lambda why: moves.advance(app_, ref, stage, why, override))
    _moves.answer(app_, moved, _moves.with_next(app_, moved, next))


def _several(app_: Any, where: str, second: str | None, first: str | None, next: str | None) -> list[str]:
    """The refs of the deals that a bulk move is about; three or more are asked for."""
    from salesctl.commands._standard import conditions
    from salesctl.store import records

    if second is not None or next is not None:
        raise UsageError(_("-w moves many deals: give the stage alone, and no --next"))
    found, _today = conditions(app_, DEAL, {"where": where})
    refs = [str(values["ref"]) for values, _raw in records.page(app_.store, DEAL, found, "id")]
    if not refs:
        app_.out.note(_("nothing found"))
    elif len(refs) >= 3 and not app_.out.confirm(_("{n} records: go on?").format(n=len(refs)), app_.yes):
        return []
    return refs


@app.command("back", **c.command(BACK, 'salesctl deal back D7 --reason "the budget was cut"'))
def back(ctx: c.Context, ref: Ref, stage: Stage = None, reason: c.Reason = None, next: c.Next = None) -> None:
    from salesctl.commands import _moves
    from salesctl.services import moves

    app_ = c.app_of(ctx)
    moved = _moves.asked(app_, reason, lambda why: moves.back(app_, ref, stage, why))
    _moves.answer(app_, moved, _moves.with_next(app_, moved, next))


@app.command("win", **c.command(WIN, "salesctl win D7\nsalesctl win D7 --at yesterday --amount 52k"))
def win(
    ctx: c.Context,
    ref: Ref,
    at: c.At = None,
    amount: Amount = None,
    note: c.NoteOption = None,
    next: c.Next = None,
    override: c.Override = False,
    reason: c.Reason = None,
) -> None:
    from salesctl.commands import _moves
    from salesctl.services import moves

    app_ = c.app_of(ctx)
    moved = moves.win(app_, ref, at, c.note_text(note), amount, override, reason)
    _moves.answer(app_, moved, _moves.with_next(app_, moved, next))


@app.command("lose", **c.command(LOSE, 'salesctl lose D7 "price" --lost-to Festa\nsalesctl deal lose D7 --reason 价格'))
def lose(
    ctx: c.Context,
    ref: Ref,
    why: Why = None,
    reason: c.Reason = None,
    lost_to: LostTo = None,
    at: c.At = None,
    note: c.NoteOption = None,
) -> None:
    from salesctl.commands import _moves
    from salesctl.services import moves

    app_ = c.app_of(ctx)
    said = reason or why
    if not said and app_.out.can_ask:
        said = app_.out.ask(_("why was it lost?"))
    _moves.answer(app_, moves.lose(app_, ref, said, at, lost_to, c.note_text(note)))


@app.command("reopen", **c.command(REOPEN, 'salesctl deal reopen D7 --reason "they called again"'))
def reopen(ctx: c.Context, ref: Ref, reason: c.Reason = None) -> None:
    from salesctl.commands import _moves
    from salesctl.services import moves

    app_ = c.app_of(ctx)
    _moves.answer(app_, moves.reopen(app_, ref, reason))


Refs = Annotated[list[str], typer.Argument(metavar="REF...", help=N_("Refs or names."))]
To = Annotated[str, typer.Option("--to", metavar="REP", help=N_("Who gets them."))]


@app.command("assign", **c.command(ASSIGN, "salesctl deal assign D7 D9 --to Sofia"))
def assign(ctx: c.Context, refs: Refs, to: To) -> None:
    from salesctl.services import deal

    app_ = c.app_of(ctx)
    if len(refs) >= 3 and not app_.out.confirm(_("{n} records: go on?").format(n=len(refs)), app_.yes):
        raise typer.Exit(0)
    done = [full(app_, DEAL, one) for one in deal.assign(app_, refs, to)]
    named = ", ".join(f"{one['ref']} {one['name']}" for one in done)
    line = _("assigned to {owner}  {named}").format(owner=done[0]["owner"], named=named)
    app_.out.emit(Message("\n".join(str(one["ref"]) for one in done), [line], done[0] if len(done) == 1 else done))
