"""Counts that no grouping of single rows gives: who bought again, who was touched, what was open in a period, what slipped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from salesctl.domain.deal import DEAL
from salesctl.store.connect import Row, Store
from salesctl.store.measures import Ask
from salesctl.store.records import Where, day_end, source
from salesctl.when import Period


def _deals(scope: Where, as_of: str | None) -> Where:
    where = Where(list(scope.parts), dict(scope.params), as_of)
    where.add("t.archived_at IS NULL")
    if as_of is not None:
        where.params["as_of"] = as_of
    return where


def repeated(store: Store, period: Period, scope: Where, as_of: str | None) -> tuple[int, int]:
    """Customers that bought in a period, and those of them that had bought on an earlier day (FORMULAS 13)."""
    where = _deals(scope, as_of)
    where.add("t.outcome = 'won' AND t.customer_id IS NOT NULL AND t.closed IS NOT NULL")
    if period.end is not None:
        where.add("t.closed < :end", end=period.end.isoformat())
    inner = (
        "SELECT t.customer_id, min(t.closed) AS first, max(t.closed) AS last"
        f" FROM {source(DEAL, as_of)} t WHERE {where.sql} GROUP BY t.customer_id"
    )
    params = where.params | ({} if period.start is None else {"start": period.start.isoformat()})
    within = "" if period.start is None else " WHERE x.last >= :start"
    row = store.one(
        f"SELECT count(*) AS n, sum(CASE WHEN x.first < x.last THEN 1 ELSE 0 END) AS again FROM ({inner}) x{within}",
        params,
    )
    return (int(row["n"]), int(row["again"] or 0)) if row else (0, 0)


def touched(store: Store, ask: Ask) -> int:
    """How many customers the follow-ups of a question were with."""
    where = ask.where()
    row = store.one(
        f"SELECT count(DISTINCT t.customer_id) AS n FROM {ask.table} t WHERE {where.sql} AND t.customer_id IS NOT NULL",
        where.params,
    )
    return int(row["n"]) if row else 0


def opportunities(store: Store, start: date, end: date, scope: Where, as_of: str | None) -> int:
    """Deals that were open at the start of a half-open period, or began in it."""
    where = _deals(scope, as_of)
    where.add("t.created < :end AND (t.closed IS NULL OR t.closed >= :start)")
    params = where.params | {"start": start.isoformat(), "end": end.isoformat()}
    row = store.one(f"SELECT count(*) AS n FROM {source(DEAL, as_of)} t WHERE {where.sql}", params)
    return int(row["n"]) if row else 0


class Due(NamedTuple):
    """Deals of a currency (None: without an amount) due in a period at its start, and those of them that slipped."""

    currency: str | None
    due: int
    slipped: int
    due_minor: Any
    slipped_minor: Any


def slipped(store: Store, start: date, end: date, day: date, scope: Where, zone: str) -> list[Due]:
    """By currency, what was due in a half-open period as it stood at its start, and is still open at the end of `day`.

    Slipped: expected after the period by then, or overdue (what is due on `day` itself is not yet); with the amount of the
    start (FORMULAS 16).
    """
    last = min(end - timedelta(days=1), day)
    params = dict(scope.params) | {
        "begin_": day_end(start - timedelta(days=1), zone), "finish_": day_end(last, zone), "first_": start.isoformat(),
        "after_": end.isoformat(), "overdue_": min(end, day).isoformat(),
    }  # fmt: skip
    late = "b.outcome IS NULL AND (b.expected_close IS NULL OR b.expected_close >= :after_ OR b.expected_close < :overdue_)"
    mine = "".join(f" AND {part}" for part in scope.parts)
    rows: list[Row] = store.query(
        "SELECT CASE WHEN a.amount IS NOT NULL THEN a.amount_currency END AS currency, count(*) AS due,"
        f" sum(CASE WHEN {late} THEN 1 ELSE 0 END) AS slipped, coalesce(sum(a.amount), 0) AS due_minor,"
        f" coalesce(sum(CASE WHEN {late} THEN a.amount ELSE 0 END), 0) AS slipped_minor"
        " FROM deal_span a JOIN deal t ON t.id = a.deal_id JOIN deal_span b ON b.deal_id = a.deal_id"
        " AND b.from_at < :finish_ AND b.until_at >= :finish_"
        " WHERE a.from_at < :begin_ AND a.until_at >= :begin_ AND a.outcome IS NULL AND a.expected_close >= :first_"
        f" AND a.expected_close < :after_ AND (t.archived_at IS NULL OR t.archived_at >= :finish_){mine}"
        " GROUP BY 1 ORDER BY 1",
        params,
    )
    return [Due(*(row[key] for key in Due._fields)) for row in rows]
