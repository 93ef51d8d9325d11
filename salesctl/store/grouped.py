"""Groups that are more than a column: what a group is called in SQL, for sets; and the stages that a deal has reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from salesctl.store.connect import Store

_OWNER = " LEFT JOIN rep o_ ON o_.id = t.owner_id"
_CUSTOMER = " LEFT JOIN customer c_ ON c_.id = t.customer_id"
_PRODUCTS = (
    " LEFT JOIN (SELECT DISTINCT l.deal_id, coalesce(p.name, l.product_text) AS name FROM deal_line l"
    " LEFT JOIN product p ON p.id = l.product_id) i_ ON i_.deal_id = t.id"
)
CALLED = {
    "rep": ("o_.name", _OWNER),
    "team": ("g_.name", f"{_OWNER} LEFT JOIN team g_ ON g_.id = o_.team_id"),
    "manager": ("m_.name", f"{_OWNER} LEFT JOIN rep m_ ON m_.id = o_.manager_id"),
    "region": ("o_.region", _OWNER),
    "customer-region": ("c_.region", _CUSTOMER),
    "industry": ("c_.industry", _CUSTOMER),
    "product": ("i_.name", _PRODUCTS),
    "stage": ("s_.name", " LEFT JOIN stage s_ ON s_.id = t.stage_id"),
    "pipeline": ("l_.name", " LEFT JOIN pipeline l_ ON l_.id = t.pipeline_id"),
    "channel": ("t.channel", ""),
    "currency": ("t.amount_currency", ""),
}
SHIFT = 1_000_000  # ranks are told apart from the ids of stages by it


def called(by: str | None) -> tuple[str, str]:
    """The name of the group that a row `t` is in, as SQL, and the joins it needs.

    A row that is in several (products) is joined once for each; without a dimension there is one group, NULL.
    """
    if by is None:
        return "CAST(NULL AS TEXT)", ""
    name, joins = CALLED[by]
    return f"nullif({name}, '')", joins


def reached(as_of: str | None) -> str:
    """How far a deal `t` came in the pipeline it is in: the rank and id of its furthest stage; - its pipeline once won.

    NULL where no stage was ever known (imports tell only the end). Coming back changes nothing, passing over a stage is having
    been through it (FORMULAS 3).
    """
    known = "" if as_of is None else " AND (e.at IS NULL OR e.at < :as_of)"
    furthest = f"max(s.position * {SHIFT} + s.id)"
    return (
        f"(SELECT CASE WHEN {furthest} IS NULL THEN NULL WHEN t.outcome = 'won' THEN -t.pipeline_id ELSE {furthest} END"
        " FROM deal_event e JOIN stage s ON s.id = e.stage_id WHERE e.deal_id = t.id AND e.voided_at IS NULL"
        f" AND s.pipeline_id = t.pipeline_id AND s.phase <> 'after'{known})"
    )


def stages(store: Store) -> Callable[[Any], tuple[str | None, ...]]:
    """The names of the stages that a deal passed, by what `reached` says of it, the first one first."""
    lines: dict[int, list[tuple[int, str]]] = {}
    for row in store.query(
        f"SELECT pipeline_id, position * {SHIFT} + id AS place, name FROM stage"
        " WHERE phase <> 'after' AND archived_at IS NULL ORDER BY pipeline_id, position, id"
    ):
        lines.setdefault(row["pipeline_id"], []).append((row["place"], row["name"]))
    line_of = {place: line for line, steps in lines.items() for place, _name in steps}

    def names(raw: Any) -> tuple[str | None, ...]:
        if raw is None:
            return (None,)
        if raw < 0:
            return tuple(name for _place, name in lines.get(-raw, ()))
        line = lines.get(line_of.get(raw, _line(store, raw % SHIFT)), ())
        return tuple(name for place, name in line if place <= raw)

    return names


def _line(store: Store, stage: int) -> int:
    """The pipeline of a stage that is in use no more."""
    row = store.one("SELECT pipeline_id FROM stage WHERE id = :id", {"id": stage})
    return int(row["pipeline_id"]) if row else 0


def order(store: Store) -> dict[str, int]:
    """Where the name of a stage stands, pipeline by pipeline."""
    rows = store.query(
        "SELECT name FROM stage WHERE phase <> 'after' ORDER BY pipeline_id DESC, position DESC, id DESC"
    )
    return {row["name"]: len(rows) - place for place, row in enumerate(rows)}


def bounds(store: Store, over: str, columns: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last day of some dates and instants of a table, or None; of instants a day more at both ends."""
    parts = ", ".join(f"min({one}) AS first{i}, max({one}) AS last{i}" for i, one in enumerate(columns))
    row = store.one(f"SELECT {parts} FROM {over} t") or {}
    days = [(date.fromisoformat(text[:10]), timedelta(days=len(text) > 10)) for text in row.values() if text]
    if not days:
        return None
    return min(day - more for day, more in days), max(day + more for day, more in days)
