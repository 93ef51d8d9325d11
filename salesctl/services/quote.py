"""Quotes as records: made for a deal from products, edited while they are drafts, revised into the next version.

What was sent stays as it was sent: a revised quote is a new one, which the old one is superseded by.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesctl.domain import quoteline
from salesctl.domain.approval import APPROVAL
from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import Ref
from salesctl.domain.quote import LIVE, QUOTE
from salesctl.domain.quoteline import Line
from salesctl.domain.rate import from_millionths
from salesctl.errors import Refused, UsageError
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import approval, facts, quoting, record
from salesctl.services.base import currency, me_in, reading, today, unit
from salesctl.services.moves import open_deal
from salesctl.services.quote_wish import NOTHING, Wish, fields, solution_of, validity
from salesctl.store import quoting as store
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Quoted(Data, frozen=True):
    """A quote that was written: its record, and what is to be said of it."""

    record: Values
    warnings: list[str] = fresh(factory=list)
    before: Row | None = None
    withdrawn: int | None = None


def add(app: App, deal: str, wish: Wish) -> Quoted:
    """A quote of a deal: its lines as typed, else those of the deal.

    Raises Refused (4) for a closed deal, a price that has run out or is in another currency, and for a solution that the
    customer has not confirmed where the SOP says so.
    """
    with unit(app, "quote.add") as work:
        about = open_deal(app, work, deal)
        money = about["amount_currency"] or currency(app, work)
        texts = wish.edit.texts or tuple(quoting.of_deal(work, about["id"]))
        if not texts:
            raise UsageError(_("what is quoted?"), _('as: salesctl quote add {ref} "PRODUCT*3"').format(ref=f"D{about['id']}"))  # fmt: skip
        lines = quoting.read(app, work, texts, money, wish.rate)
        solution, warnings = solution_of(app, work, about, wish.solution)
        values = fields(app, work, about, wish)
        values.setdefault("name", about["name"])
        values.setdefault("valid_until", today(app) + timedelta(days=validity(work, about)))
        values["number"], values["solution"] = 1, solution
        warnings += _others(work, about["id"])
        id = _put(app, work, about, values, lines, wish.off or Decimal(0), money)
    return Quoted(records.get(app.store, QUOTE, id), warnings)


def _others(work: Unit, deal: int) -> list[str]:
    """What is to be said of quotes of the deal that stand already."""
    rows = [row for row in store.of_deal(work, deal) if row["status"] in (*LIVE, "accepted")]
    told = ", ".join(f"{QUOTE.code(row['id'])} ({said(row['status'])})" for row in rows)
    way = _("{refs} of this deal stands too; to change one: salesctl quote revise REF")
    return [way.format(refs=told)] if rows else []


def _put(app: App, work: Unit, deal: Row, values: Values, lines: Sequence[Line], discount: Decimal, money: str) -> int:
    """The row of a new quote and its lines."""
    mine = me_in(app, work)
    owner = deal["owner_id"] or (mine.id if mine else None)
    values["deal"] = Ref("deal", deal["id"], deal["name"], DEAL.code(deal["id"]))
    more: Values = {"customer_id": deal["customer_id"]}
    if values.get("owner") is None:
        values.pop("owner", None)
        more["owner_id"] = owner
    if values.get("contact") is None:
        values.pop("contact", None)
        more["contact_id"] = deal["contact_id"]
    values |= quoting.sums(lines, discount, money)
    id = record.create(app, work, QUOTE, values, **more)
    quoting.put(work, id, lines, discount, money)
    facts.touch(work, deal["id"], work.at)
    return id


def known(app: App, work: Unit, text: str) -> Row:
    """The quote that is meant, for a write that hangs on how it stands."""
    raw = records.raw(work, QUOTE, reading(app, work).find("quote", text).id)
    record.at_hand(QUOTE, raw)
    work.guard(QUOTE, raw["id"], ("status", "net", "discount"))
    return raw


def edit(app: App, text: str, wish: Wish) -> Quoted:
    """Change a quote: its lines, discount and tax while it is a draft, the rest until it is sent.

    Raises Refused (4) for one that is further on; the way out is the next version.
    """
    with unit(app, "quote.edit") as work:
        raw = known(app, work, text)
        deal = records.raw(work, DEAL, raw["deal_id"])
        values = fields(app, work, deal, wish)
        priced = bool(wish.edit != NOTHING or wish.reprice or wish.tax is not None or wish.discount is not None)
        check_edit(work, raw, values, priced)
        warnings: list[str] = []
        if priced:
            lines, discount, money = _changed(app, work, raw, wish)
            values |= quoting.sums(lines, discount, money)
            quoting.put(work, raw["id"], lines, discount, money)
        if not priced and not values:
            raise UsageError(_("nothing to change"), _('as: salesctl quote edit Q1 --add "PRODUCT*2" --drop 2'))
        work.update(QUOTE, raw["id"], values)
        facts.touch(work, raw["deal_id"], work.at)
    return Quoted(records.get(app.store, QUOTE, raw["id"]), warnings)


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit by the fields alone."""
    check_edit(work, records.raw(work, QUOTE, id), values, False)
    work.update(QUOTE, id, values)


def archived(app: App, work: Unit, id: int) -> str | None:
    """A quote that is put away waits for nobody: its approval is withdrawn with it."""
    gone = approval.withdraw_in(app, work, id)
    if gone is None:
        return None
    return _("{ref} waited for approval: {approval} is withdrawn").format(
        ref=QUOTE.code(id), approval=APPROVAL.code(gone)
    )


