"""A template rendered where it can do no harm: no files, no hidden attributes, no end of memory or time.

Values come as plain texts and lists. Templates of users run in a process of their own that `main` is the whole of, and
that gives up by itself; those of salesctl run where they are called.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

SECONDS = 1.0  # of the processor, so that a busy machine does not refuse what a quiet one takes
MEMORY = 80 << 20  # more than that is too much; a text may be twice as long before the next look
BOUND = 160 << 20  # what the system refuses to give more than, where it can
MOST = 10_000_000  # characters of the answer
LONGEST = 1_000_000  # of a text or a list that one operation makes
TIME, MEMORY_GONE = 3, 4  # how the process ends when it gives up
NAME = "<template>"
FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "forceescape",
    "groupby", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
    "replace", "reverse", "select", "selectattr", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
METHODS: dict[type, frozenset[str]] = {
    str: frozenset((
        "lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "split", "splitlines", "startswith",
        "endswith", "removeprefix", "removesuffix", "find", "count", "isdigit", "isalpha",
    )),
    dict: frozenset(("items", "keys", "values", "get")),
    list: frozenset(("index", "count")),
    tuple: frozenset(("index", "count")),
}  # fmt: skip


class Fault(Exception):
    """Why a template is refused: a kind, what it was, and the line of the template if it can be told."""

    def __init__(self, kind: str, what: str = "", line: int | None = None) -> None:
        super().__init__(kind)
        self.kind, self.what, self.line = kind, what, line


class Missing(StrictUndefined):
    """A value that there is none of: to print it, to ask it or to go on from it is an error that has its name."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class Cage(ImmutableSandboxedEnvironment):
    """Jinja without its doors: what is not on a list is not there."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, html: bool) -> None:
        super().__init__(
            autoescape=html, undefined=Missing, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
        )
        self.filters = {name: self.filters[name] for name in FILTERS}
        for name in ("replace", "join"):
            self.filters[name] = _bounded(name, self.filters[name])
        self.globals = {name: self.globals[name] for name in ("range", "namespace", "dict")}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        for kind, names in METHODS.items():
            if isinstance(obj, kind):
                return attr in names
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """str.format is refused like any other method that is not on the list."""

    def unsafe_undefined(self, obj: Any, attribute: str) -> NoReturn:
        raise SecurityError(attribute)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise SecurityError(attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(argument, str) and argument.startswith("_"):
            raise SecurityError(argument)
        return super().getitem(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if _grows(operator, left, right) > LONGEST:
            raise Fault("size")
        return super().call_binop(context, operator, left, right)


def _grows(operator: str, left: Any, right: Any) -> float:
    """How large the answer of an operation gets, about: a length, or the digits of a number."""
    if operator == "%" and isinstance(left, str):
        raise SecurityError("%")
    if operator == "**":
        return 0 if all(isinstance(one, int | float) and abs(one) <= 64 for one in (left, right)) else LONGEST + 1
    if operator == "+" and hasattr(left, "__len__") and hasattr(right, "__len__"):
        return len(left) + len(right)
    if operator == "*":
        longs = [len(one) for one in (left, right) if hasattr(one, "__len__")]
        times = [abs(one) for one in (left, right) if isinstance(one, int)]
        return longs[0] * times[0] if longs and times else sum(one.bit_length() for one in times)
    return 0


def _bounded(name: str, filter: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that multiplies lengths, refused where the product is too much."""

    def checked(first: Any, value: Any, *more: Any, **named: Any) -> Any:
        value = list(value) if name == "join" else value
        longest = max((len(str(one)) for one in (*more, *named.values())), default=0)
        if len(value if name == "join" else str(value)) * longest > LONGEST:
            raise Fault("size")
        return filter(first, value, *more, **named)

    checked.jinja_pass_arg = filter.jinja_pass_arg  # type: ignore[attr-defined]
    return checked


def render(source: str, values: dict[str, Any], html: bool) -> str:
    """The text of a template. Raises Fault."""
    cage = Cage(html)
    try:
        _no_files(cage.parse(source))
        made, size = [], 0
        for part in cage.from_string(source).generate(values):
            made.append(part)
            size += len(part)
            if size > MOST:
                raise Fault("size")
        return "".join(made)
    except Fault as fault:
        raise Fault(fault.kind, fault.what, fault.line or _line(fault.__traceback__)) from fault
    except Exception as error:
        raise _fault(error) from error


def _no_files(tree: nodes.Template) -> None:
    """A template that asks for another one, or for text that is not escaped, is refused before it runs."""
    files = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    for node in tree.find_all((*files, nodes.EvalContextModifier)):
        name = {"FromImport": "import", "ScopedEvalContextModifier": "autoescape"}.get(type(node).__name__)
        raise Fault("forbidden", name or type(node).__name__.lower(), node.lineno)


def _fault(error: Exception) -> Fault:
    line = _line(error.__traceback__)
    if isinstance(error, TemplateSyntaxError):
        return Fault("syntax", error.message or "", error.lineno)
    if isinstance(error, SecurityError):
        return Fault("forbidden", error.message or "", line)
    if isinstance(error, UndefinedError):
        return Fault("undefined", error.message or "", line)
    if isinstance(error, MemoryError):
        return Fault("memory", "", line)
    if isinstance(error, RecursionError | SyntaxError):  # more blocks in one another than Python takes
        return Fault("deep", "", line)
    what = error.message or "" if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
    return Fault("error", what[:200], line)


def _line(trace: TracebackType | None) -> int | None:
    """The line of the template that was being worked on."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def main() -> None:
    """One job from standard input, its answer to standard output: + and the text, or - and the fault as JSON."""
    job = json.loads(sys.stdin.buffer.read())
    _limit()
    try:
        answer = b"+" + render(job["source"], job["values"], job["html"]).encode("utf-8", "backslashreplace")
    except Fault as fault:
        told = {"kind": fault.kind, "what": fault.what, "line": fault.line}
        answer = b"-" + json.dumps(told).encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _limit() -> None:
    """Bounds of this process: by the system where it has them, and by a thread that looks every few milliseconds."""
    used = _memory_used()
    threading.Thread(target=_watch, args=(used,), daemon=True).start()


def _watch(used: Callable[[], int]) -> None:
    while True:
        if time.process_time() > SECONDS:
            os._exit(TIME)
        if used() > MEMORY:
            os._exit(MEMORY_GONE)
        time.sleep(0.01)


def _memory_used() -> Callable[[], int]:
    """How to ask how much memory was taken since now, in bytes; where the system can, it holds the bound itself too."""
    try:
        import resource
    except ImportError:  # Windows: Python's own count, which slows it a little
        import tracemalloc

        tracemalloc.start()
        return lambda: tracemalloc.get_traced_memory()[1]
    for name in ("RLIMIT_DATA", "RLIMIT_CPU"):
        _bound(resource, name, BOUND if name == "RLIMIT_DATA" else 2)
    unit = 1 if sys.platform == "darwin" else 1024

    def most() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

    before = most()  # on Linux it begins with that of the process we come from
    return lambda: most() - before


def _bound(resource: Any, name: str, most: int) -> None:
    kind = getattr(resource, name, None)
    if kind is None:
        return
    _soft, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
