"""salesctl solution: what answers the needs of a deal; the standard verbs, and answer, confirm and revise."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.need import SOLUTION
from salesctl.i18n import N_

app = noun_app(SOLUTION).without("add")
Deal = Annotated[str, c.Argument(metavar="DEAL", help=N_("A deal, or a customer with one open deal."))]
Name = Annotated[Optional[str], c.Argument(metavar="[NAME]", help=N_("What it is called; as the deal if none."))]  # noqa: UP045
FromNeeds = Annotated[bool, c.Option("--from-needs", help=N_("A line for each need of the deal, to be answered."))]
Ref = Annotated[str, c.Argument(metavar="SOLUTION", help=N_("A solution by its ref, or by its deal."))]
Need = Annotated[str, c.Argument(metavar="NEED", help=N_("A need of the deal."))]
Said = Annotated[str, c.Argument(metavar="TEXT", help=N_("How it is answered; an empty text takes it away."))]
By = Annotated[str, c.Option("--by", metavar="CONTACT", help=N_("Who at the customer confirmed it."))]

ADD = N_("The next version of a deal's solution; earlier ones are superseded.")
ANSWER = N_("How the solution answers a need.")
CONFIRM = N_("The customer confirmed the solution: by whom, and on which day.")
REVISE = N_("The next version of a solution, with its answers, to be changed.")


@app.command("add", **c.command(ADD, 'salesctl solution add D7 --from-needs\nsalesctl solution add D7 "Line 2 with feeder"'))  # fmt: skip
def add(ctx: c.Context, deal: Deal, name: Name = None, from_needs: FromNeeds = False, note: c.NoteOption = None) -> None:  # fmt: skip
    from salesctl.commands import _solution
    from salesctl.services import solution

    app_ = c.app_of(ctx)
    _solution.answer(app_, solution.add(app_, deal, name, from_needs, c.note_text(note)), "added")


@app.command("answer", **c.command(ANSWER, 'salesctl solution answer S1 N4 "quick-change feeder: 8 minutes"'))
def answer(ctx: c.Context, ref: Ref, need: Need, text: Said) -> None:
    from salesctl.commands import _solution
    from salesctl.services import solution

    app_ = c.app_of(ctx)
    _solution.answer(app_, solution.answer(app_, ref, need, text), "changed")


@app.command("confirm", **c.command(CONFIRM, "salesctl solution confirm S1 --by Anna\nsalesctl solution confirm D7 --by 张伟 --at 昨天"))  # fmt: skip
def confirm(ctx: c.Context, ref: Ref, by: By, at: c.At = None) -> None:
    from salesctl.commands import _solution
    from salesctl.services import solution

    app_ = c.app_of(ctx)
    _solution.answer(app_, solution.confirm(app_, ref, by, at), "confirmed")


@app.command("revise", **c.command(REVISE, "salesctl solution revise S1"))
def revise(ctx: c.Context, ref: Ref) -> None:
    from salesctl.commands import _solution
    from salesctl.services import solution

    app_ = c.app_of(ctx)
    _solution.answer(app_, solution.revise(app_, ref), "added")
