"""What reports and analyses have in common: how one is registered, what can be asked of it, its verb, the list of them.

A report is an entry in the list of its group (commands/report.py, commands/analyze.py) and a module with `view(asked)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Report, Screen, Table
from salesctl.plain import Data

if TYPE_CHECKING:
    from datetime import date

    from salesctl.domain.kinds import Reading
    from salesctl.services.figures import Question
    from salesctl.store.frames import Frame

DEALS = ("rep", "team", "manager", "region", "channel", "industry", "customer-region", "pipeline")
OWN = {"item": "item", "step": "item", "步骤": "item", "事项": "item"}  # dimensions that figures do not have

More = Callable[[Any], list[dict[str, Any]]]  # reports that only the store knows, as rows of the list


class Kind(Data, frozen=True):
    """A report: its verb, help and examples, the module that makes it, what it can be grouped by, and its argument."""

    name: str
    help: str
    examples: str
    module: str
    groups: tuple[str, ...] = ()
    argument: str = ""
    about: str = ""


class Asked(Data):
    """What was asked of a report: the app, the options as they were given, and what they mean."""

    app: Any
    given: dict[str, Any]
    by: str | None

    @cached_property
    def question(self) -> Question:
        """Which deals, which period, as of when: as for figures, grouped by what a deal has."""
        from salesctl.commands._figures import question

        g = self.given
        by = self.by if self.by in DEALS else None
        return question(
            self.app, g["period"], g["begin"], g["end"], g["as_of"], by, g["owner"], g["team"], g["pipeline"], g["where"]
        )[0]  # fmt: skip

    @cached_property
    def frame(self) -> Frame:
        from salesctl.store.frames import Frame

        q = self.question
        return Frame(q.scope, q.period, q.as_of, q.zone, q.day, q.by)

    @cached_property
    def at(self) -> Reading:
        from salesctl.services import scope

        return scope.moment(self.app, self.given["as_of"])[0]

    @cached_property
    def pipeline(self) -> int | None:
        """The one pipeline asked for, or None for all."""
        from salesctl.services.base import reading

        word = self.given["pipeline"]
        return reading(self.app).find("pipeline", word).id if word and self.app.store.exists else None

    @property
    def why(self) -> bool:
        return bool(self.given["why"])

    @property
    def day(self) -> date:
        return self.question.day

    def title(self, name: str) -> str:
        """What, which period, whose, as of when, by what."""
        parts = [name, self.question.period.label(self.app.lang)]
        parts += [str(self.given[key]) for key in ("owner", "team", "pipeline") if self.given[key] not in (None, "all")]
        if self.question.as_of is not None:
            parts.append(_("as of {day}").format(day=self.day.isoformat()))
        if self.by:
            parts.append(f"{_('by')} {_(label(self.by))}")
        return "  ".join(parts)

    def data(self, name: str, **parts: Any) -> dict[str, Any]:
        """The answer for scripts: what was asked, then the parts."""
        span = self.question.period
        period = {"label": span.label("en"), "start": span.start, "end": span.last}
        return {"report": name, "period": period, "as_of": self.given["as_of"] and self.day, "by": self.by, **parts}


def label(by: str) -> str:
    """What a dimension is called."""
    from salesctl.domain.kpi import DIMENSIONS

    return DIMENSIONS.get(by, N_("Step"))


def group(kinds: Sequence[Kind], what: str, help: str, example: str, first: Sequence[Kind] = (), more: More | None = None) -> c.Commands:  # fmt: skip
    """The commands: a verb for each report, and `list`, which tells of those that are `first`, and of `more`, too."""
    app = c.Commands()
    app.command("list", **c.command(help, example))(_listing([*first, *kinds], what, more))
    for kind in kinds:
        app.command(kind.name, **c.command(kind.help, kind.examples))(_verb(kind))
    return app


def _verb(kind: Kind) -> Callable[..., Any]:
    def verb(**given: Any) -> None:
        from importlib import import_module

        app = c.app_of(given["ctx"])
        asked = Asked(app, given, _dimension(kind, given.get("by")))
        view: Report = import_module(f"salesctl.commands.{kind.module}").view(asked)
        app.out.emit(view)

    parameters = [c.Parameter("ctx", c.Context)]
    if kind.argument:
        words = c.Argument(metavar=f"[{kind.argument}]", help=kind.about)
        parameters.append(c.Parameter("argument", Annotated[c.Text, words], None))
    parameters += [c.Parameter(name, option, default) for name, option, default in _options(kind)]
    return c.signed(verb, parameters)


def _options(kind: Kind) -> list[tuple[str, Any, Any]]:
    by = c.Option("--by", metavar="|".join(kind.groups), help=N_("Grouped by one of these."))
    return [
        ("period", c.PeriodOption, None),
        ("begin", c.Begin, None),
        ("end", c.End, None),
        *([("by", Annotated[c.Text, by], None)] if kind.groups else []),
        ("as_of", c.AsOf, None),
        ("owner", c.Owner, None),
        ("team", c.Team, None),
        ("pipeline", c.PipelineOption, None),
        ("where", c.Where, None),
        ("why", c.Why, False),
    ]


def _dimension(kind: Kind, word: str | None) -> str | None:
    """The dimension a word means. Raises UsageError (2) with those this report can be grouped by."""
    from salesctl.domain.kpi import DIMENSION_WORDS
    from salesctl.text import name_key

    if word is None:
        return None
    key = name_key(word)
    key = OWN.get(key) or DIMENSION_WORDS.get(key, key)
    if key not in kind.groups:
        raise UsageError(
            _("{name} cannot be grouped by {by}").format(name=kind.name, by=name_key(word)),
            _("one of: {names}").format(names=", ".join(kind.groups)),
        )
    return key


def _listing(kinds: Sequence[Kind], what: str, more: More | None = None) -> Callable[..., Any]:
    def listing(**given: Any) -> None:
        app = c.app_of(given["ctx"])
        if given["word"]:
            raise UsageError(
                _("there is none called {word}").format(word=given["word"]),
                _("one of: {names}").format(names=", ".join(kind.name for kind in kinds)),
            )
        rows = [{what: kind.name, "label": _(kind.help), "dimensions": list(kind.groups)} for kind in kinds]
        rows += more(app) if more else []
        columns = [Column(what, N_("Name")), Column("label", N_("What it says")), Column("dimensions", N_("Groups"), screen=False)]  # fmt: skip
        if app.out.human and not app.out.explicit:
            from salesctl.usage import pairs

            hint = _("as: salesctl {group} {name}").format(group=what, name=kinds[0].name)
            lines = pairs([(str(row[what]), str(row["label"])) for row in rows], indent=0)
            app.out.emit(Screen(lines, rows, rows, columns, hint=hint))
            return
        app.out.emit(Table(rows, columns))

    word = c.Argument(metavar="[NAME]", help=N_("There is nothing to name here."), hidden=True)
    return c.signed(listing, [c.Parameter("ctx", c.Context), c.Parameter("word", Annotated[c.Text, word], None)])
