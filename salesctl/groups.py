"""The commands as Typer sees them: names and help come from the registry, a module is imported when it is run.

Typer is what knows help, completion and every slip of the command line; `salesctl.door` takes what is plain before it.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from salesctl import declare
from salesctl.door import nearest, verb_of
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.registry import ALIASES, ALSO, BY_NAME, ENTRIES, VERBS_OF, Entry

SETTINGS: dict[str, Any] = {"help_option_names": ["--help", "-h"]}


class Command(TyperCommand):
    """A command whose help is ours: translated, with examples."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from salesctl.usage import command_help

        command_help(self, ctx, formatter)


class Verbs(TyperGroup):
    """A noun: its verbs are made when they are run; without one it does its useful thing."""

    entry: Entry

    def load(self) -> dict[str, declare.Verb]:
        """The verbs of the noun by name, as they were registered."""
        commands: declare.Commands = import_module(self.entry.path).app
        return commands.verbs

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.load())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        verb = self.load().get(ALIASES.get(cmd_name, cmd_name))
        return build(verb) if verb else None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing and not (args and args[0] in ("--help", "-h")):
            args = verb_of(self.entry, self.load(), args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from salesctl.usage import noun_help

        noun_help(self, ctx, formatter)


def build(verb: declare.Verb) -> Any:
    """One registered command, made into what Typer runs."""
    single = typer.Typer(rich_markup_mode=None, add_completion=False)
    about = {"help": verb.help, "epilog": verb.epilog, "hidden": verb.hidden}
    single.command(verb.name, cls=Command, context_settings=SETTINGS, **about)(_function(verb.callback))  # type: ignore[arg-type]
    return typer.main.get_command(single)


def _function(callback: declare.Callback) -> declare.Callback:
    """The callback under the signature that Typer reads: its own options, arguments and context for ours."""

    def run(**given: Any) -> Any:
        return callback(**given)

    shown = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=typer.Context if one.about is None else Annotated[one.annotation.__origin__, _typers(one.about)],
            default=inspect.Parameter.empty if one.default is declare.REQUIRED else one.default,
        )
        for one in declare.parameters(callback)
    ]
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in shown}
    return run


def _typers(about: declare.Option | declare.Argument) -> Any:
    if isinstance(about, declare.Argument):
        return typer.Argument(metavar=about.metavar, help=about.help, hidden=about.hidden)
    offers, complete = about.complete, None
    if offers is not None:

        def complete(ctx: typer.Context, incomplete: str) -> list[str]:
            return offers(ctx.obj, incomplete)

    return typer.Option(
        *about.names,
        metavar=about.metavar,
        help=about.help,
        hidden=about.hidden,
        min=about.min,
        autocompletion=complete,
    )


class Root(TyperGroup):
    """salesctl itself: stubs from the registry; only the command that is run is imported."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            args = ["today"]
            ctx.obj.bare = True
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        name = args[0]
        entry = BY_NAME.get(ALSO.get(name, name))
        if entry is None:
            close = [VERBS_OF[name]] if name in VERBS_OF else nearest(name, list(BY_NAME))
            hint = _("did you mean {names}?").format(names=", ".join(close)) if close else _("see: salesctl --help")
            raise UsageError(_("there is no command {word}").format(word=_safe(name)), hint)
        return entry.name, real(entry), args[1:]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return self.commands.get(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from salesctl.usage import root_help

        root_help(formatter)


def _safe(text: str) -> str:
    from salesctl.text import clean, crop

    return clean(crop(text, 40)) if text.strip() else '""'


def real(entry: Entry) -> Any:
    """The command behind an entry, imported."""
    if entry.default:
        group = Verbs(name=entry.name, help=entry.help, context_settings=SETTINGS, rich_markup_mode=None)
        group.entry = entry
        return group
    commands: declare.Commands = import_module(entry.path).app
    command = build(next(iter(commands.verbs.values())))
    command.name = entry.name
    return command


def root() -> Root:
    """The root group, with a stub for every command."""
    stubs = {entry.name: Command(entry.name, help=entry.help, rich_markup_mode=None) for entry in ENTRIES}
    group = Root(name="salesctl", commands=stubs, context_settings=SETTINGS, rich_markup_mode=None)  # type: ignore[arg-type]
    return group
