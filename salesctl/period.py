"""Periods: half-open stretches of days, by the names people give them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from salesctl.dates import day_of, folded, months_later, number_of, parse_date, pattern, shown
from salesctl.errors import BadValue
from salesctl.i18n import N_, _

SHIFT = {"this": 0, "current": 0, "本": 0, "这": 0, "这个": 0, "今": 0, "last": -1, "previous": -1, "上": -1, "上个": -1,
         "去": -1, "next": 1, "下": 1, "下个": 1, "明": 1}  # fmt: skip
UNIT = {"year": "year", "年": "year", "quarter": "quarter", "季度": "quarter", "季": "quarter", "month": "month",
        "月": "month", "week": "week", "周": "week", "星期": "week", "day": "day", "天": "day", "half": "half",
        "半年": "half"}  # fmt: skip
HAN_QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4}
MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12, "fy": 12}


class Period(NamedTuple):
    """Days [start, end); None is without a bound. `unit` is the calendar unit it is, or range, days or all."""

    start: date | None
    end: date | None
    unit: str = "range"

    @property
    def first(self) -> date | None:
        return self.start

    @property
    def last(self) -> date | None:
        """The last day that counts."""
        return None if self.end is None else self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days; 0 for one without a bound."""
        return (self.end - self.start).days if self.start and self.end else 0

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return (self.start is None or day >= self.start) and (self.end is None or day < self.end)

    def previous(self) -> Period:
        """The calendar unit before; for a range the same number of days before. All time has none: itself."""
        if self.start is None or self.end is None:
            return self
        if self.unit in MONTHS_IN:
            year, month = months_later(self.start.year, self.start.month, -MONTHS_IN[self.unit])
            return Period(date(year, month, 1), self.start, self.unit)
        return self.same_length()

    def same_length(self) -> Period:
        """The same number of days right before."""
        if self.start is None or self.end is None:
            return self
        unit = self.unit if self.unit in ("week", "day") else "days"
        return Period(self.start - timedelta(days=self.days), self.start, unit)

    def last_year(self) -> Period:
        """The same unit a year before; weeks by 52 weeks, so that weekdays agree."""
        if self.start is None or self.end is None:
            return self
        if self.unit in ("week", "day"):
            return Period(self.start - timedelta(days=364), self.end - timedelta(days=364), self.unit)
        return Period(_year_before(self.start), _year_before(self.end), self.unit)

    def to_date(self, as_of: date) -> Period:
        """No later than the end of a day."""
        end = as_of + timedelta(days=1)
        return self if self.end is not None and self.end <= end else self._replace(end=end)

    def elapsed_twin(self, as_of: date, whole: Period) -> Period:
        """The part of another period that has as many days as have gone of this one; whole once this one is over."""
        if self.start is None or whole.start is None or whole.end is None or self.end is None:
            return whole
        if as_of >= self.end - timedelta(days=1):
            return whole
        gone = (as_of - self.start).days + 1
        return Period(whole.start, min(whole.start + timedelta(days=max(gone, 0)), whole.end), whole.unit)

    def split(self, unit: str) -> list[Period]:
        """The months, quarters, weeks or days it is made of, cut off at its ends."""
        if self.start is None or self.end is None:
            return [self]
        parts, day = [], self.start
        while day < self.end:
            whole = around(day, unit)
            assert whole.end is not None
            cut = Period(day, min(whole.end, self.end), unit)
            parts.append(cut)
            day = whole.end
        return parts

    def label(self, lang: str = "en") -> str:
        """What it is called: 2026Q4, Nov 2026, week 47; in English whatever the language of the answer, for scripts."""
        say = str if lang == "en" else _
        if self.start is None and self.end is None:
            return say(N_("all time"))
        if self.start is None:
            return say(N_("all time to {day}")).format(day=self.last)
        if self.end is None:
            return say(N_("from {day}")).format(day=self.start)
        whole = around(self.start, self.unit) if self.unit in ("week", *MONTHS_IN) and self.unit != "fy" else self
        name = self._name(lang)
        if whole.end is not None and self.end < whole.end:
            return say(N_("{period} to {day}")).format(period=name, day=self._day(lang))
        return name

    def _day(self, lang: str) -> str:
        from salesctl.clock import show_date

        assert self.last is not None
        return show_date(self.last, self.last, lang)

    def _name(self, lang: str) -> str:
        from salesctl.clock import MONTHS, show_date

        assert self.start is not None and self.last is not None
        start = self.start
        if self.unit == "year":
            return f"{start.year}"
        if self.unit == "half":
            return f"{start.year}H{1 if start.month < 7 else 2}"
        if self.unit == "quarter":
            return f"{start.year}Q{(start.month + 2) // 3}"
        if self.unit == "month":
            return f"{start.year}年{start.month}月" if lang == "zh" else f"{MONTHS[start.month - 1]} {start.year}"
        if self.unit == "week":
            span = f"{show_date(start, start, lang)} - {show_date(start + timedelta(days=6), start, lang)}"
            text = N_("week {n}, {span}")
            return (text if lang == "en" else _(text)).format(n=start.isocalendar().week, span=span)
        if self.unit == "fy":
            return f"FY{start.year if start.month == 1 else start.year + 1}"
        if self.days == 1:
            return start.isoformat()
        return f"{start.isoformat()}..{self.last.isoformat()}"

    @property
    def code(self) -> str:
        """The text that parse_period reads back."""
        if self.start is None or self.end is None:
            return "all" if self.start is None and self.end is None else f"{self.start or ''}..{self.last or ''}"
        if self.unit == "month":
            return f"{self.start:%Y-%m}"
        if self.unit == "week":
            year, week, _day = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        return self._name("en") if self.unit in MONTHS_IN else f"{self.start.isoformat()}..{self.last}"


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


