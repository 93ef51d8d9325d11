"""salesctl report: the reports there are, each an entry here and a module of its own."""

from __future__ import annotations

from typing import Annotated, Any

from salesctl.commands import _common as c
from salesctl.commands._papers import PAPERS, Currency, verb
from salesctl.commands._reports import DEALS, Kind, group
from salesctl.i18n import N_

PEOPLE = ("rep", "team", "manager", "region")
REPORTS = (
    Kind(
        "process",
        N_("How deals go through the stages: how many go on, in how many days, what stands still, goes back or jumps."),
        "salesctl report process -p 2026Q4\nsalesctl report process --team North --by rep\nsalesctl report process --as-of 2026-09-30 --why",
        "_process",
        DEALS,
    ),
    Kind(
        "sop",
        N_("How well the SOP is kept: steps met, missing and overridden, by step and by rep, with the reasons."),
        "salesctl report sop -p 2026Q4\nsalesctl report sop --by rep\nsalesctl report sop --by stage --why",
        "_compliance",
        ("item", "stage", *PEOPLE),
    ),
    Kind(
        "rivals",
        N_("The rivals: how often we met each, who won, how their prices lie to ours, what they are good and bad at."),
        "salesctl report rivals -p 2026\nsalesctl report rivals --by region --why",
        "_rivals",
        DEALS,
    ),
)
LIST_HELP = N_("The reports there are.")
Name = Annotated[str, c.Argument(metavar="NAME", help=N_("What the report is called."))]
File = Annotated[str, c.Argument(metavar="FILE|-", help=N_("A TOML file, or - for standard input."))]
SAVE = N_(
    "Keep a report of your own, made of blocks in TOML: title, about and [[block]] tables with name and its options. about = day, week, month, quarter or year: the period it is of where -p says none. Every fault is told with its line, and then nothing is saved; a report of that name is replaced, and what it was is said."
)
RUN = N_("Run a report of your own.")
BLOCKS = N_("The blocks that reports are made of, and the options of each.")


def _own(app_: Any) -> list[dict[str, Any]]:
    from salesctl.commands._own import rows

    return rows(app_)


app = group(REPORTS, "report", LIST_HELP, "salesctl report list\nsalesctl report list --json",
            [Kind(one.name, one.help, one.examples, "") for one in PAPERS], _own)  # fmt: skip
for paper in PAPERS:
    app.command(paper.name, **c.command(paper.help, paper.examples))(verb(paper))


@app.command("save", **c.command(SAVE, "salesctl report save Monday monday.toml\nprintf 'about = \"quarter\"\\n[[block]]\\nname = \"goal\"\\nof = \"year\"\\n' | salesctl report save Year -"))  # fmt: skip
def save(ctx: c.Context, name: Name, file: File) -> None:
    from salesctl.commands import _own

    app_ = c.app_of(ctx)
    taken = {one.name for one in (*PAPERS, *REPORTS)} | {"list", "save", "run", "blocks"}
    app_.out.emit(_own.save(app_, name, file, taken))


@app.command("run", **c.command(RUN, "salesctl report run Monday --team North\nsalesctl report run Monday -p w47 -o monday.html"))  # fmt: skip
def run(
    ctx: c.Context,
    name: Name,
    period: c.PeriodOption = None,
    as_of: c.AsOf = None,
    currency: Currency = None,
    owner: c.Owner = None,
    team: c.Team = None,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _own

    app_ = c.app_of(ctx)
    given = {"period": period, "as_of": as_of, "currency": currency, "owner": owner, "team": team}
    app_.out.emit(_own.run(app_, name, given))


@app.command("blocks", **c.command(BLOCKS, "salesctl report blocks\nsalesctl report blocks --json"))
def blocks(ctx: c.Context) -> None:
    from salesctl.commands import _own

    app = c.app_of(ctx)
    app.out.emit(_own.blocks(app.out.human and not app.out.explicit))
