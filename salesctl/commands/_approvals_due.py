"""What today, the reminder and the screen of a deal say of approvals: what waits, for whom, and what was decided.

Where nothing waits it is one query and nothing else is read or imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from salesctl.commands._waiting import MOST, Waiting
from salesctl.i18n import _, _n
from salesctl.store import approvals

Values = dict[str, Any]
NEWS = 7  # days that a rejection is told


def waiting(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Approvals that wait for these reps: as approvers, or for who is away."""
    rows = [row for row in approvals.waiting(app.store) if row["outcome"] is None]
    if not rows:
        return None
    from salesctl.commands._approvals import Desk, item, named
    from salesctl.services.base import me

    desk = Desk(app, day)
    mine = [(row, desk.deciders[row["id"]]) for row in rows]
    mine = [(row, decider) for row, decider in mine if owners is None or decider in owners]
    if not mine:
        return None
    known = me(app)
    alone = bool(known and owners is not None and list(owners) == [known.id])
    items = [item(desk, row, decider) for row, decider in mine[:MOST]]
    parts = []
    for one in items:
        whom = "" if alone and one["decides"] == one["waits_for"] else f" ({desk.whom(one)})"
        days = _n("{n} day", "{n} days", one["waiting_days"]).format(n=one["waiting_days"])
        parts.append(f"{named(one)}{whom}" + (f", {days}" if one["waiting_days"] else ""))
    return Waiting("approvals", _("Waits for you") if alone else _("Approvals"), parts, items, len(mine))


def decided(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """What these reps asked for and was decided: approved and not sent yet, or rejected in the last days."""
    from salesctl.clock import iso

    if owners is None:
        return None
    rows = approvals.decided(app.store, owners, iso(app.now - timedelta(days=NEWS)))
    if not rows:
        return None
    from salesctl.commands._approvals import named, news

    items = [news(row) for row in rows[:MOST]]
    parts = []
    for one in items:
        why = " ".join(str(one["note"]).split())
        told = _("approved: send it") if one["state"] == "approved" else f"{_('rejected')}: {why}"
        parts.append(f"{named(one)} {told}")
    return Waiting("decided", _("Decided"), parts, items, len(rows), nudges=False)


def of_deal(app: Any, deal: Values) -> tuple[list[str], Values]:
    """What the screen of a deal says: the approvals that its quotes wait for."""
    rows = approvals.of_deal(app.store, deal["id"])
    if not rows:
        return [], {"approvals": []}
    from salesctl.commands._approvals import Desk, item, named
    from salesctl.services.base import today

    desk = Desk(app, today(app))
    items = []
    for row in rows:
        decider = desk.deciders.get(row["id"])
        items.append({**item(desk, row, decider), "state": row["state"]})
        items[-1]["waiting_days"] = items[-1]["waiting_days"] if decider else None
    lines = [
        f"{_('Approval')}  {named(one)}  {_('waits for {who}').format(who=desk.whom(one))}"
        for one in items
        if one["state"] == "waiting"
    ]
    return lines, {"approvals": items}
