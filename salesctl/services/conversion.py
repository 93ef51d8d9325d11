"""A lead becomes a deal: its customer and contact are found or made, and what was done and planned goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import Ref
from salesctl.domain.lead import LEAD
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Refused, UsageError
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import about, followup, lead, record
from salesctl.services.base import reading, unit
from salesctl.store import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from salesctl.app import App
    from salesctl.domain.kinds import Reading
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Wanted(Data, frozen=True):
    """What a lead is to become: of which customer, in which deal (a new one by its fields where none is named)."""

    customer: str | None = None
    deal: str | None = None
    fields: Mapping[str, str | None] = fresh(factory=dict)
    next: str | None = None
    similar: bool = False


class Converted(Data, frozen=True):
    """A lead after it became a deal: the records, what of them is new, and how many follow-ups went along."""

    lead: Values
    customer: Values
    deal: Values
    contact: Values | None
    made: frozenset[str]
    moved: int
    planned: Values | None = None


def convert(app: App, text: str, wanted: Wanted) -> Converted:
    """Make a deal of a lead. Refused (4) for one that is converted or rejected, for a closed or another's deal."""
    with unit(app, "lead.convert") as work:
        at = reading(app, work)
        raw = lead.live(work, at.find("lead", text).id)
        made: set[str] = set()
        old = _existing(work, at, wanted)
        customer = _customer(app, work, at, raw, wanted, old, made)
        contact = _contact(app, work, raw, customer, made)
        deal = _kept(work, raw, old, customer, contact) if old else _new(app, work, at, raw, wanted, customer, contact)
        if not old:
            made.add("deal")
        moved = _along(work, raw["id"], customer, deal, contact)
        planned = _next(app, work, deal, wanted.next)
        work.update(LEAD, raw["id"], {"status": "converted", "customer": customer, "deal": deal})
        lead.touch(work, raw["id"], work.at)

    def get(ref: Ref) -> Values:
        return records.get(app.store, NOUNS[ref.noun], ref.id)

    one = records.get(app.store, LEAD, raw["id"])
    step = records.get(app.store, NOUNS["followup"], planned) if planned else None
    return Converted(one, get(customer), get(deal), get(contact) if contact else None, frozenset(made), moved, step)


def _existing(work: Unit, at: Reading, wanted: Wanted) -> Row | None:
    """The open deal that the lead is to join, if one is named."""
    if wanted.deal is None:
        return None
    if wanted.fields:
        raise UsageError(_("--deal names a deal that is there; it takes no fields"), _("use: salesctl deal edit"))
    row = records.raw(work, NOUNS["deal"], at.find("deal", wanted.deal).id)
    if row["outcome"] is not None:
        ref = f"D{row['id']}"
        raise Refused(_("{ref} is closed").format(ref=ref), _("use: salesctl deal reopen {ref}").format(ref=ref))
    return row


def _customer(
    app: App, work: Unit, at: Reading, raw: Row, wanted: Wanted, old: Row | None, made: set[str]
) -> Ref:  # fmt: skip
    """The customer named, else that of the deal, else the one of the lead's name, else a new one."""
    theirs = about.ref_to("customer", old["customer_id"], old["customer"]) if old else None
    if wanted.customer:
        named = at.find("customer", wanted.customer)
        if theirs and theirs.id != named.id:
            raise Refused(
                _("D{id} is of {name}").format(id=old["id"] if old else 0, name=f"{theirs.code} {theirs.name}")
            )
        return _known(work, raw, named)
    if theirs:
        return _known(work, raw, theirs)
    row = work.one(
        "SELECT id, name FROM customer WHERE name_key = :key AND archived_at IS NULL ORDER BY id LIMIT 1",
        {"key": raw["name_key"]},
    )
    if row:
        return _known(work, raw, Ref("customer", row["id"], row["name"], f"C{row['id']}"))
    carried = ("name", "channel", "industry", "region", "size", "note", "tags")
    values = {key: LEAD.by_key[key].kind.unpack(raw, key) for key in carried}
    values["owner"] = about.ref_to("rep", raw["owner_id"], raw["owner"])
    if not raw["contact"]:
        values |= {"phone": raw["phone"], "email": raw["email"]}
    made.add("customer")
    id = record.create(app, work, NOUNS["customer"], values, similar=wanted.similar)
    return Ref("customer", id, str(raw["name"]), f"C{id}")


