"""Stages and pipelines as data: a new stage goes to the end of its pipeline, a new chance reaches the deals in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import Ref
from salesctl.domain.stage import STAGE
from salesctl.services import facts
from salesctl.store import deals

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]


def prepare(app: App, work: Unit, values: Values) -> Values:
    """The pipeline of a new stage is the first one unless it is named; its place is the last one."""
    pipeline: Ref | None = values.get("pipeline")
    id = pipeline.id if pipeline else deals.first_pipeline(work)
    if values.get("position") is None:
        row = work.one("SELECT max(position) AS last FROM stage WHERE pipeline_id = :id", {"id": id})
        values["position"] = ((row["last"] if row else None) or 0) + 1
    values.pop("pipeline", None)
    return {"pipeline_id": id}


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """A new probability of a stage is that of its open deals, where nobody set another by hand; each is a fact."""
    was = work.update(STAGE, id, values)
    if "probability" not in was:
        return
    chance = values["probability"]
    rows = work.query(
        "SELECT id FROM deal WHERE stage_id = :id AND outcome IS NULL"
        " AND (probability_source = 'stage' OR probability IS NULL) ORDER BY id",
        {"id": id},
    )
    for row in rows:
        source = "stage" if chance is not None else None
        if work.update(DEAL, row["id"], {}, probability=chance, probability_source=source):
            facts.record(work, row["id"], "repriced", work.at)


def archive(app: App, texts: list[str], move_to: str | None = None) -> list[Values]:
    """Put stages away; one that holds open deals goes only with `move_to`, which takes them (Refused, 4)."""
    from salesctl.services.base import reading, unit
    from salesctl.services.sop import empty_stage
    from salesctl.store import records

    with unit(app, "stage.archive") as work:
        ids = [reading(app, work).find("stage", text).id for text in texts]
        for id in ids:
            here = deals.step(work, id)
            assert here is not None
            row = work.one("SELECT pipeline_id FROM stage WHERE id = :id", {"id": id})
            target = deals.stage_called(work, move_to, row["pipeline_id"] if row else None) if move_to else None
            empty_stage(app, work, here, target)
            work.update(STAGE, id, {}, archived_at=work.at)
    return [records.get(app.store, STAGE, id) for id in ids]
