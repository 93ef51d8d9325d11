"""Contracts that run on a day, and what they bring a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from salesctl.plain import Data
from salesctl.store.connect import Store
from salesctl.store.grouped import called
from salesctl.store.measures import Label
from salesctl.store.records import Where

YEAR = 365  # days


class Running(Data, frozen=True):
    """A customer's contract: minor units of its currency a year, None where it has no term or no value."""

    group: Label
    customer: int
    currency: str | None
    yearly: Fraction | None


def running(store: Store, day: date, known: date, scope: Where, by: str | None = None) -> Iterator[Running]:
    """The contracts that run on a day, signed by the end of the day `known`; `scope` has conditions on the contract `t`.

    A year's worth is the value x 12 / months of its term, else x 365 / its days, both ends counted.
    """
    name, joins = called(by)
    where = Where(list(scope.parts), dict(scope.params))
    where.add("t.archived_at IS NULL AND t.customer_id IS NOT NULL AND t.signed IS NOT NULL")
    where.add("t.signed <= :known_ AND coalesce(t.starts, t.signed) <= :day_ AND (t.ends IS NULL OR t.ends >= :day_)")
    rows = store.query(
        f"SELECT {name} AS g, t.customer_id, t.value, t.value_currency, coalesce(t.starts, t.signed) AS first, t.ends,"
        f" t.term_months FROM contract t{joins} WHERE {where.sql} ORDER BY t.id",
        where.params | {"known_": known.isoformat(), "day_": day.isoformat()},
    )
    for row in rows:
        worth = _yearly(row["value"], row["term_months"], row["first"], row["ends"])
        yield Running(row["g"], row["customer_id"], row["value_currency"], worth)


def _yearly(value: int | None, months: int | None, first: str, ends: str | None) -> Fraction | None:
    if value is None:
        return None
    if months:
        return Fraction(value * 12, months)
    if ends is None:
        return None
    return Fraction(value * YEAR, (date.fromisoformat(ends) - date.fromisoformat(first)).days + 1)