def _known(work: Unit, raw: Row, customer: Ref) -> Ref:
    """A customer that was there: it takes the channel it lacked, and out of the pool the owner."""
    kind = NOUNS["customer"]
    row = records.raw(work, kind, customer.id)
    if row["channel"] is None and raw["channel"]:
        work.update(kind, customer.id, {"channel": raw["channel"]})
    if row["owner_id"] is None and raw["owner_id"] is not None:
        lead.hand(work, kind, row, about.ref_to("rep", raw["owner_id"], raw["owner"]))
    return customer


def _contact(app: App, work: Unit, raw: Row, customer: Ref, made: set[str]) -> Ref | None:
    """The contact of that phone, mail or name at the customer, or a new one; None where the lead knows nobody."""
    from salesctl.text import name_key

    given = {key: raw[key] for key in ("phone", "email", "wechat") if raw[key]}
    if not given and not raw["contact"]:
        return None
    row = work.one(
        "SELECT id, name, phone, email, wechat FROM contact WHERE customer_id = :id AND archived_at IS NULL"
        " AND (phone_key(phone) = phone_key(:phone) OR fold(email) = fold(:email) OR name_key = :key) ORDER BY id LIMIT 1",
        {"id": customer.id, "phone": raw["phone"], "email": raw["email"], "key": name_key(raw["contact"] or "")},
    )
    if row:
        lacking = {key: value for key, value in given.items() if not row[key]}
        work.update(NOUNS["contact"], row["id"], lacking)
        return Ref("contact", row["id"], row["name"], f"P{row['id']}")
    name = str(raw["contact"] or raw["name"])
    made.add("contact")
    id = record.create(app, work, NOUNS["contact"], {"name": name, "customer": customer, **given})
    return Ref("contact", id, name, f"P{id}")


def _new(
    app: App, work: Unit, at: Reading, raw: Row, wanted: Wanted, customer: Ref, contact: Ref | None
) -> Ref:  # fmt: skip
    """A new deal: what was typed, else what the lead says."""
    deal = NOUNS["deal"]
    typed = record.read(deal, wanted.fields, at)
    own: Values = {"name": raw["need"] or raw["name"], "channel": raw["channel"]}
    own["amount"] = LEAD.by_key["budget"].kind.unpack(raw, "budget")
    own["owner"] = about.ref_to("rep", raw["owner_id"], raw["owner"])
    values = own | {"customer": customer, "contact": contact} | typed
    if typed.get("customer") and typed["customer"].id != customer.id:
        raise UsageError(_("the customer is named twice"), _("--customer alone is enough"))
    id = record.create(app, work, deal, values)
    return Ref("deal", id, str(values["name"]), f"D{id}")


def _kept(work: Unit, raw: Row, old: Row, customer: Ref, contact: Ref | None) -> Ref:
    """The deal that was there, with what it lacked."""
    lacking: Values = {}
    if old["customer_id"] is None:
        lacking["customer"] = customer
    if old["contact_id"] is None and contact:
        lacking["contact"] = contact
    if old["channel"] is None:
        lacking["channel"] = raw["channel"]
    work.update(NOUNS["deal"], old["id"], lacking)
    return Ref("deal", old["id"], old["name"], f"D{old['id']}")


def _along(work: Unit, id: int, customer: Ref, deal: Ref, contact: Ref | None) -> int:
    """What was done and planned with the lead belongs to the deal too; how much of it."""
    from salesctl.services import facts

    rows = work.query(
        "SELECT id, contact_id, done_at, owner_id FROM followup WHERE lead_id = :id ORDER BY id", {"id": id}
    )
    owner = records.raw(work, NOUNS["deal"], deal.id)
    for row in rows:
        values: Values = {"customer": customer, "deal": deal}
        if row["contact_id"] is None and contact:
            values["contact"] = contact
        if row["owner_id"] is None and row["done_at"] is None:  # the lead lay in the pool
            values["owner"] = about.ref_to("rep", owner["owner_id"], owner["owner"])
        work.update(NOUNS["followup"], row["id"], values)
        if row["done_at"]:
            facts.touch(work, deal.id, row["done_at"])
    return len(rows)


def _next(app: App, work: Unit, deal: Ref, text: str | None) -> int | None:
    return followup.plan(app, work, about.of(work, deal), text, "call")[0] if text else None
