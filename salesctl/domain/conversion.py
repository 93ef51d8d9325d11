"""How deals pass through the stages of a process: what went on, what was lost, what went back or jumped (FORMULAS 3).

Forward only: a deal enters a stage once, when it first comes that far. Passing over a stage counts as having been through
it (`inferred`); coming back does not enter again; lost is never an advance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from salesctl.domain.stats import Ratio
from salesctl.plain import Data

WON = 1_000_000  # the rank of a win: beyond every stage
ON, LOST, OPEN = "on", "lost", "open"


class Mark(NamedTuple):
    """A deal came into a stage of a pipeline (`line`), or was won (rank WON); `inside` the window, at a `known` time."""

    line: int
    rank: int
    inside: bool
    known: bool = True


class Passage(NamedTuple):
    """`n` deals that came to `rank` from `prior`, never further than `below` before; None for those that began there.

    `fate` is what became of them by now: on (further than `rank`, or won), lost, or open. A rank of WON is a win.
    """

    prior: int | None
    below: int | None
    rank: int
    fate: str
    n: int
    known: bool = True


def passages(way: Sequence[Mark], ended: str | None, n: int) -> Iterator[tuple[int, Passage]]:
    """What `n` deals that went the same way passed in the window, each with its pipeline; marks in order of their time.

    Of several wins the last counts; a deal that is not won by now (`ended`) has none, nor has one of which no stage is known.
    """
    last = max((i for i, mark in enumerate(way) if mark.rank == WON), default=None) if ended == "won" else None
    kept = [mark for i, mark in enumerate(way) if mark.rank != WON or i == last]
    furthest: dict[int, int] = {}
    for mark in kept:
        furthest[mark.line] = max(mark.rank, furthest.get(mark.line, 0))
    prior: dict[int, int] = {}
    below: dict[int, int] = {}
    for line, rank, inside, known in kept:
        on = furthest[line] > rank or ended == "won"
        if (inside or not known) and (rank != WON or line in prior):
            fate = ON if on else LOST if ended == "lost" else OPEN
            yield line, Passage(prior.get(line), below.get(line), rank, fate, n, known)
        prior[line], below[line] = rank, max(rank, below.get(line, 0))


class Conversion(Data):
    """A stage's cohort: entered = on + lost + open; `inferred` of them passed over it."""

    entered: int = 0
    inferred: int = 0
    on: int = 0
    lost: int = 0
    open: int = 0

    @property
    def ratio(self) -> Ratio:
        """How many went on of those that entered, the undecided ones among them.

        Where nobody stood in the stage itself there is none: what only passed over it went on by definition.
        """
        return Ratio(self.on, self.entered) if self.entered > self.inferred else Ratio(0, 0)


def conversions(passages: Iterable[Passage], ranks: Sequence[int]) -> dict[int, Conversion]:
    """Every stage's cohort, from the passages whose moment lies in the window; `ranks` are the stages in order."""
    found = {rank: Conversion() for rank in ranks}
    for one in passages:
        if one.below is not None and one.rank <= one.below:
            continue  # it had come this far before
        for rank in ranks:
            if (one.below is None or rank > one.below) and rank < one.rank:
                _enter(found[rank], ON, one.n, inferred=True)
        if one.rank in found:
            _enter(found[one.rank], one.fate, one.n)
    return found


def _enter(stage: Conversion, fate: str, n: int, inferred: bool = False) -> None:
    stage.entered += n
    stage.inferred += n if inferred else 0
    setattr(stage, fate, getattr(stage, fate) + n)


def moves(passages: Iterable[Passage]) -> dict[tuple[int | None, int], int]:
    """How often deals went from one stage to another (None: began there; WON: was won), in order."""
    found: dict[tuple[int | None, int], int] = {}
    for one in passages:
        found[one.prior, one.rank] = found.get((one.prior, one.rank), 0) + one.n
    return dict(sorted(found.items(), key=lambda item: (item[0][0] or 0, item[0][1])))


def returned(steps: dict[tuple[int | None, int], int], rank: int) -> int:
    """How often deals were moved back into a stage."""
    return sum(n for (prior, to), n in steps.items() if to == rank and prior is not None and rank < prior < WON)


def jumped(steps: dict[tuple[int | None, int], int], rank: int) -> int:
    """How often deals jumped over a stage, to a later one or to the win."""
    return sum(n for (prior, to), n in steps.items() if prior is not None and prior < rank < to)


class Goal(NamedTuple):
    """A figure beside what it should be: `met` is True or False, None while it cannot be said."""

    value: float | None
    target: int | None
    met: bool | None


def goal_of_rate(stage: Conversion, target: int | None) -> Goal:
    """The share that went on (0..1) against percent. Too early to say while the open ones may still lift it there."""
    value = stage.ratio.value
    if value is None or target is None:
        return Goal(value, target, None)
    if 100 * stage.on >= target * stage.entered:
        return Goal(value, target, True)
    return Goal(value, target, None if 100 * (stage.on + stage.open) >= target * stage.entered else False)


def goal_at_most(value: float | None, target: int | None) -> Goal:
    """A number of days that should not be more than the target."""
    return Goal(value, target, None if value is None or target is None else value <= target)


def goal_of_share(share: Ratio, target: int | None) -> Goal:
    """A share of items that should not be less than the target in percent."""
    met = None if share.value is None or target is None else 100 * share.top >= target * share.bottom
    return Goal(share.value, target, met)
