"""usage"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

jobs = sa.table('jobs', *(sa.column(name) for name in ('id', 'state', 'count', 'pictures')))
pictures = sa.table('pictures', *(sa.column(name) for name in ('job_id', 'path', 'post', 'fault')))
posts = sa.table('posts', *(sa.column(name) for name in ('job_id', 'number', 'message_id')))


def upgrade() -> None:
    # No batch: it would copy the table of jobs, and calls hang on its rows.
    op.add_column('jobs', sa.Column('pictures', sa.Integer(), server_default='0', nullable=False))
    op.add_column('jobs', sa.Column('cost', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('jobs', sa.Column('price', sa.BigInteger(), nullable=True))
    # Nobody knew what pictures cost; how many came stands in their messages, and open jobs count with all.
    posted = sa.exists().where(
        posts.c.job_id == pictures.c.job_id, posts.c.number == pictures.c.post, posts.c.message_id.is_not(None)
    )
    came = (
        sa.select(sa.func.count()).select_from(pictures)
        .where(pictures.c.job_id == jobs.c.id, pictures.c.path.is_not(None), pictures.c.fault.is_(None), posted)
        .scalar_subquery()
    )
    open_ = jobs.c.state.in_(['waiting', 'painting', 'collecting'])
    op.execute(jobs.update().values(pictures=sa.case((open_, jobs.c.count), else_=came)))
    op.drop_index('ix_jobs_requester_id_created_at', 'jobs')
    op.create_index('ix_jobs_requester_id_created_at', 'jobs', ['requester_id', 'created_at', 'guild_id', 'pictures', 'cost'])
    op.create_index('ix_jobs_guild_id_created_at', 'jobs', ['guild_id', 'created_at', 'pictures', 'cost'])


def downgrade() -> None:
    op.drop_index('ix_jobs_guild_id_created_at', 'jobs')
    op.drop_index('ix_jobs_requester_id_created_at', 'jobs')
    op.create_index('ix_jobs_requester_id_created_at', 'jobs', ['requester_id', 'created_at'])
    op.drop_column('jobs', 'price')
    op.drop_column('jobs', 'cost')
    op.drop_column('jobs', 'pictures')
