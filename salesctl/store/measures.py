"""The KPI compiler: a measure, a period, a dimension and a scope become one SELECT that groups before it joins.

Every answer is a list of rows: (group, outcome, currency, n, n with an amount, sum of amounts, sum of amount x
probability); sums are minor units, probabilities are percent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.domain.kpi import TIMES
from salesctl.plain import Data, fresh
from salesctl.store.connect import Row, Store, is_url
from salesctl.store.grouped import reached, stages
from salesctl.store.records import Where, source
from salesctl.when import Period

if TYPE_CHECKING:
    from salesctl.store.rates import Converter

Label = str | None
MAPPED = ("rep", "team", "manager", "region")
THROUGH = {"customer-region": "region", "industry": "industry"}


class Tally(Data):
    """What was counted of one group: `n` records, and per currency how many had an amount and their sums."""

    n: int = 0
    outcomes: dict[str | None, int] = fresh(factory=dict)
    money: dict[tuple[str | None, str], Sum] = fresh(factory=dict)
    blank: dict[str | None, int] = fresh(factory=dict)  # without an amount, by outcome
    chanceless: int = 0  # with an amount and without a probability
    lacking: dict[tuple[str | None, str], str] = fresh(factory=dict)  # the last day that had no exchange rate

    def add(self, row: Row, into: Converter | None = None) -> None:
        """Count a row of a SELECT, in the currency of `into` where a rate for its day is known."""
        self.n += row["n"]
        outcome = row["outcome"]
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + row["n"]
        if row["currency"] is None:
            self.blank[outcome] = self.blank.get(outcome, 0) + row["n"]
            return
        self.chanceless += row["chanceless"]
        currency, factor = row["currency"], Fraction(1)
        if into is not None and currency != into.base:
            known = into.factor(currency, row["day"])
            if known is None:
                day = str(row["day"] or into.as_of)
                self.lacking[outcome, currency] = max(day, self.lacking.get((outcome, currency), ""))
            else:
                currency, factor = into.base, known
        total = self.money.setdefault((outcome, currency), Sum())
        total.n += row["n"]
        total.minor += row["total"] if factor == 1 else row["total"] * factor
        total.weighted += row["weighted"] if factor == 1 else row["weighted"] * factor
        total.weighed += row["n"] - row["chanceless"]


class Sum(Data):
    """A sum in one currency: `minor` units over `n` records; `weighted` is in hundredths of a minor unit.

    Fractions where amounts of other currencies are in it; whoever shows it rounds once.
    """

    n: int = 0
    minor: int | Fraction = 0
    weighted: int | Fraction = 0
    weighed: int = 0


def without(tally: Tally, part: Tally) -> Tally:
    """A tally less a part of what it counted."""
    left = Tally(tally.n - part.n, dict(tally.outcomes), chanceless=tally.chanceless, blank=dict(tally.blank))
    left.lacking = tally.lacking
    for counts, less in ((left.outcomes, part.outcomes), (left.blank, part.blank)):
        for outcome, n in less.items():
            counts[outcome] = counts.get(outcome, 0) - n
    for pair, one in tally.money.items():
        off = part.money.get(pair, Sum())
        left.money[pair] = Sum(one.n - off.n, one.minor - off.minor, one.weighted, one.weighed)
    return left


class Ask(Data):
    """What is asked of the store: deals (or follow-ups, customers) in a period by a date column, grouped, in a scope."""

    over: str
    at: str | None
    period: Period
    by: str | None
    scope: Where
    as_of: str | None
    extra: str = ""
    zone: str = "UTC"
    minutes: int = 0  # the zone's offset now, for the days of instants
    into: Converter | None = None  # what turns amounts of other currencies into the one that is summed

    def where(self) -> Where:
        """The scope and the period as conditions on `t`."""
        where = Where(list(self.scope.parts), dict(self.scope.params), self.as_of)
        where.add("t.archived_at IS NULL")
        if self.extra:
            where.add(self.extra)
        if self.as_of is not None:
            where.params["as_of"] = self.as_of
        if self.at is not None:
            if self.period.start is not None:
                where.add(f"t.{self.at} >= :start", start=self._bound(self.period.start))
            if self.period.end is not None:
                where.add(f"t.{self.at} < :end", end=self._bound(self.period.end))
            if self.period.start is None and self.period.end is None:
                where.add(f"t.{self.at} IS NOT NULL")
        return where

    def _bound(self, day: date) -> str:
        if self.at != "done_at":
            return day.isoformat()
        from salesctl.when import iso, to_instant

        return iso(to_instant(day, None, self.zone)[0])

    @property
    def day(self) -> str:
        """The day whose rate an amount goes by; open deals have none: the latest."""
        return "t.closed" if self.into is not None and self.over == "deal" else "NULL"

    @property
    def by_day(self) -> str:
        """What is added to a GROUP BY where amounts go by the rate of their day."""
        return "" if self.day == "NULL" else f", {self.day}"

    @property
    def kind(self) -> str:
        """What stands where deals have their outcome: the type of follow-ups, nothing of customers."""
        return {"deal": "t.outcome", "followup": "t.type"}.get(self.over, "NULL")

    @property
    def table(self) -> str:
        if self.as_of is None:  # the table itself, without all nouns to be loaded
            return self.over
        from salesctl.domain.nouns import NOUNS

        return source(NOUNS[self.over], self.as_of)


def tallies(store: Store, ask: Ask) -> dict[Label, Tally]:
    """Counts and sums of deals by group; without a dimension one group, None."""
    if ask.by == "product":
        from salesctl.store.products import by_product

        return by_product(store, ask)
    key, name = _key(ask)
    where = ask.where()
    amount = "t.amount" if ask.over == "deal" else "CAST(NULL AS BIGINT)"
    inner = (
        f"SELECT {key} AS g, {ask.kind} AS outcome,"
        f" {'t.amount_currency' if ask.over == 'deal' else 'NULL'} AS currency, count(*) AS n,"
        f" coalesce(sum({amount}), 0) AS total, {_weights(ask)}, {ask.day} AS day"
        f" FROM {ask.table} t WHERE {where.sql}"
        f" GROUP BY {'2, 3' if ask.by is None else '1, 2, 3'}{ask.by_day}"
    )
    found: dict[Label, Tally] = {}
    for row in store.each(_joined(ask, inner, "outcome, currency, day"), where.params):
        found.setdefault(name(row["g"]), Tally()).add(row, ask.into)
    return found


def _weights(ask: Ask) -> str:
    if ask.over != "deal" or "IS NOT NULL" in ask.extra or ask.at == "created":
        return "0 AS weighted, 0 AS chanceless"
    return (
        "coalesce(sum(t.amount * t.probability), 0) AS weighted,"
        " coalesce(sum(CASE WHEN t.probability IS NULL THEN 1 ELSE 0 END), 0) AS chanceless"
    )


def _joined(ask: Ask, inner: str, columns: str = "outcome, currency", sums: str = "") -> str:
    """The grouped rows, taken to a field of the customer where the dimension is one."""
    if ask.by not in THROUGH:
        return inner
    added = sums or "sum(n) AS n, sum(total) AS total, sum(weighted) AS weighted, sum(chanceless) AS chanceless"
    more = f", {columns}" if columns else ""
    return (
        f"SELECT c.{THROUGH[ask.by]} AS g{more}, {added} FROM ({inner}) x"
        f" LEFT JOIN customer c ON c.id = x.g GROUP BY c.{THROUGH[ask.by]}{more}"
    )


def _key(ask: Ask) -> tuple[str, Callable[[Any], Label]]:
    """The column to group by, and how its values are called.

    + keeps SQLite from walking the whole table in the order of a reference to spare itself a sort of few rows.
    """
    if ask.by is None:
        return "NULL", lambda raw: None
    if ask.by in MAPPED:
        return "+t.owner_id", lambda raw: raw
    if ask.by == "reached":
        return reached(ask.as_of), lambda raw: raw
    if ask.by in THROUGH:
        return ("t.id" if ask.over == "customer" else "+t.customer_id"), lambda raw: raw
    if ask.by in TIMES:
        moment = f"t.{ask.at or 'expected_close'}"
        if ask.at == "done_at":
            moment = f"date({moment}, '{ask.minutes:+d} minutes')"
        return f"substr({moment}, 1, {10 if ask.by in ('day', 'week') else 7})", lambda raw: time_label(
            raw, str(ask.by)
        )
    column = {
        "channel": "t.channel",
        "stage": "+t.stage_id",
        "pipeline": "+t.pipeline_id",
        "currency": "t.amount_currency",
    }
    return column[ask.by], lambda raw: raw


def time_label(raw: str | None, by: str) -> Label:
    """The period that a date ("2017-02" or "2017-02-03") lies in, as "2017Q1", "2017-02", "2017-W05", "2017"."""
    if raw is None or by in ("day", "month"):
        return raw
    if by == "quarter":
        return f"{raw[:4]}Q{(int(raw[5:7]) + 2) // 3}"
    if by == "week":
        year, week, _day = date.fromisoformat(raw).isocalendar()
        return f"{year}-W{week:02d}"
    return raw[:4]


def names(store: Store, by: str | None) -> Callable[[Any], Label]:
    """How the raw groups of a dimension are called: an owner by his name, team, manager or region; a stage by its."""
    if by in MAPPED:
        rows = store.query(
            "SELECT r.id, r.name AS rep, g.name AS team, m.name AS manager, r.region FROM rep r"
            " LEFT JOIN team g ON g.id = r.team_id LEFT JOIN rep m ON m.id = r.manager_id"
        )
        known = {row["id"]: row[str(by)] for row in rows}
        return lambda raw: known.get(raw)
    if by in ("stage", "pipeline"):
        called = {row["id"]: row["name"] for row in store.query(f"SELECT id, name FROM {by}")}
        return lambda raw: called.get(raw)
    return lambda raw: raw


def spread(store: Store, by: str | None) -> Callable[[Any], tuple[Label, ...]]:
    """The names of the groups that a raw one counts in: one, or each stage that was passed on the way."""
    if by == "reached":
        return stages(store)
    name = names(store, by)
    return lambda raw: (name(raw) or None,)


def fold(groups: dict[Any, Tally], named: Callable[[Any], tuple[Label, ...]]) -> dict[Label, Tally]:
    """Tallies by raw group -> by name: those of one name are added up."""
    found: dict[Label, Tally] = {}
    for label, tally in ((label, tally) for raw, tally in groups.items() for label in named(raw)):
        into = found.setdefault(label, Tally())
        into.n += tally.n
        into.chanceless += tally.chanceless
        for source_, target in ((tally.outcomes, into.outcomes), (tally.blank, into.blank)):
            for key, n in source_.items():
                target[key] = target.get(key, 0) + n
        for pair, day in tally.lacking.items():
            into.lacking[pair] = max(day, into.lacking.get(pair, ""))
        for pair, total in tally.money.items():
            sum_ = into.money.setdefault(pair, Sum())
            sum_.n += total.n
            sum_.minor += total.minor
            sum_.weighted += total.weighted
            sum_.weighed += total.weighed
    return found


def histogram(store: Store, ask: Ask, value: str) -> dict[Any, dict[int, int]]:
    """How often each whole number of `value` (SQL on `t`) occurs, by raw group; what is unknown is under None.

    Each group comes as one text of numbers: nothing is sorted by them, and a row is not made for each.
    """
    if ask.by == "product":
        from salesctl.store.products import histogram_by_product

        return histogram_by_product(store, ask, value)
    key, name = _key(ask)
    where = ask.where()
    listed = "string_agg(CAST({0} AS TEXT), ',')" if is_url(store.path) else "group_concat({0})"
    inner = (
        f"SELECT {key} AS g, {listed.format(value)} AS v, count(*) AS n FROM {ask.table} t WHERE {where.sql}"
        f"{'' if ask.by is None else ' GROUP BY 1'}"
    )
    found: dict[Any, Counter[Any]] = {}
    for raw, text, n in store.bare(_joined(ask, inner, "", f"{listed.format('v')} AS v, sum(n) AS n"), where.params):
        known = text.split(",") if text else []
        if n:
            counts = found.setdefault(name(raw), Counter())
            times = Counter(known)  # as texts, so that only those that differ are read
            counts.update(dict(zip(map(int, times), times.values(), strict=True)))
            if n > len(known):
                counts[None] += int(n) - len(known)
    return dict(found)


def worths(store: Store, ask: Ask) -> dict[Any, dict[int, int]]:
    """How often each amount occurs, by raw group, in minor units of the currency of `ask.into`, rounded deal by deal.

    What has no rate is left out.
    """
    assert ask.into is not None
    key, name = ("t.id", None) if ask.by == "product" else _key(ask)
    where = ask.where()
    inner = (
        f"SELECT {key} AS g, t.amount AS v, t.amount_currency AS currency, t.closed AS day, count(*) AS n"
        f" FROM {ask.table} t WHERE {where.sql} AND t.amount IS NOT NULL GROUP BY 1, 2, 3, 4"
    )
    if name is None:
        from salesctl.store.products import NAMED_BY, name_of

        inner, name = NAMED_BY.format(inner=inner), name_of
    found: dict[Any, dict[int, int]] = {}
    for row in store.each(_joined(ask, inner, "v, currency, day", "sum(n) AS n"), where.params):
        minor = ask.into.minor(row["v"], row["currency"], row["day"])
        if minor is not None:
            counts = found.setdefault(name(row["g"]), {})
            counts[minor] = counts.get(minor, 0) + row["n"]
    return found


def merge(groups: dict[Any, dict[int, int]], named: Callable[[Any], tuple[Label, ...]]) -> dict[Label, dict[int, int]]:
    """Histograms by raw group -> by name."""
    found: dict[Label, Counter[int]] = {}
    for label, counts in ((label, counts) for raw, counts in groups.items() for label in named(raw)):
        found.setdefault(label, Counter()).update(counts)
    return dict(found)


def count(store: Store, ask: Ask, condition: str) -> int:
    """How many records of a question a condition (SQL on `t`) holds for."""
    where = ask.where()
    row = store.one(f"SELECT count(*) AS n FROM {ask.table} t WHERE {where.sql} AND {condition}", where.params)
    return int(row["n"]) if row else 0


def which(store: Store, ask: Ask, condition: str, params: dict[str, Any], limit: int, column: str = "id") -> list[int]:
    """The first ids of a question for which a condition (SQL on `t`) holds, or of another column, each once."""
    where = ask.where()
    sql = (
        f"SELECT DISTINCT t.{column} AS id FROM {ask.table} t WHERE {where.sql} AND {condition}"
        f" ORDER BY t.{column} LIMIT {int(limit)}"
    )
    return [row["id"] for row in store.query(sql, {**where.params, **params})]


COMPETITIVE = (  # deals with a rival that somebody named
    "(t.competitor IS NOT NULL OR t.lost_to IS NOT NULL OR EXISTS (SELECT 1 FROM rival v WHERE v.deal_id = t.id))"
)
CYCLE = "CAST(julianday(t.closed) - julianday(t.created) AS INTEGER)"


def age(day: date) -> str:
    """The days from the beginning of a deal until a day."""
    return f"CAST(julianday('{day.isoformat()}') - julianday(t.created) AS INTEGER)"
