"""The filter language: `stage:报价 amount:5万.. idle:14d.. not:won customer:"Acme Corp"`, read into conditions.

Space is and, `,` is or within a value, `not:` or `^` is not, `a..b` is a range that counts both ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.plain import Data


class Value(Data, frozen=True):
    """One alternative: a plain `low`, or a range when `is_range`, each end "" where it is open."""

    low: str
    high: str = ""
    is_range: bool = False


class Condition(Data, frozen=True):
    """One word of a filter. `field` is "" for a bare word; `op` one of : = != < <= > >= ~; no values = not filled."""

    field: str
    op: str
    values: tuple[Value, ...]
    negated: bool = False


@cache
def _shape() -> re.Pattern[str]:
    return re.compile(r'^(?:([^\s:=<>!~"]+)(!=|<=|>=|[:=<>~]))?(.*)$', re.DOTALL)


@cache
def _begins_word() -> re.Pattern[str]:
    return re.compile(r'^(?:\^|not:)?[^\s:=<>!~"./]+(?:!=|<=|>=|[:=<>~])')


def parse(words: Sequence[str]) -> list[Condition]:
    """Conditions from arguments and `--where` texts alike. Raises UsageError for a quote that never ends."""
    return [_condition(token) for word in words for token in tokens(word)]


def tokens(text: str) -> list[str]:
    """The words of a filter text: split at blanks outside quotes, but only before what looks like a new condition.

    So a shell argument such as `customer:Acme Corp` stays one word.
    """
    pieces: list[str] = []
    for piece in _pieces(fold(text)):
        plain = not pieces or (":" not in pieces[-1] and not _begins_word().match(pieces[-1]))
        if plain or _begins_word().match(piece) or piece.startswith("^") or pieces[-1].endswith('"'):
            pieces.append(piece)
        else:
            pieces[-1] += " " + piece
    return pieces


def fold(text: str) -> str:
    """Full-width marks of the grammar to the plain ones, outside quotes or not: nobody means another thing by them."""
    return text.translate(str.maketrans("：，＝～＞＜“”", ':,=~><""'))


def _pieces(text: str) -> list[str]:
    found: list[str] = []
    current, quoted = "", False
    for mark in text:
        if mark == '"':
            quoted = not quoted
        if mark.isspace() and not quoted:
            if current:
                found.append(current)
            current = ""
        else:
            current += mark
    if quoted:
        raise UsageError(_("a quote in the filter does not end: {text}").format(text=text))
    return [*found, current] if current else found


def _condition(token: str) -> Condition:
    negated = False
    while token.startswith(("^", "not:")):
        negated = not negated
        token = token[1:] if token.startswith("^") else token[4:]
    match = _shape().match(token)
    field, op, rest = (match.group(1) or "", match.group(2) or ":", match.group(3)) if match else ("", ":", token)
    return Condition(field, op, tuple(_values(rest, op)), negated)


def _values(text: str, op: str) -> list[Value]:
    values: list[Value] = []
    for part, quoted in _alternatives(text):
        if not quoted and ".." in part and op in (":", "="):
            low, _dots, high = part.partition("..")
            values.append(Value(low.strip(), high.strip(), is_range=True))
        elif part or quoted:
            values.append(Value(part))
    return values


def _alternatives(text: str) -> list[tuple[str, bool]]:
    """The parts between commas outside quotes, without their quotes; and whether a part was quoted.

    A comma inside a number such as 3,400 is no alternative.
    """
    parts: list[tuple[str, bool]] = []
    current, quoted, was_quoted = "", False, False
    for place, mark in enumerate(text):
        if mark == '"':
            quoted, was_quoted = not quoted, True
        elif mark == "," and not quoted and not _inside_number(text, place):
            parts.append((current, was_quoted))
            current, was_quoted = "", False
        else:
            current += mark
    parts.append((current, was_quoted))
    return parts


def _inside_number(text: str, place: int) -> bool:
    after = text[place + 1 : place + 5]
    return text[place - 1 : place].isdigit() and len(after) >= 3 and after[:3].isdigit() and not after[3:4].isdigit()
