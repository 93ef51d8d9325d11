"""salesctl add: customer, deal and first step in one line."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Message

app = c.Commands()
HELP = N_("Add a customer (or take the one there is), a deal with its amount, a contact and the first step.")
EXAMPLES = """salesctl add "Acme Corp" "Pump order" 48k --next "fri call Anna"
salesctl add 华南机电 贴片线改造 48万 --contact "张伟 13800000001" --next 周四拜访"""
Customer = Annotated[str, c.Argument(metavar="CUSTOMER", help=N_("The customer's name."))]
Deal = Annotated[Optional[str], c.Argument(metavar="[DEAL]", help=N_("What may be sold."))]  # noqa: UP045
Amount = Annotated[Optional[list[str]], c.Argument(metavar="[AMOUNT]", help=N_("For how much."))]  # noqa: UP045
Contact = Annotated[Optional[str], c.Option("--contact", metavar='"NAME PHONE"', help=N_("Whom to call."))]  # noqa: UP045
Channel = Annotated[Optional[str], c.Option("--channel", metavar="TEXT", help=N_("Where it came from."))]  # noqa: UP045


@app.command("add", **c.command(HELP, EXAMPLES))
def main(
    ctx: c.Context,
    customer: Customer,
    deal: Deal = None,
    amount: Amount = None,
    contact: Contact = None,
    channel: Channel = None,
    next: c.Next = None,
) -> None:
    from salesctl.commands._fields import assumed, details, full
    from salesctl.domain.nouns import NOUNS
    from salesctl.services.quick import Quick, add

    app_ = c.app_of(ctx)
    done = add(app_, Quick(customer, deal, _amount(customer, deal, amount or []), contact, channel, next))
    made = done.records
    lines, records = [], {}
    for name, (values, is_new) in made.items():
        noun = NOUNS[name]
        verb = _("added") if is_new else _("there already")
        lines.append(f"{verb}  {values['ref']}  {values[noun.title]}{details(noun, values)}")
        records[name] = full(app_, noun, values)
    if done.heard:
        lines[-1] += "  " + _('"{heard}" read as {day}').format(heard=done.heard, day=made["followup"][0]["due"])
    refs = "\n".join(str(values["ref"]) for values, _new in made.values())
    notes = assumed(app_, made["deal"][0]["amount"]) if "deal" in made else []
    if app_.out.err_tty is False:
        lines = ["; ".join([*lines, *notes])]
    else:
        lines += notes
    app_.out.emit(Message(refs, lines, records))


def _amount(customer: str, deal: str | None, rest: list[str]) -> str | None:
    """The amount, if there is one. UsageError (2) for a deal without a name and for names that want quotes."""
    from salesctl.services.quick import certain, is_amount
    from salesctl.text import clean

    if len(rest) > 1:
        raise _unquoted([customer, deal or "", *rest])
    amount = rest[0] if rest else None
    as_ = 'salesctl add {customer} "Pump order" {amount}'
    if deal is not None and not deal.strip():
        said = as_.format(customer=_quoted(customer), amount=clean(certain(amount or "48k")))
        raise UsageError(_("what is the deal called?"), _("as: {command}").format(command=said))
    if deal and amount is None and is_amount(deal):
        said = as_.format(customer=_quoted(customer), amount=clean(certain(deal)))
        raise UsageError(
            _("{text} is an amount: what is the deal called?").format(text=clean(deal)),
            _("as: {command}").format(command=said),
        )
    return amount


def _unquoted(words: list[str]) -> UsageError:
    """Too many words: it is the customer's name that was not quoted, or the deal's where the customer's is."""
    from salesctl.services.quick import certain, is_amount

    *names, last = words
    amount = [certain(last)] if is_amount(last) else []
    names += [] if amount else [last]
    if " " in words[0].strip():
        message, parts = _("the name of the deal wants quotes"), [names[0], " ".join(names[1:])]
    else:
        message, parts = _("the name of the customer wants quotes"), [" ".join(names[:-1]), names[-1]]
    said = " ".join(["salesctl add", *map(_quoted, parts), *amount])
    return UsageError(message, _("as: {command}").format(command=said))


def _quoted(name: str) -> str:
    from salesctl.text import clean

    shown = clean(name)
    return f'"{shown}"' if " " in shown else shown
