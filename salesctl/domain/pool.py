"""The common pool: when a lead or a customer that nobody touches goes back to it, and how many one may take out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

NOUNS = ("lead", "customer")  # what may lie in the pool


class Rules(NamedTuple):
    """The [pool] part of a SOP: days without a touch, days of warning, takes a day, records held; 0 for no limit."""

    lead_days: int = 0
    customer_days: int = 0
    warn_days: int = 0
    claims_a_day: int = 0
    holding: int = 0

    @classmethod
    def of(cls, part: Mapping[str, Any]) -> Rules:
        return cls(*(int(part.get(name, 0)) for name in cls._fields))

    def days(self, noun: str) -> int:
        """After how many days without a touch a record goes; 0 for never."""
        return self.lead_days if noun == "lead" else self.customer_days

    def last_touch(self, noun: str, today: date, warned: bool = False) -> date:
        """The day on or before which the last touch was of what goes today, or with `warned` of what is told of it."""
        return today - timedelta(days=self.days(noun) - (self.warn_days if warned else 0))


class Loss(NamedTuple):
    """A record that goes back to the pool, or will: who has it, the day of its last touch, and by which rule."""

    noun: str
    id: int
    name: str
    owner_id: int
    owner: str
    touched: date
    rule: str
    limit: int

    def quiet(self, today: date) -> int:
        """Days without a touch."""
        return (today - self.touched).days

    @property
    def goes_on(self) -> date:
        return self.touched + timedelta(days=self.limit)

    def left(self, today: date) -> int:
        """Days until it goes; 0 or less when it goes now."""
        return (self.goes_on - today).days


def room(limit: int, have: int, wanted: int) -> bool:
    """Whether so many more fit under a limit; 0 is no limit."""
    return limit <= 0 or have + wanted <= limit
