"""Customers that are one: finding them, merging two, and remembering that two are two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.customer import CUSTOMER
from salesctl.domain.kinds import Ref
from salesctl.domain.likeness import Known, Pair, domain_of, pairs
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services.base import reading, unit
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit


class Merged(Data):
    """What a merge did, or would do: who stays, who goes, what moves to whom, which fields were filled."""

    kept: Ref
    gone: Ref
    moved: dict[str, list[int]] = fresh(factory=dict)
    filled: dict[str, Any] = fresh(factory=dict)
    differs: dict[str, tuple[Any, Any]] = fresh(factory=dict)  # the kept one's value stands
    dry_run: bool = False


class _Dry(Exception):
    """A dry run is over: nothing of it stays."""


def alike(a: str, b: str) -> float:
    """The share of equal letters of two names; rapidfuzz where it is installed, else difflib."""
    try:
        from rapidfuzz.fuzz import ratio
    except ImportError:
        from difflib import SequenceMatcher

        return SequenceMatcher(None, a, b, autojunk=False).ratio()
    return float(ratio(a, b)) / 100


def duplicates(app: App) -> list[tuple[Pair, str, str]]:
    """Pairs of customers that may be one, with their names, the surest first."""
    if not app.store.exists:
        return []
    found, names = _known(app)
    apart = [(row["first_id"], row["second_id"]) for row in app.store.query(
        "SELECT first_id, second_id FROM apart WHERE noun = 'customer' ORDER BY id")]  # fmt: skip
    return [(pair, names[pair.first], names[pair.second]) for pair in pairs(found, alike, apart)]


def _known(app: App) -> tuple[list[Known], dict[int, str]]:
    from salesctl.text import phone_key

    people: dict[int, list[Any]] = {}
    for row in app.store.each(
        "SELECT customer_id, phone, email FROM contact WHERE archived_at IS NULL AND customer_id IS NOT NULL ORDER BY id"
    ):
        people.setdefault(row["customer_id"], []).append(row)
    found, names = [], {}
    for row in app.store.each(
        "SELECT id, name, name_key, phone, email, website FROM customer WHERE archived_at IS NULL ORDER BY id"
    ):
        every = [row, *people.get(row["id"], [])]
        mails = frozenset(one["email"].lower() for one in every if one["email"])
        domains = {domain_of(mail) for mail in mails} | {domain_of(row["website"] or "")}
        phones = frozenset(phone_key(one["phone"]) for one in every if one["phone"])
        found.append(Known(row["id"], row["name_key"], phones, mails, frozenset(domains - {""})))
        names[row["id"]] = row["name"]
    return found, names


def keep_apart(app: App, first: str, second: str) -> tuple[Ref, Ref]:
    """Remember that two customers are two, however alike they look."""
    with unit(app, "customer.apart") as work:
        a, b = _two(app, work, first, second)
        low, high = sorted((a.id, b.id))
        row = {"noun": "customer", "first_id": low, "second_id": high}
        known = work.one(
            "SELECT id FROM apart WHERE noun = :noun AND first_id = :first_id AND second_id = :second_id", row
        )
        if known is None:
            work.put("apart", row)
    return a, b


def _two(app: App, work: Unit, first: str, second: str) -> tuple[Ref, Ref]:
    at = reading(app, work)
    a, b = at.find("customer", first), at.find("customer", second)
    if a.id == b.id:
        raise Refused(_("{a} and {b} are the same customer").format(a=first, b=second))
    return a, b


def merge(app: App, keep: str, other: str, dry_run: bool = False) -> Merged:
    """Make one customer of two: what belongs to the other is the first one's, which takes the fields it lacked.

    The other is archived and leads to the first one by its ref and its name. Undone whole by `undo`.
    """
    if not dry_run and app.store.exists:
        from salesctl.services.db import automatic

        automatic(app, "merge")
    try:
        with unit(app, "customer.merge") as work:
            kept, gone = _two(app, work, keep, other)
            done = Merged(kept, gone, dry_run=dry_run)
            _fields(work, done)
            _children(work, done)
            _names(work, done)
            work.update(CUSTOMER, gone.id, {}, archived_at=work.at, merged_into_id=kept.id)
            if dry_run:
                raise _Dry
    except _Dry:
        pass
    return done


def _fields(work: Unit, done: Merged) -> None:
    mine, theirs = records.raw(work, CUSTOMER, done.kept.id), records.raw(work, CUSTOMER, done.gone.id)
    changed: dict[str, Any] = {}
    for one in CUSTOMER.fields:
        if one.key == CUSTOMER.title:
            continue
        slots = [slot.name for slot in one.slots]
        have, got = mine[slots[0]], theirs[slots[0]]
        if one.key == "parent" and got in (done.kept.id, done.gone.id):
            continue
        if have is None and got is not None:
            changed |= {slot: theirs[slot] for slot in slots}
            done.filled[one.key] = one.kind.unpack(theirs, one.key)
        elif got is not None and have != got:
            _differ(done, one, mine, theirs, changed)
    if changed:
        work.update(CUSTOMER, done.kept.id, {}, **changed)


def _differ(done: Merged, one: Any, mine: Any, theirs: Any, changed: dict[str, Any]) -> None:
    """Both have a value: notes and tags are put together, of the rest the kept one's stands."""
    if one.key == "note":
        changed["note"] = f"{mine['note']}\n{theirs['note']}"
    elif one.key == "tags":
        both = sorted({*one.kind.unpack(mine, "tags"), *one.kind.unpack(theirs, "tags")})
        changed["tags"] = one.kind.pack(both)[0]
    elif one.default is None or theirs[one.slots[0].name] != one.default:
        done.differs[one.key] = (one.kind.unpack(mine, one.key), one.kind.unpack(theirs, one.key))
        return
    else:
        return
    done.filled[one.key] = changed[one.key]


def _children(work: Unit, done: Merged) -> None:
    """Whatever refers to the one that goes refers to the one that stays."""
    for noun in NOUNS.values():
        for one in noun.fields:
            for slot in one.slots:
                if slot.target != "customer":
                    continue
                rows = work.query(
                    f"SELECT id FROM {noun.name} WHERE {slot.name} = :id ORDER BY id", {"id": done.gone.id}
                )
                ids = [row["id"] for row in rows if not (noun is CUSTOMER and row["id"] == done.kept.id)]
                for id in ids:
                    work.update(noun, id, {}, **{slot.name: done.kept.id})
                if len(ids) < len(rows):
                    work.update(CUSTOMER, done.kept.id, {}, **{slot.name: None})
                if ids:
                    done.moved.setdefault(noun.name, []).extend(ids)
    for row in work.query("SELECT id FROM customer WHERE merged_into_id = :id ORDER BY id", {"id": done.gone.id}):
        work.update(CUSTOMER, row["id"], {}, merged_into_id=done.kept.id)


def _names(work: Unit, done: Merged) -> None:
    """The name of the one that goes, and its aliases, lead to the one that stays."""
    from salesctl.text import name_key

    for row in work.query(
        "SELECT id FROM alias WHERE noun = 'customer' AND record_id = :id ORDER BY id", {"id": done.gone.id}
    ):
        work.amend("alias", row["id"], {"record_id": done.kept.id})
    key = name_key(done.gone.name)
    taken = work.one("SELECT 1 FROM alias WHERE noun = 'customer' AND alias_key = :key", {"key": key})
    if key != name_key(done.kept.name) and not taken:
        work.put("alias", {"noun": "customer", "alias_key": key, "alias": done.gone.name, "record_id": done.kept.id})
