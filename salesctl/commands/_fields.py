"""A noun's records as commands show and read them: columns, cards, confirmations, field=value words, examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from salesctl.commands import _common as c
from salesctl.domain.kinds import Amount, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Message

MARKS = ("+=", "-=", "=", ":")


MORE = {
    "deal": ("idle_days", "stage_days"),
    "approval": ("decides", "decides_ref", "waiting_days"),
    "quote": ("days_left", "expired"),
}


def columns(noun: Noun) -> list[Column]:
    """The keys of a noun's records: its ref, its fields, and who made and changed it when."""
    found = [Column("ref", N_("Ref")), Column("id", N_("Id"), screen=False)]
    for field in noun.fields:
        found += field_columns(field, grow=field.key == noun.title)
    found += [Column(key, key, screen=False) for key in more_keys(noun)]
    tail = ("version", "created_at", "created_by", "updated_at", "archived_at", "source", "external_id")
    return found + [Column(key, key, screen=False) for key in tail]


def more_keys(noun: Noun) -> tuple[str, ...]:
    """Keys that are worked out for a noun's records."""
    return MORE.get(noun.name, ())


WHOLE = ("phone", "email")  # half a number cannot be dialled


def field_columns(field: Field, grow: bool = False) -> Iterator[Column]:
    kind = "money" if isinstance(field.kind, Amount) else ""
    show: Callable[[Any], str] | None = stage_name if field.key == "stage" else None
    if isinstance(field.kind, Choice):
        show = said_by(field.kind)
    if field.kind.name == "rate":
        show = percent
    whole = field.kind.name in WHOLE
    yield Column(field.key, field.label, field.kind.align, kind, grow, screen=field.screen, show=show, whole=whole)
    if isinstance(field.kind, Reference):
        yield Column(f"{field.key}_ref", field.label, screen=False)


