"""What the page of a case asks for by itself: the person's other cases, and copies of its messages.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_cases_complainant_address', 'cases', ['complainant_address'])
    few = sa.text('duplicate_of_id IS NOT NULL')
    op.create_index(
        'ix_messages_duplicate_of_id', 'messages', ['duplicate_of_id'], sqlite_where=few,
        postgresql_where=few,
    )


def downgrade() -> None:
    op.drop_index('ix_messages_duplicate_of_id', 'messages')
    op.drop_index('ix_cases_complainant_address', 'cases')
