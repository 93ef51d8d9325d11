"""A change of a figure split over groups, exactly: the parts of every split add up to the change. Pure, fractions.

A ratio R = sum(top) / sum(bottom) is the mean of the groups' rates by their shares. Its change is taken apart with the
mean of both periods as the yardstick (Bennet 1920, symmetric, no remainder): a group's mix effect is
(share now - share before) x (its mean rate - the mean R), its rate effect is mean share x (rate now - rate before).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

Group = str | None


class Cell(NamedTuple):
    """What a group has in one period: won of closed, minor units of deals, days of deals; fractions where converted."""

    top: int | Fraction = 0
    bottom: int | Fraction = 0

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.top, self.bottom) if self.bottom else None

    def __add__(self, other: object) -> Cell:
        if not isinstance(other, Cell):
            return NotImplemented
        return Cell(self.top + other.top, self.bottom + other.bottom)


class Driver(NamedTuple):
    """What a group did to the change: by its weight (`mix`: share, or number) and by itself (`rate`: rate, or size)."""

    group: Group
    now: Cell
    before: Cell
    mix: Fraction
    rate: Fraction

    @property
    def effect(self) -> Fraction:
        return self.mix + self.rate


Cells = Mapping[Group, Cell]


def total(cells: Cells) -> Cell:
    """All groups together."""
    return sum(cells.values(), Cell())


def of_ratio(now: Cells, before: Cells) -> list[Driver]:
    """The drivers of a ratio, largest first. Both periods need something below the line (ValueError)."""
    whole, past = total(now), total(before)
    if whole.rate is None or past.rate is None:
        raise ValueError("a ratio of nothing has no change")
    middle = (whole.rate + past.rate) / 2
    made = []
    for group in _groups(now, before):
        here, then = now.get(group, Cell()), before.get(group, Cell())
        share, was = Fraction(here.bottom, whole.bottom), Fraction(then.bottom, past.bottom)
        effect = Fraction(here.top, whole.bottom) - Fraction(then.top, past.bottom) - (share - was) * middle
        rate = (share + was) / 2 * _step(here, then)
        made.append(Driver(group, here, then, effect - rate, rate))
    return _ordered(made)


def of_sum(now: Cells, before: Cells) -> list[Driver]:
    """The drivers of a sum, largest first: of each group by how many there were (mix) and by their size (rate)."""
    made = []
    for group in _groups(now, before):
        here, then = now.get(group, Cell()), before.get(group, Cell())
        rate = Fraction(here.bottom + then.bottom, 2) * _step(here, then)
        made.append(Driver(group, here, then, here.top - then.top - rate, rate))
    return _ordered(made)


def _step(here: Cell, then: Cell) -> Fraction:
    """How a group's own rate changed; one that is in one period only comes or goes, its rate stays."""
    return Fraction(0) if here.rate is None or then.rate is None else here.rate - then.rate


def of_losses(now: Cells, before: Cells, whole: Cell, past: Cell) -> list[Driver]:
    """What groups of losses (reasons, stages) did to won / closed: each takes away its share of what was closed.

    `now` and `before` hold what was lost in `top`; `whole` and `past` what was closed in `bottom`.
    """
    made = []
    for group in _groups(now, before):
        lost, was = now.get(group, Cell()).top, before.get(group, Cell()).top
        effect = Fraction(was, past.bottom) - Fraction(lost, whole.bottom)
        made.append(Driver(group, Cell(lost, whole.bottom), Cell(was, past.bottom), Fraction(0), effect))
    return _ordered(made)


def _groups(now: Cells, before: Cells) -> list[Group]:
    return sorted({*now, *before}, key=lambda group: (group is None, group or ""))


def _ordered(drivers: list[Driver]) -> list[Driver]:
    return sorted(drivers, key=lambda one: -abs(one.effect))


def rounded(parts: Iterable[Fraction], unit: Fraction) -> list[int]:
    """Parts in whole units that add up to their rounded sum: the largest remainders get the odd units."""
    exact = [part / unit for part in parts]
    down = [floor(part) for part in exact]
    odd = round(sum(exact, Fraction(0))) - sum(down)
    order = sorted(range(len(exact)), key=lambda at: (down[at] - exact[at], at))
    for at in order[: max(0, odd)]:
        down[at] += 1
    for at in reversed(order[len(order) + min(0, odd) :]):
        down[at] -= 1
    return down


def rest(drivers: Sequence[Driver]) -> Driver:
    """Drivers together, as one row without a name."""
    mix = sum((one.mix for one in drivers), Fraction(0))
    rate = sum((one.rate for one in drivers), Fraction(0))
    now, before = (sum((getattr(one, key) for one in drivers), Cell()) for key in ("now", "before"))
    return Driver(None, now, before, mix, rate)