def came(app: App, work: Unit, values: Values, id: int | None) -> bool:
    """A quote of a file; whether it waited for an approval there, and is a draft here, since that did not come with it.

    One that waits here and does not in the file waits no more.
    """
    row = work.stored("quote", id) if id is not None else None
    waits = row is not None and row["status"] == "waiting"
    if values.get("status") == "waiting" and not waits:
        values["status"] = "draft"
        return True
    if id is not None and waits and values.get("status") not in (None, "waiting"):
        approval.withdraw_in(app, work, id)
    return False


def check_edit(work: Unit, raw: Row, values: Values, priced: bool) -> None:
    """Refuse (4) to change what is agreed on: sums of what is no draft, anything but the owner of what was sent."""
    ref = QUOTE.code(raw["id"])
    status = raw["status"]
    if status == "draft" or (not priced and set(values) <= {"owner"}):
        return
    if not priced and status in ("waiting", "approved"):
        return
    way = _("make the next version: salesctl quote revise {ref} ...").format(ref=ref)
    waiting = store.approval(work, raw["id"]) if status == "waiting" else None
    if waiting:
        way = _("it waits for approval: salesctl approval list; take it back: salesctl approval withdraw A{id}").format(
            id=waiting["id"]
        )
    raise Refused(_("{ref} is no draft any more: {status}").format(ref=ref, status=said(status)), way, "no_draft")


def said(status: str) -> str:
    """How a quote stands, in a word."""
    from salesctl.domain.quote import STATUS

    return _(STATUS.labels[status]).lower()


def _changed(app: App, work: Unit, raw: Row, wish: Wish) -> tuple[list[Line], Decimal, str]:
    """The lines, the discount and the currency of a quote after a wish."""
    money = raw["net_currency"]
    before = store.values(store.lines(work, raw["id"]))
    new = quoting.read(app, work, wish.edit.texts, money, wish.rate)
    lines = quoteline.edited(before, wish.edit, new)
    if not lines:
        raise Refused(_("a quote has at least one line"), _("put it away: salesctl quote archive REF"))
    tax = wish.rate
    if tax is not None:
        lines = [one._replace(tax=tax) for one in lines]
    if wish.reprice:
        lines = [quoteline.repriced(one, store.price(work, one.product)) for one in lines]
    quoting.check(app, work, lines, money)
    discount = wish.off
    return lines, from_millionths(raw["discount"] or 0) if discount is None else discount, money


def revise(app: App, text: str, wish: Wish) -> Quoted:
    """The next version of a quote, with changes; the old one is superseded, and what it waited for is withdrawn.

    Lines that stay keep their list price unless `reprice`; one that has run out is refused (4).
    """
    with unit(app, "quote.revise") as work:
        raw = known(app, work, text)
        if raw["status"] == "superseded":
            raise superseded(work, raw)
        deal = open_deal(app, work, DEAL.code(raw["deal_id"]))
        lines, discount, money = _changed(app, work, raw, wish)
        solution, warnings = solution_of(app, work, deal, wish.solution)
        values = _kept(raw) | fields(app, work, deal, wish)
        values.setdefault("valid_until", today(app) + timedelta(days=validity(work, deal)))
        values["number"], values["solution"] = (raw["number"] or 1) + 1, solution
        values["revises"] = Ref("quote", raw["id"], raw["name"], QUOTE.code(raw["id"]))
        withdrawn = approval.withdraw_in(app, work, raw["id"])
        work.update(QUOTE, raw["id"], {"status": "superseded"})
        id = _put(app, work, deal, values, lines, discount, money)
        warnings += quoting.moved_prices(work, lines)
    return Quoted(records.get(app.store, QUOTE, id), warnings, raw, withdrawn)


def _kept(raw: Row) -> Values:
    """What the next version takes over."""
    found: Values = {key: raw[key] for key in ("name", "language", "note") if raw[key]}
    for key, noun in (("contact", "contact"), ("owner", "rep")):
        if raw[f"{key}_id"] is not None:
            found[key] = Ref(noun, raw[f"{key}_id"], raw[key] or "", "")
    return found


def superseded(work: Unit, raw: Row) -> Refused:
    """The refusal of what is meant for the newest version."""
    ref, newer = QUOTE.code(raw["id"]), store.next_version(work, raw["id"])
    way = _("use the next version: {ref}").format(ref=QUOTE.code(newer["id"])) if newer else ""
    return Refused(_("{ref} is superseded").format(ref=ref), way, "superseded")


def open_quote(app: App, work: Unit, text: str, among: Sequence[str] = LIVE) -> Row:
    """A quote that stands in one of these states. Raises Refused (4) with the way out for another."""
    raw = known(app, work, text)
    if raw["status"] in among:
        return raw
    if raw["status"] == "superseded":
        raise superseded(work, raw)
    ref = QUOTE.code(raw["id"])
    ways = {
        "draft": _("submit it first: salesctl quote submit {ref}"),
        "waiting": _("it waits for approval: salesctl approval list"),
        "accepted": _("to change it: salesctl quote revise {ref}"),
        "declined": _("make the next version: salesctl quote revise {ref}"),
    }
    message = _("{ref} is {status}").format(ref=ref, status=said(raw["status"]))
    raise Refused(message, ways.get(raw["status"], "").format(ref=ref), str(raw["status"]))
