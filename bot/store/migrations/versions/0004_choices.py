"""choices of servers"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

servers = sa.table('servers', sa.column('public_panels', sa.Boolean()), sa.column('choices', sa.JSON()))


def upgrade() -> None:
    op.add_column('servers', sa.Column('choices', sa.JSON(none_as_null=True), nullable=False, server_default='{}'))
    op.execute(servers.update().where(servers.c.public_panels).values(choices={'public_panels': True}))
    with op.batch_alter_table('servers') as batch:
        batch.alter_column('choices', server_default=None)
        batch.drop_column('public_panels')


def downgrade() -> None:
    with op.batch_alter_table('servers') as batch:
        batch.add_column(sa.Column('public_panels', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.drop_column('choices')
