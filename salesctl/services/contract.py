"""Contracts: signing wins the deal in the same transaction; edits keep dates and payments in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.contract import CONTRACT, RENEWAL, act_on, check_span, last_day, parse_term
from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import DATE, MONEY, Ref
from salesctl.domain.payment import parse_plan
from salesctl.errors import BadValue, Conflict, Duplicate, Refused
from salesctl.i18n import _
from salesctl.money import Money, parse_count
from salesctl.plain import Data
from salesctl.services import attachment, facts, moves, payment
from salesctl.services.base import me_in, reading, today, unit
from salesctl.store import attached, bargains, contracts, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.sop import Item
    from salesctl.domain.stage import Step
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Wish(Data, frozen=True):
    """What was typed of a contract that is signed; None where nothing was."""

    number: str | None = None
    date: str | None = None
    value: str | None = None
    term: str | None = None
    starts: str | None = None
    ends: str | None = None
    renewal: str | None = None
    notice_days: str | None = None
    signed_by: str | None = None
    pay: str | None = None
    note: str | None = None
    attach: Sequence[str] = ()
    override: bool = False
    reason: str | None = None


class Signed(NamedTuple):
    """A contract after signing, and how its deal moved; None where the deal was won before."""

    contract: Values
    moved: moves.Moved | None


def sign(app: App, text: str, wish: Wish) -> Signed:
    """Sign the contract of a deal, which wins it: past the gate of its stage, with the hand-over list of after-sales.

    A deal that is won already only gets the contract. Raises Conflict (5) where it has one, Refused (4) for a lost deal.
    """
    with attached.kept(app.db_path, wish.attach) as files, unit(app, "contract.sign") as work:
        raw = _deal(app, work, text)
        day, _instant = moves.closing(app, work, raw, wish.date)
        id, worth_more = _put(app, work, raw, wish, day)
        attachment.put(work, id, files)
        if wish.pay:
            row = records.raw(work, CONTRACT, id)
            payment.put_plan(work, id, parse_plan(wish.pay, payment.worth(row), payment.dates_of(work, row)))
        won = raw["outcome"] is None
        step: tuple[Step | None, list[Item]] = (None, [])
        if won:
            step = moves.win_in(app, work, raw, wish.date, worth_more, None, wish.override, wish.reason)
        else:
            facts.touch(work, raw["id"], work.at)
    deal = records.get(app.store, DEAL, raw["id"])
    return Signed(
        records.get(app.store, CONTRACT, id), moves.Moved(deal, step[0], step[0], "won", step[1]) if won else None
    )


def _deal(app: App, work: Unit, text: str) -> Row:
    """The deal that is signed: an open one, or a won one that has no contract yet."""
    ref = reading(app, work).find("deal", text)
    raw = records.raw(work, DEAL, ref.id)
    work.guard(DEAL, ref.id, ("stage_id", "outcome"))
    known = contracts.signed(work, ref.id)
    if known:
        code = CONTRACT.code(known["id"])
        raise Conflict(
            _("{ref} has its contract already: {contract}").format(ref=ref.code, contract=f"{code} {known['name']}"),
            _("what goes on after it: salesctl contract renew {ref}").format(ref=code),
            code="signed",
            candidates=[{"ref": code, "name": known["name"]}],
        )
    if raw["outcome"] == "lost":
        raise Refused(
            _("{ref} is {outcome} since {day}").format(ref=ref.code, outcome=_("lost"), day=raw["closed"]),
            _("use: salesctl deal reopen {ref}").format(ref=ref.code),
        )
    return raw


def _put(app: App, work: Unit, deal: Row, wish: Wish, day: date) -> tuple[int, Values]:
    """The contract's row: a draft that was waiting, or a new one; its id, and what the deal is worth now."""
    waiting = next(iter(contracts.drafts(work, deal["id"])), None)
    draft = records.raw(work, CONTRACT, waiting) if waiting else None
    quote = bargains.quote(work, deal["id"])
    value = _value(app, work, deal, quote, draft, wish.value)
    terms = _terms(app, work, wish, day, draft)
    values: Values = {
        "name": _number(work, wish.number, day, draft),
        "signed": day,
        "value": value,
        "received": Money(0, value.currency),
        "signed_by": _signer(app, work, deal, wish.signed_by),
        **terms,
    }
    if wish.note:
        from salesctl.text import check_note

        values["note"] = check_note(wish.note, _("Note"))
    quoted = quote["id"] if quote else None
    if draft is not None:
        work.update(CONTRACT, draft["id"], values, quote_id=quoted)
        id = int(draft["id"])
    else:
        mine = me_in(app, work)
        owner = deal["owner_id"] or (mine.id if mine else None)
        id = work.insert(
            CONTRACT, values, deal_id=deal["id"], customer_id=deal["customer_id"], quote_id=quoted, owner_id=owner
        )
    explicit = wish.value is not None or deal["amount"] is None
    return id, {"amount": value} if explicit else {}


