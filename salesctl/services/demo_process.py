"""The process side of the demo: how its deals went through the stages, what the SOP found, playbooks and rivals.

It has its own dice, so that what it adds changes nothing else of the demo.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from salesctl.domain.sop import JUMP
from salesctl.domain.stage import Step
from salesctl.money import Money
from salesctl.services.gates import CHECK
from salesctl.store import sops
from salesctl.text import name_key

if TYPE_CHECKING:
    from salesctl.store.write import Unit

RIVAL = ("deal_id", "name", "name_key", "price", "price_currency", "strength", "weakness", "won", "at")
TELLING = ("needs_talk", "key_need", "solution_confirmed")  # steps that go with winning here
Values = dict[str, Any]


class Habits:
    """How the reps of the demo keep the process; what comes of it is written at the end, in two blocks."""

    def __init__(self, work: Unit, steps: Sequence[Step], data: Values, seed: int) -> None:
        self.work, self.steps, self.data = work, steps, data
        self.random = random.Random(seed)
        self.sop = sops.sop_of(work, 1)
        self.checks: list[tuple[Any, ...]] = []
        self.rivals: list[tuple[Any, ...]] = []

    def playbook(self, won: bool) -> str | None:
        """How a deal was worked on; the first playbook goes with winning."""
        books = self.sop.playbooks if self.sop else ()
        if not books or self.random.random() < 0.3:
            return None
        return self.random.choices(books, weights=(3 if won else 1, *(1 for _one in books[1:])))[0]

    def path(self, moments: Sequence[date]) -> list[tuple[int, date]]:
        """The stages (by place) a deal came into, with their days: straight on, or past one, or once back."""
        straight = list(enumerate(moments))
        chance, last = self.random.random(), len(moments) - 1
        if chance < 0.07 and last >= 2:
            del straight[self.random.randint(1, last - 1)]
        elif chance > 0.94 and 2 <= last <= 5:
            k = self.random.randint(1, last - 1)
            straight[k + 1 : k + 1] = [(k - 1, moments[k]), (k, moments[k + 1])]
        return straight

    def checked(self, deal: int, rep: int, way: Sequence[tuple[int, str]], win: str | None, team: str) -> None:
        """What was looked at as a deal moved on: `way` are the places with the instants it came there; `win` when it was won."""
        won = win is not None
        legs = [(a[0], b[0], b[1]) for a, b in pairwise(way) if b[0] > a[0]]
        if win:
            legs.append((way[-1][0], len(self.steps), win))
        for here, there, at in legs:
            self._leave(deal, rep, self.steps[here], at, won, team)
            for passed in self.steps[here + 1 : there]:
                self._check(deal, rep, passed, JUMP, "jump", "missing", at, self._excuse(team))

    def _leave(self, deal: int, rep: int, step: Step, at: str, won: bool, team: str) -> None:
        stage = self.sop.stages.get(step.key or "") if self.sop else None
        for item, sort in stage.items if stage else ():
            kept = (0.95, 0.9, 0.74, 0.92, 0.84, 0.88)[rep % 6]
            if item in TELLING:
                kept = 0.92 if won else 0.6
            state = "met" if self.random.random() < kept else "overridden" if self.random.random() < 0.12 else "missing"
            self._check(deal, rep, step, item, sort, state, at, self._excuse(team) if state == "overridden" else None)

    def _excuse(self, team: str) -> str:
        return str(self.random.choice(self.data["excuses"][team]))

    def _check(
        self, deal: int, rep: int, step: Step, item: str, sort: str, state: str, at: str, reason: str | None
    ) -> None:
        sop = self.sop.id if self.sop else None
        self.checks.append((deal, self.work.operation, step.id, sop, item, sort, state, rep, at, reason))

    def met(self, deal: int, values: Values, at: str, team: str) -> None:
        """The rival of a deal: the one that got it, or one that was met."""
        lost_to = values.get("lost_to")
        if not lost_to and self.random.random() > 0.35:
            return
        name = str(lost_to or self.random.choice(self.data["rivals"][team]))
        amount: Money = values["amount"]
        known = self.random.random() < 0.6
        price = int(amount.minor * self.random.uniform(0.86, 1.1)) // 10_000 * 10_000 if known else None
        strength = self._one_of("strengths", team)
        weakness = self._one_of("weaknesses", team)
        row = (price, amount.currency if price else None, strength, weakness, 1 if lost_to else 0, at)
        self.rivals.append((deal, name, name_key(name), *row))

    def _one_of(self, what: str, team: str) -> str | None:
        return str(self.random.choice(self.data[what][team])) if self.random.random() < 0.6 else None

    def write(self) -> None:
        self.work.put_many("sop_check", CHECK, self.checks)
        self.work.put_many("rival", RIVAL, self.rivals)
