"""Sales velocity and pipeline coverage, exact, and what each input adds to a change (FORMULAS 7, 8)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import log


def velocity(n: int, average: int | Fraction | None, rate: Fraction | None, days: float | None) -> Fraction | None:
    """n opportunities x average won value x win rate (0..1) / median cycle in days: value units a day.

    None where an input is not known, or the cycle is 0.
    """
    if average is None or rate is None or not days:
        return None
    return n * Fraction(average) * rate / Fraction(days)


def shares(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float] | None:
    """What each input adds to the logarithm of a product that changed, and so adds up; None where one is 0 or less.

    A divisor is given as its reciprocal.
    """
    if any(value <= 0 for value in (*now.values(), *before.values())):
        return None
    return {name: log(value / before[name]) for name, value in now.items()}


def coverage(pipeline: int, target: int, closed: int) -> Fraction | None:
    """Open pipeline that is due / what the target lacks; None where nothing is lacking."""
    return Fraction(pipeline, target - closed) if target > closed else None


def needed(rate: Fraction | float | None) -> float | None:
    """The coverage that a win rate (by value, 0..1) asks for: 1 / rate."""
    return 1 / float(rate) if rate else None
