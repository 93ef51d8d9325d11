"""Migration 0004: what was told once, the reports that somebody made, exchange rates, goals of a product or a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rate()
    op.create_table('saved_report',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_by', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('saved_report_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('saved_report', schema=None) as batch_op:
        batch_op.create_index('saved_report_name_uq', ['name_key'], unique=True)

    op.create_table('told',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('what', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('told_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('told', schema=None) as batch_op:
        batch_op.create_index('told_cause_uq', ['cause'], unique=True)

    on = ' ON deal' if op.get_context().dialect.name == 'postgresql' else ''
    op.execute(f'DROP TRIGGER IF EXISTS deal_next_insert{on}')  # it made every import of deals twice as long

    whole = 'BIGINT' if on else 'INTEGER'
    refers = 'DEFERRABLE INITIALLY IMMEDIATE'
    for key in ('product', 'customer'):
        op.execute(f'ALTER TABLE goal ADD COLUMN {key}_id {whole} CONSTRAINT goal_{key}_id_fk REFERENCES {key} (id) {refers}')
        op.create_index(f'goal_{key}_id_ix', 'goal', [f'{key}_id'])


def _rate() -> None:
    op.create_table('rate',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('uid', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('external_id', sa.Text(), nullable=True),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('initials', sa.Text(), nullable=True),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('base', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rate', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('rate > 0', name=op.f('rate_rate_ck')),
    sa.PrimaryKeyConstraint('id', name=op.f('rate_pk')),
    sa.UniqueConstraint('uid', name=op.f('rate_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('rate', schema=None) as batch_op:
        batch_op.create_index('rate_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('rate_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('rate_one_uq', ['currency', 'base', 'day'], unique=True, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back; restore a backup instead")