def percent(value: Any) -> str:
    """A percentage for people, with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + " %"


def said_by(kind: Choice) -> Callable[[Any], str]:
    """How a choice is said to people."""
    return lambda code: _(kind.labels.get(code, str(code)))


def stage_name(name: Any) -> str:
    """A default stage in the language of the answer, another as it is called."""
    from salesctl.domain.stage import SHORT, Step

    for key in SHORT:
        step = Step(0, str(name), key, 0, None, "open")
        if step.shown != name:
            return step.shown
    return str(name)


def worked_out(app: Any, noun: Noun, values: dict[str, Any], raw: Mapping[str, Any], today: Any) -> dict[str, Any]:
    """The record with the keys that are worked out from it."""
    if noun.name == "deal":
        from salesctl.domain.kinds import INSTANT
        from salesctl.services.base import local_now

        zone = local_now(app).tzinfo
        for key, column in (("idle_days", "touched_at"), ("stage_days", "stage_at")):
            since = INSTANT.unpack(raw, column)
            values[key] = None if since is None else (today - since.astimezone(zone).date()).days
    if noun.name == "approval":
        from salesctl.commands import _approvals

        return _approvals.Desk(app, today).worked_out(values)
    if noun.name == "quote":
        until, answered = values["valid_until"], values["status"] in ("accepted", "declined", "superseded")
        values["days_left"] = None if until is None or answered else (until - today).days
        values["expired"] = values["days_left"] is not None and values["days_left"] < 0
    return values


def full(app: Any, noun: Noun, values: dict[str, Any]) -> dict[str, Any]:
    """A record as every command gives it to scripts: the same keys as in a list."""
    from salesctl.services.base import today
    from salesctl.store.records import raw

    worked = worked_out(app, noun, dict(values), raw(app.store, noun, values["id"]), today(app))
    return {column.key: worked.get(column.key) for column in columns(noun)}


def typed(given: Mapping[str, Any]) -> dict[str, str | None]:
    """The field options that were given; a note of "-" is read from standard input."""
    found = {key[2:]: value for key, value in given.items() if key.startswith("f_") and value is not None}
    if found.get("note") == "-":
        found["note"] = c.note_text("-")
    return found


def pairs(noun: Noun, words: list[str], name: str) -> list[tuple[str, str, str]]:
    """`field=value` words as (field, mark, value); a stray word means that a quote was forgotten."""
    found = []
    for word in words:
        places = [(word.find(mark), -len(mark), mark) for mark in (*MARKS, "：", "＝") if word.find(mark) > 0]
        if not places:
            quoted = f'"{name} {word}"'
            raise UsageError(
                _("{word} is no field=value").format(word=service_word(word)),
                _("was it a name? then quote it: {quoted}").format(quoted=service_word(quoted)),
            )
        place, _size, mark = min(places)
        found.append((word[:place], {":": "=", "：": "=", "＝": "="}.get(mark, mark), word[place + len(mark) :]))
    return found


def service_word(text: str) -> str:
    from salesctl.text import clean, crop

    return clean(crop(text, 60))


def written(app: Any, noun: Noun, values: dict[str, Any], verb: str, more: Sequence[str] = ()) -> Message:
    """The answer to a write on one record, with `more` to be said of it."""
    ref = str(values["ref"])
    notes = assumed(app, values.get("amount") or values.get("list_price")) if verb == _("added") else []
    line = f"{verb}  {ref}  {values[noun.title]}{details(noun, values)}"
    return Message(ref, [line, *notes], full(app, noun, values), more)


def assumed(app: Any, money: Any) -> list[str]:
    """Which currency a typed amount was taken in, where none is set; [] where one is, or another was typed."""
    from salesctl.services.base import currency

    if not money or app.store.meta("currency") or app.config.get("currency"):
        return []
    if money.currency != currency(app, app.store):
        return []
    said = _("no currency is set, so amounts are in {code}; to set it: salesctl config set currency {code}")
    return [said.format(code=money.currency)]


def details(noun: Noun, values: Mapping[str, Any]) -> str:
    """The fields worth saying in a confirmation, exact."""
    from salesctl.money import exact

    parts = []
    for field in noun.fields:
        value = values.get(field.key)
        if not field.screen or field.key == noun.title or value in (None, "", []):
            continue
        if hasattr(value, "minor"):
            parts.append(exact(value))
        elif field.key == "stage":
            parts.append(stage_name(value))
        elif isinstance(field.kind, Choice):
            said = _(field.kind.labels.get(str(value), str(value)))
            parts += [] if said == "-" else [said]
        else:
            parts.append(str(value))
    return "  " + "  ".join(parts) if parts else ""


def card(noun: Noun, values: Mapping[str, Any]) -> list[str]:
    """A record as lines of label and value; what is empty is left out."""
    from salesctl.money import exact
    from salesctl.text import pad, width

    rows = []
    for column in columns(noun):
        value = values.get(column.key)
        if column.key.endswith("_ref") or column.key in ("ref", "id", "version", noun.title) or value in (None, "", []):
            continue
        text = exact(value) if hasattr(value, "minor") else column.show(value) if column.show else None
        if text is None:
            text = ", ".join(value) if isinstance(value, list) else str(value)
        ref = values.get(f"{column.key}_ref")
        label = _(column.label) if column.label != column.key else _(TAIL_LABELS.get(column.key, column.key))
        rows.append((label, f"{text} ({ref})" if ref else text))
    left = max((width(label) for label, _text in rows), default=0)
    head = f"{values['ref']} {values[noun.title]}"
    return [head, *(f"  {pad(label, left)}  {text}" for label, text in rows)]


TAIL_LABELS = {
    "created_at": N_("Added"),
    "created_by": N_("Added by"),
    "updated_at": N_("Changed"),
    "archived_at": N_("Archived"),
    "source": N_("Source"),
    "external_id": N_("External id"),
    "idle_days": N_("Idle days"),
    "stage_days": N_("Days in stage"),
    "decides": N_("Decides"),
    "waiting_days": N_("Days waiting"),
    "days_left": N_("Days left"),
    "expired": N_("Run out"),
}
EXAMPLES: dict[str, tuple[str, str, str, str]] = {
    "customer": (
        "Acme Corp",
        "industry=steel region=north class=key",
        "industry:steel class:key",
        "industry=chemicals",
    ),
    "contact": ("Anna Keller", "customer=Acme phone=+4930123456 role=decides", "customer:Acme", "role=buys"),
    "lead": (
        "Acme Corp",
        "--channel fair --contact Anna --phone +494215550",
        "status:qualified channel:fair",
        'budget=20k need="three pumps"',
    ),
    "deal": (
        "Pump order",
        "--customer Acme --amount 48k --expected-close eom",
        "stage:quote amount:10k..",
        "amount=52k",
    ),
    "product": ("Pump X1", "sku=X1 category=pumps list_price=1200", "category:pumps", "list_price=1250"),
    "rep": ("Sofia Lind", "team=North region=north", "team:North", "manager=Anna"),
    "team": ("North", "region=north", "region:north", "manager=Anna"),
    "pipeline": ("Renewals", 'note="contracts that run out"', "Renewals", 'note="yearly"'),
    "stage": ("Trial", "pipeline=Renewals probability=40 idle_limit=10", "pipeline:Renewals", "probability=45"),
    "contract": ("D7", "--value 48k --term 12m", "renewal:ask ends:..eoy", "renewal=ask notice_days=60"),
    "need": ("D7", '"changing over takes 40 minutes"', "deal:D7 is_key:yes", "kind=pain"),
    "solution": ("D7", "--from-needs", "status:confirmed", 'note="with training"'),
    "quote": ("D7", '"Pump X1*3"', "sent valid_until:..+7d", "valid_until=+30d"),
    "followup": ("Call about the quote", "type=call deal=D7 due=fri", "status:planned due:..today", "due=+3d"),
    "goal": ("revenue", "900k -p 2026Q4", "2026Q4", 'reason="new market"'),
    "approval": ("Pump order", "", "mine", ""),
    "rate": ("USD", "rate=7.10 base=CNY day=2026-03-01", "currency:USD day:2026Q1", "rate=7.12"),
}


def example(noun: Noun, verb: str) -> str:
    """Two lines that can be pasted."""
    name, fields, words, change = EXAMPLES[noun.name]
    ref = f"{noun.prefix}1"
    quoted = f'"{name}"' if " " in name else name
    lines = {
        "add": f"salesctl {noun.name} add {quoted} {fields}",
        "list": f"salesctl {noun.name} {words}\nsalesctl {noun.name} list --json --fields ref,{noun.title}",
        "show": f"salesctl {noun.name} show {ref}\nsalesctl {noun.name} show {quoted} --json",
        "edit": f"salesctl {noun.name} edit {ref} {change}",
        "archive": f"salesctl {noun.name} archive {ref}",
        "restore": f"salesctl {noun.name} restore {ref}",
        "history": f"salesctl {noun.name} history {ref}",
    }
    return lines[verb]
