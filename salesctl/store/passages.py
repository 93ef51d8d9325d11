"""How deals passed through their stages, from the facts: one pass over them for ways and stays, one SELECT for the open.

The facts are read in the order in which they were recorded to see what each changed, and in the order of business time to
see what followed what; a voided fact is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.domain.conversion import WON, Mark
from salesctl.domain.deal import AFTER, BEFORE
from salesctl.store.connect import Row, Sqlite, Store
from salesctl.store.frames import Frame, local_day, local_days
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


BLOCK = 50_000  # deals that are read at once
Stays = dict[tuple[Any, int], dict[int, int]]  # (group, stage) -> days -> n


class Way(NamedTuple):
    """`n` deals of a group that went through the same stages in the same order, and how they ended.

    A `blind` one was closed in the window, and none of its stages is known.
    """

    group: Any
    outcome: str | None
    marks: list[Mark]
    blind: bool
    n: int


def passed(store: Store, frame: Frame, steps: Sequence[Row]) -> tuple[list[Way], Stays]:
    """The ways that deals went through the stages, in order of time; and how many days they stood in a stage until they
    left it in the window. Every fact is read once.
    """
    where = {one["id"]: (one["line"], one["rank"]) for one in steps}
    reader = _Lives(frame, local_days(store, frame.zone, frame.day))
    for group, outcome, facts in _facts(store, frame):
        reader.read(group, outcome, facts)
    found = sorted(reader.ways.items(), key=lambda item: (item[0][2], item[0][1] is not None, item[0][1] or ""))
    return [_way(*key, n, where) for key, n in found], reader.stays


def _facts(store: Store, frame: Frame) -> Iterator[tuple[Any, Any, list[tuple[Any, ...]]]]:
    """Each deal's group and outcome, and its facts as they were recorded: (at, stage, outcome, pipeline).

    Only those deals that something befell in the window; a block of deals at a time, so that memory stays flat.
    """
    if not isinstance(store, Sqlite):  # the store that is not there yet
        return
    few = ""
    if frame.bounded:
        unknown = f"w.at IS NULL OR {frame.within('w.at')}"
        few = f" AND e.deal_id IN (SELECT w.deal_id FROM deal_event w WHERE w.voided_at IS NULL AND ({unknown}))"
    sql = (
        f"SELECT e.deal_id, d.g, d.outcome, coalesce(e.at, '{BEFORE}'), e.stage_id, e.outcome, e.pipeline_id"
        f" FROM deal_event e JOIN ({frame.deals()}) AS d ON d.id = e.deal_id"
        f" WHERE e.voided_at IS NULL AND e.deal_id > :low_ AND e.deal_id <= :high_{few} ORDER BY e.deal_id, e.id"
    )
    top = store.one("SELECT max(id) AS id FROM deal")
    for low in range(0, int((top["id"] if top else 0) or 0), BLOCK):
        rows = store.bare(sql, {**frame.params, "low_": low, "high_": low + BLOCK})
        for _deal, life in groupby(rows, itemgetter(0)):
            facts = list(life)
            yield facts[0][1], facts[0][2], [fact[3:] for fact in facts]


class _Lives:
    """What the lives of deals come to: ways by their marks, and stays."""

    def __init__(self, frame: Frame, day: Callable[[str], int]) -> None:
        params = frame.params
        self.start, self.end, self.as_of = params.get("start", ""), params.get("end", AFTER), frame.as_of or AFTER
        self.day = day
        self.ways: dict[tuple[Any, Any, str], int] = {}
        self.stays: Stays = {}

    def read(self, group: Any, outcome: Any, facts: list[tuple[Any, ...]]) -> None:
        """Take in a deal: what each fact changed against the one recorded before, in the order of business time."""
        changed = []
        stage_before = outcome_before = None
        for place, (at, stage, closed, line) in enumerate(facts):
            if at < self.as_of and (not place or stage != stage_before or closed != outcome_before):
                changed.append((at, stage, closed, self._token(at, stage, closed, line, stage_before, outcome_before)))
            stage_before, outcome_before = stage, closed
        changed.sort(key=itemgetter(0))
        marks = " ".join([one[3] for one in changed if one[3]])
        if marks:
            key = (group, outcome, marks)
            self.ways[key] = self.ways.get(key, 0) + 1
        for here, there in pairwise(changed):
            if here[2] is None and here[1] is not None and here[0] > BEFORE and self.start <= there[0] < self.end:
                days = self.stays.setdefault((group, here[1]), {})
                n = self.day(there[0]) - self.day(here[0])
                days[n] = days.get(n, 0) + 1

    def _token(self, at: str, stage: Any, closed: Any, line: Any, stage_before: Any, outcome_before: Any) -> str:
        """s3i: into stage 3, inside the window; w1o: won in pipeline 1, outside of it; l0u: lost, when is not known."""
        if closed is None and stage is not None and stage != stage_before:
            kind = f"s{stage}"
        elif closed is not None and closed != outcome_before:
            kind = f"w{line}" if closed == "won" else "l0"
        else:
            return ""
        if closed == "won" and line is None:
            return ""
        return kind + ("u" if at == BEFORE else "i" if self.start <= at < self.end else "o")


def _way(group: Any, outcome: str | None, told: str, n: int, where: dict[int, tuple[int, int]]) -> Way:
    tokens = told.split(" ")
    marks = [mark for token in tokens if (mark := _mark(token, where)) is not None]
    blind = outcome is not None and not any(token[0] == "s" for token in tokens)
    return Way(group, outcome, marks, blind and any(token[-1] != "o" for token in tokens), n)


def _mark(token: str, where: dict[int, tuple[int, int]]) -> Mark | None:
    kind, number, flag = token[0], int(token[1:-1]), token[-1]
    place = (number, WON) if kind == "w" else where.get(number) if kind == "s" else None
    return Mark(*place, flag == "i", flag != "u") if place else None


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
