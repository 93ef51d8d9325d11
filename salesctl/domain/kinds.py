"""Field kinds: how one sort of value is typed, checked, stored, compared, shown and written out again.

A kind is stateless. `parse` reads what a person or a file says and raises BadValue; `pack` gives the stored column
values and `unpack` the value again, so that unpack(pack(v)) == v on every engine; `text` gives the lossless text that
`parse` reads back. Ordered kinds give `span`: the half-open range of stored values that a typed word stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from salesctl.errors import BadValue
from salesctl.i18n import _

if TYPE_CHECKING:
    from salesctl.money import Money

Raw = Mapping[str, Any]


class Ref(NamedTuple):
    """A record by what is permanent (`id`) and by what people call it (`name`)."""

    noun: str
    id: int
    name: str
    code: str


class Reading(NamedTuple):
    """What reading a value needs to know of the world: the moment, the money, the language and the records."""

    now: datetime  # aware, in the organisation's zone
    currency: str
    lang: str
    find: Callable[[str, str], Ref]  # noun name and what was typed -> the record; NotFound, Ambiguous
    written: bool = False  # by a program, into a file: its 48.000 is 48

    @property
    def today(self) -> date:
        return self.now.date()


class Slot(NamedTuple):
    """One stored column: `sort` is TEXT, BIGINT, DATE or INSTANT; `target` the table that a reference points to."""

    name: str
    sort: str
    target: str = ""
    among: tuple[str, ...] = ()


class Kind:
    """A line of text is the plainest kind; the others say where they differ."""

    name = "line"
    ordered = False
    align = "l"

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "TEXT"),)

    def parse(self, text: str, label: str, at: Reading) -> Any:
        from salesctl.text import check_line

        return check_line(text, label)

    def pack(self, value: Any) -> tuple[Any, ...]:
        return (value,)

    def unpack(self, raw: Raw, key: str) -> Any:
        return raw[key]

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def span(self, text: str, label: str, at: Reading) -> tuple[Any, Any]:
        """The half-open range of stored values meant by `text`; only ordered kinds have one."""
        raise BadValue(_("{label} has no order, so no range").format(label=label))


class Note(Kind):
    name = "note"

    def parse(self, text: str, label: str, at: Reading) -> str:
        from salesctl.text import check_note

        return check_note(text, label)


class Checked(Kind):
    """A line that a function of the text module checks."""

    def __init__(self, name: str) -> None:
        self.name = name

    def parse(self, text: str, label: str, at: Reading) -> str:
        import salesctl.text as texts

        line = texts.check_line(text, label, limit=1000)
        checked: str = getattr(texts, f"check_{self.name}")(line)
        return checked


class Whole(Kind):
    name = "int"
    ordered = True
    align = "r"

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "BIGINT"),)

    def parse(self, text: str, label: str, at: Reading) -> int:
        from salesctl.money import parse_count

        return parse_count(text, label)

    def span(self, text: str, label: str, at: Reading) -> tuple[int, int]:
        value = self.parse(text, label, at)
        return value, value + 1


class Percent(Whole):
    name = "percent"

    def parse(self, text: str, label: str, at: Reading) -> int:
        from salesctl.money import parse_percent

        return int(parse_percent(text, label))


class Amount(Kind):
    name = "money"
    ordered = True
    align = "r"

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "BIGINT"), Slot(f"{key}_currency", "TEXT"))

    def parse(self, text: str, label: str, at: Reading) -> Money:
        from salesctl.money import parse_amount

        return parse_amount(text, at.currency, written=at.written)

    def pack(self, value: Money | None) -> tuple[Any, ...]:
        return (None, None) if value is None else (value.minor, value.currency)

    def unpack(self, raw: Raw, key: str) -> Money | None:
        if raw[key] is None:
            return None
        from salesctl.money import Money

        return Money(raw[key], raw[f"{key}_currency"])

    def text(self, value: Money | None) -> str:
        return "" if value is None else f"{value.text} {value.currency}"

    def span(self, text: str, label: str, at: Reading) -> tuple[int, int]:
        value = self.parse(text, label, at)
        return value.minor, value.minor + 1


class Day(Kind):
    name = "date"
    ordered = True

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "DATE"),)

    def parse(self, text: str, label: str, at: Reading) -> date:
        from salesctl.when import parse_date

        return parse_date(text, at.today)

    def pack(self, value: date | None) -> tuple[Any, ...]:
        return (None if value is None else value.isoformat(),)

    def unpack(self, raw: Raw, key: str) -> date | None:
        value = raw[key]
        return date.fromisoformat(value) if isinstance(value, str) else value

    def text(self, value: date | None) -> str:
        return "" if value is None else value.isoformat()

    def span(self, text: str, label: str, at: Reading) -> tuple[str | None, str | None]:
        """A day or any period: `close:本月`, `created:2017Q1`."""
        start, end = days_meant(text, at)
        return self.pack(start)[0], self.pack(end)[0]


class Instant(Kind):
    name = "instant"
    ordered = True

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "INSTANT"),)

    def parse(self, text: str, label: str, at: Reading) -> datetime:
        from salesctl.when import parse_when, to_instant

        when = parse_when(text, at.now)
        return to_instant(when.day, when.time, str(at.now.tzinfo))[0]

    def pack(self, value: datetime | None) -> tuple[Any, ...]:
        from salesctl.when import iso

        return (None if value is None else iso(value),)

    def unpack(self, raw: Raw, key: str) -> datetime | None:
        from salesctl.when import from_iso

        value = raw[key]
        return from_iso(value) if isinstance(value, str) else value

    def text(self, value: datetime | None) -> str:
        return "" if value is None else str(self.pack(value)[0])

    def span(self, text: str, label: str, at: Reading) -> tuple[str | None, str | None]:
        from salesctl.when import to_instant

        start, end = days_meant(text, at)
        zone = str(at.now.tzinfo)
        low = None if start is None else self.pack(to_instant(start, None, zone)[0])[0]
        return low, None if end is None else self.pack(to_instant(end, None, zone)[0])[0]


class Tags(Kind):
    """A set of words, kept as ",a,b," so that one tag can be looked for without reading the others."""

    name = "tags"

    def parse(self, text: str, label: str, at: Reading) -> list[str]:
        from salesctl.text import check_line

        words = text.replace("，", ",").replace("、", ",").split(",")
        return sorted({check_line(word, label, limit=60) for word in words if word.strip()})

    def pack(self, value: list[str] | None) -> tuple[Any, ...]:
        return (f",{','.join(value)}," if value else None,)

    def unpack(self, raw: Raw, key: str) -> list[str]:
        return raw[key].strip(",").split(",") if raw[key] else []

    def text(self, value: list[str] | None) -> str:
        return ",".join(value or [])


class Choice(Kind):
    """One of a few codes, each with its label; codes and labels of both languages are read."""

    name = "choice"

    def __init__(self, labels: Mapping[str, str], words: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.labels = dict(labels)
        self.words = {code: tuple((words or {}).get(code, ())) for code in labels}

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "TEXT", among=tuple(self.labels)),)

    def parse(self, text: str, label: str, at: Reading) -> str:
        code = self.read(text)
        if code is None:
            choices = ", ".join(self.labels)
            raise BadValue(
                _("{label} cannot be {text}").format(label=label, text=repr_text(text)),
                _("it is one of: {choices}").format(choices=choices),
            )
        return code

    def read(self, text: str) -> str | None:
        """The code that a word stands for, or None."""
        from salesctl.text import name_key

        wanted = name_key(text)
        for code, label in self.labels.items():
            if wanted in (code, name_key(label), name_key(_(label)), *map(name_key, self.words[code])):
                return code
        return None


class Reference(Kind):
    """Another record, stored by its id, shown by its name and its ref."""

    name = "ref"

    def __init__(self, target: str) -> None:
        self.target = target

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(f"{key}_id", "BIGINT", target=self.target),)

    def parse(self, text: str, label: str, at: Reading) -> Ref:
        from salesctl.text import check_line

        return at.find(self.target, check_line(text, label))

    def pack(self, value: Ref | None) -> tuple[Any, ...]:
        return (None if value is None else value.id,)

    def unpack(self, raw: Raw, key: str) -> str | None:
        name: str | None = raw[key]
        return name


def days_meant(text: str, at: Reading) -> tuple[date | None, date | None]:
    """The half-open days that a date or a period stands for."""
    from datetime import timedelta

    from salesctl.when import parse_date, parse_period

    try:
        day = parse_date(text, at.today)
    except BadValue:
        period = parse_period(text, at.today)
        return period.start, period.end
    return day, day + timedelta(days=1)


def repr_text(text: str) -> str:
    """What somebody typed, made safe and short enough to say back."""
    from salesctl.text import clean, crop

    return f'"{crop(clean(text), 60)}"'


LINE = Kind()
NOTE = Note()
NAME = Kind()
INT = Whole()
PERCENT = Percent()
MONEY = Amount()
DATE = Day()
INSTANT = Instant()
TAGS = Tags()
EMAIL = Checked("email")
PHONE = Checked("phone")
URL = Checked("url")
ZONE = Checked("zone")
LANG = Choice({"en": "English", "zh": "Chinese"}, {"zh": ("中文", "汉语", "zh_CN"), "en": ("英文", "英语")})
