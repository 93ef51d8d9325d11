"""The working calendar: a week, days off, and days made up for."""

from __future__ import annotations

from datetime import date, timedelta

from salesctl.plain import Data


class Calendar(Data, frozen=True):
    """`week` holds the working weekdays (Monday is 0); `off` are holidays, `extra` make-up days."""

    week: frozenset[int] = frozenset(range(5))
    off: frozenset[date] = frozenset()
    extra: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.extra or (day.weekday() in self.week and day not in self.off)

    def between(self, start: date, end: date) -> int:
        """Working days in the half-open [start, end)."""
        if end <= start:
            return 0
        weeks, rest = divmod((end - start).days, 7)
        count = weeks * len(self.week)
        count += sum((start + timedelta(days=n)).weekday() in self.week for n in range(rest))
        count -= sum(start <= day < end and day.weekday() in self.week and day not in self.extra for day in self.off)
        return count + sum(start <= day < end and day.weekday() not in self.week for day in self.extra)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after (or before) a day."""
        step = timedelta(days=1 if n >= 0 else -1)
        for _one in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day
