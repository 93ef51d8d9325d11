"""Hours, and phrases of a day and an hour; the longest of them at the start of a text."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from salesctl.dates import FIRST_YEAR, When, folded, no_date, number_of, parse_date, pattern, shown
from salesctl.errors import BadValue
from salesctl.i18n import _

PARTS = {
    "凌晨": 0,
    "早上": 0,
    "早晨": 0,
    "上午": 0,
    "中午": 12,
    "下午": 12,
    "傍晚": 12,
    "晚上": 12,
    "今晚": 12,
    "noon": 12,
}
HOUR = (
    r"(?:(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上) ?)?(?:(\d{1,2}|[一二两三四五六七八九十]{1,3})点(?:(半)|([0-5]?\d)分?|(一刻|三刻))?"
    r"|(\d{1,2}):([0-5]\d))|(\d{1,2})(?::([0-5]\d))? ?([ap])\.?m\.?|(noon|中午)"
)


def parse_time(text: str) -> time:
    """An hour: 15:00, 3pm, 下午3点, 上午9点半. Raises BadValue for 24:00 and the like."""
    found = _time(folded(text))
    if found is None:
        raise BadValue(_("{text} is not a time of day").format(text=shown(text)), _("as 15:00 or 下午3点"))
    return found


def _time(word: str) -> time | None:
    match = pattern(HOUR).fullmatch(word)
    if match is None:
        if pattern(r"\+?\d{1,3}:\d{1,3}(:\d+)?").fullmatch(word):
            raise BadValue(_("{text} is not a time of day").format(text=shown(word)), _("as 15:00 or 下午3点"))
        return None
    part, han, half, minutes, quarter, hour, minute, hour12, minute12, half_day, noon = match.groups()
    if noon:
        return time(12)
    if half_day:
        return _clock(int(hour12) % 12 + (12 if half_day == "p" else 0), int(minute12 or 0), word, int(hour12) <= 12)
    if han:
        number = number_of(han)
        value = 30 if half else 15 if quarter == "一刻" else 45 if quarter else int(minutes or 0)
        return _clock(_of_part(number if number is not None else 99, part), value, word)
    return _clock(_of_part(int(hour), part), int(minute), word)


def _of_part(hour: int, part: str | None) -> int:
    return hour + 12 if part and PARTS[part] == 12 and hour < 12 and not (part == "中午" and hour >= 11) else hour


def _clock(hour: int, minute: int, word: str, fits: bool = True) -> time:
    if hour > 23 or not fits:
        raise BadValue(_("{text} is not a time of day").format(text=shown(word)), _("as 15:00 or 下午3点"))
    return time(hour, minute)


def parse_when(text: str, now: datetime, future: bool | None = None) -> When:
    """A day, an hour, or both in either order; an hour alone is today. `+2h` is so many hours from now."""
    word = folded(text)
    today = now.date()
    match = pattern(r"(?:\+|in )(\d{1,3}) ?(?:h|hours?)|(\d{1,3}) ?(?:个)?小时后").fullmatch(word)
    if match:
        later = now + timedelta(hours=int(match[1] or match[2]))
        return When(later.date(), time(later.hour, later.minute))
    match = pattern(r"(\d{4,}-\d{2}-\d{2})t(\d{2}:\d{2})(?::00)?").fullmatch(word)
    if match:
        return When(parse_date(match[1], today, future), _time(match[2]))
    bare = _try_time(word)
    if bare is not None:
        return When(today, bare)
    for split in _splits(word):
        hour = _try_time(word[split:].strip().removeprefix("at ").strip())
        if hour is None:
            continue
        return When(parse_date(word[:split].strip(), today, future), hour)
    if ":" in word and " " in word:
        raise BadValue(_("{text} is not a time of day").format(text=shown(word.split()[-1])), _("as 15:00 or 下午3点"))
    return When(parse_date(word, today, future))


def _try_time(word: str) -> time | None:
    if word and pattern(HOUR).fullmatch(word):
        return _time(word)
    _refuse_clock(word)
    return None


def _refuse_clock(word: str) -> None:
    if pattern(r"[+-]?\d{1,2}:\d{2}(:\d{2})?").fullmatch(word):
        _time(word)
        raise BadValue(_("{text} is not a time of day").format(text=shown(word)), _("as 15:00 or 下午3点"))


def _splits(word: str) -> list[int]:
    return [
        place
        for place in range(1, len(word))
        if not (
            word[place].isascii() and word[place - 1].isalnum() and word[place].isalnum() and word[place - 1].isascii()
        )
    ]


def split_when(text: str, now: datetime) -> tuple[When, str]:
    """The longest phrase of a date at the start, and the rest: "周四问结果" -> (Thursday, "问结果").

    Raises BadValue when the text does not begin with a date.
    """
    from salesctl.text import fold_punct

    stripped = text.strip()
    places = sorted(_ends_of_phrase(fold_punct(stripped)), reverse=True)
    refusal: BadValue | None = None
    for place in places:
        head = stripped[:place].strip().rstrip(",，:：")
        try:
            return parse_when(head, now, future=True), stripped[place:].strip(" ,，:：")
        except BadValue as error:
            if str(FIRST_YEAR) in error.message or head[:1].isdigit():
                refusal = refusal or (error if place <= 12 else None)
    raise refusal or no_date(stripped)


def _ends_of_phrase(text: str) -> list[int]:
    """Where a phrase may end: at most 30 marks on, never inside an ASCII word or number."""
    found = []
    for place in range(1, min(len(text), 30) + 1):
        inside = place < len(text) and text[place].isascii() and text[place].isalnum()
        if inside and text[place - 1].isascii() and text[place - 1].isalnum():
            continue
        if place < len(text) and text[place] in ":.-/" and text[place - 1].isdigit():
            continue
        found.append(place)
    return found


def lasted(minutes: int) -> str:
    """How long something took, for people: 40 min, 80 h 39 min."""
    h, m = divmod(minutes, 60)
    return _("{h} h {m:02d} min").format(h=h, m=m) if h else _("{m} min").format(m=m)
