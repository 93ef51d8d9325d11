"""Options that mean the same in every command, declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

from salesctl.declare import Argument as Argument
from salesctl.declare import Commands as Commands
from salesctl.declare import Context as Context
from salesctl.declare import Exit as Exit
from salesctl.declare import Option as Option
from salesctl.declare import Parameter as Parameter
from salesctl.declare import parameters as parameters
from salesctl.declare import signed as signed
from salesctl.i18n import N_

if TYPE_CHECKING:
    from salesctl.app import App

Text = Optional[str]  # noqa: UP045  (read at run time)
Words = Annotated[
    list[str] | None, Argument(metavar="[WORDS]...", help=N_("Filter words, as stage:quote amount:50k.. not:won"))
]
Where = Annotated[Text, Option("--where", "-w", help=N_("Filter words in one text."))]
PeriodOption = Annotated[
    Text, Option("--period", "-p", metavar="PERIOD", help=N_("As 2026Q4, 本季度, last month, w47."))
]
Begin = Annotated[Text, Option("--begin", "-b", metavar="DATE", help=N_("First day."))]
End = Annotated[Text, Option("--end", "-e", metavar="DATE", help=N_("Last day, counted."))]
Owner = Annotated[Text, Option("--owner", metavar="me|NAME|all", help=N_("Whose."))]
Team = Annotated[Text, Option("--team", metavar="TEAM", help=N_("Of the reps of a team."))]
PipelineOption = Annotated[Text, Option("--pipeline", metavar="NAME", help=N_("In one pipeline."))]
CustomerOption = Annotated[Text, Option("--customer", metavar="NAME", help=N_("Of one customer."))]
AsOf = Annotated[Text, Option("--as-of", metavar="DATE", help=N_("As it stood at the end of that day."))]
Everything = Annotated[bool, Option("--all", help=N_("Closed and archived ones too."))]
Sort = Annotated[Text, Option("--sort", metavar="F,-G", help=N_("Order by fields; - for down."))]
Limit = Annotated[Optional[int], Option("--limit", "-n", metavar="N", help=N_("At most N; 0 for all."))]  # noqa: UP045
Reason = Annotated[Text, Option("--reason", metavar="TEXT", help=N_("Why."))]
Override = Annotated[bool, Option("--override", help=N_("Past what the SOP blocks; needs --reason, and is counted."))]
At = Annotated[Text, Option("--at", metavar="WHEN", help=N_("When it happened, if not now."))]
Next = Annotated[Text, Option("--next", metavar='"WHEN WHAT"', help=N_('The next step, as "fri call Anna".'))]
NoteOption = Annotated[Text, Option("--note", metavar="TEXT|-", help=N_("A note; - reads it from standard input."))]
Similar = Annotated[bool, Option("--allow-similar", help=N_("Keep two records of one name."))]
Asked = Annotated[Text, Option("--asked", metavar="TEXT", help=N_("A concession: what the customer asked for."))]
Gave = Annotated[Text, Option("--gave", metavar="TEXT", help=N_("What was given; it needs --for."))]
InReturn = Annotated[Text, Option("--for", metavar="TEXT", help=N_("What came back for it."))]
Backups = Annotated[
    bool, Option("--backups", help=N_("Delete the backups that hold the person too; a new one is made."))
]
Why = Annotated[bool, Option("--why", help=N_("Definition, rows in and rows left out."))]
Strict = Annotated[  # heard by app_of
    bool, Option("--strict", help=N_("Refuse a sum that leaves out amounts of other currencies."))
]

SHOWN = 50  # rows a terminal shows unless -n says otherwise


def app_of(ctx: Context) -> App:
    """The App of a command; with --strict it gathers what the sums of the answer lack, and refuses that."""
    app: App = ctx.obj
    if ctx.params.get("strict") and app.lacks is None:
        from salesctl.domain.lacking import Lacks

        app.lacks = Lacks(other="currency" in ctx.params)
    return app


def command(help: str, epilog: str, **more: Any) -> dict[str, Any]:
    """What every registration says: a line of help and examples."""
    return {"help": help, "epilog": epilog, **more}


def most_of(limit: int | None, usual: int) -> int:
    """How many rows -n asks for, 0 for all. Raises UsageError (2) for less than nothing."""
    from salesctl.errors import UsageError
    from salesctl.i18n import _

    if limit is not None and limit < 0:
        raise UsageError(_("-n takes 0 or more"))
    return usual if limit is None else min(limit, 10**12)


def note_text(text: str | None) -> str | None:
    """A note as it was given; "-" reads standard input."""
    if text != "-":
        return text
    import sys

    return sys.stdin.buffer.read(1 << 20).decode("utf-8", "surrogateescape")
