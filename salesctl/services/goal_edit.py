"""Changing a goal: its target, its period and its levels, beside what every record has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.goal import GOAL
from salesctl.domain.kinds import Ref
from salesctl.domain.kpi import KPIS, Kpi
from salesctl.errors import BadValue, Conflict, Refused
from salesctl.i18n import _
from salesctl.services import goal as goals
from salesctl.services import record
from salesctl.services.base import reading, unit
from salesctl.store import goals as stored
from salesctl.store import records
from salesctl.store.goals import levels as levels_of

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]
OWN = ("target", "period", "level")


def edit(app: App, text: str, pairs: list[tuple[str, str, str]]) -> Values:
    """Change a goal in one write: `target`, `period` and `level` (NAME=TARGET, NAME= takes it away) and plain fields.

    Refuses a period that another such goal has (5), levels that do not rise above the target (4).
    """
    own = [(_own(word), value) for word, mark, value in pairs if mark == "=" and _own(word)]
    plain = [pair for pair in pairs if not (pair[1] == "=" and _own(pair[0]))]
    with unit(app, "goal.edit") as work:
        at = reading(app, work)
        ref = at.find("goal", text)
        before = records.get(work, GOAL, ref.id)
        kpi = KPIS[before["kpi"]]
        values = record.changes(work, GOAL, ref, plain, at)
        if values.get("parent"):
            _refuse_loop(work, ref, values["parent"])
        for key, value in own:
            if key == "target":
                target, currency = goals.read_target(kpi, value, before["currency"] or at.currency)
                values |= {"target": target, "currency": currency}
            elif key == "period":
                values |= _moved(work, before, goals.period_named(value, at.today))
        work.update(GOAL, ref.id, values)
        levels = [value for key, value in own if key == "level"]
        _levels(work, ref.id, kpi, levels, values.get("target", before["target"]), before["currency"] or at.currency)
    return records.get(app.store, GOAL, ref.id)


def restored(app: App, work: Unit, id: int) -> None:
    """A goal that comes back into the lists: refused (5) where another took its place meanwhile."""
    _refuse_twin(work, records.get(work, GOAL, id))


def _refuse_twin(work: Unit, goal: Values) -> None:
    kept = {key: goals.kept(goal, key) for key in ("team", "rep", *goals.AXES)}
    goals.refuse_twin(work, {**{key: goal[key] for key in ("kpi", "period", "start", "end")}, **kept}, but=goal["id"])


def stands(work: Unit, id: int) -> None:
    """Refuse (5) what an undo would leave: a goal that another has replaced, or one that serves itself."""
    row = work.stored("goal", id)
    if row is None or row["archived_at"] is not None:
        return
    goal = records.get(work, GOAL, id)
    _refuse_twin(work, goal)
    if not goal["parent_id"]:
        return
    parent = Ref("goal", goal["parent_id"], "", GOAL.code(goal["parent_id"]))
    try:
        _refuse_loop(work, Ref("goal", id, "", GOAL.code(id)), parent)
    except Refused as error:
        raise Conflict(error.message, _("change the parent of {ref} first").format(ref=parent.code)) from error


def _refuse_loop(work: Unit, ref: Ref, parent: Ref) -> None:
    """Refuse (4) a parent that serves this goal itself, however far below."""
    above: int | None = parent.id
    seen: set[int] = set()
    while above and above not in seen:
        if above == ref.id:
            raise Refused(_("{parent} serves {ref} already, so it cannot be its parent").format(parent=parent.code, ref=ref.code))  # fmt: skip
        seen.add(above)
        above = stored.parent(work, above)


def _own(word: str) -> str | None:
    field = GOAL.lookup(word)
    key = field.key if field else {"levels": "level", "档位": "level"}.get(word, word)
    return key if key in OWN else None


def _moved(work: Unit, before: Values, period: Any) -> Values:
    spans = {"period": period.code, "start": period.start, "end": period.last}
    kept = {key: goals.kept(before, key) for key in ("team", "rep", *goals.AXES)}
    if (period.start, period.last) != (before["start"], before["end"]):
        goals.refuse_twin(work, {"kpi": before["kpi"], **kept, **spans}, but=before["id"])
    return spans


def _levels(work: Unit, id: int, kpi: Kpi, texts: list[str], target: int, currency: str) -> None:
    rows = work.query("SELECT id, name, target FROM goal_level WHERE goal_id = :id ORDER BY target, id", {"id": id})
    known = {row["name"]: row for row in rows}
    typed = [goals.read_level(kpi, text, currency) for text in texts]
    goals.refuse_double([name for name, _amount in typed])
    for name, amount in typed:
        row = known.get(name)
        if amount is None:
            if row is None:
                raise BadValue(_("this goal has no level {name}").format(name=name))
            work.remove("goal_level", row["id"])
        elif row is None:
            work.put("goal_level", {"goal_id": id, "name": name, "target": amount})
        else:
            work.amend("goal_level", row["id"], {"target": amount})
    goals.refuse_low(target, levels_of(work, id))
