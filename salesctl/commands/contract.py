"""salesctl contract: signed for a deal, paid in parts, renewed or ended; the standard verbs beside."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.contract import CONTRACT
from salesctl.errors import Found
from salesctl.i18n import N_, _

app = noun_app(CONTRACT).without("add")
Deal = Annotated[str, c.Argument(metavar="DEAL", help=N_("The deal that is signed."))]
Ref = Annotated[str, c.Argument(metavar="CONTRACT", help=N_("A contract, as K1 or its number."))]
MaybeRef = Annotated[Optional[str], c.Argument(metavar="[CONTRACT]", help=N_("One contract; all if none."))]  # noqa: UP045
Number = Annotated[c.Text, c.Option("--number", metavar="TEXT", help=N_("Its number; the next of the year if none."))]
Date = Annotated[c.Text, c.Option("--date", "--at", metavar="DATE", help=N_("When it was signed, if not today."))]
Value = Annotated[
    c.Text,
    c.Option("--value", metavar="AMOUNT", help=N_("Its value; that of the accepted quote or the deal if none.")),
]
Term = Annotated[c.Text, c.Option("--term", metavar="12m|1y|24", help=N_("For how long, in months or years."))]
Starts = Annotated[c.Text, c.Option("--starts", metavar="DATE", help=N_("First day; the day of signing if none."))]
Ends = Annotated[c.Text, c.Option("--ends", metavar="DATE", help=N_("Last day, counted; by the term if none."))]
Renewal = Annotated[
    c.Text,
    c.Option("--renewal", metavar="none|ask|auto", help=N_("Whether it ends, is to be asked for, or renews itself.")),
]
Notice = Annotated[
    c.Text,
    c.Option("--notice-days", metavar="N", help=N_("Days before the end to act; 30 where it is to be renewed.")),
]
SignedBy = Annotated[c.Text, c.Option("--signed-by", metavar="CONTACT", help=N_("Who signed at the customer."))]
Attach = Annotated[
    Optional[list[str]],  # noqa: UP045
    c.Option("--attach", metavar="FILE", help=N_("A file to keep with it; may be given again.")),
]
Pay = Annotated[
    c.Text,
    c.Option("--pay", metavar="PLAN", help=N_('What is due when, as "30% at sign; 40% +30d; rest 2027-01-31".')),
]
Plan = Annotated[str, c.Argument(metavar="PLAN", help=N_('What is due when, as "30% at sign; rest +60d".'))]
NewValue = Annotated[c.Text, c.Option("--value", metavar="AMOUNT", help=N_("Another value for the contract."))]
Amount = Annotated[str, c.Argument(metavar="AMOUNT", help=N_("What came in."))]
Received = Annotated[c.Text, c.Option("--at", metavar="DATE", help=N_("When it came in, if not today."))]
Over = Annotated[bool, c.Option("--over", help=N_("More than is open was paid."))]
Last = Annotated[c.Text, c.Option("--at", metavar="DATE", help=N_("Its last day, if earlier than agreed."))]
Files = Annotated[list[str], c.Argument(metavar="FILE...", help=N_("Files to keep with it."))]

SIGN = N_("Sign the contract of a deal, which wins it: value, term, payments, renewal and files in one write; the hand-over list of after-sales comes with it.")  # fmt: skip
SIGNED = "salesctl contract sign D7\nsalesctl contract sign D7 --value 480k --term 12m --renewal ask --attach signed.pdf\nsalesctl contract sign 华南机电 --pay \"30% 签约时; 40% +30d; 余款 2027-01-31\""  # fmt: skip


def sign(
    ctx: c.Context,
    deal: Deal,
    number: Number = None,
    date: Date = None,
    value: Value = None,
    term: Term = None,
    starts: Starts = None,
    ends: Ends = None,
    renewal: Renewal = None,
    notice_days: Notice = None,
    signed_by: SignedBy = None,
    attach: Attach = None,
    pay: Pay = None,
    note: c.NoteOption = None,
    override: c.Override = False,
    reason: c.Reason = None,
) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import contract

    app_ = c.app_of(ctx)
    wish = contract.Wish(
        number, date, value, term, starts, ends, renewal, notice_days, signed_by, pay, c.note_text(note), attach or (),
        override, reason,
    )  # fmt: skip
    app_.out.emit(_contract_told.signed(app_, contract.sign(app_, deal, wish)))


app.command("sign", **c.command(SIGN, SIGNED))(sign)
app.command("add", **c.command(SIGN, SIGNED.replace("contract sign", "contract add")))(sign)


@app.command("plan", **c.command(N_("Plan what is due when, in the place of the plan there was; the parts are the whole value."), "salesctl contract plan K1 \"30% 2026-12-01; rest +60d\"\nsalesctl contract plan K1 \"12000 at sign; rest eom\" --value 50k"))  # fmt: skip
def plan(ctx: c.Context, ref: Ref, parts: Plan, value: NewValue = None) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import payment

    app_ = c.app_of(ctx)
    app_.out.emit(_contract_told.planned(app_, payment.plan(app_, ref, parts, value)))


@app.command("pay", **c.command(N_("Write down money that came in; it pays what is due first."), "salesctl contract pay K1 12000\nsalesctl contract pay K1 14.4万 --at 昨天 --note \"bank transfer\""))  # fmt: skip
def pay(
    ctx: c.Context, ref: Ref, amount: Amount, at: Received = None, note: c.NoteOption = None, over: Over = False
) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import payment

    app_ = c.app_of(ctx)
    app_.out.emit(_contract_told.paid(app_, payment.pay(app_, ref, amount, at, c.note_text(note), over)))


@app.command("due", **c.command(N_("Payments that are overdue or coming, by their days; words filter the contracts."), "salesctl contract due\nsalesctl contract due customer:Acme next_due:..eom\nsalesctl contract due --owner me --json"))  # fmt: skip
def due(
    ctx: c.Context,
    words: c.Words = None,
    where: c.Where = None,
    owner: c.Owner = None,
    team: c.Team = None,
    limit: c.Limit = None,
) -> None:
    from salesctl.commands import _contract_due

    given = {"words": words, "where": where, "owner": owner, "team": team}
    app_ = c.app_of(ctx)
    app_.out.emit(_contract_due.due(app_, given, c.most_of(limit, c.SHOWN if app_.out.human else 0)))


@app.command("renew", **c.command(N_("Make the next contract, from the day after the end: at once where it renews itself, else with a renewal deal in the pipeline."), "salesctl contract renew K1\nsalesctl contract renew K1 --term 2y --value 90k"))  # fmt: skip
def renew(ctx: c.Context, ref: Ref, term: Term = None, value: NewValue = None) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import renewal

    app_ = c.app_of(ctx)
    app_.out.emit(_contract_told.renewed(app_, renewal.renew(app_, ref, term, value)))


@app.command("end", **c.command(N_("A contract ends on its last day or an earlier one, and is not renewed."), "salesctl contract end K1\nsalesctl contract end K1 --at eom --reason \"they closed the plant\""))  # fmt: skip
def end(ctx: c.Context, ref: Ref, at: Last = None, reason: c.Reason = None) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import renewal

    app_ = c.app_of(ctx)
    app_.out.emit(_contract_told.ended(app_, renewal.end(app_, ref, at, reason)))


@app.command("attach", **c.command(N_("Keep files with a contract: copied beside the store, known by the hash of their bytes."), "salesctl contract attach K1 signed.pdf annex.xlsx"))  # fmt: skip
def attach(ctx: c.Context, ref: Ref, files: Files) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import attachment

    app_ = c.app_of(ctx)
    app_.out.emit(_contract_told.attached(app_, attachment.attach(app_, ref, files)))


@app.command("verify", **c.command(N_("Whether the attached files are what was attached; exit 10 when one is missing or changed."), "salesctl contract verify\nsalesctl contract verify K1 --json"))  # fmt: skip
def verify(ctx: c.Context, ref: MaybeRef = None) -> None:
    from salesctl.commands import _contract_told
    from salesctl.services import attachment

    app_ = c.app_of(ctx)
    rows = attachment.checked(app_, ref)
    app_.out.emit(_contract_told.verified(rows))
    wrong = [one for one in rows if one["state"] != "ok"]
    if wrong:
        named = ", ".join(f"{one['contract_ref']} {one['name']}" for one in wrong)
        raise Found(_("not as attached: {names}").format(names=named))
