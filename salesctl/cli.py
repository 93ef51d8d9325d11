"""The shell around the commands: the quick way in or Typer, and the one place where errors become exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

from salesctl.declare import Exit
from salesctl.door import enter
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
    except Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, EOFError):  # nothing more comes to what was asked
        say("\n")
        return 130
    except ReaderGone:
        return 141
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
    if rest == ["--version"]:
        from salesctl import __version__

        writer = stdout()
        writer.write(f"salesctl {__version__}\n")
        writer.flush()
        return 0
    started = app.now.timestamp() if app.options.verbose else 0.0
    if os.environ.get("_SALESCTL_COMPLETE") or not enter(app, rest):
        from salesctl.parser import parse

        parse(app, rest)
    app.close_store()
    if app.options.verbose:
        import time

        app.out.note(_("store {path}, {ms} ms").format(path=app.db_path, ms=int((time.time() - started) * 1000)))
    return 0


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
