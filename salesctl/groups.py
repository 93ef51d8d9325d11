"""The commands as Typer sees them: names and help come from the registry, a module is imported when it is run."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.registry import ALIASES, ALSO, BARE_WORDS, BY_NAME, ENTRIES, MEANT, VERBS_OF, Entry

SETTINGS: dict[str, Any] = {"help_option_names": ["--help", "-h"]}


class Command(TyperCommand):
    """A command whose help is ours: translated, with examples."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from salesctl.usage import command_help

        command_help(self, ctx, formatter)


class Verbs(TyperGroup):
    """A noun: its verbs are made when they are run; without one it does its useful thing."""

    entry: Entry
    app: typer.Typer | None = None

    def load(self) -> dict[str, Any]:
        """The verbs of the noun by name, as they were registered."""
        if self.app is None:
            self.app = import_module(self.entry.path).app
        return {info.name or str(getattr(info.callback, "__name__", "")): info for info in self.app.registered_commands}

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.load())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        info = self.load().get(ALIASES.get(cmd_name, cmd_name))
        return build(info) if info else None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing and not (args and args[0] in ("--help", "-h")):
            args = self._with_verb(args)
        return super().parse_args(ctx, args)

    def _with_verb(self, args: list[str]) -> list[str]:
        verbs = self.load()
        if args and (args[0] in verbs or args[0] in ALIASES):
            return args
        if args and args[0].isascii() and args[0].isalpha() and args[0] not in BARE_WORDS:
            meant = MEANT.get(args[0])
            close = [meant] if meant in verbs else nearest(args[0], [*verbs])
            if close:
                raise UsageError(
                    _("{noun} has no verb {word}").format(noun=self.entry.name, word=args[0]),
                    _("did you mean {names}?").format(names=", ".join(close)),
                )
        return [self.entry.default, *args]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from salesctl.usage import noun_help

        noun_help(self, ctx, formatter)


def nearest(word: str, names: list[str]) -> list[str]:
    """The names that a word may be a slip for."""
    import difflib

    return difflib.get_close_matches(word, names, n=2, cutoff=0.75)


def build(info: Any) -> Any:
    """One registered command, made into what Typer runs."""
    info.cls = Command
    info.context_settings = {**SETTINGS, **(info.context_settings or {})}
    single = typer.Typer(rich_markup_mode=None, add_completion=False)
    single.registered_commands = [info]
    return typer.main.get_command(single)


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
    app = import_module(entry.path).app
    command = build(app.registered_commands[0])
    command.name = entry.name
    return command


def root() -> Root:
    """The root group, with a stub for every command."""
    stubs = {entry.name: Command(entry.name, help=entry.help, rich_markup_mode=None) for entry in ENTRIES}
    group = Root(name="salesctl", commands=stubs, context_settings=SETTINGS, rich_markup_mode=None)  # type: ignore[arg-type]
    return group
