"""What is to be done: the one query behind today, next, remind and the due board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from salesctl.domain.deal import DEAL
from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.kinds import INSTANT, Raw
from salesctl.store.connect import Row, Store, listed
from salesctl.store.records import source

DUE = """
SELECT f.id, f.subject, f.type, f.due, f.due_time, f.customer_id, f.deal_id, f.owner_id, f.contact_id,
 c.name AS customer, d.name AS deal, d.amount, d.amount_currency, d.stage_id, d.probability, d.expected_close,
 s.name AS stage, s.key AS stage_key, p.name AS contact, coalesce(p.phone, c.phone) AS phone, r.name AS owner
 FROM {source} f LEFT JOIN customer c ON c.id = f.customer_id LEFT JOIN deal d ON d.id = f.deal_id
 LEFT JOIN stage s ON s.id = d.stage_id LEFT JOIN contact p ON p.id = f.contact_id LEFT JOIN rep r ON r.id = f.owner_id
 WHERE f.done_at IS NULL AND f.archived_at IS NULL AND {where} ORDER BY f.due, f.due_time IS NULL, f.due_time, f.id
"""


def due(
    store: Store, upto: date, owners: Sequence[int] | None = None, as_of: str | None = None, since: date | None = None
) -> list[dict[str, Any]]:
    """Planned follow-ups due up to a day (counted), overdue first, then by hour; `owners` None means everybody's."""
    params: dict[str, Any] = {"upto": upto.isoformat()}
    parts = ["f.due <= :upto"]
    if since is not None:
        params["since"] = since.isoformat()
        parts.append("f.due >= :since")
    if owners is not None:
        parts.append(f"f.owner_id IN {listed('owner', list(owners), params)}")
    if as_of is not None:
        params["as_of"] = as_of
    sql = DUE.format(source=source(FOLLOWUP, as_of), where=" AND ".join(parts))
    return [_item(row) for row in store.query(sql, params)]


def _item(row: Row) -> dict[str, Any]:
    from salesctl.domain.kinds import DATE, MONEY

    values = {
        name: row[name] for name in ("id", "subject", "type", "due_time", "customer", "deal", "stage", "stage_key")
    }
    values |= {
        "contact": row["contact"],
        "phone": row["phone"],
        "owner": row["owner"],
        "probability": row["probability"],
    }
    values |= {"ref": FOLLOWUP.code(row["id"]), "due": DATE.unpack(row, "due"), "amount": MONEY.unpack(row, "amount")}
    values["deal_ref"] = None if row["deal_id"] is None else DEAL.code(row["deal_id"])
    values["customer_ref"] = None if row["customer_id"] is None else f"C{row['customer_id']}"
    values["expected_close"] = DATE.unpack(row, "expected_close")
    return values | {"deal_id": row["deal_id"], "customer_id": row["customer_id"], "owner_id": row["owner_id"]}


OPEN = """
SELECT d.id, d.name, d.customer_id, d.owner_id, d.stage_id, d.pipeline_id, d.amount, d.amount_currency, d.probability,
 d.probability_source, d.expected_close, d.created, d.touched_at, d.stage_at, c.name AS customer, r.name AS owner,
 s.name AS stage, s.key AS stage_key, s.idle_limit, s.age_limit, p.name AS contact,
 coalesce(p.phone, c.phone) AS phone,
 (SELECT min(f.due) FROM followup f WHERE f.deal_id = d.id AND {waiting} AND f.archived_at IS NULL) AS next_due
 FROM {source} d LEFT JOIN customer c ON c.id = d.customer_id LEFT JOIN rep r ON r.id = d.owner_id
 LEFT JOIN stage s ON s.id = d.stage_id LEFT JOIN contact p ON p.id = d.contact_id
 WHERE d.outcome IS NULL AND d.archived_at IS NULL AND {where}
"""


def open_deals(
    store: Store,
    owners: Sequence[int] | None = None,
    as_of: str | None = None,
    pipeline: int | None = None,
    extra: str = "",
    limit: int = 0,
) -> list[dict[str, Any]]:
    """Open deals with what ranking them needs: stage and its limits, last touch, next planned day, who to call."""
    params: dict[str, Any] = {}
    parts = ["1 = 1"]
    if owners is not None:
        parts.append(f"d.owner_id IN {listed('owner', list(owners), params)}")
    if pipeline is not None:
        params["pipeline"] = pipeline
        parts.append("d.pipeline_id = :pipeline")
    waiting = "f.done_at IS NULL"
    if as_of is not None:
        params["as_of"] = as_of
        waiting = "(f.done_at IS NULL OR f.done_at >= :as_of)"
    sql = OPEN.format(source=source(DEAL, as_of), where=" AND ".join(parts) + extra, waiting=waiting)
    sql += f" LIMIT {limit}" if limit else ""
    return [_deal(row) for row in store.query(sql, params)]


def stepless(
    store: Store, owners: Sequence[int] | None, as_of: str | None = None, limit: int = 0
) -> list[dict[str, Any]]:
    """Open deals with nothing planned, longest untouched first."""
    waiting = "x.done_at IS NULL" if as_of is None else "(x.done_at IS NULL OR x.done_at >= :as_of)"
    extra = (
        " AND NOT EXISTS (SELECT 1 FROM followup x WHERE x.deal_id = d.id AND x.archived_at IS NULL"
        f" AND {waiting} AND x.due IS NOT NULL) ORDER BY d.touched_at IS NULL, d.touched_at, d.id"
    )
    return open_deals(store, owners, as_of, extra=extra, limit=limit)


def _deal(row: Raw) -> dict[str, Any]:
    from salesctl.domain.kinds import DATE, MONEY

    values = {
        name: row[name] for name in ("id", "name", "customer", "owner", "stage", "stage_key", "idle_limit", "phone")
    }
    values |= {name: row[name] for name in ("age_limit", "contact", "probability", "probability_source", "stage_id")}
    values |= {name: row[name] for name in ("pipeline_id", "owner_id", "customer_id")}
    values |= {name: DATE.unpack(row, name) for name in ("expected_close", "created", "next_due")}
    values |= {name: INSTANT.unpack(row, name) for name in ("touched_at", "stage_at")}
    return values | {"ref": DEAL.code(row["id"]), "amount": MONEY.unpack(row, "amount")}
