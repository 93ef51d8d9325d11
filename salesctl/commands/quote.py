"""salesctl quote: priced lines for a deal, in versions, on their way to the customer and back; the standard verbs beside."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.commands import _quote_paper
from salesctl.commands._standard import noun_app
from salesctl.domain.quote import QUOTE
from salesctl.i18n import N_

app = noun_app(QUOTE).without("add", "edit")
Deal = Annotated[str, c.Argument(metavar="DEAL", help=N_("A deal, or a customer with one open deal."))]
Lines = Annotated[
    Optional[list[str]],  # noqa: UP045
    c.Argument(
        metavar="[LINE]...",
        help=N_(
            'As "GTX Pro*3", "GTX Pro*3 -5%" or "GTX Pro*3 = 4500"; the products of the deal if none; - reads lines.'
        ),
    ),
]
Ref = Annotated[str, c.Argument(metavar="QUOTE", help=N_("A quote by its ref, or by its deal."))]
Pairs = Annotated[list[str] | None, c.Argument(metavar="[FIELD=VALUE]...", help=N_("Fields, as valid_until=+30d."))]
Discount = Annotated[c.Text, c.Option("--discount", metavar="N%", help=N_("Off the whole, after those of the lines."))]  # fmt: skip
Tax = Annotated[c.Text, c.Option("--tax", metavar="N%", help=N_("For every line; that of its product if none."))]
Valid = Annotated[c.Text, c.Option("--valid-until", metavar="DATE", help=N_("Last day; as the SOP says if none."))]
Contact = Annotated[c.Text, c.Option("--contact", metavar="NAME", help=N_("Whom it is for."))]
Solution = Annotated[c.Text, c.Option("--from-solution", metavar="S1", help=N_("The solution that it prices."))]
Name = Annotated[c.Text, c.Option("--name", metavar="TEXT", help=N_("What it is called; as the deal if none."))]
Language = Annotated[c.Text, c.Option("--language", metavar="en|zh", help=N_("What it is printed in."))]
Owner = Annotated[c.Text, c.Option("--owner", metavar="REP", help=N_("Whose quote it is."))]
Add = Annotated[Optional[list[str]], c.Option("--add", metavar="LINE", help=N_("A line more; may be given again."))]  # noqa: UP045  # fmt: skip
Drop = Annotated[Optional[list[str]], c.Option("--drop", metavar="N", help=N_("Take line N out; 2,3 takes both."))]  # noqa: UP045  # fmt: skip
Anew = Annotated[Optional[list[str]], c.Option("--set", metavar="N=LINE", help=N_('Line N anew, as 1="GTX Pro*4".'))]  # noqa: UP045  # fmt: skip
Reprice = Annotated[bool, c.Option("--reprice", help=N_("The list prices of today for the lines that stay."))]
Whom = Annotated[c.Text, c.Option("--to", metavar="NAME|ADDRESS", help=N_("Who gets it; its contact if none."))]
By = Annotated[c.Text, c.Option("--by", metavar="CONTACT", help=N_("Who at the customer said so."))]
Why = Annotated[Optional[str], c.Argument(metavar="[REASON]", help=N_("Why not."))]  # noqa: UP045

ADD = N_("A quote for a deal: its lines, with the list prices of today.")
EDIT = N_("Change a draft: its lines, its discount, its fields. What was submitted is revised instead.")
REVISE = N_("The next version of a quote, with changes; the old one is kept, superseded.")
LINES = N_("The lines of a quote and its sums.")
SUBMIT = N_("Ask for the approval that the discount needs; without one the quote may be sent.")
SEND = N_("The quote goes to the customer: noted with a mail that was done. The deal stays where it is.")
ACCEPT = N_("The customer said yes: the deal gets the quote's net sum and its lines.")
DECLINE = N_("The customer said no, and why. The deal stays as it is.")


@app.command(
    "add",
    **c.command(
        ADD,
        'salesctl quote add D15 "GTX Pro*3" 安装 --discount 4%\n'
        'salesctl quote add Acme "Pump X1 x 2 -5%" "Service = 400" --tax 19% --valid-until +30d',
    ),
)
def add(
    ctx: c.Context,
    deal: Deal,
    lines: Lines = None,
    discount: Discount = None,
    tax: Tax = None,
    valid_until: Valid = None,
    contact: Contact = None,
    from_solution: Solution = None,
    name: Name = None,
    language: Language = None,
    owner: Owner = None,
    note: c.NoteOption = None,
) -> None:
    from salesctl.commands import _quote
    from salesctl.domain.quoteline import Edit
    from salesctl.services import quote
    from salesctl.services.quote_wish import Wish

    app_ = c.app_of(ctx)
    edit = Edit(add=tuple(_quote.texts(lines or [])))
    wish = Wish(discount, tax, valid_until, contact, from_solution, name, language, c.note_text(note), owner, edit)  # fmt: skip
    _quote.written(app_, quote.add(app_, deal, wish), "added")


@app.command(
    "edit",
    **c.command(
        EDIT,
        'salesctl quote edit Q1 --add "Cable*2" --drop 2\nsalesctl quote edit Q1 --set 1="GTX Pro*4 -3%" --discount 5%',
    ),
)
def edit(
    ctx: c.Context,
    ref: Ref,
    words: Pairs = None,
    add: Add = None,
    drop: Drop = None,
    anew: Anew = None,
    discount: Discount = None,
    tax: Tax = None,
    valid_until: Valid = None,
    contact: Contact = None,
    name: Name = None,
    language: Language = None,
    owner: Owner = None,
    reprice: Reprice = False,
    note: c.NoteOption = None,
) -> None:
    from salesctl.commands import _quote
    from salesctl.domain.quoteline import parse_edit
    from salesctl.services import quote
    from salesctl.services.quote_wish import Wish

    app_ = c.app_of(ctx)
    change = parse_edit(add or [], drop or [], anew or [])
    wish = Wish(discount, tax, valid_until, contact, None, name, language, c.note_text(note), owner, change, reprice)  # fmt: skip
    _quote.written(app_, quote.edit(app_, ref, _quote.with_pairs(wish, ref, words)), "changed")


@app.command(
    "revise",
    **c.command(
        REVISE,
        'salesctl quote revise Q1 --discount 6%\nsalesctl quote revise Q1 --set 1="GTX Pro*4" --valid-until +30d',
    ),
)
def revise(
    ctx: c.Context,
    ref: Ref,
    words: Pairs = None,
    add: Add = None,
    drop: Drop = None,
    anew: Anew = None,
    discount: Discount = None,
    tax: Tax = None,
    valid_until: Valid = None,
    contact: Contact = None,
    from_solution: Solution = None,
    name: Name = None,
    language: Language = None,
    owner: Owner = None,
    reprice: Reprice = False,
    note: c.NoteOption = None,
) -> None:
    from salesctl.commands import _quote
    from salesctl.domain.quoteline import parse_edit
    from salesctl.services import quote
    from salesctl.services.quote_wish import Wish

    app_ = c.app_of(ctx)
    change = parse_edit(add or [], drop or [], anew or [])
    wish = Wish(discount, tax, valid_until, contact, from_solution, name, language, c.note_text(note), owner, change, reprice)  # fmt: skip
    _quote.written(app_, quote.revise(app_, ref, _quote.with_pairs(wish, ref, words)), "revised")


@app.command("lines", **c.command(LINES, "salesctl quote lines Q1\nsalesctl quote lines Q1 --json"))
def lines(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands import _quote

    app_ = c.app_of(ctx)
    app_.out.emit(_quote.table(app_, ref))


@app.command("submit", **c.command(SUBMIT, "salesctl quote submit Q1"))
def submit(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands import _quote
    from salesctl.services import quote_answer

    app_ = c.app_of(ctx)
    _quote.done(app_, quote_answer.submit(app_, ref))


@app.command("send", **c.command(SEND, "salesctl quote send Q1\nsalesctl quote send Q1 --to anna@acme.example"))
def send(ctx: c.Context, ref: Ref, to: Whom = None, at: c.At = None) -> None:
    from salesctl.commands import _quote
    from salesctl.services import quote_answer

    app_ = c.app_of(ctx)
    _quote.done(app_, quote_answer.send(app_, ref, to, at))


@app.command("accept", **c.command(ACCEPT, "salesctl quote accept Q1\nsalesctl quote accept Q1 --by Anna --at yesterday"))  # fmt: skip
def accept(ctx: c.Context, ref: Ref, by: By = None, at: c.At = None) -> None:
    from salesctl.commands import _quote
    from salesctl.services import quote_answer

    app_ = c.app_of(ctx)
    _quote.done(app_, quote_answer.accept(app_, ref, at, by))


@app.command("decline", **c.command(DECLINE, 'salesctl quote decline Q1 "price"\nsalesctl quote decline Q1 --reason 价格 --by Anna'))  # fmt: skip
def decline(ctx: c.Context, ref: Ref, why: Why = None, reason: c.Reason = None, by: By = None, at: c.At = None) -> None:
    from salesctl.commands import _quote
    from salesctl.i18n import _
    from salesctl.services import quote_answer

    app_ = c.app_of(ctx)
    said = reason or why
    if not said and app_.out.can_ask:
        said = app_.out.ask(_("why was it declined?"))
    _quote.done(app_, quote_answer.decline(app_, ref, said, at, by))


_quote_paper.register(app)
