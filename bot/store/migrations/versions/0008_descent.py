"""how jobs came to be, what is private, what was deleted"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

INDEXED = ('parent_id', 'batch_id')


def columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column('how', sa.String(length=12), server_default='asked', nullable=False),
        sa.Column('parent_picture', sa.Integer(), nullable=True),
        sa.Column('panel', sa.Integer(), nullable=True),
        sa.Column('batch_id', sa.String(length=20), nullable=True),
        sa.Column('style', sa.Text(), nullable=True),
        sa.Column('private', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('deleted_at', sa.Float(), nullable=True),
    )

def upgrade() -> None:
    # No batch: it would copy the table of jobs, and calls hang on its rows.
    for column in columns():
        op.add_column('jobs', column)
    for name in INDEXED:
        op.create_index(f'ix_jobs_{name}', 'jobs', [name])


def downgrade() -> None:
    for name in INDEXED:
        op.drop_index(f'ix_jobs_{name}', 'jobs')
    for column in reversed(columns()):
        op.drop_column('jobs', column.name)
