"""Money: whole minor units and a currency, read and shown as people write it. Never a float.

Laws: a + b and a - b need one currency; Money.of(m.text, m.currency) == m; sum(split(m, shares)) == m.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from salesctl.errors import BadValue
from salesctl.i18n import _

# ISO 4217: the active currencies; what is not in the second and third has two decimals.
CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD "
    "UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
MILLS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "KRW": "₩",
    "INR": "₹",
}
WORDS = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "￥": "CNY",
    "¥": "CNY",
    "₩": "KRW",
    "₹": "INR",
    "hk$": "HKD",
    "nt$": "TWD",
    "us$": "USD",
    "人民币": "CNY",
    "元": "CNY",
    "块": "CNY",
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "日元": "JPY",
    "英镑": "GBP",
    "港币": "HKD",
    "港元": "HKD",
}
SCALES = {"": 0, "k": 3, "千": 3, "w": 4, "万": 4, "m": 6, "百万": 6, "千万": 7, "亿": 8, "b": 9, "bn": 9, "mio": 6}
GROUPS = r"[1-9][0-9]{0,2}\.[0-9]{3}"  # a point where some people group thousands
LARGEST = 10**13  # major units
MEANT = {"RMB": "CNY", "CNH": "CNY", "YUAN": "CNY", "NTD": "TWD", "STG": "GBP", "UKP": "GBP", "EURO": "EUR"}


@cache
def _codes() -> frozenset[str]:
    return frozenset(CODES.split())


def decimals(currency: str) -> int:
    """How many decimals a currency has: 0, 2 or 3."""
    return 0 if currency in WHOLE else 3 if currency in MILLS else 2


class Money:
    """`minor` whole units of the smallest coin, and the ISO code of the currency; a value, never changed."""

    __slots__ = ("currency", "minor")

    def __init__(self, minor: int, currency: str) -> None:
        self.minor = minor
        self.currency = currency

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and (self.minor, self.currency) == (other.minor, other.currency)

    def __hash__(self) -> int:
        return hash((self.minor, self.currency))

    def __repr__(self) -> str:
        return f"Money({self.minor}, {self.currency!r})"

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Money from plain digits such as "1200.50"; the exact inverse of `text`."""
        places = decimals(currency)
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        whole, _dot, part = digits.partition(".")
        return cls(sign * int(whole + part.ljust(places, "0")[:places] or "0"), currency)

    @property
    def text(self) -> str:
        """Plain digits with all decimals of the currency: "1200.50"."""
        places = decimals(self.currency)
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)


def currency(code: str) -> str:
    """The ISO code that a word means, in any case. Raises BadValue, with what was probably meant."""
    word = code.strip()
    known = WORDS.get(word.lower(), word.upper())
    if known in _codes():
        return known
    meant = MEANT.get(known)
    hint = (
        _("did you mean {code}?").format(code=meant) if meant else _("use a code of three letters such as CNY or USD")
    )
    from salesctl.text import clean, crop

    raise BadValue(_("unknown currency {code}").format(code=clean(crop(word, 20))), hint)


@cache
def _shape() -> re.Pattern[str]:
    unit = r"[a-z]{2,4}\$?|[a-z]{0,2}[$€£¥₩₹]|人民币|美元|美金|欧元|日元|英镑|港币|港元|元|块"
    scale = "百万|千万|千|万|亿|mio|bn|[kmbw]"
    return re.compile(
        rf"(?P<sign>-)?\s*(?P<before>{unit})?\s*(?P<sign2>-)?(?P<number>[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)"
        rf"\s*(?:(?P<scale>{scale})(?![a-z]))?\s*(?P<after>{unit})?(?:整)?",
        re.IGNORECASE,
    )


def _shown(text: str) -> str:
    from salesctl.text import clean, crop

    return f'"{clean(crop(text, 40))}"'


def parse_amount(text: str, default: str, allow_negative: bool = False, written: bool = False) -> Money:
    """Money as it is typed: 120k, 1.2m, 12万, 3400usd, ¥3,400, 480000元; `default` is the currency of a bare number.

    Raises BadValue for everything that is no amount, or not certainly one: 48.000 is 48 for some people and 48000 for
    others, but 48 where a program has `written` it.
    """
    from salesctl.text import fold_punct, has_fullwidth_digits

    if len(text) > 32 and len(text.strip()) > 32:
        raise BadValue(_("{text} is not an amount").format(text=_shown(text)))
    if has_fullwidth_digits(text):
        raise BadValue(_("{text} is not an amount").format(text=_shown(text)), _plain_digits(text))
    folded = fold_punct(text.strip())
    match = _shape().fullmatch(folded)
    if match is None:
        raise _no_amount(folded)
    unit = _unit(match, default)
    _check_marks(match["number"])
    if not (written or match["scale"] or decimals(unit) == 3) and re.fullmatch(GROUPS, match["number"]):
        raise _ambiguous(folded, match["number"].replace(".", ""))
    minor = _minor(match["number"].replace(",", ""), SCALES[(match["scale"] or "").lower()], unit, folded)
    if match["sign"] or match["sign2"]:
        minor = -minor
    if minor < 0 and not allow_negative:
        raise BadValue(_("{text} is negative").format(text=_shown(text)))
    return Money(minor, unit)


