"""The commands that mend what a deal lacks, as they are to be typed: of the records it has, else of those it needs first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from salesctl.domain.deal import DEAL
from salesctl.domain.nouns import NOUNS
from salesctl.store.connect import Row, Store

_OWN = "WHERE deal_id = :deal AND archived_at IS NULL"
# a value that a field of a kind takes, to be put right before it is sent off
SAMPLES = {"date": "+30d", "money": "10k", "percent": "50%", "int": "1", "tags": "new"}
ORDER = ("quote_approved", "quote_sent", "quote_accepted")


def of(store: Store, deal: Row, lacking: Collection[str], channels: Sequence[str] = ()) -> dict[str, str]:
    """A command by what is lacking: facts of `sop.FACTS` and fields of a deal. Typed in their order, each of them runs."""
    ref = f"D{deal['id']}"
    about = {"deal": deal["id"], "customer": deal["customer_id"], "money": deal["amount_currency"]}
    found = {key: _field(store, deal, key, channels) for key in lacking if key in DEAL.by_key}
    found |= _needs(store, ref, about)
    if {"contact_role", "solution_confirmed"} & set(lacking):
        found |= _said_by(store, ref, about)
    if "customer" in lacking:
        found["customer"] = _customer(store, ref)
    if {"quote", *ORDER} & set(lacking):
        found |= _quoted(store, ref, about, lacking)
    return {key: fix for key, fix in found.items() if key in lacking}


def _newest(store: Store, noun: str) -> str | None:
    row = store.one(f"SELECT max(id) AS id FROM {noun} WHERE archived_at IS NULL")
    return NOUNS[noun].code(row["id"]) if row and row["id"] else None


def _customer(store: Store, ref: str) -> str:
    known = _newest(store, "customer")
    return f"salesctl deal edit {ref} customer={known}" if known else "salesctl customer add NAME"


def _field(store: Store, deal: Row, key: str, channels: Sequence[str]) -> str:
    """Fill a field of a deal: with what its quote says, else with a value that its kind takes."""
    kind = DEAL.by_key[key].kind
    target = getattr(kind, "target", None) or ("product" if key == "product" else None)
    if target:
        known = _newest(store, target)
        return f"salesctl deal edit D{deal['id']} {key}={known}" if known else f"salesctl {target} add NAME"
    value = _amount(store, deal["id"]) if key == "amount" else None
    if key == "channel" and channels:
        value = channels[0] if channels[0].isalnum() else f'"{channels[0]}"'
    if value is None:
        labels = getattr(kind, "labels", None)
        value = next(iter(labels)) if labels else SAMPLES.get(kind.name, '"..."')
    return f"salesctl deal edit D{deal['id']} {key}={value}"


def _amount(store: Store, deal: int) -> str | None:
    """What the newest quote of a deal is worth."""
    from salesctl.money import Money

    row = store.one(f"SELECT net, net_currency FROM quote {_OWN} AND net > 0 ORDER BY id DESC LIMIT 1", {"deal": deal})
    return f"{Money(row['net'], row['net_currency']).text}{row['net_currency']}" if row else None


def _needs(store: Store, ref: str, about: dict[str, Any]) -> dict[str, str]:
    """A solution answers needs: without one, a need comes first."""
    need = store.one(f"SELECT id FROM need {_OWN} ORDER BY rank, id LIMIT 1", about)
    if need is None:
        first = f'salesctl need add {ref} "..."'
        return {"key_need": f"{first} --key", "solution": first}
    return {"key_need": f"salesctl need key N{need['id']}", "solution": f"salesctl solution add {ref} --from-needs"}


def _said_by(store: Store, ref: str, about: dict[str, Any]) -> dict[str, str]:
    """Who decides, and who confirms the solution: the first contact of the customer."""
    if about["customer"] is None:
        return dict.fromkeys(("contact_role", "solution_confirmed"), _customer(store, ref))
    who = store.one(
        "SELECT id FROM contact WHERE customer_id = :customer AND archived_at IS NULL ORDER BY id LIMIT 1", about
    )
    made = f"salesctl contact add NAME customer=C{about['customer']}"
    decides = f"salesctl contact edit P{who['id']} role=decides" if who else f"{made} role=decides"
    plan = store.one(f"SELECT id FROM solution {_OWN} AND status = 'draft' ORDER BY id DESC LIMIT 1", about)
    confirm = _needs(store, ref, about)["solution"]
    if plan:
        confirm = f"salesctl solution confirm S{plan['id']} --by P{who['id']}" if who else made
    return {"contact_role": decides, "solution_confirmed": confirm}


def _quoted(store: Store, ref: str, about: dict[str, Any], lacking: Collection[str]) -> dict[str, str]:
    """What the newest quote that is not closed goes through; without one it is made first."""
    live = "status IN ('draft', 'waiting', 'approved', 'sent')"
    quote = store.one(f"SELECT id, status FROM quote {_OWN} AND {live} ORDER BY id DESC LIMIT 1", about)
    if quote is None:
        return dict.fromkeys(("quote", *ORDER), _quote(store, ref, about))
    code, status = f"Q{quote['id']}", quote["status"]
    submit = "salesctl approval list" if status == "waiting" else f"salesctl quote submit {code}"
    ready = status in ("approved", "sent") or (status == "draft" and "quote_approved" in lacking)
    return {
        "quote": _quote(store, ref, about),
        "quote_approved": submit,
        "quote_sent": f"salesctl quote send {code}" if ready else submit,
        "quote_accepted": f"salesctl quote accept {code}" if ready else submit,
    }


def _quote(store: Store, ref: str, about: dict[str, Any]) -> str:
    """A quote of what the deal is about where all of it has a price, else of the first product that has one."""
    priced = (
        "p.archived_at IS NULL AND p.list_price IS NOT NULL AND p.price_until IS NULL"
        " AND p.list_price_currency = coalesce(:money, p.list_price_currency)"
    )
    sold = store.one(
        f"SELECT count(*) AS n, count(CASE WHEN {priced} THEN 1 END) AS good FROM deal_line l"
        " LEFT JOIN product p ON p.id = l.product_id WHERE l.deal_id = :deal",
        about,
    )
    if sold and sold["n"] and sold["n"] == sold["good"]:
        return f"salesctl quote add {ref}"
    row = store.one(f"SELECT min(p.id) AS id FROM product p WHERE {priced}", about)
    if row and row["id"]:
        return f'salesctl quote add {ref} "I{row["id"]}*1"'
    known = _newest(store, "product")
    return f"salesctl product edit {known} list_price=100" if known else "salesctl product add NAME list_price=100"
