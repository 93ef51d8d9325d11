"""How deals passed through their stages, from the facts: one SELECT for the ways, one for the stays, one for the open.

The facts are read in the order in which they were recorded to see what each changed, and in the order of business time to
see what followed what; a voided fact is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.conversion import WON, Mark
from salesctl.domain.deal import BEFORE
from salesctl.store.connect import Row, Store
from salesctl.store.frames import Frame, local_day
from salesctl.store.records import Where

if TYPE_CHECKING:
    from salesctl.domain.kinds import Reading


def places(store: Store) -> list[Row]:
    """The stages of every pipeline with their limits, archived ones too, ranked within it."""
    found: list[dict[str, Any]] = []
    for row in store.query(
        "SELECT s.id, s.name, s.key, s.pipeline_id AS line, p.name AS pipeline, s.age_limit, s.idle_limit, s.archived_at"
        " FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE s.phase <> 'after'"
        " ORDER BY s.pipeline_id, s.position, s.id"
    ):
        rank = found[-1]["rank"] + 1 if found and found[-1]["line"] == row["line"] else 1
        found.append({**row, "rank": rank})
    return [*found]


def _told(frame: Frame) -> str:
    """What happened to the deals of a frame, with the state before; only those deals that something befell in it."""
    few = ""
    if frame.bounded:
        unknown = f"w.at IS NULL OR {frame.within('w.at')}"
        few = f" AND e.deal_id IN (SELECT w.deal_id FROM deal_event w WHERE w.voided_at IS NULL AND ({unknown}))"
    return (
        f"told AS (SELECT e.deal_id, e.id, coalesce(e.at, '{BEFORE}') AS at, e.stage_id, e.outcome, e.pipeline_id,"
        " lag(e.id) OVER w AS before, lag(e.stage_id) OVER w AS stage_before, lag(e.outcome) OVER w AS outcome_before"
        f" FROM deal_event e WHERE e.voided_at IS NULL{few} WINDOW w AS (PARTITION BY e.deal_id ORDER BY e.id))"
    )


class Way(NamedTuple):
    """`n` deals of a group that went through the same stages in the same order, and how they ended.

    A `blind` one was closed in the window, and none of its stages is known.
    """

    group: Any
    outcome: str | None
    marks: list[Mark]
    blind: bool
    n: int


def ways(store: Store, frame: Frame, steps: Sequence[Row]) -> Iterator[Way]:
    """The ways that deals went through the stages, in order of time."""
    where = {one["id"]: (one["line"], one["rank"]) for one in steps}
    flag = f"CASE WHEN m.at = '{BEFORE}' THEN 'u' WHEN {frame.within('m.at')} THEN 'i' ELSE 'o' END"
    sql = (
        f"WITH chosen AS ({frame.deals()}), {_told(frame)},"
        f" mark AS (SELECT m.deal_id, m.id, m.at, CASE WHEN m.outcome IS NULL THEN 's' || m.stage_id WHEN m.outcome = 'won' THEN 'w' || m.pipeline_id ELSE 'l0' END || {flag} AS token"
        " FROM told m WHERE ((m.outcome IS NULL AND m.stage_id IS NOT NULL AND m.stage_id IS DISTINCT FROM m.stage_before)"
        f" OR (m.outcome IS NOT NULL AND m.outcome_before IS DISTINCT FROM m.outcome)) AND {frame.known('m.at')}),"
        " way AS (SELECT o.deal_id, group_concat(o.token, ' ') AS marks"
        " FROM (SELECT deal_id, token FROM mark ORDER BY deal_id, at, id) AS o GROUP BY o.deal_id)"
        " SELECT d.g, d.outcome, y.marks, count(*) AS n FROM way y JOIN chosen d ON d.id = y.deal_id"
        " GROUP BY 1, 2, 3 ORDER BY 3, 2"
    )
    for row in store.each(sql, frame.params):
        tokens = row["marks"].split(" ")
        marks = [mark for token in tokens if (mark := _mark(token, where)) is not None]
        blind = row["outcome"] is not None and not any(token[0] == "s" for token in tokens)
        yield Way(row["g"], row["outcome"], marks, blind and any(token[-1] != "o" for token in tokens), row["n"])


def _mark(token: str, where: dict[int, tuple[int, int]]) -> Mark | None:
    """s3i: into stage 3, inside the window; w1o: won in pipeline 1, outside of it; l0u: lost, when is not known."""
    kind, number, flag = token[0], int(token[1:-1]), token[-1]
    place = (number, WON) if kind == "w" else where.get(number) if kind == "s" else None
    return Mark(*place, flag == "i", flag != "u") if place else None


def stays(store: Store, frame: Frame) -> dict[tuple[Any, int], dict[int, int]]:
    """How many days deals stood in a stage until they left it in the window, as (group, stage) -> days -> n."""
    changed = (
        "m.before IS NULL OR m.stage_id IS DISTINCT FROM m.stage_before OR m.outcome IS DISTINCT FROM m.outcome_before"
    )
    day = local_day(store, frame.zone, frame.day).format
    sql = (
        f"WITH chosen AS ({frame.deals()}), {_told(frame)},"
        " stay AS (SELECT m.deal_id, m.at, m.stage_id, m.outcome, lead(m.at) OVER (PARTITION BY m.deal_id ORDER BY m.at, m.id) AS until"
        f" FROM told m WHERE ({changed}) AND {frame.known('m.at')})"
        f" SELECT d.g, y.stage_id, julianday({day('y.until')}) - julianday({day('y.at')}) AS days, count(*) AS n"
        f" FROM stay y JOIN chosen d ON d.id = y.deal_id WHERE y.outcome IS NULL AND y.stage_id IS NOT NULL"
        f" AND y.at > '{BEFORE}' AND y.until IS NOT NULL AND {frame.within('y.until')} GROUP BY 1, 2, 3"
    )
    found: dict[tuple[Any, int], dict[int, int]] = {}
    for row in store.each(sql, frame.params):
        found.setdefault((row["g"], row["stage_id"]), {})[int(row["days"])] = row["n"]
    return found


class Standing(NamedTuple):
    """`n` open deals of a stage: days since they came into it, days since a person touched them, whether they are stalled."""

    age: int | None
    idle: int | None
    stalled: bool
    n: int


def standing(store: Store, frame: Frame, at: Reading) -> dict[tuple[Any, int], list[Standing]]:
    """The open deals as they stand, by group and stage; days are those of the organisation."""
    from salesctl.store.deals import stalled

    where = Where(list(frame.scope.parts), dict(frame.scope.params), frame.as_of)
    still = stalled(store, where, at, frame.as_of)
    day = local_day(store, frame.zone, frame.day).format
    today = where.name(frame.day.isoformat())
    gone = f"julianday({today}) - julianday({{0}})".format
    inner = frame.deals(
        "t.outcome IS NULL",
        columns=f", t.stage_id, {gone(day('t.stage_at'))} AS age, {gone(day('t.touched_at'))} AS idle,"
        f" CASE WHEN {still} THEN 1 ELSE 0 END AS still",
    )
    sql = f"SELECT g, stage_id, age, idle, still, count(*) AS n FROM ({inner}) AS x GROUP BY 1, 2, 3, 4, 5"
    found: dict[tuple[Any, int], list[Standing]] = {}
    for row in store.each(sql, {**frame.params, **where.params}):
        one = Standing(_days(row["age"]), _days(row["idle"]), bool(row["still"]), row["n"])
        found.setdefault((row["g"], row["stage_id"]), []).append(one)
    return found


def _days(value: Any) -> int | None:
    return None if value is None else max(0, int(value))