def _plain_digits(text: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKC", text)
    return _("write {plain}").format(plain=plain) if plain.isascii() else _("write it with the digits 0-9")


def _no_amount(text: str) -> BadValue:
    if re.fullmatch(r"\D{0,4}[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?\D{0,4}", text):
        whole, _comma, part = text.partition(",")
        plain = whole.replace(".", "") + (f".{part}" if part else "")
        return _ambiguous(text, plain)
    return BadValue(_("{text} is not an amount").format(text=_shown(text)), _("as 48000, 120k, 12万 or 3400usd"))


def _ambiguous(text: str, plain: str) -> BadValue:
    return BadValue(_("{text} is ambiguous").format(text=_shown(text)), _("write {plain}").format(plain=plain))


def _unit(match: re.Match[str], default: str) -> str:
    words = [word for word in (match["before"], match["after"]) if word]
    units = {_unit_word(word, default) for word in words}
    if len(units) > 1:
        raise BadValue(_("{text} names two currencies").format(text=_shown(match.group())))
    return units.pop() if units else default


def _unit_word(word: str, default: str) -> str:
    if word in ("¥", "￥") and default == "JPY":
        return "JPY"
    return currency(word)


def _check_marks(number: str) -> None:
    """Commas only between groups of three, so that 12,34 and 1,2345 are no amounts."""
    whole, _dot, part = number.partition(".")
    if "," in number and ("," in part or not re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", whole)):
        plain = number.replace(",", ".", 1) if number.count(",") == 1 and "." not in number else number.replace(",", "")
        raise BadValue(_("{text} is not an amount").format(text=_shown(number)), _("write {plain}").format(plain=plain))


def _minor(number: str, scale: int, unit: str, text: str) -> int:
    whole, _dot, part = number.partition(".")
    part = part.rstrip("0")
    places = scale + decimals(unit)
    if len(part) > places:
        raise BadValue(
            _("{unit} has {n} decimals, {text} has more").format(unit=unit, n=decimals(unit), text=_shown(text))
        )
    minor = int((whole or "0") + part.ljust(places, "0"))
    if minor > LARGEST * 10 ** decimals(unit):
        raise BadValue(_("{text} is larger than the largest amount").format(text=_shown(text)))
    return minor


def parse_count(text: str, label: str) -> int:
    """A whole number from 0 to 10^12. Raises BadValue."""
    plain = text.strip()
    if not re.fullmatch(r"\+?[0-9]{1,13}", plain, re.ASCII):
        raise BadValue(_("{label}: {text} is not a whole number").format(label=label, text=_shown(text)))
    if int(plain) > 10**12:
        raise BadValue(_("{label}: {text} is too large").format(label=label, text=_shown(text)))
    return int(plain)


def parse_percent(text: str, label: str) -> int:
    """A whole percentage from 0 to 100, with or without its mark. Raises BadValue."""
    plain = text.strip().removesuffix("%").removesuffix("％").strip()
    if not re.fullmatch(r"[0-9]{1,3}", plain, re.ASCII) or int(plain) > 100:
        raise BadValue(_("{label}: {text} is not a percentage from 0 to 100").format(label=label, text=_shown(text)))
    return int(plain)


def symbol(code: str) -> str:
    """The sign before an amount: "¥", "€", "CHF "."""
    return SYMBOLS.get(code, f"{code} ")


def exact(money: Money, lang: str = "en") -> str:
    """Every digit that says something: "¥480,000", "¥1,200.50", "CHF 1,200"."""
    text = money.text.lstrip("-")
    whole, _dot, part = text.partition(".")
    grouped = f"{int(whole):,}" + (f".{part}" if part.strip("0") else "")
    return ("-" if money.minor < 0 else "") + symbol(money.currency) + grouped


def fixed(money: Money) -> str:
    """Every decimal of the currency and no sign of it, for a column of amounts: "1,200.50", "480,000.00"."""
    whole, dot, part = money.text.lstrip("-").partition(".")
    return ("-" if money.minor < 0 else "") + f"{int(whole):,}{dot}{part}"


def short(money: Money, lang: str = "en", *, sign: bool = True) -> str:
    """Three digits for a table: "48万", "1.2亿" in Chinese, "€548k", "$1.2m" otherwise."""
    base = 10 ** decimals(money.currency)
    steps = ((8, "亿"), (4, "万")) if lang == "zh" else ((9, "b"), (6, "m"), (3, "k"))
    minor = abs(money.minor)
    shown = ""
    for power, unit in steps:
        unit_minor = base * 10**power
        if _three(minor, unit_minor) is not None:
            shown = f"{_three(minor, unit_minor)}{unit}"
            break
    if not shown:
        shown = f"{_half_even(minor, base):,}"
    mark = "-" if money.minor < 0 else ""
    prefix = symbol(money.currency) if sign and (lang != "zh" or money.currency != "CNY") else ""
    return f"{mark}{prefix}{shown}"


def _three(minor: int, unit: int) -> str | None:
    """minor / unit with three digits, or None when it is less than one unit."""
    if minor < unit:
        return None
    for places in (2, 1, 0):
        scaled = _half_even(minor * 10**places, unit)
        if scaled < 1000 or places == 0:
            text = f"{scaled:,}" if places == 0 else f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"
            return text.rstrip("0").rstrip(".") if "." in text else text
    return None


def _half_even(top: int, bottom: int) -> int:
    whole, rest = divmod(top, bottom)
    return whole + (2 * rest > bottom or (2 * rest == bottom and whole % 2 == 1))


def split(money: Money, shares: Sequence[int]) -> list[Money]:
    """Parts in the proportion of whole `shares` that add up to the whole; the largest remainders get the odd units."""
    total = sum(shares)
    if total <= 0:
        raise ValueError("shares must add up to more than nothing")
    floors = [money.minor * share // total for share in shares]
    remainders = [(-(money.minor * share % total), place) for place, share in enumerate(shares)]
    for _remainder, place in sorted(remainders)[: money.minor - sum(floors)]:
        floors[place] += 1
    return [Money(minor, money.currency) for minor in floors]
