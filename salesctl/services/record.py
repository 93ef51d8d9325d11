"""The standard verbs of every noun: add, edit, archive, restore. What a noun does beside is in its own service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import Reading, Ref
from salesctl.domain.noun import Field, Noun
from salesctl.errors import BadValue, Duplicate, Refused, SalesError, UsageError
from salesctl.i18n import _
from salesctl.services.base import reading, unit
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]
OWN = {"goal": "salesctl.services.goal_edit"} | {
    name: f"salesctl.services.{name}"
    for name in ("contract", "customer", "deal", "followup", "lead", "need", "quote", "rate", "solution", "stage")
}


def hook(noun: Noun, name: str) -> Callable[..., Any] | None:
    """What a noun's own service says about a step of a standard verb: `prepare`, `born`, `edited`, `archived`, `restored`."""
    return getattr(import_module(OWN[noun.name]), name, None) if noun.name in OWN else None


def read(noun: Noun, texts: Mapping[str, str | None], at: Reading, fixed: bool = False) -> Values:
    """Values by field key from what was typed; an empty text clears. A fixed field is refused unless `fixed`.

    Raises UsageError (2) for a field there is not, BadValue (4) for what its kind cannot read.
    """
    values: Values = {}
    for word, text in texts.items():
        field = noun.field(word)
        if field.fixed and not fixed:
            raise UsageError(_("{field} is not typed").format(field=field.key), _fixed_hint(noun, field))
        values[field.key] = read_one(field, text, at)
    return values


def read_one(field: Field, text: str | None, at: Reading) -> Any:
    """One value; an empty text is None, or [] for tags, and refused where the field is required."""
    if text is None or (text == "" and not field.required):
        return None
    return field.kind.parse(text, _(field.label), at)


def _fixed_hint(noun: Noun, field: Field) -> str:
    if noun.name == "deal" and field.key in ("outcome", "closed"):
        return _("use: salesctl win, lose or deal reopen")
    if noun.name == "followup" and field.key == "done_at":
        return _("use: salesctl done")
    if noun.name == "lead" and field.key in ("status", "fit", "reason"):
        return _("use: salesctl lead screen or lead convert")
    return _("it follows from other things")


def add(app: App, noun: Noun, texts: Mapping[str, str | None], *, similar: bool = False) -> Values:
    """A new record from typed values; the whole record. Duplicate (5) for a name that is there, unless `similar`."""
    with unit(app, f"{noun.name}.add") as work:
        id = create(app, work, noun, read(noun, texts, reading(app, work)), similar=similar)
    return records.get(app.store, noun, id)


def create(app: App, work: Unit, noun: Noun, values: Values, *, similar: bool = False, **extra: Any) -> int:
    """A new record in an open unit: defaults, what the noun's rules add, the row, what follows from it; its id."""
    for field in noun.fields:
        if values.get(field.key) is None and field.default is not None:
            values[field.key] = field.default
    prepare = hook(noun, "prepare")
    more = dict(prepare(app, work, values) or {}) if prepare else {}
    missing = [field.key for field in noun.fields if field.required and values.get(field.key) is None]
    if missing:
        names = ", ".join(_(noun.by_key[key].label) for key in missing)
        raise BadValue(_("missing: {names}").format(names=names), missing=missing)
    if not noun.similar and not similar:
        refuse_twin(work, noun, str(values[noun.title]))
    id = work.insert(noun, values, **more, **extra)
    born = hook(noun, "born")
    if born:
        born(app, work, id, values)
    return id


def refuse_twin(work: Unit, noun: Noun, title: str, but: int = 0) -> None:
    """Refuse a second record of a name, as people see names: width, case and composition do not matter."""
    from salesctl.text import name_key

    row = work.one(
        f"SELECT id FROM {noun.name} WHERE name_key = :key AND archived_at IS NULL AND id <> :but ORDER BY id LIMIT 1",
        {"key": name_key(title), "but": but},
    )
    if row:
        code = noun.code(row["id"])
        raise Duplicate(
            _("{name} is already there as {ref}").format(name=title, ref=code),
            _("--allow-similar keeps both"),
            candidates=[{"ref": code, "name": title}],
        )


def edit(
    app: App,
    noun: Noun,
    text: str,
    pairs: list[tuple[str, str, str]],
    *,
    similar: bool = False,
    beside: Callable[[Unit, int], None] | None = None,
) -> Values:
    """Change fields of a record: `pairs` of field word, mark ("=", "+=", "-=") and text, all in one write.

    `beside` writes what comes with it, in the same unit.
    """
    with unit(app, f"{noun.name}.edit") as work:
        at = reading(app, work)
        ref = at.find(noun.name, text)
        values = changes(work, noun, ref, pairs, at)
        if noun.title in values and not noun.similar and not similar:
            refuse_twin(work, noun, str(values[noun.title]), but=ref.id)
        change(app, work, noun, ref.id, values)
        if beside:
            beside(work, ref.id)
    return records.get(app.store, noun, ref.id)


