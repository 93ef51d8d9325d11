"""Erasing a person: out of the tables, the search keys, the words of the change log and the free pages of the file.

Sums stay, and so does the chain of the log: it holds salted digests of the words that are removed.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesctl.domain.noun import Noun
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import facts
from salesctl.services.base import reading, unit
from salesctl.store import backup as files
from salesctl.store import blocks, changes, records
from salesctl.store.facts import listed_ids
from salesctl.store.journal import LOGGED, texts_of

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.kinds import Ref
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

IDENTIFYING = ("email", "phone", "wechat", "address", "website")  # one person's wherever they stand
PERSONS = ("contact", "customer", "lead")
GONE = "***"  # what stands where words of a person stood


class Erased(Data):
    """What an erasure did: who, how many rows of which table, how many changes, which backups still hold the person.

    `made` is the backup without the person that was made in the place of those that were deleted.
    """

    ref: str
    rows: dict[str, int] = fresh(factory=dict)
    changes: int = 0
    held: list[Path] = fresh(factory=list)
    deleted: list[Path] = fresh(factory=list)
    made: Path | None = None


def erase(app: App, noun: Noun, text: str, clear_backups: bool = False) -> Erased:
    """Erase a contact, a lead, or a customer that is a private person. Raises Refused (4) for a company.

    A backup is made before. With `clear_backups` none is: one is made after it, and those that hold the person are deleted.
    """
    from salesctl.services.db import automatic

    try:
        with unit(app, f"{noun.name}.erase") as work:
            ref = _who(app, work, noun, text)
            if not clear_backups:
                automatic(app, "erase")
            raw = records.raw(work, noun, ref.id)
            done = Erased(ref.code)
            uid = str(raw["uid"])
            _Eraser(work, noun, raw, done).run()
    except Refused as error:
        if error.code == "erased":  # one that was killed may not have come to this
            _scrub(app)
        raise
    _scrub(app)
    done.held = [path for path in _copies(app) if _holds(path, noun, ref.id, uid)]
    if clear_backups:
        made = automatic(app, "erase")
        done.made = made.path if made else None
        for path in done.held:
            files.remove(path)
        done.deleted, done.held = done.held, []
    return done


def _who(app: App, work: Unit, noun: Noun, text: str) -> Ref:
    ref = reading(app, work).find(noun.name, text)
    row = work.stored(noun.name, ref.id)
    assert row is not None
    gone = row["name"] == f"{ref.code} {GONE}" if noun.name == "lead" else row["erased_at"] is not None
    if gone:
        raise Refused(_("{ref} is erased already").format(ref=ref.code), code="erased")
    if noun.name == "lead":
        _still_a_contact(work, row)
    if noun.name == "customer" and row["kind"] != "person":
        raise Refused(
            _("{ref} is a company, not a person").format(ref=ref.code),
            _("erase its contacts: salesctl contact erase REF"),
        )
    return ref


def _still_a_contact(work: Unit, lead: Row) -> None:
    """Refuse (4) a lead that was converted while its person is there as a contact: that one is erased first."""
    from salesctl.text import name_key, phone_key

    if lead["customer_id"] is None:
        return
    rows = work.query(
        "SELECT id, name_key, phone, email FROM contact WHERE customer_id = :id AND erased_at IS NULL ORDER BY id",
        {"id": lead["customer_id"]},
    )
    mine = (name_key(lead["contact"] or lead["name"]), phone_key(lead["phone"] or ""), (lead["email"] or "").lower())
    for row in rows:
        other = (row["name_key"], phone_key(row["phone"] or ""), (row["email"] or "").lower())
        if any(a and a == b for a, b in zip(mine, other, strict=True)):
            raise Refused(
                _("{ref} is the contact P{id} by now").format(ref=NOUNS["lead"].code(lead["id"]), id=row["id"]),
                _("erase that one first: salesctl contact erase P{id}").format(id=row["id"]),
                "contact",
            )


class _Eraser:
    """One erasure in an open unit."""

    def __init__(self, work: Unit, noun: Noun, raw: Row, done: Erased) -> None:
        self.work, self.noun, self.raw, self.done = work, noun, raw, done
        self.id = int(raw["id"])
        self.deals: set[int] = set()  # whose spans carry words of their events
        self.name = str((raw["contact"] if noun.name == "lead" else None) or raw[noun.title])
        self.customer = self.id if noun.name == "customer" else raw["customer_id"]
        marks = [str(raw[key]) for key in IDENTIFYING if key in noun.by_key and raw[key]]
        from salesctl.text import name_key

        self.everywhere = [mark for mark in marks if len(mark) >= 4]
        folded = [name_key(self.name)] if name_key(self.name) != self.name else []
        self.near = [self.name, *folded]
        if not self._shared():
            self.everywhere += self.near

    def _shared(self) -> bool:
        """Whether somebody else has this name: then it is erased only near this person."""
        from salesctl.text import name_key

        for table in ("contact", "rep", "customer", "lead"):
            if table == "lead" and self.noun.name != "lead":
                continue
            mine = {"key": name_key(self.name), "id": self.id if table == self.noun.name else 0}
            if self.work.one(f"SELECT 1 FROM {table} WHERE name_key = :key AND id <> :id LIMIT 1", mine):
                return True
        return len(self.name) < 2

    def run(self) -> None:
        self._person()
        for table in LOGGED:
            if texts_of(table):
                self._texts(table)
        facts.rebuild_many(self.work, sorted(self.deals))
        self._log()

    def _person(self) -> None:
        """The record itself: nothing of what was typed stays but what kind of record it was."""
        from salesctl.store.chain import random_hex

        texts = texts_of(self.noun.name)
        title = f"{self.noun.code(self.id)} {GONE}"
        values = dict.fromkeys(texts) | {self.noun.title: title, "name_key": title.lower()}
        values |= {"uid": random_hex(), "external_id": None, "archived_at": self.work.at}
        if self.noun.name != "lead":  # of a lead its title says it
            values["erased_at"] = self.work.at
        self.work.overwrite(self.noun.name, self.id, values)
        self.done.rows[self.noun.name] = 1

    def _texts(self, table: str) -> None:
        """Words of the person in other rows."""
        columns = sorted(texts_of(table))
        where, params = self._where(table, columns)
        key = "id" if table in NOUNS or table not in ("meta", "day_off") else "key"
        listed = ", ".join(f't."{column}"' for column in columns)
        rows = self.work.query(
            f"SELECT t.{key} AS k_, {self._near(table)} AS near_, {listed} FROM {table} t WHERE {where}", params
        )
        for row in rows:
            if table == self.noun.name and row["k_"] == self.id:
                continue
            marks = self.everywhere + (self.near if row["near_"] else [])
            changed = {
                column: without(row[column], marks)
                for column in columns
                if row[column] is not None and without(row[column], marks) != row[column]
            }
            if changed:
                self.work.overwrite(table, row["k_"], changed)
                if table == "deal_event":
                    event = self.work.stored(table, row["k_"])
                    self.deals.add(int(event["deal_id"]) if event else 0)
                self.done.rows[table] = self.done.rows.get(table, 0) + 1

    def _where(self, table: str, columns: list[str]) -> tuple[str, dict[str, Any]]:
        from salesctl.store.filtering import like

        marks = list(dict.fromkeys([*self.everywhere, *self.near]))
        params = {f"m{place}": like(mark) for place, mark in enumerate(marks)} | {"person": self.id}
        params["customer"] = self.customer
        parts = [f"t.\"{column}\" LIKE :m{place} ESCAPE '\\'" for column in columns for place in range(len(marks))]
        return f"({' OR '.join(parts)})", params

    def _near(self, table: str) -> str:
        """Whether a row is about this person or the customer where he is."""
        whose = ("followup",) if self.noun.name == "lead" else ("followup", "deal")
        mine = f"t.{self.noun.name}_id = :person" if table in whose else "1 = 0"
        near = {
            "followup": f"({mine} OR t.customer_id = :customer)",
            "deal": f"({mine} OR t.customer_id = :customer)",
            "customer": "t.id = :customer",
            "contact": "t.customer_id = :customer",
            "lead": "t.customer_id = :customer",
            "quote": "t.customer_id = :customer",
            **dict.fromkeys(
                ("need", "solution"), "t.deal_id IN (SELECT d.id FROM deal d WHERE d.customer_id = :customer)"
            ),
            "deal_event": "t.deal_id IN (SELECT d.id FROM deal d WHERE d.customer_id = :customer)",
        }
        if self.noun.name == "lead":
            near["pool_event"] = "t.noun = 'lead' AND t.record_id = :person"
        return f"CASE WHEN {near.get(table, '1 = 0')} THEN 1 ELSE 0 END"

    def _log(self) -> None:
        """The words of the log: those of the record itself, and all that hold a word of the person."""
        ids = [
            row["id"]
            for row in self.work.query(
                "SELECT c.id FROM change c JOIN change_text x ON x.change_id = c.id WHERE c.noun = :noun"
                " AND c.record_id = :id AND c.operation_id < :mine",
                {"noun": self.noun.name, "id": self.id, "mine": self.work.operation},
            )
        ]
        marks = [*self.everywhere, *self.near]
        sql = f"{changes.SELECT} WHERE x.change_id IS NOT NULL AND c.operation_id < {self.work.operation}"
        for row in self.work.each(sql):
            text = f"{row['text_before'] or ''}{row['text_after'] or ''}"
            if row["action"] == "unblock":
                text = str(blocks.unpack(row["text_after"] or ""))
            if any(mark in text or _escaped(mark) in text for mark in marks):
                ids.append(row["id"])
        gone = sorted(set(ids))
        for id in gone:
            self.work.run("DELETE FROM change_text WHERE change_id = :id", {"id": id})
        if gone:  # words that are missing without being named here were taken out by somebody else
            self.work.log("change_text", None, "delete", None, listed_ids(gone))
        self.done.changes = len(gone)


def _escaped(mark: str) -> str:
    import json

    return json.dumps(mark, ensure_ascii=False)[1:-1]


def without(text: str, marks: list[str]) -> str:
    """A text without the words of a person; a plain word is only taken out where it stands alone."""
    for mark in sorted(set(marks), key=len, reverse=True):
        pattern = re.escape(mark)
        if mark.isascii() and mark.replace(" ", "").isalnum():
            pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
        text = re.sub(pattern, GONE, text, flags=re.IGNORECASE)
    return text


def _scrub(app: App) -> None:
    """Nothing of the old pages stays in the file or in its write-ahead log."""
    from salesctl.store.connect import connect, is_url, trouble
    from salesctl.store.lock import locked

    app.close_store()
    if is_url(app.db_path):
        server: Any = connect(app.db_path, read_only=False)
        try:
            for table in (
                "contact",
                "customer",
                "deal",
                "lead",
                "followup",
                "deal_event",
                "deal_span",
                "need",
                "solution",
                "solution_need",
                "quote",
                "pool_event",
                "change_text",
                "alias",
                "unmatched",
            ):
                server.execute(f"VACUUM FULL {table}")
        finally:
            server.close()
        return
    with locked(app.db_path), trouble(app.db_path):
        connection = connect(app.db_path, read_only=False)
        try:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def _copies(app: App) -> list[Path]:
    """Copies of the store that salesctl made: backups, with their manifest or without, and what a restore kept aside.

    What a killed backup or restore left unfinished is deleted: nobody knows of it, and it holds everything.
    """
    from glob import escape

    from salesctl.store.carrying import drop

    folder, place = files.folder_of(app.db_path), Path(app.db_path)
    beside = (
        [] if "://" in app.db_path else [(place.parent, f".{escape(place.name)}.*.{end}") for end in ("new", "restore")]
    )
    for where, pattern in [(folder, ".*.part*"), *((where, f"{one}*") for where, one in beside)]:
        for path in where.glob(pattern):
            if path.is_dir():
                drop(path)
            else:
                path.unlink(missing_ok=True)
    asides = place.parent.glob(f"{escape(place.name)}.*.aside") if beside else ()
    return sorted(folder.glob("*.db")) + sorted(path for path in asides if path.is_file())


def _holds(path: Path, noun: Noun, id: int, uid: str) -> bool:
    """Whether a copy of the store holds the person as it was."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            found = connection.execute(f"SELECT 1 FROM {noun.name} WHERE id = ? AND uid = ?", (id, uid)).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return True  # nobody can tell
    return found is not None


def person(app: App, text: str) -> dict[str, Any]:
    """Everything that is kept about a person, for the person."""
    from salesctl.store.resolve import look

    ref = app.pick(
        lambda: look(app.store, PERSONS, text).ref,
        lambda code: look(app.store, PERSONS, code).ref,
    )
    noun = NOUNS[ref.noun]
    found: dict[str, Any] = {"person": records.get(app.store, noun, ref.id)}
    for name, told in NOUNS.items():
        if f"{ref.noun}_id" in {slot.name for slot in told.slots()}:
            where = records.Where()
            where.add(f"t.{ref.noun}_id = {where.name(ref.id)}")
            found[f"{name}s"] = [values for values, _raw in records.page(app.store, told, where, "id")]
    found["history"] = [
        {"at": one.at, "actor": one.actor, "command": one.command, "fields": one.fields}
        for one in changes.history(app.store, noun, ref.id)
    ]
    return found
