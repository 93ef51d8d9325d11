"""A quote on its way: submitted for approval, sent, accepted or declined by the customer.

Sending and declining move nothing else. Accepting makes the quote's net sum and lines those of the deal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.contact import CONTACT
from salesctl.domain.deal import DEAL
from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.kinds import DATE, Ref
from salesctl.domain.quote import LIVE, QUOTE
from salesctl.errors import Conflict, Refused
from salesctl.i18n import _
from salesctl.money import Money, exact
from salesctl.plain import Data, fresh
from salesctl.services import approval, deal, facts, quoting
from salesctl.services.base import local_now, me_in, today, unit
from salesctl.services.moves import open_deal
from salesctl.services.people import contact_of
from salesctl.services.quote import known, open_quote, superseded
from salesctl.services.solution import past_day
from salesctl.store import quoting as store
from salesctl.store import records

if TYPE_CHECKING:
    from datetime import date

    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Done(Data, frozen=True):
    """What became of a quote: its record, the approval it waits for, the follow-up that was logged, the deal's change."""

    record: Values
    approval: int | None = None
    logged: int | None = None
    deal: Values | None = None
    was: Money | None = None  # what the deal was worth before
    others: list[str] = fresh(factory=list)  # quotes of the deal that are still open


def expired(raw: Row, day: date) -> bool:
    until = DATE.unpack(raw, "valid_until")
    return bool(until and until < day)


def _valid(raw: Row, day: date) -> None:
    """Refuse (4) a quote that was not valid any more on a day; the way out is the next version."""
    if not expired(raw, day):
        return
    ref = QUOTE.code(raw["id"])
    way = _("make the next version: salesctl quote revise {ref} --valid-until +30d")
    if raw["status"] == "draft":
        way = _("use: salesctl quote edit {ref} --valid-until +30d")
    raise Refused(
        _("{ref} was valid until {day}").format(ref=ref, day=raw["valid_until"]), way.format(ref=ref), "expired"
    )


def submit(app: App, text: str) -> Done:
    """Ask for approval where the discount policy wants one; without it the quote may be sent at once."""
    with unit(app, "quote.submit") as work:
        raw = known(app, work, text)
        if raw["status"] == "superseded":
            raise superseded(work, raw)
        if raw["status"] != "draft":
            raise _submitted(work, raw)
        open_deal(app, work, DEAL.code(raw["deal_id"]))
        _valid(raw, today(app))
        asked = approval.ask(app, work, raw)
        work.update(QUOTE, raw["id"], {"status": "waiting" if asked else "approved"})
        facts.touch(work, raw["deal_id"], work.at)
    return Done(records.get(app.store, QUOTE, raw["id"]), asked)


def _submitted(work: Unit, raw: Row) -> Refused | Conflict:
    from salesctl.services.quote import said

    ref = QUOTE.code(raw["id"])
    waiting = store.approval(work, raw["id"]) if raw["status"] == "waiting" else None
    message = _("{ref} is {status}").format(ref=ref, status=said(raw["status"]))
    if waiting:
        way = _("it waits for approval: salesctl approval list; see: salesctl approval show A{id}")
        return Conflict(message, way.format(id=waiting["id"]), "waiting")
    way = _("send it: salesctl quote send {ref}") if raw["status"] == "approved" else ""
    return Refused(message, way.format(ref=ref), raw["status"])


def send(app: App, text: str, to: str | None = None, at: str | None = None) -> Done:
    """The quote goes to the customer: logged as a mail that was done. A draft goes only where nobody has to approve it.

    Raises Refused (4) for one that has run out, or that somebody has to approve first.
    """
    from salesctl.services.followup import happened

    with unit(app, "quote.send") as work:
        raw = open_quote(app, work, text, ("draft", "approved", "sent"))
        about = open_deal(app, work, DEAL.code(raw["deal_id"]))
        when = happened(app, at)
        _valid(raw, when.astimezone(local_now(app).tzinfo).date())
        if raw["status"] == "draft" and approval.ask(app, work, raw) is not None:
            ref = QUOTE.code(raw["id"])
            raise Refused(
                _("{ref} has to be approved first").format(ref=ref), f"salesctl quote submit {ref}", "approval"
            )
        whom = _addressee(raw, to)
        work.update(QUOTE, raw["id"], {"status": "sent", "sent_at": when, "sent_to": whom})
        logged = _logged(app, work, raw, about, whom, when)
        facts.touch(work, raw["deal_id"], FOLLOWUP.by_key["done_at"].kind.pack(when)[0])
    return Done(records.get(app.store, QUOTE, raw["id"]), logged=logged)


