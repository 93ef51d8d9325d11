"""How the pipeline moved, from the stretches of the deals' lives: one SELECT for both ends, one for what changed between.

A moment is the instant before which things had happened; the pipeline at it is what held then, as for --as-of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from salesctl.domain.waterfall import Change, Edge, Scope, State, Waterfall, movements, rounded, shifted, whole
from salesctl.errors import BadValue
from salesctl.i18n import _
from salesctl.store.connect import Row, Store
from salesctl.store.rates import Converter, converter
from salesctl.store.records import day_end
from salesctl.when import Period

STATE = ("amount", "amount_currency", "outcome", "owner_id", "pipeline_id", "expected_close")
FIRST = 5  # a step is id, name, customer, at and what it was before (None: nothing), both states, whether archived


def movement(
    store: Store, period: Period, owners: Iterable[int] | None, as_of: date, *, zone: str, own: str,
    wanted: str | None = None, closing: Period | None = None, pipeline: int | None = None,
) -> Waterfall:  # fmt: skip
    """The waterfall of a period up to the end of the day `as_of`, of the deals of `owners` (ids; None: everybody's).

    In the currency `wanted`, else the only one there is, else `own`. With `closing` the pipeline is the deals expected to
    close in that period, else all open ones. Raises BadValue (4) for a period without a beginning, or not begun by then.
    """
    if period.start is None or period.start > as_of:
        raise BadValue(
            _("{period} has not begun by {day}").format(period=period.code, day=as_of)
            if period.start
            else _("what changed needs a period with a beginning"),
            _("as: -p {example}").format(example="2026Q4"),
        )
    last = min(as_of, period.last or as_of)
    window = {"start": day_end(period.start - timedelta(days=1), zone), "end": day_end(last, zone)}
    horizon = (closing.start, closing.end) if closing and closing.start and closing.end else None
    whose = None if owners is None else frozenset(owners)
    scope = Scope(wanted or own, whose, pipeline, horizon)
    edges = list(_edges(store, scope, window))
    known = {row["currency"] for row in edges if row["currency"]}
    if wanted is None and len(known) == 1:
        scope = scope._replace(currency=known.pop())
    into = converter(store, scope.currency, last)
    sums = [_in_currency(row, into) for row in edges]
    changes = [_alike(one, into) for one in _changes(store, window)]
    made = Waterfall(scope.currency, _edge(sums, "0", scope), _edge(sums, "1", scope), movements(changes, scope))
    made.sooner, made.later = shifted(changes, scope)
    made.others = sum(row["n"] for row in sums if row["currency"] not in (None, scope.currency))
    made.used, made.lacking = tuple(sorted(into.used)), dict(sorted(into.lacking.items()))
    here = {row["currency"] for row in sums}
    made.lacks = {code: day for code, day in made.lacking.items() if code in here}
    return rounded(made)


def _in_currency(row: Row, into: Converter) -> dict[str, Any]:
    """The sums of a currency in that of the waterfall: all by the rate of its last day, so that no rate moves it."""
    one = {key: row[key] for key in ("currency", "n", "n0", "n1", "total0", "total1")}
    factor = into.factor(row["currency"], None) if row["currency"] not in (None, into.base) else None
    if factor is None:
        return one
    return one | {"currency": into.base, "total0": int(row["total0"]) * factor, "total1": int(row["total1"]) * factor}


def _alike(one: Change, into: Converter) -> Change:
    """A step with its amounts in the currency of the waterfall."""
    if one.after.currency in (None, into.base) and (one.before is None or one.before.currency in (None, into.base)):
        return one
    return one._replace(before=one.before and _worth(one.before, into), after=_worth(one.after, into))


def _worth(state: State, into: Converter) -> State:
    if state.amount is None or state.currency in (None, into.base):
        return state
    minor = into.exact(state.amount, str(state.currency), None)
    return state if minor is None else state._replace(amount=minor, currency=into.base)


def _edges(store: Store, scope: Scope, window: dict[str, str]) -> list[Row]:
    """By currency (None: no amount), how many open deals there were and their sum: 0 at the start, 1 at the end.

    Whether a deal was archived is asked beside its stretch: of the deal alone, SQLite would first read all deals for a filter.
    """
    parts = ["s.outcome IS NULL", "s.from_at < :end", "s.until_at >= :start"]
    params: dict[str, Any] = dict(window)
    if scope.owners is not None:
        parts.append(f"s.owner_id IN ({', '.join(map(str, sorted(scope.owners))) or 'NULL'})")
    if scope.pipeline is not None:
        parts.append("s.pipeline_id = :pipeline")
        params["pipeline"] = scope.pipeline
    if scope.horizon is not None:
        parts.append("s.expected_close >= :first AND s.expected_close < :after")
        params |= {"first": scope.horizon[0].isoformat(), "after": scope.horizon[1].isoformat()}
    held = "s.from_at < {0} AND s.until_at >= {0} AND (d.archived_at IS NULL OR d.archived_at >= {0})".format
    sums = ", ".join(
        f"sum(CASE WHEN {held(edge)} THEN 1 ELSE 0 END) AS n{i},"
        f" coalesce(sum(CASE WHEN {held(edge)} AND s.amount_currency IS NOT NULL THEN s.amount END), 0) AS total{i}"
        for i, edge in enumerate((":start", ":end"))
    )
    return store.query(
        f"SELECT CASE WHEN s.amount IS NOT NULL THEN s.amount_currency END AS currency, {sums},"
        " count(DISTINCT s.deal_id) AS n FROM deal_span s CROSS JOIN deal d WHERE d.id = s.deal_id"
        f" AND coalesce(d.archived_at, s.until_at) >= :start AND {' AND '.join(parts)} GROUP BY 1",
        params,
    )


def _edge(rows: list[dict[str, Any]], at: str, scope: Scope) -> Edge:
    mine = [row for row in rows if row["currency"] in (None, scope.currency)]
    blank = sum(row[f"n{at}"] for row in mine if row["currency"] is None)
    return Edge(sum(row[f"n{at}"] for row in mine), blank, sum(whole(row[f"total{at}"]) for row in mine))


def _changes(store: Store, window: dict[str, str]) -> Iterator[Change]:
    """Every step within the window that can move money, deal by deal in order; archiving is one, and a deal's last.

    A stretch begins when an event took effect, so only the deals with an event in the window are looked at.
    """
    before = ", ".join(f"p.{name} AS was_{name}" for name in STATE)
    after = ", ".join(f"s.{name}" for name in STATE)
    moved = " OR ".join(f"s.{name} IS DISTINCT FROM p.{name}" for name in STATE)
    same = ", ".join(f"s.{name} AS was_{name}" for name in STATE)
    sql = (
        f"SELECT d.id, d.name, c.name AS customer, s.from_at AS at, p.deal_id AS was, {before}, {after}, 0 AS gone"
        " FROM (SELECT DISTINCT e.deal_id FROM deal_event e WHERE e.at >= :start AND e.at < :end) x"
        " CROSS JOIN deal_span s CROSS JOIN deal d LEFT JOIN customer c ON c.id = d.customer_id"
        " LEFT JOIN deal_span p ON p.deal_id = s.deal_id AND p.until_at = s.from_at"
        " WHERE s.deal_id = x.deal_id AND d.id = x.deal_id AND s.from_at >= :start AND s.from_at < :end"
        f" AND (d.archived_at IS NULL OR s.from_at <= d.archived_at) AND (p.deal_id IS NULL OR {moved})"
        f" UNION ALL SELECT d.id, d.name, c.name, d.archived_at, d.id, {same}, {after}, 1"
        " FROM deal d JOIN deal_span s ON s.deal_id = d.id LEFT JOIN customer c ON c.id = d.customer_id"
        " WHERE d.archived_at >= :start AND d.archived_at < :end"
        " AND s.from_at <= d.archived_at AND s.until_at > d.archived_at ORDER BY 1, 4, 18"
    )
    end = FIRST + len(STATE)
    for row in store.bare(sql, window):
        was = None if row[4] is None else State(*row[FIRST:end])
        yield Change(row[0], row[1], row[2], was, State._make(row[end:]))
