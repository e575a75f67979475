"""Documents, who is who, and the health of mailboxes.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('messages') as batch:
        batch.add_column(sa.Column('filename', sa.String(500), nullable=False, server_default=''))
        batch.add_column(sa.Column('people', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('attachments') as batch:
        batch.add_column(sa.Column('confidence', sa.Float()))
        batch.add_column(sa.Column('fault', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('cases') as batch:
        batch.add_column(sa.Column('complainant_found_in', sa.String(20), nullable=False, server_default=''))
        batch.add_column(sa.Column('represented_name', sa.Text(), nullable=False, server_default=''))
        batch.add_column(sa.Column('claimed_on', sa.Date()))
    op.create_index('ix_messages_outcome', 'messages', ['outcome'])
    op.drop_index('ix_letters_queued_at', 'letters')
    op.create_index('ix_letters_queued_at', 'letters', ['queued_at', 'recipient'])
    op.create_table(
        'mailbox_health',
        sa.Column('account', sa.String(200), nullable=False),
        sa.Column('polled_at', sa.DateTime(timezone=True)),
        sa.Column('last_success_at', sa.DateTime(timezone=True)),
        sa.Column('away_since', sa.DateTime(timezone=True)),
        sa.Column('fault', sa.Text(), nullable=False),
        sa.Column('last_message_at', sa.DateTime(timezone=True)),
        sa.Column('token_expires_at', sa.DateTime(timezone=True)),
        sa.Column('secret_expires_on', sa.Date()),
        sa.PrimaryKeyConstraint('account', name=op.f('pk_mailbox_health')),
    )
    op.create_table(
        'reconciliations',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('mailboxes', sa.Integer(), nullable=False),
        sa.Column('compared', sa.BigInteger(), nullable=False),
        sa.Column('gaps', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliations')),
    )
    op.create_table(
        'keys',
        sa.Column('name', sa.String(50), nullable=False),
        sa.Column('value', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_keys')),
    )


def downgrade() -> None:
    op.drop_index('ix_letters_queued_at', 'letters')
    op.create_index('ix_letters_queued_at', 'letters', ['queued_at'])
    op.drop_index('ix_messages_outcome', 'messages')
    for table in ('keys', 'reconciliations', 'mailbox_health'):
        op.drop_table(table)
    with op.batch_alter_table('cases') as batch:
        for column in ('claimed_on', 'represented_name', 'complainant_found_in'):
            batch.drop_column(column)
    with op.batch_alter_table('attachments') as batch:
        batch.drop_column('fault')
        batch.drop_column('confidence')
    with op.batch_alter_table('messages') as batch:
        batch.drop_column('people')
        batch.drop_column('filename')
