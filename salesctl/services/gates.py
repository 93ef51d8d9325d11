"""The SOP at the place of work: what a deal lacks to leave its stage, and the tasks it gets when it comes into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain import sop as rules
from salesctl.domain.kinds import Ref
from salesctl.domain.sop import JUMP, Item, Sop
from salesctl.domain.sop import Task as Planned
from salesctl.domain.stage import Step
from salesctl.domain.task import TASK
from salesctl.errors import Refused, StageGate
from salesctl.i18n import _, _n
from salesctl.plain import replace
from salesctl.services.base import me, today
from salesctl.store import mends, sops

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row, Store
    from salesctl.store.write import Unit

CHECK = ("deal_id", "operation_id", "stage_id", "sop_id", "item", "sort", "state", "rep_id", "at", "reason")


def listed(store: Store, deal: Row, step: Step | None, sop: Sop | None = None) -> list[tuple[Item, bool]]:
    """What a stage asks of a deal, by the SOP as it stands or the one given, and whether the deal has it."""
    plan = sop or sops.sop_of(store, deal["pipeline_id"])
    if plan is None or step is None or step.key not in plan.stages:
        return []
    stage = plan.stages[str(step.key)]
    done = sops.done_tasks(store, [deal["id"]]).get((deal["id"], step.id), set())
    wanted = [one.fact for one in stage.require if one.fact]
    facts = sops.facts_of(store, [deal["id"]], wanted)[deal["id"]]
    found = rules.listed(plan, stage.key, sops.filled(store, deal), facts, done, f"D{deal['id']}")
    asked = {one.key: str(one.fact or one.field) for one in stage.require}
    open_ = {asked[item.key] for item, there in found if item.sort == "require" and not there}
    fixes = mends.of(store, deal, open_, (*stage.channels, *plan.channels)) if open_ else {}
    return [(replace(item, fix=_fix(item, asked, fixes)), there) for item, there in found]


def _fix(item: Item, asked: dict[str, str], fixes: dict[str, str]) -> str:
    """The command that mends an item, for this very deal."""
    return fixes.get(asked[item.key], item.fix) if item.sort == "require" else item.fix


def lacking(store: Store, deal: Row, step: Step | None, sop: Sop | None = None) -> list[Item]:
    """What a deal lacks to leave a stage."""
    return [item for item, there in listed(store, deal, step, sop) if not there]


def leave(
    app: App, work: Unit, deal: Row, now: Step | None, passed: list[Step], override: bool, reason: str | None
) -> list[Item]:
    """Check what the SOP asks before a deal leaves a stage, write down what was met and what was not; what is missing.

    Raises StageGate (4) with everything at once where the SOP blocks and nobody overrides; overriding needs a reason.
    """
    sop = sops.sop_of(work, deal["pipeline_id"])
    if sop is None or now is None:
        return []
    items = lacking(work, deal, now, sop)
    blocking = [one for one in items if one.mode == "block"]
    if blocking and not override:
        raise _refusal(f"D{deal['id']}", now, items)
    if override and not (reason or "").strip():
        raise Refused(_("--override needs a reason"), _('say why with --reason "..."'), missing=["reason"])
    _write_down(app, work, deal, sop, now, passed, items, override, reason)
    for task in sops.tasks_of(work, deal["id"], now.id):
        if task["state"] == "open":
            work.update(TASK, task["id"], {"state": "skipped"})
    return items


def _refusal(ref: str, now: Step, items: list[Item]) -> StageGate:
    listed = ", ".join(one.name for one in items)
    said = _n(
        "{n} thing is missing before {ref} leaves {stage}: {listed}",
        "{n} things are missing before {ref} leaves {stage}: {listed}",
        len(items),
    )
    way = _('or, counted: --override --reason "..."')
    hint = "; ".join([*dict.fromkeys(one.fix for one in items), way])
    told = [{"item": one.key, "name": one.name, "fix": one.fix, "mode": one.mode} for one in items]
    refusal = StageGate(said.format(n=len(items), ref=ref, stage=now.shown, listed=listed), hint, missing=told)
    refusal.lines = (
        _head(ref, now, items),
        *(line for one in items for line in (f"- {one.name}", f"    {one.fix}")),
        way,
    )
    return refusal


def _head(ref: str, now: Step, items: list[Item]) -> str:
    said = _n(
        "{n} thing is missing before {ref} leaves {stage}, with what mends it:",
        "{n} things are missing before {ref} leaves {stage}, each with what mends it:",
        len(items),
    )
    return said.format(n=len(items), ref=ref, stage=now.shown)


def _write_down(
    app: App, work: Unit, deal: Row, sop: Sop, now: Step, passed: list[Step], items: list[Item], override: bool,
    reason: str | None,
) -> None:  # fmt: skip
    mine = me(app, work)
    lacking = {one.key: one.mode for one in items}
    stage = sop.stages.get(now.key or "")
    head = (deal["id"], work.operation)
    tail = (mine.id if mine else deal["owner_id"], work.at)
    rows: list[tuple[Any, ...]] = []
    for key, sort in stage.items if stage else ():
        if sop.mode(str(now.key), key) == "off":
            continue
        state = "met" if key not in lacking else "overridden" if lacking[key] == "block" and override else "missing"
        said = reason if state == "overridden" else None
        rows.append((*head, now.id, sop.id, key, sort, state, *tail, said))
    rows += [(*head, one.id, sop.id, JUMP, "jump", "missing", *tail, reason) for one in passed]
    if rows:
        work.put_many("sop_check", CHECK, rows)


def enter(app: App, work: Unit, deal: Row, step: Step | None, again: bool = False) -> None:
    """The tasks of a stage that a deal has come into; one that it has already stays, one skipped is open `again`."""
    sop = sops.sop_of(work, deal["pipeline_id"])
    stage = sop.stages.get(step.key or "") if sop and step else None
    if sop is None or stage is None or step is None:
        return
    known = {row["key"]: row for row in sops.tasks_of(work, deal["id"], step.id)}
    days = None
    for task in stage.tasks:
        if task.key in known:
            if again and known[task.key]["state"] == "skipped":
                work.update(TASK, known[task.key]["id"], {"state": "open"})
            continue
        if days is None:
            from salesctl.services.goal import calendar

            days = calendar(work)
        due = days.add(today(app), task.due) if task.due is not None else None
        work.insert(TASK, {
            "name": task.name, "key": task.key, "state": "open", "required": "yes" if task.required else "no", "due": due,
        }, deal_id=deal["id"], stage_id=step.id, owner_id=doer(work, task, deal))  # fmt: skip


def doer(store: Store, task: Planned, deal: Row) -> int | None:
    """Who a task is for: the owner of the deal, the owner's manager, somebody of after-sales, or a rep by name."""
    owner: int | None = deal["owner_id"]
    if task.who == "owner":
        return owner
    if task.who == "manager":
        row = store.one("SELECT manager_id AS id FROM rep WHERE id = :id", {"id": owner})
        return row["id"] if row else None
    from salesctl.text import name_key

    if task.who == "after_sales":
        row = store.one("SELECT id FROM rep WHERE function = 'service' AND archived_at IS NULL ORDER BY id LIMIT 1")
        return row["id"] if row else owner  # nobody is after-sales yet: it stays with who sold it
    row = store.one("SELECT id FROM rep WHERE name_key = :key AND archived_at IS NULL", {"key": name_key(task.who)})
    return row["id"] if row else None