ALL = Period(None, None, "all")


def around(day: date, unit: str) -> Period:
    """The year, half, quarter, month, week or day that a day lies in."""
    if unit == "day":
        return Period(day, day + timedelta(days=1), unit)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7), unit)
    n = MONTHS_IN[unit]
    month = (day.month - 1) // n * n + 1
    year, following = months_later(day.year, month, n)
    return Period(date(day.year, month, 1), date(year, following, 1), unit)


def parse_period(text: str, today: date, fy_start: int = 1) -> Period:
    """A period by name: 2026Q4, 本季度, last month, w47, last 30d, 2026-01..2026-06, fy2026. Raises BadValue."""
    word = folded(text)
    if word in ("all", "全部", "all time", "全部时间", "ever"):
        return ALL
    if ".." in word or "至" in word:
        low, _dots, high = word.replace("至", "..").partition("..")
        return between(low.strip(), high.strip(), today)
    for reader in (_calendar, _named, _rolling):
        found = reader(word, today)
        if found is not None:
            return found
    match = pattern(r"fy ?(\d{4})|(\d{4})财年").fullmatch(word)
    if match:
        return _fiscal(int(match[1] or match[2]), fy_start)
    try:
        return around(parse_date(word, today), "day")
    except BadValue as error:
        if error.hint.startswith(_("write {plain}").format(plain="")[:4]):
            raise
        raise BadValue(
            _("{text} is not a period").format(text=shown(text)), _("as 2026Q4, 本季度, last month, w47 or last 30d")
        ) from error


def _fiscal(year: int, fy_start: int) -> Period:
    day_of(year, 1, 1)
    first = date(year if fy_start == 1 else year - 1, fy_start, 1)
    end_year, end_month = months_later(first.year, first.month, 12)
    return Period(first, date(end_year, end_month, 1), "fy")


def between(begin: str | None, end: str | None, today: date) -> Period:
    """From a begin to an end, each a day or a period, both counted as typed; either may be missing."""
    low = _edge(begin, today) if begin else None
    high = _edge(end, today) if end else None
    start = low.start if low else None
    stop = high.end if high else None
    if start and stop and stop <= start:
        raise BadValue(_("{end} is before {begin}").format(end=end, begin=begin))
    return Period(start, stop, "range")


def _edge(text: str, today: date) -> Period:
    return parse_period(text, today)


