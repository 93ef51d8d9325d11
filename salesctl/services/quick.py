"""A customer, a contact, a deal and its first step in one write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from salesctl.domain.nouns import NOUNS
from salesctl.errors import NotFound
from salesctl.plain import Data
from salesctl.services import about, followup, record
from salesctl.services.base import reading, unit
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.kinds import Reading, Ref
    from salesctl.store.write import Unit


class Quick(Data, frozen=True):
    """What was typed after `add`."""

    customer: str
    deal: str | None = None
    amount: str | None = None
    contact: str | None = None
    channel: str | None = None
    next: str | None = None


class Added(Data, frozen=True):
    """By noun the record and whether it is new; `heard` are the words that were read as the day of the step."""

    records: dict[str, tuple[dict[str, Any], bool]]
    heard: str


def add(app: App, quick: Quick) -> Added:
    """All of it or nothing. An exact name takes the record there is."""
    heard = ""
    ids: dict[str, tuple[int, bool]] = {}
    with unit(app, "add") as work:
        at = reading(app, work)
        customer, new = _customer(app, work, at, quick)
        ids["customer"] = (customer.id, new)
        contact = _contact(app, work, at, quick, customer)
        if contact:
            ids["contact"] = (contact.id, True)
        if quick.deal:
            texts = {"name": quick.deal, "amount": quick.amount, "channel": quick.channel}
            values = record.read(NOUNS["deal"], {k: v for k, v in texts.items() if v}, at)
            values |= {"customer": customer, "contact": contact}
            ids["deal"] = (record.create(app, work, NOUNS["deal"], values), True)
        if quick.next:
            whom = about.of(work, _ref("deal", ids["deal"][0], quick.deal) if quick.deal else customer)
            planned, heard = followup.plan(app, work, whom, quick.next, "call")
            if planned:
                ids["followup"] = (planned, True)
    made = {name: (records.get(app.store, NOUNS[name], id), new) for name, (id, new) in ids.items()}
    return Added(made, heard)


def is_amount(text: str) -> bool:
    """Whether a word says an amount of some currency, so that it is hardly a name."""
    from salesctl.errors import BadValue
    from salesctl.money import parse_amount

    try:
        parse_amount(text, "KWD")  # its three decimals leave 48.000 an amount too
    except BadValue:
        return False
    return True


def certain(amount: str) -> str:
    """An amount as an example may write it: 48000 for 48.000, which would be refused as ambiguous."""
    from salesctl.money import GROUPS

    return amount.replace(".", "") if re.fullmatch(GROUPS, amount) else amount


def _ref(noun: str, id: int, name: str | None) -> Ref:
    from salesctl.domain.kinds import Ref

    return Ref(noun, id, name or "", NOUNS[noun].code(id))


def _customer(app: App, work: Unit, at: Reading, quick: Quick) -> tuple[Ref, bool]:
    """The customer of exactly that name or ref, or a new one."""
    from salesctl.store.resolve import by_ref, ref_of
    from salesctl.text import check_line, name_key

    noun = NOUNS["customer"]
    if re.fullmatch(r"[Cc]\d+", quick.customer):
        found = by_ref(work, [noun], quick.customer)
        if found is None:
            raise NotFound(quick.customer)
        return found.ref, False
    name = check_line(quick.customer, noun.label)
    row = work.one(
        "SELECT id, name FROM customer WHERE name_key = :key AND archived_at IS NULL ORDER BY id LIMIT 1",
        {"key": name_key(name)},
    )
    if row:
        return ref_of(noun, row), False
    values = record.read(noun, {"name": name} | ({"channel": quick.channel} if quick.channel else {}), at)
    return _ref("customer", record.create(app, work, noun, values), name), True


def _contact(app: App, work: Unit, at: Reading, quick: Quick, customer: Ref) -> Ref | None:
    """`张伟 13800000001`: a name, and a number to call if one follows it."""
    if not quick.contact:
        return None
    match = re.fullmatch(r"(.*?)[\s,，]*(\+?[\d][\d\s()-]{4,})?", quick.contact.strip())
    name, phone = (match.group(1), match.group(2)) if match else (quick.contact, None)
    values = record.read(NOUNS["contact"], {"name": name} | ({"phone": phone} if phone else {}), at)
    id = record.create(app, work, NOUNS["contact"], values | {"customer": customer})
    return _ref("contact", id, name)
