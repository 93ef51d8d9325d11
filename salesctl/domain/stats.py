"""Small statistics, exact where they can be: ratios with their Wilson range, type 7 quantiles, a test of two ratios."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from math import comb, erfc, hypot, sqrt
from operator import mul
from typing import NamedTuple

Z = 1.96  # the normal quantile of a 95 % interval
ENOUGH = 0.05  # a difference less likely than this by chance is a signal


class Ratio(NamedTuple):
    """`top` of `bottom`; without a bottom it has no value, never 0."""

    top: int
    bottom: int

    @property
    def value(self) -> float | None:
        return self.top / self.bottom if self.bottom else None

    @property
    def range(self) -> tuple[float, float] | None:
        """Where the true ratio likely lies, 0..1 (Wilson score interval, z = 1.96)."""
        return wilson(self.top, self.bottom) if self.bottom else None


def wilson(k: int, n: int) -> tuple[float, float]:
    """The Wilson score interval of k of n, as two ratios 0..1 (Wilson 1927)."""
    p = k / n
    centre = p + Z * Z / (2 * n)
    spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    bottom = 1 + Z * Z / n
    # All or none is on the edge itself; arithmetic would miss it by a hair.
    return (centre - spread) / bottom if k else 0.0, (centre + spread) / bottom if k < n else 1.0


def quantile(counts: Sequence[tuple[int, int]], total: int, q: Fraction) -> Fraction:
    """The q-quantile of (value, how often) pairs in order, linear between order statistics (type 7)."""
    return _quantile([value for value, _times in counts], list(accumulate(times for _value, times in counts)), total, q)


def _quantile(values: Sequence[int], upto: Sequence[int], total: int, q: Fraction) -> Fraction:
    """The same of values in order, and how many there are up to each."""
    place = q * (total - 1)
    low = int(place)
    first, second = (values[bisect_right(upto, n)] for n in (low, min(low + 1, total - 1)))
    return first + (place - low) * (second - first)


class Quartiles(NamedTuple):
    """The middle half, the median and the mean of n whole numbers."""

    p25: Fraction
    median: Fraction
    p75: Fraction
    mean: Fraction
    n: int

    @classmethod
    def of(cls, histogram: Mapping[int, int]) -> Quartiles | None:
        """From how often each value occurs; None of nothing."""
        values = sorted(filter(histogram.__getitem__, histogram))  # no loop of Python: there may be a million
        times = list(map(histogram.__getitem__, values))
        upto = list(accumulate(times))  # of the first values, how many there are
        total = upto[-1] if upto else 0
        if not total:
            return None
        mean = Fraction(sum(map(mul, values, times)), total)
        p25, median, p75 = (_quantile(values, upto, total, Fraction(k, 4)) for k in (1, 2, 3))
        return cls(p25, median, p75, mean, total)


def histogram(values: Iterable[int]) -> dict[int, int]:
    """How often each value occurs."""
    found: dict[int, int] = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found


def two_proportion(k1: int, n1: int, k2: int, n2: int) -> float | None:
    """How likely two ratios differ this much by chance: the pooled z-test, Fisher's exact one for small cells.

    Both sides; None when one side is empty.
    """
    if not n1 or not n2:
        return None
    k, n = k1 + k2, n1 + n2
    expected = [Fraction(size * part, n) for size in (n1, n2) for part in (k, n - k)]
    if min(expected) < 5:
        return fisher(k1, n1, k2, n2)
    p = k / n
    z = abs(k1 / n1 - k2 / n2) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
    return erfc(z / sqrt(2))


def fisher(k1: int, n1: int, k2: int, n2: int) -> float:
    """Fisher's exact test, both sides: the chance of all tables that are no likelier than this one (Fisher 1935)."""
    # A table is one draw seen from any of its four margins; from the smallest, the numbers stay small.
    size, mine, marked, rest = min(
        (n1, k1, k1 + k2, n1 + n2 - k1 - k2),
        (n2, k2, k1 + k2, n1 + n2 - k1 - k2),
        (k1 + k2, k1, n1, n2),
        (n1 + n2 - k1 - k2, n1 - k1, n1, n2),
    )
    first, last = max(0, size - rest), min(size, marked)
    ways = [comb(marked, first) * comb(rest, size - first)]
    for i in range(first, last):
        ways.append(ways[-1] * (marked - i) * (size - i) // ((i + 1) * (rest - size + i + 1)))
    limit = ways[mine - first]
    return sum(way for way in ways if way <= limit) / comb(marked + rest, size)


def within_chance(k1: int, n1: int, k2: int, n2: int) -> bool | None:
    """Whether a change of a ratio may be chance; None where it cannot be said."""
    p = two_proportion(k1, n1, k2, n2)
    return None if p is None else p >= ENOUGH


def difference(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float] | None:
    """Where the difference of two ratios (the first less the second) likely lies, -1..1; None when one side is empty.

    The hybrid score interval: the Wilson ranges of both, put together (Newcombe 1998, method 10).
    """
    if not n1 or not n2:
        return None
    p1, p2 = k1 / n1, k2 / n2
    (low1, high1), (low2, high2) = wilson(k1, n1), wilson(k2, n2)
    down, up = hypot(p1 - low1, high2 - p2), hypot(high1 - p1, p2 - low2)
    return max(-1.0, p1 - p2 - down), min(1.0, p1 - p2 + up)


def adjusted(chances: Sequence[float]) -> list[float]:
    """What tests are worth when many are made at once, in their order: each p for how many false signals are let through.

    Benjamini and Hochberg (1995): p x m / rank, never less than that of a smaller p, at most 1.
    """
    m = len(chances)
    found, least = [0.0] * m, 1.0
    for rank, place in sorted(enumerate(sorted(range(m), key=lambda i: chances[i]), start=1), reverse=True):
        least = min(least, chances[place] * m / rank)
        found[place] = least
    return found
