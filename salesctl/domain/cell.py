"""Rows that belong to a record, as one cell of an export that an import reads back without loss."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from salesctl.domain.kinds import repr_text
from salesctl.domain.rate import FULL
from salesctl.errors import BadValue
from salesctl.i18n import _

# key of the column -> the names of its values, in their order; money in minor units, rates in millionths
ROWS = {
    "answers": ("need", "answer"),
    "payments": ("kind", "due", "received_on", "amount", "amount_currency", "note"),
    "attachments": ("name", "sha256", "bytes"),
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
        listed = json.loads(text)
        found = [{name: row[name] for name in ROWS[key]} for row in listed]
        if not isinstance(listed, list) or not all(_sound(row, key) for row in found):
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
    if key == "attachments":
        named = isinstance(row["name"], str) and check_line(row["name"], key) == row["name"]
        return named and bool(re.fullmatch(r"[0-9a-f]{64}", str(row["sha256"]))) and _count(row["bytes"])
    if key == "payments":
        return _payment(row)
    named = isinstance(row["product_ref"], str) and check_line(row["product"], key) == row["product"]
    counts = _count(row["quantity"], 1) and _count(row["price"]) and _count(row["net"]) and _count(row["tax"])
    agreed = row["agreed"] is None or _count(row["agreed"])
    return named and counts and agreed and _count(row["discount"]) and row["discount"] <= FULL >= row["tax"]


def _payment(row: Mapping[str, Any]) -> bool:
    """A payment has the one day that its kind has, and an amount."""
    from salesctl.money import currency
    from salesctl.text import check_note

    days = {"due": row["due"], "received": row["received_on"]}
    day = date.fromisoformat(str(days.pop(row["kind"])))
    noted = row["note"] is None or check_note(str(row["note"]), "payments") == row["note"]
    known = currency(str(row["amount_currency"])) == row["amount_currency"]
    return noted and days.popitem()[1] is None and 1900 <= day.year <= 2199 and known and _count(row["amount"], 1)


def _count(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < MOST
