"""favourites"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'favourites',
        sa.Column('job_id', sa.String(length=20), nullable=False),
        sa.Column('person_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ['job_id'], ['jobs.id'], name=op.f('fk_favourites_job_id_jobs'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('job_id', 'person_id', name=op.f('pk_favourites')),
    )
    op.create_index('ix_favourites_person_id_at', 'favourites', ['person_id', 'at'])


def downgrade() -> None:
    op.drop_index('ix_favourites_person_id_at', 'favourites')
    op.drop_table('favourites')
