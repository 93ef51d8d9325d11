"""Which noun a header set is, and which field each column fills: known exports, our own, else by the fields' names."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

from salesctl.domain.noun import Noun
from salesctl.domain.nouns import NOUNS
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.plain import Data, fresh, replace

IMPORTED = (
    "team",
    "rep",
    "pipeline",
    "stage",
    "product",
    "customer",
    "contact",
    "deal",
    "lead",
    "need",
    "solution",
    "quote",
    "contract",
    "task",
    "followup",
    "goal",
    "rate",
)
# columns of our own export that become rows of their own
BESIDE = {
    "contract": ("payments", "attachments"),
    "goal": ("levels",),
    "solution": ("answers",),
    "quote": ("lines",),
}
# what a foreign table may be, likeliest first
PLAIN = ("deal", "customer", "contact", "product", "rep", "lead", "followup", "rate")
CURRENCY, BESIDES = "currency", "_currency"
CURRENCY_WORDS = frozenset(
    ("currency", "currency code", "currencycode", "currency iso code", "currencyisocode", "amount currency",
     "deal currency", "币种", "币别", "货币", "货币代码", "金额币种")
)  # fmt: skip
OWN_KEYS = ("ref", "uid", "version", "created_at", "created_by", "updated_at", "archived_at", "source", "external_id")


class Match(Data, frozen=True):
    """A recognised table: its noun, header -> (noun, field), the name of the profile, and the columns nobody takes."""

    noun: str
    mapping: dict[str, tuple[str, str]]
    profile: str
    unused: tuple[str, ...] = fresh(factory=tuple)

    @cached_property
    def currencies(self) -> dict[str, str]:
        """The column that says the currency of an amount: field -> header; "" for one column of all amounts of a row."""
        found = {}
        for name, (of, key) in self.mapping.items():
            if of == self.noun and (key == CURRENCY or key.endswith(BESIDES)):
                found["" if key == CURRENCY else key.removesuffix(BESIDES)] = name
        return {} if CURRENCY in NOUNS[self.noun].by_key else found


@cache
def _profiles() -> dict[str, Any]:
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "profiles.json")
    with open(path, encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
        return loaded


@cache
def outcome_words() -> dict[str, frozenset[str]]:
    """The words that exports use for won and lost, folded."""
    return {code: frozenset(map(_key, words)) for code, words in _profiles()["outcomes"].items()}


@cache
def stage_outcome(text: str) -> str | None:
    """ "won" or "lost" for a stage that is an outcome; None for a real stage."""
    key = _key(text)
    return next((code for code, words in outcome_words().items() if key in words), None)


def _key(text: str) -> str:
    from salesctl.text import fold_punct, name_key

    return name_key(fold_punct(text))


def recognise(
    header: Sequence[str], more: dict[str, tuple[str | None, str]] | None = None, path: str = ""
) -> Match | None:
    """What a header set is, with the column beside an amount that says its currency; see `_recognised`."""
    found = _recognised(header, more, path)
    if found is None or found.currencies or CURRENCY in NOUNS[found.noun].by_key:
        return found
    name = next(
        (one for one in header if one not in found.mapping and _key(one.replace("_", " ")) in CURRENCY_WORDS), None
    )
    if name is None or not any(_is_amount(*target) for target in found.mapping.values()):
        return found
    mapping = {**found.mapping, name: (found.noun, CURRENCY)}
    return replace(found, mapping=mapping, unused=tuple(one for one in found.unused if one != name))


def _is_amount(noun: str, key: str) -> bool:
    from salesctl.domain.kinds import Amount

    field = NOUNS[noun].by_key.get(key)
    return field is not None and isinstance(field.kind, Amount)


def _recognised(
    header: Sequence[str], more: dict[str, tuple[str | None, str]] | None = None, path: str = ""
) -> Match | None:
    """What a header set is; `more` is what --map said: header -> (noun or None, field). None when it is nothing of ours.

    What --map says without a noun, and the name of the file, tell the noun where the headers do not.
    """
    own = _own(header)
    found = _known(header) if not _named_lead(header) else None
    if found is None and own is not None:
        found = _ours(header, own) if own.name in IMPORTED else None
    elif found is None:
        found = _by_names(header)
    said = {name: target for name, target in (more or {}).items() if name in header}
    if not said:
        return found
    if found is None:
        noun = _meant(header, said, path)
        if noun is None:
            return None
        found = Match(noun, named(NOUNS[noun], header), noun)
    taken = {(noun or found.noun, key) for noun, key in said.values()}
    mapping = {name: target for name, target in found.mapping.items() if target not in taken}
    mapping |= {name: (noun or found.noun, key) for name, (noun, key) in said.items()}
    return Match(found.noun, mapping, found.profile, tuple(name for name in header if name not in mapping))


def _meant(header: Sequence[str], said: dict[str, tuple[str | None, str]], path: str) -> str | None:
    """The noun of a table that only --map makes known."""
    nouns = [noun for noun, _field in said.values() if noun]
    if nouns:
        return nouns[0]
    fits = []
    for name in PLAIN:
        kind = NOUNS[name]
        mapping = {one: (name, field.key) for one, (_noun, key) in said.items() if (field := kind.lookup(key))}
        mapping |= {one: (name, key) for one, (_noun, key) in said.items() if key == "external_id"}
        if len(mapping) == len(said) and _complete(name, named(kind, header) | mapping):
            fits.append(name)
    called = noun_of_file(path)
    return called if called in fits else next(iter(fits), None)


def noun_of_file(path: str) -> str | None:
    """The noun that a file is called after: deals.csv, 客户.csv; None for another name."""
    stem = _key(os.path.splitext(os.path.basename(path))[0])
    for name in PLAIN:
        kind = NOUNS[name]
        words = (name, kind.plural, *kind.words)
        if any(stem in (_key(word), f"{_key(word)}s", f"{_key(word)}表") for word in words):
            return name
    return None


def _known(header: Sequence[str]) -> Match | None:
    keys = {_key(name): name for name in header}
    for profile in ("maven", "chinese"):
        for noun, entry in _profiles()[profile].items():
            if not _fits(entry, keys):
                continue
            known = {_key(name): target for name, target in entry["map"].items()}
            if any(known.get(key) == "contact.name" for key in keys):
                known |= {_key(name): target for name, target in entry.get("with_contact", {}).items()}
            mapping = _mapped({keys[key]: known[key] for key in keys if key in known})
            if _complete(noun, mapping):
                return Match(noun, mapping, profile, tuple(name for name in header if name not in mapping))
    return None


def _fits(entry: dict[str, Any], keys: dict[str, str]) -> bool:
    """Whether a header set has all that is a profile's signature, or any of its marks and none that speak against it."""
    whole = entry.get("signature")
    if whole:
        return all(_key(word) in keys for word in whole)
    return any(_key(word) in keys for word in entry["any"]) and not any(
        _key(word) in keys for word in entry.get("unless", ())
    )


