"""When a figure is worth an alarm: a level that fell beyond chance, a drift that adds up (FORMULAS 21). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from salesctl.domain.stats import ENOUGH, fisher, two_proportion

LEAST = 10  # records on each side, below which no ratio is tested
TRAILING = 6  # periods that the last one is held against, and in which a drift is looked for
REFERENCE = 12  # periods before them, at most, that say what is usual
KNOWN = 6  # of the reference, at least
SLACK, LIMIT = 0.5, 4.0  # of the cumulative sum, in standard deviations: k and h


class Level(NamedTuple):
    """The last period against those before it: how likely such a difference is by chance, and by which test."""

    p: float
    exact: bool  # Fisher's, for small cells


def level(now: tuple[int, int], before: tuple[int, int], better: str = "up") -> Level | None:
    """The test of a ratio (k, n) that got worse; None where it did not, or too few are there to say."""
    (k1, n1), (k2, n2) = now, before
    if min(n1, n2) < LEAST or k1 * n2 == k2 * n1 or (k1 * n2 < k2 * n1) == (better == "down"):
        return None
    p = two_proportion(k1, n1, k2, n2)
    assert p is not None
    return Level(p, p == fisher(k1, n1, k2, n2)) if p < ENOUGH else None


class Drift(NamedTuple):
    """How far small shortfalls add up, in standard deviations, and what is usual."""

    score: float
    mean: float
    deviation: float
    periods: int  # since the sum left zero
    reference: int

    @property
    def alarm(self) -> bool:
        return self.score > LIMIT


def drift(reference: Sequence[float], recent: Sequence[float], better: str = "up") -> Drift | None:
    """The one-sided cumulative sum of `recent` against the mean and deviation of `reference` (Page 1954, tabular).

    None where the reference is too short or all the same.
    """
    n = len(reference)
    if n < KNOWN or not recent:
        return None
    mean = sum(reference) / n
    deviation = sqrt(sum((value - mean) ** 2 for value in reference) / (n - 1))
    if deviation <= 1e-12 * max(1.0, abs(mean)):
        return None
    score, periods = 0.0, 0
    for value in recent:
        short = (mean - value if better != "down" else value - mean) / deviation
        score = max(0.0, score + short - SLACK)
        periods = periods + 1 if score else 0
    return Drift(score, mean, deviation, periods, n)
