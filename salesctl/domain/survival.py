"""How long it takes where some have not ended yet: the estimate of Kaplan and Meier (1958), read as steps or as a quantile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from salesctl.domain.stats import histogram, quantile

HAIR = 1e-12  # what arithmetic may miss a share by


class Step(NamedTuple):
    """`n` ended after `time`; `left` (0..1) have not ended by then."""

    time: int
    n: int
    left: float


def steps(ended: Mapping[int, int], waiting: Mapping[int, int]) -> list[Step]:
    """What is left after each end; both map a time to how often it occurs. An end comes before a wait as long."""
    at_risk = sum(ended.values()) + sum(waiting.values())
    left, place = 1.0, 0
    waits = sorted(waiting.items())
    found = []
    for time, times in sorted(ended.items()):
        while place < len(waits) and waits[place][0] < time:
            at_risk -= waits[place][1]
            place += 1
        left = left * (at_risk - times) / at_risk
        at_risk -= times
        found.append(Step(time, times, left))
    return found


def kaplan_meier(ended: Mapping[int, int], waiting: Mapping[int, int], q: float) -> float | None:
    """The time by which the share q (0..1) has ended; both map a time to how often it occurs.

    The first time at which as many have ended; where a share is met exactly, the middle of that and the next time (as R's
    survfit does), so that without waits the median is the usual one. None where so many have not ended by the last end.
    """
    met = None
    for time, _n, left in steps(ended, waiting):
        if met is not None:
            return (met + time) / 2
        if left < 1 - q - HAIR:
            return float(time)
        if left <= 1 - q + HAIR:
            met = time
    return None if met is None else float(met)


def waited(ended: Sequence[int], waiting: Sequence[int], q: Fraction) -> tuple[float, bool] | None:
    """The q-quantile of waits of which some still run, and whether it is one or only a bound from below.

    What is left past the last end lies beyond the longest wait. Where none runs, it is type 7. None of nothing.
    """
    if not ended:
        counts = sorted(histogram(waiting).items())
        return (float(quantile(counts, len(waiting), q)), False) if waiting else None
    places = _places(steps(histogram(ended), histogram(waiting)))
    beyond = places[-1][2]
    if beyond:
        places.append((max(waiting), beyond, 0.0))
    last = places[-1][1]
    before, passed, at = (float(places[0][0]), 0.0), 0.0, float(q)
    for place, (value, weight, _left) in enumerate(places):
        here = passed / (1 - last) if last < 1 else 0.0
        if here >= at - HAIR or place == len(places) - 1:
            share = 1.0 if here <= before[1] else min(1.0, max(0.0, (at - before[1]) / (here - before[1])))
            return before[0] + share * (value - before[0]), not (beyond and place == len(places) - 1)
        before, passed = (float(value), here), passed + weight
    raise AssertionError(q)


def _places(found: Sequence[Step]) -> list[tuple[int, float, float]]:
    """Each end by itself: its time, its weight, and what is left after all of its time."""
    before, made = 1.0, []
    for time, n, left in found:
        made += [(time, (before - left) / n, left)] * n
        before = left
    return made