def _mapped(targets: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Header -> (noun, field), each field filled by the first column that offers it."""
    mapping: dict[str, tuple[str, str]] = {}
    for name, target in targets.items():
        noun, _dot, key = target.partition(".")
        if (noun, key) not in mapping.values():
            mapping[name] = (noun, key)
    return mapping


def _complete(noun: str, mapping: dict[str, tuple[str, str]]) -> bool:
    """Whether what makes a record is there: its name, or for a deal what stands for it."""
    fields = {key for of, key in mapping.values() if of == noun}
    if noun == "deal":
        return bool(fields & {"name", "external_id"})
    if noun == "rate":
        return fields >= {"currency", "day", "rate"}
    return NOUNS[noun].title in fields


def _own(header: Sequence[str]) -> Noun | None:
    """The noun of our own export that has these keys, `ref` among them."""
    keys = set(header)
    if "ref" not in keys:
        return None
    best: tuple[int, Noun] | None = None
    for noun in NOUNS.values():
        hits = len(keys & set(noun.by_key))
        if noun.title in keys and hits > len(noun.fields) * 0.7 and (best is None or hits > best[0]):
            best = (hits, noun)
    return best[1] if best else None


def _ours(header: Sequence[str], noun: Noun) -> Match:
    known = (*OWN_KEYS, *BESIDE.get(noun.name, ()))
    mapping = {key: (noun.name, key) for key in header if key in noun.by_key or key in known}
    mapping |= {key: (noun.name, key) for key in header if key.endswith("_currency") and key[:-9] in noun.by_key}
    refs = {f"{one}_ref" for one in noun.by_key}
    return Match(noun.name, mapping, "salesctl", tuple(key for key in header if key not in mapping and key not in refs))


def _by_names(header: Sequence[str]) -> Match | None:
    """By the names of our fields in either language; the noun that takes the most columns, if it takes enough."""
    best: Match | None = None
    for name in (one for one in IMPORTED if one in PLAIN):
        mapping = named(NOUNS[name], header)
        if name == "lead" and not _says_lead(header, mapping):
            continue
        if not _complete(name, mapping) or len(mapping) < max(2, len(header) * 0.6):
            continue
        if best is None or len(mapping) > len(best.mapping):
            best = Match(name, mapping, name, tuple(one for one in header if one not in mapping))
    return best


LEAD_WORDS = frozenset(("lead", "leads", "lead name", "线索", "线索名称"))
LEAD_FIELDS = frozenset(("referred_by", "budget", "need"))  # what only a list of leads has


def _says_lead(header: Sequence[str], mapping: dict[str, tuple[str, str]]) -> bool:
    """Whether a table is one of leads and not of customers, whose columns it shares: it says so, or has what only leads have."""
    return _named_lead(header) or bool(LEAD_FIELDS & {key for _noun, key in mapping.values()})


def _named_lead(header: Sequence[str]) -> bool:
    return any(_key(one) in LEAD_WORDS for one in header)


def named(noun: Noun, header: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The columns whose headers are names of a noun's fields."""
    mapping: dict[str, tuple[str, str]] = {}
    for one in header:
        found = noun.lookup(one.replace("-", "_")) or noun.lookup(one.replace(" ", "_"))
        key = "external_id" if _key(one) in ("external_id", "external id", "id") else found.key if found else None
        if key and (noun.name, key) not in mapping.values():
            mapping[one] = (noun.name, key)
    return mapping


def parse_map(text: str) -> tuple[str, str | None, str]:
    """`Amount=amount` or `Amount=deal.amount` -> (header, noun or None, field). Raises UsageError (2)."""
    name, equals, target = text.replace("＝", "=").rpartition("=")
    if not equals or not name.strip() or not target.strip():
        raise UsageError(_("{text} is no mapping").format(text=text), _('as --map "Deal value=amount"'))
    noun, dot, key = target.strip().rpartition(".")
    if dot and noun not in NOUNS:
        raise UsageError(
            _("there is no noun {noun}").format(noun=noun), _("one of: {names}").format(names=", ".join(NOUNS))
        )
    if dot and key not in ("external_id", CURRENCY):
        key = NOUNS[noun].field(key).key
    return name.strip(), noun or None, key


def parse_alias(text: str) -> tuple[str, str, str]:
    """`product:GTXPro=GTX Pro` -> (field, what the file says, what is meant). Raises UsageError (2)."""
    field_, colon, rest = text.replace("：", ":").partition(":")
    said, equals, meant = rest.replace("＝", "=").partition("=")
    if not colon or not equals or not said.strip() or not meant.strip():
        raise UsageError(_("{text} is no alias").format(text=text), _('as --alias "product:GTXPro=GTX Pro"'))
    return field_.strip(), said.strip(), meant.strip()
