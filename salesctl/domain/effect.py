"""Whether deals that did something were won more often than those that did not: associated, never caused.

Two rates with their ranges, their difference with its range, and a test; many at once are tested together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from salesctl.domain.stats import ENOUGH, Ratio, adjusted, difference, two_proportion
from salesctl.plain import Data

LEAST = 10  # closed deals on each side below which nothing is said
MORE, FEWER, CHANCE, FEW = "more", "fewer", "chance", "too_few"


class Effect(Data):
    """Won of closed with (`did`) and without (`did_not`); `p` of the test, `q` of all the tests at once, both 0..1.

    `gap` is the difference of the rates, `low` and `high` where it likely lies, -1..1; None when a side is empty.
    """

    did: Ratio
    did_not: Ratio
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    q: float | None = None
    verdict: str = FEW

    @property
    def enough(self) -> bool:
        return min(self.did.bottom, self.did_not.bottom) >= LEAST


def effect(did: Ratio, did_not: Ratio) -> Effect:
    """One comparison, tested alone."""
    found = Effect(did, did_not)
    if did.value is not None and did_not.value is not None:
        found.gap = did.value - did_not.value
        between = difference(*did, *did_not)
        assert between is not None
        found.low, found.high = between
    if found.enough:
        found.p = two_proportion(*did, *did_not)
    return found


def judged(found: Sequence[Effect]) -> None:
    """Test together those that have enough deals (Benjamini-Hochberg), and say what each is."""
    tested = [one for one in found if one.p is not None]
    for one, q in zip(tested, adjusted([float(one.p or 0) for one in tested]), strict=True):
        one.q = q
        assert one.gap is not None
        one.verdict = CHANCE if q >= ENOUGH else MORE if one.gap > 0 else FEWER


def ranked(found: Iterable[Effect]) -> list[Effect]:
    """The clearest first: by the smallest difference that is likely, both ways; those with too few deals last."""

    def key(one: Effect) -> tuple[bool, float, float]:
        if one.gap is None or one.low is None or one.high is None:
            return True, 0.0, 0.0
        sure = max(one.low, -one.high)  # how far the whole range lies from no difference
        return not one.enough, -sure, -abs(one.gap)

    return sorted(found, key=key)
