"""The chain of the change log: each row carries the hash of the one before it, so that no edit stays unseen.

What people typed stands beside the row in `change_text`; the chain holds only a salted digest of it, so that the words
can be erased and the chain still verifies. An erasure names in the log whose words it took; others that are gone are a break. The anchor is a file beside the store: the last row and its hash after each
commit. A store ahead of its anchor was killed between the two and is sound; one behind it was cut.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from salesctl.errors import BadFile, StreamError, because
from salesctl.i18n import _
from salesctl.plain import Data

ANCHOR_LINES = 200  # kept of the anchor when it is shortened
ANCHOR_BYTES = 64 * 1024
PARTS = 5_000  # values that are kept as they stand in a digest
# What says nothing of its own: it follows every change, or a trigger keeps it.
UNTRACKED = frozenset(("id", "version", "updated_at", "next_due"))


def digest(*parts: object) -> str:
    """A hash of parts, each with its length, so that no two lists of parts give the same text."""
    return _hashed("".join([f"{len(text)}:{text}" for text in map(str, parts)]))


def _hashed(joined: str) -> str:
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _is(hash_: str, joined: str) -> bool:
    """Whether a hash is that of what it says it is of."""
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() == hash_


def random_hex(octets: int = 16) -> str:
    """Random octets in hexadecimal: the uid of a record, a salt. What `uuid4` and `secrets` draw, without importing them."""
    return os.urandom(octets).hex()


def row_digest(row: Mapping[str, Any]) -> str:
    """The digest of a stored row: what it holds, without what follows every change. Its random uid salts it."""
    return row_digests([row])[0]


def row_digests(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The digests of stored rows of one table, which all have the same columns."""
    names = sorted(name for name in rows[0] if name not in UNTRACKED) if rows else []
    return [_held([(name, row[name]) for name in names if row[name] is not None]) for row in rows]


def _held(held: list[tuple[str, Any]]) -> str:
    return blake2b(repr(held).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def operation_digest(operation: Mapping[str, Any]) -> str:
    """The digest of an operation: who did what when."""
    return digest(*(operation[key] for key in ("uid", "command", "actor", "at", "undoes")))


CHAINED = ("id", "operation_id", "noun", "record_id", "record_key", "action", "before", "after", "text_digest")


def link(before: str, operation: str, change: Mapping[str, Any]) -> str:
    """The hash of a change row: over the hash before it, its operation and all its columns."""
    return digest(before, operation, *(change[key] for key in CHAINED))


def text_digest(salt: str, before: str | None, after: str | None) -> str:
    return digest(salt, before, after)


class Anchor(Data, frozen=True):
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


class Break(Data, frozen=True):
    """Where the log is not what was written: the change row (0 for none) and what is wrong."""

    change: int
    why: str


WALK = (
    f"SELECT {', '.join(f'c.{name}' for name in CHAINED)}, c.hash, x.change_id, x.salt, x.before AS text_before,"
    " x.after AS text_after FROM change c LEFT JOIN change_text x ON x.change_id = c.id"
    " WHERE c.id > :after AND c.id <= :upto ORDER BY c.id"
)
ERASED = ("change_text", "delete")  # noun and action of a row that names the changes whose words were erased


def verify(
    store: Any, path: str, step: Callable[[int], None] = lambda n: None, known: list[Anchor] | None = None
) -> tuple[int, list[Break]]:
    """Walk the whole chain; how many rows there are, and where it breaks. `known` instead of the anchor beside the store."""
    from salesctl.store.halves import walked

    place = anchor_path(path)
    walk = walked(store, anchors(place) if known is None else known, step)
    found = [*walk.found, *walk.rest(store)]
    if known is None and not anchors(place) and _lines(place):
        found.append(Break(0, _("no line of the anchor beside the store can be read")))
    return walk.count, found


class _Parts(dict[Any, str]):
    """Values as they stand in a digest: what comes again and again is written once."""

    def __missing__(self, value: object) -> str:
        part = _part(str(value))
        if len(self) < PARTS:
            self[value] = part
        return part


def _part(text: str | None) -> str:
    return "4:None" if text is None else f"{len(text)}:{text}"


class Walk:
    """What is known of the log up to a row of it."""

    def __init__(self, store: Any, known: list[Anchor]) -> None:
        self.operations = {
            row["id"]: (_part(operation_digest(row)), _part(str(row["id"])))
            for row in store.each("SELECT * FROM operation")
        }
        self.wanted = {one.change: one.hash for one in known}
        self.used: set[int] = set()
        self.wordless: set[int] = set()  # changes whose words are gone
        self.erased: list[Iterable[int]] = []  # and those whose words an erasure took
        self.last, self.count = 0, 0
        self.found: list[Break] = []

    def go(self, lines: Iterable[tuple[Any, ...]], step: Callable[[int], None], first: str = "") -> None:
        """Rows in order, after one whose hash is `first`.

        `link` is written out here, since a million of them are to be read in seconds.
        """
        before, parts, operations, used = _part(first), _Parts(), self.operations, self.used
        current, operation = None, None
        for count, line in enumerate(lines, start=1):
            id, number, noun, record, key, action, was, now, words, hash_, held = line[:11]
            if number != current:  # the changes of an operation stand together
                current, operation = number, operations.get(number)
                used.add(number)
            if operation is None:
                self.found.append(Break(id, _("its operation is gone")))
            else:
                number = str(id)
                head = f"{before}{operation[0]}{len(number)}:{number}{operation[1]}{parts[noun]}{parts[record]}{parts[key]}"
                was = "4:None" if was is None else f"{len(was)}:{was}"
                now = "4:None" if now is None else f"{len(now)}:{now}"
                said = "4:None" if words is None else f"{len(words)}:{words}"
                if not _is(hash_, f"{head}{parts[action]}{was}{now}{said}"):
                    self.found.append(Break(id, _("it was edited, or what was before it is gone")))
            if words is not None or held is not None:
                self._words(line)
            if noun == ERASED[0]:
                self._erasure(id, line[7])
            if self.wanted and self.wanted.pop(id, hash_) != hash_:
                self.found.append(Break(id, _("it is not the row that the anchor knows")))
            before = f"{len(hash_)}:{hash_}"
            self.last = id
            if count % 1000 == 0:
                step(1000)
            self.count = count

    def _words(self, line: tuple[Any, ...]) -> None:
        """The words beside a row against their digest in it."""
        id, wanted, held, salt, was, now = line[0], line[8], line[10], line[11], line[12], line[13]
        if held is None:
            self.wordless.add(id)
        elif wanted is None:
            self.found.append(Break(id, _("it has words that were not written with it")))
        elif not _is(wanted, f"{_part(salt)}{_part(was)}{_part(now)}"):
            self.found.append(Break(id, _("its words were edited")))

    def _erasure(self, id: int, after: str | None) -> None:
        """Words that an erasure took out are missing rightly."""
        import json

        try:
            named = json.loads(after or "{}")
            first = named.get("first")
            ids = named["ids"] if first is None else range(first, first + named["count"])
            self.wordless.difference_update(ids)
            self.erased.append(ids)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.found.append(Break(id, _("it cannot be read")))

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
