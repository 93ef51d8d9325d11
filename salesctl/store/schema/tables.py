"""Every table of the store. `TABLES` is in the order that references need."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, text
from sqlmodel import SQLModel

from salesctl.domain.exchange import Factor
from salesctl.domain.kinds import Amount, Percent, Whole
from salesctl.domain.noun import Noun
from salesctl.domain.nouns import NOUNS
from salesctl.domain.rate import FULL, Rate
from salesctl.store.schema.base import METADATA, among, column, identity, key, make
from salesctl.store.schema.numbers import numbers_tables
from salesctl.store.schema.process import process_tables

# Columns a noun's table has beside its declared fields: (name, kind), kept by the rules, never typed.
EXTRA: dict[str, tuple[tuple[str, str], ...]] = {
    "deal": (("stage_at", "INSTANT"), ("touched_at", "INSTANT"), ("reopened_at", "INSTANT"), ("next_due", "DATE")),
    "followup": (("occurrence", "BIGINT"), ("closed_by_id", "BIGINT")),
    "lead": (("touched_at", "INSTANT"), ("owned_at", "INSTANT")),
    "customer": (
        ("merged_into_id", "BIGINT"),
        ("erased_at", "INSTANT"),
        ("owned_at", "INSTANT"),
        ("touched_at", "INSTANT"),
    ),
    "contact": (("erased_at", "INSTANT"),),
}
OPEN = "outcome IS NULL AND archived_at IS NULL"
CLOSED = "outcome IS NOT NULL AND archived_at IS NULL"
WAITING = "done_at IS NULL AND archived_at IS NULL"


UNASKED = (("rep", "deputy_id"),)  # references that no query starts from


def _rules(noun: Noun) -> list[Any]:
    rules: list[Any] = []
    for field in noun.fields:
        for slot in field.slots:
            if slot.among:
                rules.append(among(slot.name, slot.among))
        if isinstance(field.kind, Percent):
            rules.append(CheckConstraint(f"{field.key} BETWEEN 0 AND 100", name=field.key))
        elif isinstance(field.kind, Rate):
            rules.append(CheckConstraint(f"{field.key} BETWEEN 0 AND {FULL}", name=field.key))
        elif isinstance(field.kind, Factor):
            rules.append(CheckConstraint(f"{field.key} > 0", name=field.key))
        elif isinstance(field.kind, Whole | Amount):
            rules.append(CheckConstraint(f"{field.key} >= 0", name=field.key))
        if isinstance(field.kind, Amount):
            pair = f"({field.key} IS NULL) = ({field.key}_currency IS NULL)"
            rules.append(CheckConstraint(pair, name=f"{field.key}_pair"))
    return rules


def _indexes(noun: Noun) -> list[Index]:
    name = noun.name
    found = [
        Index(f"{name}_name_key_ix", "name_key"),
        Index(
            f"{name}_external_uq",
            "source",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
    ]
    if noun.unique:
        found.append(_partial(f"{name}_one_uq", "archived_at IS NULL", *noun.unique, unique=True))
    for field in noun.fields:
        for slot in field.slots:
            if slot.target and name not in ("stage", "team") and (name, slot.name) not in UNASKED:
                found.append(Index(f"{name}_{slot.name}_ix", slot.name))
    return found + _own_indexes(name)


def _partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def _own_indexes(name: str) -> list[Index]:
    if name == "deal":
        return [
            _partial(
                "deal_open_ix",
                OPEN,
                "stage_id",
                "owner_id",
                "expected_close",
                "amount",
                "amount_currency",
                "probability",
                "probability_source",
                "touched_at",
                "next_due",
                "outcome",
                "archived_at",
            ),
            _partial("deal_closed_ix", CLOSED, "closed", "outcome", "owner_id", "amount", "amount_currency", "created"),
            _partial("deal_created_ix", "archived_at IS NULL", "created", "owner_id"),
        ]
    if name == "task":
        return [_partial("task_open_ix", "state = 'open' AND archived_at IS NULL", "due", "owner_id", "deal_id")]
    if name == "lead":
        return [
            _partial("lead_live_ix", "status IN ('new', 'qualified') AND archived_at IS NULL", "owner_id", "created"),
            _partial("lead_created_ix", "archived_at IS NULL", "created", "owner_id"),
        ]
    if name == "quote":
        valid = "status IN ('waiting', 'approved', 'sent') AND archived_at IS NULL"
        return [_partial("quote_valid_ix", valid, "valid_until", "owner_id")]
    if name == "approval":
        return [_partial("approval_waiting_ix", "state = 'waiting' AND archived_at IS NULL", "waits_for_id")]
    if name == "contract":
        live = "IS NOT NULL AND archived_at IS NULL"
        return [
            _partial("contract_act_ix", f"act_on {live}", "act_on"),
            _partial("contract_next_due_ix", f"next_due {live}", "next_due"),
        ]
    if name == "followup":
        return [
            _partial("followup_waiting_ix", WAITING, "deal_id", "due"),
            _partial("followup_due_ix", WAITING, "due", "due_time", "owner_id", "deal_id"),
            _partial("followup_done_ix", "done_at IS NOT NULL AND archived_at IS NULL", "done_at", "type", "owner_id"),
            _partial(
                "followup_purpose_uq",
                f"{WAITING} AND purpose IS NOT NULL AND deal_id IS NOT NULL",
                "deal_id",
                "purpose",
                unique=True,
            ),
        ]
    return []


def _noun_table(noun: Noun) -> type[SQLModel]:
    columns = identity()
    columns += [column("source", "TEXT"), column("external_id", "TEXT"), column("name_key", "TEXT", empty=False)]
    columns.append(column("initials", "TEXT"))
    made: list[str] = []
    for field in noun.fields:
        for slot in field.slots:
            target = slot.target if slot.target in (*NOUNS_SO_FAR, noun.name) else ""
            columns.append(column(slot.name, slot.sort, target=target, empty=not field.required))
            made.append(slot.name)
    columns += [column(name, sort) for name, sort in EXTRA.get(noun.name, ())]
    NOUNS_SO_FAR.append(noun.name)
    return make(noun.name, columns, *_rules(noun), *_indexes(noun))


def _log() -> list[type[SQLModel]]:
    """What the store says of itself, and its change log."""
    return [
        make("meta", [Column("key", Text(), primary_key=True), column("value", "TEXT")]),
        make(
            "operation",
            [
                key(),
                Column("uid", Text(), nullable=False, unique=True),
                column("command", "TEXT", empty=False),
                column("actor", "TEXT"),
                column("at", "INSTANT", empty=False),
                column("undoes", "BIGINT", target="operation"),
            ],
            Index("operation_undoes_ix", "undoes"),
        ),
        make(
            "change",
            [
                key(),
                column("operation_id", "BIGINT", target="operation", empty=False),
                column("noun", "TEXT", empty=False),
                column("record_id", "BIGINT"),
                column("record_key", "TEXT"),
                column("action", "TEXT", empty=False),
                column("before", "TEXT"),
                column("after", "TEXT"),
                column("text_digest", "TEXT"),
                column("hash", "TEXT", empty=False),
            ],
            among("action", ("insert", "update", "delete", "block", "unblock")),
            Index("change_record_ix", "noun", "record_id"),
            Index("change_operation_ix", "operation_id"),
        ),
        make(
            "change_text",
            [
                Column("change_id", BigInteger(), primary_key=True, autoincrement=False),
                column("salt", "TEXT", empty=False),
                column("before", "TEXT"),
                column("after", "TEXT"),
            ],
        ),
    ]


def _life() -> list[type[SQLModel]]:
    """What belongs to deals and goals."""
    return [
        make(
            "deal_line",
            _line(),
            Index("deal_line_deal_ix", "deal_id"),
            Index("deal_line_product_ix", "product_id"),
            CheckConstraint("quantity > 0", name="quantity"),
        ),
        make("deal_event", _event(), Index("deal_event_deal_ix", "deal_id"), Index("deal_event_at_ix", "at")),
        make(
            "deal_span",
            _span(),
            Index("deal_span_deal_ix", "deal_id"),
        ),
        make(
            "goal_level",
            [
                key(),
                column("goal_id", "BIGINT", target="goal", empty=False),
                column("name", "TEXT", empty=False),
                column("target", "BIGINT", empty=False),
            ],
            Index("goal_level_goal_ix", "goal_id"),
        ),
    ]


def _learned() -> list[type[SQLModel]]:
    """What imports and settings keep."""
    return [
        make(
            "apart",
            [
                key(),
                column("noun", "TEXT", empty=False),
                column("first_id", "BIGINT", empty=False),
                column("second_id", "BIGINT", empty=False),
            ],
            Index("apart_pair_uq", "noun", "first_id", "second_id", unique=True),
        ),
        make(
            "alias",
            [
                key(),
                column("noun", "TEXT", empty=False),
                column("alias_key", "TEXT", empty=False),
                column("alias", "TEXT", empty=False),
                column("record_id", "BIGINT", empty=False),
            ],
            Index("alias_key_uq", "noun", "alias_key", unique=True),
        ),
        make(
            "unmatched",
            [
                key(),
                column("noun", "TEXT", empty=False),
                column("record_id", "BIGINT", empty=False),
                column("field", "TEXT", empty=False),
                column("value", "TEXT", empty=False),
                column("value_key", "TEXT", empty=False),
            ],
            Index("unmatched_value_ix", "field", "value_key"),
            Index("unmatched_record_ix", "noun", "record_id"),
        ),
        make(
            "batch",
            [
                key(),
                column("digest", "TEXT", empty=False),
                column("operation_id", "BIGINT", target="operation", empty=False),
                column("rows_json", "TEXT", empty=False),
            ],
            Index("batch_digest_ix", "digest"),
        ),
        make(
            "day_off",
            [
                Column("day", column("day", "DATE").type, primary_key=True),
                column("working", "BIGINT", empty=False),
                column("name", "TEXT"),
            ],
            CheckConstraint("working IN (0, 1)", name="working"),
        ),
    ]


def _line() -> list[Column[Any]]:
    return [
        key(),
        column("deal_id", "BIGINT", target="deal", empty=False),
        column("product_id", "BIGINT", target="product"),
        column("product_text", "TEXT"),
        column("quantity", "BIGINT", empty=False),
        column("amount", "BIGINT"),
        column("amount_currency", "TEXT"),
    ]


def _state() -> list[Column[Any]]:
    from salesctl.domain.deal import STATE

    slots = {slot.name: slot for slot in NOUNS["deal"].slots()}
    return [column(name, slots[name].sort, target=slots[name].target) for name in STATE]


def _event() -> list[Column[Any]]:
    return [
        key(),
        column("deal_id", "BIGINT", target="deal", empty=False),
        column("operation_id", "BIGINT", target="operation", empty=False),
        column("kind", "TEXT", empty=False),
        column("at", "INSTANT"),
        column("recorded_at", "INSTANT", empty=False),
        column("voided_at", "INSTANT"),
        column("reason", "TEXT"),
        *_state(),
    ]


def _span() -> list[Column[Any]]:
    return [
        key(),
        column("deal_id", "BIGINT", target="deal", empty=False),
        column("from_at", "INSTANT", empty=False),
        column("until_at", "INSTANT", empty=False),
        *_state(),
    ]


NOUNS_SO_FAR: list[str] = []
TABLES: list[type[SQLModel]] = [
    *(_noun_table(noun) for noun in NOUNS.values()),
    *_log(),
    *_life(),
    *_learned(),
    *process_tables(),
    *numbers_tables(),
]

__all__ = ["METADATA", "TABLES"]