def tick(app: App, work: Unit, task: Row, note: str | None, undo: bool = False) -> None:
    """A task is done, or open again. Raises Refused (4) while one that comes first is open."""
    from salesctl.text import check_note

    if undo:
        work.update(TASK, task["id"], {"state": "open", "done_at": None, "done_by": None})
        return
    code = TASK.code(task["id"])
    if task["state"] == "done":
        raise Refused(_("{ref} is done already").format(ref=code))
    first = _first(work, task)
    if first:
        raise Refused(
            _("{ref} {name} comes after {first}").format(ref=code, name=task["name"], first=first["name"]),
            f"salesctl sop tick {TASK.code(first['id'])}",
        )
    values: dict[str, Any] = {"state": "done", "done_at": app.now, "done_by": app.me}
    if note:
        values["note"] = check_note(note, _("Note"))
    work.update(TASK, task["id"], values)


def _first(work: Unit, task: Row) -> Row | None:
    """An open task of the same stage that has to be done before."""
    sop = sops.sop_of(work, _pipeline(work, task["deal_id"]))
    row = work.one("SELECT key FROM stage WHERE id = :id", {"id": task["stage_id"]})
    stage = sop.stages.get(row["key"] or "") if sop and row else None
    plan = next((one for one in stage.tasks if one.key == task["key"]), None) if stage else None
    if plan is None or not plan.after:
        return None
    others = sops.tasks_of(work, task["deal_id"], task["stage_id"])
    return next((one for one in others if one["key"] in plan.after and one["state"] == "open"), None)


