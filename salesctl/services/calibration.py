"""What the own history says of the chances of stages; applied, the stages take it over and their open deals follow."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from salesctl.domain import forecast as rules
from salesctl.domain.forecast import Learned
from salesctl.domain.stage import STAGE, Step
from salesctl.domain.stats import Ratio
from salesctl.plain import Data
from salesctl.store import forecasts

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Store

WIDTH = 20  # percent points of a band of the reliability table


class Stage(NamedTuple):
    """A stage, its pipeline by name, and what was learned of it."""

    step: Step
    pipeline: str
    learned: Learned


class Band(NamedTuple):
    """Closed deals that once bore a chance of `low` up to below `low` + WIDTH: the mean of what was said, what came."""

    low: int
    said: Fraction
    ratio: Ratio

    @property
    def high(self) -> int:
        """The last percent of it; the highest band holds 100 as well."""
        return 100 if self.low + WIDTH >= 100 else self.low + WIDTH - 1


class Calibration(Data):
    """Every stage with what was learned, how reliable chances were, and the Brier scores of old and learned ones."""

    stages: list[Stage]
    bands: list[Band]
    scores: tuple[Fraction, Fraction] | None

    @property
    def changes(self) -> list[Stage]:
        """The stages whose chance would be another one."""
        return [one for one in self.stages if one.learned.after != one.learned.before]


def calibration(store: Store) -> Calibration:
    """Learn from all closed deals of the store."""
    stages = []
    for row in forecasts.stood(store):
        step = Step(row["id"], row["name"], row["key"], row["position"], row["probability"], row["phase"])
        stages.append(Stage(step, row["pipeline"], Learned(step.id, step.probability, row["won"], row["n"])))
    bands = [
        Band(row["band"] * WIDTH, Fraction(row["total"], row["n"]), Ratio(row["won"], row["n"]))
        for row in forecasts.said(store, WIDTH)
    ]
    return Calibration(stages, bands, rules.scores(one.learned for one in stages))


def apply(app: App) -> Calibration:
    """Give the stages the chances that were learned, in one unit that can be undone; each is written down with its n."""
    from salesctl.services.base import unit
    from salesctl.services.record import change

    with unit(app, "forecast.calibrate") as work:
        found = calibration(work)
        for one in found.changes:
            learned = one.learned
            change(app, work, STAGE, learned.stage, {"probability": learned.after})
            work.put(
                "calibration",
                {
                    "at": work.at,
                    "stage_id": learned.stage,
                    "n": learned.n,
                    "won": learned.won,
                    "before": learned.before,
                    "after": learned.after,
                },
            )
    return found
