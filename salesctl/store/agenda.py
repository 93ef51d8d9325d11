"""What is to be done: the one query behind today, next, remind and the due board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL
from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.kinds import INSTANT, Raw
from salesctl.store.connect import Row, Store, listed
from salesctl.store.records import Where, source

if TYPE_CHECKING:
    from salesctl.domain.kinds import Reading

DUE = """
SELECT f.id, f.subject, f.type, f.due, f.due_time, f.customer_id, f.deal_id, f.owner_id, f.contact_id,
 c.name AS customer, d.name AS deal, d.amount, d.amount_currency, d.stage_id, d.probability, d.expected_close,
 s.name AS stage, s.key AS stage_key, coalesce(p.name, l.contact) AS contact,
 coalesce(p.phone, c.phone, l.phone) AS phone, r.name AS owner, f.lead_id, l.name AS lead,
 l.budget, l.budget_currency, l.status AS lead_status
 FROM {source} f LEFT JOIN customer c ON c.id = f.customer_id LEFT JOIN deal d ON d.id = f.deal_id
 LEFT JOIN stage s ON s.id = d.stage_id LEFT JOIN contact p ON p.id = f.contact_id LEFT JOIN rep r ON r.id = f.owner_id
 LEFT JOIN lead l ON l.id = f.lead_id
 WHERE f.done_at IS NULL AND f.archived_at IS NULL AND {where} ORDER BY f.due, f.due_time IS NULL, f.due_time, f.id
"""


def due(
    store: Store,
    upto: date,
    owners: Sequence[int] | None = None,
    as_of: str | None = None,
    since: date | None = None,
    deals: Sequence[int] | None = None,
    most: int = 0,
) -> list[dict[str, Any]]:
    """Planned follow-ups due up to a day (counted), overdue first, then by hour; `owners` None means everybody's.

    `most` is how many at most, 0 for all.
    """
    params, parts = _due_where(upto, owners, as_of)
    if since is not None:
        params["since"] = since.isoformat()
        parts.append("f.due >= :since")
    if deals is not None:
        parts.append(f"f.deal_id IN {listed('deal', list(deals), params)}")
    sql = DUE.format(source=source(FOLLOWUP, as_of), where=" AND ".join(parts))
    return [_item(row) for row in store.query(sql + (f" LIMIT {int(most)}" if most else ""), params)]


def due_counts(store: Store, day: date, owners: Sequence[int] | None, as_of: str | None) -> tuple[int, int]:
    """How many planned follow-ups are overdue on a day, and how many are due on it."""
    params, parts = _due_where(day, owners, as_of)
    row = store.one(
        "SELECT count(*) AS n, coalesce(sum(CASE WHEN f.due < :upto THEN 1 ELSE 0 END), 0) AS late"
        f" FROM {source(FOLLOWUP, as_of)} f WHERE f.done_at IS NULL AND f.archived_at IS NULL AND {' AND '.join(parts)}",
        params,
    )
    return (row["late"], row["n"] - row["late"]) if row else (0, 0)


def _due_where(upto: date, owners: Sequence[int] | None, as_of: str | None) -> tuple[dict[str, Any], list[str]]:
    params: dict[str, Any] = {"upto": upto.isoformat()}
    parts = ["f.due <= :upto"]
    if owners is not None:
        parts.append(f"f.owner_id IN {listed('owner', list(owners), params)}")
    if as_of is not None:
        params["as_of"] = as_of
    return params, parts


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
    values |= {"lead": row["lead"], "lead_ref": None if row["lead_id"] is None else f"L{row['lead_id']}"}
    values |= {"lead_status": row["lead_status"], "budget": MONEY.unpack(row, "budget")}
    values["customer_ref"] = None if row["customer_id"] is None else f"C{row['customer_id']}"
    values["expected_close"] = DATE.unpack(row, "expected_close")
    return values | {"deal_id": row["deal_id"], "customer_id": row["customer_id"], "owner_id": row["owner_id"]}


COLUMNS = """
SELECT t.id, t.name, t.customer_id, t.owner_id, t.stage_id, t.pipeline_id, t.amount, t.amount_currency, t.probability,
 t.probability_source, t.expected_close, t.created, t.touched_at, t.stage_at, c.name AS customer, r.name AS owner,
 s.name AS stage, s.key AS stage_key, s.idle_limit, s.age_limit, p.name AS contact,
 coalesce(p.phone, c.phone) AS phone, {next} AS next_due{more}
 FROM {source} t LEFT JOIN customer c ON c.id = t.customer_id LEFT JOIN rep r ON r.id = t.owner_id
 LEFT JOIN stage s ON s.id = t.stage_id LEFT JOIN contact p ON p.id = t.contact_id
