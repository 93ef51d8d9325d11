"""Templates: those that come with salesctl, and those of users, which run in a process that can do no harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

from salesctl.errors import BadFile, StreamError, UsageError
from salesctl.i18n import N_, _
from salesctl.text import clean

ENDINGS = (".j2", ".jinja", ".jinja2")
WAIT = 20  # seconds of the clock; the process gives up by itself long before, unless the machine stands still
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from salesctl.output.template_worker import main; main()"
)
WHY = {
    "syntax": N_("not understood: {what}"),
    "forbidden": N_("{what} is not allowed in a template"),
    "undefined": N_("there is no value called {what}"),
    "size": N_("it makes too long a text"),
    "deep": N_("it is nested too deep"),
    "memory": N_("it takes too much memory"),
    "time": N_("it takes too long"),
    "broken": N_("it broke down"),
    "error": N_("it failed: {what}"),
}


def own(form: str, name: str = "quote") -> str:
    """The template of a quote (or of a report) that comes with salesctl, "html" or "md"."""
    place = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates", f"{name}.{form}.j2")
    with open(place, encoding="utf-8") as file:
        return file.read()


def form_of(path: str) -> str | None:
    """What a template makes, as its name says: mine.html.j2 is "html", mine.md "md"; None when it does not say."""
    name = path.lower()
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return next((form for form in ("html", "md") if name.endswith(f".{form}")), None)


def rendered(values: dict[str, Any], form: str, name: str = "quote") -> str:
    """Our own template with these values. Raises UsageError (2) where the extra is not installed."""
    needs("jinja2", _("templates need a package that is not installed"))
    from salesctl.output.template_worker import render

    return render(own(form, name), values, form == "html")


def rendered_by(name: str, source: str, values: dict[str, Any], form: str) -> str:
    """A user's template with these values, `name` for messages.

    Raises BadFile (4) with the line for a template that is wrong, reads what it may not or does not come to an end.
    """
    needs("jinja2", _("templates need a package that is not installed"))
    job = json.dumps({"source": source, "values": values, "html": form == "html"}).encode()
    command = [sys.executable, "-I", "-c", START, json.dumps(sys.path)]
    try:
        done = subprocess.run(command, input=job, capture_output=True, check=False, timeout=WAIT)
    except subprocess.TimeoutExpired as error:
        raise _refused(name, "time") from error
    except OSError as error:
        raise StreamError(
            _("{path} could not be rendered: {why}").format(path=name, why=error.strerror or error)
        ) from error
    if done.stdout[:1] == b"+":
        return done.stdout[1:].decode("utf-8")
    if done.stdout[:1] == b"-":
        raise _refused(name, **json.loads(done.stdout[1:]))
    raise _refused(name, ENDS.get(done.returncode, "broken"))


ENDS = {3: "time", 4: "memory", -24: "time", -25: "size"}  # exit codes of the worker; SIGXCPU and SIGXFSZ


def _refused(name: str, kind: str, what: str = "", line: int | None = None) -> BadFile:
    why = _(WHY[kind]).format(what=clean(what))
    if line is None:
        return BadFile(_("{path} could not be rendered: {why}").format(path=name, why=why), code="bad_template")
    told = [{"line": line, "why": why}]
    return BadFile(_("{path} could not be rendered").format(path=name), _hint(), "bad_template", faults=told)


def _hint() -> str:
    return _("begin from ours: salesctl quote template")


def needs(package: str, what: str) -> None:
    """Raises UsageError (2) where a package of the extra `report` is not installed."""
    if find_spec(package) is None:
        raise UsageError(what, "pip install 'salesctl[report]'")
