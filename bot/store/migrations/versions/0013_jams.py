"""jams: who takes part, what is on the board, who voted for what"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'jams',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('guild_id', sa.BigInteger(), nullable=False),
        sa.Column('channel_id', sa.BigInteger(), nullable=False),
        sa.Column('starter_id', sa.BigInteger(), nullable=False),
        sa.Column('theme', sa.Text(), nullable=False),
        sa.Column('budget', sa.Integer(), nullable=False),
        sa.Column('invited', sa.Boolean(), nullable=False),
        sa.Column('blind', sa.Boolean(), nullable=False),
        sa.Column('language', sa.String(length=12), nullable=False),
        sa.Column('created_at', sa.Float(), nullable=False),
        sa.Column('heard_at', sa.Float(), nullable=False),
        sa.Column('ended_at', sa.Float(), nullable=True),
        sa.Column('message_id', sa.BigInteger(), nullable=True),
        sa.Column('thread_id', sa.BigInteger(), nullable=True),
        sa.Column('board_id', sa.BigInteger(), nullable=True),
        sa.Column('recap_id', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_jams')),
    )
    op.create_index('ix_jams_state', 'jams', ['state'])
    op.create_index('ix_jams_thread_id', 'jams', ['thread_id'])
    op.create_table(
        'jam_members',
        _jam_id(),
        sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('part', sa.String(length=8), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        _of_jam('jam_members'),
        sa.PrimaryKeyConstraint('jam_id', 'person_id', name=op.f('pk_jam_members')),
    )
    op.create_table(
        'jam_references',
        sa.Column('id', sa.String(length=20), nullable=False),
        _jam_id(),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('file', sa.Text(), nullable=False),
        sa.Column('person_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        sa.Column('was_id', sa.String(length=20), nullable=True),
        sa.Column('gone_at', sa.Float(), nullable=True),
        sa.Column('gone_by', sa.BigInteger(), nullable=True),
        _of_jam('jam_references'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_jam_references')),
    )
    op.create_index('ix_jam_references_jam_id', 'jam_references', ['jam_id'])
    op.create_table(
        'votes',
        sa.Column('job_id', sa.String(length=20), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ['job_id'], ['jobs.id'], name=op.f('fk_votes_job_id_jobs'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('job_id', 'number', 'person_id', name=op.f('pk_votes')),
    )
    op.add_column('jobs', sa.Column('jam_id', sa.String(length=20), nullable=True))
    op.create_index('ix_jobs_jam_id', 'jobs', ['jam_id'])


def downgrade() -> None:
    op.drop_index('ix_jobs_jam_id', 'jobs')
    op.drop_column('jobs', 'jam_id')
    for table in ('votes', 'jam_references', 'jam_members', 'jams'):
        op.drop_table(table)


def _jam_id() -> sa.Column[str]:
    return sa.Column('jam_id', sa.String(length=20), nullable=False)


def _of_jam(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f'fk_{table}_jam_id_jams')
    return sa.ForeignKeyConstraint(['jam_id'], ['jams.id'], name=name, ondelete='CASCADE')
