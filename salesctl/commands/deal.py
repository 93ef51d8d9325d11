"""salesctl deal: the standard verbs, and advance, back, win, lose, reopen, assign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Optional

from salesctl.commands import _common as c
from salesctl.commands._fields import full
from salesctl.commands._standard import edit_with, noun_app
from salesctl.domain.deal import DEAL
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Message


def conceded(app_: Any, given: Mapping[str, Any]) -> Callable[[Any, int], None] | None:
    """The concession that an edit writes down beside its fields."""
    from salesctl.commands import _bargain

    return _bargain.beside(app_, given)


app = noun_app(DEAL, edit=edit_with(DEAL, {"asked": c.Asked, "gave": c.Gave, "in_return": c.InReturn}, conceded))
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A ref, a name, or a customer with one open deal."))]
MaybeRef = Annotated[
    Optional[str],  # noqa: UP045
    c.Argument(metavar="REF", help=N_("A ref, a name, or a customer with one open deal.")),
]
Stage = Annotated[Optional[str], c.Argument(metavar="[STAGE]", help=N_("Which stage; the next one if none."))]  # noqa: UP045
Why = Annotated[Optional[str], c.Argument(metavar="[REASON]", help=N_("Why it was lost."))]  # noqa: UP045
LostTo = Annotated[Optional[str], c.Option("--lost-to", metavar="COMPETITOR", help=N_("Who got it."))]  # noqa: UP045
Amount = Annotated[Optional[str], c.Option("--amount", metavar="AMOUNT", help=N_("The amount it was won with."))]  # noqa: UP045

ADVANCE = N_(
    "Move a deal on to the next stage, or to the one named; with -w all that fit. Skipping a stage needs --reason."
)
BACK = N_("Move a deal back a stage, or to the one named; it needs --reason.")
WIN = N_("A deal is won: an outcome, on the day of --at or today.")
LOSE = N_("A deal is lost, for a reason; the pipeline forgets it, the figures do not.")
REOPEN = N_("A closed deal is open again; that it was closed stays in its history.")
ASSIGN = N_("Give deals to another rep.")
RIVAL = N_("Write down a rival on a deal: who, what it quotes, what it is good and bad at; without a name list them.")
CONCESSIONS = N_("What was given in a deal, and what came back for it.")
HANDOVER = N_(
    "What after-sales does with a won deal, and has to know: contract, people, promises, needs, what was sold."
)


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


Refs = Annotated[list[str], c.Argument(metavar="REF...", help=N_("Refs or names."))]
To = Annotated[str, c.Option("--to", metavar="REP", help=N_("Who gets them."))]


@app.command("assign", **c.command(ASSIGN, "salesctl deal assign D7 D9 --to Sofia"))
def assign(ctx: c.Context, refs: Refs, to: To) -> None:
    from salesctl.services import deal

    app_ = c.app_of(ctx)
    if len(refs) >= 3 and not app_.out.confirm(_("{n} records: go on?").format(n=len(refs)), app_.yes):
        raise c.Exit(0)
    done = [full(app_, DEAL, one) for one in deal.assign(app_, refs, to)]
    named = ", ".join(f"{one['ref']} {one['name']}" for one in done)
    line = _("assigned to {owner}  {named}").format(owner=done[0]["owner"], named=named)
    app_.out.emit(Message("\n".join(str(one["ref"]) for one in done), [line], done[0] if len(done) == 1 else done))


Rival = Annotated[str | None, c.Argument(metavar="[NAME]", help=N_("Which rival; lists those there are if none."))]
Price = Annotated[Optional[str], c.Option("--price", metavar="AMOUNT", help=N_("What it quotes."))]  # noqa: UP045
Strength = Annotated[Optional[str], c.Option("--strength", metavar="TEXT", help=N_("What it is good at."))]  # noqa: UP045
Weakness = Annotated[Optional[str], c.Option("--weakness", metavar="TEXT", help=N_("What it is bad at."))]  # noqa: UP045


@app.command(
    "rival", **c.command(RIVAL, "salesctl deal rival D7 Festa --price 455k --strength service\nsalesctl deal rival D7")
)
def rival(
    ctx: c.Context,
    ref: Ref,
    name: Rival = None,
    price: Price = None,
    strength: Strength = None,
    weakness: Weakness = None,
) -> None:
    from salesctl.commands import _bargain
    from salesctl.services import bargain

    app_ = c.app_of(ctx)
    if name is not None:
        app_.out.emit(_bargain.named(*bargain.rival(app_, ref, name, price, strength, weakness)))
    elif price or strength or weakness:
        raise UsageError(_("which rival?"), _("as: salesctl deal rival D7 Festa --price 455k"))
    else:
        app_.out.emit(_bargain.rivals(app_, ref))


@app.command(
    "concessions", **c.command(CONCESSIONS, "salesctl deal concessions D7\nsalesctl deal concessions D7 --json")
)
def concessions(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands import _bargain

    app_ = c.app_of(ctx)
    app_.out.emit(_bargain.concessions(app_, ref))


@app.command("handover", **c.command(HANDOVER, "salesctl deal handover D7\nsalesctl deal handover D7 -o handover.txt"))
def handover(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands import _bargain

    app_ = c.app_of(ctx)
    app_.out.emit(_bargain.handover(app_, ref))
