"""changes: the waterfall balances on random histories, is what going deal by deal says, and agrees with board and kpi."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesctl.domain.deal import BEFORE, STATE, Event, spans
from salesctl.domain.waterfall import SIGNS, Waterfall
from salesctl.store.records import day_end
from salesctl.store.waterfall import movement
from salesctl.store.write import unit
from salesctl.when import Period, iso
from tests.conftest import Runner

ZONE = "Europe/Berlin"


class Fact(NamedTuple):
    """An event of a deal: what it was after it; `at` None for unknown."""

    at: str | None
    amount: int | None
    currency: str
    outcome: str | None
    owner: int | None
    close: str | None
    voided: bool = False


class Life(NamedTuple):
    facts: tuple[Fact, ...]
    archived: str | None


Lives = dict[int, Life]
OPEN = ("amount", "currency", "outcome", "owner", "close")


# The slow way: deal by deal and moment by moment, in plain Python.


def moments(life: Life) -> list[tuple[str, dict[str, Any]]]:
    """What the deal was from each moment on: of each thing, what was recorded last of all that held by then."""
    facts = [fact for fact in life.facts if not fact.voided]
    began = min((fact.at for fact in facts if fact.at), default=BEFORE) if facts and facts[0].at else BEFORE
    deltas, before = [], None
    for fact in facts:
        now = {key: getattr(fact, key) for key in OPEN}
        if now["amount"] is None:
            now["currency"] = None
        at = began if before is None else fact.at or began
        deltas.append((at, {k: v for k, v in now.items() if before is None or v != before[k]}))
        before = now
    found: dict[str, dict[str, Any]] = {}
    for moment in sorted(at for at, _delta in deltas):
        state: dict[str, Any] = dict.fromkeys(OPEN)
        for delta in (delta for at, delta in deltas if at <= moment):
            state |= delta
        found[moment] = state if state["currency"] else state | {"amount": None}
    return list(found.items())


def slow(lives: Lives, start: str, end: str, currency: str, owners: set[int] | None, horizon: tuple[str, str] | None) -> dict[str, Any]:  # fmt: skip
    """Start, end and the sums of the movements, and who is in them."""
    sums: dict[str, Any] = {"start": 0, "end": 0, **dict.fromkeys(SIGNS, 0)}
    who: dict[str, set[int]] = {name: set() for name in SIGNS}

    def mine(state: dict[str, Any]) -> bool:
        return (state["amount"] is None or state["currency"] == currency) and (owners is None or state["owner"] in owners)  # fmt: skip

    def due(state: dict[str, Any]) -> bool:
        return horizon is None or bool(state["close"] and horizon[0] <= state["close"] < horizon[1])

    def inside(state: dict[str, Any] | None) -> bool:
        return state is not None and state["outcome"] is None and mine(state) and due(state)

    for deal, life in lives.items():
        worth, state, gone = 0, None, False
        steps: list[tuple[str, dict[str, Any] | None]] = [*moments(life)]
        if life.archived:
            steps = [step for step in steps if step[0] <= life.archived] + [(life.archived, None)]
        for at, after in steps:
            if at >= end:
                break
            if at >= start:
                was, now = inside(state) and not gone, inside(after)
                old, new = (state or {}).get("amount") or 0, (after or {}).get("amount") or 0
                name, value = "", 0
                if was and now:
                    worth += new - old
                elif now:
                    if state is None:
                        name = "new"
                    elif state["outcome"]:
                        name = "reopened"
                    else:
                        name = "pulled_in" if mine(state) else "moved_in"
                    value = new
                elif was:
                    if after is not None and after["outcome"]:
                        name, value = after["outcome"], old
                        if after["amount"] is not None and after["currency"] == currency:
                            worth, value = worth + new - old, new
                    else:
                        name, value = "pushed_out" if after is not None and mine(after) else "moved_out", old
                if name:
                    sums[name] += value
                    who[name].add(deal)
            state, gone = after, after is None
        before = [after for at, after in steps if at < start]
        upto = [after for at, after in steps if at < end]
        for edge, known in (("start", before), ("end", upto)):
            if known and inside(known[-1]):
                sums[edge] += known[-1]["amount"] or 0
        if worth:
            name = "up" if worth > 0 else "down"
            sums[name] += abs(worth)
            who[name].add(deal)
    return {**sums, "who": who}


def fast(found: Waterfall) -> dict[str, Any]:
    sums = {"start": found.start.minor, "end": found.end.minor, **{n: found.moves[n].minor for n in SIGNS}}
    return {**sums, "who": {name: {one.deal for one in found.moves[name].deals} for name in SIGNS}}


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
    people = [(rep, f"r{rep}", work.at, work.at, f"rep {rep}", f"Rep {rep}", "sales") for rep in (901, 902)]
    work.fill("rep", ("id", "uid", "created_at", "updated_at", "name_key", "name", "function"), people)
    rows, events, stretches = [], [], []
    for deal, life in lives.items():
        happened = [Event(fact.at, _state(fact)) for fact in life.facts if not fact.voided]
        rows.append((deal, f"u{deal}", work.at, work.at, f"deal {deal}", f"Deal {deal}", "2026-01-01", life.archived, *_state(life.facts[-1])))  # fmt: skip
        events += [(deal, work.operation, "edited", fact.at, work.at, work.at if fact.voided else None, *_state(fact)) for fact in life.facts]  # fmt: skip
        stretches += [(deal, one.start, one.end, *one.state) for one in spans(happened)]
    names = ("id", "uid", "created_at", "updated_at", "name_key", "name", "created", "archived_at", *STATE)
    work.fill("deal", names, rows)
    work.fill("deal_event", ("deal_id", "operation_id", "kind", "at", "recorded_at", "voided_at", *STATE), events)
    work.fill("deal_span", ("deal_id", "from_at", "until_at", *STATE), stretches)


def _state(fact: Fact) -> tuple[Any, ...]:
    values = dict.fromkeys(STATE) | {"pipeline_id": 1, "stage_id": 1, "amount": fact.amount, "outcome": fact.outcome}
    values |= {"amount_currency": fact.currency if fact.amount is not None else None, "owner_id": fact.owner}
    values |= {"expected_close": fact.close, "closed": "2026-10-01" if fact.outcome else None}
    return tuple(values.values())


EDGES = ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-07-09T22:00:00Z", "2026-07-10T21:59:59Z"]
MOMENT = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)).map(iso), st.sampled_from(EDGES)
)
FACT = st.builds(
    Fact,
    st.one_of(MOMENT, MOMENT, MOMENT, st.none()),
    st.one_of(st.integers(0, 10**15), st.integers(1, 999), st.none()),
    st.sampled_from(["EUR", "EUR", "EUR", "CNY"]),
    st.sampled_from([None, None, None, "won", "lost"]),
    st.sampled_from([901, 901, 902, None]),
    st.sampled_from([None, "2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"]),
    st.sampled_from([False] * 9 + [True]),
)
LIFE = st.builds(
    Life, st.lists(FACT, min_size=1, max_size=7).map(tuple), st.one_of(st.none(), st.none(), st.none(), MOMENT)
)
LIVES = st.lists(LIFE, min_size=1, max_size=8).map(lambda lives: {1000 + i: life for i, life in enumerate(lives)})
DAYS = st.one_of(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from([date(2026, 3, 29), date(2026, 7, 10)])
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIVES, DAYS, st.integers(1, 200), DAYS, st.sampled_from([None, (901,), (901, 902), ()]), st.booleans())
def test_it_balances_and_is_what_going_deal_by_deal_says(
    run: Runner, lives: Lives, start: date, days: int, as_of: date, owners: Sequence[int] | None, closing: bool
) -> None:
    period = Period(start, start + timedelta(days=days))
    as_of = max(as_of, start)
    horizon = Period(date(2026, 7, 1), date(2026, 10, 1)) if closing else None
    low = day_end(start - timedelta(days=1), ZONE)
    high = min(day_end(start + timedelta(days=days - 1), ZONE), day_end(as_of, ZONE))
    wanted = slow(lives, low, high, "EUR", None if owners is None else set(owners), ("2026-07-01", "2026-10-01") if closing else None)  # fmt: skip
    with stored(str(run.path), lives) as work:
        found = movement(work, period, owners, as_of, zone=ZONE, own="EUR", wanted="EUR", closing=horizon)
    assert found.rest == 0
    assert fast(found) == wanted


def story(run: Runner) -> None:
    """October: D1 and D2 there, D3 Swiss; November: D1 up and won, D2 put off, D4 new and lost, D5 new, D6 archived."""
    for name, amount in (("One", "1000.10"), ("Two", "200"), ("Swiss", "70CHF")):
        run(f"deal add {name} amount={amount} expected_close=2026-11-20", today="2026-10-05")
    run("deal edit D1 amount=1500.35", today="2026-11-10")
    run("win D1", today="2026-11-12")
    run("deal edit D2 expected_close=2027-01-15", today="2026-11-13")
    run("deal add Four amount=40", today="2026-11-16")
    run("lose D4 price", today="2026-11-17")
    run("deal add Five amount=5 expected_close=2026-11-30", today="2026-11-18")
    run("deal add Six amount=6", today="2026-11-19")
    run("deal archive D6", today="2026-11-20")


def amounts(answer: Any) -> dict[str, tuple[int, str]]:
    """Of each line how many deals and how much."""
    ends = {name: (answer[name]["deals"], answer[name]["value"]["amount"]) for name in ("start", "end")}
    return ends | {one["movement"]: (one["deals"], one["value"]["amount"]) for one in answer["movements"] if one["deals"]}  # fmt: skip


def test_a_month_with_names(run: Runner) -> None:
    run("init --currency USD")
    story(run)
    got = run("changes -p 2026-11 --json").json
    assert amounts(got) == {
        "start": (2, "1200.10"), "new": (3, "51.00"), "up": (1, "500.25"), "moved_out": (1, "-6.00"),
        "won": (1, "-1500.35"), "lost": (1, "-40.00"), "end": (2, "205.00"),
    }  # fmt: skip
    assert (got["balanced"], got["other_currency"], got["currency"]) == (True, 1, "USD")
    assert [one["ref"] for one in got["later"]] == ["D2"] and got["sooner"] == []
    names = {one["movement"]: [deal["name"] for deal in one["items"]] for one in got["movements"]}
    assert names["new"] == ["Four", "Six", "Five"] and names["won"] == ["One"]
    swiss = run("changes -p 2026-11 --currency CHF --json").json
    assert (swiss["start"]["value"], swiss["other_currency"]) == ({"amount": "70.00", "currency": "CHF"}, 5)


def test_closing_counts_what_is_pulled_in_and_pushed_out(run: Runner) -> None:
    run("init --currency USD")
    story(run)
    run("deal edit D2 expected_close=2026-12-30", today="2026-11-23")
    got = run("changes -p 2026-11 --closing 2026-11 --json").json
    assert amounts(got) == {
        "start": (2, "1200.10"), "new": (1, "5.00"), "up": (1, "500.25"), "pushed_out": (1, "-200.00"),
        "won": (1, "-1500.35"), "end": (1, "5.00"),
    }  # fmt: skip
    later = run("changes -p 2026-11 --closing 2027-01 --as-of 2026-11-15 --json").json
    assert amounts(later)["pulled_in"] == (1, "200.00") and later["as_of"] == "2026-11-15"
    assert run("changes -p 2026-11 --closing all", code=4).err


def test_a_reopened_deal_and_another_owner(run: Runner) -> None:
    run("rep add Bo")
    run("rep add Cy")
    run("deal add One amount=10 owner=Bo", today="2026-10-05")
    run("win D1", today="2026-10-20")
    run("deal reopen D1 --reason x", today="2026-11-16")
    run("deal assign D1 --to Cy", today="2026-11-17")
    assert set(amounts(run("changes --owner Bo -p 2026-11 --json").json)) == {"start", "reopened", "moved_out", "end"}
    assert set(amounts(run("changes --owner Cy -p 2026-11 --json").json)) == {"start", "moved_in", "end"}
    assert set(amounts(run("changes -p 2026-11 --json").json)) == {"start", "reopened", "end"}


def test_an_undone_deal_is_in_no_movement(run: Runner) -> None:
    run("deal add One amount=10")
    run("undo")
    assert set(amounts(run("changes --json").json)) == {"start", "end"}


def test_what_it_refuses(run: Runner) -> None:
    run("deal add One amount=10")
    assert "has not begun" in run("changes -p 2027Q1", code=4).err
    assert "beginning" in run("changes -e 2026-11-01", code=4).err
    run("changes -p never", code=4)
    run("changes --currency XXQ", code=4)
    run("changes --owner Nobody", code=3)


def test_without_a_store_nothing_moved(bare: Runner) -> None:
    assert set(amounts(bare("changes --json").json)) == {"start", "end"}


@pytest.mark.sqlite
@pytest.mark.parametrize("period", ["2026Q2", "2026Q3", "2026-10", "2026Q4"])
def test_it_says_what_board_and_kpi_say(bare: Runner, period: str) -> None:
    bare("demo")
    got = bare(f"changes -p {period} --json").json
    lines = amounts(got)
    day = min(got["period"]["end"], "2026-11-23")
    board = bare(f"board --as-of {day} --json").json[-1]
    assert board["stage"] == "total" and lines["end"] == (board["deals"], board["value"]["amount"])
    won = bare(f"kpi show revenue -p {period} --json").json[0]
    assert lines["won"] == (won["n"], f"-{won['value']['amount']}")


@pytest.mark.sqlite
def test_the_screen_names_five_and_why_names_all(bare: Runner) -> None:
    bare("demo")
    few = bare("changes -p 2026Q3 -O text").out
    every = bare("changes -p 2026Q3 -O text --why").out
    assert few.count(" more\n") == 3 and " more" not in every.split("Start and end")[0]
    assert all(len(line) <= 80 for line in few.splitlines())
    assert "期初" in bare("changes -p 2026Q3 -O text --lang zh").out
