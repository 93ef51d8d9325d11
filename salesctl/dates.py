"""Dates and hours as people type them, in English and Chinese. `today` and `now` are always given."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import cache
from typing import NamedTuple

from salesctl.errors import BadValue
from salesctl.i18n import _

FIRST_YEAR, LAST_YEAR = 1900, 2199
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAR = {
    "today": 0, "今天": 0, "今日": 0, "tomorrow": 1, "tmr": 1, "tom": 1, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
    "yesterday": -1, "昨天": -1, "昨日": -1, "前天": -2, "大前天": -3,
}  # fmt: skip
HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "半": 0}
UNITS = {"d": "d", "day": "d", "days": "d", "天": "d", "日": "d", "w": "w", "week": "w", "weeks": "w", "周": "w",
         "星期": "w", "个星期": "w", "礼拜": "w", "m": "m", "month": "m", "months": "m", "个月": "m", "月": "m",
         "y": "y", "year": "y", "years": "y", "年": "y", "wd": "wd", "workdays": "wd", "working days": "wd",
         "个工作日": "wd", "工作日": "wd", "h": "h"}  # fmt: skip
ENDS = {"eow": "w", "周末": "w", "eom": "m", "月底": "m", "月末": "m", "本月底": "m", "eoq": "q", "季末": "q",
        "季度末": "q", "本季末": "q", "eoy": "y", "年底": "y", "年末": "y"}  # fmt: skip


class When(NamedTuple):
    """A day, with an hour on its clock or without."""

    day: date
    time: time | None = None

    @property
    def text(self) -> str:
        return f"{self.day.isoformat()} {self.time:%H:%M}" if self.time else self.day.isoformat()


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A compiled pattern, made when it is first needed."""
    return re.compile(text, re.IGNORECASE)


def shown(text: str) -> str:
    from salesctl.text import clean, crop

    return f'"{clean(crop(text, 40))}"'


def no_date(text: str) -> BadValue:
    return BadValue(_("{text} is not a date").format(text=shown(text)), _("as 2026-12-03, fri, +3d or 12月3日"))


def folded(text: str) -> str:
    """The text with plain punctuation; full-width digits are refused with the plain form."""
    from salesctl.text import fold_punct, has_fullwidth_digits

    if len(text) > 60:
        raise no_date(text)
    if has_fullwidth_digits(text):
        import unicodedata

        raise BadValue(
            _("{text} is not a date").format(text=shown(text)),
            _("write {plain}").format(plain=unicodedata.normalize("NFKC", text)),
        )
    return fold_punct(text).strip().lower()


