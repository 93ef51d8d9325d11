"""salesctl need: what a customer needs; the standard verbs, and rank and key."""

from __future__ import annotations

from typing import Annotated, Any

from salesctl.commands import _common as c
from salesctl.commands._fields import full, pairs
from salesctl.commands._standard import noun_app
from salesctl.domain.need import KIND, NEED
from salesctl.i18n import N_, _
from salesctl.output.views import Message

app = noun_app(NEED).without("add")
Deal = Annotated[str, c.Argument(metavar="DEAL", help=N_("A deal, or a customer with one open deal."))]
Text = Annotated[str, c.Argument(metavar="TEXT", help=N_("What is needed, or what hurts."))]
Pairs = Annotated[list[str] | None, c.Argument(metavar="[FIELD=VALUE]...", help=N_("Fields, as kind=pain."))]
Kind = Annotated[c.Text, c.Option("--kind", metavar="need|pain|wish", help=N_("A need, a pain or a wish."))]
Contact = Annotated[c.Text, c.Option("--contact", "--by", metavar="NAME", help=N_("Who said so."))]
Key = Annotated[bool, c.Option("--key", help=N_("It is a key need: without it there is no deal."))]
Order = Annotated[list[str], c.Argument(metavar="DEAL NEED... | NEED RANK", help=N_("Those first, or one to a rank."))]
Needs = Annotated[list[str], c.Argument(metavar="NEED...", help=N_("Needs by their refs, or the deal of the only one."))]  # fmt: skip
Off = Annotated[bool, c.Option("--off", help=N_("Not key any more."))]

ADD = N_("Write down what the customer needs, or what hurts: for a deal, ranked last.")
RANK = N_("Put the needs of a deal in order: those that are named first, or one to a place.")
KEY = N_("Mark needs as key, or not any more with --off.")


@app.command(
    "add",
    **c.command(
        ADD,
        'salesctl need add D7 "changing over takes 40 minutes, 10 are wanted" --kind pain --contact Anna --key\n'
        "salesctl need add 华南机电 换线要40分钟 --kind 痛点",
    ),
)
def add(
    ctx: c.Context,
    deal: Deal,
    text: Text,
    words: Pairs = None,
    kind: Kind = None,
    contact: Contact = None,
    key: Key = False,
    note: c.NoteOption = None,
) -> None:
    from salesctl.services import need

    app_ = c.app_of(ctx)
    texts = {NEED.field(word).key: said for word, _mark, said in pairs(NEED, words or [], text)}
    given = {"name": text, "kind": kind, "contact": contact, "note": c.note_text(note)}
    texts |= {name: said for name, said in given.items() if said is not None}
    values = need.add(app_, deal, texts, key)
    app_.out.emit(Message(str(values["ref"]), [f"{_('added')}  {_said(values)}"], full(app_, NEED, values)))


def _said(values: dict[str, Any]) -> str:
    """A need in a line: what it is, for which deal, who said so."""
    head = f"{values['ref']}  {_(KIND.labels[values['kind']])}: {values['name']}"
    head += f" ({_('key')})" if values["is_key"] == "yes" else ""
    parts = [head, f"{values['deal_ref']} {values['deal']}", _("rank {n}").format(n=values["rank"])]
    return "  ".join([*parts, *([values["contact"]] if values["contact"] else [])])


@app.command("rank", **c.command(RANK, "salesctl need rank D7 N4 N2 N5\nsalesctl need rank N4 1"))
def rank(ctx: c.Context, order: Order) -> None:
    from salesctl.services import need

    app_ = c.app_of(ctx)
    done = [full(app_, NEED, one) for one in need.rank(app_, order)]
    lines = [f"{one['rank']}  {one['ref']}  {one['name']}" for one in done]
    app_.out.emit(Message("\n".join(str(one["ref"]) for one in done), lines, done))


@app.command("key", **c.command(KEY, "salesctl need key N4\nsalesctl need key N4 --off"))
def key(ctx: c.Context, needs: Needs, off: Off = False) -> None:
    from salesctl.services import need

    app_ = c.app_of(ctx)
    done = [full(app_, NEED, one) for one in need.key(app_, needs, off)]
    verb = _("not key any more") if off else _("key")
    lines = [f"{verb}  {one['ref']}  {one['name']}" for one in done]
    record = done[0] if len(done) == 1 else done
    app_.out.emit(Message("\n".join(str(one["ref"]) for one in done), lines, record))
