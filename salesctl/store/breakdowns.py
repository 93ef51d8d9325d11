"""Closed deals by one group each, counted and summed: what a change of a figure is taken apart with."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.plain import Data
from salesctl.store.connect import Row, Store
from salesctl.store.measures import CYCLE, Ask, Label, names

if TYPE_CHECKING:
    from salesctl.store.rates import Converter

SEVERAL = "(several)"  # the group of deals that hold more than one product
_CUSTOMER = "(SELECT c.{column} FROM customer c WHERE c.id = t.customer_id)"
_PRODUCT = (
    "(SELECT CASE WHEN count(DISTINCT coalesce(p.name, l.product_text)) > 1 THEN '(several)'"
    " ELSE max(coalesce(p.name, l.product_text)) END FROM deal_line l LEFT JOIN product p ON p.id = l.product_id"
    " WHERE l.deal_id = t.id)"
)
KEYS = {
    "rep": "+t.owner_id",  # +: not in the order of a reference, which would be the whole table
    "team": "+t.owner_id",
    "region": "+t.owner_id",
    "stage": "+t.stage_id",
    "pipeline": "+t.pipeline_id",
    "channel": "t.channel",
    "loss-reason": "t.lost_reason",
    "product": _PRODUCT,
    "class": _CUSTOMER.format(column="class"),
    "industry": _CUSTOMER.format(column="industry"),
    "customer-region": _CUSTOMER.format(column="region"),
}


class Closed(Data):
    """Deals of one group and outcome: how many, those with an amount of the currency, its minor units; known cycles.

    Minor units are fractions where amounts were converted, so that every split adds up to the same whole.

    `foreign` are those with an amount in another currency.
    """

    n: int = 0
    priced: int = 0
    minor: Any = 0
    timed: int = 0
    days: int = 0
    foreign: int = 0

    def add(self, other: Closed) -> None:
        """Count another group in."""
        for name, more in vars(other).items():
            setattr(self, name, getattr(self, name) + more)


def closed(store: Store, ask: Ask, by: str, currency: str) -> dict[tuple[Label, str], Closed]:
    """What was closed, by the name of the group and the outcome; a deal is in exactly one group.

    Amounts of other currencies count by the rate of their day, where `ask.into` knows one.
    """
    where = ask.where()
    mine = "CASE WHEN t.amount_currency = :money_ THEN t.amount END" if ask.into is None else "t.amount"
    other = "CASE WHEN t.amount_currency <> :money_ THEN 1 ELSE 0 END" if ask.into is None else "0"
    inner = (
        f"SELECT {KEYS[by]} AS g, t.outcome AS outcome, {mine} AS amount, t.amount_currency AS currency, {ask.day} AS day,"
        f" {other} AS foreign_,"
        f" CASE WHEN {CYCLE} >= 0 THEN {CYCLE} END AS days FROM {ask.table} t WHERE {where.sql}"
    )
    apart = "" if ask.into is None else ", currency, day"
    sql = (
        f"SELECT g, outcome{apart}, count(*) AS n, count(amount) AS priced, coalesce(sum(amount), 0) AS minor,"
        " coalesce(sum(foreign_), 0) AS foreign_,"
        f" count(days) AS timed, coalesce(sum(days), 0) AS days FROM ({inner}) x GROUP BY g, outcome{apart}"
        f" ORDER BY g, outcome{apart}"
    )
    name = names(store, by)
    found: dict[tuple[Label, str], Closed] = {}
    for row in store.each(sql, where.params | ({"money_": currency} if ask.into is None else {})):
        label = name(row["g"])
        one = found.setdefault((None if label in (None, "") else str(label), row["outcome"]), Closed())
        for key, value in _worth(row, ask.into).items():
            setattr(one, key, getattr(one, key) + value)
    return found


def _worth(row: Row, into: Converter | None) -> dict[str, int | Fraction]:
    """What a row adds, its amounts in one currency; those without a rate are not there."""
    counts: dict[str, int | Fraction] = {key: int(row[key]) for key in ("n", "priced", "minor", "timed", "days")}
    counts["foreign"] = int(row["foreign_"])
    if into is None or row["currency"] in (None, into.base):
        return counts
    factor = into.factor(row["currency"], row["day"])
    if factor is None:
        return counts | {"priced": 0, "minor": 0, "foreign": counts["priced"]}
    return counts | {"minor": counts["minor"] * factor}
