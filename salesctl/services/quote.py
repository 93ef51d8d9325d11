"""Quotes as records: made for a deal from products, edited while they are drafts, revised into the next version.

What was sent stays as it was sent: a revised quote is a new one, which the old one is superseded by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesctl.domain import quoteline
from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import DATE, LANG, NAME, NOTE, Kind, Ref
from salesctl.domain.need import SOLUTION
from salesctl.domain.quote import LIVE, QUOTE
from salesctl.domain.quoteline import Edit, Line
from salesctl.domain.rate import from_millionths, parse_rate
from salesctl.errors import BadValue, Refused, UsageError
from salesctl.i18n import _
from salesctl.services import approval, facts, quoting, record
from salesctl.services.base import currency, me_in, reading, today, unit
from salesctl.services.moves import open_deal
from salesctl.services.people import contact_of
from salesctl.store import quoting as store
from salesctl.store import records, sops

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row, Store
    from salesctl.store.write import Unit

Values = dict[str, Any]
NOTHING = Edit()
VALIDITY = 30  # days, where the SOP says nothing


@dataclass(frozen=True)
class Wish:
    """What a quote is to say, as it was typed; what is None is as usual, or as it was."""

    discount: str | None = None
    tax: str | None = None
    valid_until: str | None = None
    contact: str | None = None
    solution: str | None = None
    name: str | None = None
    language: str | None = None
    note: str | None = None
    owner: str | None = None
    edit: Edit = NOTHING
    reprice: bool = False


@dataclass(frozen=True)
class Quoted:
    """A quote that was written: its record, and what is to be said of it."""

    record: Values
    warnings: list[str] = field(default_factory=list)
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
        lines = quoting.read(app, work, texts, money, _tax(wish))
        solution, warnings = _solution(app, work, about, wish.solution)
        values = _fields(app, work, about, wish)
        values.setdefault("name", about["name"])
        values.setdefault("valid_until", today(app) + timedelta(days=_validity(work, about)))
        values["number"], values["solution"] = 1, solution
        warnings += _others(work, about["id"])
        id = _put(app, work, about, values, lines, _discount(wish.discount) or Decimal(0), money)
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


def _validity(work: Store, deal: Row) -> int:
    sop = sops.sop_of(work, deal["pipeline_id"])
    return int(sop.part("discount").get("validity_days") or VALIDITY) if sop else VALIDITY


def _tax(wish: Wish) -> int | None:
    from salesctl.domain.rate import millionths

    return millionths(parse_rate(wish.tax, _("Tax"))) if wish.tax is not None else None


def _discount(text: str | None) -> Decimal | None:
    return parse_rate(text, _("Discount")) if text is not None else None


def _fields(app: App, work: Unit, deal: Row, wish: Wish) -> Values:
    """The fields of a wish that no sum hangs on, read."""
    at = reading(app, work)
    found: Values = {}
    kinds: tuple[tuple[str, Kind], ...] = (("name", NAME), ("language", LANG), ("note", NOTE))
    for key, kind in kinds:
        text = getattr(wish, key)
        if text or (text is not None and key == "name"):
            found[key] = kind.parse(text, _(QUOTE.by_key[key].label), at)
        elif text is not None:
            found[key] = None
    if wish.contact:
        found["contact"] = contact_of(app, work, deal, wish.contact)
    if wish.owner:
        found["owner"] = at.find("rep", wish.owner)
    if wish.valid_until:
        found["valid_until"] = ahead(DATE.parse(wish.valid_until, _("Valid until"), at), at.today)
    return found


def ahead(day: date, today_: date) -> date:
    """A last day of validity. Raises BadValue (4) for one that is over."""
    if day < today_:
        raise BadValue(_("a quote cannot be valid until {day}, which is past").format(day=day))
    return day


def _solution(app: App, work: Unit, deal: Row, text: str | None) -> tuple[Ref | None, list[str]]:
    """The solution that a quote is for: the one named, else the confirmed one of the deal; and what to say of it.

    Raises Refused (4) for one that is not confirmed, or for none, where the SOP says so.
    """
    known = store.solutions(work, deal["id"])
    if text:
        id = reading(app, work).find("solution", text).id
        row = next((one for one in known if one["id"] == id), None)
        if row is None:
            raise Refused(_("{ref} is no solution of {deal}").format(ref=SOLUTION.code(id), deal=DEAL.code(deal["id"])))
    else:
        row = next((one for one in known if one["status"] == "confirmed"), None) or next(iter(known), None)
    sop = sops.sop_of(work, deal["pipeline_id"])
    strict = bool(sop and sop.part("discount").get("unconfirmed") == "refuse")
    ref = Ref("solution", row["id"], row["name"], SOLUTION.code(row["id"])) if row else None
    if row is not None and row["status"] == "confirmed":
        return ref, []
    said, way = _unconfirmed(deal, ref)
    if strict:
        raise Refused(said, way, "unconfirmed")
    return ref, [f"{said}: {way}"] if ref else []


def _unconfirmed(deal: Row, ref: Ref | None) -> tuple[str, str]:
    if ref is None:
        code = DEAL.code(deal["id"])
        said = _("{ref} has no solution that the customer confirmed").format(ref=code)
        return said, f"salesctl solution add {code} --from-needs"
    said = _("the customer has not confirmed {ref}").format(ref=ref.code)
    return said, f"salesctl solution confirm {ref.code} --by CONTACT"


def known(app: App, work: Unit, text: str) -> Row:
    """The quote that is meant, for a write that hangs on how it stands."""
    raw = records.raw(work, QUOTE, reading(app, work).find("quote", text).id)
    work.guard(QUOTE, raw["id"], ("status", "net", "discount"))
    return raw


def edit(app: App, text: str, wish: Wish) -> Quoted:
    """Change a quote: its lines, discount and tax while it is a draft, the rest until it is sent.

    Raises Refused (4) for one that is further on; the way out is the next version.
    """
    with unit(app, "quote.edit") as work:
        raw = known(app, work, text)
        deal = records.raw(work, DEAL, raw["deal_id"])
        values = _fields(app, work, deal, wish)
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


def check_edit(work: Unit, raw: Row, values: Values, priced: bool) -> None:
    """Refuse (4) to change what is agreed on: sums of what is no draft, anything but the owner of what was sent."""
    ref = QUOTE.code(raw["id"])
    status = raw["status"]
    if status == "draft" or (not priced and set(values) <= {"owner"}):
        return
    if not priced and status in ("waiting", "approved"):
        return
    raise Refused(
        _("{ref} is no draft any more: {status}").format(ref=ref, status=said(status)),
        _("make the next version: salesctl quote revise {ref} ...").format(ref=ref),
        "no_draft",
    )


def said(status: str) -> str:
    """How a quote stands, in a word."""
    from salesctl.domain.quote import STATUS

    return _(STATUS.labels[status]).lower()


def _changed(app: App, work: Unit, raw: Row, wish: Wish) -> tuple[list[Line], Decimal, str]:
    """The lines, the discount and the currency of a quote after a wish."""
    money = raw["net_currency"]
    before = store.values(store.lines(work, raw["id"]))
    new = quoting.read(app, work, wish.edit.texts, money, _tax(wish))
    lines = quoteline.edited(before, wish.edit, new)
    if not lines:
        raise Refused(_("a quote has at least one line"), _("put it away: salesctl quote archive REF"))
    tax = _tax(wish)
    if tax is not None:
        lines = [one._replace(tax=tax) for one in lines]
    if wish.reprice:
        lines = [quoteline.repriced(one, store.price(work, one.product)) for one in lines]
    quoting.check(app, work, lines, money)
    discount = _discount(wish.discount)
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
        solution, warnings = _solution(app, work, deal, wish.solution)
        values = _kept(raw) | _fields(app, work, deal, wish)
        values.setdefault("valid_until", today(app) + timedelta(days=_validity(work, deal)))
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
