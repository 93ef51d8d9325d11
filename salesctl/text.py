"""Text: what may be stored, how names are compared, and how wide they are on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from salesctl.errors import BadValue
from salesctl.i18n import _

BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)))
# What nobody sees: zero-width marks, line ends of their own, operators without a sign, tags that smuggle whole sentences.
HIDDEN = frozenset("\u200b\u200c\u2060\ufeff\u180e\u00ad\u2028\u2029\ufff9\ufffa\ufffb") | frozenset(
    map(chr, (*range(0x2061, 0x2065), *range(0x206A, 0x2070), *range(0xE0000, 0xE0080)))
)
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters by name, blanks to the eye
MAX_LINE = 200
MAX_NOTE = 100_000


def _check(text: str, label: str, limit: int, allowed: str, bidi_ok: bool) -> str:
    if len(text) > limit:
        raise BadValue(_("{label} has {n} characters, at most {max}").format(label=label, n=len(text), max=limit))
    for place, mark in enumerate(text, start=1):
        if mark.isascii():
            bad = (mark < " " and mark not in allowed) or mark == "\x7f"
        else:
            bad = "\x80" <= mark <= "\x9f" or mark in HIDDEN or (mark in BIDI and not bidi_ok)
        if bad:
            raise BadValue(
                _("{label} contains a control character (U+{code}) at {place}").format(
                    label=label, code=f"{ord(mark):04X}", place=place
                )
            )
        if "\ud800" <= mark <= "\udfff":
            raise no_text(label, mark)
    return unicodedata.normalize("NFC", text)


def no_text(label: str, mark: str) -> BadValue:
    """The refusal of a byte that is no text, which Python keeps as a lone surrogate."""
    byte = f"0x{ord(mark) & 0xFF:02x}"
    return BadValue(_("{label} is not valid text (byte {byte})").format(label=label, byte=byte))


def _seen(mark: str) -> bool:
    """Whether there is something to see, or to refuse, of a mark that stands alone."""
    if mark.isascii():
        return mark != " "
    unseen = mark in HIDDEN or mark in FILLERS or unicodedata.category(mark) in ("Zs", "Cf", "Mn", "Me")
    return not unseen or mark in BIDI


def check_line(text: str, label: str, limit: int = MAX_LINE, bidi_ok: bool = False) -> str:
    """One line fit to be stored, its outer blanks gone and composed (NFC). Raises BadValue."""
    stripped = text.strip(" \t\u3000\u00a0")
    if 0 < len(stripped) <= limit and stripped.isascii() and stripped.isprintable():  # most of them
        return stripped
    if not any(map(_seen, stripped)):
        raise BadValue(_("{label} is empty").format(label=label))
    return _check(stripped, label, limit, "", bidi_ok)


def check_note(text: str, label: str, limit: int = MAX_NOTE) -> str:
    """A text of several lines; line ends become LF. Raises BadValue."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise BadValue(_("{label} is empty").format(label=label))
    return _check(text, label, limit, "\n\t", True)


@cache
def _driving() -> re.Pattern[str]:
    """What could drive a terminal or mislead a reader: controls, C1, bidi and zero-width marks, lone surrogates."""
    marks = "".join(map(re.escape, sorted(BIDI | HIDDEN)))
    return re.compile(f"[\x00-\x1f\x7f-\x9f{marks}\ud800-\udfff]")


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clean(text: str) -> str:
    """The gate to a terminal: one line in which nothing acts; what would is shown as \\x1b or \\u202e."""
    return _driving().sub(_visible, text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))


def clean_lines(text: str) -> str:
    """As `clean`, with the line ends kept."""
    return "\n".join(clean(line) for line in text.split("\n"))


def name_key(text: str) -> str:
    """What names are compared and searched by: NFKC, case folded, blanks folded to one."""
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def spellings(counted: Iterable[tuple[str, int]]) -> dict[str, str]:
    """How to write each name, by its name_key: as most of its records write it; of two as frequent a plain one, not a full-width one."""
    spelled: dict[str, dict[str, int]] = {}
    for name, n in counted:
        mine = spelled.setdefault(name_key(name), {})
        mine[name] = mine.get(name, 0) + n
    return {
        key: max(mine, key=lambda name: (mine[name], unicodedata.is_normalized("NFKC", name), name))
        for key, mine in spelled.items()
    }


def fold_punct(text: str) -> str:
    """Full-width punctuation to the plain one; digits and letters stay as they are."""
    return text.translate(_PUNCT)


