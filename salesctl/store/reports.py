"""What reports name and add up beside the figures: the deals that closed and why, what stands still, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import MONEY
from salesctl.money import currency
from salesctl.plain import Data
from salesctl.store.connect import Row, Store
from salesctl.store.filtering import params_of
from salesctl.store.records import Where, source

if TYPE_CHECKING:
    from salesctl.store.measures import Ask


class Closed(Data, frozen=True):
    """A deal that closed: whose it was for, what it was worth, why it was lost and to whom."""

    id: int
    name: str
    customer: str | None
    amount: Any
    reason: str | None
    rival: str | None


def closed(store: Store, ask: Ask, outcome: str, most: int) -> list[Closed]:
    """The largest deals that a question about closed deals counts, of one outcome."""
    where = ask.where()
    rows = store.query(
        "SELECT t.id, t.name, t.amount, t.amount_currency, t.lost_reason, t.lost_to, c.name AS customer"
        f" FROM {ask.table} t LEFT JOIN customer c ON c.id = t.customer_id WHERE {where.sql} AND t.outcome = :outcome_"
        f" ORDER BY t.amount IS NULL, t.amount DESC, t.id LIMIT {int(most)}",
        {**where.params, "outcome_": outcome},
    )
    return [
        Closed(row["id"], row["name"], row["customer"], MONEY.unpack(row, "amount"), row["lost_reason"], row["lost_to"])
        for row in rows
    ]


def reasons(store: Store, ask: Ask) -> list[Row]:
    """Why the deals of a question were lost: (reason, rival, n), the most frequent first."""
    where = ask.where()
    return store.query(
        f"SELECT t.lost_reason AS reason, t.lost_to AS rival, count(*) AS n FROM {ask.table} t"
        f" WHERE {where.sql} AND t.outcome = 'lost' GROUP BY 1, 2 ORDER BY n DESC, t.lost_reason IS NULL, t.lost_reason, t.lost_to",
        where.params,
    )


def worth(store: Store, where: Where) -> list[Row]:
    """How many deals fit, by currency (None: without an amount), and their sum in minor units."""
    return store.query(
        "SELECT CASE WHEN t.amount IS NULL THEN NULL ELSE t.amount_currency END AS currency, count(*) AS n,"
        f" coalesce(sum(t.amount), 0) AS total FROM {source(DEAL, where.as_of)} t WHERE {where.sql} GROUP BY 1 ORDER BY 1",
        params_of(where),
    )


def only_currency(store: Store) -> str | None:
    """The currency of all amounts of deals where they have but one: that of any deal, if no deal has another."""
    some = "SELECT amount_currency AS code FROM deal WHERE amount_currency {0} AND archived_at IS NULL LIMIT 1"
    first = store.one(some.format("IS NOT NULL"))
    if first is None or store.one(some.format("<> :first"), {"first": first["code"]}):
        return None
    return str(first["code"])


# What is missing of a deal `t`, and where: of open deals, or of those that closed in the period.
OPEN_GAPS = {
    "without_date": "t.expected_close IS NULL",
    "overdue": "t.expected_close < :today_",
    "without_amount": "t.amount IS NULL",
    "without_probability": "t.probability IS NULL",
    "without_owner": "t.owner_id IS NULL",
    "without_customer": "t.customer_id IS NULL",
}
CLOSED_GAPS = {
    "won_without_amount": "t.outcome = 'won' AND t.amount IS NULL",
    "lost_without_reason": "t.outcome = 'lost' AND t.lost_reason IS NULL",
    "unknown_begin": "t.outcome = 'won' AND t.created IS NULL",
    "closed_before_begin": "t.outcome = 'won' AND t.closed < t.created",
}


def open_gaps(unrated: Sequence[str]) -> dict[str, str]:
    """What open deals may lack, and which of them are in a currency that has no rate."""
    codes = ", ".join(f"'{currency(code)}'" for code in unrated)
    return {
        **OPEN_GAPS,
        **({"without_rate": f"t.amount IS NOT NULL AND t.amount_currency IN ({codes})"} if codes else {}),
    }


def gaps(store: Store, where: Where, conditions: dict[str, str], day: date) -> list[Row]:
    """By currency (None: no amount): for each condition how many deals fit it (its name) and their sum (name_total).

    What the index of open deals does not hold is asked apart, so that the rest is read off the index alone.
    """
    apart = {name: one for name, one in conditions.items() if name in OFF_INDEX and where.as_of is None}
    found: dict[str | None, dict[str, Any]] = {}
    for some in ({name: one for name, one in conditions.items() if name not in apart}, apart):
        for row in _gaps(store, where, some, day, tuple(apart.values()) if some is apart else ()) if some else ():
            blank = {"currency": row["currency"], **{key: 0 for name in conditions for key in (name, f"{name}_total")}}
            found.setdefault(row["currency"], blank).update(row)
    return [found[code] for code in sorted(found, key=lambda code: (code is not None, code or ""))]


OFF_INDEX = ("without_customer",)


def _gaps(store: Store, where: Where, conditions: dict[str, str], day: date, only: Sequence[str]) -> list[Row]:
    narrowed = f" AND ({' OR '.join(only)})" if only else ""
    sums = ", ".join(
        f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {name},"
        f" coalesce(sum(CASE WHEN {condition} THEN t.amount END), 0) AS {name}_total"
        for name, condition in conditions.items()
    )
    return store.query(
        f"SELECT CASE WHEN t.amount IS NULL THEN NULL ELSE t.amount_currency END AS currency, {sums}"
        f" FROM {source(DEAL, where.as_of)} t WHERE {where.sql}{narrowed} GROUP BY 1 ORDER BY 1",
        {**params_of(where), **_day(conditions, day)},
    )


def which(store: Store, where: Where, condition: str, day: date, most: int) -> list[int]:
    """The first deals that fit a condition, the largest first."""
    rows = store.query(
        f"SELECT t.id FROM {source(DEAL, where.as_of)} t WHERE {where.sql} AND ({condition})"
        f" ORDER BY t.amount IS NULL, t.amount DESC, t.id LIMIT {int(most)}",
        {**params_of(where), **_day({"": condition}, day)},
    )
    return [row["id"] for row in rows]


def _day(conditions: dict[str, str], day: date) -> dict[str, str]:
    return {"today_": day.isoformat()} if any(":today_" in one for one in conditions.values()) else {}


def sellers(store: Store, owners: Sequence[int] | None) -> list[Row]:
    """Those who sell (id, name), of some reps or all."""
    mine = "" if owners is None else f" AND id IN ({', '.join(map(str, owners)) or 'NULL'})"
    return store.query(
        "SELECT id, name FROM rep WHERE archived_at IS NULL AND coalesce(function, 'sales') = 'sales'"
        f"{mine} ORDER BY name_key, id"
    )


def theirs(store: Store, owners: Sequence[int], deals: Sequence[int]) -> set[int]:
    """Which of some deals belong to some reps, archived or not."""
    if not owners or not deals:
        return set()
    mine, some = (", ".join(str(int(id)) for id in ids) for ids in (owners, sorted(set(deals))))
    return {row["id"] for row in store.query(f"SELECT id FROM deal WHERE owner_id IN ({mine}) AND id IN ({some})")}