"""


def open_where(owners: Sequence[int] | None, as_of: str | None) -> Where:
    """Open deals of some reps, or of everybody."""
    where = Where(["t.outcome IS NULL AND t.archived_at IS NULL"], as_of=as_of)
    if owners is not None:
        where.add(f"t.owner_id IN {listed('owner', list(owners), where.params)}")
    return where


def _next(as_of: str | None) -> str:
    """The day of the next planned step of a deal `t`: what the deal knows, or what was planned then."""
    if as_of is None:
        return "t.next_due"
    return (
        "(SELECT min(f.due) FROM followup f WHERE f.deal_id = t.id AND (f.done_at IS NULL OR f.done_at >= :as_of)"
        " AND f.archived_at IS NULL)"
    )


def without_step(as_of: str | None) -> str:
    """The condition that nothing is planned for a deal `t`."""
    return f"{_next(as_of)} IS NULL"


def open_deals(
    store: Store, where: Where, order: str = "t.id", limit: int = 0, offset: int = 0
) -> list[dict[str, Any]]:
    """Open deals with what ranking them needs: stage and its limits, last touch, next planned day, whom to call."""
    picked = where.sql
    some = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit else ""
    if limit and where.as_of is None:  # which ones first, from one index; then what belongs to these few
        picked = f"t.id IN (SELECT t.id FROM deal t WHERE {where.sql} ORDER BY {order}{some})"
        some = ""
    columns = COLUMNS.format(source=source(DEAL, where.as_of), next=_next(where.as_of), more="")
    rows = store.query(f"{columns} WHERE {picked} ORDER BY {order}{some}", _params(where))
    return [_deal(row) for row in rows]


def by_worth(
    store: Store, at: Reading, owners: Sequence[int] | None, as_of: str | None, chance: str, most: int
) -> list[dict[str, Any]]:
    """Open deals with an amount and a chance by amount x chance x urgency, as domain/urgency adds it up; `most` 0: all.

    `chance` is the percent of a deal `t` in SQL. Each row also has its `chance` and whether it stands `still`.
    """
    from salesctl.store.deals import stalled

    where = open_where(owners, as_of)
    where.add("t.amount IS NOT NULL")
    still, score = stalled(store, where, at, as_of), _score()
    tail = f"ORDER BY score DESC, id{f' LIMIT {int(most)}' if most else ''}"
    picked = ", ".join(f"t.{name}" for name in ("id", "amount", "amount_currency", "expected_close"))
    inner = (
        f"SELECT {picked}, {_next(as_of)} AS next_due, {chance} AS chance, {still} AS still"
        f" FROM {source(DEAL, as_of)} t WHERE {where.sql}"
    )
    best = f"SELECT id, still, {score} AS score FROM ({inner}) x WHERE chance IS NOT NULL {tail}"
    columns = COLUMNS.format(
        source=f"({best}) b JOIN {source(DEAL, as_of)}", next=_next(as_of), more=", b.still, b.score"
    )
    rows = store.query(
        columns.replace(" LEFT JOIN customer c", " ON t.id = b.id LEFT JOIN customer c")
        + " ORDER BY b.score DESC, t.id",
        {**_params(where), "today_": at.today.isoformat(), "week_": (at.today + timedelta(days=7)).isoformat()},
    )
    return [{**_deal(row), "still": bool(row["still"])} for row in rows]


def _score() -> str:
    """Amount in whole units x chance x urgency in hundredths, of rows with next_due, expected_close, chance and still."""
    from salesctl.domain.urgency import Weights
    from salesctl.money import MILLS, WHOLE

    late = "CAST(julianday(:today_) - julianday(next_due) AS INTEGER)"
    w = Weights()
    urgency = (
        f"100 + CASE WHEN next_due IS NULL THEN {w.stepless} WHEN next_due = :today_ THEN {w.today}"
        f" WHEN next_due < :today_ THEN min({w.overdue_most}, {late} * {w.overdue_day}) ELSE 0 END"
        f" + CASE WHEN expected_close < :today_ THEN {w.late_close} WHEN expected_close <= :week_ THEN {w.closing_week}"
        f" ELSE 0 END + CASE WHEN still THEN {w.stalled} ELSE 0 END"
    )
    codes = {
        name: ", ".join(f"'{code}'" for code in sorted(kind)) for name, kind in (("whole", WHOLE), ("mills", MILLS))
    }
    major = (
        f"CASE WHEN amount_currency IN ({codes['whole']}) THEN amount WHEN amount_currency IN ({codes['mills']})"
        " THEN amount / 1000 ELSE amount / 100 END"
    )
    return f"{major} * chance * ({urgency})"


def counted(store: Store, where: Where) -> int:
    """How many deals fit."""
    row = store.one(f"SELECT count(*) AS n FROM {source(DEAL, where.as_of)} t WHERE {where.sql}", _params(where))
    return row["n"] if row else 0


def _params(where: Where) -> dict[str, Any]:
    return {**where.params, **({"as_of": where.as_of} if where.as_of is not None else {})}


def stepless(
    store: Store, owners: Sequence[int] | None, as_of: str | None, most: int
) -> tuple[list[dict[str, Any]], int]:
    """Open deals with nothing planned, longest untouched first, and how many there are in all."""
    where = open_where(owners, as_of)
    where.add(without_step(as_of))
    return open_deals(store, where, "t.touched_at IS NULL, t.touched_at, t.id", most), counted(store, where)


def standing_still(
    store: Store, at: Reading, owners: Sequence[int] | None, as_of: str | None, most: int
) -> tuple[list[dict[str, Any]], int]:
    """Stalled deals, longest untouched first, and how many there are in all."""
    from salesctl.store.deals import stalled

    where = open_where(owners, as_of)
    where.add(stalled(store, where, at, as_of))
    return open_deals(store, where, "t.touched_at, t.id", most), counted(store, where)


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
