"""Reading deals: their stages, what stands still, and the table as it was on another day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.deal import DEAL, STATE
from salesctl.domain.stage import IDLE_LIMIT, Step
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.store.connect import Row, Store
from salesctl.store.records import Where, columns, source

if TYPE_CHECKING:
    from datetime import datetime as DateTime

    from salesctl.domain.kinds import Reading


def steps(store: Store, pipeline: int | None = None, every: bool = True) -> list[Step]:
    """The stages of a pipeline (or of all), in order; `every` False leaves out what comes after the win."""
    parts = ["archived_at IS NULL"]
    if pipeline is not None:
        parts.append("pipeline_id = :pipeline")
    if not every:
        parts.append("phase <> 'after'")
    rows = store.query(
        "SELECT id, name, key, position, probability, phase, age_limit, idle_limit FROM stage"
        f" WHERE {' AND '.join(parts)} ORDER BY pipeline_id, position, id",
        {"pipeline": pipeline},
    )
    return [Step(**row) for row in rows]


def step(store: Store, id: int | None) -> Step | None:
    """One stage by its id."""
    if id is None:
        return None
    row = store.one(
        "SELECT id, name, key, position, probability, phase, age_limit, idle_limit FROM stage WHERE id = :id",
        {"id": id},
    )
    return Step(**row) if row else None


def first_pipeline(store: Store) -> int | None:
    """The pipeline of a deal that names none: the oldest."""
    row = store.one("SELECT id FROM pipeline WHERE archived_at IS NULL ORDER BY id LIMIT 1")
    return row["id"] if row else None


def stage_called(store: Store, word: str, pipeline: int | None) -> Step:
    """The stage of a pipeline that a word means, or UsageError (2) with the stages there are."""
    known = steps(store, pipeline)
    hits = [one for one in known if one.answers(word)]
    if not hits:
        hits = [one for one in known if _begins(one, word)]
    if len(hits) == 1 or (hits and pipeline is None):
        return hits[0]
    names = ", ".join(one.shown for one in known)
    raise UsageError(
        _("unknown stage {word}").format(word=word),
        _("the stages are: {names}").format(names=names),
        code="unknown_stage",
        stages=[one.name for one in known],
    )


def _begins(one: Step, word: str) -> bool:
    from salesctl.text import name_key

    key = name_key(word)
    return bool(key) and (name_key(one.name).startswith(key) or name_key(one.shown).startswith(key))


def stages_called(store: Store, word: str) -> list[int]:
    """All stages of any pipeline that a filter word means; unknown is UsageError (2) with the stages there are."""
    if word.upper().startswith("SG") and word[2:].isdigit():
        return [int(word[2:][:18])]
    if not store.exists:
        return []
    hits = [one.id for one in steps(store) if one.answers(word)]
    return hits or [stage_called(store, word, None).id]


def stages_between(store: Store, low: str, high: str) -> list[int]:
    """The stages from one to another, both counted, by their positions: `stage:报价..`."""
    known = steps(store)
    first = stage_called(store, low, None).position if low else 0
    last = stage_called(store, high, None).position if high else 10**9
    return [one.id for one in known if first <= one.position <= last]


def as_it_was() -> str:
    """The deal table at `:as_of` (an instant, excluded): what never changes from the row, the rest from its span.

    Where the row's last touch, or its last coming into this stage, is before that, it is what held then too: the row and
    the look back agree. CROSS JOIN has SQLite read the spans as they lie and the deals beside them, in one pass each.
    """
    state = set(STATE)
    picked = [f's."{name}"' if name in state else f'd."{name}"' for name in columns_of_deal() if name not in MOVING]
    return (
        f"(SELECT {', '.join(picked)},"
        " CASE WHEN d.archived_at < :as_of THEN d.archived_at END AS archived_at,"
        " CASE WHEN d.stage_at < :as_of AND d.stage_id IS NOT DISTINCT FROM s.stage_id THEN d.stage_at ELSE"
        " (SELECT max(e.at) FROM deal_event e WHERE e.deal_id = d.id AND e.at < :as_of AND e.voided_at IS NULL"
        " AND e.stage_id IS NOT DISTINCT FROM s.stage_id AND e.kind IN ('created', 'imported', 'stage', 'reopened')) END AS stage_at,"
        " CASE WHEN d.touched_at IS NULL OR d.touched_at < :as_of THEN d.touched_at ELSE (SELECT max(x.at) FROM (SELECT e.at FROM deal_event e WHERE e.deal_id = d.id AND e.at < :as_of"
        " AND e.voided_at IS NULL UNION ALL SELECT f.done_at FROM followup f WHERE f.deal_id = d.id"
        " AND f.done_at < :as_of) x) END AS touched_at"
        " FROM deal_span s CROSS JOIN deal d WHERE d.id = s.deal_id AND s.from_at < :as_of AND s.until_at >= :as_of)"
    )


MOVING = ("archived_at", "stage_at", "touched_at")


def columns_of_deal() -> list[str]:
    from salesctl.domain.deal import DEAL

    return columns(DEAL)


def stalled(store: Store, where: Where, at: Reading | DateTime, as_of: str | None) -> str:
    """The condition that an open deal stands still: idle over the limit of its stage, and nothing planned within it.

    Idle days are differences of dates in the organisation's zone; a deal of unknown touch is not said to stand still.
    The stages are few, so their limits are put in as the moments and days they mean; the rest is read from one index.
    """
    from datetime import datetime, timedelta

    from salesctl.store.records import day_end

    rows = store.query("SELECT id, idle_limit FROM stage WHERE idle_limit IS NOT NULL ORDER BY id")
    limits: dict[int, list[int]] = {}
    for row in rows:
        limits.setdefault(row["idle_limit"], []).append(row["id"])
    now = at if isinstance(at, datetime) else at.now
    zone, today = str(now.tzinfo), now.date()

    def by_limit(value: Callable[[int], str]) -> str:
        cases = " ".join(
            f"WHEN t.stage_id IN ({', '.join(map(str, ids))}) THEN {where.name(value(limit))}"
            for limit, ids in limits.items()
        )
        usual = where.name(value(IDLE_LIMIT))
        return f"CASE {cases} ELSE {usual} END" if cases else usual

    before = by_limit(lambda limit: day_end(today - timedelta(days=limit + 1), zone))
    until = by_limit(lambda limit: (today + timedelta(days=limit)).isoformat())
    done = "f.done_at IS NULL" if as_of is None else "(f.done_at IS NULL OR f.done_at >= :as_of)"
    day = where.name(today.isoformat())
    planned = (
        f"EXISTS (SELECT 1 FROM followup f WHERE f.deal_id = t.id AND f.archived_at IS NULL AND {done}"
        f" AND f.due >= {day} AND f.due <= {until})"
    )
    if as_of is None:  # the deal knows its next step; what lies behind an overdue one is looked up
        planned = (  # CASE, since SQLite works out both sides of an AND whose value is wanted
            f"CASE WHEN t.next_due IS NULL OR t.next_due > {until} THEN FALSE WHEN t.next_due >= {day} THEN TRUE"
            f" ELSE {planned} END"
        )
    return f"CASE WHEN t.outcome IS NULL AND t.touched_at < {before} THEN NOT {planned} ELSE FALSE END"


def lines(store: Store, ids: list[int]) -> dict[int, list[Row]]:
    """The lines of deals: product, quantity and amount, by deal."""
    found: dict[int, list[Row]] = {}
    for start in range(0, len(ids), 500):
        listed = ", ".join(str(id) for id in ids[start : start + 500])
        for row in store.query(
            "SELECT l.id, l.deal_id, l.product_id, coalesce(p.name, l.product_text) AS product, l.quantity, l.amount,"
            f" l.amount_currency FROM deal_line l LEFT JOIN product p ON p.id = l.product_id"
            f" WHERE l.deal_id IN ({listed}) ORDER BY l.deal_id, l.id"
        ):
            found.setdefault(row["deal_id"], []).append(row)
    return found


def passed(store: Store, as_of: str | None, recent: int) -> list[Row]:
    """By stage, of the closed deals that ever stood in it: `n`, and how many were `won`; as of an instant, or now.

    Of the last `recent` closed deals and those that closed on the day of the first of them; of all where there are fewer.
    """
    closed = f"FROM {source(DEAL, as_of)} d WHERE d.outcome IS NOT NULL AND d.archived_at IS NULL"
    params: dict[str, Any] = {"as_of": as_of, "before": recent - 1}
    first = store.one(
        f"SELECT d.closed {closed} AND d.closed IS NOT NULL ORDER BY d.closed DESC LIMIT 1 OFFSET :before", params
    )
    if first is not None:
        closed += " AND d.closed >= :first"
        params["first"] = first["closed"]
    return store.query(
        "SELECT e.stage_id AS stage, count(DISTINCT e.deal_id) AS n,"
        " count(DISTINCT CASE WHEN d.outcome = 'won' THEN e.deal_id END) AS won"
        f" FROM (SELECT d.id, d.outcome {closed}) d CROSS JOIN deal_event e WHERE e.deal_id = d.id"
        " AND e.stage_id IS NOT NULL AND e.voided_at IS NULL GROUP BY e.stage_id ORDER BY e.stage_id",
        params,
    )


def apart(store: Store, ids: Sequence[int]) -> dict[int, list[str]]:
    """What tells deals of one name apart, by id: the customer where they have several, stage, amount and a date."""
    from salesctl.money import exact

    rows = store.query(
        "SELECT t.id, t.stage_id, t.amount, t.amount_currency, t.expected_close, t.created, t.closed, t.outcome,"
        f" c.name AS customer FROM deal t LEFT JOIN customer c ON c.id = t.customer_id WHERE t.id IN ({_numbers(ids)})"
    )
    several = len({row["customer"] for row in rows}) > 1
    outcomes = {"won": _("won"), "lost": _("lost")}
    found = {}
    for row in rows:
        here = step(store, row["stage_id"])
        amount = DEAL.by_key["amount"].kind.unpack(row, "amount")
        if row["outcome"]:
            day = f"{outcomes[row['outcome']]} {row['closed']}"
        elif row["expected_close"]:
            day = _("close {day}").format(day=row["expected_close"])
        else:
            day = _("since {day}").format(day=row["created"])
        parts = [row["customer"] if several else None, here.shown if here else None, exact(amount) if amount else None]
        found[row["id"]] = [part for part in (*parts, day) if part]
    return found


def _numbers(ids: Sequence[int]) -> str:
    return ", ".join(str(int(id)) for id in ids)
