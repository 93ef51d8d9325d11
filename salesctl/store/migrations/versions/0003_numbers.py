"""Migration 0003: the figures: snapshots, closed periods, forecasts; the next step of a deal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('period_close',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('start', sa.Date(), nullable=False),
    sa.Column('end', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_by', sa.Text(), nullable=True),
    sa.Column('operation_id', sa.BigInteger(), nullable=False),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['operation_id'], ['operation.id'], name=op.f('period_close_operation_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('period_close_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('period_close', schema=None) as batch_op:
        batch_op.create_index('period_close_start_ix', ['start', 'end'], unique=False)

    op.create_table('calibration',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stage_id', sa.BigInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('won', sa.BigInteger(), nullable=False),
    sa.Column('before', sa.BigInteger(), nullable=True),
    sa.Column('after', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('calibration_stage_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('calibration_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('calibration', schema=None) as batch_op:
        batch_op.create_index('calibration_stage_ix', ['stage_id'], unique=False)

    op.create_table('forecast_adjust',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('start', sa.Date(), nullable=False),
    sa.Column('end', sa.Date(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('before', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('amount_currency', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rep_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('"category" IN (\'pipeline\', \'best_case\', \'commit\', \'closed\')', name=op.f('forecast_adjust_category_ck')),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('forecast_adjust_rep_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('forecast_adjust_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('forecast_adjust', schema=None) as batch_op:
        batch_op.create_index('forecast_adjust_scope_ix', ['start', 'end', 'scope', 'category'], unique=False)

    op.create_table('kpi_snapshot',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kpi', sa.Text(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('start', sa.Date(), nullable=False),
    sa.Column('end', sa.Date(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('n', sa.BigInteger(), nullable=True),
    sa.Column('bottom', sa.BigInteger(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('close_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['close_id'], ['period_close.id'], name=op.f('kpi_snapshot_close_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('kpi_snapshot_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('kpi_snapshot', schema=None) as batch_op:
        batch_op.create_index('kpi_snapshot_close_ix', ['close_id'], unique=False)
        batch_op.create_index('kpi_snapshot_kpi_ix', ['kpi', 'start', 'end', 'scope', 'day', 'close_id'], unique=False)

    text = 'TEXT COLLATE "C"' if op.get_context().dialect.name == 'postgresql' else 'TEXT'
    among = "CONSTRAINT deal_forecast_ck CHECK (\"forecast\" IN ('omitted', 'pipeline', 'best_case', 'commit'))"
    op.execute(f'ALTER TABLE deal ADD COLUMN forecast {text} {among}')  # in place: rebuilding millions takes minutes
    op.execute(f'ALTER TABLE deal ADD COLUMN next_due {text}')
    op.execute(
        'UPDATE deal SET next_due = (SELECT min(f.due) FROM followup f WHERE f.deal_id = deal.id AND f.done_at IS NULL'
        ' AND f.archived_at IS NULL) WHERE id IN (SELECT deal_id FROM followup WHERE done_at IS NULL AND archived_at IS NULL)'
    )
    op.drop_index('deal_span_until_ix', 'deal_span')  # nearly every span reaches until now: reading them all is faster
    op.drop_index('deal_open_ix', 'deal')
    where = sa.text('outcome IS NULL AND archived_at IS NULL')
    op.create_index(
        'deal_open_ix',
        'deal',
        ['stage_id', 'owner_id', 'expected_close', 'amount', 'amount_currency', 'probability', 'probability_source',
         'touched_at', 'next_due', 'outcome', 'archived_at'],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.execute(f'ALTER TABLE deal_event ADD COLUMN forecast {text}')
    op.execute(f'ALTER TABLE deal_span ADD COLUMN forecast {text}')


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back; restore a backup instead")