def _calendar(word: str, today: date) -> Period | None:
    match = pattern(r"(\d{4})(?:年)?").fullmatch(word)
    if match:
        return around(day_of(int(match[1]), 1, 1), "year")
    match = pattern(r"(\d{4})?(?:年| |-)?(?:q([1-4])|第?([一二三四1-4])季度?)").fullmatch(word)
    if match:
        quarter = int(match[2]) if match[2] else HAN_QUARTER.get(match[3]) or int(match[3])
        return around(day_of(int(match[1] or today.year), quarter * 3, 1), "quarter")
    match = pattern(r"(\d{4})?(?:年| |-)?(?:h([12])|(上|下)半年)").fullmatch(word)
    if match:
        second = match[2] == "2" or match[3] == "下"
        return around(day_of(int(match[1] or today.year), 7 if second else 1, 1), "half")
    match = pattern(r"(\d{4})[-/年](\d{1,2})月?").fullmatch(word)
    if match:
        return around(day_of(int(match[1]), int(match[2]), 1), "month")
    match = pattern(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月份?").fullmatch(word)
    if match:
        return around(day_of(today.year, number_of(match[1]) or 0, 1), "month")
    return _week(word, today) or _month_name(word, today)


def _month_name(word: str, today: date) -> Period | None:
    from salesctl.dates import MONTHS

    match = pattern(rf"({'|'.join(MONTHS)})[a-z]* ?(\d{{4}})").fullmatch(word)
    if match:
        return around(day_of(int(match[2]), MONTHS.index(match[1]) + 1, 1), "month")
    return None


def _week(word: str, today: date) -> Period | None:
    match = pattern(r"(?:(\d{4})(?:年| |-)?)?(?:kw|w|week |第)(\d{1,2})周?").fullmatch(word)
    if match is None:
        return None
    year, week = int(match[1] or today.isocalendar().year), int(match[2])
    day_of(year, 1, 1)
    try:
        return around(date.fromisocalendar(year, week, 1), "week")
    except ValueError as error:
        raise BadValue(_("{year} has no week {week}").format(year=year, week=week)) from error


def _named(word: str, today: date) -> Period | None:
    if word in ("ytd", "今年以来"):
        return Period(date(today.year, 1, 1), today + timedelta(days=1), "year")
    if word in ("qtd", "mtd", "wtd"):
        unit = {"q": "quarter", "m": "month", "w": "week"}[word[0]]
        return around(today, unit).to_date(today)
    shifts, units = "|".join(sorted(SHIFT, key=len, reverse=True)), "|".join(sorted(UNIT, key=len, reverse=True))
    match = pattern(rf"({shifts}) ?({units})").fullmatch(word)
    if match is None:
        return None
    unit, shift = UNIT[match[2]], SHIFT[match[1]]
    period = around(today, unit)
    assert period.start and period.end
    if shift < 0:
        return around(period.start - timedelta(days=1), unit)
    return around(period.end, unit) if shift > 0 else period


def _rolling(word: str, today: date) -> Period | None:
    """`last 30d`: so many days up to and with today; `last 3 months` as well."""
    match = pattern(
        r"(?:(?:last|past) ?(\d{1,4}) ?(d|days?|w|weeks?|m|months?)"
        r"|(?:近|最近|过去) ?(\d{1,4}|[一二两三四五六七八九十]{1,3}) ?(天|日|周|个月))"
    ).fullmatch(word)
    if match is None:
        return None
    n = number_of(match[1] or match[3]) or 0
    unit = {"d": "d", "天": "d", "日": "d", "w": "w", "周": "w", "m": "m", "个": "m"}[(match[2] or match[4])[0]]
    if n < 1:
        return None
    from salesctl.dates import shifted

    end = today + timedelta(days=1)
    return Period(shifted(end, -n, unit), end, "days")


def parse_duration(text: str) -> int:
    """Days: 14d, 2w, 3天, 两周, or a bare number. Raises BadValue."""
    word = folded(text)
    match = pattern(r"(\d{1,5}|[一二两三四五六七八九十]{1,3}) ?(d|days?|天|日|w|weeks?|周|个星期)?").fullmatch(word)
    n = number_of(match[1]) if match else None
    if match is None or n is None:
        raise BadValue(_("{text} is not a number of days").format(text=shown(text)), _("as 14d or 2w"))
    return n * (7 if match[2] and match[2][0] in "w周个" else 1)
