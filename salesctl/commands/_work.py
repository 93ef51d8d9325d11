"""The SOP at the place of work: what a stage is for, what is to be done in it, what is missing before the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.commands._waiting import MOST, Waiting, word
from salesctl.i18n import N_, _
from salesctl.services import gates
from salesctl.store import deals, records, sops

if TYPE_CHECKING:
    from salesctl.domain.sop import Item, Stage
    from salesctl.domain.stage import Step
    from salesctl.services.moves import Moved

Values = dict[str, Any]
MODES = {"block": N_("blocks"), "warn": N_("warns"), "off": N_("off")}


def ahead(app: Any, moved: Moved) -> list[str]:
    """What the stage that a deal came into asks for; after a win the hand-over list."""
    if moved.way in ("lost", "reopened"):
        return []
    from salesctl.domain.deal import DEAL

    raw = records.raw(app.store, DEAL, moved.deal["id"])
    step = moved.after
    if moved.way == "won":
        steps = deals.steps(app.store, raw["pipeline_id"])
        step = next((one for one in steps if one.phase == "after"), None)
    stage = _stage(app, raw["pipeline_id"], step)
    if stage is None or step is None:
        return []
    tasks = [one for one in sops.tasks_of(app.store, raw["id"], step.id) if one["state"] == "open"]
    aim = stage.values.get("aim")
    lines = [f"{step.shown}: {aim}"] if aim else []
    lines += [f"  [ ] TK{one['id']} {one['name']}{_when(one)}" for one in tasks]
    lines += [f"  {_('tools')}: {tool}" for tool in stage.tools]
    return lines


def _when(task: Any) -> str:
    parts = [part for part in (task["due"], task["owner"]) if part]
    return f"  ({', '.join(parts)})" if parts else ""


def _stage(app: Any, pipeline: int | None, step: Step | None) -> Stage | None:
    sop = sops.sop_of(app.store, pipeline)
    return sop.stages.get(step.key or "") if sop and step else None


def waiting(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Stage tasks that are due."""
    rows, total = sops.due_tasks(app.store, day.isoformat(), owners, MOST)
    if not rows:
        return None
    items = [
        {"ref": f"TK{one['id']}", "name": one["name"], "due": one["due"], "deal": one["deal"], "deal_ref": f"D{one['deal_id']}"}
        for one in rows
    ]  # fmt: skip
    parts = [
        word(f"TK{one['id']} {one['name']} D{one['deal_id']}", (day - date.fromisoformat(one["due"])).days)
        for one in rows
    ]
    return Waiting("tasks", _("Stage tasks"), parts, items, total, nudges=False)


def checks(app: Any, deal: int) -> tuple[Step | None, list[tuple[Item, bool]]]:
    """The stage that an open deal stands in, and what it asks for before the deal leaves it."""
    from salesctl.domain.deal import DEAL

    raw = records.raw(app.store, DEAL, deal)
    if raw["outcome"] is not None:
        return None, []
    step = deals.step(app.store, raw["stage_id"])
    return step, gates.listed(app.store, raw, step)


def block(step: Step | None, items: list[tuple[Item, bool]]) -> tuple[list[str], str]:
    """`Before Quote ends  [x] prices  [ ] terms  1/2`, and the command that mends the first thing missing."""
    if step is None or not items:
        return [], ""
    marks = "  ".join(f"[{'x' if there else ' '}] {item.name}" for item, there in items)
    done = sum(there for _item, there in items)
    head = _("Before leaving {stage}").format(stage=step.shown)
    missing = [item for item, there in items if not there]
    return [f"{head}  {marks}  {done}/{len(items)}"], missing[0].fix if missing else ""


def data(items: list[tuple[Item, bool]]) -> list[Values]:
    """The same for scripts."""
    return [
        {"item": item.key, "sort": item.sort, "name": item.name, "met": there, "mode": item.mode, "fix": item.fix}
        for item, there in items
    ]
