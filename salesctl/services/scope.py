"""When and whose: the moment an answer is true for, and the reps it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from salesctl.services.base import me, reading, zone

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.kinds import Reading
    from salesctl.store.connect import Store

NONE = "(none)"  # what a group without a name is called


def moment(app: App, as_of: str | None) -> tuple[Reading, str | None, date]:
    """How words are read, the instant the answer is true for (None for now), and the day it counts from."""
    at = reading(app)
    if as_of is None:
        return at, None, at.today
    from salesctl.store.records import day_end
    from salesctl.when import parse_date

    day = parse_date(as_of, at.today, future=False)
    then = at._replace(now=datetime.combine(day, time(23, 59), tzinfo=at.now.tzinfo))
    return then, day_end(day, zone(app)), day


def whose(app: App, owner: str | None, team: str | None) -> tuple[list[int] | None, str | None]:
    """The reps asked about and what to call them: mine unless said otherwise; everybody's while "me" is unknown."""
    if team:
        ref = reading(app).find("team", team)
        rows = app.store.query("SELECT id FROM rep WHERE team_id = :id ORDER BY id", {"id": ref.id})
        return [row["id"] for row in rows], ref.name
    if owner == "all":
        return None, None
    if owner and owner != "me":
        ref = reading(app).find("rep", owner)
        return [ref.id], ref.name
    mine = me(app)
    if mine is None and owner == "me":
        mine = reading(app).find("rep", "me")
    return ([mine.id], mine.name) if mine else (None, None)


def namer(store: Store, by: str | None) -> Callable[[Any], str | None]:
    """What the raw groups of a dimension are called; without a dimension there is one group, None."""
    from salesctl.store.measures import names

    if by is None:
        return lambda _raw: None
    known = names(store, by)

    def name(raw: Any) -> str:
        found = known(raw)
        return NONE if found is None or found == "" else str(found)

    return name