def _pipeline(store: Store, deal: int) -> int | None:
    row = store.one("SELECT pipeline_id FROM deal WHERE id = :id", {"id": deal})
    return row["pipeline_id"] if row else None


def close(work: Unit, deal: int) -> None:
    """The open tasks of a deal that goes back or is closed are skipped."""
    for task in sops.tasks_of(work, deal):
        if task["state"] == "open":
            work.update(TASK, task["id"], {"state": "skipped"})


def hand_on(work: Unit, deal: int, before: int | None, owner: int) -> None:
    """The open tasks of the one who had a deal are those of the one who has it now."""
    for task in sops.tasks_of(work, deal):
        if task["state"] == "open" and task["owner_id"] == before:
            work.update(TASK, task["id"], {}, owner_id=owner)


def reopened(work: Unit, deal: Row) -> None:
    """A deal that is open again: the tasks of its stage are open, the hand-over is not."""
    for task in sops.tasks_of(work, deal["id"]):
        wanted = "open" if task["stage_id"] == deal["stage_id"] else "skipped"
        if task["state"] in ("open", "skipped") and task["state"] != wanted:
            work.update(TASK, task["id"], {"state": wanted})


def task_called(work: Unit, deal: Ref, word: str) -> Row:
    """The task of a deal that a word means: its key, its name, or a part of it; one of the stage that has none is made."""
    from salesctl.domain.deal import DEAL
    from salesctl.errors import NotFound
    from salesctl.store import deals, records
    from salesctl.text import name_key

    raw = records.raw(work, DEAL, deal.id)
    wanted = name_key(word)
    rows = [one for one in sops.tasks_of(work, deal.id) if wanted in (one["key"], name_key(one["name"]))]
    rows = rows or [one for one in sops.tasks_of(work, deal.id) if wanted in name_key(one["name"])]
    here = [one for one in rows if one["stage_id"] == raw["stage_id"]] or rows
    if here:
        return here[-1]
    step = deals.step(work, raw["stage_id"])
    sop = sops.sop_of(work, raw["pipeline_id"])
    stage = sop.stages.get(step.key or "") if sop and step else None
    plan = next((one for one in stage.tasks if wanted in (one.key, name_key(one.name))), None) if stage else None
    if plan is None or step is None:
        known = ", ".join(one.key for one in stage.tasks) if stage else ""
        raise NotFound(
            _("{ref} has no task {word}").format(ref=deal.code, word=word),
            _("its stage has: {known}").format(known=known) if known else _("see: salesctl sop show"),
        )
    id = work.insert(
        TASK,
        {"name": plan.name, "key": plan.key, "state": "open", "required": "yes" if plan.required else "no"},
        deal_id=deal.id, stage_id=step.id, owner_id=doer(work, plan, raw),
    )  # fmt: skip
    return records.raw(work, TASK, id)
