"""What a store says of its organisation: currency, zone, the days it does not work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.paper import COMPANY
from salesctl.errors import BadValue, Refused, UsageError
from salesctl.i18n import _
from salesctl.services.base import unit
from salesctl.text import check_line, clean

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

OWN = "company."  # settings of the organisation that sells: kept in the store, for everybody who works with it


def set_meta(work: Unit, key: str, value: str) -> None:
    """Keep what a store says of itself; what it said before is in the change log."""
    if work.stored("meta", key) is None:
        work.put("meta", {"key": key, "value": value})
    else:
        work.amend("meta", key, {"value": value})


def set_currency(app: App, code: str) -> None:
    """The organisation's currency; amounts that are there keep theirs."""
    with unit(app, "config.currency") as work:
        set_meta(work, "currency", code)


def set_company(app: App, key: str, value: str | None) -> None:
    """What the papers of this store say of who sells (`key` as company.name); None forgets it. Undone like any write.

    Raises UsageError (2) for an unknown key.
    """
    if key.removeprefix(OWN) not in COMPANY:
        known = ", ".join(OWN + one for one in COMPANY)
        raise UsageError(_("there is no setting {key}").format(key=clean(key)), known)
    if value is None and not app.store.exists:
        return
    with unit(app, "config.company") as work:
        if value is not None:
            set_meta(work, key, check_line(value, key, limit=500))
        else:
            work.remove("meta", key)


def init(app: App, zone: str | None, currency: str | None) -> dict[str, Any]:
    """Make the store, with the zone and the currency that are named. Refuses to change the zone of a store in use."""
    existed = app.store.exists
    with unit(app, "init") as work:
        if zone and zone != work.meta("zone"):
            if work.one("SELECT 1 FROM deal_event LIMIT 1"):
                raise Refused(_("the zone of a store with deals stays {zone}").format(zone=work.meta("zone")))
            set_meta(work, "zone", zone)
        if currency:
            set_meta(work, "currency", currency)
    store = app.store
    known = {key: store.meta(key) for key in ("zone", "currency", "lang")}
    return {"store": app.db_path, "created": not existed, **known}


def set_days(app: App, text: str, working: bool, name: str | None) -> int:
    """Set the days of a period as off or as worked; how many."""
    from salesctl.services.base import today
    from salesctl.when import parse_period

    period = parse_period(text, today(app))
    if period.start is None or period.end is None or period.days > 400:
        raise BadValue(_("days off need a first and a last day, at most 400 days apart"))
    with unit(app, "config.days_off") as work:
        for n in range(period.days):
            day = (period.start + timedelta(days=n)).isoformat()
            row = {"day": day, "working": int(working), "name": name}
            if work.stored("day_off", day) is None:
                work.put("day_off", row)
            else:
                work.amend("day_off", day, row)
    return period.days


def days(app: App) -> list[dict[str, Any]]:
    """The days that are set otherwise than the week says."""
    rows = app.store.query("SELECT day, working, name FROM day_off ORDER BY day")
    return [{**row, "day": date.fromisoformat(str(row["day"])), "working": bool(row["working"])} for row in rows]
