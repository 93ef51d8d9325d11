"""The tables of the figures: what was reported, closed periods, adjusted forecasts, what stages taught, what was told."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import SQLModel

from salesctl.store.schema.base import among, column, key, make, must


def numbers_tables() -> list[type[SQLModel]]:
    """In the order that references need."""
    return [*_frozen(), *_forecast(), *_told()]


def _frozen() -> list[type[SQLModel]]:
    """Figures as they were reported: `body` is the KPI row as JSON, `value` its number in the KPI's own unit."""
    return [
        make(
            "period_close",
            [
                key(),
                must("period"),
                must("start", "DATE"),
                must("end", "DATE"),
                must("closed_at", "INSTANT"),
                column("closed_by", "TEXT"),
                must("operation_id", "BIGINT", "operation"),
                column("reopened_at", "INSTANT"),
                column("note", "TEXT"),
            ],
            Index("period_close_start_ix", "start", "end"),
        ),
        make(
            "kpi_snapshot",
            [
                key(),
                must("day", "DATE"),
                must("taken_at", "INSTANT"),
                must("kpi"),
                must("period"),
                must("start", "DATE"),
                must("end", "DATE"),
                must("scope"),
                column("value", "BIGINT"),
                column("currency", "TEXT"),
                column("n", "BIGINT"),
                column("bottom", "BIGINT"),
                must("body"),
                column("close_id", "BIGINT", target="period_close"),
            ],
            Index("kpi_snapshot_kpi_ix", "kpi", "start", "end", "scope", "day", "close_id"),
            Index("kpi_snapshot_close_ix", "close_id"),
        ),
    ]


def _forecast() -> list[type[SQLModel]]:
    """A manager's word on a forecast category, never changed, only followed by the next; and what stages taught."""
    return [
        make(
            "forecast_adjust",
            [
                key(),
                must("period"),
                must("start", "DATE"),
                must("end", "DATE"),
                must("scope"),
                must("category"),
                column("before", "BIGINT"),
                column("amount", "BIGINT"),
                must("amount_currency"),
                must("reason"),
                must("at", "INSTANT"),
                column("rep_id", "BIGINT", target="rep"),
            ],
            among("category", ("pipeline", "best_case", "commit", "closed")),
            Index("forecast_adjust_scope_ix", "start", "end", "scope", "category"),
        ),
        make(
            "calibration",
            [
                key(),
                must("at", "INSTANT"),
                must("stage_id", "BIGINT", "stage"),
                must("n", "BIGINT"),
                must("won", "BIGINT"),
                column("before", "BIGINT"),
                column("after", "BIGINT"),
            ],
            Index("calibration_stage_ix", "stage_id"),
        ),
    ]


def _told() -> list[type[SQLModel]]:
    """What was told once (an alert of a week, a milestone of a goal), and the reports that somebody made of blocks."""
    return [
        make(
            "told",
            [key(), must("cause"), must("at", "INSTANT"), column("what", "TEXT")],
            Index("told_cause_uq", "cause", unique=True),
        ),
        make(
            "saved_report",
            [
                key(),
                must("name"),
                must("name_key"),
                must("body"),
                must("saved_at", "INSTANT"),
                column("saved_by", "TEXT"),
            ],
            Index("saved_report_name_uq", "name_key", unique=True),
        ),
    ]