def _value(app: App, work: Unit, deal: Row, quote: Row | None, draft: Row | None, text: str | None) -> Money:
    """What the contract is worth: as typed, else the accepted quote's total, the draft's value, the deal's amount."""
    if text is not None:
        usual = deal["amount_currency"] or (quote["total_currency"] if quote else None)
        at = reading(app, work)
        money: Money = MONEY.parse(text, _("Value"), at._replace(currency=usual or at.currency))
    elif quote and quote["total"] is not None:
        money = Money(quote["total"], quote["total_currency"])
    elif draft and draft["value"] is not None:
        money = Money(draft["value"], draft["value_currency"])
    elif deal["amount"] is not None:
        money = Money(deal["amount"], deal["amount_currency"])
    else:
        raise BadValue(
            _("what is the contract worth? {ref} has no amount").format(ref=DEAL.code(deal["id"])),
            _("say it: --value 48k"),
            missing=["value"],
        )
    if deal["amount_currency"]:
        payment.same_currency(money, deal["amount_currency"])
    return money


def _terms(app: App, work: Unit, wish: Wish, day: date, draft: Row | None) -> Values:
    """From when until when, how it goes on, and when somebody has to act."""
    at = reading(app, work)
    known = {field.key: field.kind.unpack(draft, field.key) if draft else None for field in CONTRACT.fields}
    starts = DATE.parse(wish.starts, _("Starts"), at) if wish.starts else known["starts"] or day
    ends = DATE.parse(wish.ends, _("Ends"), at) if wish.ends else None
    term = parse_term(wish.term) if wish.term else known["term_months"] if not ends else None
    ends = _end(starts, term, ends)
    renewal = RENEWAL.parse(wish.renewal, _("Renewal"), at) if wish.renewal else known["renewal"] or "none"
    notice = parse_count(wish.notice_days, _("Notice days")) if wish.notice_days is not None else known["notice_days"]
    check_span(day, starts, ends, notice)
    if renewal != "none" and ends is None:
        raise BadValue(_("what renews has an end"), _("say it: --term 12m or --ends DATE"), missing=["ends"])
    return {
        "starts": starts, "ends": ends, "term_months": term, "renewal": renewal, "notice_days": notice,
        "act_on": act_on(ends, renewal, notice),
    }  # fmt: skip


def _end(starts: date, term: int | None, ends: date | None) -> date | None:
    """The last day by the term; one that is named must be the same."""
    if term is None:
        return ends
    last = last_day(starts, term)
    if ends is not None and ends != last:
        raise BadValue(
            _("{n} months from {starts} end on {last}, not on {ends}").format(
                n=term, starts=starts, last=last, ends=ends
            ),
            _("give the term or the end"),
        )
    return last


def _number(work: Unit, typed: str | None, day: date, draft: Row | None) -> str:
    """The number of the contract, which no other has; the next one of the year where none is given."""
    from salesctl.text import check_line

    if typed is None:
        return str(draft["name"]) if draft else contracts.next_number(work, day.year)
    name = check_line(typed, _("Number"))
    known = contracts.numbered(work, name)
    if known and (draft is None or known["id"] != draft["id"]):
        code = CONTRACT.code(known["id"])
        raise Duplicate(
            _("{name} is already there as {ref}").format(name=name, ref=code), candidates=[{"ref": code, "name": name}]
        )
    return name


def _signer(app: App, work: Unit, deal: Row, text: str | None) -> Ref | None:
    """Who signed: somebody at the customer. Raises Refused (4) for somebody elsewhere."""
    if not text:
        return None
    ref = reading(app, work).find("contact", text)
    row = work.one("SELECT customer_id FROM contact WHERE id = :id", {"id": ref.id})
    if row and row["customer_id"] and deal["customer_id"] and row["customer_id"] != deal["customer_id"]:
        raise Refused(_("{ref} {name} is not at this customer").format(ref=ref.code, name=ref.name))
    return ref


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit: a new term moves the end, a new end drops a term that is not its; payments planned stay the whole value."""
    raw = records.raw(work, CONTRACT, id)
    if "name" in values:
        _number(work, str(values["name"]), today(app), raw)
    if "value" in values:
        payment.revalue(work, raw, values["value"])
    if values.get("signed_by"):
        deal = records.raw(work, DEAL, raw["deal_id"])
        values["signed_by"] = _signer(app, work, deal, values["signed_by"].code)
    if set(values) & {"starts", "ends", "term_months", "renewal", "notice_days"}:
        values |= _dates_edited(work, raw, values)
    work.update(CONTRACT, id, values)


def _dates_edited(work: Unit, raw: Row, values: Values) -> Values:
    """Start, end, term, renewal and notice after an edit of some of them."""
    keys = ("starts", "ends", "term_months", "renewal", "notice_days")
    now = {key: values[key] if key in values else CONTRACT.by_key[key].kind.unpack(raw, key) for key in keys}
    if now["term_months"] == 0:
        raise BadValue(_("a term is 1 month to {n}").format(n=1200))
    starts = now["starts"] or DATE.unpack(raw, "signed")
    if "ends" in values and "term_months" not in values:
        same = now["term_months"] and starts and now["ends"] == last_day(starts, now["term_months"])
        now["term_months"] = now["term_months"] if same else None
    elif now["term_months"] and starts:
        now["ends"] = _end(starts, now["term_months"], values.get("ends"))
    check_span(DATE.unpack(raw, "signed"), starts, now["ends"], now["notice_days"])
    renewed = contracts.after(work, raw["id"])
    return {**now, "act_on": None if renewed else act_on(now["ends"], now["renewal"], now["notice_days"])}
