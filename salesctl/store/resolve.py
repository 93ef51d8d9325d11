"""One resolver for every name that is typed: ref, exact name or alias or address, prefix, part, initials, then alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from salesctl.domain.kinds import Ref, repr_text
from salesctl.domain.noun import Noun
from salesctl.domain.nouns import NOUNS, PREFIXES
from salesctl.errors import Ambiguous, NotFound
from salesctl.i18n import _
from salesctl.plain import Data
from salesctl.store.connect import Row, Store

MOST = 200  # candidates looked at for a likeness
SHOWN = 12


class Found(Data, frozen=True):
    """What a name led to; `sure` is False for a likeness, which no write may take without asking."""

    ref: Ref
    how: str
    sure: bool = True


def find(store: Store, noun: str, text: str) -> Ref:
    """The one record of a noun that `text` names. Raises NotFound (3), Ambiguous (5) with the candidates."""
    return look(store, (noun,), text).ref


def look(store: Store, nouns: Sequence[str], text: str) -> Found:
    """The one record of these nouns that `text` names, and how it was found.

    A likeness raises Ambiguous with the candidates: it is never taken silently.
    """
    kinds = [NOUNS[name] for name in nouns]
    typed = by_ref(store, kinds, text)
    if typed:
        return typed
    if len(kinds) > 1 and text.isascii() and text.isdigit() and len(text) < 6 and not _any_named(store, kinds, text):
        raise NotFound(_("{n} alone says no noun").format(n=text), _("write the ref, as D{n} or C{n}").format(n=text))
    for how, step in STEPS:
        hits = next(filter(None, (step(store, noun, text) for noun in kinds)), [])
        if len(hits) == 1:
            return Found(hits[0], how, sure=True)
        if hits:
            raise _ambiguous(store, text, hits)
    alike = [hit for noun in kinds for hit in _alike(store, noun, text)]
    if alike:
        raise _ambiguous(store, text, alike, likeness=True)
    label = _(kinds[0].label).lower() if len(kinds) == 1 else _("record")
    raise NotFound(_("no {noun} is called {text}").format(noun=label, text=repr_text(text)))


def _any_named(store: Store, kinds: Sequence[Noun], text: str) -> bool:
    return any(_named(store, noun, text) for noun in kinds)


def by_ref(store: Store, kinds: Sequence[Noun], text: str) -> Found | None:
    """`D7`, `7` where only one noun is meant, `last`; None when the text is no ref."""
    if text == "last":
        return Found(_last(store, kinds), "ref")
    match = re.fullmatch(r"([A-Za-z]{0,2})(\d{1,18})", text, re.ASCII)
    if match is None:
        return None
    prefix = match.group(1).upper()
    if prefix:
        noun = PREFIXES.get(prefix)
        if noun is None or noun not in kinds:
            return None
        return Found(_existing(store, noun, int(match.group(2)), text), "ref")
    if len(kinds) == 1 and not _named(store, kinds[0], text):
        return Found(_existing(store, kinds[0], int(text), text), "ref")
    return None


def _last(store: Store, kinds: Sequence[Noun]) -> Ref:
    """The record that was written last and is still there."""
    names = ", ".join(f"'{noun.name}'" for noun in kinds)
    sql = f"SELECT noun, record_id FROM change WHERE record_id IS NOT NULL AND noun IN ({names}) ORDER BY id DESC LIMIT 50"
    for row in store.query(sql):
        noun = NOUNS[row["noun"]]
        there = store.one(
            f'SELECT id, "{noun.title}" AS name FROM {noun.name} WHERE id = :id', {"id": row["record_id"]}
        )
        if there:
            return ref_of(noun, there)
    raise NotFound(_("nothing was written yet, so there is no last one"))


def _existing(store: Store, noun: Noun, id: int, text: str) -> Ref:
    row = store.one(f'SELECT id, "{noun.title}" AS name FROM {noun.name} WHERE id = :id', {"id": id})
    if row is not None and noun.name == "customer":
        row = _successor(store, row)
    if row is None:
        raise NotFound(_("there is no {ref}").format(ref=noun.code(id) if text != "last" else text))
    return ref_of(noun, row)


def _successor(store: Store, row: Row) -> Row:
    """The customer that one was merged into, or the one itself."""
    into = store.one(
        "SELECT b.id, b.name FROM customer a JOIN customer b ON b.id = a.merged_into_id WHERE a.id = :id",
        {"id": row["id"]},
    )
    return into or row


def ref_of(noun: Noun, row: Row) -> Ref:
    return Ref(noun.name, row["id"], row["name"], noun.code(row["id"]))


def _refs(
    store: Store, noun: Noun, where: str, params: dict[str, Any], limit: int = SHOWN + 1, first: str = ""
) -> list[Ref]:
    """The records that a condition finds, in their order; those that `first` holds of before the others."""
    order = f"CASE WHEN {first} THEN 0 ELSE 1 END, t.id" if first else "t.id"
    rows = store.query(
        f'SELECT t.id, t."{noun.title}" AS name FROM {noun.name} t'
        f" WHERE t.archived_at IS NULL AND ({where}) ORDER BY {order} LIMIT {limit}",
        params,
    )
    return [ref_of(noun, row) for row in rows]


def _named(store: Store, noun: Noun, text: str) -> list[Ref]:
    from salesctl.text import name_key

    key = name_key(text)
    if not key:
        return []
    hits = _refs(store, noun, "t.name_key = :key", {"key": key}, first=_stands(noun))
    if hits:
        return _only_open(store, noun, hits)
    where = "t.id IN (SELECT a.record_id FROM alias a WHERE a.noun = :noun AND a.alias_key = :key)"
    return _refs(store, noun, f"{where} OR t.external_id = :text", {"noun": noun.name, "key": key, "text": text})


def _addressed(store: Store, noun: Noun, text: str) -> list[Ref]:
    from salesctl.store.filtering import like
    from salesctl.text import phone_key

    if "@" in text and noun.lookup("email"):
        return _refs(store, noun, "lower(t.email) LIKE :mail ESCAPE '\\'", {"mail": like(text.strip().lower())})
    digits = phone_key(text) if sum(mark.isdigit() for mark in text) >= 6 else ""
    if digits and noun.lookup("phone"):
        return _refs(store, noun, "phone_key(t.phone) = :digits", {"digits": digits})
    return []


def _coded(store: Store, noun: Noun, text: str) -> list[Ref]:
    """A product by its SKU."""
    if noun.name != "product":
        return []
    from salesctl.text import name_key

    return _refs(store, noun, "fold(t.sku) = :key", {"key": name_key(text)})


def _staged(store: Store, noun: Noun, text: str) -> list[Ref]:
    if noun.name != "stage":
        return []
    from salesctl.store.deals import steps

    return [Ref("stage", s.id, s.name, noun.code(s.id)) for s in steps(store) if s.answers(text)]


def _prefixed(store: Store, noun: Noun, text: str) -> list[Ref]:
    from salesctl.store.filtering import like
    from salesctl.text import name_key

    key = name_key(text)
    pattern = like(key)[1:]
    hits = _refs(store, noun, "t.name_key LIKE :pattern ESCAPE '\\'", {"pattern": pattern}) if key else []
    return _only_open(store, noun, hits)


def _containing(store: Store, noun: Noun, text: str) -> list[Ref]:
    from salesctl.store.filtering import like
    from salesctl.text import name_key

    key = name_key(text)
    hits = _refs(store, noun, "t.name_key LIKE :pattern ESCAPE '\\'", {"pattern": like(key)}) if key else []
    return _only_open(store, noun, hits)


def _initialled(store: Store, noun: Noun, text: str) -> list[Ref]:
    if not (text.isascii() and text.isalnum() and len(text) >= 2):
        return []
    hits = _refs(store, noun, "t.initials LIKE :pattern", {"pattern": f"{text.lower()}%"})
    return _only_open(store, noun, hits)


def _of_customer(store: Store, noun: Noun, text: str) -> list[Ref]:
    """A deal by its customer, when that one has a single open deal."""
    if noun.name != "deal":
        return []
    try:
        customer = look(store, ("customer",), text).ref
    except (NotFound, Ambiguous):
        return []
    return _refs(store, noun, "t.customer_id = :id AND t.outcome IS NULL", {"id": customer.id})


def _asked_for(store: Store, noun: Noun, text: str) -> list[Ref]:
    """The approval of a quote or of a deal, by its ref: those that wait, else the newest. NotFound (3) without one."""
    match = re.fullmatch(r"([QD])(\d{1,18})", text.upper(), re.ASCII)
    if noun.name != "approval" or match is None:
        return []
    about = PREFIXES[match.group(1)]
    whose = _existing(store, about, int(match.group(2)), text)
    rows = store.query(
        f"SELECT id, name, state FROM approval WHERE {about.name}_id = :id AND archived_at IS NULL ORDER BY id DESC",
        {"id": whose.id},
    )
    if not rows:
        raise NotFound(_("nobody was asked to approve {ref}").format(ref=whose.code), _("see: salesctl approval list"))
    waiting = [row for row in reversed(rows) if row["state"] == "waiting"]
    return [ref_of(noun, row) for row in waiting or rows[:1]]


PARTS = ("need", "solution", "quote")  # what a deal has: one of them answers to the deal where it is the only one


def _of_deal(store: Store, noun: Noun, text: str) -> list[Ref]:
    """A need, the solution or the quote of a deal, by the deal; of several versions the one that stands."""
    if noun.name not in PARTS:
        return []
    try:
        deal = look(store, ("deal",), text).ref
    except (NotFound, Ambiguous):
        return []
    return _refs(store, noun, f"t.deal_id = :id AND {_stands(noun)}", {"id": deal.id})


def _stands(noun: Noun) -> str:
    """The condition that a record is not over and done with."""
    if noun.name == "deal":
        return "t.outcome IS NULL"
    if noun.live is None:
        return "1 = 1"
    return f"t.{noun.live.field} IN ({', '.join(repr(code) for code in noun.live.codes)})"


def _only_open(store: Store, noun: Noun, hits: list[Ref]) -> list[Ref]:
    """Of several deals of one name, or versions of a quote, the open ones are meant."""
    if (noun.name != "deal" and noun.live is None) or len(hits) < 2:
        return hits
    ids = ", ".join(str(hit.id) for hit in hits)
    rows = store.query(f"SELECT t.id FROM {noun.name} t WHERE t.id IN ({ids}) AND {_stands(noun)} ORDER BY t.id")
    known = {row["id"] for row in rows}
    return [hit for hit in hits if hit.id in known] or hits


STEPS = (
    ("name", _named),
    ("asked", _asked_for),
    ("sku", _coded),
    ("stage", _staged),
    ("address", _addressed),
    ("prefix", _prefixed),
    ("part", _containing),
    ("initials", _initialled),
    ("customer", _of_customer),
    ("deal", _of_deal),
)


def _alike(store: Store, noun: Noun, text: str) -> list[Ref]:
    """Names that look like `text`: at most 200 candidates that share its first or its second letter."""
    import difflib

    from salesctl.store.filtering import like
    from salesctl.text import name_key

    key = name_key(text)
    if len(key) < 3:
        return []
    where = "t.name_key LIKE :first ESCAPE '\\' OR t.name_key LIKE :middle ESCAPE '\\'"
    pool = _refs(store, noun, where, {"first": like(key[0])[1:], "middle": like(key[1:3])}, MOST)
    names = {name_key(ref.name): ref for ref in pool}
    return [names[name] for name in difflib.get_close_matches(key, list(names), n=5, cutoff=0.75)]


def _ambiguous(store: Store, text: str, hits: Sequence[Ref], likeness: bool = False) -> Ambiguous:
    shown = list(hits)[:SHOWN]
    about = _apart(store, shown)
    brackets = [f" ({', '.join(parts)})" if parts else "" for parts in about]
    listed = ", ".join(f"{hit.code} {hit.name}{more}" for hit, more in zip(shown, brackets, strict=True))
    listed += " ..." if len(hits) > SHOWN else ""
    if likeness:
        message = _("nothing is called {text}; it looks like {listed}")
    else:
        message = _("{text} may be {listed}")
    candidates = [{"ref": hit.code, "name": hit.name} for hit in shown]
    error = Ambiguous(
        message.format(text=repr_text(text), listed=listed), _("use the ref"), candidates=candidates, likeness=likeness
    )
    error.told = ["  ".join((hit.code, hit.name, *parts)) for hit, parts in zip(shown, about, strict=True)]
    return error


def _apart(store: Store, hits: Sequence[Ref]) -> list[list[str]]:
    """For each hit what tells it from the others where deals share a name, else nothing."""
    from salesctl.text import name_key

    keys = [(hit.noun, name_key(hit.name)) for hit in hits]
    same = [hit.id for hit, key in zip(hits, keys, strict=True) if hit.noun == "deal" and keys.count(key) > 1]
    if not same:
        return [[] for _hit in hits]
    from salesctl.store.deals import apart

    about = apart(store, same)
    return [about.get(hit.id, []) if hit.noun == "deal" else [] for hit in hits]


def matching(store: Store, noun: str, text: str, contains: bool = False) -> list[int]:
    """All records a filter word stands for: by ref or exact name one, else every one whose name holds it.

    Raises NotFound (3) when there is none.
    """
    kind = NOUNS[noun]
    if not contains:
        typed = by_ref(store, [kind], text) if re.fullmatch(r"[A-Za-z]{1,2}\d+", text, re.ASCII) else None
        if typed:
            return [typed.ref.id]
        exact = _every(store, kind, text, "=")
        if exact:
            return exact
    hits = _every(store, kind, text, "~")
    if not hits and store.exists:
        hits = [look(store, (noun,), text).ref.id]
    return hits


def _every(store: Store, kind: Noun, text: str, op: str) -> list[int]:
    from salesctl.store.filtering import like
    from salesctl.text import name_key

    key = name_key(text)
    where = "name_key = :key" if op == "=" else "name_key LIKE :key ESCAPE '\\'"
    sql = f"SELECT id FROM {kind.name} WHERE {where} ORDER BY id LIMIT 500"
    return [row["id"] for row in store.query(sql, {"key": key if op == "=" else like(key)})]
