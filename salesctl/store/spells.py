"""Counts that no grouping of single rows gives: who bought again, who was touched, what was open in a period, what slipped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from salesctl.domain.deal import DEAL
from salesctl.store.connect import Row, Store
from salesctl.store.grouped import called
from salesctl.store.measures import Ask, Label
from salesctl.store.records import Where, day_end, source
from salesctl.when import Period


class Count(NamedTuple):
    """`n` customers, `again` of them once more; `young` are too new to be told of."""

    n: int
    again: int
    young: int = 0


def _deals(scope: Where, as_of: str | None) -> Where:
    where = Where(list(scope.parts), dict(scope.params), as_of)
    where.add("t.archived_at IS NULL")
    if as_of is not None:
        where.params["as_of"] = as_of
    return where


def _won(scope: Where, as_of: str | None) -> Where:
    where = _deals(scope, as_of)
    where.add("t.outcome = 'won' AND t.customer_id IS NOT NULL AND t.closed IS NOT NULL")
    return where


def _counts(
    store: Store, where: Where, params: dict[str, Any], by: str | None, each: str, all: str, within: str = ""
) -> dict[Label, Count]:
    """What is told of `each` customer of a group, and of them `all` together."""
    name, joins = called(by)
    inner = (
        f"SELECT {name} AS g, {each} FROM {source(DEAL, where.as_of)} t{joins} WHERE {where.sql}"
        f" GROUP BY {name}, t.customer_id"
    )
    rows = store.query(f"SELECT g, {all} FROM ({inner}) x{within} GROUP BY g ORDER BY g", params)
    return {row["g"]: Count(int(row["n"]), int(row["again"] or 0)) for row in rows if row["n"]}


def retained(
    store: Store, start: date, end: date, window: int, scope: Where, as_of: str | None, by: str | None = None
) -> dict[Label, Count]:
    """By group, the customers that were active at the start, and those of them that were at the end (FORMULAS 12).

    Active = won within `window` days before; by sets, so that a lost and returned customer is right.
    """
    where = _won(scope, as_of)
    where.add("t.closed >= :first AND t.closed < :end")
    days = timedelta(days=window)
    params = where.params | {
        "first": (start - days).isoformat(), "start": start.isoformat(), "again": (end - days).isoformat(),
        "end": end.isoformat(),
    }  # fmt: skip
    had, has = (
        "max(CASE WHEN t.closed < :start THEN 1 ELSE 0 END)",
        "max(CASE WHEN t.closed >= :again THEN 1 ELSE 0 END)",
    )
    return _counts(store, where, params, by, f"{had} AS had, {has} AS has", "sum(had) AS n, sum(had * has) AS again")


def repeated(
    store: Store, period: Period, scope: Where, as_of: str | None, by: str | None = None
) -> dict[Label, Count]:
    """By group, the customers that bought in a period, and those that had bought on an earlier day (FORMULAS 13)."""
    where = _won(scope, as_of)
    if period.end is not None:
        where.add("t.closed < :end", end=period.end.isoformat())
    params = where.params | ({} if period.start is None else {"start": period.start.isoformat()})
    return _counts(
        store, where, params, by, "min(t.closed) AS first, max(t.closed) AS last",
        "count(*) AS n, sum(CASE WHEN first < last THEN 1 ELSE 0 END) AS again",
        "" if period.start is None else " WHERE last >= :start",
    )  # fmt: skip


def came_back(
    store: Store, period: Period, day: date, window: int, scope: Where, as_of: str | None, by: str | None = None
) -> dict[Label, Count]:
    """By group, the customers that bought for the first time in a period, those that bought again within `window` days.

    `young` are those whose days are not over by the end of `day`: all others were watched equally long (FORMULAS 13).
    """
    where, (name, joins) = _won(scope, as_of), called(by)
    params = where.params | {"cut": (day - timedelta(days=window)).isoformat()}
    within = []
    for mark, key, edge in ((">=", "start", period.start), ("<", "end", period.end)):
        if edge is not None:
            within.append(f"first {mark} :{key}")
            params[key] = edge.isoformat()
    bought = (
        f"SELECT {name} AS g, t.customer_id, t.closed, min(t.closed) OVER (PARTITION BY {name}, t.customer_id) AS first"
        f" FROM {source(DEAL, as_of)} t{joins} WHERE {where.sql}"
    )
    each = (
        "SELECT g, first, min(CASE WHEN closed > first THEN julianday(closed) - julianday(first) END) AS days"
        f" FROM ({bought}) y WHERE {' AND '.join(within) or '1 = 1'} GROUP BY g, customer_id, first"
    )
    rows = store.query(
        "SELECT g, sum(CASE WHEN first <= :cut THEN 1 ELSE 0 END) AS n,"
        " sum(CASE WHEN first > :cut THEN 1 ELSE 0 END) AS young,"
        f" sum(CASE WHEN first <= :cut AND days <= {int(window)} THEN 1 ELSE 0 END) AS again FROM ({each}) x"
        " GROUP BY g ORDER BY g",
        params,
    )
    return {row["g"]: Count(int(row["n"]), int(row["again"]), int(row["young"])) for row in rows}


def touched(store: Store, ask: Ask) -> dict[Label, int]:
    """By group, how many customers the follow-ups of a question were with."""
    where, (name, joins) = ask.where(), called(ask.by)
    rows = store.query(
        f"SELECT {name} AS g, count(DISTINCT t.customer_id) AS n FROM {ask.table} t{joins}"
        f" WHERE {where.sql} AND t.customer_id IS NOT NULL GROUP BY 1 ORDER BY 1",
        where.params,
    )
    return {row["g"]: int(row["n"]) for row in rows}


def opportunities(
    store: Store, start: date, end: date, scope: Where, as_of: str | None, by: str | None = None
) -> dict[Label, int]:
    """By group, the deals that were open at the start of a half-open period, or began in it."""
    where, (name, joins) = _deals(scope, as_of), called(by)
    where.add("t.created < :end AND (t.closed IS NULL OR t.closed >= :start)")
    params = where.params | {"start": start.isoformat(), "end": end.isoformat()}
    rows = store.query(
        f"SELECT {name} AS g, count(*) AS n FROM {source(DEAL, as_of)} t{joins} WHERE {where.sql} GROUP BY 1 ORDER BY 1",
        params,
    )
    return {row["g"]: int(row["n"]) for row in rows}


class Due(NamedTuple):
    """Deals of a group and a currency (None: without an amount) due in a period at its start, and those that slipped."""

    g: Label
    currency: str | None
    due: int
    slipped: int
    due_minor: Any
    slipped_minor: Any


def slipped(
    store: Store, start: date, end: date, day: date, scope: Where, zone: str, by: str | None = None
) -> list[Due]:
    """By group and currency, what was due in a half-open period as it stood at its start, and is still open at the end of `day`.

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
    name, joins = called(by)
    rows: list[Row] = store.query(
        f"SELECT {name} AS g, CASE WHEN a.amount IS NOT NULL THEN a.amount_currency END AS currency, count(*) AS due,"
        f" sum(CASE WHEN {late} THEN 1 ELSE 0 END) AS slipped, coalesce(sum(a.amount), 0) AS due_minor,"
        f" coalesce(sum(CASE WHEN {late} THEN a.amount ELSE 0 END), 0) AS slipped_minor"
        " FROM deal_span a JOIN deal t ON t.id = a.deal_id JOIN deal_span b ON b.deal_id = a.deal_id"
        f" AND b.from_at < :finish_ AND b.until_at >= :finish_{joins}"
        " WHERE a.from_at < :begin_ AND a.until_at >= :begin_ AND a.outcome IS NULL AND a.expected_close >= :first_"
        f" AND a.expected_close < :after_ AND (t.archived_at IS NULL OR t.archived_at >= :finish_){mine}"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        params,
    )
    return [Due(*(row[key] for key in Due._fields)) for row in rows]
