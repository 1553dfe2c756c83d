"""the words of every job, to find it by"""

from alembic import op

from bot.store import index

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


INDEX = ('ix_jobs_requester_id_created_at', 'jobs')
COLUMNS = ['requester_id', 'created_at', 'guild_id', 'pictures', 'cost']


def upgrade() -> None:
    op.drop_index(*INDEX)
    op.create_index(*INDEX, [*COLUMNS, 'channel_id'])
    # Nothing stands in it that the jobs do not say: whatever shape it has in this Easel, it is made from them.
    index.make(op.get_bind())
    index.fill(op.get_bind())


def downgrade() -> None:
    op.drop_table('words')
    op.drop_index(*INDEX)
    op.create_index(*INDEX, COLUMNS)
