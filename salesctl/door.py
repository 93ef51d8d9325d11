"""The quick way in: a command whose words are plain is read by its own declaration and run, before Typer is imported.

Whatever is not plain is left to Typer: help, completion, short options run together, and every slip, which it words.
`tests/test_door.py` holds the two to the same values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Optional

from salesctl import declare
from salesctl.registry import ALIASES, ALSO, BARE_WORDS, BY_NAME, MEANT, Entry

ONE, NUMBER, FLAG, MANY = "one", "number", "flag", "many"
KINDS: dict[Any, str] = {  # what a parameter may be
    str: ONE,
    Optional[str]: ONE,  # noqa: UP045
    Optional[int]: NUMBER,  # noqa: UP045
    bool: FLAG,
    list[str]: MANY,
    list[str] | None: MANY,
}


def enter(app: Any, words: Sequence[str]) -> bool:
    """Run the command that the words name; False where Typer has to look at them. Raises what the command raises."""
    if not words:
        words = ["today"]
        app.bare = True
    entry = BY_NAME.get(ALSO.get(words[0], words[0]))
    if entry is None:
        return False
    commands: declare.Commands = import_module(entry.path).app
    rest = list(words[1:])
    if entry.default:
        if rest and rest[0] in ("--help", "-h"):
            return False
        name, *rest = verb_of(entry, commands.verbs, rest)
        verb = commands.verbs[ALIASES.get(name, name)]
    else:
        verb = next(iter(commands.verbs.values()))
    takes = declare.parameters(verb.callback)
    values = read(takes, rest)
    if values is None:
        return False
    own = {one.name: declare.Context(app, values) for one in takes if one.annotation is declare.Context}
    verb.callback(**own, **values)
    return True


def verb_of(entry: Entry, verbs: Mapping[str, Any], words: list[str]) -> list[str]:
    """The words of a noun with its verb before them. Raises UsageError (2) for a word that looks like another verb."""
    if words and (words[0] in verbs or words[0] in ALIASES):
        return words
    if words and words[0].isascii() and words[0].isalpha() and words[0] not in BARE_WORDS:
        meant = MEANT.get(words[0], "")
        close = [meant] if meant in verbs else nearest(words[0], [*verbs])
        if close:
            from salesctl.errors import UsageError
            from salesctl.i18n import _

            raise UsageError(
                _("{noun} has no verb {word}").format(noun=entry.name, word=words[0]),
                _("did you mean {names}?").format(names=", ".join(close)),
            )
    return [entry.default, *words]


def nearest(word: str, names: list[str]) -> list[str]:
    """The names that a word may be a slip for."""
    import difflib

    return difflib.get_close_matches(word, names, n=2, cutoff=0.75)


def read(takes: Sequence[declare.Parameter], words: Sequence[str]) -> dict[str, Any] | None:
    """The values by name that the words give the parameters; None where they are not plain."""
    options: dict[str, declare.Parameter] = {}
    places: list[declare.Parameter] = []
    values: dict[str, Any] = {}
    for one in takes:
        about = one.about
        if about is None:
            continue
        values[one.name] = one.default
        if isinstance(about, declare.Argument):
            places.append(one)
        else:
            options.update(dict.fromkeys(about.names, one))
    loose = _options(options, words, values)
    if loose is None or not _places(places, loose, values) or declare.REQUIRED in values.values():
        return None
    return values


def _options(options: Mapping[str, Any], words: Sequence[str], values: dict[str, Any]) -> list[str] | None:
    """What is left after the options, whose values are put in; None where one is not plain."""
    loose: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*loose, *rest]
        if word[:1] != "-" or len(word) == 1:
            loose.append(word)
            continue
        name, equals, text = word.partition("=")
        one = options.get(name)
        if one is None or (equals and len(name) == 2):
            return None
        kind = KINDS.get(one.annotation.__origin__)
        if kind == FLAG:
            if equals:
                return None
            values[one.name] = True
            continue
        value = text if equals else next(rest, None)
        if value is None or kind is None or not _put(one, kind, value, values):
            return None
    return loose


def _put(one: declare.Parameter, kind: str, text: str, values: dict[str, Any]) -> bool:
    if kind == MANY:
        values[one.name] = [*(values[one.name] or ()), text]
    elif kind == ONE:
        values[one.name] = text
    else:
        try:
            number = int(text)
        except ValueError:
            return False
        if one.about.min is not None and number < one.about.min:
            return False
        values[one.name] = number
    return True


def _places(places: Sequence[declare.Parameter], loose: list[str], values: dict[str, Any]) -> bool:
    """Give the loose words to the arguments in their order, the last may take many; False where they do not fit."""
    for one in places:
        kind = KINDS.get(one.annotation.__origin__)
        if kind == MANY:
            if one is not places[-1]:
                return False
            if loose:
                values[one.name] = loose
            return True
        if kind != ONE:
            return False
        if loose:
            values[one.name] = loose.pop(0)
    return not loose
