"""What comes after a contract: the next one, with a deal in the pipeline where it is to be asked for; or its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.contract import CONTRACT, act_on, check_span, last_day, parse_term
from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import DATE, Ref
from salesctl.errors import Conflict, Refused
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.services import facts, payment
from salesctl.services.base import today, unit
from salesctl.store import contracts, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Renewed(NamedTuple):
    """What follows a contract: the next one, and the deal it is waiting for; None where it renewed itself."""

    before: Values
    contract: Values
    deal: Values | None


def renew(app: App, text: str, term: str | None = None, value: str | None = None) -> Renewed:
    """The next contract, from the day after the end. One that renews itself goes on in its own deal; any other gets
    a renewal deal in the pipeline, and waits there to be signed. Raises Conflict (5) where that was done already.
    """
    from salesctl.services.record import create

    with unit(app, "contract.renew") as work:
        raw = payment.signed_one(app, work, text)
        ends, months = _renewable(work, raw, term)
        worth = payment.typed(app, work, raw, value) if value else payment.worth(raw)
        starts = ends + timedelta(days=1)
        deal, itself = int(raw["deal_id"]), raw["renewal"] == "auto"
        if not itself:
            deal = create(app, work, DEAL, _renewal_deal(work, raw, worth, ends))
        last = last_day(starts, months)
        renewal = raw["renewal"] if itself else "ask"
        values: Values = {
            "name": contracts.next_number(work, starts.year), "signed": today(app) if itself else None, "value": worth,
            "starts": starts, "ends": last, "term_months": months, "renewal": renewal, "notice_days": raw["notice_days"],
            "received": Money(0, worth.currency), "act_on": act_on(last, renewal, raw["notice_days"]) if itself else None,
        }  # fmt: skip
        kept = {key: raw[key] for key in ("customer_id", "owner_id")}
        id = work.insert(CONTRACT, values, deal_id=deal, follows_id=raw["id"], **kept)
        work.update(CONTRACT, raw["id"], {"act_on": None})
        facts.touch(work, deal, work.at)
    store = app.store
    opened = None if itself else records.get(store, DEAL, deal)
    return Renewed(records.get(store, CONTRACT, raw["id"]), records.get(store, CONTRACT, id), opened)


def _renewable(work: Unit, raw: Row, term: str | None) -> tuple[date, int]:
    """The end of a contract that nothing follows yet, and for how many months it goes on."""
    ref = CONTRACT.code(raw["id"])
    after = contracts.after(work, raw["id"])
    if after:
        code = CONTRACT.code(after["id"])
        raise Conflict(
            _("{ref} is followed by {next} already").format(ref=ref, next=f"{code} {after['name']}"),
            code="renewed",
            candidates=[{"ref": code, "name": after["name"]}],
        )
    ends = DATE.unpack(raw, "ends")
    if ends is None:
        raise Refused(_("{ref} has no end").format(ref=ref), f"salesctl contract edit {ref} ends=eoy")
    months = parse_term(term) if term else raw["term_months"]
    if months is None:
        raise Refused(_("for how long does {ref} go on?").format(ref=ref), _("say it: --term 12m"), missing=["term"])
    return ends, int(months)


def _renewal_deal(work: Unit, raw: Row, worth: Money, ends: date) -> Values:
    """The deal that a renewal is sold by: of the same customer, pipeline, contact and owner, to be closed by the end."""
    old = records.raw(work, DEAL, raw["deal_id"])
    refs = {
        key: Ref(key if key != "owner" else "rep", old[f"{key}_id"], old[key], "")
        for key in ("customer", "contact", "pipeline", "owner")
        if old[f"{key}_id"] is not None
    }
    gone = work.one("SELECT 1 FROM pipeline WHERE id = :id AND archived_at IS NOT NULL", {"id": old["pipeline_id"]})
    if gone:
        refs.pop("pipeline", None)
    name = _("{name}, renewal").format(name=old["name"])[:200]
    note = _("renews {ref} {number}").format(ref=CONTRACT.code(raw["id"]), number=raw["name"])
    return {"name": name, "amount": worth, "expected_close": ends, "note": note, **refs}


def end(app: App, text: str, at: str | None = None, reason: str | None = None) -> Values:
    """A contract ends, on its last day or an earlier one, and is not renewed. Raises Refused (4) for a later day."""
    from salesctl.text import check_line
    from salesctl.when import parse_date

    with unit(app, "contract.end") as work:
        raw = payment.signed_one(app, work, text)
        last = DATE.unpack(raw, "ends")
        day = parse_date(at, today(app)) if at else last or today(app)
        check_span(DATE.unpack(raw, "signed"), DATE.unpack(raw, "starts"), day, None)
        if last and day > last:
            raise Refused(
                _("{ref} ends on {last}, before {day}").format(ref=CONTRACT.code(raw["id"]), last=last, day=day),
                _("to make it longer: salesctl contract edit {ref} ends=DATE").format(ref=CONTRACT.code(raw["id"])),
            )
        values: Values = {"ends": day, "renewal": "none", "act_on": None}
        values["term_months"] = raw["term_months"] if day == last else None
        if reason:
            said = check_line(reason, _("Reason"))
            values["note"] = f"{raw['note']}\n{said}" if raw["note"] else said
        work.update(CONTRACT, raw["id"], values)
    return records.get(app.store, CONTRACT, raw["id"])


def put_away(work: Unit, deal: int) -> None:
    """A deal is lost: the contract that waited for its signature goes with it."""
    for id in contracts.drafts(work, deal):
        work.update(CONTRACT, id, {}, archived_at=work.at)


def take_back(work: Unit, deal: int) -> None:
    """A deal is open again, and so is the contract that waited in it."""
    for id in contracts.drafts(work, deal, archived=True):
        work.update(CONTRACT, id, {}, archived_at=None)
