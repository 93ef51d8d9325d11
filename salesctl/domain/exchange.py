"""Exchange rates: what one unit of a currency is worth in another from a day on, until the next rate.

A rate is an exact decimal, kept as whole billionths: 7.1 is 7,100,000,000.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesctl.domain.kinds import DATE, NOTE, Kind, Raw, Reading, Slot, repr_text
from salesctl.domain.noun import Field, Noun
from salesctl.domain.rate import tidy
from salesctl.errors import BadValue
from salesctl.i18n import N_, _

if TYPE_CHECKING:
    from fractions import Fraction

BILLION = 1_000_000_000
PLACES = 9


class Code(Kind):
    """A currency, by its ISO code."""

    name = "currency"

    def parse(self, text: str, label: str, at: Reading) -> str:
        from salesctl.money import currency

        return currency(text)


class Factor(Kind):
    """An exchange rate; its value is a Decimal."""

    name = "factor"
    ordered = True
    align = "r"

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "BIGINT"),)

    def parse(self, text: str, label: str, at: Reading) -> Decimal:
        return parse_factor(text, label)

    def pack(self, value: Decimal | None) -> tuple[Any, ...]:
        return (None if value is None else int(value * BILLION),)

    def unpack(self, raw: Raw, key: str) -> Decimal | None:
        return None if raw[key] is None else from_billionths(raw[key])

    def text(self, value: Decimal | None) -> str:
        return "" if value is None else f"{value:f}"

    def span(self, text: str, label: str, at: Reading) -> tuple[int, int]:
        value = int(self.parse(text, label, at) * BILLION)
        return value, value + 1


def parse_factor(text: str, label: str) -> Decimal:
    """A rate above nothing, at most a billion, with at most nine decimals: 7.1, 0.00625. Raises BadValue."""
    plain = text.strip()
    shape = re.fullmatch(r"([0-9]{1,10})(?:\.([0-9]{1,30}))?", plain, re.ASCII) if len(plain) <= 40 else None
    if shape is None:
        message = _("{label}: {text} is not a rate").format(label=label, text=repr_text(text))
        raise BadValue(message, _("as 7.1: what one unit is worth"))
    if len((shape[2] or "").rstrip("0")) > PLACES:
        message = _("{label}: {text} has more than nine decimals").format(label=label, text=repr_text(text))
        raise BadValue(message, _("the rate the other way round does it too: --base"))
    value = Decimal(plain)
    if not value or value > BILLION:
        raise BadValue(_("{label}: {text} is no rate from 0.000000001 to a billion").format(label=label, text=plain))
    return tidy(value)


def from_billionths(value: int) -> Decimal:
    return tidy(Decimal(value).scaleb(-PLACES))


def scale(currency: str, base: str, rate: int) -> Fraction:
    """How many minor units of `base` one minor unit of `currency` is, by a rate in billionths."""
    from fractions import Fraction

    from salesctl.money import decimals

    return Fraction(rate * 10 ** decimals(base), BILLION * 10 ** decimals(currency))


CODE = Code()
FACTOR = Factor()
RATE = Noun(
    "rate",
    "RT",
    fields=(
        Field("currency", CODE, N_("Currency"), ("币种", "货币", "外币", "code", "from"), required=True, screen=True),
        Field("base", CODE, N_("Base currency"), ("本币", "本位币", "基准货币", "目标货币", "base_currency", "to"), required=True,
              screen=True),
        Field("day", DATE, N_("From day"), ("日期", "生效日期", "date", "on"), required=True, screen=True),
        Field("rate", FACTOR, N_("Exchange rate"), ("汇率", "中间价", "牌价", "value"), required=True, screen=True),
        Field("note", NOTE, N_("Note"), ("备注", "说明", "notes")),
    ),
    label=N_("Exchange rate"),
    plural=N_("Exchange rates"),
    title="currency",
    words=("汇率", "exchange rate", "fx"),
    similar=True,
    unique=("currency", "base", "day"),
)  # fmt: skip
