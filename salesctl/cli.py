"""The shell around the commands: lazy groups, help, and the one place where errors become exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from salesctl.errors import SalesError, StreamError, UsageError, because
from salesctl.i18n import _, guess_language, set_language
from salesctl.output.writer import Closed, ReaderGone, say, stdout
from salesctl.preparse import preparse, wants_json


def run(argv: list[str] | None = None) -> int:
    """Run one command; the exit code. Nothing leaves here as a traceback unless it was asked for."""
    words = list(sys.argv[1:] if argv is None else argv)
    _terminate_politely()
    if sys.stdout is None:
        sys.stdout = Closed()
    app: Any = None
    out: Any = None
    try:
        options, rest = preparse(words)
        from salesctl.app import App

        app = App(options)
        out = app.out
        return _command(app, rest)
    except SalesError as error:
        return _refused(error, out, words, app.saved if app is not None else ())
    except typer.TyperException as error:
        return _refused(usage(error), out, words)
    except typer.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("\n")
        return 130
    except ReaderGone:
        return 141
    except SystemExit as error:  # Typer leaves so when the reader of a help text went away
        return 141 if error.code == 1 else int(error.code or 0)
    except _Terminated:
        return 143
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # a help text on a full disk
            return _refused(StreamError(because(error)), out, words)
        if os.environ.get("SALESCTL_DEBUG", "") not in ("", "0") or "--debug" in words:
            raise
        return _our_bug(error, words)
    finally:
        if app is not None:
            app.close_store()
        _quiet_exit()


def _command(app: Any, rest: list[str]) -> int:
    from salesctl.groups import root

    if os.environ.get("_SALESCTL_COMPLETE"):
        import typer.completion as completion

        completion.completion_init()  # type: ignore[attr-defined]
    if rest == ["--version"]:
        from salesctl import __version__

        writer = stdout()
        writer.write(f"salesctl {__version__}\n")
        writer.flush()
        return 0
    if rest and rest[0].split("=")[0] in ("--show-completion", "--install-completion"):
        return _completion(app, rest)
    started = app.now.timestamp() if app.options.verbose else 0.0
    result = root().main(args=rest, prog_name="salesctl", standalone_mode=False, obj=app)
    app.close_store()
    if app.options.verbose:
        import time

        app.out.note(_("store {path}, {ms} ms").format(path=app.db_path, ms=int((time.time() - started) * 1000)))
    return result if isinstance(result, int) else 0


def _completion(app: Any, rest: list[str]) -> int:
    """Tab completion for a shell: its script printed, or put where the shell looks for it."""
    import typer.completion as completion

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
        return 0
    kind, path = completion.install(  # type: ignore[attr-defined]
        shell=shell, prog_name="salesctl", complete_var="_SALESCTL_COMPLETE"
    )
    app.out.note(_("{shell} completion is in {path}; it begins with the next shell").format(shell=kind, path=path))
    return 0


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


def _refused(error: SalesError, out: Any, words: list[str], saved: Sequence[int] = ()) -> int:
    """Tell an error; what was written before it is said to be saved, since the exit code says that something failed."""
    if out is None:
        from salesctl.output.out import Out

        set_language(_language_of(words))
        out = Out(format="json" if wants_json(words, dict(os.environ)) else None)
    if saved:
        error.data["saved"] = [f"O{id}" for id in saved]
        told = _("it is saved as {ops}").format(ops=", ".join(error.data["saved"]))
        error.hint = f"{error.hint}; {told}" if error.hint else told
    out.error(error)
    return error.exit


def _language_of(words: list[str]) -> str:
    try:
        named = preparse(words)[0].lang
    except UsageError:
        named = None
    word = named or os.environ.get("SALESCTL_LANG")
    return word if word in ("en", "zh") else guess_language(dict(os.environ))


class _Terminated(BaseException):
    """SIGTERM: what is open is rolled back on the way out."""


def _terminate_politely() -> None:
    import signal

    def stop(_signal: int, _frame: object) -> None:
        raise _Terminated

    try:
        signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread
        return


def _quiet_exit() -> None:
    """A stream that was closed under us must not speak when the interpreter ends."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            setattr(sys, name, None)


def _our_bug(error: BaseException, words: list[str]) -> int:
    """Exit 1: the traceback goes into a log that only its owner reads, its id to the screen."""
    import traceback
    import uuid

    from salesctl.config import folder

    id = uuid.uuid4().hex[:8]
    place = os.path.join(folder("log"), f"bug-{id}.log")
    try:
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        descriptor = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        place = _("no log could be written")
    failure = SalesError(
        _("a bug in salesctl ({kind}), id {id}").format(kind=type(error).__name__, id=id),
        _("please report it with {place}").format(place=place),
        code="bug",
    )
    return _refused(failure, None, words)
