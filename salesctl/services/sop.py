"""The SOP of a pipeline: loaded as a new version with its stages, made stricter, compared; its tasks ticked off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from salesctl.domain import soplint
from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import Ref
from salesctl.domain.sop import MODES, Item, Sop, enforced
from salesctl.domain.stage import PIPELINE, STAGE, Step
from salesctl.domain.task import TASK
from salesctl.errors import BadFile, NotFound, Refused, UsageError
from salesctl.i18n import _, _n
from salesctl.plain import Data, fresh
from salesctl.services import gates, moves, record
from salesctl.services.base import reading, unit
from salesctl.store import approvals, deals, records, sops
from salesctl.store.create import STAGE as OWN

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row, Store
    from salesctl.store.write import Unit

Values = dict[str, Any]


class Loaded(Data):
    """What loading a SOP did: the pipeline, the version, the stages made, changed and taken out, the deals moved."""

    pipeline: Ref
    number: int
    made: list[str] = fresh(factory=list)
    changed: list[str] = fresh(factory=list)
    gone: list[str] = fresh(factory=list)
    moved: int = 0
    same: bool = False


def checked(text: str, name: str, store: Store | None = None) -> dict[str, Any]:
    """The plan of a SOP. Raises BadFile (4) with every fault and its line.

    With a store, whoever is named in it has to be a rep there.
    """
    plan, faults = soplint.lint(text, approvals.names(store) if store and store.exists else None)
    if plan is None:
        head = _n("{name} has {n} fault", "{name} has {n} faults", len(faults)).format(name=name, n=len(faults))
        told = [{"line": one.line, "why": one.why} for one in faults]
        raise BadFile(head, _("nothing was loaded"), faults=told)
    return plan


def pipeline_of(app: App, store: Store, word: str | None) -> Ref:
    """The pipeline that is meant: named, or the first one."""
    if word:
        return reading(app, store).find("pipeline", word)
    id = deals.first_pipeline(store)
    if id is None:
        raise NotFound(_("there is no pipeline yet"), _("salesctl init makes one with its SOP"))
    row = records.raw(store, PIPELINE, id)
    return Ref("pipeline", id, row["name"], PIPELINE.code(id))


def load(
    app: App, text: str, name: str, pipeline: str | None = None, move_to: str | None = None, note: str | None = None
) -> Loaded:
    """Load a SOP as the next version of its pipeline, whose stages become those of the SOP.

    A stage that is not in it any more and holds open deals goes only with `move_to` (Refused, 4).
    """
    plan = checked(text, name, app.store)
    with unit(app, "sop.load") as work:
        done = Loaded(_into(app, work, plan, pipeline), 0)
        now = sops.sop_row(work, done.pipeline.id)
        if now and now["body"] == text and not move_to:
            done.number, done.same = now["number"], True
            return done
        done.number = (now["number"] if now else 0) + 1
        _stages(app, work, plan, done, move_to)
        _keep(app, work, done.pipeline.id, done.number, text, plan, note)
    return done


def _keep(app: App, work: Unit, pipeline: int, number: int, text: str, plan: Values, note: str | None) -> None:
    from salesctl.text import check_line

    body = json.dumps(plan, ensure_ascii=False)
    said = check_line(note, _("Note")) if note else None
    row = {"pipeline_id": pipeline, "number": number, "body": text, "plan": body, "note": said}
    work.put("sop", {**row, "loaded_at": work.at, "loaded_by": app.me})


def _into(app: App, work: Unit, plan: Values, word: str | None) -> Ref:
    """The pipeline a SOP is for: the one named, the one of its name, the first while it has none, or a new one."""
    if word:
        return reading(app, work).find("pipeline", word)
    from salesctl.text import check_line, name_key

    named = plan.get("pipeline", {}).get("name")
    if not named:
        return pipeline_of(app, work, None)
    title = check_line(named, _("Pipeline"))
    row = work.one("SELECT id FROM pipeline WHERE name_key = :key AND archived_at IS NULL", {"key": name_key(title)})
    id = row["id"] if row else work.insert(PIPELINE, {"name": title})
    return Ref("pipeline", id, title, PIPELINE.code(id))


def _stages(app: App, work: Unit, plan: Values, done: Loaded, move_to: str | None) -> None:
    known = deals.steps(work, done.pipeline.id)
    kept: set[int] = set()
    for position, one in enumerate(plan["stage"], start=1):
        here = next((s for s in known if s.key == one["key"]), None) or next(
            (s for s in known if s.key is None and s.answers(one["name"])), None
        )
        values: Values = {"phase": "open", **{name: one.get(name) for name in OWN}, "position": position}
        values["phase"] = values["phase"] or "open"
        if here is None:
            own = {key: values.pop(key) for key in ("key",)}
            kept.add(record.create(app, work, STAGE, {**values, "pipeline": done.pipeline}, **own))
            done.made.append(one["name"])
            continue
        kept.add(here.id)
        raw = records.raw(work, STAGE, here.id)
        changed = {key: value for key, value in values.items() if raw[key] != value}
        if changed:
            record.change(app, work, STAGE, here.id, changed)
            done.changed.append(one["name"])
    gone = [step for step in known if step.id not in kept]
    target = deals.stage_called(work, move_to, done.pipeline.id) if move_to and gone else None
    for step in gone:
        done.moved += empty_stage(app, work, step, target)
        work.update(STAGE, step.id, {}, archived_at=work.at)
        done.gone.append(step.name)


def empty_stage(app: App, work: Unit, step: Step, target: Step | None) -> int:
    """Move the open deals out of a stage that is to go; how many. Refused (4) where there are some and no target."""
    rows = work.query("SELECT id FROM deal WHERE stage_id = :id AND outcome IS NULL ORDER BY id", {"id": step.id})
    if not rows:
        return 0
    if target is None or target.id == step.id:
        said = _n("{stage} holds {n} open deal", "{stage} holds {n} open deals", len(rows))
        raise Refused(
            said.format(stage=step.shown, n=len(rows)), _("say where they go: --move-to STAGE"), missing=["move_to"]
        )
    if target.phase == "after":
        from salesctl.services.deal import after_sales

        raise after_sales(target)
    for row in rows:
        raw = records.raw(work, DEAL, row["id"])
        moves.step_to(app, work, raw, target, _("{stage} was taken out").format(stage=step.name), override=True)
    return len(rows)


def enforce(app: App, mode: str, place: str | None, pipeline: str | None) -> tuple[Ref, int, str]:
    """Set how strict the SOP is: everywhere, in a stage, or for one item; a new version. The pipeline and its number."""
    if mode not in MODES:
        raise UsageError(_("unknown strictness {word}").format(word=mode), _("use block, warn or off"))
    with unit(app, "sop.enforce") as work:
        ref = pipeline_of(app, work, pipeline)
        now = sops.sop_row(work, ref.id)
        if now is None:
            raise NotFound(_("{name} has no SOP yet").format(name=ref.name), _("salesctl sop load FILE, or --default"))
        key = _place(work, ref.id, Sop(json.loads(now["plan"])), place)
        text = enforced(now["body"], key, mode)
        number = int(now["number"])
        if text != now["body"]:
            number += 1
            _keep(app, work, ref.id, number, text, checked(text, "SOP"), f"{key} = {mode}")
    return ref, number, key


def _place(work: Unit, pipeline: int, sop: Sop, word: str | None) -> str:
    """`报价`, `quote.price_check` or nothing as the key that the SOP knows."""
    if not word:
        return "all"
    stage, _dot, item = word.partition(".")
    step = deals.stage_called(work, stage, pipeline)
    plan = sop.stages.get(step.key or "")
    if plan is None:
        raise NotFound(_("the SOP says nothing of {stage}").format(stage=step.shown))
    known = [key for key, _sort in plan.items] + [one.key for one in plan.tasks if not one.required]
    if item and item not in known:
        raise UsageError(
            _("{stage} has no item {word}").format(stage=step.shown, word=item),
            _("it has: {known}").format(known=", ".join(known)),
        )
    return f"{plan.key}.{item}" if item else plan.key


def impact(store: Store, new: Sop, pipeline: int) -> list[tuple[Row, Step, list[Item]]]:
    """The open deals that a SOP would hold up in their stage and that the present one does not."""
    old = sops.sop_of(store, pipeline)
    found = []
    steps = {step.id: step for step in deals.steps(store, pipeline)}
    sql = f"{records.select(DEAL)} WHERE t.pipeline_id = :id AND t.outcome IS NULL AND t.archived_at IS NULL ORDER BY t.id"
    for raw in store.query(sql, {"id": pipeline}):
        step = steps.get(raw["stage_id"])
        before = {one.key for one in gates.lacking(store, raw, step, old)} if old else set()
        more = [one for one in gates.lacking(store, raw, step, new) if one.key not in before]
        if step and more:
            found.append((raw, step, more))
    return found


def tick(app: App, text: str, word: str | None, note: str | None, undo: bool = False) -> Values:
    """Tick a task of a stage off, or open it again: by its ref, or by its deal and its name; the task."""
    with unit(app, "sop.untick" if undo else "sop.tick") as work:
        at = reading(app, work)
        if word is None:
            task = records.raw(work, TASK, at.find("task", text).id)
        else:
            task = gates.task_called(work, at.find("deal", text), word)
        if not undo:
            work.guard(TASK, task["id"], ("state",))
        gates.tick(app, work, task, note, undo)
        from salesctl.services import facts

        facts.touch(work, task["deal_id"], work.at)
    return records.get(app.store, TASK, task["id"])
