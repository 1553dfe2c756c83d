"""The tables of jams and their rounds."""

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class JamRow(Base):
    """A group that works towards a picture in a thread of its own."""

    __tablename__ = "jams"
    __table_args__ = (Index("ix_jams_state", "state"), Index("ix_jams_thread_id", "thread_id"))

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    guild_id: Mapped[int]
    channel_id: Mapped[int]
    starter_id: Mapped[int]
    theme: Mapped[str]
    budget: Mapped[int] = mapped_column(Integer)
    invited: Mapped[bool]
    blind: Mapped[bool]
    language: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[float]
    heard_at: Mapped[float]
    ended_at: Mapped[float | None]
    message_id: Mapped[int | None]
    thread_id: Mapped[int | None]
    board_id: Mapped[int | None]
    recap_id: Mapped[int | None]
    packed_id: Mapped[int | None]


class JamMemberRow(Base):
    """How somebody stands to a jam."""

    __tablename__ = "jam_members"

    jam_id: Mapped[str] = mapped_column(
        String(20), ForeignKey("jams.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(8))
    at: Mapped[float]


class JamReferenceRow(Base):
    """A picture on a jam's board under a name, or one that was."""

    __tablename__ = "jam_references"
    __table_args__ = (Index("ix_jam_references_jam_id", "jam_id"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    jam_id: Mapped[str] = mapped_column(String(20), ForeignKey("jams.id", ondelete="CASCADE"))
    key: Mapped[str]
    name: Mapped[str]
    file: Mapped[str]
    person_id: Mapped[int]
    at: Mapped[float]
    was_id: Mapped[str | None] = mapped_column(String(20))
    gone_at: Mapped[float | None]
    gone_by: Mapped[int | None]
    from_id: Mapped[str | None] = mapped_column(String(20))
    from_picture: Mapped[int | None] = mapped_column(Integer)


class VoteRow(Base):
    """Somebody's vote for one picture of a jam's."""

    __tablename__ = "votes"

    job_id: Mapped[str] = mapped_column(
        String(20), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]


class RoundRow(Base):
    """A round of a jam: ideas that are collected, shown together, and voted on."""

    __tablename__ = "rounds"
    __table_args__ = (Index("ix_rounds_jam_id", "jam_id"), Index("ix_rounds_state", "state"))

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    jam_id: Mapped[str] = mapped_column(String(20), ForeignKey("jams.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    starter_id: Mapped[int]
    created_at: Mapped[float]
    closes_at: Mapped[float]
    vote_seconds: Mapped[float]
    votes_until: Mapped[float | None]
    ended_at: Mapped[float | None]
    ending: Mapped[str | None] = mapped_column(String(12))
    winner_id: Mapped[str | None] = mapped_column(String(20))
    tie: Mapped[str | None] = mapped_column(String(12))
    pinned: Mapped[str | None]
    message_id: Mapped[int | None]
    reveal_id: Mapped[int | None]
    result_id: Mapped[int | None]


class RoundIdeaRow(Base):
    """What somebody handed in to a round; its id is that of the job that paints it."""

    __tablename__ = "round_ideas"
    __table_args__ = (Index("ix_round_ideas_round_id_person_id", "round_id", "person_id", unique=True),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    round_id: Mapped[str] = mapped_column(String(20), ForeignKey("rounds.id", ondelete="CASCADE"))
    person_id: Mapped[int]
    at: Mapped[float]
    asked: Mapped[dict[str, Any]]
    ready: Mapped[bool]
    fault: Mapped[dict[str, Any] | None]
    place: Mapped[int | None] = mapped_column(Integer)


class RoundVoteRow(Base):
    """Somebody's vote in a round."""

    __tablename__ = "round_votes"

    round_id: Mapped[str] = mapped_column(
        String(20), ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idea_id: Mapped[str] = mapped_column(String(20))
    at: Mapped[float]
