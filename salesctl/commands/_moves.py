"""Moving deals: what advance, back, win, lose, reopen and assign share, at the top and under deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.errors import StageGate
from salesctl.i18n import _
from salesctl.output.views import Message

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.moves import Moved


def asked(app: App, reason: str | None, act: Callable[[str | None], Moved]) -> Moved:
    """Do it; where a reason is wanted and none was given, ask for it on a terminal."""
    try:
        return act(reason)
    except StageGate as error:
        if "reason" not in error.data.get("missing", []) or not app.out.can_ask:
            raise
        return act(app.out.ask(_("{what}. Why?").format(what=error.message)))


def with_next(app: App, moved: Moved, next: str | None) -> str:
    """Plan the next step of a deal that was moved; the line about it."""
    if not next:
        return ""
    from salesctl.services import about, followup
    from salesctl.services.base import unit

    with unit(app, "followup.add") as work:
        whom = about.target(app, work, str(moved.deal["ref"]))
        id, _heard = followup.plan(app, work, whom, next, "task")
    from salesctl.domain.followup import FOLLOWUP
    from salesctl.store import records

    planned = records.get(app.store, FOLLOWUP, id or 0)
    when = f"{planned['due']} {planned['due_time'] or ''}".strip()
    return f"{_('next')}  {planned['ref']}  {when}  {planned['subject']}"


def answer(app: App, moved: Moved, planned: str = "") -> None:
    """Ref to stdout; what moved, from where to where, and what to do next, to people."""
    from salesctl.commands import _work
    from salesctl.commands._fields import full
    from salesctl.domain.deal import DEAL

    record = full(app, DEAL, moved.deal)
    missing = [{"item": one.key, "name": one.name, "fix": one.fix, "mode": one.mode} for one in moved.missing]
    lines = [*said(moved), *lacked(moved), planned, *_work.ahead(app, moved)]
    app.out.emit(Message(str(record["ref"]), [one for one in lines if one], {**record, "missing": missing}))


def answer_all(app: App, done: Sequence[Moved]) -> None:
    """Many deals at once: their refs, a line for each, their records."""
    from salesctl.commands._fields import full
    from salesctl.domain.deal import DEAL

    rows = [full(app, DEAL, one.deal) for one in done]
    lines = [line for one in done for line in said(one)]
    app.out.emit(Message("\n".join(str(row["ref"]) for row in rows), lines, rows))


def lacked(moved: Moved) -> list[str]:
    """What the SOP missed and counted, each with the command that mends it."""
    if not moved.missing:
        return []
    listed = ", ".join(one.name for one in moved.missing)
    fixes = "   ".join(dict.fromkeys(one.fix for one in moved.missing[:2]))
    return [_("missing, counted: {listed}").format(listed=listed), f"  {fixes}"]


def said(moved: Moved) -> list[str]:
    """The lines of a confirmation."""
    from salesctl.money import exact

    deal = moved.deal
    name = f"{deal['ref']} {deal['name']}" + (f"  {deal['customer']}" if deal["customer"] else "")
    amount = f"  {exact(deal['amount'])}" if deal["amount"] else ""
    before = moved.before.shown if moved.before else "-"
    after = moved.after.shown if moved.after else "-"
    if moved.way == "won":
        return [
            _("won  {name}{amount}  on {day}, in {stage}").format(
                name=name, amount=amount, day=deal["closed"], stage=after
            )
        ]
    if moved.way == "lost":
        why = deal["lost_reason"] or ""
        to = " " + _("to {rival}").format(rival=deal["lost_to"]) if deal["lost_to"] else ""
        return [_("lost  {name}{amount}: {why}{to}").format(name=name, amount=amount, why=why, to=to)]
    if moved.way == "reopened":
        return [_("reopened  {name}{amount}, in {stage}").format(name=name, amount=amount, stage=after)]
    verb = _("moved back") if moved.way == "back" else _("moved on")
    lines = [f"{verb}  {name}  {before} -> {after}{chance(deal)}"]
    if moved.after and moved.after.phase == "signing":
        lines.append(_("when it is signed: salesctl win {ref}").format(ref=deal["ref"]))
    return lines


def chance(deal: dict[str, Any]) -> str:
    return "" if deal["probability"] is None else f"  {deal['probability']} %"
