"""The chain of the change log: each row carries the hash of the one before it, so that no edit stays unseen.

What people typed stands beside the row in `change_text`; the chain holds only a salted digest of it, so that the words
can be erased and the chain still verifies. An erasure names in the log whose words it took; others that are gone are a break. The anchor is a file beside the store: the last row and its hash after each
commit. A store ahead of its anchor was killed between the two and is sound; one behind it was cut.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from salesctl.errors import BadFile, StreamError, because
from salesctl.i18n import _

ANCHOR_LINES = 200  # kept of the anchor when it is shortened
ANCHOR_BYTES = 64 * 1024
# What says nothing of its own: it follows every change, or a trigger keeps it.
UNTRACKED = frozenset(("id", "version", "updated_at", "next_due"))


def digest(*parts: object) -> str:
    """A hash of parts, each with its length, so that no two lists of parts give the same text."""
    joined = "".join([f"{len(text)}:{text}" for text in map(str, parts)])
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def row_digest(row: Mapping[str, Any]) -> str:
    """The digest of a stored row: what it holds, without what follows every change. Its random uid salts it."""
    return row_digests([row])[0]


def row_digests(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The digests of stored rows of one table, which all have the same columns."""
    names = sorted(name for name in rows[0] if name not in UNTRACKED) if rows else []
    return [_held([(name, row[name]) for name in names if row[name] is not None]) for row in rows]


