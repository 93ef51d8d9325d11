"""Targets of goals as figures see them: what is set for a KPI, a period and a person, in the KPI's own unit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain.goal import MILLION
from salesctl.domain.kpi import Kpi
from salesctl.money import Money
from salesctl.services.base import reading
from salesctl.store import goals as stored
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.app import App


def value_of(kpi: Kpi, amount: int | None, currency: str | None) -> Any:
    """A stored target or result as a value: Money, a ratio, days, a count."""
    if amount is None:
        return None
    if kpi.is_money:
        return Money(amount, currency or "USD")
    return amount / MILLION if kpi.is_ratio else amount


def scaled(kpi: Kpi, value: Any) -> int | None:
    """A figure's value in the unit targets are stored in."""
    if value is None:
        return None
    if isinstance(value, Money):
        return value.minor
    return round(Fraction(value).limit_denominator(10**9) * MILLION) if kpi.is_ratio else round(value)


def target_of(app: App, kpi: Kpi, period: Period, whose: Mapping[str, str | None]) -> Any:
    """The target that is set for a KPI in exactly this period and for whom it is asked, or None."""
    store = app.store
    if not store.exists or period.start is None or period.last is None:
        return None
    at = reading(app)
    owner, team = whose.get("owner"), whose.get("team")
    id = {
        "team": at.find("team", team).id if team else 0,
        "rep": at.find("rep", owner).id if owner and owner != "all" else 0,
    }
    row = stored.target(store, kpi.name, period.start, period.last, **id)
    return value_of(kpi, row["target"], row["currency"]) if row else None


def targets_of(app: App, kpi: Kpi, period: Period, by: str) -> dict[str, Any]:
    """The targets that are set for a KPI in exactly this period, by the name of the rep or the team they are of."""
    if not app.store.exists or period.start is None or period.last is None:
        return {}
    rows = stored.targets(app.store, kpi.name, period.start, period.last, by)
    return {row["name"]: value_of(kpi, row["target"], row["currency"]) for row in rows}
