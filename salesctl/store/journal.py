"""The change log as it is written: every change of a row, with what it was and what it is, linked into the chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from salesctl.domain.nouns import NOUNS
from salesctl.store import chain

# Rows that are not records: the column that tells them apart, where it is no number.
KEYED = {"meta": "key", "day_off": "day"}
FREE_KINDS = frozenset(("line", "note", "tags", "email", "phone", "url"))
FACT_TEXTS = {
    "deal_line": ("product_text",),
    "deal_event": ("reason", "lost_reason", "competitor", "lost_to"),
    "alias": ("alias", "alias_key"),
    "unmatched": ("value", "value_key"),
    "sop_check": ("reason",),
    "solution_need": ("answer",),
    "approval_step": ("note",),
    "concession": ("asked", "gave", "in_return"),
    "rival": ("name", "name_key", "strength", "weakness"),
    "payment": ("note",),
    "attachment": ("name",),
    "pool_event": ("reason",),
    "period_close": ("note",),
    "forecast_adjust": ("reason",),
    "told": ("what",),
    "saved_report": ("name", "name_key", "body"),
}
PROCESS = ("sop", "sop_check", "solution_need", "quote_line", "approval_step", "concession", "rival", "payment",
           "attachment", "pool_event")  # fmt: skip
NUMBERS = ("period_close", "kpi_snapshot", "forecast_adjust", "calibration", "told", "saved_report")
# Every table whose rows are in the log; the others are derived from these.
LOGGED = (
    *NOUNS,
    "deal_line",
    "deal_event",
    "goal_level",
    "alias",
    "unmatched",
    "batch",
    "apart",
    *PROCESS,
    *NUMBERS,
    *KEYED,
)
_TEXTS: dict[str, frozenset[str]] = {}


def texts_of(table: str) -> frozenset[str]:
    """The columns of a table that hold what people typed freely: kept beside the log, so that they can be erased."""
    if table not in _TEXTS:
        noun = NOUNS.get(table)
        names = (
            {"name_key", "initials", *(one.key for one in noun.fields if one.kind.name in FREE_KINDS)} if noun else ()
        )
        _TEXTS[table] = frozenset(names) | frozenset(FACT_TEXTS.get(table, ()))
    return _TEXTS[table]


def dumps(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def split(table: str, values: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Values of a row as what is chained and what people typed."""
    if values is None:
        return None, None
    texts = texts_of(table)
    typed = {key: value for key, value in values.items() if key in texts}
    return {key: value for key, value in values.items() if key not in texts}, typed or None


class Journal:
    """The end of the chain in an open unit of work, and the rows added to it."""

    def __init__(self, operation: Mapping[str, Any], last: Mapping[str, Any] | None) -> None:
        self.operation = int(operation["id"])
        self.digest = chain.operation_digest(operation)
        self.last = int(last["id"]) if last else 0
        self.hash = str(last["hash"]) if last else ""
        self.count = 0

    @property
    def anchor(self) -> chain.Anchor:
        return chain.Anchor(self.last, self.hash)

    def entry(
        self, table: str, record: int | str | None, action: str, before: Any, after: Any, packed: str | None = None
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """The next row of the log, and the row of its words beside it.

        `packed` are whole rows as text that belong to the words, as they may hold what people typed.
        """
        plain_before, typed_before = split(table, before)
        plain_after, typed_after = split(table, after)
        salt, words = None, None
        if typed_before or typed_after or packed:
            salt = chain.random_hex(8)
            words = {"salt": salt, "before": dumps(typed_before), "after": packed or dumps(typed_after)}
        row: dict[str, Any] = {
            "id": self.last + 1,
            "operation_id": self.operation,
            "noun": table,
            "record_id": record if isinstance(record, int) else None,
            "record_key": record if isinstance(record, str) else None,
            "action": action,
            "before": dumps(plain_before),
            "after": dumps(plain_after),
            "text_digest": chain.text_digest(words["salt"] or "", words["before"], words["after"]) if words else None,
        }
        row["hash"] = self.hash = chain.link(self.hash, self.digest, row)
        self.last += 1
        self.count += 1
        return row, {"change_id": row["id"], **words} if words else None
