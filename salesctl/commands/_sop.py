"""What the sop command shows: a process, its versions, their differences; and how a SOP text is got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from salesctl.commands._work import MODES
from salesctl.domain.sop import Sop, Stage, label
from salesctl.errors import NotFound, UsageError
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Message, Screen, Table
from salesctl.store import sops

if TYPE_CHECKING:
    from salesctl.domain.kinds import Ref
    from salesctl.services.sop import Loaded

Values = dict[str, Any]
COLUMNS = (
    Column("version", N_("Version"), align="r"),
    Column("loaded_at", N_("When")),
    Column("loaded_by", N_("Who")),
    Column("note", N_("Note"), grow=True),
)
ITEMS = tuple(
    Column(key, key)
    for key in (
        "stage",
        "stage_key",
        "position",
        "sort",
        "item",
        "name",
        "required",
        "who",
        "due_days",
        "mode",
        "target",
    )
)


def _read(app: Any, pipeline: str | None, version: int | None) -> tuple[Ref, Sop, str]:
    """The pipeline, its SOP (the newest, or the version asked for) and its text. Raises NotFound (3)."""
    import json

    from salesctl.services.sop import pipeline_of

    ref = pipeline_of(app, app.store, pipeline)
    row = sops.sop_row(app.store, ref.id, version)
    if row is None:
        what = _("{name} has no SOP yet") if version is None else _("{name} has no version {n}")
        raise NotFound(
            what.format(name=ref.name, n=version), _("see: salesctl sop list; or load one: salesctl sop load")
        )
    return ref, Sop(json.loads(row["plan"]), row["number"], row["id"]), str(row["body"])


def text_of(app: Any, pipeline: str | None, version: int | None) -> str:
    """The TOML text of a SOP, as it was loaded."""
    return _read(app, pipeline, version)[2]


def default_text(app: Any) -> str:
    from salesctl.store.create import default_sop

    return default_sop(app.lang)


def given(app: Any, file: str | None, default: bool) -> tuple[str, str]:
    """The text of a SOP from a file, standard input or the package, and what it is called in messages."""
    if default == (file is not None):
        raise UsageError(_("which SOP?"), _("name a file, - for standard input, or --default"))
    if file is None:
        return default_text(app), _("the default SOP")
    from salesctl.readers.text import whole

    return whole(file), _("standard input") if file == "-" else file


def shown(app: Any, stage: str | None, pipeline: str | None, version: int | None) -> Screen:
    """The process stage by stage, or one stage in full."""
    from salesctl.store import deals

    ref, sop, _body = _read(app, pipeline, version)
    only = None
    if stage:
        step = deals.stage_called(app.store, stage, ref.id)
        only = sop.stages.get(step.key or "")
        if only is None:
            raise NotFound(_("the SOP says nothing of {stage}").format(stage=step.shown))
    head = _("{name}, version {n}").format(name=ref.name, n=sop.number)
    lines = [head]
    for one in [only] if only else sop.stages.values():
        lines += ["", *_stage_lines(sop, one)]
    if only is None:
        lines += _rest(sop)
    plan: Values = {"pipeline": ref.name, "pipeline_ref": ref.code, "version": sop.number}
    rows = [row for one in ([only] if only else sop.stages.values()) for row in _rows(sop, one)]
    data = {**plan, "stage": _plan_of(sop, only)} if only else {**plan, "plan": dict(sop.plan)}
    return Screen(lines, data, rows=rows, columns=ITEMS, hint=_("change it: salesctl sop edit"))


def _plan_of(sop: Sop, stage: Stage) -> Mapping[str, Any]:
    return next(one for one in sop.plan["stage"] if one["key"] == stage.key)


def _stage_lines(sop: Sop, stage: Stage) -> list[str]:
    own = stage.values
    facts = [
        _("{n} %").format(n=own["probability"]) if own.get("probability") is not None else "",
        _("at most {n} days").format(n=own["age_limit"]) if own.get("age_limit") else "",
        _("stalled after {n} quiet days").format(n=own["idle_limit"]) if own.get("idle_limit") else "",
    ]
    lines = ["  ".join([f"{stage.name} ({stage.key})", *(one for one in facts if one)])]
    lines += [f"  {own['aim']}"] if own.get("aim") else []
    lines += [
        f"  [{'x' if one.required else ' '}] {one.name}{_who(one.who, one.due)}{_mode(sop, stage, one.key)}"
        for one in stage.tasks
    ]
    lines += [f"  {_('must be there')}: {label(stage, one.key)}{_mode(sop, stage, one.key)}" for one in stage.require]
    lines += [f"  {_('channels')}: {', '.join(stage.channels)}"] if stage.channels else []
    lines += [f"  {_('tools')}: {tool}" for tool in stage.tools]
    lines += [f"  {_('resource')}: {one.name}  {one.url}".rstrip() for one in stage.resources]
    lines += [f"  {_('figures')}: " + ", ".join(f"{_(KPIS[one.kpi])} {one.target}{UNITS[one.kpi]}" for one in stage.kpis)] if stage.kpis else []  # fmt: skip
    return lines


KPIS = {"conversion": N_("go on"), "days": N_("median days"), "met": N_("items met")}
UNITS = {"conversion": " %", "days": "", "met": " %"}
WHO = {"manager": N_("manager"), "after_sales": N_("after-sales")}


def _who(who: str, due: int | None) -> str:
    parts = [] if who == "owner" else [_(WHO[who]) if who in WHO else who]
    if due is not None:
        parts.append(_n("within {n} working day", "within {n} working days", due).format(n=due))
    return f"  ({', '.join(parts)})" if parts else ""


def _mode(sop: Sop, stage: Stage, key: str) -> str:
    mode = sop.mode(stage.key, key)
    return "" if mode == "warn" else f"  [{_(MODES[mode])}]"


def _rest(sop: Sop) -> list[str]:
    """Leads, pool, discounts and playbooks in a line each."""
    lines = [""]
    leads, pool, discount = sop.part("leads"), sop.part("pool"), sop.part("discount")
    if leads:
        said = [_("{n} a day").format(n=leads["daily_quota"])] if leads.get("daily_quota") else []
        said += [", ".join(sop.channels)] if sop.channels else []
        said += [one.get("name", one["key"]) + f" {one['points']:+d}" for one in leads.get("screen", ())]
        lines.append(f"{_('Leads')}  " + "   ".join(said))
    if pool.get("lead_days") or pool.get("customer_days"):
        lines.append(f"{_('Pool')}  " + _("leads after {a} quiet days, customers after {b} (0: never), told {c} days before").format(a=pool.get("lead_days", 0), b=pool.get("customer_days", 0), c=pool.get("warn_days", 0)))  # fmt: skip
    for one in discount.get("allow", ()):
        whom = " ".join(str(one[key]) for key in ("role", "product", "category") if one.get(key))
        least = _(" from {n} pieces").format(n=one["quantity"]) if one.get("quantity") else ""
        lines.append(f"{_('Discount')}  " + _("{whom} may give {n} %").format(whom=whom or _("everybody"), n=one["discount"]) + least)  # fmt: skip
    for one in discount.get("band", ()):
        least = _(" from {n}").format(n=f"{one['amount']:,}") if one.get("amount") else ""
        lines.append(f"{_('Approval')}  " + _("over {a} % to {b} %{least}: {who}").format(a=one["over"], b=one["to"], least=least, who=" + ".join(one["approve"])))  # fmt: skip
    if sop.losses:
        out = _("not in rates")
        lines.append(f"{_('Loss reasons')}  " + ", ".join(f"{one.reason} ({out})" if one.unrated else one.reason for one in sop.losses))  # fmt: skip
    if sop.playbooks:
        lines.append(f"{_('Playbooks')}  " + ", ".join(sop.playbooks))
    return lines if len(lines) > 1 else []


def _rows(sop: Sop, stage: Stage) -> list[Values]:
    """What a stage asks for and aims at, a row each."""
    place = list(sop.stages).index(stage.key) + 1
    head = {"stage": stage.name, "stage_key": stage.key, "position": place}
    blank = {column.key: None for column in ITEMS}
    rows = [
        {"sort": "task", "item": one.key, "name": one.name, "required": one.required, "who": one.who, "due_days": one.due, "mode": sop.mode(stage.key, one.key)}
        for one in stage.tasks
    ]  # fmt: skip
    rows += [
        {"sort": "field" if one.field else "fact", "item": one.key, "name": label(stage, one.key), "required": True, "mode": sop.mode(stage.key, one.key)}
        for one in stage.require
    ]  # fmt: skip
    rows += [{"sort": "kpi", "item": one.kpi, "name": _(KPIS[one.kpi]), "target": one.target} for one in stage.kpis]
    rows += [{"sort": "tool", "name": tool} for tool in stage.tools]
    rows += [{"sort": "resource", "name": one.name, "item": one.url or None} for one in stage.resources]
    return [{**blank, **head, **row} for row in rows]


def versions(app: Any, pipeline: str | None) -> Table:
    """The versions there are."""
    from salesctl.domain.kinds import INSTANT
    from salesctl.services.sop import pipeline_of

    ref = pipeline_of(app, app.store, pipeline)
    rows = [
        {"version": row["number"], "loaded_at": INSTANT.unpack(row, "loaded_at"), "loaded_by": row["loaded_by"], "note": row["note"]}
        for row in sops.versions(app.store, ref.id)
    ]  # fmt: skip
    return Table(rows, COLUMNS, title=ref.name if app.out.human else "")


def loaded(done: Loaded) -> Message:
    """What loading a SOP did."""
    ref = done.pipeline
    if done.same:
        line = _("{name} is at version {n} already: nothing changed").format(name=ref.name, n=done.number)
    else:
        line = _("loaded  {name}, version {n}").format(name=ref.name, n=done.number)
    lines = [line]
    for text, names in ((N_("new stages: {names}"), done.made), (N_("changed: {names}"), done.changed), (N_("gone: {names}"), done.gone)):  # fmt: skip
        lines += [_(text).format(names=", ".join(names))] if names else []
    if done.moved:
        lines.append(_n("{n} deal moved", "{n} deals moved", done.moved).format(n=done.moved))
    record = {"pipeline": ref.name, "pipeline_ref": ref.code, "version": done.number, "unchanged": done.same}
    return Message(ref.code, lines, {**record, "made": done.made, "changed": done.changed, "gone": done.gone, "moved": done.moved})  # fmt: skip


def edited(app: Any, pipeline: str | None, move_to: str | None, note: str | None) -> Loaded:
    """The SOP through the user's editor; what is wrong is told and may be mended in the editor again."""
    from salesctl.commands._editor import through
    from salesctl.errors import BadFile
    from salesctl.services import sop

    ref, _sop, text = _read(app, pipeline, None)
    while True:
        text = through(app, text, ".toml")
        try:
            return sop.load(app, text, _("what you saved"), ref.code, move_to, note)
        except BadFile as error:
            if not app.out.can_ask:
                raise
            app.out.error(error)
            if not app.out.confirm(_("edit again?"), False):
                raise


