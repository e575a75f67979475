"""The officers' pages: accounts, sessions, saved filters, who looked at what, what can be undone.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'accounts',
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('password_hash', sa.Text(), nullable=False),
        sa.Column('totp_secret', sa.String(64), nullable=False),
        sa.Column('totp_step', sa.BigInteger()),
        sa.Column('recovery_hash', sa.String(64), nullable=False),
        sa.Column('recovery_expires_at', _AT),
        sa.Column('subject', sa.String(300)),
        sa.Column('signed_in_at', _AT),
        sa.Column('uses_keys', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('officer', name=op.f('pk_accounts')),
        sa.UniqueConstraint('subject', name=op.f('uq_accounts_subject')),
    )
    op.create_table(
        'sessions',
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('began_at', _AT, nullable=False),
        sa.Column('seen_at', _AT, nullable=False),
        sa.Column('expires_at', _AT, nullable=False),
        sa.Column('owes_second_factor', sa.Boolean(), nullable=False),
        sa.Column('totp_offer', sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sessions')),
    )
    op.create_index('ix_sessions_officer', 'sessions', ['officer'])
    op.create_index('ix_sessions_expires_at', 'sessions', ['expires_at'])
    op.create_table(
        'sign_in_attempts',
        sa.Column('name_hash', sa.String(64), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('last_at', _AT, nullable=False),
        sa.Column('locked_until', _AT),
        sa.PrimaryKeyConstraint('name_hash', name=op.f('pk_sign_in_attempts')),
    )
    op.create_index('ix_sign_in_attempts_last_at', 'sign_in_attempts', ['last_at'])
    op.create_table(
        'saved_filters',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('name', sa.String(100), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filters')),
        sa.UniqueConstraint('officer', 'name', name=op.f('uq_saved_filters_officer')),
    )
    op.create_index('ix_saved_filters_officer', 'saved_filters', ['officer'])
    op.create_table(
        'views',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('at', _AT, nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('case_reference', sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_views')),
    )
    op.create_index('ix_views_case', 'views', ['case_reference', 'at'])
    op.create_table(
        'undo',
        sa.Column('case_id', _BIG, autoincrement=False, nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('action', sa.String(100), nullable=False),
        sa.Column('at', _AT, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_undo')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_undo_case_id')),
    )
    with op.batch_alter_table('rulings') as batch:
        batch.add_column(sa.Column('is_disputed', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column('undone_at', _AT))


def downgrade() -> None:
    with op.batch_alter_table('rulings') as batch:
        batch.drop_column('undone_at')
        batch.drop_column('is_disputed')
    for table in ('undo', 'views', 'saved_filters', 'sign_in_attempts', 'sessions', 'accounts'):
        op.drop_table(table)
