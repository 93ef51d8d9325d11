"""The chain of the change log: each row carries the hash of the one before it, so that no edit stays unseen.

What people typed stands beside the row in `change_text`; the chain holds only a salted digest of it, so that the words
can be erased and the chain still verifies. The anchor is a file beside the store: the last row and its hash after each
commit. A store ahead of its anchor was killed between the two and is sound; one behind it was cut.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from salesctl.errors import StreamError
from salesctl.i18n import _

ANCHOR_LINES = 200  # kept of the anchor when it is shortened
ANCHOR_BYTES = 64 * 1024
# What says nothing of its own: it follows every change, or a trigger keeps it.
UNTRACKED = frozenset(("id", "version", "updated_at", "next_due"))


def digest(*parts: object) -> str:
    """A hash of parts, each with its length, so that no two lists of parts give the same text."""
    joined = "".join(f"{len(text)}:{text}" for text in map(str, parts))
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def row_digest(row: Mapping[str, Any]) -> str:
    """The digest of a stored row: what it holds, without what follows every change. Its random uid salts it."""
    held = sorted((key, value) for key, value in row.items() if value is not None and key not in UNTRACKED)
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
        raise StreamError(_("{path} cannot be read: {why}").format(path=place, why=error.strerror)) from error


def anchors(path: str) -> list[Anchor]:
    """The lines of the anchor file, oldest first; a line that was cut short by a crash is left out."""
    found = []
    for text in _lines(anchor_path(path)):
        number, _blank, hash_ = text.partition(" ")
        if number.isascii() and number.isdigit() and len(hash_) == 32:
            found.append(Anchor(int(number), hash_))
    return found


class Break(NamedTuple):
    """Where the log is not what was written: the change row (0 for none) and what is wrong."""

    change: int
    why: str


def verify(store: Any, path: str, step: Callable[[int], None] = lambda n: None) -> tuple[int, list[Break]]:
    """Walk the whole chain; how many rows there are, and where it breaks."""
    operations = {row["id"]: operation_digest(row) for row in store.each("SELECT * FROM operation")}
    used: set[int] = set()
    found: list[Break] = []
    wanted = {one.change: one.hash for one in anchors(path)}
    last, before, count = 0, "", 0
    sql = (
        "SELECT c.*, x.change_id AS has_text, x.salt, x.before AS text_before, x.after AS text_after"
        " FROM change c LEFT JOIN change_text x ON x.change_id = c.id ORDER BY c.id"
    )
    for row in store.each(sql):
        count += 1
        used.add(row["operation_id"])
        why = _wrong(row, before, operations.get(row["operation_id"]))
        if why:
            found.append(Break(row["id"], why))
        if wanted.pop(row["id"], row["hash"]) != row["hash"]:
            found.append(Break(row["id"], _("it is not the row that the anchor knows")))
        before, last = row["hash"], row["id"]
        if count % 1000 == 0:
            step(1000)
    cut = [number for number in wanted if number > last]
    if cut:
        found.append(Break(max(cut), _("the log ends at {last}: its end was cut off").format(last=last)))
    found += [Break(number, _("the row is gone")) for number in sorted(wanted) if number <= last]
    for id in sorted(set(operations) - used):
        found.append(Break(0, _("operation O{id} has no change").format(id=id)))
    for row in store.query(
        "SELECT change_id FROM change_text WHERE change_id NOT IN (SELECT id FROM change) ORDER BY change_id"
    ):
        found.append(Break(row["change_id"], _("words of a change that is not there")))
    return count, found


def _wrong(row: Mapping[str, Any], before: str, operation: str | None) -> str:
    """What is wrong with one row of the log, or nothing."""
    if operation is None:
        return _("its operation is gone")
    if link(before, operation, row) != row["hash"]:
        return _("it was edited, or what was before it is gone")
    if row["has_text"] is None:
        return ""  # erased, or it never had words
    if row["text_digest"] is None:
        return _("it has words that were not written with it")
    if text_digest(row["salt"], row["text_before"], row["text_after"]) != row["text_digest"]:
        return _("its words were edited")
    return ""
