"""A value as each format writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from salesctl.output.views import Column, Row
from salesctl.text import clean


def plain(value: Any) -> str:
    """For TSV and CSV: raw, exact, ISO."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if hasattr(value, "minor"):
        return str(value.text)
    if hasattr(value, "bottom"):
        return plain(ratio(value))
    if isinstance(value, list | tuple):
        return ",".join(plain(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(plain(one) for one in value.values() if one is not None)
    return _digits(value)


def _digits(value: Any) -> str:
    """A number as people write it; a Decimal never as 1E-9."""
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def ratio(value: Any) -> float | None:
    """A Ratio as a number 0..1 with six decimals, None without a bottom."""
    return None if value.value is None else round(value.value, 6)


def human(value: Any, column: Column, lang: str) -> str:
    """For people: short money, clean text, words for nothing."""
    if column.show is not None:
        return clean(column.show(value)) if value is not None else ""
    if value is None:
        return ""
    if hasattr(value, "minor"):
        from salesctl.money import short

        return short(value, lang)
    if hasattr(value, "bottom"):
        return "" if value.value is None else f"{value.value:.0%}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if column.align == "r" else str(value)
    return clean(plain(value))


def jsonable(value: Any) -> Any:
    """Values as JSON has them: money as an object, dates as ISO text, null for a number that is none."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if hasattr(value, "minor"):
        return {"amount": value.text, "currency": value.currency}
    if hasattr(value, "bottom"):
        return ratio(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(one) for key, one in value.items()}
    if isinstance(value, Sequence | Iterable):
        return [jsonable(one) for one in value]
    return _digits(value)


def cells(row: Row, columns: Sequence[Column]) -> list[Any]:
    """The plain cells of a row; money takes two, its exact digits and its currency, a span three with its days."""
    found: list[Any] = []
    for column in columns:
        value = row.get(column.key)
        if column.kind == "money":
            is_money = hasattr(value, "minor")
            found += [value, value.currency if is_money and value is not None else None]
        elif column.kind == "span":
            found += [value[key] if value else None for key in ("label", "start", "end")]
        else:
            found.append(value)
    return found


BESIDE = {"money": ("currency",), "span": ("start", "end")}  # the further columns of a kind


def headers(columns: Sequence[Column]) -> list[str]:
    """The keys of the cells."""
    return [key for one in columns for key in (one.key, *(f"{one.key}_{more}" for more in BESIDE.get(one.kind, ())))]
