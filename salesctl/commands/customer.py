"""salesctl customer: the standard verbs, and duplicates, merge, apart, erase."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.customer import CUSTOMER
from salesctl.i18n import N_

app = noun_app(CUSTOMER)
DUPLICATES = N_("Customers that may be one, by name, phone, e-mail and domain, the surest first, and why.")
MERGE = N_(
    "Make one customer of two: the first stays and takes what the other has; the other's ref and name lead to it."
)
APART = N_("Two customers are two, however alike: duplicates shows them no more.")
ERASE = N_("Erase a private person: gone from the tables, the search and the change log; sums stay. Cannot be undone.")
Kept = Annotated[str, c.Argument(metavar="A", help=N_("The one that stays."))]
Gone = Annotated[str, c.Argument(metavar="B", help=N_("The one that goes."))]
First = Annotated[str, c.Argument(metavar="A", help=N_("A ref or a name."))]
Second = Annotated[str, c.Argument(metavar="B", help=N_("A ref or a name."))]
DryRun = Annotated[bool, c.Option("--dry-run", help=N_("Say what would move, write nothing."))]


@app.command("duplicates", **c.command(DUPLICATES, "salesctl customer duplicates\nsalesctl customer duplicates --json"))
def duplicates(ctx: c.Context, limit: c.Limit = None) -> None:
    from salesctl.commands import _merge

    app_ = c.app_of(ctx)
    app_.out.emit(_merge.listed(app_, c.most_of(limit, c.SHOWN if app_.out.human else 0)))


@app.command("merge", **c.command(MERGE, "salesctl customer merge C1 C7 --dry-run\nsalesctl customer merge C1 C7"))
def merge(ctx: c.Context, kept: Kept, gone: Gone, dry_run: DryRun = False) -> None:
    from salesctl.commands import _merge
    from salesctl.services import merge as service

    app_ = c.app_of(ctx)
    if not dry_run and not app_.yes and app_.out.can_ask:
        app_.out.emit(_merge.merged(service.merge(app_, kept, gone, dry_run=True)))
        if not app_.out.confirm(_merge.QUESTION, app_.yes):
            raise c.Exit(0)
    app_.out.emit(_merge.merged(service.merge(app_, kept, gone, dry_run)))


@app.command("apart", **c.command(APART, "salesctl customer apart C1 C7"))
def apart(ctx: c.Context, first: First, second: Second) -> None:
    from salesctl.commands import _merge

    app_ = c.app_of(ctx)
    app_.out.emit(_merge.separated(app_, first, second))


@app.command("erase", **c.command(ERASE, "salesctl customer erase C9\nsalesctl customer erase C9 --backups -y"))
def erase(ctx: c.Context, ref: First, backups: c.Backups = False) -> None:
    from salesctl.commands import _erase

    app_ = c.app_of(ctx)
    app_.out.emit(_erase.asked(app_, CUSTOMER, ref, backups))
