"""salesctl lead: the standard verbs, screen, assign, convert, the clocks, the common pool, and erase."""

from __future__ import annotations

from typing import Annotated, Any

from salesctl.commands import _common as c
from salesctl.commands import _standard
from salesctl.domain.lead import LEAD
from salesctl.i18n import N_, _

DryRun = Annotated[bool, c.Option("--dry-run", help=N_("Say what would come of it, write nothing."))]
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]
Refs = Annotated[list[str], c.Argument(metavar="REF...", help=N_("Leads, and customers as C5."))]
MaybeRefs = Annotated[list[str] | None, c.Argument(metavar="[REF]...", help=N_("Refs or names."))]
Auto = Annotated[bool, c.Option("--auto", help=N_("By the rules of the SOP; all new leads if none is named."))]
Accept = Annotated[bool, c.Option("--accept", help=N_("It is worth working on."))]
Reject = Annotated[bool, c.Option("--reject", help=N_("It is not; needs --reason."))]
Fit = Annotated[c.Text, c.Option("--fit", metavar="0..5", help=N_("How well it fits."))]
To = Annotated[str, c.Option("--to", metavar="REP", help=N_("Who gets them."))]
Customer = Annotated[
    c.Text,
    c.Option("--customer", metavar="NAME", help=N_("Its customer; the one of its name, or a new one, if none.")),
]
Deal = Annotated[c.Text, c.Option("--deal", metavar="REF", help=N_("An open deal that it joins."))]
Name = Annotated[c.Text, c.Option("--name", metavar="TEXT", help=N_("What the new deal is called."))]
Amount = Annotated[
    c.Text, c.Option("--amount", metavar="AMOUNT", help=N_("The amount of the new deal; its budget if none."))
]
DealFields = Annotated[
    list[str] | None,
    c.Argument(metavar="[FIELD=VALUE]...", help=N_("Fields of the new deal, as expected_close=eom.")),
]
By = Annotated[c.Text, c.Option("--by", metavar="rep|channel", help=N_("A row for each rep or channel."))]
Leads = Annotated[bool, c.Option("--leads", help=N_("Leads only."))]
Customers = Annotated[bool, c.Option("--customers", help=N_("Customers only."))]

ADD = N_(
    "Add a lead, with its channel and who recommended it; `lead add -` reads many from standard input.\n"
    "A line each: name, contact, phone, channel, email, region, industry, need, apart by tabs or commas; more as field=value, or a first line that names the fields. All of them or none; every bad line is named."
)
ADD_EXAMPLES = """salesctl lead add "Acme Corp" --channel fair --phone "+49 421 5550" --referred-by "Kova AG"
salesctl lead add - --channel fair --dry-run < visitors.csv
salesctl lead add - --channel fair --owner Sofia < visitors.csv"""
SCREEN = N_(
    "Screen leads: by the rules of the SOP with --auto, or by hand with --accept, --reject or --fit.\n"
    "What gave which points is kept as the reason. A rule is filter words and points: salesctl sop edit, [[leads.screen]]."
)
SCREEN_EXAMPLES = """salesctl lead screen --auto
salesctl lead screen L3 --fit 4 --accept --reason "budget is approved"
salesctl lead screen -w "channel:web phone: email:" --reject --reason "nobody to reach\""""
ASSIGN = N_("Give leads to a rep: the clock of the first contact begins.")
CONVERT = N_(
    "Make a deal of a lead: a new one, or one that is there.\n"
    "Its customer is found by name or made, its contact too; channel, owner and who recommended it go along, and so does what was done and planned with it."
)
CONVERT_EXAMPLES = """salesctl lead convert L3
salesctl lead convert L3 --name "Pump order" --amount 48k expected_close=eom --next "fri visit"
salesctl lead convert L3 --customer C5 --deal D7"""
RESPONSE = N_(
    "How long leads wait: until assigned, from there until followed up, and in all until the first contact.\n"
    "In business hours (SOP: opens, closes) and on the wall. Those that wait still count as longer than they have waited so far."
)
POOL = N_(
    "What lies in the common pool: leads and customers that nobody has, and how they came there.\n"
    "Its rules (days, warning, limits): salesctl sop edit, [pool]."
)
RECLAIM = N_(
    "Take back into the pool what nobody touched for too long, leads and customers, by the rules of the SOP.\n"
    "A touch is a follow-up that was done, a screening, an edit. Customers with open deals stay. Nothing to take back says nothing."
)
RECLAIM_EXAMPLES = """salesctl lead reclaim --dry-run
0 6 * * *  salesctl lead reclaim -y"""
RETURN = N_("Give leads and customers back to the pool, for a reason.")
CLAIM = N_("Take leads and customers out of the pool, as many a day and at a time as the SOP allows.")


def _add(**given: Any) -> None:
    from salesctl.commands import _lead

    _lead.add(c.app_of(given["ctx"]), given)


