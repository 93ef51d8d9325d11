"""Approvals: asked for when a quote gives more than its owner may, decided by one or two people, withdrawn.

A quote that waits goes on to approved, or back to draft; nothing else of it and nothing of its deal is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.approval import APPROVAL
from salesctl.domain.kinds import Ref
from salesctl.domain.quote import QUOTE
from salesctl.errors import Conflict, NotAllowed, Refused
from salesctl.i18n import N_, _
from salesctl.services import facts
from salesctl.services.approvers import Case, chain, for_whom, myself
from salesctl.services.base import me_in, reading, today, unit
from salesctl.store import approvals, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.discount import Verdict
    from salesctl.domain.sop import Sop
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]
DONE = {"approved": N_("approved"), "rejected": N_("rejected"), "withdrawn": N_("withdrawn")}


def ask(app: App, work: Unit, quote: Row) -> int | None:
    """Ask for what a quote gives more than its owner may, in an open unit; the approval, or None where nobody has to.

    The caller sets the quote's status. Raises Refused (4) where no band covers the discount or nobody is there to
    approve, Conflict (5) while one is waiting already.
    """
    from salesctl.services.discount import beyond, judged, policy

    known = approvals.of_quote(work, quote["id"], "waiting")
    if known:
        ref, approval = QUOTE.code(quote["id"]), APPROVAL.code(known)
        raise Conflict(_("{ref} waits for {approval} already").format(ref=ref, approval=approval))
    sop = policy(work, quote)
    if sop is None:
        return None
    mine = me_in(app, work)
    owner = quote["owner_id"] or (mine.id if mine else None)
    asker = mine.id if mine else owner
    people = approvals.everybody(work)
    verdict = judged(work, quote, sop, people.roles(owner))
    if not verdict.asks:
        return None
    if verdict.band is None:
        raise beyond(quote, verdict)
    deciders = chain(people, quote, verdict.band, owner, {id for id in (asker, owner) if id is not None})
    id = _asked(work, quote, sop, verdict, asker, deciders)
    for place, (role, approver) in enumerate(zip(verdict.band.steps, deciders, strict=True), start=1):
        row = {"approval_id": id, "position": place, "role": role, "approver_id": approver, "decision": None}
        work.put("approval_step", {**row, "decided_by_id": None, "decided_at": None, "note": None})
    facts.touch(work, quote["deal_id"], work.at)
    return id


def _asked(work: Unit, quote: Row, sop: Sop, verdict: Verdict, asker: int | None, deciders: Sequence[int]) -> int:
    from salesctl.money import Money
    from salesctl.services.discount import rate

    band, currency = verdict.band, quote["net_currency"]
    assert band is not None
    values: Values = {
        "name": quote["name"],
        "discount": rate(verdict.discount),
        "amount": Money(quote["net"], currency),
        "list_total": Money(quote["list_total"], currency),
        "state": "waiting",
        "step": 1,
        "steps": len(deciders),
        "allowed": rate(verdict.allowed),
        "band_over": rate(band.low),
        "band_to": rate(band.high),
        "band_amount": band.amount,
        "sop": sop.number,
    }
    refs = {"quote_id": quote["id"], "deal_id": quote["deal_id"], "asked_by_id": asker, "waits_for_id": deciders[0]}
    return work.insert(APPROVAL, values, **refs)


def withdraw_in(app: App, work: Unit, quote: int) -> int | None:
    """Withdraw what a quote waits for, in an open unit, as the quote is changed; which approval, or None.

    A quote that waited is a draft again; the caller may set another status.
    """
    id = approvals.of_quote(work, quote, "waiting")
    if id is not None:
        work.update(APPROVAL, id, {"state": "withdrawn"}, waits_for_id=None)
        _status(work, quote, "draft")
    return id


def _status(work: Unit, quote: int, status: str) -> None:
    row = work.stored("quote", quote)
    if row is not None and row["status"] == "waiting":
        work.update(QUOTE, quote, {"status": status})


def approve(app: App, texts: Sequence[str], note: str | None = None) -> list[Values]:
    """Approve what waits for me, all or none of them; the approvals. The last step makes the quote approved.

    Raises NotAllowed (6) for the wrong person, Conflict (5) for what is decided or withdrawn already.
    """
    said = _said(note)
    with unit(app, "approval.approve") as work:
        ids = []
        for text in texts:
            turn = _turn(app, work, text)
            _decide(app, work, turn, "approved", said)
            following = next((one for one in turn.steps if one["position"] == turn.raw["step"] + 1), None)
            kept: Values = {"note": said} if said else {}
            if following is not None:
                change: Values = {**kept, "step": following["position"]}
                work.update(APPROVAL, turn.id, change, waits_for_id=following["approver_id"])
            else:
                work.update(APPROVAL, turn.id, {**kept, "state": "approved"}, waits_for_id=None)
                _status(work, turn.raw["quote_id"], "approved")
            ids.append(turn.id)
    return [records.get(app.store, APPROVAL, id) for id in ids]


def reject(app: App, text: str, reason: str | None) -> Values:
    """Reject what waits for me; the quote is a draft again. A reason is needed (Refused, 4)."""
    if not (reason or "").strip():
        raise Refused(_("a rejection needs a reason"), _('say why with --reason "..."'), missing=["reason"])  # fmt: skip
    said = _said(reason)
    with unit(app, "approval.reject") as work:
        turn = _turn(app, work, text)
        _decide(app, work, turn, "rejected", said)
        work.update(APPROVAL, turn.id, {"state": "rejected", "note": said}, waits_for_id=None)
        _status(work, turn.raw["quote_id"], "draft")
    return records.get(app.store, APPROVAL, turn.id)


def withdraw(app: App, text: str, reason: str | None = None) -> Values:
    """Take back what was asked for: by who asked, or who has the quote (NotAllowed, 6). The quote is a draft again."""
    said = _said(reason)
    with unit(app, "approval.withdraw") as work:
        raw = _waiting(app, work, text)
        mine = myself(app, work)
        quote = records.raw(work, QUOTE, raw["quote_id"])
        whose = {raw["asked_by_id"], quote["owner_id"]} - {None}
        if whose and mine.id not in whose:
            people = approvals.everybody(work)
            names = ", ".join(str(people.name(id)) for id in sorted(whose))
            raise NotAllowed(
                _("{ref} was asked for by {who}, not by {me}").format(
                    ref=APPROVAL.code(raw["id"]), who=names, me=mine.name
                ),
                _("who may decide it rejects it: salesctl approval reject {ref}").format(ref=APPROVAL.code(raw["id"])),
            )
        kept: Values = {"note": said} if said else {}
        work.update(APPROVAL, raw["id"], {**kept, "state": "withdrawn"}, waits_for_id=None)
        _status(work, raw["quote_id"], "draft")
        facts.touch(work, raw["deal_id"], work.at)
    return records.get(app.store, APPROVAL, raw["id"])


def _said(text: str | None) -> str | None:
    from salesctl.text import check_note

    return check_note(text, _("Note")) if text and text.strip() else None


class Turn(NamedTuple):
    """An approval whose turn it is: its row, its steps, the one that is decided now, and by whom."""

    raw: Row
    steps: list[Row]
    step: Row
    mine: Ref

    @property
    def id(self) -> int:
        return int(self.raw["id"])


def _waiting(app: App, work: Unit, text: str) -> Row:
    """An approval that still waits. Conflict (5) says who decided it or took it back, and when."""
    ref = reading(app, work).find("approval", text)
    raw = records.raw(work, APPROVAL, ref.id)
    if raw["state"] != "waiting":
        later = approvals.told(work, ref.id, {"state"}) or {"actor": None, "at": raw["updated_at"], "operation": None}
        who, at = later["actor"] or _("somebody"), later["at"]
        raise Conflict(
            _("{ref} was {done} by {who} at {at}").format(ref=ref.code, done=_(DONE[raw["state"]]), who=who, at=at),
            f"salesctl approval show {ref.code}",
            "decided", by=later["actor"], at=at, state=raw["state"], operation=later["operation"],
        )  # fmt: skip
    return raw


def _turn(app: App, work: Unit, text: str) -> Turn:
    """An approval whose turn it is, for the one who is typing."""
    raw = _waiting(app, work, text)
    mine = myself(app, work)
    steps = approvals.steps(work, raw["id"])
    step = next(one for one in steps if one["position"] == raw["step"])
    quote = records.raw(work, QUOTE, raw["quote_id"])
    case = Case(approvals.everybody(work), raw, quote, steps, today(app))
    before = next((one for one in steps if one["decision"] and mine.id in case.may(one)), None)
    if before is not None:
        raise _decided(raw, before, step)
    _may(case, raw, step, mine)
    if (quote["net"], quote["list_total"]) != (raw["amount"], raw["list_total"]):
        ref = APPROVAL.code(raw["id"])
        raise Conflict(
            _("{quote} is not as it was when {ref} was asked for").format(quote=QUOTE.code(quote["id"]), ref=ref),
            _("withdraw it, then submit it again: salesctl approval withdraw {ref}").format(ref=ref),
        )
    return Turn(raw, steps, step, mine)


def _decided(raw: Row, before: Row, step: Row) -> Conflict:
    """The refusal of a second decision on a step: who was first, when, and who is next."""
    who, at, done = before["decided_by"], before["decided_at"], before["decision"]
    return Conflict(
        _("{ref} was {done} by {who} at {at}").format(ref=APPROVAL.code(raw["id"]), done=_(DONE[done]), who=who, at=at),
        _("it waits for {who} now").format(who=step["approver"]),
        "decided", by=who, at=at, state=done,
    )  # fmt: skip


def _may(case: Case, raw: Row, step: Row, mine: Ref) -> None:
    """Refuse with NotAllowed (6) who is neither the approver whose turn it is nor stands in for that one today."""
    ref = APPROVAL.code(raw["id"])
    if mine.id in case.own:
        message = _("{ref} is yours; nobody approves their own").format(ref=ref)
        raise NotAllowed(message, f"salesctl approval show {ref}")
    if mine.id not in case.may(step):
        who = for_whom(case.people, step["approver_id"], case.stand_in(step))
        raise NotAllowed(
            _("{ref} waits for {who}, not for {me}").format(ref=ref, who=who, me=mine.name),
            _("who is away has a deputy: salesctl rep edit NAME deputy=NAME away_from=today away_until=+7d"),
        )


def _decide(app: App, work: Unit, turn: Turn, decision: str, note: str | None) -> None:
    values = {"decision": decision, "decided_by_id": turn.mine.id, "decided_at": work.at, "note": note}
    work.amend("approval_step", turn.step["id"], values)
    facts.touch(work, turn.raw["deal_id"], work.at)
