"""Migration 0002: process."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sop',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('pipeline_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('loaded_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipeline.id'], name=op.f('sop_pipeline_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('sop_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('sop', schema=None) as batch_op:
        batch_op.create_index('sop_number_uq', ['pipeline_id', 'number'], unique=True)

    op.create_table('pool_event',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('record_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('rep_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint('"kind" IN (\'returned\', \'reclaimed\', \'claimed\')', name=op.f('pool_event_kind_ck')),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('pool_event_rep_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pool_event_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('pool_event', schema=None) as batch_op:
        batch_op.create_index('pool_event_record_ix', ['noun', 'record_id'], unique=False)
        batch_op.create_index('pool_event_rep_ix', ['rep_id', 'at'], unique=False)

    op.create_table('concession',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('asked', sa.Text(), nullable=True),
    sa.Column('gave', sa.Text(), nullable=False),
    sa.Column('in_return', sa.Text(), nullable=False),
    sa.Column('rep_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('concession_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('concession_rep_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('concession_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('concession', schema=None) as batch_op:
        batch_op.create_index('concession_deal_ix', ['deal_id'], unique=False)

    op.create_table('lead',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('wechat', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('referred_by_id', sa.BigInteger(), nullable=True),
    sa.Column('industry', sa.Text(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('size', sa.Text(), nullable=True),
    sa.Column('budget', sa.BigInteger(), nullable=True),
    sa.Column('budget_currency', sa.Text(), nullable=True),
    sa.Column('need', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('fit', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('screened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('deal_id', sa.BigInteger(), nullable=True),
    sa.Column('created', sa.Date(), nullable=True),
    sa.Column('tags', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('owned_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('"status" IN (\'new\', \'qualified\', \'rejected\', \'converted\')', name=op.f('lead_status_ck')),
    sa.CheckConstraint('(budget IS NULL) = (budget_currency IS NULL)', name=op.f('lead_budget_pair_ck')),
    sa.CheckConstraint('budget >= 0', name=op.f('lead_budget_ck')),
    sa.CheckConstraint('fit >= 0', name=op.f('lead_fit_ck')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('lead_customer_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('lead_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('lead_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['referred_by_id'], ['customer.id'], name=op.f('lead_referred_by_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('lead_pk')),
    sa.UniqueConstraint('uid', name=op.f('lead_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('lead', schema=None) as batch_op:
        batch_op.create_index('lead_created_ix', ['created', 'owner_id'], unique=False, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))
        batch_op.create_index('lead_customer_id_ix', ['customer_id'], unique=False)
        batch_op.create_index('lead_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('lead_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('lead_live_ix', ['owner_id', 'created'], unique=False, sqlite_where=sa.text("status IN ('new', 'qualified') AND archived_at IS NULL"), postgresql_where=sa.text("status IN ('new', 'qualified') AND archived_at IS NULL"))
        batch_op.create_index('lead_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('lead_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('lead_referred_by_id_ix', ['referred_by_id'], unique=False)

    op.create_table('need',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('rank', sa.BigInteger(), nullable=True),
    sa.Column('is_key', sa.Text(), nullable=True),
    sa.Column('contact_id', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"is_key" IN (\'yes\', \'no\')', name=op.f('need_is_key_ck')),
    sa.CheckConstraint('"kind" IN (\'need\', \'pain\', \'wish\')', name=op.f('need_kind_ck')),
    sa.CheckConstraint('rank >= 0', name=op.f('need_rank_ck')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('need_contact_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('need_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('need_pk')),
    sa.UniqueConstraint('uid', name=op.f('need_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.create_index('need_contact_id_ix', ['contact_id'], unique=False)
        batch_op.create_index('need_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('need_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('need_name_key_ix', ['name_key'], unique=False)

    op.create_table('rival',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=True),
    sa.Column('price_currency', sa.Text(), nullable=True),
    sa.Column('strength', sa.Text(), nullable=True),
    sa.Column('weakness', sa.Text(), nullable=True),
    sa.Column('won', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('won IN (0, 1)', name=op.f('rival_won_ck')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('rival_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('rival_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('rival', schema=None) as batch_op:
        batch_op.create_index('rival_deal_uq', ['deal_id', 'name_key'], unique=True)
        batch_op.create_index('rival_name_ix', ['name_key'], unique=False)

    op.create_table('solution',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('confirmed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"status" IN (\'draft\', \'confirmed\', \'superseded\')', name=op.f('solution_status_ck')),
    sa.CheckConstraint('number >= 0', name=op.f('solution_number_ck')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['contact.id'], name=op.f('solution_confirmed_by_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('solution_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('solution_pk')),
    sa.UniqueConstraint('uid', name=op.f('solution_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('solution', schema=None) as batch_op:
        batch_op.create_index('solution_confirmed_by_id_ix', ['confirmed_by_id'], unique=False)
        batch_op.create_index('solution_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('solution_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('solution_name_key_ix', ['name_key'], unique=False)

    op.create_table('sop_check',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('operation_id', sa.BigInteger(), nullable=False),
    sa.Column('stage_id', sa.BigInteger(), nullable=False),
    sa.Column('sop_id', sa.BigInteger(), nullable=True),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('sort', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('rep_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint('"state" IN (\'met\', \'missing\', \'overridden\')', name=op.f('sop_check_state_ck')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('sop_check_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['operation_id'], ['operation.id'], name=op.f('sop_check_operation_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('sop_check_rep_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['sop_id'], ['sop.id'], name=op.f('sop_check_sop_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('sop_check_stage_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('sop_check_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('sop_check', schema=None) as batch_op:
        batch_op.create_index('sop_check_deal_ix', ['deal_id'], unique=False)
        batch_op.create_index('sop_check_at_ix', ['at'], unique=False)

    op.create_table('task',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('stage_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('required', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"required" IN (\'yes\', \'no\')', name=op.f('task_required_ck')),
    sa.CheckConstraint('"state" IN (\'open\', \'done\', \'skipped\')', name=op.f('task_state_ck')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('task_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('task_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('task_stage_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('task_pk')),
    sa.UniqueConstraint('uid', name=op.f('task_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index('task_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('task_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('task_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('task_open_ix', ['due', 'owner_id', 'deal_id'], unique=False, sqlite_where=sa.text("state = 'open' AND archived_at IS NULL"), postgresql_where=sa.text("state = 'open' AND archived_at IS NULL"))
        batch_op.create_index('task_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('task_stage_id_ix', ['stage_id'], unique=False)

    op.create_table('quote',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('contact_id', sa.BigInteger(), nullable=True),
    sa.Column('solution_id', sa.BigInteger(), nullable=True),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('revises_id', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('discount', sa.BigInteger(), nullable=True),
    sa.Column('list_total', sa.BigInteger(), nullable=True),
    sa.Column('list_total_currency', sa.Text(), nullable=True),
    sa.Column('net', sa.BigInteger(), nullable=True),
    sa.Column('net_currency', sa.Text(), nullable=True),
    sa.Column('tax', sa.BigInteger(), nullable=True),
    sa.Column('tax_currency', sa.Text(), nullable=True),
    sa.Column('total', sa.BigInteger(), nullable=True),
    sa.Column('total_currency', sa.Text(), nullable=True),
    sa.Column('effective', sa.BigInteger(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_to', sa.Text(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"status" IN (\'draft\', \'waiting\', \'approved\', \'sent\', \'accepted\', \'declined\', \'superseded\')', name=op.f('quote_status_ck')),
    sa.CheckConstraint('(list_total IS NULL) = (list_total_currency IS NULL)', name=op.f('quote_list_total_pair_ck')),
    sa.CheckConstraint('(net IS NULL) = (net_currency IS NULL)', name=op.f('quote_net_pair_ck')),
    sa.CheckConstraint('(tax IS NULL) = (tax_currency IS NULL)', name=op.f('quote_tax_pair_ck')),
    sa.CheckConstraint('(total IS NULL) = (total_currency IS NULL)', name=op.f('quote_total_pair_ck')),
    sa.CheckConstraint('discount BETWEEN 0 AND 1000000', name=op.f('quote_discount_ck')),
    sa.CheckConstraint('effective BETWEEN 0 AND 1000000', name=op.f('quote_effective_ck')),
    sa.CheckConstraint('list_total >= 0', name=op.f('quote_list_total_ck')),
    sa.CheckConstraint('net >= 0', name=op.f('quote_net_ck')),
    sa.CheckConstraint('number >= 0', name=op.f('quote_number_ck')),
    sa.CheckConstraint('tax >= 0', name=op.f('quote_tax_ck')),
    sa.CheckConstraint('total >= 0', name=op.f('quote_total_ck')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('quote_contact_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('quote_customer_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('quote_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['contact.id'], name=op.f('quote_decided_by_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('quote_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['revises_id'], ['quote.id'], name=op.f('quote_revises_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['solution_id'], ['solution.id'], name=op.f('quote_solution_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('quote_pk')),
    sa.UniqueConstraint('uid', name=op.f('quote_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('quote', schema=None) as batch_op:
        batch_op.create_index('quote_contact_id_ix', ['contact_id'], unique=False)
        batch_op.create_index('quote_customer_id_ix', ['customer_id'], unique=False)
        batch_op.create_index('quote_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('quote_decided_by_id_ix', ['decided_by_id'], unique=False)
        batch_op.create_index('quote_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('quote_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('quote_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('quote_revises_id_ix', ['revises_id'], unique=False)
        batch_op.create_index('quote_solution_id_ix', ['solution_id'], unique=False)
        batch_op.create_index('quote_valid_ix', ['valid_until', 'owner_id'], unique=False, sqlite_where=sa.text("status IN ('waiting', 'approved', 'sent') AND archived_at IS NULL"), postgresql_where=sa.text("status IN ('waiting', 'approved', 'sent') AND archived_at IS NULL"))

    op.create_table('solution_need',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('solution_id', sa.BigInteger(), nullable=False),
    sa.Column('need_id', sa.BigInteger(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('solution_need_need_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['solution_id'], ['solution.id'], name=op.f('solution_need_solution_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('solution_need_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('solution_need', schema=None) as batch_op:
        batch_op.create_index('solution_need_need_ix', ['need_id'], unique=False)
        batch_op.create_index('solution_need_solution_ix', ['solution_id'], unique=False)

    op.create_table('approval',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('quote_id', sa.BigInteger(), nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_by_id', sa.BigInteger(), nullable=True),
    sa.Column('discount', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('amount_currency', sa.Text(), nullable=True),
    sa.Column('list_total', sa.BigInteger(), nullable=True),
    sa.Column('list_total_currency', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('waits_for_id', sa.BigInteger(), nullable=True),
    sa.Column('step', sa.BigInteger(), nullable=True),
    sa.Column('steps', sa.BigInteger(), nullable=True),
    sa.Column('allowed', sa.BigInteger(), nullable=True),
    sa.Column('band_over', sa.BigInteger(), nullable=True),
    sa.Column('band_to', sa.BigInteger(), nullable=True),
    sa.Column('band_amount', sa.BigInteger(), nullable=True),
    sa.Column('sop', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"state" IN (\'waiting\', \'approved\', \'rejected\', \'withdrawn\')', name=op.f('approval_state_ck')),
    sa.CheckConstraint('(amount IS NULL) = (amount_currency IS NULL)', name=op.f('approval_amount_pair_ck')),
    sa.CheckConstraint('amount >= 0', name=op.f('approval_amount_ck')),
    sa.CheckConstraint('(list_total IS NULL) = (list_total_currency IS NULL)', name=op.f('approval_list_total_pair_ck')),
    sa.CheckConstraint('allowed BETWEEN 0 AND 1000000', name=op.f('approval_allowed_ck')),
    sa.CheckConstraint('discount BETWEEN 0 AND 1000000', name=op.f('approval_discount_ck')),
    sa.CheckConstraint('band_amount >= 0', name=op.f('approval_band_amount_ck')),
    sa.CheckConstraint('list_total >= 0', name=op.f('approval_list_total_ck')),
    sa.CheckConstraint('band_over BETWEEN 0 AND 1000000', name=op.f('approval_band_over_ck')),
    sa.CheckConstraint('sop >= 0', name=op.f('approval_sop_ck')),
    sa.CheckConstraint('step >= 0', name=op.f('approval_step_ck')),
    sa.CheckConstraint('steps >= 0', name=op.f('approval_steps_ck')),
    sa.CheckConstraint('band_to BETWEEN 0 AND 1000000', name=op.f('approval_band_to_ck')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['rep.id'], name=op.f('approval_asked_by_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('approval_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('approval_quote_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['waits_for_id'], ['rep.id'], name=op.f('approval_waits_for_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('approval_pk')),
    sa.UniqueConstraint('uid', name=op.f('approval_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.create_index('approval_asked_by_id_ix', ['asked_by_id'], unique=False)
        batch_op.create_index('approval_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('approval_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('approval_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('approval_quote_id_ix', ['quote_id'], unique=False)
        batch_op.create_index('approval_waiting_ix', ['waits_for_id'], unique=False, sqlite_where=sa.text("state = 'waiting' AND archived_at IS NULL"), postgresql_where=sa.text("state = 'waiting' AND archived_at IS NULL"))
        batch_op.create_index('approval_waits_for_id_ix', ['waits_for_id'], unique=False)

    op.create_table('contract',
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
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('quote_id', sa.BigInteger(), nullable=True),
    sa.Column('signed', sa.Date(), nullable=True),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('value_currency', sa.Text(), nullable=True),
    sa.Column('starts', sa.Date(), nullable=True),
    sa.Column('ends', sa.Date(), nullable=True),
    sa.Column('term_months', sa.BigInteger(), nullable=True),
    sa.Column('renewal', sa.Text(), nullable=True),
    sa.Column('notice_days', sa.BigInteger(), nullable=True),
    sa.Column('signed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('received', sa.BigInteger(), nullable=True),
    sa.Column('received_currency', sa.Text(), nullable=True),
    sa.Column('next_due', sa.Date(), nullable=True),
    sa.Column('act_on', sa.Date(), nullable=True),
    sa.Column('follows_id', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"renewal" IN (\'none\', \'ask\', \'auto\')', name=op.f('contract_renewal_ck')),
    sa.CheckConstraint('(value IS NULL) = (value_currency IS NULL)', name=op.f('contract_value_pair_ck')),
    sa.CheckConstraint('(received IS NULL) = (received_currency IS NULL)', name=op.f('contract_received_pair_ck')),
    sa.CheckConstraint('notice_days >= 0', name=op.f('contract_notice_days_ck')),
    sa.CheckConstraint('received >= 0', name=op.f('contract_received_ck')),
    sa.CheckConstraint('term_months >= 0', name=op.f('contract_term_months_ck')),
    sa.CheckConstraint('value >= 0', name=op.f('contract_value_ck')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('contract_customer_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('contract_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['follows_id'], ['contract.id'], name=op.f('contract_follows_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('contract_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('contract_quote_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['signed_by_id'], ['contact.id'], name=op.f('contract_signed_by_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('contract_pk')),
    sa.UniqueConstraint('uid', name=op.f('contract_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.create_index('contract_act_ix', ['act_on'], unique=False, sqlite_where=sa.text('act_on IS NOT NULL AND archived_at IS NULL'), postgresql_where=sa.text('act_on IS NOT NULL AND archived_at IS NULL'))
        batch_op.create_index('contract_customer_id_ix', ['customer_id'], unique=False)
        batch_op.create_index('contract_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('contract_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('contract_follows_id_ix', ['follows_id'], unique=False)
        batch_op.create_index('contract_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('contract_next_due_ix', ['next_due'], unique=False, sqlite_where=sa.text('next_due IS NOT NULL AND archived_at IS NULL'), postgresql_where=sa.text('next_due IS NOT NULL AND archived_at IS NULL'))
        batch_op.create_index('contract_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('contract_quote_id_ix', ['quote_id'], unique=False)
        batch_op.create_index('contract_signed_by_id_ix', ['signed_by_id'], unique=False)

    op.create_table('quote_line',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('quote_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('agreed', sa.BigInteger(), nullable=True),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('discount BETWEEN 0 AND 1000000', name=op.f('quote_line_discount_ck')),
    sa.CheckConstraint('quantity > 0', name=op.f('quote_line_quantity_ck')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('quote_line_product_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('quote_line_quote_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('quote_line_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('quote_line', schema=None) as batch_op:
        batch_op.create_index('quote_line_product_ix', ['product_id'], unique=False)
        batch_op.create_index('quote_line_quote_ix', ['quote_id'], unique=False)

    op.create_table('approval_step',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('approval_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('approver_id', sa.BigInteger(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"decision" IN (\'approved\', \'rejected\')', name=op.f('approval_step_decision_ck')),
    sa.ForeignKeyConstraint(['approval_id'], ['approval.id'], name=op.f('approval_step_approval_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['approver_id'], ['rep.id'], name=op.f('approval_step_approver_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['rep.id'], name=op.f('approval_step_decided_by_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('approval_step_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('approval_step', schema=None) as batch_op:
        batch_op.create_index('approval_step_approval_ix', ['approval_id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('attachment_contract_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('attachment_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index('attachment_contract_ix', ['contract_id'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('amount_currency', sa.Text(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"kind" IN (\'due\', \'received\')', name=op.f('payment_kind_ck')),
    sa.CheckConstraint('amount > 0', name=op.f('payment_amount_ck')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('payment_contract_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('payment_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('payment_contract_ix', ['contract_id'], unique=False)

    whole, text = ('BIGINT', 'TEXT COLLATE "C"') if op.get_context().dialect.name == 'postgresql' else ('INTEGER', 'TEXT')
    refers = 'DEFERRABLE INITIALLY IMMEDIATE'
    for table, column in (
        ('customer', f'owned_at {text}'),
        ('customer', f'touched_at {text}'),
        ('product', f'price_until {text}'),
        ('product', f'tax {whole} CONSTRAINT product_tax_ck CHECK (tax BETWEEN 0 AND 1000000)'),
        ('rep', f'deputy_id {whole} CONSTRAINT rep_deputy_id_fk REFERENCES rep (id) {refers}'),
        ('rep', f'away_from {text}'),
        ('rep', f'away_until {text}'),
        ('followup', f'lead_id {whole} CONSTRAINT followup_lead_id_fk REFERENCES lead (id) {refers}'),
    ):
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column}')  # in place: rebuilding a table of millions takes minutes
    op.create_index('followup_lead_id_ix', 'followup', ['lead_id'])


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back; restore a backup instead")
