"""Figures as they were reported, and the periods that are closed: what was frozen when, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from salesctl.store.connect import Row, Store


def taken(store: Store, kpi: str, period: tuple[date, date], scope: str, day: date) -> bool:
    """Whether a figure was frozen on a day already, by itself and not with the close of its period."""
    found = store.one(
        'SELECT id FROM kpi_snapshot WHERE kpi = :kpi AND start = :start AND "end" = :end AND scope = :scope'
        " AND day = :day AND close_id IS NULL",
        {"kpi": kpi, "start": period[0].isoformat(), "end": period[1].isoformat(), "scope": scope, "day": day.isoformat()},
    )  # fmt: skip
    return found is not None


def listed(store: Store, period: tuple[date, date] | None, scope: str | None, limit: int) -> list[Row]:
    """What was frozen by itself, newest first; `period` by its first and last day, `limit` 0 for all."""
    parts = ["close_id IS NULL"]
    params: dict[str, str] = {}
    if period is not None:
        parts.append('start = :start AND "end" = :end')
        params |= {"start": period[0].isoformat(), "end": period[1].isoformat()}
    if scope is not None:
        parts.append("scope = :scope")
        params["scope"] = scope
    most = f" LIMIT {int(limit)}" if limit else ""
    return store.query(
        f"SELECT * FROM kpi_snapshot WHERE {' AND '.join(parts)}"
        f' ORDER BY day DESC, start DESC, "end" DESC, scope, id{most}',
        params,
    )


def of_close(store: Store, close: int) -> list[Row]:
    """The figures that were frozen with the close of a period, in their order."""
    return store.query("SELECT * FROM kpi_snapshot WHERE close_id = :id ORDER BY id", {"id": close})


def closes(store: Store) -> list[Row]:
    """Every close of a period, the latest period first."""
    return store.query('SELECT * FROM period_close ORDER BY start DESC, "end" DESC, id DESC')


def close_of(store: Store, start: date, last: date) -> Row | None:
    """The newest close of a period, by its first and last day, reopened or not."""
    return store.one(
        'SELECT * FROM period_close WHERE start = :start AND "end" = :end ORDER BY id DESC LIMIT 1',
        {"start": start.isoformat(), "end": last.isoformat()},
    )


def whose(store: Store, scope: str) -> str | None:
    """What a scope is called: a rep or a team by its name, None for everybody."""
    table, _mark, id = scope.partition(":")
    if table not in ("rep", "team"):
        return None
    row: Any = store.one(f"SELECT name FROM {table} WHERE id = :id", {"id": int(id)})
    return row["name"] if row else None
