"""A noun is declared once: what it is called and which fields it has. Verbs, filters, JSON, import and schema follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from salesctl.domain.kinds import Kind, Raw, Reference, Slot
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.plain import Data


class Field(Data, frozen=True):
    """One thing known of a record. `words` are the other names it is read by; a `fixed` field only moves by a verb."""

    key: str
    kind: Kind
    label: str
    words: tuple[str, ...] = ()
    required: bool = False
    fixed: bool = False
    default: Any = None
    help: str = ""
    screen: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        return self.kind.slots(self.key)


class Live(Data, frozen=True):
    """Which records lists show unasked: those whose choice `field` has one of these codes, unless a word names the
    field or one of `lifted`."""

    field: str
    codes: tuple[str, ...]
    lifted: tuple[str, ...] = ()


class Noun:
    """A kind of record: `name` is its table and its command, `prefix` begins its refs, `title` is what it is called by."""

    def __init__(
        self,
        name: str,
        prefix: str,
        fields: tuple[Field, ...],
        label: str,
        plural: str,
        title: str = "name",
        words: tuple[str, ...] = (),
        similar: bool = False,
        live: Live | None = None,
        unique: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.prefix = prefix
        self.fields = fields
        self.label = label
        self.plural = plural
        self.title = title
        self.words = words
        self.similar = similar  # equal names are the rule (deals, follow-ups), not a slip
        self.live = live
        self.unique = unique  # fields that no two records share together, those put away left out

    @cached_property
    def by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.fields}

    @cached_property
    def _words(self) -> dict[str, Field]:
        from salesctl.text import name_key

        found: dict[str, Field] = {}
        for field in self.fields:
            for word in (field.key, field.key.replace("_", "-"), *field.words, field.label):
                found.setdefault(name_key(word), field)
        return found

    def field(self, word: str) -> Field:
        """The field that a word names, in either language; UsageError (exit 2) names the fields there are."""
        from salesctl.text import name_key

        found = self.lookup(word)
        if found is None:
            known = ", ".join(field.key for field in self.fields)
            raise UsageError(
                _("{noun} has no field {word}").format(noun=_(self.label).lower(), word=name_key(word)),
                _("it has: {known}").format(known=known),
                fields=[field.key for field in self.fields],
            )
        return found

    def lookup(self, word: str) -> Field | None:
        """The field that a word names, or None."""
        from salesctl.text import name_key

        key = name_key(word)
        found = self._words.get(key)
        if found is None:
            found = next((field for field in self.fields if name_key(_(field.label)) == key), None)
        return found

    def code(self, id: int) -> str:
        """The permanent short ref, as "D7"."""
        return f"{self.prefix}{id}"

    def slots(self) -> Iterator[Slot]:
        for field in self.fields:
            yield from field.slots

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The stored columns of each field."""
        return {field.key: tuple(slot.name for slot in field.slots) for field in self.fields}

    @cached_property
    def _packers(self) -> dict[str, tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]]:
        return {field.key: (self.columns[field.key], field.kind.pack) for field in self.fields}

    def pack(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values by field key -> stored values by column."""
        packed: dict[str, Any] = {}
        packers = self._packers
        for key, value in values.items():
            columns, pack = packers[key]
            if len(columns) == 1:
                (packed[columns[0]],) = pack(value)
            else:
                packed.update(zip(columns, pack(value), strict=True))
        return packed

    def packed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Every stored column of the fields, from some values: what is not there, or None, is null."""
        columns = self.columns
        given = {key: value for key, value in values.items() if value is not None and columns.get(key)}
        return self._blank | self.pack(given)

    @cached_property
    def _blank(self) -> dict[str, None]:
        return {column: None for columns in self.columns.values() for column in columns}

    def unpack(self, raw: Raw) -> dict[str, Any]:
        """A row of the store -> values by field key; a reference gives its name, its ref and its id."""
        values: dict[str, Any] = {}
        for field in self.fields:
            values[field.key] = field.kind.unpack(raw, field.key)
            if isinstance(field.kind, Reference):
                id = raw[f"{field.key}_id"]
                values[f"{field.key}_id"] = id
                values[f"{field.key}_ref"] = None if id is None else prefix_of(field.kind.target) + str(id)
        return values


# What a reference needs of its target, so that reading one noun does not load them all; a house test holds it true.
PREFIX = {
    "team": "TM",
    "rep": "R",
    "pipeline": "PL",
    "stage": "SG",
    "product": "I",
    "customer": "C",
    "contact": "P",
    "deal": "D",
    "followup": "F",
    "goal": "G",
    "lead": "L",
    "need": "N",
    "solution": "S",
    "quote": "Q",
    "approval": "A",
    "contract": "K",
    "task": "TK",
    "rate": "RT",
}
TITLE = {"followup": "subject", "goal": "kpi", "rate": "currency"}  # the others are called by their name


def prefix_of(name: str) -> str:
    return PREFIX[name]


def title_of(name: str) -> str:
    return TITLE.get(name, "name")