def changes(work: Unit, noun: Noun, ref: Ref, pairs: list[tuple[str, str, str]], at: Reading) -> Values:
    """The new values of a record by field key. Raises UsageError (2) for what is not typed, Refused (4) for itself."""
    before = records.raw(work, noun, ref.id)
    values: Values = {}
    for word, mark, text in pairs:
        field = noun.field(word)
        current = values.get(field.key, field.kind.unpack(before, field.key))
        value = values[field.key] = _changed(noun, field, mark, text, current, at)
        if mark in ("+=", "-="):
            work.free |= set(noun.columns[field.key])
        if isinstance(value, Ref) and (value.noun, value.id) == (noun.name, ref.id):
            raise Refused(_("{ref} cannot be its own {field}").format(ref=ref.code, field=_(field.label).lower()))
    return values


def change(app: App, work: Unit, noun: Noun, id: int, values: Values) -> None:
    """Change a record in an open unit, with what the noun's rules say to it."""
    edited = hook(noun, "edited")
    if edited:
        edited(app, work, id, values)
    else:
        work.update(noun, id, values)


def _changed(noun: Noun, field: Field, mark: str, text: str, current: Any, at: Reading) -> Any:
    if field.fixed:
        raise UsageError(_("{field} is not typed").format(field=field.key), _fixed_hint(noun, field))
    if mark in ("+=", "-="):
        if field.kind.name != "tags":
            raise UsageError(_("{mark} is for tags; {field} takes =").format(mark=mark, field=field.key))
        words = set(field.kind.parse(text, _(field.label), at))
        kept = set(current or [])
        return sorted(kept | words if mark == "+=" else kept - words) or None
    if field.kind.name == "money" and current is not None:
        at = at._replace(currency=current.currency)  # it stays in its currency unless another is named
    return read_one(field, text, at)


def at_hand(noun: Noun, raw: Mapping[str, Any]) -> None:
    """Refuse (4) to go on with a record that was put away."""
    if raw["archived_at"] is not None:
        ref = noun.code(raw["id"])
        raise Refused(
            _("{ref} is archived").format(ref=ref),
            _("use: salesctl {noun} restore {ref}").format(noun=noun.name, ref=ref),
            "archived",
        )


def archive(app: App, noun: Noun, texts: list[str], said: list[str] | None = None) -> list[Values]:
    """Put records away: out of the lists, never out of the store. Children stay as they are.

    What the noun's own rules do with it (`archived`) is added to `said`, a sentence each.
    """
    own = hook(noun, "archived")
    with unit(app, f"{noun.name}.archive") as work:
        ids = _meant(app, work, noun, texts)
        for id in ids:
            told = own(app, work, id) if own else None
            work.update(noun, id, {}, archived_at=work.at)
            if told and said is not None:
                said.append(told)
    return [records.get(app.store, noun, id) for id in ids]


def restore(app: App, noun: Noun, texts: list[str]) -> list[Values]:
    """Take archived records back into the lists; the noun's own rules (`restored`) may refuse one."""
    own = hook(noun, "restored")
    with unit(app, f"{noun.name}.restore") as work:
        ids = _meant(app, work, noun, texts, archived=True)
        for id in ids:
            if own:
                own(app, work, id)
            work.update(noun, id, {}, archived_at=None)
    return [records.get(app.store, noun, id) for id in ids]


def _meant(app: App, work: Unit, noun: Noun, texts: list[str], archived: bool = False) -> list[int]:
    """The records that are named, each once."""
    return list(dict.fromkeys(_known(app, work, noun, text, archived).id for text in texts))


def _known(app: App, work: Unit, noun: Noun, text: str, archived: bool) -> Ref:
    """The record meant; to restore one, archived records answer to their names too."""
    try:
        return reading(app, work).find(noun.name, text)
    except SalesError:
        from salesctl.store.resolve import ref_of
        from salesctl.text import name_key

        rows = work.query(
            f'SELECT id, "{noun.title}" AS name FROM {noun.name} WHERE name_key = :key AND archived_at IS NOT NULL',
            {"key": name_key(text)},
        )
        if not archived or len(rows) != 1:
            raise
        return ref_of(noun, rows[0])
