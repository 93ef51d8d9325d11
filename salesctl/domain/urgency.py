"""What to do first: amount x chance x urgency, each part of which can be checked by eye."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from salesctl.domain.stats import Ratio

OWN_HISTORY = 20  # closed deals of a stage from which the own win rate counts more than the default
UNIT = 10_000  # scores are in ten thousands of the currency


class Weights(NamedTuple):
    """What is added to the urgency 1, in hundredths."""

    overdue_day: int = 30
    overdue_most: int = 90
    today: int = 50
    closing_week: int = 60
    waiting: int = 50
    late_close: int = 40
    stalled: int = 30
    stepless: int = 20


class Facts(NamedTuple):
    """A deal as ranking sees it: major units of money, percent, days (negative due = overdue, None = nothing planned).

    `waiting`: what was sent waits for the customer's answer.
    """

    major: int
    chance: int
    due_in: int | None
    closes_in: int | None
    stalled: bool
    waiting: bool = False


class Part(NamedTuple):
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
    if facts.waiting:
        found.append(Part(weights.waiting, "waiting"))
    if facts.stalled:
        found.append(Part(weights.stalled, "stalled"))
    return found


def urgency(found: list[Part]) -> Fraction:
    """1 and what is added to it."""
    return 1 + Fraction(sum(part.hundredths for part in found), 100)


def score(facts: Facts, found: list[Part]) -> Fraction:
    """Amount in ten thousands x chance x urgency."""
    return Fraction(facts.major, UNIT) * Fraction(facts.chance, 100) * urgency(found)


class Chance(NamedTuple):
    """How likely a deal is, in percent, and where that is from: "hand", "import", "history" or "stage".

    `history` is won of closed among the own deals that were in this stage, whatever the source: it can be told beside.
    """

    percent: int
    source: str
    history: Ratio


def chance(own: int | None, source: str | None, history: Ratio, default: int | None) -> Chance | None:
    """The chance of a deal: set by hand or imported, else the own history of its stage, else the default of the stage.

    Percent throughout. The history counts from OWN_HISTORY closed deals on. None when nothing is known: such a deal is
    left out and counted, never taken as certain.
    """
    if own is not None and source in ("hand", "import"):
        return Chance(own, source, history)
    if history.bottom >= OWN_HISTORY:
        return Chance(round(Fraction(100 * history.top, history.bottom)), "history", history)
    return None if default is None else Chance(default, "stage", history)
