"""How deals passed through their stages, from the facts: one SELECT for the moves, one for the stays, one for the open.

The facts are read in the order in which they were recorded to see what each changed, and in the order of business time to
see what followed what; a voided fact is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.conversion import WON, Passage
from salesctl.domain.deal import BEFORE
from salesctl.store.connect import Row, Store
from salesctl.store.frames import Frame, local_day
from salesctl.store.records import Where

if TYPE_CHECKING:
    from salesctl.domain.kinds import Reading


class Place(NamedTuple):
    """A stage in its process: `rank` counts from 1 among the stages an open deal can stand in."""

    id: int
    line: int
    rank: int


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


def _ranked(steps: Sequence[Row]) -> str:
    """The stages as a table of their own: step(id, line, rank)."""
    listed = ", ".join(f"({int(one['id'])}, {int(one['line'])}, {int(one['rank'])})" for one in steps)
    return f"step(id, line, rank) AS (VALUES {listed or '(0, 0, 0)'})"


def _told(frame: Frame, changed: str) -> str:
    """What happened to the deals of a frame, with the state before; only those deals that something befell in it."""
    few = ""
    if frame.bounded:
        unknown = f"w.at IS NULL OR {frame.within('w.at')}"
        few = f" AND e.deal_id IN (SELECT w.deal_id FROM deal_event w WHERE w.voided_at IS NULL AND ({unknown}))"
    return (
        f"chosen AS ({frame.deals()}),"
        f" told AS (SELECT e.deal_id, e.id, coalesce(e.at, '{BEFORE}') AS at, e.stage_id, e.outcome, e.pipeline_id,"
        " lag(e.stage_id) OVER w AS stage_before, lag(e.outcome) OVER w AS outcome_before"
        f" FROM deal_event e WHERE e.voided_at IS NULL{few} WINDOW w AS (PARTITION BY e.deal_id ORDER BY e.id)),"
        " mark AS (SELECT d.g, d.outcome AS ended, m.* FROM told m JOIN chosen d ON d.id = m.deal_id"
        f" WHERE ({changed}) AND {frame.known('m.at')})"
    )


ENTERED = "m.outcome IS NULL AND m.stage_id IS DISTINCT FROM m.stage_before"
CAME_OR_WON = f"({ENTERED}) OR (m.outcome = 'won' AND m.outcome_before IS DISTINCT FROM 'won' AND d.outcome = 'won')"


def passages(store: Store, frame: Frame, steps: Sequence[Row]) -> Iterator[tuple[Any, int, Passage, bool]]:
    """(group, pipeline, passage, whether its moment is unknown) of every coming into a stage, and of every win, in the window.

    Of a deal that was won more than once the last win counts; one that is open again is not won.
    """
    sql = (
        f"WITH {_ranked(steps)}, {_told(frame, CAME_OR_WON)},"
        f" came AS (SELECT m.g, m.ended, m.deal_id, m.id, m.at, m.outcome, coalesce(s.line, m.pipeline_id) AS line,"
        f" CASE WHEN m.outcome IS NULL THEN s.rank ELSE {WON} END AS rank,"
        " max(CASE WHEN m.outcome IS NOT NULL THEN m.id END) OVER (PARTITION BY m.deal_id) AS win"
        " FROM mark m LEFT JOIN step s ON s.id = m.stage_id AND m.outcome IS NULL),"
        " way AS (SELECT g, ended, line, rank, at, lag(rank) OVER w AS prior, max(rank) OVER (PARTITION BY deal_id, line) AS furthest,"
        " max(rank) OVER (PARTITION BY deal_id, line ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS below"
        " FROM came WHERE rank IS NOT NULL AND (outcome IS NULL OR id = win)"
        " WINDOW w AS (PARTITION BY deal_id, line ORDER BY at, id))"
        " SELECT g, line, prior, below, rank, unknown, fate, count(*) AS n FROM ("
        f"SELECT g, line, prior, below, rank, CASE WHEN at = '{BEFORE}' THEN 1 ELSE 0 END AS unknown,"
        " CASE WHEN furthest > rank OR ended = 'won' THEN 'on' WHEN ended = 'lost' THEN 'lost' ELSE 'open' END AS fate"
        f" FROM way WHERE at = '{BEFORE}' OR ({frame.within('at')})) AS told"
        " GROUP BY g, line, prior, below, rank, unknown, fate"
        " ORDER BY line, rank, prior IS NULL, prior, below IS NULL, below, fate, unknown"
    )
    for row in store.each(sql, frame.params):
        one = Passage(row["prior"], row["below"], row["rank"], row["fate"], row["n"])
        yield row["g"], row["line"], one, bool(row["unknown"])


def stays(store: Store, frame: Frame, steps: Sequence[Row]) -> dict[tuple[Any, int, int], dict[int, int]]:
    """How many days deals stood in a stage until they left it in the window, as (group, pipeline, rank) -> days -> n."""
    changed = "m.stage_id IS DISTINCT FROM m.stage_before OR m.outcome IS DISTINCT FROM m.outcome_before"
    day = local_day(store, frame.zone, frame.day).format
    sql = (
        f"WITH {_ranked(steps)}, {_told(frame, changed)},"
        " stay AS (SELECT m.g, m.at, m.stage_id, m.outcome, lead(m.at) OVER (PARTITION BY m.deal_id ORDER BY m.at, m.id) AS until"
        " FROM mark m)"
        f" SELECT y.g, s.line, s.rank, julianday({day('y.until')}) - julianday({day('y.at')}) AS days, count(*) AS n"
        f" FROM stay y JOIN step s ON s.id = y.stage_id WHERE y.outcome IS NULL AND y.at > '{BEFORE}'"
        f" AND y.until IS NOT NULL AND {frame.within('y.until')} GROUP BY 1, 2, 3, 4"
    )
    found: dict[tuple[Any, int, int], dict[int, int]] = {}
    for row in store.each(sql, frame.params):
        counts = found.setdefault((row["g"], row["line"], row["rank"]), {})
        counts[int(row["days"])] = row["n"]
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
