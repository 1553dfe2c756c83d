"""styles, and what people choose for themselves"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.create_table(
        'styles',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('whose', sa.String(length=8), nullable=False),
        sa.Column('owner_id', sa.BigInteger(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('saved_at', sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_styles')),
    )
    op.create_index('ix_styles_whose_owner_id_key', 'styles', ['whose', 'owner_id', 'key'], unique=True)
    op.create_table(
        'people',
        sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('choices', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    )


def downgrade() -> None:
    op.drop_table('people')
    op.drop_index('ix_styles_whose_owner_id_key', 'styles')
    op.drop_table('styles')
