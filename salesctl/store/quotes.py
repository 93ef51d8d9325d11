"""A quote out of the store, as it goes on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from salesctl.domain import paper as page
from salesctl.domain.paper import Item, Paper, Party, Person
from salesctl.domain.quote import QUOTE, Position, Sums, add_up
from salesctl.domain.rate import from_millionths
from salesctl.errors import Damaged, NotFound, Refused
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.store.connect import Row, Store

HEAD = (
    "SELECT q.*, c.name AS customer, c.address, c.city, c.phone, c.email, c.website, c.language AS customer_language,"
    " p.name AS contact, p.title, p.phone AS contact_phone, p.email AS contact_email, r.name AS rep,"
    " r.phone AS rep_phone, r.email AS rep_email, d.amount_currency AS deal_currency"
    " FROM quote q JOIN deal d ON d.id = q.deal_id"
    " LEFT JOIN customer c ON c.id = coalesce(q.customer_id, d.customer_id)"
    " LEFT JOIN contact p ON p.id = q.contact_id LEFT JOIN rep r ON r.id = coalesce(q.owner_id, d.owner_id)"
    " WHERE q.id = :id"
)
LINES = (
    "SELECT l.price, l.quantity, l.discount, l.tax, l.agreed, p.name AS product, p.sku"
    " FROM quote_line l JOIN product p ON p.id = l.product_id WHERE l.quote_id = :id ORDER BY l.position, l.id"
)


def paper(store: Store, quote_id: int) -> Paper:
    """A quote with all that its paper tells, in the language of the quote, else of its customer, else of the store.

    Raises NotFound (3), Refused (4) for a quote without lines, Damaged (8) when its sums are not those of its lines.
    """
    row = store.one(HEAD, {"id": quote_id})
    ref = QUOTE.code(quote_id)
    if row is None:
        raise NotFound(_("there is no {ref}").format(ref=ref))
    items = _items(store, quote_id)
    if not items:
        raise Refused(_("{ref} has no lines yet, so there is nothing to print").format(ref=ref))
    currency = row["net_currency"] or row["deal_currency"] or store.meta("currency") or "USD"
    sums = add_up([one.place for one in items], row["discount"] or 0, currency)
    _agree(row, sums, ref)
    return _paper(store, row, items, sums, currency)


def _items(store: Store, quote_id: int) -> list[Item]:
    return [
        Item(
            row["product"],
            row["sku"] or "",
            Position(row["price"], row["quantity"], row["discount"], row["tax"], row["agreed"]),
        )
        for row in store.query(LINES, {"id": quote_id})
    ]


def _agree(row: Row, sums: Sums, ref: str) -> None:
    """A paper that gets signed must not differ from what was approved."""
    for key, now in (("list_total", sums.list_total), ("net", sums.net), ("tax", sums.tax), ("total", sums.total)):
        if row[key] is not None and row[key] != now:
            raise Damaged(
                _("the sums of {ref} are not those of its lines").format(ref=ref), _("see: salesctl db check")
            )


def _paper(store: Store, row: Row, items: list[Item], sums: Sums, currency: str) -> Paper:
    def money(minor: int) -> Money:
        return Money(minor, currency)

    return Paper(
        ref=QUOTE.code(row["id"]),
        name=row["name"],
        number=row["number"] or 1,
        status=row["status"],
        day=_day(row["sent_at"] or row["created_at"], store.meta("zone") or "UTC"),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        language=_language(store, row),
        currency=currency,
        **_sides(store, row),
        lines=page.lines(items, sums, currency),
        list_total=money(sums.list_total),
        subtotal=money(sum(sums.lines)),
        discount=from_millionths(row["discount"]) if row["discount"] else None,
        net=money(sums.net),
        taxes=page.tax_table([one.place for one in items], sums, currency),
        tax=money(sums.tax),
        total=money(sums.total),
        terms=row["note"] or "",
    )


def _sides(store: Store, row: Row) -> dict[str, Any]:
    """Who sells and who buys."""
    return {
        "seller": Party(**{key: store.meta(f"company.{key}") or "" for key in page.COMPANY}),
        "rep": Person(row["rep"] or "", "", row["rep_phone"] or "", row["rep_email"] or ""),
        "customer": Party(
            row["customer"] or "",
            _place(row["city"] or "", row["address"] or ""),
            row["phone"] or "",
            row["email"] or "",
            row["website"] or "",
        ),
        "contact": Person(
            row["contact"] or "", row["title"] or "", row["contact_phone"] or "", row["contact_email"] or ""
        ),
    }


def _place(city: str, address: str) -> str:
    return address if city in address else f"{city} {address}".strip()


def _language(store: Store, row: Row) -> str:
    words = (row["language"], row["customer_language"], store.meta("lang"))
    return next(filter(None, map(page.spoken, words)), "en")


def _day(moment: str, zone: str) -> date:
    """The organisation's day of an instant."""
    from zoneinfo import ZoneInfo

    from salesctl.when import from_iso

    return from_iso(str(moment)).astimezone(ZoneInfo(zone)).date()
