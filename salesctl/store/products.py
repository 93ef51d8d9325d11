"""Measures by product: a deal counts once under each product it holds, its money by share of its lines."""

from __future__ import annotations

from typing import Any

from salesctl.money import Money, split
from salesctl.store.connect import Store
from salesctl.store.measures import Ask, Label, Tally

MANY = "(SELECT deal_id FROM deal_line GROUP BY deal_id HAVING count(*) > 1)"
CALLED = "coalesce(p.name, l.product_text)"


def by_product(store: Store, ask: Ask) -> dict[Label, Tally]:
    """Tallies by the name of the product; deals without a line are under None."""
    where = ask.where()
    grouped = (
        "SELECT l.product_id AS pid, l.product_text AS text, t.outcome AS outcome, t.amount_currency AS currency,"
        " count(*) AS n, coalesce(sum(t.amount), 0) AS total, coalesce(sum(t.amount * t.probability), 0) AS weighted,"
        f" coalesce(sum(CASE WHEN t.probability IS NULL THEN 1 ELSE 0 END), 0) AS chanceless, {ask.day} AS day"
        f" FROM {ask.table} t LEFT JOIN deal_line l ON l.deal_id = t.id"
        f" WHERE {where.sql} AND t.id NOT IN {MANY} GROUP BY 1, 2, 3, 4{ask.by_day}"
    )
    sql = (
        "SELECT coalesce(p.name, x.text) AS g, x.outcome, x.currency, x.n, x.total, x.weighted, x.chanceless, x.day"
        f" FROM ({grouped}) x LEFT JOIN product p ON p.id = x.pid"
    )
    found: dict[Label, Tally] = {}
    for row in store.each(sql, where.params):
        found.setdefault(row["g"], Tally()).add(row, ask.into)
    _shared(store, ask, found)
    return found


def _shared(store: Store, ask: Ask, found: dict[Label, Tally]) -> None:
    """Deals of several lines, one by one: their money is split by the amounts of the lines, evenly without them."""
    where = ask.where()
    rows = store.query(
        f"SELECT t.id, t.outcome, t.amount, t.amount_currency AS currency, t.probability, {ask.day} AS day, {CALLED} AS g,"
        f" sum(l.amount) AS share, count(*) AS k, count(l.amount) AS known FROM {ask.table} t"
        " JOIN deal_line l ON l.deal_id = t.id LEFT JOIN product p ON p.id = l.product_id"
        f" WHERE {where.sql} AND t.id IN {MANY} GROUP BY t.id, t.outcome, t.amount,"
        f" t.amount_currency, t.probability, {CALLED}{ask.by_day} ORDER BY t.id, {CALLED}",
        where.params,
    )
    deals: dict[int, list[Any]] = {}
    for row in rows:
        deals.setdefault(row["id"], []).append(row)
    for parts in deals.values():
        weights = [part["share"] for part in parts]
        if any(part["known"] < part["k"] for part in parts) or not sum(weights):
            weights = [part["k"] for part in parts]
        amount, currency = parts[0]["amount"], parts[0]["currency"]
        shares = split(Money(amount, currency), weights) if amount is not None else [None] * len(parts)
        for part, share in zip(parts, shares, strict=True):
            chance = part["probability"]
            minor = share.minor if share else 0
            row = {"outcome": part["outcome"], "currency": currency, "n": 1, "total": minor, "day": part["day"]}
            row |= {"weighted": minor * (chance or 0), "chanceless": int(chance is None)}
            found.setdefault(part["g"], Tally()).add(row, ask.into)


NAMED_BY = (
    f"SELECT {CALLED} AS g, v, currency, day, count(DISTINCT x.g) AS n FROM ({{inner}}) x LEFT JOIN deal_line l"
    " ON l.deal_id = x.g LEFT JOIN product p ON p.id = l.product_id GROUP BY 1, 2, 3, 4"
)


def name_of(raw: str | None) -> str | None:
    """A product is grouped by its name already."""
    return raw


def histogram_by_product(store: Store, ask: Ask, value: str) -> dict[Any, dict[int, int]]:
    """Histograms by product; a deal of several products counts once under each."""
    where = ask.where()
    rows = store.query(
        f"SELECT {CALLED} AS g, v, count(DISTINCT x.id) AS n FROM"
        f" (SELECT t.id, {value} AS v FROM {ask.table} t WHERE {where.sql}) x"
        " LEFT JOIN deal_line l ON l.deal_id = x.id LEFT JOIN product p ON p.id = l.product_id GROUP BY 1, 2",
        where.params,
    )
    found: dict[Any, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row["g"], {})[row["v"]] = row["n"]
    return found
