"""How deals move: on and back from stage to stage past the SOP, won, lost, reopened. Bulk moves take the same path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.sop import Item
from salesctl.domain.stage import Step, move
from salesctl.errors import BadValue, Refused, StageGate
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import bargain, facts, gates
from salesctl.services.base import reading, today, unit
from salesctl.services.deal import after_sales, start_of
from salesctl.store import deals, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.money import Money
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Moved(Data, frozen=True):
    """A deal after a move: its record, where it was, where it is, and what the SOP missed when it left."""

    deal: Values
    before: Step | None
    after: Step | None
    way: str  # next, skip, back, won, lost, reopened
    missing: list[Item] = fresh(factory=list)


def advance(app: App, text: str, to: str | None = None, reason: str | None = None, override: bool = False) -> Moved:
    """Move a deal on to the next stage, or to the one named. Skipping or going back needs a reason (StageGate, 4)."""
    return advance_all(app, [text], to, reason, override)[0]


def advance_all(
    app: App, texts: Sequence[str], to: str | None = None, reason: str | None = None, override: bool = False
) -> list[Moved]:
    """Move deals on in one transaction: where one may not, none moves."""
    done = []
    with unit(app, "deal.advance") as work:
        for text in texts:
            raw = open_deal(app, work, text)
            now = deals.step(work, raw["stage_id"])
            order = deals.steps(work, raw["pipeline_id"], every=False)
            there = _target(work, raw, order, now, to)
            done.append((raw["id"], now, there, *step_to(app, work, raw, there, reason, override)))
    return [Moved(records.get(app.store, DEAL, id), now, there, way, missing) for id, now, there, way, missing in done]


def step_to(
    app: App, work: Unit, raw: Row, there: Step, reason: str | None, override: bool = False
) -> tuple[str, list[Item]]:
    """Move one open deal to a stage in an open unit: which way it went, and what was missing."""
    order = deals.steps(work, raw["pipeline_id"], every=False)
    now = deals.step(work, raw["stage_id"])
    way = move(order, now, there) if now is None or now in order else "next"
    if way == "same":
        raise Refused(_("{ref} is in {stage} already").format(ref=DEAL.code(raw["id"]), stage=there.shown))
    _gate(raw, way, now, there, reason)
    missing: list[Item] = []
    if way in ("next", "skip"):
        passed = _passed(order, now, there) if way == "skip" else []
        missing = gates.leave(app, work, raw, now, passed, override, _reason(reason))
    elif now is not None:
        gates.close(work, raw["id"])
    _go(work, raw, there, reason)
    gates.enter(app, work, raw, there, again=way == "back")
    return way, missing


def _passed(order: list[Step], now: Step | None, there: Step) -> list[Step]:
    """The stages that are jumped over."""
    first = order.index(now) if now in order and now else -1
    return order[first + 1 : order.index(there)]


def back(app: App, text: str, to: str | None = None, reason: str | None = None) -> Moved:
    """Move a deal back to the stage before, or to an earlier one; it needs a reason (StageGate, 4)."""
    with unit(app, "deal.back") as work:
        raw = open_deal(app, work, text)
        order = deals.steps(work, raw["pipeline_id"], every=False)
        now = deals.step(work, raw["stage_id"])
        place = order.index(now) if now in order else 0
        if to is None and place == 0:
            raise Refused(_("{ref} is in the first stage").format(ref=DEAL.code(raw["id"])))
        there = deals.stage_called(work, to, raw["pipeline_id"]) if to else order[place - 1]
        if there.phase == "after":
            raise after_sales(there)
        if move(order, now, there) != "back":
            raise Refused(
                _("{stage} is not before {now}").format(stage=there.shown, now=now.shown if now else "-"),
                _("use: salesctl advance"),
            )
        step_to(app, work, raw, there, reason)
    return Moved(records.get(app.store, DEAL, raw["id"]), now, there, "back")


def _target(work: Unit, raw: Row, order: list[Step], now: Step | None, to: str | None) -> Step:
    if to is not None:
        there = deals.stage_called(work, to, raw["pipeline_id"])
        if there.phase == "after":
            raise after_sales(there)
        return there
    if now is None:
        return order[0]
    if now.phase == "signing" or now == order[-1]:
        ref = DEAL.code(raw["id"])
        raise StageGate(
            _("{stage} is the last stage of {ref}").format(stage=now.shown, ref=ref),
            _("use: salesctl win {ref}").format(ref=ref),
            missing=["win"],
        )
    return order[order.index(now) + 1]


def _gate(raw: Row, way: str, now: Step | None, there: Step, reason: str | None) -> None:
    if way not in ("skip", "back") or (reason or "").strip():
        return
    names = {"ref": DEAL.code(raw["id"]), "now": now.shown if now else "-", "stage": there.shown}
    if way == "skip":
        message = _("going from {now} to {stage} skips a stage of {ref}").format(**names)
    else:
        message = _("{stage} is before {now}, where {ref} is").format(**names)
    raise StageGate(message, _('say why with --reason "..."'), missing=["reason"])


def _go(work: Unit, raw: Row, there: Step, reason: str | None) -> None:
    changed: Values = {"stage_id": there.id, "stage_at": work.at}
    if raw["probability_source"] != "hand":
        changed["probability"] = there.probability
        changed["probability_source"] = "stage" if there.probability is not None else None
    work.update(DEAL, raw["id"], {}, **changed)
    facts.record(work, raw["id"], "stage", work.at, _reason(reason))
    facts.touch(work, raw["id"], work.at)


def _reason(text: str | None) -> str | None:
    if text is None:
        return None
    from salesctl.text import check_line

    return check_line(text, _("Reason"))


def win(
    app: App,
    text: str,
    at: str | None = None,
    note: str | None = None,
    amount: str | None = None,
    override: bool = False,
    reason: str | None = None,
) -> Moved:
    """A deal is won: an outcome, in the stage it stands in; what the SOP asks before is checked as for a move.

    An amount is in the currency of the deal; BadValue (4) where it says another.
    """
    with unit(app, "deal.win") as work:
        raw = open_deal(app, work, text)
        values: Values = {"amount": _won_with(app, work, raw, amount)} if amount else {}
        now, missing = win_in(app, work, raw, at, values, note, override, reason)
    return Moved(records.get(app.store, DEAL, raw["id"]), now, now, "won", missing)


def _won_with(app: App, work: Unit, raw: Row, text: str) -> Money:
    at = reading(app, work)
    code = raw["amount_currency"] or at.currency
    found: Money = DEAL.by_key["amount"].kind.parse(text, _("Amount"), at._replace(currency=code))
    if raw["amount_currency"] and found.currency != code:
        from salesctl.text import clean

        ref, text = DEAL.code(raw["id"]), clean(text)
        raise BadValue(
            _("{ref} is in {one}, {text} is in {other}").format(ref=ref, one=code, text=text, other=found.currency),
            _('if it is meant, say so first: salesctl deal edit {ref} amount="{text}"').format(ref=ref, text=text),
        )
    return found


def win_in(
    app: App, work: Unit, raw: Row, at: str | None, values: Values, note: str | None, override: bool, reason: str | None
) -> tuple[Step | None, list[Item]]:
    """Win an open deal in an open unit: past the gate of its stage, with the hand-over list of what comes after."""
    day, instant = closing(app, work, raw, at)
    now = deals.step(work, raw["stage_id"])
    order = deals.steps(work, raw["pipeline_id"])
    open_ones = [one for one in order if one.phase != "after"]
    last = next((one for one in open_ones if one.phase == "signing"), open_ones[-1] if open_ones else None)
    passed = []
    if now in open_ones and last in open_ones and now and last:
        passed = open_ones[open_ones.index(now) + 1 : open_ones.index(last) + 1]
    missing = gates.leave(app, work, raw, now, passed, override, _reason(reason))
    _close(work, raw, "won", day, instant, values, note)
    bargain.rivals_open(work, raw["id"])
    gates.enter(app, work, raw, next((one for one in order if one.phase == "after"), None), again=True)
    return now, missing


def lose(
    app: App, text: str, reason: str | None, at: str | None = None, lost_to: str | None = None, note: str | None = None
) -> Moved:
    """A deal is lost; a reason is needed (Refused, 4)."""
    if not (reason or "").strip():
        raise Refused(_("a lost deal needs a reason"), _('say why: salesctl lose REF "price"'), missing=["reason"])
    from salesctl.services.renewal import put_away

    with unit(app, "deal.lose") as work:
        raw = open_deal(app, work, text)
        day, instant = closing(app, work, raw, at)
        why = _reason(reason)
        values: Values = {"lost_reason": why}
        if lost_to:
            values["lost_to"] = values["competitor"] = _reason(lost_to)
        gates.close(work, raw["id"])
        _close(work, raw, "lost", day, instant, values, note, why)
        if lost_to:
            bargain.rival_won(work, raw["id"], str(values["lost_to"]))
        put_away(work, raw["id"])
        now = deals.step(work, raw["stage_id"])
    return Moved(records.get(app.store, DEAL, raw["id"]), now, now, "lost")


def _close(
    work: Unit,
    raw: Row,
    outcome: str,
    day: date,
    instant: str,
    values: Values,
    note: str | None,
    why: str | None = None,
) -> None:
    values = {"outcome": outcome, "closed": day, **values}
    if note:
        values["note"] = _noted(raw["note"], note)
    work.update(DEAL, raw["id"], values)
    facts.record(work, raw["id"], outcome, instant, why)
    facts.touch(work, raw["id"], instant)


def _noted(before: str | None, note: str) -> str:
    from salesctl.text import check_note

    text = check_note(note, _("Note"))
    return f"{before}\n{text}" if before else text


def closing(app: App, work: Unit, raw: Row, at: str | None) -> tuple[date, str]:
    """The closing day and its instant: now, or the start of an earlier day; never before the deal began.

    A deal that was opened again after that day is closed from that moment on.
    """
    if at is None:
        return today(app), work.at
    from salesctl.when import parse_date

    day = parse_date(at, today(app), future=False)
    began = DEAL.by_key["created"].kind.unpack(raw, "created")
    if day > today(app):
        raise BadValue(_("{day} is in the future").format(day=day))
    if began and day < began:
        raise BadValue(_("{day} is before the deal began ({began})").format(day=day, began=began))
    if day == today(app):
        return day, work.at
    stored = work.stored("deal", raw["id"])
    again = stored["reopened_at"] if stored else None
    return day, max(start_of(app, day), again or "")  # it was open when it was opened again, whatever is said since


def reopen(app: App, text: str, reason: str | None = None) -> Moved:
    """A closed deal is open again, in the stage it closed in; the close stays in its history."""
    from salesctl.services.renewal import take_back

    with unit(app, "deal.reopen") as work:
        ref = reading(app, work).find("deal", text)
        raw = records.raw(work, DEAL, ref.id)
        work.guard(DEAL, ref.id, ("outcome",))
        if raw["outcome"] is None:
            raise Refused(_("{ref} is open already").format(ref=ref.code))
        stage = deals.step(work, raw["stage_id"])
        values: Values = {"outcome": None, "closed": None, "lost_reason": None, "lost_to": None}
        work.update(DEAL, ref.id, values, reopened_at=work.at, stage_at=work.at)
        gates.reopened(work, raw)
        bargain.rivals_open(work, ref.id)
        take_back(work, ref.id)
        facts.record(work, ref.id, "reopened", work.at, _reason(reason))
        facts.touch(work, ref.id, work.at)
    return Moved(records.get(app.store, DEAL, ref.id), stage, stage, "reopened")


def open_deal(app: App, work: Unit, text: str) -> Row:
    """The open deal that is meant, for a write that checks its stage. Refused (4) for a closed one, Conflict (5)."""
    ref = reading(app, work).find("deal", text)
    raw = records.raw(work, DEAL, ref.id)
    work.guard(DEAL, ref.id, ("stage_id", "outcome"))
    if raw["outcome"] is not None:
        outcome = _("won") if raw["outcome"] == "won" else _("lost")
        raise Refused(
            _("{ref} is {outcome} since {day}").format(ref=ref.code, outcome=outcome, day=raw["closed"]),
            _("use: salesctl deal reopen {ref}").format(ref=ref.code),
        )
    return raw
