"""Why a figure changed between two periods: its change split by each dimension, exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from salesctl.domain import breakdown as split
from salesctl.domain.breakdown import Cell, Driver
from salesctl.domain.kpi import KPIS, Kpi
from salesctl.domain.stats import ENOUGH, adjusted, two_proportion
from salesctl.money import Money
from salesctl.plain import Data, replace
from salesctl.services.figures import Figure, Figures, Question
from salesctl.store.breakdowns import Closed, closed
from salesctl.store.measures import Ask
from salesctl.store.records import Where
from salesctl.store.sops import unrated

if TYPE_CHECKING:
    from salesctl.store.connect import Store
    from salesctl.when import Period

DIMENSIONS = ("rep", "product", "channel", "loss-reason", "stage", "region", "class", "industry")
TYPED = ("loss-reason",)  # words that people write, each in their own way; reports tell them as one too
LOSSES = ("loss-reason", "stage")  # of win rates: what was lost, and where
_Tallies = dict[tuple[str | None, str], Closed]
EXPLAINED = ("win_rate", "win_rate_value", "revenue", "average_deal", "cycle")


class Split(Data):
    """A change by one dimension: its drivers, largest first, and for each whether its own change may be chance."""

    by: str
    drivers: list[Driver]
    chance: list[bool | None]
    losses: bool


class Change(Data):
    """A figure in two periods, and its change: in the splits it is that of the mean where the figure is a median."""

    kpi: Kpi
    now: Figure
    before: Figure
    whole: Cell
    past: Cell
    splits: list[Split]
    currency: str
    foreign: int = 0  # amounts in other currencies, in no split

    @property
    def known(self) -> bool:
        """Whether there is something to take apart in both periods."""
        return self.kpi.name == "revenue" or bool(self.whole.bottom and self.past.bottom)


def change(store: Store, asked: Question, other: Period, kpi: Kpi, dimensions: Sequence[str]) -> Change:
    """The change of a KPI from `other` to the period asked about, by each dimension that has more than one group."""
    figures = [Figures(store, replace(asked, period=span)) for span in (asked.period, other)]
    currency = _currency(asked, [one.of(kpi)[0] for one in figures])
    figures = [Figures(store, replace(one.question, wanted=currency)) for one in figures]
    now, before = (one.of(kpi)[0] for one in figures)
    asks = [replace(_rated(store, one.ask(KPIS["revenue"]), kpi), into=one.into(KPIS["revenue"])) for one in figures]
    made = Change(kpi, now, before, Cell(), Cell(), [], currency)
    for by in dimensions:
        found = [closed(store, ask, by, currency) for ask in asks]
        if by in TYPED:
            found = _as_one(found)
        cells = [_cells(one, kpi) for one in found]
        made.foreign = sum(_foreign(kpi, one) for one in found)
        made.whole, made.past = (split.total(one) for one in cells)
        if made.known:
            made.splits.append(_split(kpi, by, found, cells, made))
    made.splits = [one for one in made.splits if len(one.drivers) > 1 or len(dimensions) == 1]
    made.splits.sort(key=lambda one: -max((abs(driver.effect) for driver in one.drivers), default=0))
    return made


def _as_one(found: list[_Tallies]) -> list[_Tallies]:
    """Groups whose names differ only by case, width or blanks are one, as most of the deals of both periods have it."""
    from salesctl.text import name_key, spellings

    names = spellings((group or "", one.n) for part in found for (group, _outcome), one in part.items())
    made: list[_Tallies] = []
    for part in found:
        merged: _Tallies = {}
        for (group, outcome), one in part.items():
            merged.setdefault((names[name_key(group or "")] or None, outcome), Closed()).add(one)
        made.append(merged)
    return made


def _foreign(kpi: Kpi, found: _Tallies) -> int:
    """How many amounts that would count are in another currency."""
    if kpi.kind == "money_ratio":
        return sum(one.foreign for one in found.values())
    return sum(one.foreign for (_group, outcome), one in found.items() if outcome == "won") if kpi.is_money else 0


def _rated(store: Store, ask: Ask, kpi: Kpi) -> Ask:
    """What is asked for, without deals that were lost for a reason that counts in no rate where the figure is one."""
    condition, values = unrated(store) if kpi.bottom else ("", {})
    if not condition:
        return ask
    part = f"(CASE WHEN {condition} THEN 0 ELSE 1 END) = 1"
    return replace(ask, scope=Where([*ask.scope.parts, part], {**ask.scope.params, **values}, ask.scope.as_of))


def _currency(asked: Question, figures: list[Figure]) -> str:
    """--currency, else that of the figures that have something, else the organisation's."""
    if asked.wanted:
        return asked.wanted
    found = [one.value.currency for one in figures if isinstance(one.value, Money) and one.n]
    return found[0] if found else asked.own


def _cells(found: _Tallies, kpi: Kpi) -> dict[str | None, Cell]:
    read = _READERS[kpi.name]
    cells: dict[str | None, Cell] = {}
    for (group, outcome), one in found.items():
        if cell := read(one, outcome == "won"):
            cells[group] = cells.get(group, Cell()) + cell
    return cells


_READERS: dict[str, Callable[[Closed, bool], Cell | None]] = {
    "win_rate": lambda one, won: Cell(one.n if won else 0, one.n),
    "win_rate_value": lambda one, won: Cell(one.minor if won else 0, one.minor),
    "revenue": lambda one, won: Cell(one.minor, one.priced) if won else None,
    "average_deal": lambda one, won: Cell(one.minor, one.priced) if won else None,
    "cycle": lambda one, won: Cell(one.days, one.timed) if won else None,
}


def _split(kpi: Kpi, by: str, found: list[_Tallies], cells: list[dict[str | None, Cell]], made: Change) -> Split:
    losses = by in LOSSES and kpi.name in ("win_rate", "win_rate_value")
    if losses:
        value = kpi.name == "win_rate_value"
        lost = [
            {group: Cell(one.minor if value else one.n) for (group, outcome), one in part.items() if outcome == "lost"}
            for part in found
        ]
        drivers = split.of_losses(lost[0], lost[1], made.whole, made.past)
    else:
        drivers = (split.of_sum if kpi.name == "revenue" else split.of_ratio)(cells[0], cells[1])
    return Split(by, drivers, _chance(kpi, drivers), losses)


def _chance(kpi: Kpi, drivers: list[Driver]) -> list[bool | None]:
    """Whether the change of each group's own rate may be chance; many are looked at, so p is adjusted for that."""
    if kpi.name != "win_rate":
        return [None] * len(drivers)
    tests = [two_proportion(*map(int, (*one.now, *one.before))) for one in drivers]
    known = [p for p in tests if p is not None]
    found = iter(adjusted(known))
    return [None if p is None else next(found) >= ENOUGH for p in tests]
