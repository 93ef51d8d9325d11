"""What to do first: amount x chance x urgency, each part of which can be checked by eye."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

OWN_HISTORY = 20  # closed deals of a stage from which the own win rate counts more than the default
UNIT = 10_000  # scores are in ten thousands of the currency


@dataclass(frozen=True, slots=True)
class Weights:
    """What is added to the urgency 1, in hundredths."""

    overdue_day: int = 30
    overdue_most: int = 90
    today: int = 50
    closing_week: int = 60
    late_close: int = 40
    stalled: int = 30
    stepless: int = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """A deal as ranking sees it: major units of money, percent, days (negative due = overdue, None = nothing planned)."""

    major: int
    chance: int
    due_in: int | None
    closes_in: int | None
    stalled: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One addition: hundredths, its code, and the number in its sentence."""

    hundredths: int
    code: str
    n: int = 0


def parts(facts: Facts, weights: Weights = Weights()) -> list[Part]:
    """What makes a deal urgent beyond 1."""
    found = []
    if facts.due_in is None:
        found.append(Part(weights.stepless, "stepless"))
    elif facts.due_in < 0:
        found.append(Part(min(-facts.due_in * weights.overdue_day, weights.overdue_most), "overdue", -facts.due_in))
    elif facts.due_in == 0:
        found.append(Part(weights.today, "today"))
    if facts.closes_in is not None and 0 <= facts.closes_in <= 7:
        found.append(Part(weights.closing_week, "closing", facts.closes_in))
    elif facts.closes_in is not None and facts.closes_in < 0:
        found.append(Part(weights.late_close, "late_close", -facts.closes_in))
    if facts.stalled:
        found.append(Part(weights.stalled, "stalled"))
    return found


def urgency(found: list[Part]) -> Fraction:
    """1 and what is added to it."""
    return 1 + Fraction(sum(part.hundredths for part in found), 100)


def score(facts: Facts, found: list[Part]) -> Fraction:
    """Amount in ten thousands x chance x urgency."""
    return Fraction(facts.major, UNIT) * Fraction(facts.chance, 100) * urgency(found)
