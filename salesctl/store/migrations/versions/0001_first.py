"""Migration 0001: first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alias',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('alias_key', sa.Text(), nullable=False),
    sa.Column('alias', sa.Text(), nullable=False),
    sa.Column('record_id', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('alias_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.create_index('alias_key_uq', ['noun', 'alias_key'], unique=True)

    op.create_table('apart',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('first_id', sa.BigInteger(), nullable=False),
    sa.Column('second_id', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('apart_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('apart', schema=None) as batch_op:
        batch_op.create_index('apart_pair_uq', ['noun', 'first_id', 'second_id'], unique=True)

    op.create_table('change_text',
    sa.Column('change_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('change_id', name=op.f('change_text_pk')),
    sqlite_autoincrement=False,
    sqlite_strict=True
    )
    op.create_table('day_off',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('working', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.CheckConstraint('working IN (0, 1)', name=op.f('day_off_working_ck')),
    sa.PrimaryKeyConstraint('day', name=op.f('day_off_pk')),
    sqlite_autoincrement=False,
    sqlite_strict=True
    )
    op.create_table('meta',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('meta_pk')),
    sqlite_autoincrement=False,
    sqlite_strict=True
    )
    op.create_table('operation',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('uid', sa.Text(), nullable=False),
    sa.Column('command', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undoes', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['undoes'], ['operation.id'], name=op.f('operation_undoes_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('operation_pk')),
    sa.UniqueConstraint('uid', name=op.f('operation_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('operation', schema=None) as batch_op:
        batch_op.create_index('operation_undoes_ix', ['undoes'], unique=False)

    op.create_table('pipeline',
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
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pipeline_pk')),
    sa.UniqueConstraint('uid', name=op.f('pipeline_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('pipeline', schema=None) as batch_op:
        batch_op.create_index('pipeline_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('pipeline_name_key_ix', ['name_key'], unique=False)

    op.create_table('product',
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
    sa.Column('sku', sa.Text(), nullable=True),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('list_price', sa.BigInteger(), nullable=True),
    sa.Column('list_price_currency', sa.Text(), nullable=True),
    sa.Column('tags', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('(list_price IS NULL) = (list_price_currency IS NULL)', name=op.f('product_list_price_pair_ck')),
    sa.CheckConstraint('list_price >= 0', name=op.f('product_list_price_ck')),
    sa.PrimaryKeyConstraint('id', name=op.f('product_pk')),
    sa.UniqueConstraint('uid', name=op.f('product_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.create_index('product_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('product_name_key_ix', ['name_key'], unique=False)

    op.create_table('team',
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
    sa.Column('manager_id', sa.BigInteger(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('function', sa.Text(), nullable=True),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"function" IN (\'sales\', \'marketing\', \'service\', \'management\', \'other\')', name=op.f('team_function_ck')),
    sa.ForeignKeyConstraint(['parent_id'], ['team.id'], name=op.f('team_parent_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('team_pk')),
    sa.UniqueConstraint('uid', name=op.f('team_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.create_index('team_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('team_name_key_ix', ['name_key'], unique=False)

    op.create_table('unmatched',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('record_id', sa.BigInteger(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('value_key', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('unmatched_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('unmatched', schema=None) as batch_op:
        batch_op.create_index('unmatched_record_ix', ['noun', 'record_id'], unique=False)
        batch_op.create_index('unmatched_value_ix', ['field', 'value_key'], unique=False)

    op.create_table('batch',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('operation_id', sa.BigInteger(), nullable=False),
    sa.Column('rows_json', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['operation_id'], ['operation.id'], name=op.f('batch_operation_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('batch_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.create_index('batch_digest_ix', ['digest'], unique=False)

    op.create_table('change',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('operation_id', sa.BigInteger(), nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('record_id', sa.BigInteger(), nullable=True),
    sa.Column('record_key', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('text_digest', sa.Text(), nullable=True),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.CheckConstraint('"action" IN (\'insert\', \'update\', \'delete\', \'block\', \'unblock\')', name=op.f('change_action_ck')),
    sa.ForeignKeyConstraint(['operation_id'], ['operation.id'], name=op.f('change_operation_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('change_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index('change_operation_ix', ['operation_id'], unique=False)
        batch_op.create_index('change_record_ix', ['noun', 'record_id'], unique=False)

    op.create_table('rep',
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
    sa.Column('team_id', sa.BigInteger(), nullable=True),
    sa.Column('manager_id', sa.BigInteger(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('function', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('zone', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"function" IN (\'sales\', \'marketing\', \'service\', \'management\', \'other\')', name=op.f('rep_function_ck')),
    sa.ForeignKeyConstraint(['manager_id'], ['rep.id'], name=op.f('rep_manager_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('rep_team_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('rep_pk')),
    sa.UniqueConstraint('uid', name=op.f('rep_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('rep', schema=None) as batch_op:
        batch_op.create_index('rep_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('rep_manager_id_ix', ['manager_id'], unique=False)
        batch_op.create_index('rep_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('rep_team_id_ix', ['team_id'], unique=False)

    op.create_table('stage',
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
    sa.Column('pipeline_id', sa.BigInteger(), nullable=True),
    sa.Column('position', sa.BigInteger(), nullable=True),
    sa.Column('probability', sa.BigInteger(), nullable=True),
    sa.Column('age_limit', sa.BigInteger(), nullable=True),
    sa.Column('idle_limit', sa.BigInteger(), nullable=True),
    sa.Column('phase', sa.Text(), nullable=True),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('aim', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"phase" IN (\'open\', \'signing\', \'after\')', name=op.f('stage_phase_ck')),
    sa.CheckConstraint('age_limit >= 0', name=op.f('stage_age_limit_ck')),
    sa.CheckConstraint('idle_limit >= 0', name=op.f('stage_idle_limit_ck')),
    sa.CheckConstraint('position >= 0', name=op.f('stage_position_ck')),
    sa.CheckConstraint('probability BETWEEN 0 AND 100', name=op.f('stage_probability_ck')),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipeline.id'], name=op.f('stage_pipeline_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('stage_pk')),
    sa.UniqueConstraint('uid', name=op.f('stage_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('stage', schema=None) as batch_op:
        batch_op.create_index('stage_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('stage_name_key_ix', ['name_key'], unique=False)

    op.create_table('customer',
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
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('class', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('industry', sa.Text(), nullable=True),
    sa.Column('size', sa.Text(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('city', sa.Text(), nullable=True),
    sa.Column('district', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('website', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('zone', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('tags', sa.Text(), nullable=True),
    sa.Column('created', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('"class" IN (\'key\', \'smb\', \'individual\')', name=op.f('customer_class_ck')),
    sa.CheckConstraint('"kind" IN (\'company\', \'person\')', name=op.f('customer_kind_ck')),
    sa.CheckConstraint('"language" IN (\'en\', \'zh\')', name=op.f('customer_language_ck')),
    sa.CheckConstraint('"status" IN (\'prospect\', \'active\', \'dormant\', \'former\')', name=op.f('customer_status_ck')),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('customer_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['customer.id'], name=op.f('customer_parent_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('customer_pk')),
    sa.UniqueConstraint('uid', name=op.f('customer_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.create_index('customer_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('customer_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('customer_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('customer_parent_id_ix', ['parent_id'], unique=False)

    op.create_table('goal',
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
    sa.Column('kpi', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=True),
    sa.Column('team_id', sa.BigInteger(), nullable=True),
    sa.Column('rep_id', sa.BigInteger(), nullable=True),
    sa.Column('period', sa.Text(), nullable=True),
    sa.Column('start', sa.Date(), nullable=True),
    sa.Column('end', sa.Date(), nullable=True),
    sa.Column('target', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint('"scope" IN (\'company\', \'team\', \'rep\')', name=op.f('goal_scope_ck')),
    sa.CheckConstraint('target >= 0', name=op.f('goal_target_ck')),
    sa.ForeignKeyConstraint(['parent_id'], ['goal.id'], name=op.f('goal_parent_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('goal_rep_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('goal_team_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('goal_pk')),
    sa.UniqueConstraint('uid', name=op.f('goal_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('goal', schema=None) as batch_op:
        batch_op.create_index('goal_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('goal_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('goal_parent_id_ix', ['parent_id'], unique=False)
        batch_op.create_index('goal_rep_id_ix', ['rep_id'], unique=False)
        batch_op.create_index('goal_team_id_ix', ['team_id'], unique=False)

    op.create_table('contact',
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
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('role', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('wechat', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('tags', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('"language" IN (\'en\', \'zh\')', name=op.f('contact_language_ck')),
    sa.CheckConstraint('"role" IN (\'decides\', \'uses\', \'buys\', \'checks\')', name=op.f('contact_role_ck')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('contact_customer_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('contact_pk')),
    sa.UniqueConstraint('uid', name=op.f('contact_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.create_index('contact_customer_id_ix', ['customer_id'], unique=False)
        batch_op.create_index('contact_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('contact_name_key_ix', ['name_key'], unique=False)

    op.create_table('goal_level',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('goal_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('goal_level_goal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('goal_level_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('goal_level', schema=None) as batch_op:
        batch_op.create_index('goal_level_goal_ix', ['goal_id'], unique=False)

    op.create_table('deal',
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
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('pipeline_id', sa.BigInteger(), nullable=True),
    sa.Column('stage_id', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('amount_currency', sa.Text(), nullable=True),
    sa.Column('expected_close', sa.Date(), nullable=True),
    sa.Column('probability', sa.BigInteger(), nullable=True),
    sa.Column('probability_source', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('contact_id', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('closed', sa.Date(), nullable=True),
    sa.Column('lost_reason', sa.Text(), nullable=True),
    sa.Column('competitor', sa.Text(), nullable=True),
    sa.Column('lost_to', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('playbook', sa.Text(), nullable=True),
    sa.Column('created', sa.Date(), nullable=True),
    sa.Column('tags', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('stage_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('"outcome" IN (\'won\', \'lost\')', name=op.f('deal_outcome_ck')),
    sa.CheckConstraint('"probability_source" IN (\'stage\', \'hand\', \'import\')', name=op.f('deal_probability_source_ck')),
    sa.CheckConstraint('(amount IS NULL) = (amount_currency IS NULL)', name=op.f('deal_amount_pair_ck')),
    sa.CheckConstraint('amount >= 0', name=op.f('deal_amount_ck')),
    sa.CheckConstraint('probability BETWEEN 0 AND 100', name=op.f('deal_probability_ck')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('deal_contact_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('deal_customer_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('deal_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipeline.id'], name=op.f('deal_pipeline_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('deal_stage_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('deal_pk')),
    sa.UniqueConstraint('uid', name=op.f('deal_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('deal', schema=None) as batch_op:
        batch_op.create_index('deal_closed_ix', ['closed', 'outcome', 'owner_id', 'amount', 'amount_currency', 'created'], unique=False, sqlite_where=sa.text('outcome IS NOT NULL AND archived_at IS NULL'), postgresql_where=sa.text('outcome IS NOT NULL AND archived_at IS NULL'))
        batch_op.create_index('deal_contact_id_ix', ['contact_id'], unique=False)
        batch_op.create_index('deal_created_ix', ['created', 'owner_id'], unique=False, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))
        batch_op.create_index('deal_customer_id_ix', ['customer_id'], unique=False)
        batch_op.create_index('deal_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('deal_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('deal_open_ix', ['stage_id', 'owner_id', 'expected_close', 'amount', 'amount_currency', 'probability', 'touched_at'], unique=False, sqlite_where=sa.text('outcome IS NULL AND archived_at IS NULL'), postgresql_where=sa.text('outcome IS NULL AND archived_at IS NULL'))
        batch_op.create_index('deal_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('deal_pipeline_id_ix', ['pipeline_id'], unique=False)
        batch_op.create_index('deal_stage_id_ix', ['stage_id'], unique=False)

    op.create_table('deal_event',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('operation_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('pipeline_id', sa.BigInteger(), nullable=True),
    sa.Column('stage_id', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('amount_currency', sa.Text(), nullable=True),
    sa.Column('expected_close', sa.Date(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('probability', sa.BigInteger(), nullable=True),
    sa.Column('probability_source', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('closed', sa.Date(), nullable=True),
    sa.Column('lost_reason', sa.Text(), nullable=True),
    sa.Column('competitor', sa.Text(), nullable=True),
    sa.Column('lost_to', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('deal_event_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['operation_id'], ['operation.id'], name=op.f('deal_event_operation_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('deal_event_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipeline.id'], name=op.f('deal_event_pipeline_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('deal_event_stage_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('deal_event_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('deal_event', schema=None) as batch_op:
        batch_op.create_index('deal_event_at_ix', ['at'], unique=False)
        batch_op.create_index('deal_event_deal_ix', ['deal_id'], unique=False)

    op.create_table('deal_line',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=True),
    sa.Column('product_text', sa.Text(), nullable=True),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('amount_currency', sa.Text(), nullable=True),
    sa.CheckConstraint('quantity > 0', name=op.f('deal_line_quantity_ck')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('deal_line_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('deal_line_product_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('deal_line_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('deal_line', schema=None) as batch_op:
        batch_op.create_index('deal_line_deal_ix', ['deal_id'], unique=False)
        batch_op.create_index('deal_line_product_ix', ['product_id'], unique=False)

    op.create_table('deal_span',
    sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False),
    sa.Column('deal_id', sa.BigInteger(), nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pipeline_id', sa.BigInteger(), nullable=True),
    sa.Column('stage_id', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('amount_currency', sa.Text(), nullable=True),
    sa.Column('expected_close', sa.Date(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('probability', sa.BigInteger(), nullable=True),
    sa.Column('probability_source', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('closed', sa.Date(), nullable=True),
    sa.Column('lost_reason', sa.Text(), nullable=True),
    sa.Column('competitor', sa.Text(), nullable=True),
    sa.Column('lost_to', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('deal_span_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('deal_span_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['pipeline_id'], ['pipeline.id'], name=op.f('deal_span_pipeline_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('deal_span_stage_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('deal_span_pk')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('deal_span', schema=None) as batch_op:
        batch_op.create_index('deal_span_deal_ix', ['deal_id'], unique=False)
        batch_op.create_index('deal_span_until_ix', ['until_at', 'from_at'], unique=False)

    op.create_table('followup',
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
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('deal_id', sa.BigInteger(), nullable=True),
    sa.Column('contact_id', sa.BigInteger(), nullable=True),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('due_time', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('recurrence', sa.Text(), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=True),
    sa.Column('maker', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('occurrence', sa.BigInteger(), nullable=True),
    sa.Column('closed_by_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('"type" IN (\'call\', \'mail\', \'visit\', \'meeting\', \'wechat\', \'message\', \'demo\', \'task\')', name=op.f('followup_type_ck')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('followup_contact_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('followup_customer_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('followup_deal_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['rep.id'], name=op.f('followup_owner_id_fk'), initially='IMMEDIATE', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('followup_pk')),
    sa.UniqueConstraint('uid', name=op.f('followup_uid_uq')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    with op.batch_alter_table('followup', schema=None) as batch_op:
        batch_op.create_index('followup_contact_id_ix', ['contact_id'], unique=False)
        batch_op.create_index('followup_customer_id_ix', ['customer_id'], unique=False)
        batch_op.create_index('followup_deal_id_ix', ['deal_id'], unique=False)
        batch_op.create_index('followup_done_ix', ['done_at', 'type', 'owner_id'], unique=False, sqlite_where=sa.text('done_at IS NOT NULL AND archived_at IS NULL'), postgresql_where=sa.text('done_at IS NOT NULL AND archived_at IS NULL'))
        batch_op.create_index('followup_due_ix', ['due', 'due_time', 'owner_id', 'deal_id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND archived_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND archived_at IS NULL'))
        batch_op.create_index('followup_external_uq', ['source', 'external_id'], unique=True, sqlite_where=sa.text('external_id IS NOT NULL'), postgresql_where=sa.text('external_id IS NOT NULL'))
        batch_op.create_index('followup_name_key_ix', ['name_key'], unique=False)
        batch_op.create_index('followup_owner_id_ix', ['owner_id'], unique=False)
        batch_op.create_index('followup_purpose_uq', ['deal_id', 'purpose'], unique=True, sqlite_where=sa.text('done_at IS NULL AND archived_at IS NULL AND purpose IS NOT NULL AND deal_id IS NOT NULL'), postgresql_where=sa.text('done_at IS NULL AND archived_at IS NULL AND purpose IS NOT NULL AND deal_id IS NOT NULL'))
        batch_op.create_index('followup_waiting_ix', ['deal_id', 'due'], unique=False, sqlite_where=sa.text('done_at IS NULL AND archived_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND archived_at IS NULL'))


def downgrade() -> None:
    raise NotImplementedError("a store is never taken back; restore a backup instead")
