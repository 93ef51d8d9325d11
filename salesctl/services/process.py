"""How the sales process runs: each stage's conversion, time, ageing, returns and jumps, beside what the SOP wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from salesctl.domain import conversion as rules
from salesctl.domain.conversion import Conversion, Goal, Passage
from salesctl.domain.sop import JUMP
from salesctl.domain.stall import over_age
from salesctl.domain.stats import Quartiles, Ratio
from salesctl.plain import Data, fresh
from salesctl.services.scope import NONE, namer
from salesctl.store import compliance, passages, sops
from salesctl.store.passages import Standing

if TYPE_CHECKING:
    from salesctl.domain.kinds import Reading
    from salesctl.domain.sop import Sop
    from salesctl.domain.sop import Stage as Plan
    from salesctl.store.connect import Row, Store
    from salesctl.store.frames import Frame

Name = Callable[[Any], "str | None"]


class Line(Data):
    """One stage of one pipeline, of one group: its cohort, its stays, its open deals. Days are whole days."""

    group: str | None
    stage: Row
    cohort: Conversion
    days: Quartiles | None
    open: int
    age: Quartiles | None
    over_age: int
    idle: Quartiles | None
    stalled: int
    returned: int
    jumped: int
    items: Ratio
    goals: dict[str, Goal]


class _Heap(Data):
    """What was found of one group in one pipeline, before it is counted by stage."""

    passages: list[Passage] = fresh(factory=list)
    stays: dict[int, dict[int, int]] = fresh(factory=dict)  # stage id -> days -> n
    open: dict[int, list[Standing]] = fresh(factory=dict)  # stage id -> deals
    items: dict[int, list[int]] = fresh(factory=dict)  # stage id -> [met, all]


class Process(Data):
    """All lines in order, the moves from stage to stage (names; None began there), and what was left out."""

    lines: list[Line]
    moves: list[tuple[str | None, str, int]]
    left_out: dict[str, int]


def run(store: Store, frame: Frame, at: Reading, pipeline: int | None) -> Process:
    """The process of one pipeline, or of every one that has something to show."""
    steps = [one for one in passages.places(store) if pipeline in (None, one["line"])]
    name = namer(store, frame.by)
    heaps: dict[tuple[str | None, int], _Heap] = {}
    left = _gather(store, frame, at, steps, name, heaps)
    lines: list[Line] = []
    moved: dict[tuple[str | None, str], int] = {}
    for group, line in _ordered(heaps):
        mine = [one for one in steps if one["line"] == line]
        found, went = _lines(store, heaps[group, line], mine, group)
        lines += found
        for pair, n in _named(went, mine):
            moved[pair] = moved.get(pair, 0) + n
    return Process(lines, [(*pair, n) for pair, n in moved.items()], left)


def _gather(
    store: Store, frame: Frame, at: Reading, steps: list[Row], name: Name, heaps: dict[tuple[str | None, int], _Heap]
) -> dict[str, int]:
    """Everything the store knows of these stages, by the name of the group and the pipeline; what is left out."""
    stage = {one["id"]: one for one in steps}
    lines = {one["line"] for one in steps}
    left = {"unknown_time": 0, "unknown_stages": 0}

    def heap(raw: Any, line: int) -> _Heap:
        return heaps.setdefault((name(raw), line), _Heap())

    ways, stays = passages.passed(store, frame, steps)
    for way in ways:
        left["unknown_stages"] += way.n if way.blind else 0
        for line, one in rules.passages(way.marks, way.outcome, way.n):
            if not one.known:
                left["unknown_time"] += one.n
            elif line in lines:
                heap(way.group, line).passages.append(one)
    for (raw, id), days in stays.items():
        if id in stage:
            counts = heap(raw, stage[id]["line"]).stays.setdefault(id, {})
            for value, n in days.items():
                counts[value] = counts.get(value, 0) + n
    for (raw, id), rows in passages.standing(store, frame, at).items():
        if id in stage:
            heap(raw, stage[id]["line"]).open.setdefault(id, []).extend(rows)
    if frame.by is None and any(_wants_items(store, line) for line in lines):
        _items(compliance.counted(store, frame), stage, heap)
    return {reason: n for reason, n in left.items() if n}


def _wants_items(store: Store, line: int) -> bool:
    """Whether the SOP of a pipeline sets a goal for the items met."""
    sop = sops.sop_of(store, line)
    return sop is not None and any(one.kpi == "met" for stage in sop.stages.values() for one in stage.kpis)


def _items(rows: Iterable[Row], stage: dict[int, Row], heap: Callable[[Any, int], _Heap]) -> None:
    for row in rows:
        if row["stage_id"] in stage and row["item"] != JUMP:
            known = heap(None, stage[row["stage_id"]]["line"]).items.setdefault(row["stage_id"], [0, 0])
            known[0] += row["n"] if row["state"] == "met" else 0
            known[1] += row["n"]


def _ordered(heaps: dict[tuple[str | None, int], _Heap]) -> list[tuple[str | None, int]]:
    """By pipeline, and in it the groups with the most to tell first; what has no group is last."""

    def size(key: tuple[str | None, int]) -> int:
        heap = heaps[key]
        return sum(one.n for one in heap.passages) + sum(one.n for rows in heap.open.values() for one in rows)

    return sorted(heaps, key=lambda key: (key[1], key[0] == NONE, -size(key), key[0] or ""))


def _lines(
    store: Store, heap: _Heap, steps: list[Row], group: str | None
) -> tuple[list[Line], dict[tuple[int | None, int], int]]:
    plan = sops.sop_of(store, steps[0]["line"])
    # An archived stage is nothing that later deals pass over; it is shown for those that were in it.
    live = [one["rank"] for one in steps if one["archived_at"] is None or _came(heap, one)]
    cohorts = rules.conversions(heap.passages, live)
    went = rules.moves(heap.passages)
    return [
        _line(heap, one, cohorts[one["rank"]], went, _plan(plan, one), group) for one in steps if one["rank"] in cohorts
    ], went


def _came(heap: _Heap, step: Row) -> bool:
    return step["id"] in heap.open or any(one.rank == step["rank"] for one in heap.passages)


def _plan(sop: Sop | None, step: Row) -> Plan | None:
    return sop.stages.get(step["key"] or "") if sop else None


def _line(
    heap: _Heap, step: Row, cohort: Conversion, went: dict[tuple[int | None, int], int], plan: Plan | None, group: str | None
) -> Line:  # fmt: skip
    days = Quartiles.of(heap.stays.get(step["id"], {}))
    rows = heap.open.get(step["id"], [])
    met, of = heap.items.get(step["id"], (0, 0))
    targets = {one.kpi: one.target for one in plan.kpis} if plan else {}
    items = Ratio(met, of)
    goals = {
        "conversion": rules.goal_of_rate(cohort, targets.get("conversion")),
        "days": rules.goal_at_most(float(days.median) if days else None, targets.get("days")),
        "met": rules.goal_of_share(items, targets.get("met")),
    }
    return Line(
        group, step, cohort, days,
        open=sum(one.n for one in rows),
        age=_spread((one.age, one.n) for one in rows),
        over_age=sum(one.n for one in rows if over_age(one.age, step["age_limit"])),
        idle=_spread((one.idle, one.n) for one in rows),
        stalled=sum(one.n for one in rows if one.stalled),
        returned=rules.returned(went, step["rank"]),
        jumped=rules.jumped(went, step["rank"]),
        items=items,
        goals=goals,
    )  # fmt: skip


def _spread(pairs: Iterable[tuple[int | None, int]]) -> Quartiles | None:
    counts: dict[int, int] = {}
    for value, n in pairs:
        if value is not None:
            counts[value] = counts.get(value, 0) + n
    return Quartiles.of(counts)


def _named(went: dict[tuple[int | None, int], int], steps: list[Row]) -> Iterable[tuple[tuple[str | None, str], int]]:
    """The moves with the names of the stages; a win is "won"."""
    called = {one["rank"]: one["name"] for one in steps}
    for (prior, rank), n in went.items():
        before = None if prior is None else called.get(prior, "won")
        yield (before, called.get(rank, "won")), n
