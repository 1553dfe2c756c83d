"""processes, numbers, turns"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('processes',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('life', sa.String(length=20), nullable=False),
        sa.Column('seen_at', sa.Float(), nullable=False),
        sa.Column('folder', sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_processes')),
    )
    op.create_table('numbers',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('next_at', sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_numbers')),
    )
    op.create_table('turns',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('process', sa.String(length=40), nullable=False),
        sa.Column('person', sa.BigInteger(), nullable=False),
        sa.Column('since', sa.Float(), nullable=False),
        sa.Column('taken', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_turns')),
    )


def downgrade() -> None:
    for table in ('turns', 'numbers', 'processes'):
        op.drop_table(table)
