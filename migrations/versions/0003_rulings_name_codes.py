"""Rulings name the exclusions and flags that apply.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('rulings') as batch:
        batch.add_column(sa.Column('exclusions', sa.JSON()))
        batch.add_column(sa.Column('flags', sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table('rulings') as batch:
        batch.drop_column('flags')
        batch.drop_column('exclusions')
