"""cancel, again, servers"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('servers',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('public_panels', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_servers'))
    )
    # No batch: it would copy the table of jobs, and calls hang on its rows.
    op.add_column('jobs', sa.Column('discard', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('jobs', sa.Column('again_id', sa.String(length=20), nullable=True))
    op.create_index('ix_jobs_origin_id', 'jobs', ['origin_id'])


def downgrade() -> None:
    op.drop_index('ix_jobs_origin_id', 'jobs')
    op.drop_column('jobs', 'again_id')
    op.drop_column('jobs', 'discard')
    op.drop_table('servers')
