"""salesctl report: the reports there are, each an entry here and a module of its own."""

from __future__ import annotations

from salesctl.commands import _common as c
from salesctl.commands._papers import PAPERS, verb
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
app = group(REPORTS, "report", LIST_HELP, "salesctl report list\nsalesctl report list --json",
            [Kind(one.name, one.help, one.examples, "") for one in PAPERS])  # fmt: skip
for paper in PAPERS:
    app.command(paper.name, **c.command(paper.help, paper.examples))(verb(paper))
