"""The fewest deals that close a gap, and of as few the set that overshoots least. Pure, whole numbers, deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

STEPS = 200_000  # of the search, after which the best set so far is taken and said to be that
DEEP = 100  # deals in a set, from which on no set is searched for: the largest are taken


class Chosen(NamedTuple):
    """Places in the list that was given, in its order, what they are worth together, and whether the search was whole.

    `total` below the gap means that all of them together do not close it.
    """

    places: tuple[int, ...]
    total: int
    exact: bool


def smallest(worths: Sequence[int], gap: int, steps: int = STEPS) -> Chosen:
    """The fewest of `worths` whose sum is at least `gap`; of sets as small the least sum, of equal ones the first places.

    The number of deals is always the least there is: the largest ones reach it first. Which ones is searched with
    bounds; after `steps` steps the best set so far is taken. What is worth nothing is in no set.
    """
    order = sorted((place for place, worth in enumerate(worths) if worth > 0), key=lambda at: (-worths[at], at))
    if gap <= 0:
        return Chosen((), 0, True)
    size, total = 0, 0
    while total < gap and size < len(order):
        total += worths[order[size]]
        size += 1
    if total < gap:
        return Chosen(tuple(sorted(order)), total, True)
    if size > DEEP:
        return _largest(worths, order, gap, size, total)
    return _Search([worths[at] for at in order], order, gap, size, steps).best()


def _largest(worths: Sequence[int], order: list[int], gap: int, size: int, total: int) -> Chosen:
    """The largest ones, the last of them changed for the least that is enough."""
    without = total - worths[order[size - 1]]
    last = max(at for at in range(size - 1, len(order)) if without + worths[order[at]] >= gap)
    return Chosen(tuple(sorted([*order[: size - 1], order[last]])), without + worths[order[last]], False)


class _Search:
    """Goes through the sets of one size from the largest deals on, and leaves out what cannot be better."""

    def __init__(self, worths: list[int], order: list[int], gap: int, size: int, steps: int) -> None:
        self.worths, self.order, self.gap, self.size, self.steps = worths, order, gap, size, steps
        self.sums = [0]
        for worth in worths:
            self.sums.append(self.sums[-1] + worth)
        self.found: tuple[int, tuple[int, ...]] | None = None

    def best(self) -> Chosen:
        self._go(0, 0, ())
        assert self.found is not None  # the first set that is tried, the largest ones, closes the gap
        return Chosen(self.found[1], self.found[0], self.steps > 0)

    def _go(self, start: int, total: int, taken: tuple[int, ...]) -> None:
        left = self.size - len(taken)
        if not left:
            one = (total, tuple(sorted(self.order[at] for at in taken)))
            if total >= self.gap and (self.found is None or one < self.found):
                self.found = one
            return
        end = len(self.worths)
        for at in range(start, end - left + 1):
            self.steps -= 1
            most = total + self.sums[at + left] - self.sums[at]
            if most < self.gap or (self.steps <= 0 and self.found):
                return
            least = total + self.worths[at] + self.sums[end] - self.sums[end - left + 1]
            if self.found is None or least <= self.found[0]:
                self._go(at + 1, total + self.worths[at], (*taken, at))
