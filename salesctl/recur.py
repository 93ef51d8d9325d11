"""What comes again: daily, weekly, every 2 weeks, 每月, 每月最后一天, as a rule text that is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from salesctl.dates import folded, number_of, pattern, shown
from salesctl.errors import BadValue
from salesctl.i18n import _

WORDS = {"daily": "1d", "每天": "1d", "每日": "1d", "weekly": "1w", "每周": "1w", "每星期": "1w", "monthly": "1m",
         "每月": "1m", "每个月": "1m", "quarterly": "3m", "每季度": "3m", "每季": "3m", "yearly": "1y", "每年": "1y",
         "annually": "1y", "workdays": "1wd", "每个工作日": "1wd", "last day of month": "1l", "每月最后一天": "1l",
         "每月底": "1l", "月底": "1l"}  # fmt: skip
UNITS = {"d": "d", "day": "d", "天": "d", "日": "d", "w": "w", "week": "w", "周": "w", "个星期": "w", "m": "m",
         "month": "m", "个月": "m", "月": "m", "y": "y", "year": "y", "年": "y", "wd": "wd", "个工作日": "wd"}  # fmt: skip
MOST = 10_000  # occurrences in the life of a series


class Recurrence(NamedTuple):
    """Every `every` units: d days, w weeks, m months, y years, wd working days, l last days of months."""

    every: int
    unit: str

    @property
    def rule(self) -> str:
        """The text that is stored and parsed again: "2w"."""
        return f"{self.every}{self.unit}"

    @classmethod
    def parse(cls, text: str) -> Recurrence:
        """Raises BadValue for what is no rule, an interval of nothing, or a series without an end in sight."""
        word = folded(text)
        word = WORDS.get(word, word)
        units = "|".join(sorted(UNITS, key=len, reverse=True))
        match = pattern(rf"(?:every |每)?(\d{{1,5}}|[一二两三四五六七八九十]{{0,3}}) ?({units}|l)s?").fullmatch(word)
        if match is None:
            raise BadValue(
                _("{text} is not a repetition").format(text=shown(text)), _('as weekly, "every 2 weeks" or 每月')
            )
        every = number_of(match[1]) if match[1] else 1
        if not every:
            raise BadValue(_("a repetition of every 0 never comes"))
        if every > 1000:
            raise BadValue(_("{text} repeats too seldom").format(text=shown(text)))
        return cls(every, UNITS.get(match[2], match[2]))

    def next(self, anchor: date, after: date) -> date | None:
        """The first occurrence later than `after`, counted from `anchor`; None past the last year there is."""
        for n in range(1, MOST + 1):
            try:
                day = self._nth(anchor, n)
            except (ValueError, OverflowError):
                return None
            if day > after:
                return day
        raise BadValue(_("a series of more than {n} occurrences").format(n=MOST))

    def _nth(self, anchor: date, n: int) -> date:
        count = self.every * n
        if self.unit in ("d", "w"):
            return anchor + timedelta(days=count * (7 if self.unit == "w" else 1))
        if self.unit == "wd":
            from salesctl.workdays import Calendar

            return Calendar().add(anchor, count)
        from dateutil.relativedelta import relativedelta

        months = count * (12 if self.unit == "y" else 1)
        return anchor + relativedelta(months=months, day=31 if self.unit == "l" else None)