_PUNCT = {0xFF01 + i: 0x21 + i for i in range(94) if not chr(0x21 + i).isalnum()} | {
    0x3000: 0x20,
    0x3002: 0x2E,
    0xFFE5: 0xA5,
    0x2014: 0x2D,
    0x2013: 0x2D,
    0x3001: 0x2C,
}


def has_fullwidth_digits(text: str) -> bool:
    """Whether a digit is not one of 0-9."""
    return any(mark.isdigit() and not mark.isascii() for mark in text)


def check_email(text: str) -> str:
    """An address of the shape name@host.tld, or several of them split by ; or ,. Raises BadValue."""
    for one in re.split(r"[;,；，]\s*", text):
        if not re.fullmatch(r"[^\s@,;<>\"()]{1,64}@[^\s@,;<>\"()]+\.[^\s@,;<>\"().]{2,}", one.strip()):
            raise BadValue(_("{text} is not a mail address").format(text=clean(crop(one, 60))))
    return text


def check_phone(text: str) -> str:
    """A telephone number, kept as it is written. Raises BadValue for what a spreadsheet has spoiled."""
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+", text) or re.fullmatch(r"\d{7,}\.0+", text):
        raise BadValue(_("{text} looks like a number spoiled by a spreadsheet").format(text=text))
    if not any(mark.isdigit() for mark in text):
        raise BadValue(_("{text} is not a phone number").format(text=clean(crop(text, 60))))
    return text


def phone_key(text: str) -> str:
    """The digits of a number, without the country code of China; two spellings of one number are equal."""
    digits = "".join(mark for mark in text if mark.isascii() and mark.isdigit())
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 10:
            return digits[len(prefix) :]
    return digits


def check_url(text: str) -> str:
    """A web address; without a scheme as people write it. Raises BadValue for other schemes than http."""
    if not re.fullmatch(r"(?:https?://)?[^\s/:@<>\"]+\.[^\s<>\"]{2,}", text, re.IGNORECASE):
        raise BadValue(_("{text} is not a web address").format(text=clean(crop(text, 60))))
    return text


def check_zone(text: str) -> str:
    """A time zone by its IANA name. Raises BadValue for abbreviations, which mean several zones."""
    import zoneinfo

    wrong = BadValue(_("{text} is no time zone").format(text=clean(text)), _zone_hint())
    if "/" not in text and text != "UTC":
        raise wrong
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong from error
    return text


def _zone_hint() -> str:
    return _("use a zone name such as Asia/Shanghai")


@cache
def _initials_table() -> dict[str, str]:
    import os

    path = os.path.join(os.path.dirname(__file__), "data", "initials.txt")
    table: dict[str, str] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            letter, _blank, marks = line.rstrip("\n").partition(" ")
            table.update(dict.fromkeys(marks, letter))
    return table


def initials(text: str) -> str:
    """The first letters people type for a name: "华东机电" -> "hdjd", "Anna Keller" -> "ak"."""
    if text.isascii():
        return "".join(word[0] for word in re.findall(r"[a-z]+|\d+", text.lower()))
    table = _initials_table()
    found: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d|[^\x00-\x7f]", text):
        letter = part[0].lower() if part[0].isascii() else table.get(part, "")
        found.append(letter)
    return "".join(found)


def width(text: str) -> int:
    """Columns on a terminal: two for wide marks, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_mark_width(mark) for mark in text)


def _mark_width(mark: str) -> int:
    if mark in "\u200d\ufe0f" or unicodedata.combining(mark):
        return 0
    return 2 if unicodedata.east_asian_width(mark) in "WF" else 1


def crop(text: str, columns: int, mark: str = "…") -> str:
    """At most so many columns; what is cut off is said by `mark`."""
    if width(text) <= columns:
        return text
    room, kept = columns - width(mark), ""
    for letter in text:
        room -= _mark_width(letter)
        if room < 0:
            break
        kept += letter
    return (kept.rstrip() + mark) if columns >= width(mark) else ""


def pad(text: str, columns: int, align: str = "l") -> str:
    """Filled with blanks to so many columns, at the right ("l") or at the left ("r")."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if align == "r" else text + blanks


def wrap(text: str, room: int) -> list[str]:
    """Lines of at most so many columns, broken at blanks or between Chinese marks."""
    lines, current = [], ""
    for word in _breakable(text):
        if width(current) + width(word.rstrip()) > room and current:
            lines.append(current.rstrip())
            current = word.lstrip()
        else:
            current += word
    return [*lines, current.rstrip()] if current.strip() else lines


def _breakable(text: str) -> Iterator[str]:
    word = ""
    for mark in text:
        word += mark
        if mark == " " or width(mark) == 2:
            yield word
            word = ""
    if word:
        yield word
