"""What happens to deals: they are opened, move from stage to stage, are won, lost, reopened, and change hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL, STATE
from salesctl.domain.kinds import Ref
from salesctl.domain.stage import Step, move
from salesctl.errors import BadValue, Refused, StageGate
from salesctl.i18n import _
from salesctl.services import facts
from salesctl.services.base import local_now, me_in, reading, today, unit, zone
from salesctl.store import deals, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.lines import Line
    from salesctl.money import Money
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """A deal after a move: its record, where it was, where it is, and what to say of it."""

    deal: Values
    before: Step | None
    after: Step | None
    way: str  # next, skip, back, won, lost, reopened


def prepare(app: App, work: Unit, values: Values) -> Values:
    """A new deal begins in the first stage of its pipeline, with that stage's probability, in the hands of who adds it."""
    pipeline = values.get("pipeline")
    id = pipeline.id if pipeline else deals.first_pipeline(work)
    if id is None:
        raise Refused(_("there is no pipeline left"), _("use: salesctl pipeline restore PL1"))
    stage: Ref | None = values.get("stage")
    here = deals.step(work, stage.id) if stage else next(iter(deals.steps(work, id, every=False)), None)
    if here and here.phase == "after":
        raise _after_sales(here)
    if here and stage:
        row = work.one("SELECT pipeline_id FROM stage WHERE id = :id", {"id": here.id})
        id = row["pipeline_id"] if row else id
    if values.get("owner") is None:
        values["owner"] = me_in(app, work)
    if values.get("created") is None:
        values["created"] = today(app)
    if values["created"] > today(app):
        raise BadValue(_("a deal cannot begin in the future ({day})").format(day=values["created"]))
    if values.get("amount") is None:
        values["amount"] = _of_lines(values.get("product"))
    values.pop("stage", None)
    values.pop("pipeline", None)
    chance = _chance(values, here)
    return {
        "pipeline_id": id,
        "stage_id": here.id if here else None,
        "stage_at": work.at,
        "touched_at": work.at,
    } | chance


def _of_lines(lines: list[Line] | None) -> Money | None:
    """The amount of a deal that names none: its lines together, when each has one in the same currency."""
    from salesctl.money import Money

    amounts = [line.amount for line in lines or ()]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts) or len({amount.currency for amount in known}) > 1:
        return None
    return Money(sum(amount.minor for amount in known), known[0].currency)


def _chance(values: Values, here: Step | None) -> Values:
    if values.get("probability") is not None:
        return {"probability_source": "hand"}
    known = here.probability if here else None
    values.pop("probability", None)
    return {"probability": known, "probability_source": "stage" if known is not None else None}


def born(app: App, work: Unit, id: int, values: Values) -> None:
    """The first fact of a deal, on the day it began."""
    began: date = values["created"]
    if values.get("product"):
        put_lines(work, id, values["product"])
    at = work.at if began >= today(app) else _start_of(app, began)
    work.amend("deal", id, {"stage_at": at, "touched_at": at})
    facts.record(work, id, "created", at)


