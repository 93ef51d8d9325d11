"""What today, the reminder and the screen of a deal say of approvals: what waits, for whom, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from salesctl.commands._approvals import Desk, off
from salesctl.commands._waiting import MOST, Waiting
from salesctl.domain.approval import APPROVAL
from salesctl.domain.kinds import INSTANT, MONEY
from salesctl.domain.quote import QUOTE
from salesctl.domain.rate import from_millionths
from salesctl.i18n import _, _n
from salesctl.store import approvals

Values = dict[str, Any]
NEWS = 7  # days that a rejection is told


def _item(desk: Desk, row: Any, decider: int | None) -> Values:
    """A waiting approval for scripts."""
    name, created = desk.people.name, INSTANT.unpack(row, "created_at")
    return {
        "ref": APPROVAL.code(row["id"]),
        "name": row["name"],
        "quote_ref": QUOTE.code(row["quote_id"]),
        "deal_ref": f"D{row['deal_id']}",
        "discount": from_millionths(row["discount"]),
        "amount": MONEY.unpack(row, "amount"),
        "asked_by": name(row["asked_by_id"]),
        "waits_for": name(row["waits_for_id"]),
        "decides": name(decider),
        "waiting_days": desk.days(created) if created else None,
    }


def _named(one: Values) -> str:
    return _("{ref} quote {quote} {off}").format(ref=one["ref"], quote=one["quote_ref"], off=off(one["discount"]))


def waiting(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Approvals that wait for these reps: as approvers, or for who is away."""
    from salesctl.services.base import me

    rows = [row for row in approvals.waiting(app.store) if row["outcome"] is None]
    if not rows:
        return None
    desk = Desk(app, day)
    mine = [(row, desk.deciders[row["id"]]) for row in rows]
    mine = [(row, decider) for row, decider in mine if owners is None or decider in owners]
    if not mine:
        return None
    known = me(app)
    alone = bool(known and owners is not None and list(owners) == [known.id])
    items = [_item(desk, row, decider) for row, decider in mine[:MOST]]
    parts = []
    for one in items:
        whom = "" if alone and one["decides"] == one["waits_for"] else f" ({desk.whom(one)})"
        days = _n("{n} day", "{n} days", one["waiting_days"]).format(n=one["waiting_days"])
        parts.append(f"{_named(one)}{whom}" + (f", {days}" if one["waiting_days"] else ""))
    return Waiting("approvals", _("Waits for you") if alone else _("Approvals"), parts, items, len(mine))


def decided(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """What these reps asked for and was decided: approved and not sent yet, or rejected in the last days."""
    from salesctl.clock import iso

    if owners is None:
        return None
    rows = approvals.decided(app.store, owners, iso(app.now - timedelta(days=NEWS)))
    if not rows:
        return None
    items = [
        {"ref": APPROVAL.code(row["id"]), "name": row["name"], "quote_ref": QUOTE.code(row["quote_id"]),
         "deal_ref": f"D{row['deal_id']}", "discount": from_millionths(row["discount"]), "state": row["state"], "note": row["note"]}
        for row in rows[:MOST]
    ]  # fmt: skip
    parts = []
    for one in items:
        told = _("approved: send it") if one["state"] == "approved" else f"{_('rejected')}: {one['note']}"
        parts.append(f"{_named(one)} {told}")
    return Waiting("decided", _("Decided"), parts, items, len(rows), nudges=False)


def of_deal(app: Any, deal: Values) -> tuple[list[str], Values]:
    """What the screen of a deal says: the approvals that its quotes wait for."""
    from salesctl.services.base import today

    rows = approvals.of_deal(app.store, deal["id"])
    desk = Desk(app, today(app)) if rows else None
    if desk is None:
        return [], {"approvals": []}
    items = []
    for row in rows:
        decider = desk.deciders.get(row["id"])
        items.append({**_item(desk, row, decider), "state": row["state"]})
        items[-1]["waiting_days"] = items[-1]["waiting_days"] if decider else None
    lines = [
        f"{_('Approval')}  {_named(one)}  {_('waits for {who}').format(who=desk.whom(one))}"
        for one in items
        if one["state"] == "waiting"
    ]
    return lines, {"approvals": items}
