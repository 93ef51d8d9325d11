"""Figures frozen as they were reported: taken once a day, kept beside what the same question says now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import KPIS, Kpi
from salesctl.errors import BadValue
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.output.formats import dumps
from salesctl.plain import Data
from salesctl.services.base import reading, today, unit
from salesctl.services.figures import Figure
from salesctl.services.target import scaled
from salesctl.store import snapshots
from salesctl.when import Period, parse_period

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

EVERYBODY = "all"


class Frozen(Data, frozen=True):
    """A figure as it was reported: `told` is its value as JSON gives it, `n` and `bottom` what it was made of."""

    kpi: Kpi
    period: Period
    scope: str
    day: date
    told: Any
    n: int | None
    bottom: int | None

    @property
    def worth(self) -> Any:
        """Money, a ratio, days or a count; None for n/a."""
        return Money.of(self.told["amount"], self.told["currency"]) if isinstance(self.told, dict) else self.told

    def differs(self, now: Figure) -> bool:
        """Whether the same question has another answer now."""
        return (self.told, self.n, self.bottom) != (json.loads(dumps(now.value)), now.n, now.of)


def thawed(row: Row) -> Frozen | None:
    """A stored row; None when its KPI is no longer in the catalogue."""
    kpi = KPIS.get(row["kpi"])
    if kpi is None:
        return None
    start, last = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    day, told = date.fromisoformat(row["day"]), json.loads(row["body"])["value"]
    return Frozen(kpi, span(row["period"], start, last), row["scope"], day, told, row["n"], row["bottom"])


def span(code: str, start: date, last: date) -> Period:
    """A stored period: by its name where that still means these days, else by the days."""
    found = parse_period(code, start)
    return found if (found.start, found.last) == (start, last) else Period(start, last + timedelta(days=1), "range")


def settled() -> list[Kpi]:
    """The KPIs that a period which is over has settled: what was open or is expected never was, and what has no data."""
    return [one for one in KPIS.values() if one.settles]


def reported() -> list[Kpi]:
    """The KPIs that the records answer."""
    return [one for one in KPIS.values() if not one.is_outside]


def scope_of(app: App, owner: str | None, team: str | None) -> str:
    """Whose figures, as it is stored: all, rep:3, team:2."""
    if team:
        return f"team:{reading(app).find('team', team).id}"
    if owner and owner != "all":
        return f"rep:{reading(app).find('rep', owner).id}"
    return EVERYBODY


def words_of(scope: str) -> tuple[str | None, str | None]:
    """The words for --owner and --team that mean a stored scope."""
    table, _mark, id = scope.partition(":")
    return (f"R{id}" if table == "rep" else None), (f"TM{id}" if table == "team" else None)


def bounded(period: Period) -> tuple[date, date]:
    """The first and the last day. Raises BadValue (4) where one is missing."""
    if period.start is None or period.last is None:
        raise BadValue(_("this needs a period with a beginning and an end"), _("as: -p {example}").format(example="2026Q4"))  # fmt: skip
    return period.start, period.last


def take(app: App, period: Period, scope: str, figures: Sequence[tuple[Figure, str]]) -> list[Figure]:
    """Freeze figures, each with its row as JSON; those that were frozen today already are left. The ones taken."""
    first, last = bounded(period)
    new = []
    with unit(app, "kpi.snapshot") as work:
        day = today(app)
        for figure, body in figures:
            if not snapshots.taken(work, figure.kpi.name, (first, last), scope, day):
                put(work, period, scope, day, (figure, body))
                new.append(figure)
    return new


def put(
    work: Unit, period: Period, scope: str, day: date, one: tuple[Figure, str], close: int | None = None
) -> None:  # fmt: skip
    """One figure as it is now."""
    first, last = bounded(period)
    figure = one[0]
    work.put(
        "kpi_snapshot",
        {
            "day": day.isoformat(), "taken_at": work.at, "kpi": figure.kpi.name, "period": period.code,
            "start": first.isoformat(), "end": last.isoformat(), "scope": scope,
            "value": scaled(figure.kpi, figure.value), "currency": figure.unit if figure.kpi.is_money else None,
            "n": figure.n, "bottom": figure.of, "body": one[1], "close_id": close,
        },
    )  # fmt: skip
