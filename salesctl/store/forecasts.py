"""Queries of the forecast: open deals that are due, what managers adjusted, what closed deals say of chances."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.forecast import OMITTED, Deal
from salesctl.domain.kinds import DATE
from salesctl.store.connect import Row, Store
from salesctl.store.records import Where, source

if TYPE_CHECKING:
    from salesctl.store.rates import Converter
    from salesctl.when import Period

IN_FORECAST = f"coalesce(t.forecast, '') <> '{OMITTED}'"  # of a deal `t`: nobody said that it is to be left out


def due(store: Store, scope: Where, end: date, as_of: str | None) -> Iterator[Deal]:
    """Open deals that are due before `end`, and those without a date, in the order of their ids."""
    where = " AND ".join(["t.outcome IS NULL", "t.archived_at IS NULL", *scope.parts])
    sql = (
        "SELECT t.id, t.name, t.amount, t.amount_currency AS currency, t.expected_close AS due, t.probability AS chance,"
        f" t.forecast AS said FROM {source(DEAL, as_of)} t"
        f" WHERE {where} AND (t.expected_close IS NULL OR t.expected_close < :before_) ORDER BY +t.id"
    )  # + has SQLite read the open deals and sort them, not walk all deals in the order of their ids
    params = {**scope.params, "before_": end.isoformat(), **({} if as_of is None else {"as_of": as_of})}
    days: dict[Any, date | None] = {None: None}  # each day is read once, for thousands of deals are due on it
    for id, name, amount, currency, due, chance, said in store.bare(sql, params):
        if due not in days:
            days[due] = DATE.unpack({"due": due}, "due")
        yield Deal(id, name, amount, currency, days[due], chance, said)


def in_currency(deal: Deal, into: Converter) -> Deal:
    """An open deal with its amount in one currency by the latest rate; as it is where none is known."""
    if deal.amount is None or deal.currency in (None, into.base):
        return deal
    minor = into.minor(deal.amount, str(deal.currency), None)
    return deal if minor is None else deal._replace(amount=minor, currency=into.base)


def adjusted(store: Store, period: Period, scope: str, as_of: str | None = None) -> dict[str, Row]:
    """The last word on each category of a period and scope, by category."""
    params = {**_span(period), "scope": scope, "as_of": as_of}
    known = " AND a.at < :as_of" if as_of is not None else ""
    sql = f'{ADJUSTED} WHERE a.start = :start AND a."end" = :end AND a.scope = :scope{known} ORDER BY a.id'
    return {row["category"]: row for row in store.query(sql, params)}


def history(store: Store, period: Period | None, scope: str | None) -> list[Row]:
    """Every word on a forecast, the oldest first."""
    parts = ["1 = 1"]
    if period is not None:
        parts.append('a.start = :start AND a."end" = :end')
    if scope is not None:
        parts.append("a.scope = :scope")
    params = {**(_span(period) if period else {}), "scope": scope}
    return store.query(f"{ADJUSTED} WHERE {' AND '.join(parts)} ORDER BY a.id", params)


ADJUSTED = (
    'SELECT a.id, a.period, a.start, a."end", a.scope, a.category, a.before, a.amount, a.amount_currency AS currency,'
    " a.reason, a.at, r.name AS who FROM forecast_adjust a LEFT JOIN rep r ON r.id = a.rep_id"
)


def _span(period: Period) -> dict[str, Any]:
    assert period.start is not None and period.last is not None
    return {"start": period.start.isoformat(), "end": period.last.isoformat()}


def stood(store: Store) -> list[Row]:
    """For every stage an open deal can stand in: of the closed deals that stood in it, how many, and how many were won."""
    return store.query(
        "SELECT s.id, s.name, s.key, s.position, s.phase, s.probability, p.name AS pipeline,"
        " coalesce(c.n, 0) AS n, coalesce(c.won, 0) AS won"
        " FROM stage s JOIN pipeline p ON p.id = s.pipeline_id LEFT JOIN ("
        " SELECT x.stage_id, count(*) AS n, sum(CASE WHEN d.outcome = 'won' THEN 1 ELSE 0 END) AS won FROM deal d JOIN ("
        " SELECT DISTINCT e.stage_id, e.deal_id FROM deal_event e WHERE e.voided_at IS NULL AND e.stage_id IS NOT NULL) x"
        " ON x.deal_id = d.id WHERE d.outcome IS NOT NULL AND d.archived_at IS NULL GROUP BY x.stage_id"
        ") c ON c.stage_id = s.id"
        " WHERE s.archived_at IS NULL AND s.phase <> 'after' ORDER BY s.pipeline_id, s.position, s.id"
    )


def said(store: Store, width: int) -> list[Row]:
    """By bands of `width` points: closed deals that bore such a chance while they were open, and how many were won.

    `total` adds up the chances, one a deal and band: the last that it bore there.
    """
    band = f"(CASE WHEN e.probability >= 100 THEN 99 ELSE e.probability END) / {width}"
    return store.query(
        "SELECT x.band, count(*) AS n, sum(CASE WHEN d.outcome = 'won' THEN 1 ELSE 0 END) AS won,"
        " sum(y.probability) AS total FROM ("
        f" SELECT e.deal_id, {band} AS band, max(e.id) AS last FROM deal_event e"
        " WHERE e.voided_at IS NULL AND e.outcome IS NULL AND e.probability IS NOT NULL GROUP BY 1, 2) x"
        " JOIN deal_event y ON y.id = x.last JOIN deal d ON d.id = x.deal_id"
        " WHERE d.outcome IS NOT NULL AND d.archived_at IS NULL GROUP BY x.band ORDER BY x.band"
    )
