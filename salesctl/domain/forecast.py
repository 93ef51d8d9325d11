"""The forecast as arithmetic: categories and their roll-ups, where open deals may land, and what past chances were worth.

Amounts are whole minor units of one currency, chances whole percent 0..100. Nothing here knows a store or a clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from salesctl.domain.stats import Ratio
from salesctl.i18n import N_

if TYPE_CHECKING:
    from random import Random

CLOSED, COMMIT, BEST_CASE, PIPELINE, OMITTED = "closed", "commit", "best_case", "pipeline", "omitted"
CATEGORIES = (CLOSED, COMMIT, BEST_CASE, PIPELINE)  # each roll-up holds those before it
OPEN = CATEGORIES[1:]
LABELS = {
    CLOSED: N_("closed won"),
    COMMIT: N_("commit"),
    BEST_CASE: N_("best case"),
    PIPELINE: N_("pipeline"),
    OMITTED: N_("left out"),
}
DRAWS, SEED = 10_000, 20260101
MANY, SMALL = 5_000, 100  # from so many deals on, none of them with more than 1 in 100 of the spread, a curve is enough
BITS = 14  # of a chance in the simulation: off by less than 1 in 30,000
ENOUGH = 20  # closed deals that stood in a stage, from which on its chance is learned


class Deal(NamedTuple):
    """An open deal as the forecast sees it; None is what nobody said."""

    id: int
    name: str
    amount: int | None
    currency: str | None
    due: date | None
    chance: int | None
    said: str | None = None  # the category a person put it into


def category(said: str | None, chance: int | None) -> str | None:
    """The column of a deal: what was said, else by its chance 0-39, 40-59, 60-100 (Oracle's map); None without either."""
    if said is not None:
        return said
    if chance is None:
        return None
    return PIPELINE if chance < 40 else BEST_CASE if chance < 60 else COMMIT


class Sum(NamedTuple):
    """Deals of a column: how many, their amounts, and the amounts times their chances, in hundredths."""

    deals: int = 0
    amount: int = 0
    hundredths: int = 0

    @property
    def weighted(self) -> Fraction:
        return Fraction(self.hundredths, 100)

    @classmethod
    def of(cls, deals: Sequence[tuple[int, int | None]]) -> Sum:
        """Of amounts and their chances."""
        return cls(
            len(deals),
            sum(amount for amount, _chance in deals),
            sum(amount * (chance or 0) for amount, chance in deals),
        )

    def plus(self, amount: int, chance: int | None) -> Sum:
        """One more deal; without a chance it weighs nothing."""
        return Sum(self.deals + 1, self.amount + amount, self.hundredths + amount * (chance or 0))

    def __add__(self, other: object) -> Sum:
        if not isinstance(other, Sum):
            return NotImplemented
        return Sum(self.deals + other.deals, self.amount + other.amount, self.hundredths + other.hundredths)


def cumulative(columns: Sequence[Sum]) -> list[Sum]:
    """Each column with all before it: commit is closed + commit, and so on (Salesforce's cumulative roll-up)."""
    made: list[Sum] = []
    for one in columns:
        made.append(made[-1] + one if made else one)
    return made


class Outlook(NamedTuple):
    """Where a sum lands in the draws, in order: each as likely as the other."""

    totals: tuple[int, ...]

    def quantile(self, percent: int) -> int:
        """The least total that this share of the draws does not exceed."""
        place = -(-percent * len(self.totals) // 100)
        return self.totals[max(0, place - 1)]

    def chance(self, target: int) -> Fraction:
        """The share of the draws that reach the target."""
        return Fraction(sum(1 for total in self.totals if total >= target), len(self.totals))


def simulate(deals: Iterable[tuple[int, int]], base: int = 0, draws: int = DRAWS, seed: int = SEED) -> Outlook:
    """Monte-Carlo of deals (amount, chance) that are won each on its own; `base` is sure.

    All draws are made at once: bit k of a whole number is draw k. A chance p becomes a number whose bits are one with
    chance p, and amounts are added in all draws by adders on such numbers, so two thousand deals take a fraction of
    a second. The same deals in the same order with the same seed give the same draws on every machine.

    Of many small deals the sum is as good as normal (central limit), so its draws are read off that curve.
    """
    deals = list(deals)
    if is_curve(deals):
        return _curve(deals, base, draws)
    import random

    made = random.Random(seed)
    planes: list[int] = []
    for amount, chance in deals:
        if amount < 0:  # a credit that comes with a chance is one for sure and its return with the rest
            base, amount, chance = base + amount, -amount, 100 - chance
        _add(planes, amount, _won(made, chance, draws))
    return Outlook(tuple(sorted(base + total for total in _read(planes, draws))))


def is_curve(deals: Sequence[tuple[int, int]]) -> bool:
    """Whether deals are so many and each so small that their sum follows the normal curve."""
    if len(deals) < MANY:
        return False
    spread = [amount * amount * chance * (100 - chance) for amount, chance in deals]
    return max(spread) * SMALL <= sum(spread)


def _curve(deals: Sequence[tuple[int, int]], base: int, draws: int) -> Outlook:
    """As many totals as draws, evenly placed on the normal curve that has the mean and the variance of the deals."""
    from statistics import NormalDist

    mean = base + sum(amount * chance for amount, chance in deals) / 100
    wide = math.sqrt(sum(amount * amount * chance * (100 - chance) for amount, chance in deals)) / 100
    if not wide:
        return Outlook((round(mean),) * draws)
    curve = NormalDist(mean, wide)
    return Outlook(tuple(round(curve.inv_cdf((n + 0.5) / draws)) for n in range(draws)))


def _won(made: Random, chance: int, draws: int) -> int:
    """In which draws a deal is won: each bit is one with the chance, worked out from the chance's last binary digit on."""
    if chance >= 100:
        return (1 << draws) - 1
    digits = round(Fraction(chance, 100) * (1 << BITS))
    won = 0
    for place in range(BITS):
        coins = made.getrandbits(draws)
        won = won | coins if digits >> place & 1 else won & coins
    return won


def _add(planes: list[int], amount: int, won: int) -> None:
    """Add an amount (not negative) to the totals of the draws that won it; plane i holds bit i of every total."""
    carry, place = 0, 0
    while amount >> place or carry:
        if place == len(planes):
            planes.append(0)
        plane, mine = planes[place], won if amount >> place & 1 else 0
        half = plane ^ mine
        planes[place] = half ^ carry
        carry = (plane & mine) | (half & carry)
        place += 1


def _read(planes: Sequence[int], draws: int) -> list[int]:
    """The total of each draw."""
    if not planes:
        return [0] * draws
    digits = zip(*(format(plane, f"0{draws}b") for plane in reversed(planes)), strict=True)
    return [int("".join(one), 2) for one in digits]


class Learned(NamedTuple):
    """What closed deals say of a stage: of `n` that stood in it, `won` were won; `before` is the chance it has now."""

    stage: int
    before: int | None
    won: int
    n: int

    @property
    def ratio(self) -> Ratio:
        return Ratio(self.won, self.n)

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH

    @property
    def after(self) -> int | None:
        """The chance in percent from here on: that of the own history where there is enough of it."""
        return round(Fraction(100 * self.won, self.n)) if self.enough else self.before


def brier(chance: Fraction, won: int, n: int) -> Fraction:
    """The sum of squared errors of one chance 0..1 said of n deals of which `won` were won (Brier 1950)."""
    return won * (1 - chance) ** 2 + (n - won) * chance**2


def brier_left_out(won: int, n: int) -> Fraction:
    """The same of chances learned from the other n - 1 deals: a deal may not foretell itself. Needs n of 2 or more."""
    lost = n - won
    return won * (1 - Fraction(won - 1, n - 1)) ** 2 + lost * Fraction(won, n - 1) ** 2


def scores(stages: Iterable[Learned]) -> tuple[Fraction, Fraction] | None:
    """The mean Brier scores of the old and of the learned chances over stages that have both; None without one."""
    both = [one for one in stages if one.enough and one.before is not None]
    n = sum(one.n for one in both)
    if not n:
        return None
    old = sum((brier(Fraction(one.before or 0, 100), one.won, one.n) for one in both), Fraction(0))
    new = sum((brier_left_out(one.won, one.n) for one in both), Fraction(0))
    return old / n, new / n


def accuracy(forecast: int, actual: int) -> Fraction | None:
    """1 - |forecast - actual| / actual; below 0 where it missed by more than all there was; None of nothing."""
    return 1 - Fraction(abs(forecast - actual), actual) if actual > 0 else None