def _held(held: list[tuple[str, Any]]) -> str:
    return hashlib.blake2b(repr(held).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def operation_digest(operation: Mapping[str, Any]) -> str:
    """The digest of an operation: who did what when."""
    return digest(*(operation[key] for key in ("uid", "command", "actor", "at", "undoes")))


CHAINED = ("id", "operation_id", "noun", "record_id", "record_key", "action", "before", "after", "text_digest")


def link(before: str, operation: str, change: Mapping[str, Any]) -> str:
    """The hash of a change row: over the hash before it, its operation and all its columns."""
    return digest(before, operation, *(change[key] for key in CHAINED))


def text_digest(salt: str, before: str | None, after: str | None) -> str:
    return digest(salt, before, after)


class Anchor(NamedTuple):
    """The last change row that was saved, and its hash."""

    change: int
    hash: str


def anchor_path(path: str) -> str:
    if "://" not in path:
        return f"{path}.anchor"
    from salesctl.config import folder

    return os.path.join(folder("data"), f"{digest(path)[:16]}.anchor")


def drop_anchor(path: str, anchor: Anchor) -> None:
    """Add a line to the anchor file; it is shortened when it has grown long. Called under the writers' lock."""
    place = anchor_path(path)
    os.makedirs(os.path.dirname(os.path.abspath(place)), mode=0o700, exist_ok=True)
    line = f"{anchor.change} {anchor.hash}\n"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(place, flags, 0o600)
    try:
        os.write(descriptor, line.encode())
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if size > ANCHOR_BYTES:
        lines = _lines(place)[-ANCHOR_LINES:]
        part = f"{place}.part"
        with open(part, "w", encoding="ascii", opener=lambda name, how: os.open(name, how, 0o600)) as file:
            file.writelines(f"{text}\n" for text in lines)
        os.replace(part, place)


def _lines(place: str) -> list[str]:
    try:
        with open(place, encoding="ascii", errors="replace") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StreamError(_("{path} cannot be read: {why}").format(path=place, why=because(error))) from error


def anchors(place: str) -> list[Anchor]:
    """The lines of an anchor file, oldest first; a line that was cut short by a crash is left out."""
    found = []
    for text in _lines(place):
        number, _blank, hash_ = text.partition(" ")
        if number.isascii() and number.isdigit() and len(hash_) == 32:
            found.append(Anchor(int(number), hash_))
    return found


def kept_elsewhere(place: str) -> list[Anchor]:
    """An anchor by its file: a copy of the one beside a store, or the manifest of a backup. Raises BadFile (4)."""
    import json

    found = anchors(place)
    if not found and os.path.isfile(place):
        try:
            number, hash_ = json.loads("\n".join(_lines(place)))["anchor"]
            found = [Anchor(int(number), str(hash_))]
        except (ValueError, TypeError, KeyError, RecursionError):
            found = []
    if not found:
        raise BadFile(_("{path} is no anchor of a change log").format(path=place), _("an anchor, or a backup's .json"))
    return found


class Break(NamedTuple):
    """Where the log is not what was written: the change row (0 for none) and what is wrong."""

    change: int
    why: str


class _Line(NamedTuple):
    """A row of the log with its words, as `WALK` gives it; a million of them are read, so they are no mappings."""

    id: int
    operation: int
    noun: str
    record: int | None
    key: str | None
    action: str
    before: str | None
    after: str | None
    text_digest: str | None
    hash: str
    words: int | None
    salt: str
    words_before: str | None
    words_after: str | None


WALK = (
    f"SELECT {', '.join(f'c.{name}' for name in CHAINED)}, c.hash, x.change_id, x.salt, x.before AS text_before,"
    " x.after AS text_after FROM change c LEFT JOIN change_text x ON x.change_id = c.id ORDER BY c.id"
)
ERASED = ("change_text", "delete")  # noun and action of a row that names the changes whose words were erased


def verify(
    store: Any, path: str, step: Callable[[int], None] = lambda n: None, known: list[Anchor] | None = None
) -> tuple[int, list[Break]]:
    """Walk the whole chain; how many rows there are, and where it breaks. `known` instead of the anchor beside the store."""
    place = anchor_path(path)
    walk = _Walk(store, anchors(place) if known is None else known)
    for line in store.bare(WALK):
        walk.take(line)
        if walk.count % 1000 == 0:
            step(1000)
    found = [*walk.found, *walk.rest(store)]
    if known is None and not anchors(place) and _lines(place):
        found.append(Break(0, _("no line of the anchor beside the store can be read")))
    return walk.count, found


class _Walk:
    """What is known of the log up to a row of it."""

    def __init__(self, store: Any, known: list[Anchor]) -> None:
        self.operations = {row["id"]: operation_digest(row) for row in store.each("SELECT * FROM operation")}
        self.wanted = {one.change: one.hash for one in known}
        self.used: set[int] = set()
        self.wordless: set[int] = set()  # changes whose words are gone
        self.last, self.hash, self.count = 0, "", 0
        self.found: list[Break] = []

    def take(self, line: tuple[Any, ...]) -> None:
        """The next row."""
        id, number, hash_ = line[0], line[1], line[9]
        self.count += 1
        self.used.add(number)
        operation = self.operations.get(number)
        if operation is None:
            self.found.append(Break(id, _("its operation is gone")))
        elif not self._linked(line, operation):
            self.found.append(Break(id, _("it was edited, or what was before it is gone")))
        if line[8] is not None or line[10] is not None:
            self._words(_Line(*line))
        if line[2] == ERASED[0]:
            self._erasure(_Line(*line))
        if self.wanted and self.wanted.pop(id, hash_) != hash_:
            self.found.append(Break(id, _("it is not the row that the anchor knows")))
        self.hash, self.last = hash_, id

    def _linked(self, line: tuple[Any, ...], operation: str) -> bool:
        """Whether the hash of a row is that of the row before it, its operation and its columns."""
        return bool(digest(self.hash, operation, *line[:9]) == line[9])

    def _words(self, line: _Line) -> None:
        """The words beside a row against their digest in it."""
        if line.words is None:
            self.wordless.add(line.id)
        elif line.text_digest is None:
            self.found.append(Break(line.id, _("it has words that were not written with it")))
        elif text_digest(line.salt, line.words_before, line.words_after) != line.text_digest:
            self.found.append(Break(line.id, _("its words were edited")))

    def _erasure(self, line: _Line) -> None:
        """Words that an erasure took out are missing rightly."""
        import json

        try:
            named = json.loads(line.after or "{}")
            first = named.get("first")
            ids = named["ids"] if first is None else range(first, first + named["count"])
            self.wordless.difference_update(ids)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.found.append(Break(line.id, _("it cannot be read")))

    def rest(self, store: Any) -> list[Break]:
        """What is missing once the last row was seen."""
        found = [Break(id, _("its words are gone, and no erasure took them")) for id in sorted(self.wordless)]
        cut = [number for number in self.wanted if number > self.last]
        if cut:
            found.append(Break(max(cut), _("the log ends at {last}: its end was cut off").format(last=self.last)))
        found += [Break(number, _("the row is gone")) for number in sorted(self.wanted) if number <= self.last]
        for id in sorted(set(self.operations) - self.used):
            found.append(Break(0, _("operation O{id} has no change").format(id=id)))
        loose = "SELECT change_id FROM change_text WHERE change_id NOT IN (SELECT id FROM change) ORDER BY change_id"
        return found + [Break(row["change_id"], _("words of a change that is not there")) for row in store.query(loose)]