_made, _about = _standard.adding(LEAD)
app = _standard.noun_app(LEAD, add=c.signed(_add, [*c.parameters(_made), c.Parameter("dry_run", DryRun, False)]))
app.verbs["add"].help, app.verbs["add"].epilog = ADD, ADD_EXAMPLES


@app.command("screen", **c.command(SCREEN, SCREEN_EXAMPLES))
def screen(
    ctx: c.Context,
    refs: MaybeRefs = None,
    where: c.Where = None,
    auto: Auto = False,
    accept: Accept = False,
    reject: Reject = False,
    fit: Fit = None,
    reason: c.Reason = None,
) -> None:
    from salesctl.commands import _lead

    given = {"auto": auto, "accept": accept, "reject": reject, "fit": fit, "reason": reason}
    _lead.screen(c.app_of(ctx), refs or [], where, given)


@app.command("assign", **c.command(ASSIGN, 'salesctl lead assign L3 L4 --to Sofia\nsalesctl lead assign -w "pool region:north" --to Sofia'))  # fmt: skip
def assign(ctx: c.Context, to: To, refs: MaybeRefs = None, where: c.Where = None) -> None:
    from salesctl.commands import _lead
    from salesctl.services import lead

    app_ = c.app_of(ctx)
    chosen = _lead.chosen(app_, refs or [], where)
    if chosen:
        done = lead.assign(app_, chosen, to)
        _lead.handed(app_, done, _("assigned to {owner}").format(owner=done[0]["owner"]))


@app.command("convert", **c.command(CONVERT, CONVERT_EXAMPLES))
def convert(
    ctx: c.Context,
    ref: Ref,
    pairs: DealFields = None,
    customer: Customer = None,
    deal: Deal = None,
    name: Name = None,
    amount: Amount = None,
    next: c.Next = None,
    similar: c.Similar = False,
) -> None:
    from salesctl.commands import _lead

    app_ = c.app_of(ctx)
    fields = {"name": name, "amount": amount}
    _lead.convert(
        app_, ref, pairs or [], {**fields, "customer": customer, "deal": deal, "next": next, "similar": similar}
    )


@app.command("response", **c.command(RESPONSE, "salesctl lead response -p 本月\nsalesctl lead response -p 2026Q4 --by channel\nsalesctl lead response --by rep --json"))  # fmt: skip
def response(
    ctx: c.Context,
    by: By = None,
    period: c.PeriodOption = None,
    begin: c.Begin = None,
    end: c.End = None,
    owner: c.Owner = None,
    team: c.Team = None,
    where: c.Where = None,
) -> None:
    from salesctl.commands import _lead_report

    app_ = c.app_of(ctx)
    app_.out.emit(_lead_report.response(app_, by, period, begin, end, {"owner": owner, "team": team, "where": where}))


@app.command("pool", **c.command(POOL, "salesctl lead pool\nsalesctl lead pool region:north --leads\nsalesctl lead pool --customers --json"))  # fmt: skip
def pool(
    ctx: c.Context, words: c.Words = None, leads: Leads = False, customers: Customers = False, limit: c.Limit = None
) -> None:
    from salesctl.commands import _pool

    app_ = c.app_of(ctx)
    shown = c.most_of(limit, c.SHOWN if app_.out.human else 0)
    app_.out.emit(_pool.lying(app_, words or [], leads, customers, shown))


@app.command("reclaim", **c.command(RECLAIM, RECLAIM_EXAMPLES))
def reclaim(ctx: c.Context, dry_run: DryRun = False) -> None:
    from salesctl.commands import _pool

    _pool.reclaim(c.app_of(ctx), dry_run)


@app.command("return", **c.command(RETURN, 'salesctl lead return L3 --reason "no budget this year"\nsalesctl lead return L4 C5 --reason 换区域'))  # fmt: skip
def give_back(ctx: c.Context, refs: Refs, reason: c.Reason = None) -> None:
    from salesctl.commands import _pool

    _pool.give_back(c.app_of(ctx), refs, reason)


@app.command("claim", **c.command(CLAIM, "salesctl lead claim L3 L4\nsalesctl lead claim C5"))
def claim(ctx: c.Context, refs: Refs) -> None:
    from salesctl.commands import _lead
    from salesctl.services import pool as service

    app_ = c.app_of(ctx)
    done = service.claim(app_, refs)
    _lead.handed(app_, done, _("taken out of the pool by {owner}").format(owner=done[0]["owner"]))


ERASE = N_(
    "Erase a lead: its person is gone from the tables, the search and the change log; counts stay. Cannot be undone. salesctl export person REF first gives all there is."
)


@app.command("erase", **c.command(ERASE, "salesctl lead erase L3\nsalesctl lead erase L3 --backups -y"))
def erase(ctx: c.Context, ref: Ref, backups: c.Backups = False) -> None:
    from salesctl.commands import _erase

    app_ = c.app_of(ctx)
    app_.out.emit(_erase.asked(app_, LEAD, ref, backups))
