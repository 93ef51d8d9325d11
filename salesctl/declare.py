"""What a command says of itself: the words and options it takes, as plain records.

`salesctl.door` reads plain words by them; `salesctl.groups` makes what Typer runs of them, for help, completion and every slip.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints


class Exit(Exception):
    """Leave with this exit code; all has been said."""

    def __init__(self, code: int = 0) -> None:
        super().__init__(code)
        self.exit_code = code


class Context:
    """What a command is given beside its values: the App, and the values by name."""

    __slots__ = ("obj", "params")

    def __init__(self, obj: Any, params: dict[str, Any]) -> None:
        self.obj = obj
        self.params = params


class Argument:
    """A word by its place."""

    __slots__ = ("help", "hidden", "metavar")

    def __init__(self, *, metavar: str, help: str, hidden: bool = False) -> None:
        self.metavar = metavar
        self.help = help
        self.hidden = hidden


class Option:
    """A word by its name: `--limit`, `-n`. `complete` offers a shell what may follow, by the App and what is typed."""

    __slots__ = ("complete", "help", "hidden", "metavar", "min", "names")

    def __init__(
        self,
        *names: str,
        help: str,
        metavar: str | None = None,
        min: int | None = None,
        hidden: bool = False,
        complete: Callable[[Any, str], list[str]] | None = None,
    ) -> None:
        self.names = names
        self.help = help
        self.metavar = metavar
        self.min = min
        self.hidden = hidden
        self.complete = complete


REQUIRED: Any = object()


class Parameter:
    """One parameter of a command: Annotated[type, Option or Argument], or the Context."""

    __slots__ = ("annotation", "default", "name")

    def __init__(self, name: str, annotation: Any, default: Any = REQUIRED) -> None:
        self.name = name
        self.annotation = annotation
        self.default = default

    @property
    def about(self) -> Any:
        """The Option or the Argument; None for the Context."""
        return None if self.annotation is Context else self.annotation.__metadata__[0]


Callback = Callable[..., Any]


class Verb:
    """A command as it was registered."""

    __slots__ = ("callback", "epilog", "help", "hidden", "name")

    def __init__(self, name: str, callback: Callback, help: str, epilog: str, hidden: bool) -> None:
        self.name = name
        self.callback = callback
        self.help = help
        self.epilog = epilog
        self.hidden = hidden


class Commands:
    """The commands of a module, in the order of the help."""

    def __init__(self) -> None:
        self.verbs: dict[str, Verb] = {}

    def command(self, name: str, *, help: str, epilog: str, hidden: bool = False) -> Callable[[Callback], Callback]:
        """Register a function under a name; one registered again takes the place of the first."""

        def register(callback: Callback) -> Callback:
            self.verbs[name] = Verb(name, callback, help, epilog, hidden)
            return callback

        return register

    def only(self, *names: str) -> Commands:
        """Some of them, as the commands of another module."""
        some = Commands()
        some.verbs = {name: verb for name, verb in self.verbs.items() if name in names}
        return some

    def without(self, *names: str) -> Commands:
        """All but some, which the module words anew."""
        return self.only(*(name for name in self.verbs if name not in names))


def signed(function: Callback, parameters: list[Parameter]) -> Callback:
    """A function of **values, with the parameters it takes."""
    function.declared = parameters  # type: ignore[attr-defined]
    return function


def parameters(function: Callback) -> list[Parameter]:
    """What a command takes, in its order: as it was `signed`, or as its definition says."""
    made: list[Parameter] | None = getattr(function, "declared", None)
    if made is not None:
        return made
    code, hints = function.__code__, get_type_hints(function, include_extras=True)
    names = code.co_varnames[: code.co_argcount]
    given = function.__defaults__ or ()
    defaults = [REQUIRED] * (len(names) - len(given)) + list(given)
    return [Parameter(name, hints[name], default) for name, default in zip(names, defaults, strict=True)]
