"""What the board of stages counts: open deals by stage and currency, and those that stand still for the longest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.kinds import INSTANT, MONEY
from salesctl.store.connect import Row, Store
from salesctl.store.deals import stalled
from salesctl.store.filtering import params_of
from salesctl.store.records import Where, source

if TYPE_CHECKING:
    from salesctl.domain.kinds import Reading
    from salesctl.store.rates import Converter


def stages(store: Store) -> dict[int, Row]:
    """The stages that open deals can stand in, by id, with their pipeline."""
    rows = store.query(
        "SELECT s.id, s.name, s.probability, s.position, p.name AS pipeline, p.id AS pid FROM stage s"
        " LEFT JOIN pipeline p ON p.id = s.pipeline_id WHERE s.phase <> 'after' ORDER BY s.id"
    )
    return {row["id"]: row for row in rows}


def by_stage(store: Store, where: Where, at: Reading) -> list[Row]:
    """Deals by stage and currency: n, total (minor units), weighted (hundredths of them), chanceless, still."""
    still = stalled(store, where, at, where.as_of)
    return store.query(
        "SELECT t.stage_id AS stage, t.amount_currency AS currency, count(*) AS n, coalesce(sum(t.amount), 0) AS total,"
        " coalesce(sum(t.amount * t.probability), 0) AS weighted,"
        " sum(CASE WHEN t.probability IS NULL THEN 1 ELSE 0 END) AS chanceless,"
        f" sum(CASE WHEN {still} THEN 1 ELSE 0 END) AS still"
        f" FROM {source(DEAL, where.as_of)} t WHERE {where.sql} GROUP BY t.stage_id, t.amount_currency"
        " ORDER BY t.stage_id, t.amount_currency",
        params_of(where),
    )


def in_currency(rows: list[Row], into: Converter) -> list[dict[str, Any]]:
    """The sums of open deals in one currency by the latest rate, exact; those of a currency without a rate as they are."""
    found = []
    for row in rows:
        one = {key: row[key] for key in ("stage", "currency", "n", "total", "weighted", "chanceless", "still")}
        if row["currency"] not in (None, into.base):
            factor = into.factor(row["currency"], None)
            if factor is not None:
                one |= {"currency": into.base, "total": row["total"] * factor, "weighted": row["weighted"] * factor}
        found.append(one)
    return found


def longest_still(store: Store, where: Where, at: Reading, most: int = 3) -> list[dict[str, Any]]:
    """The deals that stand still for the longest: id, name, amount, customer, touched_at."""
    still = stalled(store, where, at, where.as_of)
    first = (
        f"SELECT t.id AS first_id FROM {source(DEAL, where.as_of)} t WHERE {where.sql} AND {still}"
        f" ORDER BY t.touched_at, t.id LIMIT {int(most)}"
    )
    rows = store.query(
        "SELECT t.id, t.name, t.amount, t.amount_currency, t.touched_at, c.name AS customer"
        f" FROM ({first}) f JOIN {source(DEAL, where.as_of)} t ON t.id = f.first_id"
        " LEFT JOIN customer c ON c.id = t.customer_id ORDER BY t.touched_at, t.id",
        params_of(where),
    )
    return [
        {"id": row["id"], "name": row["customer"] or row["name"], "amount": MONEY.unpack(row, "amount"),
         "touched_at": INSTANT.unpack(row, "touched_at")}
        for row in rows
    ]  # fmt: skip
