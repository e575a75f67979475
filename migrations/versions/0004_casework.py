"""Casework: points, actions, extensions, refusals, arrangements, officers, known issues; the audit chained.

Revision 0004, after 0003.
"""


from typing import Any

import sqlalchemy as sa
from alembic import op

from models.audit_hash import FIRST, hash_of
from models.orm import UtcDateTime


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_ROWS = 1_000


def upgrade() -> None:
    with op.batch_alter_table('cases') as batch:
        for name in ('request_opened_on', 'request_closed_on', 'extended_to', 'closed_on'):
            batch.add_column(sa.Column(name, sa.Date()))
        for name, kind in (
            ('assigned_to', sa.String(200)), ('stage_1_officer', sa.String(200)), ('closed_why', sa.Text()),
            ('merged_into', sa.String(20)), ('split_from', sa.String(20)),
        ):
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=''))
        batch.add_column(sa.Column('channel', sa.String(50), nullable=False, server_default='email'))
    _of_case(
        'points',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('raised_on', sa.Date(), nullable=False),
        sa.Column('category', sa.String(50), nullable=False),
        sa.Column('outcome', sa.String(50)),
        sa.Column('finding', sa.Text(), nullable=False),
        sa.Column('remedy', sa.Text(), nullable=False),
        sa.Column('decided_on', sa.Date()),
        sa.Column('decided_by', sa.String(200), nullable=False),
    )
    _of_case(
        'actions',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('point', sa.Integer()),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('owner', sa.String(200), nullable=False),
        sa.Column('opened_on', sa.Date(), nullable=False),
        sa.Column('due_by', sa.Date(), nullable=False),
        sa.Column('done_on', sa.Date()),
        sa.Column('note', sa.Text(), nullable=False),
    )
    op.create_index(
        'ix_actions_outstanding', 'actions', ['due_by'],
        sqlite_where=sa.text('done_on IS NULL'), postgresql_where=sa.text('done_on IS NULL'),
    )
    _of_case(
        'extensions',
        sa.Column('stage', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('respond_by', sa.Date(), nullable=False),
        sa.Column('extended_to', sa.Date(), nullable=False),
    )
    _of_case(
        'refusals',
        sa.Column('ground', sa.String(50), nullable=False),
        sa.Column('evidence', sa.Text(), nullable=False),
        sa.Column('reasons', sa.Text(), nullable=False),
        sa.Column('discretion', sa.Text(), nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        'arrangements',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('address', sa.String(320), nullable=False),
        sa.Column('kind', sa.String(50), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('way', sa.String(50)),
        sa.Column('value', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('officer', sa.String(200), nullable=False),
        sa.Column('agreed_on', sa.Date(), nullable=False),
        sa.Column('review_on', sa.Date()),
        sa.Column('ended_on', sa.Date()),
        sa.Column('case_reference', sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_arrangements')),
    )
    op.create_index('ix_arrangements_address', 'arrangements', ['address'])
    op.create_index('ix_arrangements_case_reference', 'arrangements', ['case_reference'])
    op.create_table(
        'officers',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('name', sa.String(200), nullable=False),
        sa.Column('full_name', sa.String(200), nullable=False),
        sa.Column('email', sa.String(320), nullable=False),
        sa.Column('role', sa.String(50), nullable=False),
        sa.Column('manager', sa.String(200), nullable=False),
        sa.Column('away_from', sa.Date()),
        sa.Column('away_until', sa.Date()),
        sa.Column('is_disabled', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_officers')),
        sa.UniqueConstraint('name', name=op.f('uq_officers_name')),
    )
    op.create_table(
        'known_issues',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('category', sa.String(50), nullable=False),
        sa.Column('words', sa.JSON(), nullable=False),
        sa.Column('known', sa.Text(), nullable=False),
        sa.Column('declared_by', sa.String(200), nullable=False),
        sa.Column('declared_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_on', sa.Date()),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_known_issues')),
    )
    op.create_table(
        'digests',
        sa.Column('recipient', sa.String(320), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('letter_id', _BIG),
        sa.PrimaryKeyConstraint('recipient', 'day', name=op.f('pk_digests')),
        sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_digests_letter_id')),
    )
    _find_what_is_due()
    op.add_column('letters', sa.Column('known_issue', _BIG))
    _chain_audit()


def downgrade() -> None:
    op.drop_column('letters', 'known_issue')
    for name in ('unacknowledged', 'unanswered', 'escalating'):
        op.drop_index(f'ix_cases_{name}', 'cases')
    with op.batch_alter_table('audit') as batch:
        batch.drop_column('hash')
    for table in (
        'audit_head', 'digests', 'known_issues', 'officers', 'arrangements', 'refusals', 'extensions', 'actions',
        'points',
    ):
        op.drop_table(table)
    with op.batch_alter_table('cases') as batch:
        for column in (
            'channel', 'split_from', 'merged_into', 'closed_why', 'stage_1_officer', 'assigned_to', 'closed_on',
            'extended_to', 'request_closed_on', 'request_opened_on',
        ):
            batch.drop_column(column)


def _of_case(name: str, *columns: "sa.Column[Any]") -> None:
    op.create_table(
        name,
        sa.Column('id', _BIG, nullable=False),
        sa.Column('case_id', _BIG, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f(f'fk_{name}_case_id')),
    )
    op.create_index(f'ix_{name}_case_id', name, ['case_id'])


def _find_what_is_due() -> None:
    """Let reminders find what is owed in a record of any size."""
    is_open = 'answered_on IS NULL AND closed_on IS NULL AND NOT is_historic'
    is_complaint = "status IN ('complaint', 'escalation')"
    for name, column, where in (
        ('unacknowledged', 'acknowledge_by',
         f'acknowledged_on IS NULL AND {is_open} AND (stage > 0 AND {is_complaint} OR guard_at IS NOT NULL)'),
        ('unanswered', 'respond_by', f'respond_by IS NOT NULL AND {is_open} AND {is_complaint}'),
        ('escalating', 'escalation_received_on',
         'escalation_received_on IS NOT NULL AND closed_on IS NULL AND NOT is_historic'),
    ):
        op.create_index(
            f'ix_cases_{name}', 'cases', [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where),
        )


def _chain_audit() -> None:
    """Give every row of the audit its hash, in the order of the numbers."""
    with op.batch_alter_table('audit') as batch:
        batch.add_column(sa.Column('hash', sa.String(64), nullable=False, server_default=''))
    head = op.create_table(
        'audit_head',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('hash', sa.String(64), nullable=False),
        sa.Column('rows', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head')),
    )
    audit = sa.table(
        'audit', sa.column('id', _BIG), sa.column('at', UtcDateTime()), sa.column('actor', sa.String()),
        sa.column('action', sa.String()), sa.column('message_id', _BIG),
        sa.column('case_reference', sa.String()), sa.column('detail', sa.JSON()),
        sa.column('hash', sa.String()),
    )
    connection, previous, count, after = op.get_bind(), FIRST, 0, 0
    while rows := connection.execute(
        sa.select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(_ROWS)
    ).mappings().all():
        for row in rows:
            previous = hash_of(previous, dict(row))
            connection.execute(sa.update(audit).where(audit.c.id == row['id']).values(hash=previous))
        after, count = rows[-1]['id'], count + len(rows)
    connection.execute(sa.insert(head).values(id=1, hash=previous, rows=count))
    with op.batch_alter_table('audit') as batch:
        batch.alter_column('hash', server_default=None)
