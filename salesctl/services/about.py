"""Who a follow-up is about: the customer, the deal and the contact that belong together, or a lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.kinds import Ref
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store

TARGETS = ("customer", "deal", "contact", "lead")


class Target(NamedTuple):
    """Who a follow-up is about: a customer, the deal it belongs to, the one to talk to, or a lead; each may be unknown."""

    customer: Ref | None
    deal: Ref | None
    contact: Ref | None
    lead: Ref | None = None


def named(app: App, store: Store, text: str) -> Ref:
    """Who is meant: a deal (D7), a contact, a lead, or a customer."""
    from salesctl.store.resolve import look

    return app.pick(lambda: look(store, TARGETS, text).ref, lambda code: look(store, TARGETS, code).ref)


def target(app: App, store: Store, text: str) -> Target:
    """Who is meant, and what belongs to them."""
    return of(store, named(app, store, text))


def of(store: Store, ref: Ref) -> Target:
    """The customer, deal and contact that belong together around one of them; with a customer its only open deal."""
    if ref.noun == "deal":
        row = store.one(f"{records.select(noun_of('deal'))} WHERE t.id = :id", {"id": ref.id})
        assert row is not None
        customer = ref_to("customer", row["customer_id"], row["customer"])
        contact = ref_to("contact", row["contact_id"], row["contact"])
        return Target(customer, ref, contact or _contact_of(store, customer))
    if ref.noun == "contact":
        row = store.one(f"{records.select(noun_of('contact'))} WHERE t.id = :id", {"id": ref.id})
        assert row is not None
        customer = ref_to("customer", row["customer_id"], row["customer"])
        return Target(customer, _only_deal(store, customer), ref)
    if ref.noun == "lead":
        return _of_lead(store, ref)
    return Target(ref, _only_deal(store, ref), _contact_of(store, ref))


def _of_lead(store: Store, ref: Ref) -> Target:
    """A lead; once it became a deal, that deal."""
    row = store.one("SELECT deal_id FROM lead WHERE id = :id", {"id": ref.id})
    if row is None or row["deal_id"] is None:
        return Target(None, None, None, ref)
    deal = ref_to("deal", row["deal_id"], None)
    assert deal is not None
    return of(store, deal)


def noun_of(name: str) -> Any:
    from salesctl.domain.nouns import NOUNS

    return NOUNS[name]


def ref_to(noun: str, id: int | None, name: str | None) -> Ref | None:
    return None if id is None else Ref(noun, id, name or "", noun_of(noun).code(id))


def _only_deal(store: Store, customer: Ref | None) -> Ref | None:
    if customer is None:
        return None
    rows = store.query(
        "SELECT id, name FROM deal WHERE customer_id = :id AND outcome IS NULL AND archived_at IS NULL"
        " ORDER BY id LIMIT 2",
        {"id": customer.id},
    )
    return ref_to("deal", rows[0]["id"], rows[0]["name"]) if len(rows) == 1 else None


def _contact_of(store: Store, customer: Ref | None) -> Ref | None:
    """Who to call: the one who decides, else the first."""
    if customer is None:
        return None
    row = store.one(
        "SELECT id, name FROM contact WHERE customer_id = :id AND archived_at IS NULL"
        " ORDER BY CASE role WHEN 'decides' THEN 0 ELSE 1 END, id LIMIT 1",
        {"id": customer.id},
    )
    return ref_to("contact", row["id"], row["name"]) if row else None
