"""Queries about goals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from salesctl.domain.kinds import Ref
from salesctl.store.connect import Row, Store
from salesctl.store.records import Where

Values = dict[str, Any]
AXES = ("product", "customer")  # the second axis of a goal, beside whose it is
SAME = (
    "coalesce(team_id, 0) = :team AND coalesce(rep_id, 0) = :rep"
    " AND coalesce(product_id, 0) = :product AND coalesce(customer_id, 0) = :customer"
)


def running(day: date) -> Where:
    """The goals that run on a day, and are not archived."""
    where = Where(["t.archived_at IS NULL"])
    run_on(where, day)
    return where


def run_on(where: Where, day: date) -> None:
    """Only goals whose period a day lies in."""
    on = where.name(day.isoformat())
    where.add(f't.start <= {on} AND t."end" >= {on}')


def exactly(first: date | None, last: date | None) -> Where:
    """The goals of exactly a period, both its days counted."""
    where = Where(["t.archived_at IS NULL"])
    where.add(f't.start = {where.name(str(first))} AND t."end" = {where.name(str(last))}')
    return where


def twin(store: Store, values: Values, but: int) -> int | None:
    """A goal on the same KPI for exactly the period and scope of some values (references are Refs), other than `but`."""
    row = store.one(
        'SELECT id FROM goal WHERE kpi = :kpi AND start = :start AND "end" = :end AND archived_at IS NULL'
        f" AND {SAME} AND id <> :but",
        {**_same(values), "but": but},
    )
    return row["id"] if row else None


def crossing(store: Store, values: Values, but: int) -> Row | None:
    """Such a goal (id, period) whose period lies half in that of the values; weeks cross months by nature and are left out."""
    return store.one(
        "SELECT id, period FROM goal WHERE kpi = :kpi AND archived_at IS NULL AND id <> :but AND period NOT LIKE '%-W%'"
        ' AND ((start < :start AND "end" >= :start AND "end" < :end) OR (start > :start AND start <= :end AND "end" > :end))'
        f" AND {SAME} ORDER BY id LIMIT 1",
        {**_same(values), "but": but},
    )


def _same(values: Values) -> Values:
    whose = {key: ref.id if isinstance(ref := values.get(key), Ref) else 0 for key in ("team", "rep", *AXES)}
    return {"kpi": values["kpi"], **whose, **{key: values[key].isoformat() for key in ("start", "end")}}


def target(store: Store, kpi: str, first: date, last: date, team: int, rep: int) -> Row | None:
    """What is set (target, currency) for exactly a period and a scope, 0 for no team or rep; not of a product or customer."""
    values = {"kpi": kpi, "start": first.isoformat(), "end": last.isoformat(), "team": team, "rep": rep}
    return store.one(
        'SELECT target, currency FROM goal WHERE kpi = :kpi AND start = :start AND "end" = :end'
        f" AND archived_at IS NULL AND {SAME}",
        values | dict.fromkeys(AXES, 0),
    )


def targets(store: Store, kpi: str, first: date, last: date, by: str) -> list[Row]:
    """What is set (name, target, currency) for exactly a period, for each "rep" or "team"; not of a product or customer."""
    return store.query(
        f"SELECT o.name, g.target, g.currency FROM goal g JOIN {by} o ON o.id = g.{by}_id WHERE g.kpi = :kpi"
        ' AND g.start = :start AND g."end" = :end AND g.archived_at IS NULL AND g.product_id IS NULL'
        " AND g.customer_id IS NULL ORDER BY o.name",
        {"kpi": kpi, "start": first.isoformat(), "end": last.isoformat()},
    )


def children(store: Store, id: int) -> list[int]:
    """The goals that serve a goal: those it was split into, and those that name it."""
    rows = store.query("SELECT id FROM goal WHERE parent_id = :id AND archived_at IS NULL ORDER BY id", {"id": id})
    return [row["id"] for row in rows]


def parent(store: Store, id: int) -> int | None:
    """The goal that a goal serves, or None."""
    row = store.one("SELECT parent_id FROM goal WHERE id = :id", {"id": id})
    return row["parent_id"] if row else None


def axis(store: Store, noun: str) -> list[Row]:
    """All products or customers (id, name) that are there, by name."""
    assert noun in AXES
    return store.query(f"SELECT id, name FROM {noun} WHERE archived_at IS NULL ORDER BY name_key, id")


def levels(store: Store, goal: int | None) -> list[tuple[str, int]]:
    """The levels above a goal's target, from the lowest, in the unit of the target; none of a goal that nobody set."""
    sql = "SELECT name, target FROM goal_level WHERE goal_id = :id ORDER BY target, id"
    return [(row["name"], row["target"]) for row in store.query(sql, {"id": goal})] if goal else []


def of_team(where: Where, team: int) -> None:
    """Only goals of a team and of those in it."""
    id = where.name(team)
    where.add(f"(t.team_id = {id} OR t.rep_id IN (SELECT r.id FROM rep r WHERE r.team_id = {id}))")


def about(where: Where, rep: int) -> None:
    """Only goals of a rep, of the rep's team, of the teams led by the rep, and of the company."""
    id = where.name(rep)
    where.add(
        f"(t.scope = 'company' OR t.rep_id = {id} OR t.team_id IN (SELECT r.team_id FROM rep r WHERE r.id = {id})"
        f" OR t.team_id IN (SELECT g.id FROM team g WHERE g.manager_id = {id}))"
    )


def within(store: Store, goal: Mapping[str, Any]) -> list[Row]:
    """Goals on the same KPI that lie in the period of a goal, the goal itself too."""
    return store.query(
        'SELECT id, kpi, target, currency, team_id, rep_id, product_id, customer_id, parent_id, start, "end" FROM goal WHERE kpi = :kpi'
        ' AND archived_at IS NULL AND start >= :start AND "end" <= :end'
        " AND coalesce(currency, '') = :currency ORDER BY start, id",
        {
            "kpi": goal["kpi"],
            "start": goal["start"].isoformat(),
            "end": goal["end"].isoformat(),
            "currency": goal["currency"] or "",
        },
    )
