"""Telling something once: a cause is claimed in a transaction before it is told, so that of two runs one tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from salesctl.services.base import unit
from salesctl.store.told import known

if TYPE_CHECKING:
    from salesctl.app import App


def fresh(app: App, causes: Mapping[str, str]) -> set[str]:
    """Those of the causes that nobody was told yet; looking uses nothing up."""
    return set(causes) - known(app.store, causes) if app.store.exists else set()


def claim(app: App, command: str, causes: Mapping[str, str]) -> set[str]:
    """Those of the causes that are this run's to tell: they were not told, and are from now on.

    `causes` are their names with what is told. Nothing new writes nothing. Undo frees them again.
    """
    new = fresh(app, causes)
    if not new:
        return new
    with unit(app, command) as work:
        new -= known(work, new)
        for cause in sorted(new):
            work.put("told", {"cause": cause, "at": work.at, "what": causes[cause]})
    return new


def week(day: date) -> str:
    """The week of a day as causes name it: 2026-W48."""
    year, number, _day = day.isocalendar()
    return f"{year}-W{number:02d}"