def _start_of(app: App, day: date) -> str:
    from salesctl.when import iso, to_instant

    return iso(to_instant(day, None, zone(app))[0])


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit; one of the state is a fact. The stage moves by advance and back only."""
    raw = records.raw(work, DEAL, id)
    if "stage" in values and (values["stage"].id if values["stage"] else None) != raw["stage_id"]:
        raise Refused(
            _("the stage of a deal is moved, not edited"), _("use: salesctl advance {ref} STAGE").format(ref=f"D{id}")
        )
    values.pop("stage", None)
    if "product" in values:
        put_lines(work, id, values.pop("product"))
    extra: Values = {}
    if "probability" in values:
        chance = _chance(values, deals.step(work, raw["stage_id"]))
        extra |= chance
    pipeline = values.get("pipeline")
    if pipeline and pipeline.id != raw["pipeline_id"]:
        extra |= _into(work, pipeline.id, raw)
    was = work.update(DEAL, id, values, **extra)
    if set(was) & set(STATE):
        facts.record(work, id, "edited", work.at)
    if set(was) & {"stage_id", "amount", "amount_currency", "note"}:
        facts.touch(work, id, work.at)


def _into(work: Unit, pipeline: int, raw: Row) -> Values:
    first = next(iter(deals.steps(work, pipeline, every=False)), None)
    stage: Values = {"stage_id": first.id if first else None, "stage_at": work.at}
    if raw["probability_source"] != "hand":
        stage["probability"] = first.probability if first else None
        stage["probability_source"] = "stage" if first and first.probability is not None else None
    return stage


def advance(app: App, text: str, to: str | None = None, reason: str | None = None) -> Moved:
    """Move a deal on to the next stage, or to the one named. Skipping or going back needs a reason (StageGate, 4)."""
    with unit(app, "deal.advance") as work:
        raw = _open(app, work, text)
        order = deals.steps(work, raw["pipeline_id"], every=False)
        now = deals.step(work, raw["stage_id"])
        there = _target(work, raw, order, now, to)
        way = move(order, now, there)
        if way == "same":
            raise Refused(_("{ref} is in {stage} already").format(ref=DEAL.code(raw["id"]), stage=there.shown))
        _gate(raw, way, now, there, reason)
        _go(work, raw, there, reason)
    return Moved(records.get(app.store, DEAL, raw["id"]), now, there, way)


def back(app: App, text: str, to: str | None = None, reason: str | None = None) -> Moved:
    """Move a deal back to the stage before, or to an earlier one; it needs a reason (StageGate, 4)."""
    with unit(app, "deal.back") as work:
        raw = _open(app, work, text)
        order = deals.steps(work, raw["pipeline_id"], every=False)
        now = deals.step(work, raw["stage_id"])
        place = order.index(now) if now in order else 0
        if to is None and place == 0:
            raise Refused(_("{ref} is in the first stage").format(ref=DEAL.code(raw["id"])))
        there = deals.stage_called(work, to, raw["pipeline_id"]) if to else order[place - 1]
        if there.phase == "after":
            raise _after_sales(there)
        if move(order, now, there) != "back":
            raise Refused(
                _("{stage} is not before {now}").format(stage=there.shown, now=now.shown if now else "-"),
                _("use: salesctl advance"),
            )
        _gate(raw, "back", now, there, reason)
        _go(work, raw, there, reason)
    return Moved(records.get(app.store, DEAL, raw["id"]), now, there, "back")


def _target(work: Unit, raw: Row, order: list[Step], now: Step | None, to: str | None) -> Step:
    if to is not None:
        there = deals.stage_called(work, to, raw["pipeline_id"])
        if there.phase == "after":
            raise _after_sales(there)
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


def _after_sales(there: Step) -> Refused:
    return StageGate(
        _("{stage} comes after the win; no open deal stands in it").format(stage=there.shown),
        _("use: salesctl win REF"),
        missing=["win"],
    )


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


def win(app: App, text: str, at: str | None = None, note: str | None = None, amount: str | None = None) -> Moved:
    """A deal is won: an outcome, in the stage it stands in."""
    return _close(app, text, "won", at, note, amount=amount)


def lose(
    app: App, text: str, reason: str | None, at: str | None = None, lost_to: str | None = None, note: str | None = None
) -> Moved:
    """A deal is lost; a reason is needed (Refused, 4)."""
    if not (reason or "").strip():
        raise Refused(_("a lost deal needs a reason"), _('say why: salesctl lose REF "price"'), missing=["reason"])
    return _close(app, text, "lost", at, note, reason=_reason(reason), lost_to=lost_to)


def _close(
    app: App,
    text: str,
    outcome: str,
    at: str | None,
    note: str | None,
    *,
    reason: str | None = None,
    lost_to: str | None = None,
    amount: str | None = None,
) -> Moved:
    with unit(app, "deal.win" if outcome == "won" else "deal.lose") as work:
        raw = _open(app, work, text)
        day, instant = _closing(app, work, raw, at)
        values: Values = {"outcome": outcome, "closed": day}
        if outcome == "lost":
            values["lost_reason"] = reason
            if lost_to:
                values["lost_to"] = values["competitor"] = _reason(lost_to)
        if amount:
            values["amount"] = DEAL.by_key["amount"].kind.parse(amount, _("Amount"), reading(app, work))
        if note:
            values["note"] = _noted(raw["note"], note)
        work.update(DEAL, raw["id"], values)
        facts.record(work, raw["id"], outcome, instant, reason)
        facts.touch(work, raw["id"], instant)
        now = deals.step(work, raw["stage_id"])
    return Moved(records.get(app.store, DEAL, raw["id"]), now, now, outcome)


def _noted(before: str | None, note: str) -> str:
    from salesctl.text import check_note

    text = check_note(note, _("Note"))
    return f"{before}\n{text}" if before else text


def _closing(app: App, work: Unit, raw: Row, at: str | None) -> tuple[date, str]:
    """The closing day and its instant: now, or the start of an earlier day; never before the deal began."""
    if at is None:
        return today(app), work.at
    from salesctl.when import parse_date

    day = parse_date(at, today(app), future=False)
    began = DEAL.by_key["created"].kind.unpack(raw, "created")
    if day > today(app):
        raise BadValue(_("{day} is in the future").format(day=day))
    if began and day < began:
        raise BadValue(_("{day} is before the deal began ({began})").format(day=day, began=began))
    return day, work.at if day == today(app) else _start_of(app, day)


def reopen(app: App, text: str, reason: str | None = None) -> Moved:
    """A closed deal is open again, in the stage it closed in; the close stays in its history."""
    with unit(app, "deal.reopen") as work:
        ref = reading(app, work).find("deal", text)
        raw = records.raw(work, DEAL, ref.id)
        work.guard(DEAL, ref.id, ("outcome",))
        if raw["outcome"] is None:
            raise Refused(_("{ref} is open already").format(ref=ref.code))
        stage = deals.step(work, raw["stage_id"])
        values: Values = {"outcome": None, "closed": None, "lost_reason": None, "lost_to": None}
        work.update(DEAL, ref.id, values, reopened_at=work.at)
        facts.record(work, ref.id, "reopened", work.at, _reason(reason))
        facts.touch(work, ref.id, work.at)
    return Moved(records.get(app.store, DEAL, ref.id), stage, stage, "reopened")


def assign(app: App, texts: list[str], owner: str) -> list[Values]:
    """Give deals to another rep; what was done stays with who did it."""
    with unit(app, "deal.assign") as work:
        at = reading(app, work)
        rep = at.find("rep", owner)
        ids = [at.find("deal", text).id for text in texts]
        for id in ids:
            if work.update(DEAL, id, {"owner": rep}):
                facts.record(work, id, "assigned", work.at)
    return [records.get(app.store, DEAL, id) for id in ids]


def _open(app: App, work: Unit, text: str) -> Row:
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


def put_lines(work: Unit, deal: int, lines: list[Line] | None) -> None:
    """The lines of a deal; the ones there were are replaced, and the history says what they were."""
    before = _lines_told(work, deal)
    for row in work.query("SELECT id FROM deal_line WHERE deal_id = :id ORDER BY id", {"id": deal}):
        work.remove("deal_line", row["id"])
    for line in lines or ():
        work.put("deal_line", {"deal_id": deal, **line.stored})
    after = _lines_told(work, deal)
    if before != after:
        work.log("deal", deal, "update", {"~product": before}, {"~product": after})


def _lines_told(work: Unit, deal: int) -> str | None:
    """The lines of a deal as its history tells them."""
    rows = deals.lines(work, [deal]).get(deal, [])
    return ", ".join(f"{row['product']} x {row['quantity']}" for row in rows) or None


def days_in_stage(app: App, raw: Row) -> int | None:
    """Days since the deal came into its stage."""
    from salesctl.domain.kinds import INSTANT

    since = INSTANT.unpack(raw, "stage_at")
    return None if since is None else (today(app) - since.astimezone(local_now(app).tzinfo).date()).days
