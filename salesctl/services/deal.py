"""Deals as records: how they begin, what an edit is, their lines, and changing hands. `moves` has how they move."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL, STATE
from salesctl.domain.kinds import Ref
from salesctl.domain.stage import Step
from salesctl.errors import BadValue, Refused, StageGate
from salesctl.i18n import _
from salesctl.services import facts, gates
from salesctl.services.base import local_now, me_in, reading, today, unit, zone
from salesctl.store import deals, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.lines import Line
    from salesctl.money import Money
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]


def prepare(app: App, work: Unit, values: Values) -> Values:
    """A new deal begins in the first stage of its pipeline, with that stage's probability, in the hands of who adds it."""
    pipeline = values.get("pipeline")
    id = pipeline.id if pipeline else deals.first_pipeline(work)
    if id is None:
        raise Refused(_("there is no pipeline left"), _("use: salesctl pipeline restore PL1"))
    stage: Ref | None = values.get("stage")
    here = deals.step(work, stage.id) if stage else next(iter(deals.steps(work, id, every=False)), None)
    if here and here.phase == "after":
        raise after_sales(here)
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


def after_sales(there: Step) -> Refused:
    """The refusal of what comes after the win as the stage of an open deal."""
    return StageGate(
        _("{stage} comes after the win; no open deal stands in it").format(stage=there.shown),
        _("use: salesctl win REF"),
        missing=["win"],
    )


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
    at = work.at if began >= today(app) else start_of(app, began)
    work.amend("deal", id, {"stage_at": at, "touched_at": at})
    facts.record(work, id, "created", at)
    raw = records.raw(work, DEAL, id)
    gates.enter(app, work, raw, deals.step(work, raw["stage_id"]))


def start_of(app: App, day: date) -> str:
    """The instant at which a day of the organisation begins."""
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
    closed = DEAL.by_key["closed"].kind.unpack(raw, "closed")
    if values.get("created") and closed and values["created"] > closed:
        raise BadValue(_("{day} is after the deal closed ({closed})").format(day=values["created"], closed=closed))
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
    if "owner_id" in was and values.get("owner"):
        _hand_on(work, id, raw["owner_id"], values["owner"].id)
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


def assign(app: App, texts: list[str], owner: str) -> list[Values]:
    """Give deals to another rep; what was done stays with who did it."""
    with unit(app, "deal.assign") as work:
        at = reading(app, work)
        rep = at.find("rep", owner)
        ids = [at.find("deal", text).id for text in texts]
        for id in ids:
            before = records.raw(work, DEAL, id)["owner_id"]
            if work.update(DEAL, id, {"owner": rep}):
                facts.record(work, id, "assigned", work.at)
                _hand_on(work, id, before, rep.id)
    return [records.get(app.store, DEAL, id) for id in ids]


def _hand_on(work: Unit, deal: int, before: int | None, owner: int) -> None:
    """The open stage tasks and quotes of the one who had a deal go with it."""
    from salesctl.services import quoting

    gates.hand_on(work, deal, before, owner)
    quoting.hand_on(work, deal, before, owner)


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
