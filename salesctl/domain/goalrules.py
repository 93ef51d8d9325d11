"""Goals: how far, how fast, where they land, and whether they are SMART. All by working days of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from salesctl.i18n import N_

AHEAD, ON_TRACK, BEHIND = Fraction(105, 100), Fraction(99, 100), Fraction(81, 100)
STATES = {
    "reached": N_("reached"),
    "ahead": N_("ahead"),
    "on_track": N_("on track"),
    "behind": N_("behind"),
    "at_risk": N_("at risk"),
    "not_begun": N_("not begun"),
    "missed": N_("missed"),
    "no_data": N_("no data"),
}


@dataclass(frozen=True, slots=True)
class Days:
    """Working days of a goal's period: gone of all."""

    gone: int
    total: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.gone, self.total) if self.total else Fraction(0)

    @property
    def left(self) -> int:
        return self.total - self.gone


def attainment(actual: int, target: int) -> Fraction | None:
    """Actual / target; None without a target."""
    return Fraction(actual, target) if target else None


def pace(actual: int, target: int, days: Days) -> Fraction | None:
    """Attainment / share of the working days gone; None before the first one is."""
    done = attainment(actual, target)
    return None if done is None or not days.share else done / days.share


def state(actual: int, target: int, days: Days, better: str = "up") -> str:
    """Where a goal stands, by its pace; what is better down is reached while it stays under."""
    if better == "down":
        if actual <= target:
            return "on_track" if days.left else "reached"
        return "at_risk" if days.left else "missed"
    if actual >= target:
        return "reached"
    if not days.left and days.total:
        return "missed"
    speed = pace(actual, target, days)
    if speed is None:
        return "not_begun"
    if speed >= AHEAD:
        return "ahead"
    if speed >= ON_TRACK:
        return "on_track"
    return "behind" if speed >= BEHIND else "at_risk"


def ratio_state(value: float | None, target: Fraction, low: float | None, high: float | None, over: bool) -> str:
    """A ratio has no pace: reached from its target on, on track while the target lies in its range, else behind."""
    if value is None:
        return "no_data"
    if Fraction(value).limit_denominator(10**9) >= target:
        return "reached"
    if over:
        return "missed"
    if low is not None and high is not None and Fraction(low) <= target <= Fraction(high):
        return "on_track"
    return "behind"


def expected(target: int, days: Days) -> Fraction:
    """What would be there by now if every working day brought the same."""
    return target * days.share


def run_rate(actual: int, days: Days) -> Fraction | None:
    """Where it lands if the rest goes as it has so far."""
    return None if not days.gone else Fraction(actual * days.total, days.gone)


def needed(actual: int, target: int, days: Days) -> Fraction | None:
    """What each working day that is left must bring; None when none is left or nothing is missing."""
    return None if not days.left or actual >= target else Fraction(target - actual, days.left)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts in proportion that add up to the whole; the largest remainders get the odd units."""
    sum_ = sum(weights)
    floors = [total * weight // sum_ for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % sum_), i))
    for place in order[: total - sum(floors)]:
        floors[place] += 1
    return floors


@dataclass(frozen=True, slots=True)
class Facts:
    """What the SMART check looks at; `history` holds the same KPI over earlier periods of the same length, oldest first."""

    has_kpi: bool
    has_scope: bool
    has_owner: bool
    rows: int  # records behind the KPI in the last period
    target: int
    history: tuple[int, ...]
    coverage: Fraction | None  # weighted open pipeline due in the period / what is missing; None where it says nothing
    linked: bool  # a parent or a reason
    days: Days
    ordered: bool  # start before end
    over: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One letter: pass, warn or fail, the sentence, and the numbers that go into it."""

    letter: str
    verdict: str
    text: str
    numbers: dict[str, str | int | None]


def smart(facts: Facts) -> list[Check]:
    """The five letters of a goal, each with the number behind it."""
    return [_specific(facts), _measurable(facts), _achievable(facts), _relevant(facts), _timed(facts)]


def _specific(facts: Facts) -> Check:
    parts = sum((facts.has_kpi, facts.has_scope, facts.has_owner))
    text = N_("{n} of 3 said: which KPI, whose, who answers for it")
    return Check("S", "pass" if parts == 3 else "warn" if parts == 2 else "fail", text, {"n": parts})


def _measurable(facts: Facts) -> Check:
    text = N_("{n} records are behind this KPI in the period before")
    return Check("M", "pass" if facts.rows else "warn", text, {"n": facts.rows})


def _achievable(facts: Facts) -> Check:
    known = [value for value in facts.history if value]
    if not known:
        return Check("A", "warn", N_("no earlier period to compare with"), {"n": 0})
    below = sum(value < facts.target for value in known)
    percentile = round(100 * Fraction(below, len(known)))
    growth = round(100 * (Fraction(facts.target, known[-1]) - 1))
    numbers: dict[str, str | int | None] = {"percentile": percentile, "growth": growth, "n": len(known), "coverage": None}
    text = N_("above {percentile} % of {n} earlier periods, {growth:+d} % against the last one")
    verdict = "pass" if growth <= 50 else "warn" if growth <= 150 else "fail"
    if facts.coverage is not None:
        numbers["coverage"] = f"{float(facts.coverage):.1f}"
        text = N_(
            "above {percentile} % of {n} earlier periods, {growth:+d} % against the last one;"
            " the weighted pipeline covers {coverage} x of what is missing"
        )
        if facts.coverage >= 1:
            verdict = "pass"
    return Check("A", verdict, text, numbers)


def _relevant(facts: Facts) -> Check:
    if facts.linked:
        return Check("R", "pass", N_("it has a parent goal or a reason"), {})
    return Check("R", "fail", N_("neither a parent goal nor a reason: goal edit REF reason=... or parent=G1"), {})


def _timed(facts: Facts) -> Check:
    numbers: dict[str, str | int | None] = {"left": facts.days.left, "total": facts.days.total}
    if not facts.ordered or facts.over:
        return Check("T", "fail", N_("its period is over: 0 of {total} working days left"), numbers)
    return Check("T", "pass", N_("{left} of {total} working days left"), numbers)
