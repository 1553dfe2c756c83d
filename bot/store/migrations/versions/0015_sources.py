"""sources: what a picture of several grew out of, whose a laid picture is, and which one a pinned one was"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sources',
        sa.Column('job_id', sa.String(length=20), nullable=False),
        sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('person_id', sa.BigInteger(), nullable=False),
        sa.Column('from_id', sa.String(length=20), nullable=True),
        sa.Column('picture', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ['job_id'], ['jobs.id'], name=op.f('fk_sources_job_id_jobs'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('job_id', 'place', name=op.f('pk_sources')),
    )
    op.create_index('ix_sources_from_id', 'sources', ['from_id'])
    op.add_column('tray', sa.Column('author_id', sa.BigInteger(), nullable=True))
    op.add_column('jam_references', sa.Column('from_id', sa.String(length=20), nullable=True))
    op.add_column('jam_references', sa.Column('from_picture', sa.Integer(), nullable=True))
    op.add_column('jams', sa.Column('packed_id', sa.BigInteger(), nullable=True))
    # The jams that ended before had no archive, and get none now.
    op.execute("UPDATE jams SET packed_id = 0 WHERE recap_id IS NOT NULL")


def downgrade() -> None:
    op.drop_column('jams', 'packed_id')
    op.drop_column('jam_references', 'from_picture')
    op.drop_column('jam_references', 'from_id')
    op.drop_column('tray', 'author_id')
    op.drop_index('ix_sources_from_id', 'sources')
    op.drop_table('sources')
