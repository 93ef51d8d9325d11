"""Percentages that may have decimals: discounts and taxes, kept in millionths so that they stay exact."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from salesctl.domain.kinds import Kind, Raw, Reading, Slot, repr_text
from salesctl.errors import BadValue
from salesctl.i18n import _

FULL = 1_000_000  # a hundred percent


def parse_rate(text: str, label: str) -> Decimal:
    """A percentage from 0 to 100 with at most four decimals: 4, 4%, 12.5 %. Raises BadValue."""
    plain = text.strip().removesuffix("%").removesuffix("％").strip()
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", plain, re.ASCII) or Decimal(plain) > 100:
        message = _("{label}: {text} is not a percentage from 0 to 100").format(label=label, text=repr_text(text))
        raise BadValue(message, _("as 4% or 12.5%"))
    return tidy(Decimal(plain))


def millionths(value: Decimal) -> int:
    return int(value * 10_000)


def from_millionths(value: int) -> Decimal:
    return tidy(Decimal(value) / 10_000)


def tidy(value: Decimal) -> Decimal:
    """Without the zeros that say nothing, and never as 1E+1."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


class Rate(Kind):
    """A percentage with decimals; its value is a Decimal of percent."""

    name = "rate"
    ordered = True
    align = "r"

    def slots(self, key: str) -> tuple[Slot, ...]:
        return (Slot(key, "BIGINT"),)

    def parse(self, text: str, label: str, at: Reading) -> Decimal:
        return parse_rate(text, label)

    def pack(self, value: Decimal | None) -> tuple[Any, ...]:
        return (None if value is None else millionths(value),)

    def unpack(self, raw: Raw, key: str) -> Decimal | None:
        return None if raw[key] is None else from_millionths(raw[key])

    def span(self, text: str, label: str, at: Reading) -> tuple[int, int]:
        value = millionths(self.parse(text, label, at))
        return value, value + 1


RATE = Rate()