def month_days(year: int, month: int) -> int:
    """How many days a month has."""
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def day_of(year: int, month: int, day: int) -> date:
    """A date, or BadValue that says what is wrong with it."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadValue(_("the year must be {first}-{last}").format(first=FIRST_YEAR, last=LAST_YEAR))
    if not 1 <= month <= 12:
        raise BadValue(_("there is no month {month}").format(month=month))
    last = month_days(year, month)
    if not 1 <= day <= last:
        name = _(date(year, month, 1).strftime("%B"))
        raise BadValue(_("{month} {year} has {n} days").format(month=name, year=year, n=last))
    return date(year, month, day)


def parse_date(text: str, today: date, future: bool | None = None) -> date:
    """A day as it is typed. A date without a year is the nearest one: ahead, behind, or either when `future` is None.

    A weekday is the coming one (never today), or the last one when `future` is False. Raises BadValue.
    """
    word = folded(text)
    for reader in READERS:
        found = reader(word, today, future)
        if found is not None:
            if not FIRST_YEAR <= found.year <= LAST_YEAR:
                raise BadValue(_("the year must be {first}-{last}").format(first=FIRST_YEAR, last=LAST_YEAR))
            return found
    raise _why_not(word, today)


def _why_not(word: str, today: date) -> BadValue:
    slashed = pattern(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{2}|\d{4}))?").fullmatch(word)
    if slashed:
        year = slashed[3] or str(today.year)
        year = year if len(year) == 4 else f"20{year}"
        plain = f"{year}-{int(slashed[1]):02d}-{int(slashed[2]):02d}"
        return BadValue(_("{text} is ambiguous").format(text=shown(word)), _("write {plain}").format(plain=plain))
    if pattern(r"\d{1,2}").fullmatch(word) or word in MONTHS or word in FULL_MONTHS:
        return BadValue(
            _("{text} is ambiguous").format(text=shown(word)),
            _("write a whole date as {plain}").format(plain=today.isoformat()),
        )
    return no_date(word)


FULL_MONTHS = (
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def _near(word: str, today: date, future: bool | None) -> date | None:
    return today + timedelta(days=NEAR[word]) if word in NEAR else None


def _numeric(word: str, today: date, future: bool | None) -> date | None:
    match = pattern(r"(\d{4,})([-/.])(\d{1,2})\2(\d{1,2})").fullmatch(word) or pattern(
        r"(\d{4})(年)(\d{1,2})月(\d{1,2})[日号]?"
    ).fullmatch(word)
    if match:
        return day_of(_int(match[1]), int(match[3]), int(match[4]))
    match = pattern(r"(\d{4})(\d{2})(\d{2})").fullmatch(word)
    if match:
        return day_of(int(match[1]), int(match[2]), int(match[3]))
    match = pattern(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?").fullmatch(word)
    if match:
        if match[3]:
            return day_of(int(match[3]), int(match[2]), int(match[1]))
        return _yearless(int(match[2]), int(match[1]), today, future)
    return None


def _int(digits: str) -> int:
    return int(digits[:8])


def _named_month(word: str, today: date, future: bool | None) -> date | None:
    match = pattern(r"(\d{1,2})月(\d{1,2})[日号]?").fullmatch(word)
    if match:
        return _yearless(int(match[1]), int(match[2]), today, future)
    match = pattern(r"(?:(本|这个|下个|下|上个|上)月)?(\d{1,2})[日号]").fullmatch(word)
    if match:
        return _day_of_month(match[1] or "", int(match[2]), today, future)
    names = "|".join(MONTHS)
    match = pattern(rf"(\d{{1,2}})\.? ?({names})[a-z]*\.?,? ?(\d{{4}})?").fullmatch(word)
    day, month, year = (match[1], match[2], match[3]) if match else ("", "", None)
    if not match:
        match = pattern(rf"({names})[a-z]*\.? ?(\d{{1,2}})(?:st|nd|rd|th)?,?(?: (\d{{4}}))?").fullmatch(word)
        if not match:
            return None
        day, month, year = match[2], match[1], match[3]
    number = MONTHS.index(month[:3]) + 1
    return day_of(int(year), number, int(day)) if year else _yearless(number, int(day), today, future)


def _day_of_month(which: str, day: int, today: date, future: bool | None) -> date:
    shift = 1 if which.startswith("下") else -1 if which.startswith("上") else 0
    if not which and future is not False and day < today.day:
        shift = 1
    if not which and future is False and day > today.day:
        shift = -1
    year, month = months_later(today.year, today.month, shift)
    return day_of(year, month, day)


def _yearless(month: int, day: int, today: date, future: bool | None) -> date:
    years = [today.year - 1, today.year, today.year + 1]
    day_of(2024, month, day)  # refuse 2月30日 whatever the year
    found = [date(y, month, day) for y in years if day <= month_days(y, month)] or [day_of(today.year, month, day)]
    if future is True:
        return next((one for one in found if one >= today), found[-1])
    if future is False:
        return next((one for one in reversed(found) if one <= today), found[0])
    return min(found, key=lambda one: (abs((one - today).days), one))


def months_later(year: int, month: int, n: int) -> tuple[int, int]:
    """The year and month n months later."""
    index = year * 12 + month - 1 + n
    return index // 12, index % 12 + 1


def number_of(text: str) -> int | None:
    """A count in digits or in Chinese up to ninety-nine."""
    if text.isascii() and text.isdigit():
        return int(text[:6])
    if "十" in text:
        tens, _ten, ones = text.partition("十")
        return HAN.get(tens, 1) * 10 + (HAN.get(ones, 0) if ones else 0)
    return HAN.get(text)


COUNT = r"(\d{1,5}|[一二两三四五六七八九十]{1,3})"


def _relative(word: str, today: date, future: bool | None) -> date | None:
    units = "|".join(sorted(UNITS, key=len, reverse=True))
    for shape, sign in (
        (rf"\+{COUNT} ?({units})", 1),
        (rf"-{COUNT} ?({units})", -1),
        (rf"in {COUNT} ({units})", 1),
        (rf"{COUNT} ?({units}) ?(?:后|之后|以后|later)", 1),
        (rf"{COUNT} ?({units}) ?(?:前|之前|以前|ago)", -1),
    ):
        match = pattern(shape).fullmatch(word)
        if match:
            n = number_of(match[1])
            unit = UNITS[match[2]]
            return None if n is None or unit == "h" else shifted(today, sign * n, unit)
    return None


def shifted(day: date, n: int, unit: str) -> date:
    """A day n days, weeks, months, years or working days on; a month that is too short ends at its last day."""
    try:
        if unit == "wd":
            from salesctl.workdays import Calendar

            return Calendar().add(day, n)
        if unit in ("d", "w"):
            return day + timedelta(days=n * (7 if unit == "w" else 1))
        from dateutil.relativedelta import relativedelta

        return day + relativedelta(months=n * (12 if unit == "y" else 1))
    except (OverflowError, ValueError) as error:
        raise BadValue(_("the year must be {first}-{last}").format(first=FIRST_YEAR, last=LAST_YEAR)) from error


def _weekday(word: str, today: date, future: bool | None) -> date | None:
    match = pattern(
        r"(?:(this|next|last|本|这|这个|下|下个|上|上个|下下) ?)?(?:周|星期|礼拜)?([一二三四五六日天])"
    ).fullmatch(word)
    if match and ("周" in word or "星期" in word or "礼拜" in word):
        index = "一二三四五六日".index(match[2].replace("天", "日"))
        return _in_week(match[1] or "", index, today, future)
    match = pattern(r"(?:(this|next|last) )?([a-z]{3,9})").fullmatch(word)
    if match:
        names = {name: i for i, name in enumerate(WEEKDAYS)} | {name: i for i, name in enumerate(FULL_WEEKDAYS)}
        names |= {"tues": 1, "thur": 3, "thurs": 3, "weds": 2}
        if match[2] in names:
            return _in_week(match[1] or "", names[match[2]], today, future)
    return None


def _in_week(which: str, index: int, today: date, future: bool | None) -> date:
    monday = today - timedelta(days=today.weekday())
    weeks = {"next": 1, "下": 1, "下个": 1, "last": -1, "上": -1, "上个": -1, "下下": 2}
    if which:
        return monday + timedelta(days=index + 7 * weeks.get(which, 0))
    if future is False:
        return today - timedelta(days=(today.weekday() - index - 1) % 7 + 1)
    return today + timedelta(days=(index - today.weekday() - 1) % 7 + 1)


def _ends(word: str, today: date, future: bool | None) -> date | None:
    unit = ENDS.get(word)
    if word in ("下月底", "下个月底", "end of next month"):
        year, month = months_later(today.year, today.month, 1)
        return date(year, month, month_days(year, month))
    if word.startswith("end of "):
        unit = {"week": "w", "month": "m", "quarter": "q", "year": "y", "the month": "m"}.get(word[7:])
    if unit is None:
        return None
    if unit == "w":
        return today + timedelta(days=6 - today.weekday())
    month = {"m": today.month, "q": (today.month + 2) // 3 * 3, "y": 12}[unit]
    return date(today.year, month, month_days(today.year, month))


Reader = Callable[[str, date, bool | None], date | None]
READERS: tuple[Reader, ...] = (_near, _numeric, _named_month, _relative, _weekday, _ends)
