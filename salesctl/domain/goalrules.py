"""Goals: how far, how fast, where they land, and whether they are SMART. All by working days of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from salesctl.i18n import N_
from salesctl.plain import Data

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


class Days(Data, frozen=True):
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


def state(actual: int, target: int, days: Days, better: str = "up", over: bool = True) -> str:
    """Where a goal stands, by its pace; what is better down is reached while it stays under.

    `over` is asked when no working day is left: a period that ends on a day off is not missed before it ends.
    """
    if better == "down":
        if actual <= target:
            return "on_track" if days.left else "reached"
        return "at_risk" if days.left else "missed"
    if actual >= target:
        return "reached"
    if not days.left and days.total and over:
        return "missed"
    speed = pace(actual, target, days)
    if speed is None:
        return "not_begun"
    return speed_state(speed)


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


SEASON = 4  # earlier periods with a total, from which on their shape counts


class Season(Data, frozen=True):
    """How much of its final total each earlier period had by the same working day."""

    shares: tuple[Fraction, ...]

    @property
    def n(self) -> int:
        return len(self.shares)

    @property
    def share(self) -> Fraction | None:
        """Their mean; None while they are fewer than 4, when working days alone count."""
        return sum(self.shares, Fraction(0)) / self.n if self.n >= SEASON else None


def season_pace(actual: int, target: int, season: Season | None) -> Fraction | None:
    """Attainment / the share that is usually there by now; None without a season or where nothing usually is."""
    done = attainment(actual, target)
    return done / season.share if done is not None and season and season.share else None


def speed_state(speed: Fraction) -> str:
    """What a pace is called."""
    if speed >= AHEAD:
        return "ahead"
    if speed >= ON_TRACK:
        return "on_track"
    return "behind" if speed >= BEHIND else "at_risk"


MILESTONES = (50, 90, 100)  # percent of the target


def milestones(actual: int, target: int, levels: Sequence[tuple[str, int]] = ()) -> list[str]:
    """What is passed, lowest first: percents as 50, levels as =name so that one called 50 is another."""
    passed = [str(percent) for percent in MILESTONES if actual * 100 >= target * percent]
    return passed + [f"={name}" for name, amount in levels if actual >= amount]


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


class Facts(Data, frozen=True):
    """What the SMART check looks at.

    `target` and `history` are whole numbers in the KPI's own unit; `history` holds earlier periods of the same length,
    oldest first; 0 is nothing, None is n/a.
    """

    has_kpi: bool
    has_scope: bool
    has_owner: bool
    rows: int  # records behind the KPI in the last period
    target: int
    history: tuple[int | None, ...]
    coverage: Fraction | None  # weighted open pipeline due in the period / what is missing; None where it says nothing
    linked: bool  # a parent or a reason
    days: Days
    ordered: bool  # start before end
    over: bool
    better: str = "up"
    open: Fraction | None = None  # open pipeline due in the period at full value / what is missing
    needed: Fraction | None = None  # the coverage that the own win rate asks for, 1 / win rate


class Check(Data, frozen=True):
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
    text = N_("records behind this KPI in the period before: {n}")
    return Check("M", "pass" if facts.rows else "warn", text, {"n": facts.rows})


_ABOVE = N_("above {percentile} % of {n} earlier periods, {growth:+d} % against the last one with a figure")
_BELOW = N_("below {percentile} % of {n} earlier periods, {growth:+d} % against the last one with a figure")
_COVERED = N_(
    "above {percentile} % of {n} earlier periods, {growth:+d} % against the last one with a figure;"
    " the weighted pipeline covers {coverage} x of what is missing"
)
_NEEDED = N_(
    "above {percentile} % of {n} earlier periods, {growth:+d} % against the last one with a figure;"
    " the weighted pipeline covers {coverage} x of what is missing; open {open} x, needed {needed} x = 1 / win rate"
)


def _achievable(facts: Facts) -> Check:
    figures = [value for value in facts.history if value]
    if not figures:
        return Check("A", "warn", N_("no earlier period to compare with"), {"n": 0})
    down = facts.better == "down"
    # What was before the first figure is no history; a period of nothing after it is.
    known = [value for value in facts.history[facts.history.index(figures[0]) :] if value is not None]
    easier = sum(value > facts.target if down else value < facts.target for value in known)
    growth = Fraction(facts.target, figures[-1]) - 1
    numbers: dict[str, str | int | None] = {
        "percentile": round(Fraction(100 * easier, len(known))),
        "growth": round(100 * growth),
        "n": len(known),
        "coverage": None,
        "open": None,
        "needed": None,
    }
    verdict = _stretch(Fraction(figures[-1], facts.target) - 1 if down and facts.target else growth)
    if facts.coverage is None:
        return Check("A", verdict, _BELOW if down else _ABOVE, numbers)
    numbers["coverage"] = f"{float(facts.coverage):.1f}"
    verdict = "pass" if facts.coverage >= 1 else verdict
    if facts.open is None or facts.needed is None:
        return Check("A", verdict, _COVERED, numbers)
    numbers |= {"open": f"{float(facts.open):.1f}", "needed": f"{float(facts.needed):.1f}"}
    # Enough open deals at the own win rate carry a high target, too few make a low one doubtful.
    verdict = verdict if facts.open >= facts.needed or verdict == "fail" else "warn"
    return Check("A", verdict, _NEEDED, numbers)


def _stretch(effort: Fraction) -> str:
    """How far a target may reach beyond the last figure: half of it passes, one and a half of it is a warning."""
    if effort <= Fraction(1, 2):
        return "pass"
    return "warn" if effort <= Fraction(3, 2) else "fail"


def _relevant(facts: Facts) -> Check:
    if facts.linked:
        return Check("R", "pass", N_("it has a parent goal or a reason"), {})
    return Check("R", "fail", N_("neither a parent goal nor a reason: goal edit REF reason=... or parent=G1"), {})


def _timed(facts: Facts) -> Check:
    numbers: dict[str, str | int | None] = {"left": facts.days.left, "total": facts.days.total}
    if not facts.ordered or facts.over:
        return Check("T", "fail", N_("its period is over: 0 of {total} working days left"), numbers)
    return Check("T", "pass", N_("{left} of {total} working days left"), numbers)
