"""The tables of the sales process: SOP versions and checks, quote lines, decisions, concessions, payments, the pool."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

from salesctl.store.schema.base import among, column, key, make, must


def process_tables() -> list[type[SQLModel]]:
    """In the order that references need."""
    return [*_sop(), *_quotes(), *_bargain(), *_contracts(), *_pool()]


def _money(name: str) -> list[Any]:
    return [column(name, "BIGINT"), column(f"{name}_currency", "TEXT")]


def _sop() -> list[type[SQLModel]]:
    return [
        make(
            "sop",
            [
                key(),
                must("pipeline_id", "BIGINT", "pipeline"),
                must("number", "BIGINT"),
                must("body"),
                must("plan"),
                column("note", "TEXT"),
                must("loaded_at", "INSTANT"),
                column("loaded_by", "TEXT"),
            ],
            Index("sop_number_uq", "pipeline_id", "number", unique=True),
        ),
        make(
            "sop_check",
            [
                key(),
                must("deal_id", "BIGINT", "deal"),
                must("operation_id", "BIGINT", "operation"),
                must("stage_id", "BIGINT", "stage"),
                column("sop_id", "BIGINT", target="sop"),
                must("item"),
                must("sort"),
                must("state"),
                column("rep_id", "BIGINT", target="rep"),
                must("at", "INSTANT"),
                column("reason", "TEXT"),
            ],
            among("state", ("met", "missing", "overridden")),
            Index("sop_check_deal_ix", "deal_id"),
            Index("sop_check_at_ix", "at"),
        ),
    ]


def _quotes() -> list[type[SQLModel]]:
    return [
        make(
            "solution_need",
            [
                key(),
                must("solution_id", "BIGINT", "solution"),
                must("need_id", "BIGINT", "need"),
                column("answer", "TEXT"),
            ],
            Index("solution_need_solution_ix", "solution_id"),
            Index("solution_need_need_ix", "need_id"),
        ),
        make(
            "quote_line",
            [
                key(),
                must("quote_id", "BIGINT", "quote"),
                must("position", "BIGINT"),
                must("product_id", "BIGINT", "product"),
                must("quantity", "BIGINT"),
                must("price", "BIGINT"),
                must("discount", "BIGINT"),
                column("agreed", "BIGINT"),
                must("tax", "BIGINT"),
                must("net", "BIGINT"),
            ],
            CheckConstraint("quantity > 0", name="quantity"),
            CheckConstraint("discount BETWEEN 0 AND 1000000", name="discount"),
            Index("quote_line_quote_ix", "quote_id"),
            Index("quote_line_product_ix", "product_id"),
        ),
        make(
            "approval_step",
            [
                key(),
                must("approval_id", "BIGINT", "approval"),
                must("position", "BIGINT"),
                must("role"),
                must("approver_id", "BIGINT", "rep"),
                column("decision", "TEXT"),
                column("decided_by_id", "BIGINT", target="rep"),
                column("decided_at", "INSTANT"),
                column("note", "TEXT"),
            ],
            among("decision", ("approved", "rejected")),
            Index("approval_step_approval_ix", "approval_id"),
        ),
    ]


def _bargain() -> list[type[SQLModel]]:
    return [
        make(
            "concession",
            [
                key(),
                must("deal_id", "BIGINT", "deal"),
                column("asked", "TEXT"),
                must("gave"),
                must("in_return"),
                column("rep_id", "BIGINT", target="rep"),
                must("at", "INSTANT"),
            ],
            Index("concession_deal_ix", "deal_id"),
        ),
        make(
            "rival",
            [
                key(),
                must("deal_id", "BIGINT", "deal"),
                must("name"),
                must("name_key"),
                *_money("price"),
                column("strength", "TEXT"),
                column("weakness", "TEXT"),
                must("won", "BIGINT"),
                must("at", "INSTANT"),
            ],
            CheckConstraint("won IN (0, 1)", name="won"),
            Index("rival_deal_uq", "deal_id", "name_key", unique=True),
            Index("rival_name_ix", "name_key"),
        ),
    ]


def _contracts() -> list[type[SQLModel]]:
    return [
        make(
            "payment",
            [
                key(),
                must("contract_id", "BIGINT", "contract"),
                column("due", "DATE"),
                must("amount", "BIGINT"),
                must("amount_currency"),
                column("received_on", "DATE"),
                must("kind"),
                column("note", "TEXT"),
            ],
            among("kind", ("due", "received")),
            CheckConstraint("amount > 0", name="amount"),
            Index("payment_contract_ix", "contract_id"),
        ),
        make(
            "attachment",
            [
                key(),
                must("contract_id", "BIGINT", "contract"),
                must("name"),
                must("sha256"),
                must("bytes", "BIGINT"),
            ],
            Index("attachment_contract_ix", "contract_id"),
        ),
    ]


def _pool() -> list[type[SQLModel]]:
    return [
        make(
            "pool_event",
            [
                key(),
                must("noun"),
                must("record_id", "BIGINT"),
                must("kind"),
                column("rep_id", "BIGINT", target="rep"),
                must("at", "INSTANT"),
                column("reason", "TEXT"),
            ],
            among("kind", ("returned", "reclaimed", "claimed")),
            Index("pool_event_record_ix", "noun", "record_id"),
            Index("pool_event_rep_ix", "rep_id", "at"),
        ),
    ]
