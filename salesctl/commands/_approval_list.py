"""The list of approvals: those that wait first; `mine` and the states as bare words."""

from __future__ import annotations

from typing import Any

from salesctl.commands._approvals import Desk
from salesctl.commands._fields import columns
from salesctl.domain.approval import APPROVAL, STATE
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Table
from salesctl.plain import replace

MINE = ("mine", "我的", "等我")
SHOWN = ("ref", "name", "asked_by", "discount", "amount", "state", "waits_for", "waiting_days")
LABELS = {"name": N_("Quote"), "waiting_days": N_("Days")}


def emit(app: Any, given: dict[str, Any]) -> None:
    """Print the approvals that fit the words."""
    from salesctl.commands import _common as c
    from salesctl.commands._standard import conditions
    from salesctl.store import records

    words = list(given["words"] or [])
    mine = [word for word in words if word in MINE]
    rest = [_state(word) for word in words if word not in MINE]
    where, today = conditions(app, APPROVAL, {**given, "words": rest})
    desk = Desk(app, today)
    if mine:
        where.add(_mine(app, desk, where))
    shown = c.most_of(given["limit"], c.SHOWN if app.out.human else 0)
    found = records.page(app.store, APPROVAL, where, given["sort"] or "waits_for,-id", shown)
    rows: Any = (_row(app, desk, values) for values, _raw in found)
    total = records.count(app.store, APPROVAL, where) if app.out.human and shown else None
    empty = _("nothing waits") if mine else _("nothing found")
    hint = ""
    if app.out.human:
        rows = list(rows)
        hint = _("one in full: salesctl approval show {ref}").format(ref=rows[0]["ref"]) if rows else ""
    app.out.emit(Table(rows, listed(), empty=empty, total=total, hint=hint))


def _state(word: str) -> str:
    """A bare word that is a state is a condition on it."""
    code = STATE.read(word)
    return f"state:{code}" if code else word


def _mine(app: Any, desk: Desk, where: Any) -> str:
    """Those that I decide today, myself or for who is away. UsageError (2) while it is not known who I am."""
    from salesctl.services.base import reading

    me = reading(app).find("rep", "me").id
    ids = [where.name(id) for id, decider in desk.deciders.items() if decider == me]
    return f"t.id IN ({', '.join(ids) or 'NULL'})"


def _row(app: Any, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    worked = desk.worked_out(values)
    if app.out.human:
        worked["waits_for"] = desk.whom(worked)
        worked["name"] = f"{worked['quote_ref']} {worked['name']}"
    return worked


def listed() -> list[Column]:
    """The keys of an approval, and which of them people see."""
    found = []
    for one in columns(APPROVAL):
        label = LABELS.get(one.key, one.label)
        show = (lambda value: f"{value} %") if one.key == "discount" else one.show
        align = "r" if one.key == "waiting_days" else one.align
        found.append(replace(one, label=label, screen=one.key in SHOWN, show=show, align=align))
    return found
