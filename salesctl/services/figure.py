"""One figure, what is asked, and how counts and sums become a value: with its n, its range and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date
from fractions import Fraction
from typing import Any

from salesctl.domain.kpi import Kpi
from salesctl.domain.stats import Ratio, within_chance
from salesctl.money import Money
from salesctl.plain import Data, fresh
from salesctl.store.measures import Tally
from salesctl.store.rates import Converter, Used
from salesctl.store.records import Where
from salesctl.when import Period


class Figure(Data):
    """One KPI of one group in one period. `value` is a count, Money, a ratio 0..1 or days; None is n/a."""

    kpi: Kpi
    period: Period
    group: str | None
    value: Any = None
    unit: str = "count"
    n: int | None = None
    of: int | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    p25: float | None = None
    p75: float | None = None
    excluded: int = 0
    left_out: dict[str, int] = fresh(factory=dict)
    before: Any = None
    change: Any = None
    within_chance: bool | None = None
    goal: Any = None
    trend: list[Any] = fresh(factory=list)
    parts: dict[str, Any] = fresh(factory=dict)  # the inputs of a derived figure, by name
    parts_before: dict[str, Any] = fresh(factory=dict)
    base: str = ""  # the currency that amounts of others were turned into, where there were some
    used: tuple[Used, ...] = ()  # the exchange rates that its amounts were turned with
    lacking: dict[str, str] = fresh(factory=dict)  # currency -> the last day that had no rate

    @property
    def lacks(self) -> dict[str, str]:
        """The currencies of amounts that belong to the value and are not in it, for want of a rate."""
        return self.lacking if self.left_out.get("other_currency") else {}


class Question(Data):
    """Which figures are wanted, of what. `scope` is a Where on deals; `owners` the ids that it leaves, None for all."""

    period: Period
    by: str | None
    scope: Where
    as_of: str | None
    zone: str
    minutes: int
    wanted: str | None  # the currency asked for
    own: str  # the organisation's currency
    day: date  # the day the answer counts from
    owners: tuple[int, ...] | None = None
    filtered: bool = False  # the scope says more than whose

    def told_in(self, codes: Set[str]) -> str:
        """The currency that sums of rows of these currencies are told in: the one asked for, else the only one, else our own."""
        return self.wanted or (next(iter(codes)) if len(codes) == 1 else self.own)


def by_rates(made: Figure, into: Converter) -> None:
    """Say which rates turned the amounts of a figure, and which were lacking."""
    made.used, made.lacking, made.base = tuple(sorted(into.used)), dict(into.lacking), into.base


def ratio_of(made: Figure, top: int, bottom: int) -> Figure:
    ratio = Ratio(top, bottom)
    made.value, made.unit, made.n, made.of = ratio.value, "ratio", top, bottom
    if ratio.range:
        made.low, made.high = ratio.range
    return made


def money(made: Figure, tally: Tally, tops: Sequence[str | None], currency: str) -> Figure:
    sums = [total for (outcome, unit), total in tally.money.items() if outcome in tops and unit == currency]
    blank = sum(tally.blank.get(outcome, 0) for outcome in tops)
    others = foreign(tally, tops, currency)
    made.unit = currency
    counted = sum(total.n for total in sums)
    if made.kpi.kind == "weighted":
        made.n = sum(total.weighed for total in sums)
        chanceless = counted - made.n
        leave_out(made, without_amount=blank, other_currency=others, without_probability=chanceless)
        made.value = Money(round(Fraction(sum(Fraction(total.weighted) for total in sums)) / 100), currency)
        return made
    leave_out(made, without_amount=blank, other_currency=others)
    exact = sum((Fraction(total.minor) for total in sums), Fraction())
    if made.kpi.kind == "average":
        made.n = counted
        made.value = Money(round(exact / counted), currency) if counted else None
    else:
        made.n = counted
        made.value = Money(round(exact), currency)
    return made


def money_ratio(made: Figure, tally: Tally, kpi: Kpi, currency: str) -> Figure:
    def total(outcomes: Sequence[str | None], what: str) -> Any:
        chosen = (one for (outcome, unit), one in tally.money.items() if outcome in outcomes and unit == currency)
        return sum(getattr(one, what) for one in chosen)

    top, bottom = (Fraction(total(outcomes, "minor")) for outcomes in (kpi.outcomes, kpi.bottom))
    made.n, made.of, made.unit = total(kpi.outcomes, "n"), total(kpi.bottom, "n"), "ratio"
    made.value = float(top / bottom) if bottom else None
    blank = sum(tally.blank.get(outcome, 0) for outcome in kpi.bottom)
    leave_out(made, without_amount=blank, other_currency=foreign(tally, kpi.bottom, currency))
    return made


def foreign(tally: Tally, outcomes: Sequence[str | None], currency: str) -> int:
    return sum(one.n for (outcome, unit), one in tally.money.items() if outcome in outcomes and unit != currency)


def leave_out(made: Figure, **counts: int) -> None:
    made.left_out = {reason: n for reason, n in counts.items() if n}
    made.excluded = sum(counts.values())


def plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def size(figure: Figure) -> Fraction:
    value = figure.value
    if value is None:
        return Fraction(-1)
    if figure.unit == "ratio":
        return Fraction(figure.of or 0)
    return Fraction(value.minor if isinstance(value, Money) else value)


def compare(now: Figure, before: Figure) -> None:
    """Put the figure of an earlier period beside: the difference in points, days or as a share, and whether it is chance."""
    now.before, now.parts_before = before.value, before.parts
    if now.value is None or before.value is None:
        return
    if now.unit == "ratio":
        now.change = now.value - before.value
        if now.kpi.counts:
            now.within_chance = within_chance(now.n or 0, now.of or 0, before.n or 0, before.of or 0)
    elif now.unit in ("days", "minutes", "times"):
        now.change = plain(Fraction(now.value) - Fraction(before.value))
    else:
        first, second = (x.minor if isinstance(x, Money) else x for x in (before.value, now.value))
        same = not isinstance(now.value, Money) or now.value.currency == before.value.currency
        now.change = float(Fraction(second - first, first)) if first and same else None