def _addressee(raw: Row, to: str | None) -> str | None:
    from salesctl.text import check_line

    if to:
        return check_line(to, _("Sent to"))
    return str(raw["contact"]) if raw["contact"] else None


def _logged(app: App, work: Unit, raw: Row, about: Row, whom: str | None, when: Any) -> int:
    """The follow-up that says that it was sent."""
    money = exact(Money(raw["total"], raw["total_currency"]))
    said = _("quote {ref}, version {n}, {money}").format(ref=QUOTE.code(raw["id"]), n=raw["number"], money=money)
    to = " " + _("to {whom}").format(whom=whom) if whom else ""
    contact = raw["contact_id"] or about["contact_id"]
    values: Values = {
        "subject": f"{said}{to}",
        "type": "mail",
        "done_at": when,
        "owner": me_in(app, work),
        "maker": app.me,
        "contact": Ref("contact", contact, "", CONTACT.code(contact)) if contact else None,
    }
    return work.insert(FOLLOWUP, values, deal_id=about["id"], customer_id=about["customer_id"])


def accept(app: App, text: str, at: str | None = None, by: str | None = None) -> Done:
    """The customer said yes: the deal is worth what the quote says before tax, and has its lines.

    Raises Refused (4) for a quote that had run out on that day, that nobody approved yet, or beside one accepted.
    """
    with unit(app, "quote.accept") as work:
        raw = open_quote(app, work, text, ("approved", "sent"))
        about = open_deal(app, work, DEAL.code(raw["deal_id"]))
        day = past_day(app, about, at)
        _valid(raw, day)
        _same_currency(raw, about)
        others = [one for one in store.of_deal(work, about["id"]) if one["id"] != raw["id"]]
        _only(others)
        values: Values = {"status": "accepted", "decided_on": day}
        if by:
            values["decided_by"] = contact_of(app, work, about, by)
        work.update(QUOTE, raw["id"], values)
        was = DEAL.by_key["amount"].kind.unpack(about, "amount")
        sold = quoting.lines_of_deal(store.lines(work, raw["id"]), raw["net_currency"])
        change = {"amount": Money(raw["net"], raw["net_currency"]), "product": sold}
        deal.edited(app, work, about["id"], change)
        facts.touch(work, about["id"], work.at)
    still = [QUOTE.code(one["id"]) for one in others if one["status"] in LIVE]
    return Done(
        records.get(app.store, QUOTE, raw["id"]), deal=records.get(app.store, DEAL, about["id"]), was=was, others=still
    )


def _same_currency(raw: Row, about: Row) -> None:
    """Refuse (4) a quote in another currency than its deal has by now."""
    mine, other = raw["net_currency"], about["amount_currency"]
    if other is not None and other != mine:
        names = {"ref": QUOTE.code(raw["id"]), "mine": mine, "deal": DEAL.code(about["id"]), "other": other}
        raise Refused(
            _("{ref} is in {mine}, {deal} is in {other}").format(**names),
            _("use: salesctl deal edit {deal} amount=...{mine}").format(**names),
            "currency",
        )


def _only(others: list[Row]) -> None:
    """Refuse (4) a second quote that is accepted for one deal."""
    first = next((one for one in others if one["status"] == "accepted"), None)
    if first is not None:
        ref = QUOTE.code(first["id"])
        raise Refused(
            _("{ref} of the same deal is accepted already").format(ref=ref),
            _("to change it: salesctl quote revise {ref}; for another order: salesctl deal add").format(ref=ref),
            "accepted",
        )


def decline(app: App, text: str, reason: str | None, at: str | None = None, by: str | None = None) -> Done:
    """The customer said no, for a reason (Refused, 4, without one); the deal stays as it is."""
    from salesctl.text import check_line

    if not (reason or "").strip():
        raise Refused(
            _("a declined quote needs a reason"),
            _('say why: salesctl quote decline {ref} "price"').format(ref=text),
            missing=["reason"],
        )
    with unit(app, "quote.decline") as work:
        raw = open_quote(app, work, text)
        about = records.raw(work, DEAL, raw["deal_id"])
        values: Values = {"status": "declined", "decided_on": past_day(app, about, at)}
        values["reason"] = check_line(str(reason), _("Reason"))
        if by:
            values["decided_by"] = contact_of(app, work, about, by)
        approval.withdraw_in(app, work, raw["id"])
        work.update(QUOTE, raw["id"], values)
        facts.touch(work, about["id"], work.at)
    return Done(records.get(app.store, QUOTE, raw["id"]))
