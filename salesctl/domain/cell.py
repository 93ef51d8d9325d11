"""Rows that belong to a record, as one cell of an export that an import reads back without loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salesctl.domain.kinds import repr_text
from salesctl.domain.rate import FULL
from salesctl.errors import BadValue
from salesctl.i18n import _

# key of the column -> the names of its values, in their order; money in minor units, rates in millionths
ROWS = {
    "answers": ("need", "answer"),
    "lines": ("product", "product_ref", "quantity", "price", "discount", "agreed", "tax", "net"),
}
MOST = 2**62


def text_of(rows: Sequence[Mapping[str, Any]], key: str) -> str | None:
    """Rows as the text of one cell; None where there are none."""
    import json

    told = [{name: row[name] for name in ROWS[key]} for row in rows]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else None


def rows_of(text: str, key: str) -> list[dict[str, Any]]:
    """The rows that a cell holds. Raises BadValue for what is none of ours."""
    import json

    try:
        found = [{name: row[name] for name in ROWS[key]} for row in json.loads(text)]
        if not all(_sound(row, key) for row in found):
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadValue(_("{text} is not as an export writes it").format(text=repr_text(text))) from error
    return found


def _sound(row: Mapping[str, Any], key: str) -> bool:
    """Whether a row holds what the table of its sort may."""
    from salesctl.text import check_line

    if key == "answers":
        answer = row["answer"]
        return isinstance(row["need"], str) and (answer is None or check_line(answer, key, limit=2000) == answer)
    named = isinstance(row["product_ref"], str) and check_line(row["product"], key) == row["product"]
    counts = _count(row["quantity"], 1) and _count(row["price"]) and _count(row["net"]) and _count(row["tax"])
    agreed = row["agreed"] is None or _count(row["agreed"])
    return named and counts and agreed and _count(row["discount"]) and row["discount"] <= FULL >= row["tax"]


def _count(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < MOST
