"""the words of every job, to find it by"""

from alembic import op

from bot.store import index

revision = '0012'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing stands in it that the jobs do not say: whatever shape it has in this Easel, it is made from them.
    index.make(op.get_bind())
    index.fill(op.get_bind())


def downgrade() -> None:
    op.drop_table('words')
