"""rounds of a jam: ideas that are collected, shown together, and voted on"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'rounds',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('jam_id', sa.String(length=20), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('starter_id', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.Float(), nullable=False),
        sa.Column('closes_at', sa.Float(), nullable=False),
        sa.Column('vote_seconds', sa.Float(), nullable=False),
        sa.Column('votes_until', sa.Float(), nullable=True),
        sa.Column('ended_at', sa.Float(), nullable=True),
        sa.Column('ending', sa.String(length=12), nullable=True),
        sa.Column('winner_id', sa.String(length=20), nullable=True),
        sa.Column('tie', sa.String(length=12), nullable=True),
        sa.Column('pinned', sa.Text(), nullable=True),
        sa.Column('message_id', sa.BigInteger(), nullable=True),
        sa.Column('reveal_id', sa.BigInteger(), nullable=True),
        sa.Column('result_id', sa.BigInteger(), nullable=True),
        _of('rounds', 'jam_id', 'jams'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rounds')),
    )
    op.create_index('ix_rounds_jam_id', 'rounds', ['jam_id'])
    op.create_index('ix_rounds_state', 'rounds', ['state'])
    op.create_table(
        'round_ideas',
        sa.Column('id', sa.String(length=20), nullable=False),
        sa.Column('round_id', sa.String(length=20), nullable=False),
        sa.Column('person_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        sa.Column('asked', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('ready', sa.Boolean(), nullable=False),
        sa.Column('fault', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('place', sa.Integer(), nullable=True),
        _of('round_ideas', 'round_id', 'rounds'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_round_ideas')),
    )
    op.create_index(
        'ix_round_ideas_round_id_person_id', 'round_ideas', ['round_id', 'person_id'], unique=True
    )
    op.create_table(
        'round_votes',
        sa.Column('round_id', sa.String(length=20), nullable=False),
        sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('idea_id', sa.String(length=20), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        _of('round_votes', 'round_id', 'rounds'),
        sa.PrimaryKeyConstraint('round_id', 'person_id', name=op.f('pk_round_votes')),
    )


def downgrade() -> None:
    for table in ('round_votes', 'round_ideas', 'rounds'):
        op.drop_table(table)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f'fk_{table}_{column}_{other}')
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=name, ondelete='CASCADE')
