"""Closed deals by one group each, counted and summed: what a change of a figure is taken apart with."""

from __future__ import annotations

from dataclasses import dataclass

from salesctl.store.connect import Store
from salesctl.store.measures import CYCLE, Ask, Label, names

SEVERAL = "(several)"  # the group of deals that hold more than one product
_CUSTOMER = "(SELECT c.{column} FROM customer c WHERE c.id = t.customer_id)"
_PRODUCT = (
    "(SELECT CASE WHEN count(DISTINCT coalesce(p.name, l.product_text)) > 1 THEN '(several)'"
    " ELSE max(coalesce(p.name, l.product_text)) END FROM deal_line l LEFT JOIN product p ON p.id = l.product_id"
    " WHERE l.deal_id = t.id)"
)
KEYS = {
    "rep": "t.owner_id",
    "team": "t.owner_id",
    "region": "t.owner_id",
    "stage": "t.stage_id",
    "pipeline": "t.pipeline_id",
    "channel": "t.channel",
    "loss-reason": "t.lost_reason",
    "product": _PRODUCT,
    "class": _CUSTOMER.format(column="class"),
    "industry": _CUSTOMER.format(column="industry"),
    "customer-region": _CUSTOMER.format(column="region"),
}


@dataclass(eq=False, repr=False)
class Closed:
    """Deals of one group and outcome: how many, those with an amount of the currency, its minor units; known cycles."""

    n: int = 0
    priced: int = 0
    minor: int = 0
    timed: int = 0
    days: int = 0


def closed(store: Store, ask: Ask, by: str, currency: str) -> dict[tuple[Label, str], Closed]:
    """What was closed, by the name of the group and the outcome; a deal is in exactly one group."""
    where = ask.where()
    inner = (
        f"SELECT {KEYS[by]} AS g, t.outcome AS outcome, CASE WHEN t.amount_currency = :money_ THEN t.amount END AS amount,"
        f" CASE WHEN {CYCLE} >= 0 THEN {CYCLE} END AS days FROM {ask.table} t WHERE {where.sql}"
    )
    sql = (
        "SELECT g, outcome, count(*) AS n, count(amount) AS priced, coalesce(sum(amount), 0) AS minor,"
        f" count(days) AS timed, coalesce(sum(days), 0) AS days FROM ({inner}) x GROUP BY g, outcome ORDER BY g, outcome"
    )
    name = names(store, by)
    found: dict[tuple[Label, str], Closed] = {}
    for row in store.each(sql, {**where.params, "money_": currency}):
        label = name(row["g"])
        one = found.setdefault((None if label in (None, "") else str(label), row["outcome"]), Closed())
        for key in ("n", "priced", "minor", "timed", "days"):
            setattr(one, key, getattr(one, key) + int(row[key]))
    return found
