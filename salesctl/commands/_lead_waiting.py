"""What today and remind say of leads: the quota of the day, who waits too long, what goes back to the pool soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.commands._waiting import MOST, Waiting
from salesctl.i18n import _, _n
from salesctl.store import leads

if TYPE_CHECKING:
    from salesctl.domain.leadclock import Hours

Values = dict[str, Any]


def quota(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Leads collected today against the daily quota of the SOP: of one rep, or of each; nothing on a day off."""
    from salesctl.services.goal import calendar

    sop = leads.process(app.store)
    wanted = int(sop.part("leads").get("daily_quota", 0)) if sop else 0
    if not wanted or not leads.some(app.store) or not calendar(app.store).is_working(day):
        return None
    counts = leads.collected(app.store, day.isoformat())
    reps = leads.sellers(app.store, owners)
    rows = [{"rep": one["name"], "rep_ref": f"R{one['id']}", "collected": counts.get(one["id"], 0), "quota": wanted}
            for one in reps]  # fmt: skip
    if owners is None and not rows:
        rows = [{"rep": None, "rep_ref": None, "collected": sum(counts.values()), "quota": wanted}]
    if not rows:
        return None
    if len(rows) == 1:
        text = _("today {n}/{quota}").format(n=rows[0]["collected"], quota=wanted)
        return Waiting("lead_quota", _("Leads"), [text], rows, 1, nudges=False)
    total = sum(one["collected"] for one in rows)
    head = _("Leads today {n}/{quota}").format(n=total, quota=wanted * len(rows))
    rows.sort(key=lambda one: (-int(str(one["collected"])), str(one["rep"])))
    parts = [f"{one['rep']} {one['collected']}/{wanted}" for one in rows[:MOST]]
    return Waiting("lead_quota", head, parts, rows, len(rows), nudges=False)


def _cut(app: Any, hours: Hours, limit: Any) -> str | None:
    """The instant since which a limit of business hours is over, as the store writes it; None without a limit."""
    from salesctl.domain.leadclock import since
    from salesctl.services.base import local_now
    from salesctl.when import iso

    return iso(since(local_now(app), timedelta(hours=int(limit)), hours)) if limit else None


def unassigned(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Leads that nobody was given in time: for everybody's view, and for those who lead others."""
    from salesctl.services.lead_figures import hours

    sop = leads.process(app.store)
    if sop is None or not leads.some(app.store) or (owners is not None and not leads.leading(app.store, owners)):
        return None
    cut = _cut(app, hours(app), sop.part("leads").get("assign_hours"))
    if cut is None:
        return None
    rows, total = leads.unassigned(app.store, cut, _local_day(app, cut), MOST)
    return _waiting(app, "leads_unassigned", _("Leads not assigned"), "assign", rows, total)


def unspoken(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """Leads that somebody has and did not call, write to or see in time."""
    from salesctl.services.lead_figures import hours

    sop = leads.process(app.store)
    if sop is None or not leads.some(app.store):
        return None
    cut = _cut(app, hours(app), sop.part("leads").get("follow_hours"))
    if cut is None:
        return None
    rows, total = leads.unspoken(app.store, cut, owners, MOST)
    return _waiting(app, "leads_unspoken", _("Leads not followed up"), "follow", rows, total)


def _local_day(app: Any, instant: str) -> str:
    from salesctl.services.base import local_now
    from salesctl.when import from_iso

    return from_iso(instant).astimezone(local_now(app).tzinfo).date().isoformat()


def _waiting(app: Any, key: str, label: str, clock: str, rows: Sequence[Any], total: int) -> Waiting | None:
    """Leads with how long they wait, in business hours."""
    from salesctl.services.lead_figures import of_one, spoken

    if not rows:
        return None
    items, parts = [], []
    for row in rows:
        minutes = next((one["business_minutes"] for one in of_one(app, row) if one["clock"] == clock), None)
        items.append({"ref": f"L{row['id']}", "name": row["name"], "owner": row["owner"], "phone": row["phone"],
                      "business_minutes": minutes})  # fmt: skip
        parts.append(f"L{row['id']} {row['name']} {spoken(minutes)}")
    return Waiting(key, label, parts, items, total)


def leaving(app: Any, owners: Sequence[int] | None, day: date, as_of: str | None) -> Waiting | None:
    """What goes back to the pool within the days of warning, or is over and waits to be taken back."""
    from salesctl.domain.nouns import NOUNS
    from salesctl.services import pool

    found = [*pool.losses(app, app.store, owners), *pool.losses(app, app.store, owners, warned=True)]
    if not found:
        return None
    items = [{"ref": NOUNS[one.noun].code(one.id), "name": one.name, "owner": one.owner, "goes_on": one.goes_on,
              "days_left": one.left(day), "rule": one.rule} for one in found]  # fmt: skip
    parts = [f"{one['ref']} {one['name']} {_left(int(str(one['days_left'])))}" for one in items[:MOST]]
    return Waiting("pool_soon", _("Back to the pool"), parts, items[:MOST], len(found))


def _left(days: int) -> str:
    return _n("in {n} day", "in {n} days", days).format(n=days) if days > 0 else _("now")