def compared(app: Any, old: str | None, new: str | None, pipeline: str | None, impact: bool) -> Screen:
    """Two SOPs line by line, and what the newer one means for the open deals."""
    import difflib

    ref, before, after = _two(app, old, new, pipeline)
    lines = [
        line.rstrip("\n")
        for line in difflib.unified_diff(
            before[1].splitlines(), after[1].splitlines(), before[0], after[0], n=2, lineterm=""
        )
    ]
    held = _held(app, after[1], ref) if impact else []
    if impact:
        many = _n("{n} open deal would be held up", "{n} open deals would be held up", len(held))
        lines += [*([""] if lines else []), many.format(n=len(held))]
        lines += [f"  {one['ref']} {one['name']}  {one['stage']}  {', '.join(one['missing'])}" for one in held]
    data = {"old": before[0], "new": after[0], "diff": [one for one in lines if one[:1] in "+-@"], "impact": held}
    return Screen(lines or [_("nothing differs")], data, text_in_pipe=True)


def _two(app: Any, old: str | None, new: str | None, pipeline: str | None) -> tuple[Ref, tuple[str, str], tuple[str, str]]:  # fmt: skip
    ref, sop, newest = _read(app, pipeline, None)
    now = (_("version {n}").format(n=sop.number), newest)
    if old is None:
        earlier = sop.number - 1
        return ref, _side(app, str(earlier), pipeline) if earlier else now, now
    if new is None:
        one = _side(app, old, pipeline)
        return (ref, one, now) if old.isdecimal() else (ref, now, one)
    return ref, _side(app, old, pipeline), _side(app, new, pipeline)


def _side(app: Any, word: str, pipeline: str | None) -> tuple[str, str]:
    """A version by its number, or a file: its name and its text."""
    if word.isascii() and word.isdecimal() and len(word) < 10:
        return _("version {n}").format(n=int(word)), text_of(app, pipeline, int(word))
    from salesctl.readers.text import whole

    return word, whole(word)


def _held(app: Any, text: str, ref: Ref) -> list[Values]:
    from salesctl.domain.deal import DEAL
    from salesctl.services import sop

    plan = Sop(sop.checked(text, "SOP"))
    return [
        {"ref": DEAL.code(raw["id"]), "name": raw["name"], "stage": step.shown, "missing": [one.name for one in items]}
        for raw, step, items in sop.impact(app.store, plan, ref.id)
    ]


def ticked(app: Any, task: Values, verb: str) -> Message:
    """The answer to a tick."""
    from salesctl.commands._fields import full
    from salesctl.domain.task import TASK

    parts = [verb, str(task["ref"]), str(task["name"]), f"{task['deal_ref']} {task['deal']}"]
    return Message(str(task["ref"]), ["  ".join(parts)], full(app, TASK, task))
