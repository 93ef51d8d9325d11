"""Undo: the inverse of an operation from the change log, newest change first; itself an operation that can be undone.

What is compared is the value: an operation can be undone while everything it wrote still stands as it left it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import STATE
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Conflict, Refused
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import facts
from salesctl.services.base import unit
from salesctl.services.lead import contacted_again
from salesctl.store import blocks, changes
from salesctl.store.changes import Entry, ids_of
from salesctl.store.write import meanwhile

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

RESTORE = "db.restore"
SOFT = frozenset(("touched_at", "contacted_at"))  # follow other rows; a later touch stands
UNNAMED = frozenset(("version", "updated_at", "id"))
STATE_KEYS = frozenset(STATE)
Carried = dict[str, tuple[Any, Any]]


class Undone(Data):
    """What an undo did: the operation it undid, its own, and the records by noun and by what became of them."""

    operation: dict[str, Any]
    by: int = 0
    records: dict[str, dict[str, list[int]]] = fresh(factory=dict)

    def note(self, table: str, what: str, ids: Sequence[int]) -> None:
        if table in NOUNS:
            known = self.records.setdefault(table, {}).setdefault(what, [])
            known.extend(id for id in ids if id not in known or len(ids) > 1)

    @property
    def count(self) -> int:
        return sum(len(set(ids)) for kinds in self.records.values() for ids in kinds.values())


class _Dry(Exception):
    """A dry run is over: nothing of it stays."""


def choose(app: App, text: str | None) -> Row:
    """The operation that is meant: the one named, or the last of mine. Refused (4) for neither.

    Raises Conflict (5) where that is a restore, or the last one is of a kind that cannot be undone.
    """
    store = app.store
    if not store.exists:
        raise Refused(_("there is nothing to undo"))
    if text is None:
        return _last(app)
    row = changes.operation_called(store, text)
    if row["id"] == 1:
        raise Refused(_("O1 made the store; it cannot be undone"))
    if row["command"].endswith(".erase"):
        raise Refused(_("O{id} erased a person; it cannot be undone").format(id=row["id"]))
    if row["command"] == RESTORE:
        text = _("O{id} put a backup in the place of the store; it cannot be undone")
        hint, aside = _replaced(app, row)
        raise Conflict(text.format(id=row["id"]), hint, "for_good", operation=f"O{row['id']}", aside=aside)
    return row


def _for_good(command: str) -> bool:
    return command == RESTORE or command.endswith(".erase")


def _last(app: App) -> Row:
    """My last operation. Raises Conflict (5) where it cannot be undone, naming the one before that can."""
    mine = changes.standing(app.store, app.me)
    last = next(mine, None)
    if last is None:
        raise Refused(_("there is nothing to undo"))
    if not _for_good(last["command"]):
        return last
    before = next(
        (row for row in mine if not _for_good(row["command"]) and not changes.words_erased(app.store, row["id"])), None
    )
    hint, aside = _replaced(app, last) if last["command"] == RESTORE else ("", None)
    earlier = _("the one before: salesctl undo O{id}").format(id=before["id"]) if before else ""
    raise Conflict(
        _("the last command, {command}, cannot be undone").format(command=last["command"]),
        "; ".join(part for part in (hint, earlier) if part),
        "for_good",
        operation=f"O{last['id']}",
        before=f"O{before['id']}" if before else None,
        aside=aside,
    )


def _replaced(app: App, operation: Row) -> tuple[str, str | None]:
    """How to get back what a restore put aside, and where that is; None when it is not there any more."""
    import shlex

    from salesctl.services.db import aside_of

    aside = aside_of(app, operation)
    if aside is None:
        return _("the store from before it is not there any more; what there is: salesctl db verify"), None
    return _("the store from before it: salesctl db restore {path}").format(path=shlex.quote(str(aside))), str(aside)


def undo(app: App, operation: Row, dry_run: bool = False) -> Undone:
    """Undo one operation. Raises Conflict (5) when something it wrote is not as it left it, saying what changed it."""
    found = Undone(dict(operation))
    try:
        with unit(app, "undo", undoes=operation["id"]) as work:
            standing = changes.undone_by(work, operation["id"])
            earlier = [one for one in (standing,) if one not in (None, work.operation)]
            if earlier or _undone_before(work, operation["id"]):
                raise Conflict(_("O{id} is undone already").format(id=operation["id"]), code="undone")
            work.run("PRAGMA defer_foreign_keys = ON")
            found.by = work.operation
            _Undoer(work, operation, found).run()
            if dry_run:
                raise _Dry
    except _Dry:
        pass
    except sqlite3.IntegrityError as error:
        raise Conflict(
            _("O{id} cannot be undone: other records that came or went since depend on it").format(id=operation["id"]),
            _("undo what came after it first: salesctl audit list"),
        ) from error
    return found


def _undone_before(work: Unit, operation: int) -> bool:
    rows = work.query(
        "SELECT id FROM operation WHERE undoes = :id AND id <> :mine", {"id": operation, "mine": work.operation}
    )
    return any(changes.undone_by(work, row["id"]) is None for row in rows)


class _Undoer:
    """One undo in an open unit."""

    def __init__(self, work: Unit, operation: Row, found: Undone) -> None:
        self.work, self.operation, self.found = work, operation, found
        self.deals: set[int] = set()
        self.born: set[int] = set()  # deals that the operation made: their events go with them
        self.carried: dict[int, Carried] = {}  # what its changes of deals left, and what was before
        self.leads: dict[int, set[str]] = {}  # whose follow-ups came or went, and when those were done
        self.contracts: set[int] = set()  # whose payments came or went

    def run(self) -> None:
        rows = self.work.query(
            "SELECT id FROM change WHERE operation_id = :id ORDER BY id DESC", {"id": self.operation["id"]}
        )
        self.born = set(self._born())
        for row in rows:
            one = self._entry(row["id"])
            if one.erased:
                raise Refused(_("O{id} cannot be undone: words in it were erased").format(id=one.operation))
            getattr(self, f"_{one.action}")(one)
        for deal in sorted(set(self.carried) - self.born):
            facts.carry(self.work, deal, self.operation["id"], self.carried[deal])
        facts.rebuild_many(self.work, sorted((self.deals | set(self.carried)) - self.born))
        contacted_again(self.work, self.leads)
        self._settle()
        self._goals()

    def _settle(self) -> None:
        """What contracts have received, and what is due next, again from the payments they have now."""
        from salesctl.services.payment import settle

        for contract in sorted(self.contracts):
            if self.work.stored("contract", contract) is not None:
                settle(self.work, contract)

    def _goals(self) -> None:
        """Goals that came back or changed may neither be there twice nor serve themselves."""
        from salesctl.services.goal_edit import stands

        kinds = self.found.records.get("goal", {})
        for id in sorted({*kinds.get("restored", ()), *kinds.get("changed", ())}):
            stands(self.work, id)

    def _entry(self, id: int) -> Entry:
        row = self.work.one(f"{changes.SELECT} WHERE c.id = :id", {"id": id})
        assert row is not None
        return changes.entry(row)

    def _born(self) -> Iterator[int]:
        for row in self.work.query(
            "SELECT record_id, action, after FROM change WHERE operation_id = :id AND noun = 'deal'"
            " AND action IN ('insert', 'block')",
            {"id": self.operation["id"]},
        ):
            import json

            yield from [row["record_id"]] if row["action"] == "insert" else ids_of(json.loads(row["after"]))

    def _insert(self, one: Entry) -> None:
        """A row that was made is taken out; an event of a deal that stays is voided instead."""
        assert one.record is not None
        row = self.work.stored(one.table, one.record)
        if one.table == "deal_event" and row is not None and row["deal_id"] not in self.born:
            self.deals.add(row["deal_id"])
            self.work.amend("deal_event", one.record, {"voided_at": self.work.at})
            return
        if row is None or any(row[key] != value for key, value in one.after.items() if key not in SOFT | UNNAMED):
            raise self._changed(one.table, one.record, None)
        filled = {key for key in row if row[key] is not None and key not in one.after} - SOFT - UNNAMED
        if filled and self._since(one.table, one.record, filled):  # what was empty at first was written since
            raise self._changed(one.table, one.record, filled)
        if one.table == "rep" and self._incidental() and blocks.referring(self.work, "rep", [int(one.record)]):
            return  # who did it; others know him by now
        self._take_out(one.table, [one.record])
        self.work.remove(one.table, one.record)
        if one.table == "followup" and row["lead_id"]:
            self.leads.setdefault(row["lead_id"], set()).add(str(row["done_at"]))
        if one.table == "payment":
            self.contracts.add(int(one.after["contract_id"]))

    def _since(self, table: str, record: int | str, columns: set[str] | None) -> dict[str, Any] | None:
        return changes.touched_since(self.work, table, record, self.operation["id"], self.work.operation, columns)

    def _incidental(self) -> bool:
        return self.operation["command"] not in ("rep.add", "import", "demo")

    def _take_out(self, table: str, records: Sequence[Any]) -> None:
        """Refuse where something else refers to rows that are to go, and let go of what is derived from them."""
        if table == "sop":
            self._unused(records)
        if table not in NOUNS:
            return
        if table == "deal":
            blocks.clear(self.work, "deal_span", "deal_id", records)
        blocks.remove_voided(self.work, table, records)
        holder = blocks.referring(self.work, table, records)
        if holder:
            raise Conflict(
                _("{ref} cannot be taken back: {other} refers to it").format(
                    ref=NOUNS[table].code(holder.target), other=holder.ref
                ),
                _("undo that first, or archive {ref}").format(ref=NOUNS[table].code(holder.target)),
                refers=holder.ref,
            )
        self.found.note(table, "removed", list(records))

    def _unused(self, records: Sequence[Any]) -> None:
        """Refuse to take a version of a SOP back by which deals have moved."""
        holder = blocks.referring(self.work, "sop", records)
        if holder:
            raise Conflict(
                _("deals have moved by this version of the SOP since ({other})").format(other=holder.ref),
                _("undo that first, or load another version: salesctl sop load, salesctl sop enforce"),
                refers=holder.ref,
            )

    def _update(self, one: Entry) -> None:
        """What was changed is what it was."""
        assert one.record is not None
        row = self.work.stored(one.table, one.record)
        told = {key: value for key, value in one.after.items() if not key.startswith("~")}
        if row is None:
            raise self._changed(one.table, one.record, None)
        differs = {key for key, value in told.items() if row[key] != value}
        if differs - SOFT:
            raise self._changed(one.table, one.record, differs - SOFT)
        back = {key: one.before.get(key) for key in told if key not in differs}
        if one.table == "deal":
            known = self.carried.setdefault(int(one.record), {})
            for key in STATE_KEYS & set(back):
                known[key] = (known[key][0] if key in known else told[key], back[key])
        noun = NOUNS.get(one.table)
        if noun is None or not set(back) - SOFT:
            self.work.amend(one.table, one.record, back)
        else:
            self.work.revert(noun, int(one.record), back)
            self.found.note(one.table, "changed", [int(one.record)])
        for key, value in one.after.items():
            if key.startswith("~"):
                self.work.log(one.table, one.record, "update", {key: value}, {key: one.before.get(key)})
        if one.table == "deal_event":
            self.deals.add(row["deal_id"])
        if one.table == "followup" and "done_at" in told and row["lead_id"]:
            self.leads.setdefault(row["lead_id"], set()).add(str(told["done_at"]))

    def _delete(self, one: Entry) -> None:
        """What was taken out is there again, under its number."""
        assert one.record is not None
        if self.work.stored(one.table, one.record) is not None:
            raise self._changed(one.table, one.record, None)
        self.work.bring_back(one.table, one.record, one.before)
        if one.table == "payment":
            self.contracts.add(int(one.before["contract_id"]))
        if one.table in NOUNS:
            self.found.note(one.table, "restored", [int(one.record)])
        if one.table in ("deal_event", "deal"):
            self.deals.add(int(one.before["deal_id"] if one.table == "deal_event" else one.record))

    def _block(self, one: Entry) -> None:
        """Rows of a bulk write are taken out together; the log keeps them whole."""
        ids = ids_of(one.after)
        rows = blocks.rows(self.work, one.table, ids)
        odd = blocks.differing(one.table, one.after, ids, rows)
        if odd is not None:
            raise self._changed(one.table, odd, None)
        self._take_out(one.table, ids)
        blocks.take_out(self.work, one.table, ids, rows)

    def _unblock(self, one: Entry) -> None:
        """Rows of a bulk write that were taken out are there again."""
        rows = blocks.unpack(one.packed or "")
        ids = blocks.put_back(self.work, one.table, rows)
        self.found.note(one.table, "restored", ids)
        if one.table in ("deal", "deal_event"):
            self.deals |= {row["deal_id"] if one.table == "deal_event" else row["id"] for row in rows}

    def _changed(self, table: str, record: int | str, columns: set[str] | None) -> Conflict:
        """The refusal, with who changed what since."""
        later = self._since(table, record, columns)
        noun = NOUNS.get(table)
        named = noun.code(int(record)) if noun else f"{table} {record}"
        if noun and later and later["action"] == "update":
            refused = meanwhile(noun, int(record), later)
            refused.hint = _("undo O{id} first").format(id=later["operation"])
            return refused
        if later:
            return Conflict(
                _("{ref} was changed since, by {who} at {at} (O{id})").format(
                    ref=named, who=later["actor"] or _("somebody"), at=later["at"], id=later["operation"]
                ),
                _("undo O{id} first").format(id=later["operation"]),
                operation=later["operation"],
            )
        return Conflict(
            _("{ref} is not as O{id} left it").format(ref=named, id=self.operation["id"]), "salesctl db check"
        )
