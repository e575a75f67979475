"""What is kept to undo a change names every case that it touched; what was kept before is forgotten.

Revision 0008, after 0007.
"""

from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('DELETE FROM undo')


def downgrade() -> None:
    op.execute('DELETE FROM undo')
