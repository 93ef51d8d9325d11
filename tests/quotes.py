"""Quotes written straight into a store, for tests of their paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from salesctl.domain.contact import CONTACT
from salesctl.domain.customer import CUSTOMER
from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import Ref
from salesctl.domain.product import PRODUCT
from salesctl.domain.quote import QUOTE, Position, add_up
from salesctl.domain.rate import millionths
from salesctl.domain.rep import REP
from salesctl.money import Money
from salesctl.services.settings import set_meta
from salesctl.store.write import Unit, unit

AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


class L(NamedTuple):
    """A line: product, its SKU, list price in minor units, quantity, discount and tax in percent, agreed amount."""

    product: str = "Pump X1"
    sku: str | None = "PX-100"
    price: int = 120_000
    quantity: int = 3
    discount: str = "0"
    tax: str = "13"
    agreed: int | None = None


def _ref(noun: Any, id: int) -> Ref:
    return Ref(noun.name, id, "", noun.code(id))


def quote(
    path: Any,
    lines: Sequence[L] = (L(),),
    *,
    currency: str = "EUR",
    discount: str = "0",
    customer: dict[str, Any] | None = None,
    contact: dict[str, Any] | None = None,
    rep: dict[str, Any] | None = None,
    company: dict[str, str] | None = None,
    **fields: Any,
) -> int:
    """A deal with a quote of these lines, sums worked out; the id of the quote."""
    with unit(str(path), "test.quote", at=AT, actor=None) as work:
        for key, value in (company or {}).items():
            set_meta(work, f"company.{key}", value)
        who = _ref(CUSTOMER, work.insert(CUSTOMER, {"name": "Acme Corp", **(customer or {})}))
        person = _ref(CONTACT, work.insert(CONTACT, {"name": "Anna Keller", "customer": who, **(contact or {})}))
        seller = _ref(REP, work.insert(REP, {"name": "Bo Lind", "function": "sales", **(rep or {})}))
        return _quote(work, lines, currency, discount, {"customer": who, "contact": person, "owner": seller, **fields})


def _quote(work: Unit, lines: Sequence[L], currency: str, discount: str, given: dict[str, Any]) -> int:
    stage = work.one("SELECT id, pipeline_id FROM stage ORDER BY id LIMIT 1")
    assert stage is not None
    at = {"stage_id": stage["id"], "pipeline_id": stage["pipeline_id"], "stage_at": work.at, "touched_at": work.at}
    deal = {
        "name": "Pump order",
        "customer": given["customer"],
        "amount": Money(1, currency),
        "created": date(2026, 11, 23),
    }
    id = work.insert(DEAL, deal, **at)
    places = [
        Position(one.price, one.quantity, millionths(Decimal(one.discount)), millionths(Decimal(one.tax)), one.agreed)
        for one in lines
    ]
    sums = add_up(places, millionths(Decimal(discount)), currency)
    values = {
        "name": "Pumps for line 4",
        "deal": _ref(DEAL, id),
        "number": 1,
        "status": "approved",
        "discount": Decimal(discount),
        "list_total": Money(sums.list_total, currency),
        "net": Money(sums.net, currency),
        "tax": Money(sums.tax, currency),
        "total": Money(sums.total, currency),
        "valid_until": date(2026, 12, 23),
    }
    made = work.insert(QUOTE, {**values, **given})
    known: dict[tuple[str, str | None], int] = {}
    for number, (one, place, net) in enumerate(zip(lines, places, sums.lines, strict=True), start=1):
        key = (one.product, one.sku)
        if key not in known:
            known[key] = work.insert(PRODUCT, {"name": one.product, "sku": one.sku})
        row = {"quote_id": made, "position": number, "product_id": known[key], "net": net}
        work.put("quote_line", {**row, **place._asdict()})
    return made
