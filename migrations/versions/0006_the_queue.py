"""The queue in its order, and the words of every message to search.

Revision 0006, after 0005. What is on record is filled in by the program's own statements; whoever changes
the shape of `queue` or `search` in a later revision fills them there, and takes the filling out of here.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from models.keep_queue import fill_queue
from models.keep_search import fill_search


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'queue',
        sa.Column('id', _BIG, nullable=False),
        sa.Column('case_id', _BIG),
        sa.Column('task_id', _BIG),
        sa.Column('rank', sa.BigInteger(), nullable=False),
        sa.Column('status', sa.String(50)),
        sa.Column('category', sa.String(50)),
        sa.Column('ombudsman', sa.String(50)),
        sa.Column('stage', sa.Integer()),
        sa.Column('assigned_to', sa.String(200), nullable=False),
        sa.Column('is_unsure', sa.Boolean(), nullable=False),
        sa.Column('owes_acknowledgement', sa.Boolean(), nullable=False),
        sa.Column('may_be_reply', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_queue')),
        sa.UniqueConstraint('case_id', name=op.f('uq_queue_case_id')),
        sa.UniqueConstraint('task_id', name=op.f('uq_queue_task_id')),
        sa.ForeignKeyConstraint(
            ['case_id'], ['cases.id'], name=op.f('fk_queue_case_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['task_id'], ['tasks.id'], name=op.f('fk_queue_task_id'), ondelete='CASCADE'
        ),
    )
    fill_queue(op.get_bind())
    place, narrower = ['rank', 'id'], ['category', 'stage', 'ombudsman']
    op.create_index('ix_queue_rank', 'queue', [*place, *narrower])
    for column in ('assigned_to', 'status'):
        op.create_index(f'ix_queue_{column}', 'queue', [column, *place, *narrower])
    op.create_index(
        'ix_queue_category', 'queue', ['category', *place, 'stage', 'ombudsman', 'status', 'assigned_to']
    )
    for name, columns, few in (
        ('unsure', [*place, *narrower], 'is_unsure'), ('owed', [*place, *narrower], 'owes_acknowledgement'),
        ('replies', [*place, *narrower], 'may_be_reply'), ('messages', place, 'task_id IS NOT NULL'),
    ):
        op.create_index(
            f'ix_queue_{name}', 'queue', columns, sqlite_where=sa.text(few), postgresql_where=sa.text(few),
        )
    # The queue has its own table now; what an officer has is asked for on its own.
    op.drop_index('ix_cases_queue', 'cases')
    op.create_index('ix_cases_assigned_to', 'cases', ['assigned_to'])
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            "CREATE VIRTUAL TABLE search "
            "USING fts5(words, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        fill_search(op.get_bind())
    else:
        # As 'english' but for its stop words: "no heating" is not "heating".
        op.execute('CREATE TEXT SEARCH DICTIONARY heard_stems (TEMPLATE = snowball, Language = english)')
        op.execute('CREATE TEXT SEARCH CONFIGURATION heard_words (COPY = pg_catalog.english)')
        op.execute(
            'ALTER TEXT SEARCH CONFIGURATION heard_words ALTER MAPPING REPLACE english_stem WITH heard_stems'
        )
        op.create_table(
            'search',
            sa.Column('message_id', _BIG, autoincrement=False, nullable=False),
            sa.Column('words', TSVECTOR(), nullable=False),
            sa.PrimaryKeyConstraint('message_id', name=op.f('pk_search')),
            sa.ForeignKeyConstraint(
                ['message_id'], ['messages.id'], name=op.f('fk_search_message_id'), ondelete='CASCADE'
            ),
        )
        fill_search(op.get_bind())
        op.create_index('ix_search_words', 'search', ['words'], postgresql_using='gin')


def downgrade() -> None:
    op.drop_index('ix_cases_assigned_to', 'cases')
    op.create_index('ix_cases_queue', 'cases', ['awaits_officer', 'acknowledge_by', 'id'])
    op.drop_table('search')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TEXT SEARCH CONFIGURATION heard_words')
        op.execute('DROP TEXT SEARCH DICTIONARY heard_stems')
    op.drop_table('queue')
