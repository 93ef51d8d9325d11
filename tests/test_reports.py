"""report and analyze: against a slower way to the same answer, on the demo and on random histories; and as commands."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
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
    """Whether there is a deal at all by then, and its outcome: what each fact changed, applied by business time."""
    deltas, before = [], None
    for order, fact in enumerate(fact for fact in life if not fact.voided):
        if before is None or fact.outcome != before.outcome:
            deltas.append((fact.at or BEFORE, order, fact.outcome))
        before = fact
    if as_of is None:
        return True, before.outcome if before else None
    first = min((fact.at or BEFORE for fact in life if not fact.voided), default=None)
    outcome = None
    for at, _order, value in sorted(deltas, key=lambda one: one[:2]):
        if at < as_of:
            outcome = value
    return first is not None and first < as_of, outcome


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


@pytest.mark.sqlite
def test_compliance_counts_every_check_once_whatever_it_is_grouped_by(bare: Runner) -> None:
    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        checks = connection.execute(
            "SELECT s.name, k.item, k.state, r.name FROM sop_check k JOIN stage s ON s.id = k.stage_id JOIN rep r ON r.id = k.rep_id"
        ).fetchall()
    real = [one for one in checks if one[1] != "~jump"]
    assert {state for _s, _i, state, _r in real} == {"met", "missing", "overridden"}
    for by, place in (("item", (0, 1)), ("stage", (0,)), ("rep", (3,))):
        rows = bare(f"report sop --by {by} --json").json[f"by_{by}"]
        wanted = Counter((tuple(one[i] for i in place), one[2]) for one in real)
        got: Counter[Any] = Counter()
        for row in rows:
            key = {"item": (row["stage"], row["item"]), "stage": (row["stage"],), "rep": (row["group"],)}[by]
            for state in ("met", "missing", "overridden"):
                got[key, state] += row[state]
            ratio = Ratio(row["met"], row["met"] + row["missing"] + row["overridden"])
            assert row["share"] == round(ratio.value or 0, 6) and row["checked"] == ratio.bottom
        assert +got == wanted
        if by != "item":
            assert sum(row["jumps"] for row in rows) == len(checks) - len(real) > 0
    answer = bare("report sop --json").json
    assert sum(len(one["items"]) for one in answer["overrides"]) == sum(one[2] == "overridden" for one in real)
    assert [one["at"] for one in answer["overrides"]] == sorted(
        (one["at"] for one in answer["overrides"]), reverse=True
    )
    process_ = {row["stage"]: row["jumped"] for row in bare("report process --json").json["stages"] if row["jumped"]}
    assert {one["stage"]: one["n"] for one in answer["jumps"]} == process_


@pytest.mark.sqlite
def test_rivals_deal_by_deal(bare: Runner) -> None:
    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        rows = connection.execute(
            "SELECT r.name, d.outcome, d.lost_to, r.price, r.price_currency, d.amount, d.amount_currency, r.strength"
            " FROM rival r JOIN deal d ON d.id = r.deal_id WHERE d.outcome IS NULL OR d.closed >= '2026-01-01'"
        ).fetchall()
    answer = {row["rival"]: row for row in bare("report rivals -p 2026 --json").json["rivals"]}
    assert set(answer) == {row[0] for row in rows} and len(answer) == 4
    for name, told in answer.items():
        mine = [row for row in rows if row[0] == name]
        assert told["met"] == len(mine)
        assert told["won"] == sum(row[1] == "won" for row in mine)
        assert told["lost_to"] == sum(row[1] == "lost" and row[2] == name for row in mine) > 0
        assert told["lost_otherwise"] == sum(row[1] == "lost" and row[2] != name for row in mine)
        gaps = sorted(int(Fraction((row[3] - row[5]) * 1000, row[5])) for row in mine if row[3] and row[4] == row[6])
        assert told["price_n"] == len(gaps) > 2
        assert told["price_difference"] == pytest.approx(quantiles(gaps, n=4, method="inclusive")[1] / 1000)
        said = Counter(row[7] for row in mine if row[7])
        assert [said[word] for word in told["strengths"]] == sorted(said.values(), reverse=True)[:2]


@pytest.mark.sqlite
def test_effects_deal_by_deal(bare: Runner) -> None:
    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        closed = dict(
            connection.execute("SELECT id, outcome FROM deal WHERE outcome IS NOT NULL AND closed >= '2026-01-01'")
        )
        books = dict(connection.execute("SELECT id, playbook FROM deal"))
        won_at = dict(connection.execute("SELECT deal_id, at FROM deal_event WHERE kind = 'won'"))
        checks = connection.execute(
            "SELECT k.deal_id, s.name, k.item, k.state, k.at FROM sop_check k JOIN stage s ON s.id = k.stage_id"
            " WHERE k.item <> '~jump' ORDER BY k.id"
        ).fetchall()
    last = {
        (deal, stage, item): state
        for deal, stage, item, state, at in checks
        if deal in closed and won_at.get(deal) != at
    }
    answer = bare("analyze sop-effect -p 2026 --json").json["effects"]
    items = {(row["stage"], row["item"]): row for row in answer if row["sort"] == "item"}
    assert set(items) == {(stage, item) for _deal, stage, item in last}
    assert not any(stage == "Signing" for stage, _item in items)
    for (stage, item), row in items.items():
        mine = [
            (state == "met", closed[deal] == "won") for (deal, s, i), state in last.items() if (s, i) == (stage, item)
        ]
        assert (row["did"], row["did_won"]) == (sum(did for did, _w in mine), sum(did and won for did, won in mine))
        assert (row["did_not"], row["did_not_won"]) == (
            sum(not did for did, _w in mine),
            sum(won and not did for did, won in mine),
        )
    for row in answer:
        if row["sort"] == "playbook":
            assert row["did"] == sum(books[deal] == row["name"] for deal in closed)
            assert row["did_won"] == sum(books[deal] == row["name"] and out == "won" for deal, out in closed.items())
            assert row["did"] + row["did_not"] == len(closed)
    assert [row["item"] for row in answer if row["verdict"] == "more"]


# As commands.


def sell(run: Runner) -> None:
    """A pipeline in motion: three deals, one of which jumped, one lost to a rival."""
    run("rep add Bo")
    for name, amount in (("Pump", "100"), ("Line", "200"), ("Spare", "50")):
        run(["deal", "add", name, f"amount={amount}", "owner=Bo", "created=2026-10-01"])
    run("advance Pump", today="2026-10-11")
    run("advance Pump Solution --reason hurry", today="2026-10-21")
    run("deal back Pump Discovery --reason unclear", today="2026-10-25")
    run("win Pump", today="2026-11-02")
    run("advance Line", today="2026-10-05")
    run("lose Line price --lost-to Festa", today="2026-11-03")


def test_a_small_process_by_hand(run: Runner) -> None:
    sell(run)
    answer = run("report process -p 2026-10..2026-11 --json").json
    rows = {row["stage"]: row for row in answer["stages"]}
    first, contact, discovery, solution = (
        rows[name] for name in ("Prospecting", "First contact", "Discovery", "Solution")
    )
    assert [(row["entered"], row["inferred"], row["advanced"], row["lost"], row["undecided"]) for row in (first, contact, discovery, solution)] == [
        (3, 0, 2, 0, 1), (2, 0, 1, 1, 0), (1, 1, 1, 0, 0), (1, 0, 1, 0, 0)
    ]  # fmt: skip
    assert (first["conversion"], first["conversion_target"], first["conversion_met"]) == (0.666667, 60, True)
    assert (contact["conversion"], contact["conversion_met"]) == (0.5, False)
    assert (first["stays"], first["days_median"], first["days_met"]) == (2, 7, True)
    assert (discovery["returned"], discovery["jumped"], solution["returned"]) == (1, 1, 0)
    assert (first["open"], first["age_median"], first["over_age"], first["idle_limit"]) == (1, 53, 1, 14)
    assert {"from": "Solution", "to": "Discovery", "n": 1} in answer["moves"]
    assert {"from": "Discovery", "to": "won", "n": 1} in answer["moves"]


def test_undo_takes_a_move_out_of_the_report(run: Runner) -> None:
    sell(run)
    before = run("report process --json").json
    run("advance Spare", today="2026-11-10")
    assert run("report process --json").json != before
    run("undo", today="2026-11-10")
    assert run("report process --json").json == before


def test_a_pipeline_is_asked_for_by_name_and_an_unknown_one_is_not_found(run: Runner) -> None:
    sell(run)
    run("pipeline add Renewals")
    run("stage add Due pipeline=Renewals probability=50")
    run(["deal", "add", "Old client", "pipeline=Renewals", "owner=Bo"])
    assert {row["pipeline"] for row in run("report process --json").json["stages"]} == {
        "Standard sales process",
        "Renewals",
    }
    assert [row["stage"] for row in run("report process --pipeline Renewals --json").json["stages"]] == ["Due"]
    run("report process --pipeline Nowhere", code=3)


def test_checks_by_hand_and_who_went_past_them(run: Runner) -> None:
    run("rep add Bo")
    run("config me Bo")
    run(["deal", "add", "Pump", "owner=Bo", "channel=fair"])
    run("advance Pump")
    rows = {row["item"]: row for row in run("report sop --json").json["by_item"]}
    assert {item: (row["met"], row["missing"]) for item, row in rows.items()} == {
        "profile": (0, 1),
        "customer": (0, 1),
        "channel": (1, 0),
    }
    run("sop enforce block")
    run(["advance", "Pump", "--override", "--reason", "fair ends today"])
    answer = run("report sop --json").json
    [override] = answer["overrides"]
    assert (override["deal_ref"], override["by"], override["reason"]) == ("D1", "Bo", "fair ends today")
    assert len(override["items"]) == 3 and answer["by_rep"][0]["overridden"] == 3
    assert run("report sop -p 2025 --json").json["by_item"] == []


def test_a_rival_named_in_any_way_counts_once_and_only_now_lost_ones_are_lost(run: Runner) -> None:
    sell(run)
    run("deal edit Spare competitor=FESTA")
    [festa] = run("report rivals --json").json["rivals"]
    assert (festa["met"], festa["open"], festa["lost_to"], festa["win_rate"]) == (2, 1, 1, 0.0)
    run("deal reopen Line --reason again")
    [festa] = run("report rivals --json").json["rivals"]
    assert (festa["met"], festa["open"], festa["lost_to"], festa["win_rate"]) == (2, 2, 0, None)


def test_prices_are_compared_in_one_currency_only(run: Runner) -> None:
    from salesctl.app import App
    from salesctl.preparse import preparse
    from salesctl.services.bargain import rival

    sell(run)
    with_price = App(preparse(["--db", str(run.path), "--today", "2026-11-23T10:00:00"])[0])
    rival(with_price, "Spare", "Festa", "45", "cheap", None)
    rival(with_price, "Pump", "Festa", "EUR 120", None, "slow")
    [festa] = run("report rivals --json").json["rivals"]
    assert (festa["price_difference"], festa["price_n"]) == (-0.1, 1)
    assert (festa["strengths"], festa["weaknesses"], festa["win_rate"]) == (["cheap"], ["slow"], 0.5)


def test_too_few_deals_say_nothing(run: Runner) -> None:
    sell(run)
    answer = run("analyze sop-effect --json").json
    assert answer["analysis"] == "sop-effect" and answer["effects"]
    assert {row["verdict"] for row in answer["effects"]} == {"too_few"}
    assert all(row["p"] is None and row["q"] is None for row in answer["effects"])
    assert "too few" in run("analyze sop-effect -O text").out


@pytest.mark.parametrize("line", ["report process", "report sop", "report rivals", "analyze sop-effect"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_to_tell_is_no_error(bare: Runner, run: Runner, line: str, lang: str) -> None:
    for runner in (bare, run):
        for more in ("", "-p 2020Q1", "--why", "--as-of 2026-01-01", "--by rep"):
            out = runner(f"{line} {more} -O text --lang {lang}").out
            assert out.count("\n") >= 2
            runner(f"{line} {more} --json")
            runner(f"{line} {more} -O tsv")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("report process --by product", 2, "cannot be grouped by product"),
        ("report sop --by channel", 2, "one of: item, stage, rep"),
        ("report weather", 2, "there is none called weather"),
        ("report proces", 2, "did you mean process"),
        ("report process -p nonsense", 4, "nonsense"),
        ("report process --as-of 2026-02-30", 4, "February"),
        ("report process --owner Nobody", 3, "Nobody"),
        ("report rivals -w colour:red", 2, "colour"),
        ("analyze sop-effect nonsense", 2, "one of:"),
        ("analyze", 0, ""),
    ],
)
def test_what_cannot_be_asked(run: Runner, line: str, code: int, said: str) -> None:
    sell(run)
    assert said in run(line, code=code).err


@pytest.mark.sqlite
def test_one_item_is_found_by_its_key_and_its_name(bare: Runner) -> None:
    bare("demo")
    [one] = bare("analyze sop-effect key_need --json").json["effects"]
    assert bare(["analyze", "sop-effect", one["name"], "--json"]).json["effects"] == [one]
    assert {row["sort"] for row in bare("analyze sop-effect playbook --json").json["effects"]} == {"playbook"}
    [zh] = bare(["analyze", "sop-effect", "key_need", "--json", "--lang", "zh"]).json["effects"]
    assert zh["item"] == "key_need" and zh["name"] != one["name"]


@pytest.mark.sqlite
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "line", ["report process", "report process --by rep", "report sop", "report rivals", "analyze sop-effect"]
)
def test_pages_are_read_at_eighty_columns_and_on_paper(bare: Runner, lang: str, line: str) -> None:
    from salesctl.output import report as page
    from salesctl.text import width

    bare(["demo", "--lang", lang])
    for one in seen(bare, line, lang, page):
        assert width(one) <= 80, one
    html = bare([*line.split(), "-O", "html", "--lang", lang, "--why"]).out
    assert html.startswith("<!doctype html>") and html.count("<table>") >= 1 and "<script" not in html
    md = bare([*line.split(), "-O", "md", "--lang", lang, "--why"]).out
    assert md.startswith("# ") and "|---" in md.replace(":", "-")


def seen(runner: Runner, line: str, lang: str, page: Any) -> list[str]:
    """What a terminal of 80 columns would show."""
    found: list[str] = []
    own = page.layout

    def narrow(report: Any, lang: str, room: int | None, mark: str) -> Any:
        found.extend(text for text, _bold in own(report, lang, 80, mark))
        return own(report, lang, room, mark)

    page.layout = narrow
    try:
        runner([*line.split(), "-O", "text", "--lang", lang, "--why"])
    finally:
        page.layout = own
    assert found
    return found


def test_the_reports_there_are(run: Runner) -> None:
    assert [row["report"] for row in run("report --json").json] == ["process", "sop", "rivals"]
    assert [row["analyze"] for row in run("analyze list --json").json] == ["sop-effect"]
    assert run("report process --fields stage,entered").out.splitlines()[0] == "stage\tentered"
    assert run("report process").out.startswith("Sales process  all time\n")
    assert run("analyze sop-effect").out.startswith("group\tsort\tstage\titem")


PLANS = [
    ("report process -p 2026Q4 --json", "told AS", ("deal_event_at_ix", "deal_event_deal_ix"), ("SCAN e",)),
    ("report sop -p 2026Q4 --json", "SELECT k.rep_id", ("sop_check_at_ix",), ("SCAN k",)),
    ("report rivals -p 2026Q4 --json", "m.won", ("deal_closed_ix", "rival_deal_uq"), ("SCAN r",)),
    ("analyze sop-effect -p 2026Q4 --json", "win AS", ("deal_closed_ix", "sop_check_deal_ix"), ("SCAN e", "SCAN k")),
]  # fmt: skip


@pytest.mark.sqlite
@pytest.mark.parametrize(("line", "mark", "used", "never"), PLANS)
def test_no_report_of_a_quarter_scans_what_it_need_not(
    run: Runner, line: str, mark: str, used: Sequence[str], never: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from salesctl.store.connect import Sqlite

    asked: list[tuple[str, dict[str, object]]] = []
    for name in ("query", "each"):
        own = getattr(Sqlite, name)

        def noted(self: Sqlite, sql: str, params: object = None, own: object = own) -> object:
            asked.append((sql, dict(params or {})))  # type: ignore[call-overload]
            return own(self, sql, params)  # type: ignore[operator]

        monkeypatch.setattr(Sqlite, name, noted)
    sell(run)
    asked.clear()
    run(line)
    with sqlite3.connect(run.path) as connection:
        connection.create_function("fold", 1, lambda text: text)
        plans = [
            [str(step[3]) for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params)]
            for sql, params in asked
            if mark in sql
        ]
    assert plans
    for plan in plans:
        for index in used:
            assert any(index in step for step in plan), (index, plan)
        assert not any(step == bad or step.startswith(f"{bad} ") for step in plan for bad in never), plan


def test_both_engines_say_the_same(tmp_path: Any, capfd: pytest.CaptureFixture[str], databases: Any) -> None:
    file = Runner(tmp_path / "demo.db", capfd)
    file("demo")
    url = databases("")
    file(["db", "move", url])
    server = Runner(url, capfd)
    for line in ("report process", "report sop", "report rivals", "analyze sop-effect"):
        for more in ("", "-p 2026Q3", "--as-of 2026-08-15", "--by rep", "--team North -w amount:10k.. --why"):
            wanted = file(f"{line} {more} --json").json
            assert server(f"{line} {more} --json").json == wanted, (line, more)
            assert any(isinstance(part, list) and part for part in wanted.values())
