"""Typer reads the words: help, completion, and every slip, told as one of our errors."""

from __future__ import annotations

import os
from typing import Any

import typer
from typer import completion

from salesctl.declare import Exit
from salesctl.errors import UsageError
from salesctl.groups import root
from salesctl.i18n import _


def parse(app: Any, words: list[str]) -> None:
    """Run what the words say. Raises UsageError (2) where they say nothing, and what the command raises."""
    if os.environ.get("_SALESCTL_COMPLETE"):
        completion.completion_init()  # type: ignore[attr-defined]
    if words and words[0].split("=")[0] in ("--show-completion", "--install-completion"):
        return _completion(app, words)
    try:
        code = root().main(args=words, prog_name="salesctl", standalone_mode=False, obj=app)
    except typer.TyperException as error:
        raise usage(error) from None
    except typer.Exit as error:
        raise Exit(error.exit_code) from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit as error:  # so it leaves when the reader of a help text went away
        raise Exit(141 if error.code == 1 else int(error.code or 0)) from None
    if code:
        raise Exit(code)


def _completion(app: Any, rest: list[str]) -> None:
    """Tab completion for a shell: its script printed, or put where the shell looks for it."""
    option, _equals, shell = rest[0].partition("=")
    shell = shell or (rest[1] if len(rest) > 1 else os.path.basename(os.environ.get("SHELL", "")))
    if shell not in ("bash", "zsh", "fish", "powershell", "pwsh"):
        raise UsageError(_("which shell? bash, zsh, fish or powershell"), f"salesctl {option} bash")
    if option == "--show-completion":
        from salesctl.output.views import Screen

        script = completion.get_completion_script(  # type: ignore[attr-defined]
            prog_name="salesctl", complete_var="_SALESCTL_COMPLETE", shell=shell
        )
        app.out.emit(Screen(script.strip().split("\n"), {"script": script}, text_in_pipe=True))
        return
    kind, path = completion.install(  # type: ignore[attr-defined]
        shell=shell, prog_name="salesctl", complete_var="_SALESCTL_COMPLETE"
    )
    app.out.note(_("{shell} completion is in {path}; it begins with the next shell").format(shell=kind, path=path))


def usage(error: typer.TyperException) -> UsageError:
    """What the parser of the command line has to say, as one of our errors."""
    ctx = getattr(error, "ctx", None)
    hint = _("see: {command} --help").format(command=ctx.command_path if ctx else "salesctl")
    name = type(error).__name__
    option = getattr(error, "option_name", None)
    possible = getattr(error, "possibilities", None)
    if name == "NoSuchOption" and option:
        message = _("there is no option {option}").format(option=option)
        hint = _("did you mean {names}?").format(names=", ".join(sorted(possible))) if possible else hint
        if len(option) == 2 or not possible:
            hint += "; " + _("a name that begins with - goes after --")
    elif name == "MissingParameter":
        param = getattr(error, "param", None)
        argument = param is not None and param.param_type_name == "argument"
        known = (param.human_readable_name if argument else param.opts[0]) if param is not None else "?"
        message = _("{name} is missing").format(name=known)
    elif name == "BadOptionUsage" and option:
        message = _("{option} needs a value").format(option=option)
    elif ctx is not None and name == "UsageError" and "unexpected extra argument" in error.format_message():
        stray = _stray(error.format_message())
        message = _("too many words: {words}").format(words=stray)
        hint = _("was it a name? then quote it") + "; " + hint
    elif name == "BadParameter" and "valid int" in error.format_message():
        message = _("{option} takes a whole number").format(option=_option_of(error))
    else:
        message = error.format_message().rstrip(".")
    return UsageError(message, hint)


def _option_of(error: typer.TyperException) -> str:
    param = getattr(error, "param", None)
    return str(param.opts[0]) if param is not None else "?"


def _stray(message: str) -> str:
    """The words of "Got unexpected extra argument(s) (a b)", as they were typed."""
    from salesctl.text import clean, crop

    return clean(crop(message.partition("(s) (")[2].rstrip(").") or message.partition(" (")[2].rstrip(")."), 60))
