"""report process against going deal by deal: on the demo and on random histories; and against the screens beside it."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import quantiles
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesctl.domain.deal import BEFORE, STATE, Event, spans
from salesctl.domain.stats import Ratio
from salesctl.services.process import run as process
from salesctl.store.frames import Frame
from salesctl.store.records import Where, day_end
from salesctl.store.write import unit
from salesctl.when import Period, iso
from tests.conftest import Runner

ZONE = "Europe/Berlin"
DAY = date(2026, 11, 23)
STAGES = range(1, 8)  # the ids and ranks of the default stages an open deal stands in


class Fact(NamedTuple):
    """An event of a deal as it is stored: `at` None for unknown."""

    at: str | None
    stage: int | None
    outcome: str | None
    voided: bool = False


Lives = dict[int, list[Fact]]


# The slow way: deal by deal, in plain Python.


def changes(life: Sequence[Fact], as_of: str | None) -> list[tuple[str, int, str, Fact, Fact | None]]:
    """(at, order, what, fact, the one recorded before) of everything that changed stage or outcome, by business time."""
    found, before = [], None
    for order, fact in enumerate(fact for fact in life if not fact.voided):
        at = fact.at or BEFORE
        if (before is None or (fact.stage, fact.outcome) != (before.stage, before.outcome)) and (
            as_of is None or at < as_of
        ):
            found.append((at, order, fact, before))
        before = fact
    return sorted(found, key=lambda one: one[:2])


def ended(life: Sequence[Fact], as_of: str | None) -> tuple[bool, str | None]:
    """Whether there is a deal at all by then, and its outcome: of what had taken effect, what was recorded last.

    The deal began by the earliest of its facts.
    """
    real = [fact for fact in life if not fact.voided]
    if as_of is None:
        return True, real[-1].outcome if real else None
    began = min((fact.at or BEFORE for fact in real), default=None)
    if began is None or began >= as_of:
        return False, None
    outcome = real[0].outcome
    for before, fact in pairwise(real):
        if fact.outcome != before.outcome and (fact.at or BEFORE) < as_of:
            outcome = fact.outcome
    return True, outcome


def slow(lives: Lives, start: str | None, end: str | None, as_of: str | None) -> dict[int, dict[str, Any]]:
    """What report process should say of each stage."""
    inside = lambda at: (start is None or at >= start) and (end is None or at < end)  # noqa: E731
    zone = ZoneInfo(ZONE)
    rows: dict[int, dict[str, Any]] = {s: dict.fromkeys(
        ("entered", "inferred", "advanced", "lost", "undecided", "returned", "jumped"), 0) | {"days": []} for s in STAGES}  # fmt: skip
    for life in lives.values():
        there, outcome = ended(life, as_of)
        if not there:
            continue
        moved = changes(life, as_of)
        for (at, _o, fact, _b), following in zip(moved, [*moved[1:], None], strict=False):
            if following and fact.outcome is None and fact.stage and at > BEFORE and inside(following[0]):
                a, b = (datetime.fromisoformat(x).astimezone(zone).date() for x in (at, following[0]))
                rows[fact.stage]["days"].append((b - a).days)
        wins = [(at, order) for at, order, fact, before in moved
                if fact.outcome == "won" and (before is None or before.outcome != "won")]  # fmt: skip
        way: list[tuple[str, int, int]] = sorted(
            [(at, order, fact.stage or 0) for at, order, fact, before in moved
             if fact.outcome is None and fact.stage and (before is None or before.stage != fact.stage)]
            + ([(*wins[-1], 99)] if outcome == "won" and wins else [])
        )  # fmt: skip
        furthest = max((rank for _at, _order, rank in way), default=0)
        for s in STAGES:
            reached = next(((at, rank) for at, _order, rank in way if rank >= s), None)
            if (
                reached is None
                or reached[0] == BEFORE
                or not inside(reached[0])
                or (way[0][2] == 99 and way[0][0] == reached[0])
            ):
                continue
            row = rows[s]
            row["entered"] += 1
            row["inferred"] += reached[1] > s
            fate = "advanced" if furthest > s or outcome == "won" else "lost" if outcome == "lost" else "undecided"
            row[fate] += 1
        for (_at, _order, prior), (at, _order2, rank) in pairwise(way):
            if at == BEFORE or not inside(at):
                continue
            for s in STAGES:
                rows[s]["returned"] += rank == s and s < prior < 99
                rows[s]["jumped"] += prior < s < rank
    return rows


def fast(
    store: Any, start: date | None, end: date | None, as_of: date | None, zone: str = ZONE
) -> dict[int, dict[str, Any]]:
    """The same by the program."""
    from salesctl.domain.kinds import Reading

    instant = day_end(as_of, zone) if as_of else None
    day = as_of or DAY
    frame = Frame(Where([], {}, instant), Period(start, end), instant, zone, day)
    at = Reading(
        datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)), "EUR", "en", lambda noun, text: None
    )  # type: ignore[arg-type,return-value]
    found = {}
    for line in process(store, frame, at, 1).lines:
        c = line.cohort
        found[line.stage["rank"]] = {
            "entered": c.entered, "inferred": c.inferred, "advanced": c.on, "lost": c.lost, "undecided": c.open,
            "returned": line.returned, "jumped": line.jumped, "days": line.days,
        }  # fmt: skip
    return found


def same(got: dict[int, dict[str, Any]], wanted: dict[int, dict[str, Any]]) -> None:
    for s in STAGES:
        mine = got.get(s)
        if mine is None:
            assert all(not value for value in wanted[s].values()), (s, wanted[s])
            continue
        days, spread = sorted(wanted[s]["days"]), mine["days"]
        assert {k: v for k, v in mine.items() if k != "days"} == {k: v for k, v in wanted[s].items() if k != "days"}, s
        assert (spread.n if spread else 0) == len(days), s
        if len(days) > 1:
            assert [float(x) for x in (spread.p25, spread.median, spread.p75)] == pytest.approx(
                quantiles(days, n=4, method="inclusive")
            )


class Enough(Exception):
    """Ends a unit of work that must leave nothing."""


@contextmanager
def stored(path: str, lives: Lives) -> Iterator[Any]:
    """A store with deals of these lives; nothing of it stays."""
    try:
        with unit(path, "test", at=datetime(2026, 11, 23, 9, tzinfo=UTC), actor=None) as work:
            put(work, lives)
            yield work
            raise Enough
    except Enough:
        pass


def put(work: Any, lives: Lives) -> None:
    empty = dict.fromkeys(STATE) | {"pipeline_id": 1}
    work.fill("operation", ("id", "uid", "command", "at"), [(10**6, "random", "random", work.at)])
    rows, events, stretches = [], [], []
    for deal, life in lives.items():
        real = [fact for fact in life if not fact.voided]
        last = real[-1] if real else Fact(None, 1, None)
        now = empty | {
            "stage_id": last.stage,
            "outcome": last.outcome,
            "closed": "2026-10-01" if last.outcome else None,
        }
        rows.append((deal, f"u{deal}", work.at, work.at, f"deal {deal}", f"Deal {deal}", "2026-01-01", *now.values()))
        states = [tuple((empty | {"stage_id": f.stage, "outcome": f.outcome}).values()) for f in life]
        events += [(deal, 10**6, "stage", f.at, work.at, work.at if f.voided else None, *s) for f, s in zip(life, states, strict=True)]  # fmt: skip
        happened = [Event(f.at, s) for f, s in zip(life, states, strict=True) if not f.voided]
        stretches += [(deal, one.start, one.end, *one.state) for one in spans(happened)]
    names = ("id", "uid", "created_at", "updated_at", "name_key", "name", "created", *STATE)
    work.fill("deal", names, rows)
    work.fill("deal_event", ("deal_id", "operation_id", "kind", "at", "recorded_at", "voided_at", *STATE), events)
    work.fill("deal_span", ("deal_id", "from_at", "until_at", *STATE), stretches)


MOMENT = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)).map(iso)
EDGE = st.sampled_from(["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-07-09T22:00:00Z",
                        "2026-07-10T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", None])  # fmt: skip
FACT = st.builds(
    Fact,
    st.one_of(MOMENT, EDGE),
    st.one_of(st.integers(1, 7), st.integers(1, 7), st.none()),
    st.sampled_from([None, None, None, None, "won", "lost"]),
    st.sampled_from([False] * 9 + [True]),
)
LIFE = st.tuples(st.lists(FACT, min_size=1, max_size=7), st.booleans()).map(
    lambda pair: sorted(pair[0], key=lambda fact: fact.at or "") if pair[1] else pair[0]
)
LIVES = st.lists(LIFE, min_size=1, max_size=8).map(lambda lives: {1000 + i: life for i, life in enumerate(lives)})
DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIVES, DAYS, DAYS, DAYS)
def test_the_process_is_what_going_deal_by_deal_says(
    run: Runner, lives: Lives, start: date | None, end: date | None, as_of: date | None
) -> None:
    low = day_end(start - timedelta(days=1), ZONE) if start else None
    high = day_end(end - timedelta(days=1), ZONE) if end else None
    with stored(str(run.path), lives) as work:
        same(fast(work, start, end, as_of), slow(lives, low, high, day_end(as_of, ZONE) if as_of else None))


def demo_lives(path: Any) -> Lives:
    lives: Lives = defaultdict(list)
    with sqlite3.connect(path) as connection:
        for deal, at, stage, outcome, voided in connection.execute(
            "SELECT deal_id, at, stage_id, outcome, voided_at IS NOT NULL FROM deal_event ORDER BY id"
        ):
            lives[deal].append(Fact(at, stage, outcome, bool(voided)))
    return lives


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("line", "start", "end", "as_of"),
    [
        ("", None, None, None),
        ("-p 2026Q3", date(2026, 7, 1), date(2026, 10, 1), None),
        ("-p 2026Q3 --as-of 2026-08-15", date(2026, 7, 1), date(2026, 10, 1), date(2026, 8, 15)),
        ("--as-of 2026-06-30", None, date(2026, 7, 1), date(2026, 6, 30)),
    ],
)
def test_the_demo_going_deal_by_deal(
    bare: Runner, line: str, start: date | None, end: date | None, as_of: date | None
) -> None:
    bare("demo")
    lives = demo_lives(bare.path)
    assert any(fact.stage == 7 for life in lives.values() for fact in life)
    zone = "UTC"
    bounds = [day_end(day - timedelta(days=1), zone) if day else None for day in (start, end)]
    wanted = slow(lives, *bounds, day_end(as_of, zone) if as_of else None)
    stages = {row["position"]: row for row in bare(f"report process {line} --json").json["stages"]}
    for s in STAGES:
        for key in ("entered", "inferred", "advanced", "lost", "undecided", "returned", "jumped"):
            assert stages[s][key] == wanted[s][key], (s, key)
        assert stages[s]["stays"] == len(wanted[s]["days"])
        low, high = Ratio(stages[s]["advanced"], stages[s]["entered"]).range or (0, 0)
        assert (stages[s]["conversion_low"], stages[s]["conversion_high"]) == (round(low, 6), round(high, 6))
    if not line:
        assert sum(row["returned"] for row in stages.values()) > 0 and sum(row["jumped"] for row in stages.values()) > 0


@pytest.mark.sqlite
def test_grouped_parts_add_up_to_the_whole(bare: Runner) -> None:
    bare("demo")
    whole = {row["stage"]: row for row in bare("report process -p 2026 --json").json["stages"]}
    for by in ("rep", "team", "manager", "region", "channel", "industry", "customer-region", "pipeline"):
        rows = bare(f"report process -p 2026 --by {by} --json").json["stages"]
        for key in (
            "entered",
            "inferred",
            "advanced",
            "lost",
            "undecided",
            "stays",
            "returned",
            "jumped",
            "open",
            "stalled",
            "over_age",
        ):
            sums: Counter[str] = Counter()
            for row in rows:
                sums[row["stage"]] += row[key]
            assert {stage: sums[stage] for stage in whole} == {stage: row[key] for stage, row in whole.items()}, (
                by,
                key,
            )


@pytest.mark.sqlite
@pytest.mark.parametrize("more", ["", "--as-of 2026-09-30", "--team North"])
def test_what_is_open_and_stalled_is_what_the_board_says(bare: Runner, more: str) -> None:
    bare("demo")
    board = {row["stage"]: row for row in bare(f"board {more} --json").json}
    rows = bare(f"report process {more} --json").json["stages"]
    assert sum(row["open"] for row in rows) > 0
    for row in rows:
        there = board.get(row["stage"], {"deals": 0, "stalled": 0})
        assert (row["open"], row["stalled"]) == (there["deals"], there["stalled"])


@pytest.mark.sqlite
def test_ages_are_those_of_the_deal_list(bare: Runner) -> None:
    bare("demo")
    ages: dict[str, list[int]] = defaultdict(list)
    idle: dict[str, list[int]] = defaultdict(list)
    for deal in bare("deal list --json").json:
        ages[deal["stage"]].append(deal["stage_days"])
        idle[deal["stage"]].append(deal["idle_days"])
    for row in bare("report process --json").json["stages"]:
        for name, known in (("age", ages), ("idle", idle)):
            wanted = quantiles(known[row["stage"]], n=4, method="inclusive")
            assert [row[f"{name}_{end}"] for end in ("p25", "median", "p75")] == pytest.approx(wanted)
        assert row["over_age"] == sum(days > row["age_limit"] for days in ages[row["stage"]])


def test_closed_deals_without_stage_history_are_counted_and_told(run: Runner, tmp_path: Any) -> None:
    file = tmp_path / "old.csv"
    file.write_text(
        "name,amount,outcome,closed\nOld,5,won,2026-10-05\nGone,6,lost,2026-10-06\nLong ago,7,won,2025-01-02\n"
    )
    run(f"import {file}")
    run("deal add New amount=7", today="2026-10-07")
    assert run("report process -p 2026Q4 --json").json["without_history"] == 2
    assert run("report funnel -p 2026Q4 --json").json["blocks"]["funnel"]["without_history"] == 2
    for name in ("process", "funnel"):
        told = run(f"report {name} -p 2026Q4 -O text").out
        assert "2 closed deals have no stage history and are not in it" in told
        assert "2 个已关闭商机没有阶段记录" in run(f"report {name} -p 2026Q4 -O text --lang zh").out
        assert "no stage history" not in run(f"report {name} -p 2026Q3 -O text").out
