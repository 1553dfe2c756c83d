"""Easel's own tables."""

from typing import Any, cast

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store import base
from bot.store.jam_tables import (
    JamMemberRow,
    JamReferenceRow,
    JamRow,
    RoundIdeaRow,
    RoundRow,
    RoundVoteRow,
    VoteRow,
)

Base = base.Base


class JobRow(Base):
    """A request somebody made somewhere."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state", "state"),
        # Sums are read from these alone, and what is in no page: rows hold prompts and are far apart.
        Index(
            "ix_jobs_requester_id_created_at",
            *("requester_id", "created_at", "guild_id", "pictures", "cost", "channel_id"),
        ),
        Index("ix_jobs_guild_id_created_at", "guild_id", "created_at", "pictures", "cost"),
        Index("ix_jobs_origin_id", "origin_id"),
        Index("ix_jobs_parent_id", "parent_id"),
        Index("ix_jobs_batch_id", "batch_id"),
        Index("ix_jobs_jam_id", "jam_id"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    requester_id: Mapped[int]
    guild_id: Mapped[int | None]
    channel_id: Mapped[int]
    origin_id: Mapped[int]
    place: Mapped[dict[str, Any]]
    request: Mapped[dict[str, Any]]
    count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[float]
    parent_id: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[float | None]
    answered_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    fault: Mapped[dict[str, Any] | None]
    discard: Mapped[bool] = mapped_column(server_default=false())
    again_id: Mapped[str | None] = mapped_column(String(20))
    pictures: Mapped[int] = mapped_column(Integer, server_default="0")
    cost: Mapped[int] = mapped_column(server_default="0")
    price: Mapped[int | None]
    how: Mapped[str] = mapped_column(String(12), server_default="asked")
    parent_picture: Mapped[int | None] = mapped_column(Integer)
    panel: Mapped[int | None] = mapped_column(Integer)
    batch_id: Mapped[str | None] = mapped_column(String(20))
    style: Mapped[str | None]
    private: Mapped[bool] = mapped_column(server_default=false())
    deleted_at: Mapped[float | None]
    jam_id: Mapped[str | None] = mapped_column(String(20))


class SourceRow(Base):
    """One of several pictures that a job works from, in its place among them."""

    __tablename__ = "sources"
    __table_args__ = (Index("ix_sources_from_id", "from_id"),)

    job_id: Mapped[str] = mapped_column(
        String(20), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[int]
    from_id: Mapped[str | None] = mapped_column(String(20))
    """The job that painted it, if one did."""
    picture: Mapped[int | None] = mapped_column(Integer)


class CallRow(Base):
    """One POST of a job."""

    __tablename__ = "calls"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    seed: Mapped[int | None]
    sent_at: Mapped[float | None]
    answered_at: Mapped[float | None]
    tokens: Mapped[int | None]
    fault: Mapped[dict[str, Any] | None]


class PictureRow(Base):
    """One picture that came back, or the reason why it did not."""

    __tablename__ = "pictures"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[int] = mapped_column(Integer)
    url: Mapped[str | None]
    path: Mapped[str | None]
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    post: Mapped[int | None] = mapped_column(Integer)
    fault: Mapped[dict[str, Any] | None]


class PostRow(Base):
    """A message that was, or was about to be, posted for a job."""

    __tablename__ = "posts"
    __table_args__ = (Index("ix_posts_message_id", "message_id"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    channel_id: Mapped[int | None]
    message_id: Mapped[int | None]


class FavouriteRow(Base):
    """A job whose pictures somebody likes."""

    __tablename__ = "favourites"
    __table_args__ = (Index("ix_favourites_person_id_at", "person_id", "at"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]


class BatchRow(Base):
    """Several jobs of one prompt with braces: proposed, confirmed once, and shown together in the end."""

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_state", "state"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    requester_id: Mapped[int]
    guild_id: Mapped[int | None]
    channel_id: Mapped[int]
    origin_id: Mapped[int]
    created_at: Mapped[float]
    asked: Mapped[dict[str, Any]]
    place: Mapped[dict[str, Any]]
    message_id: Mapped[int | None]
    thread_id: Mapped[int | None]


class ServerRow(Base):
    """What a server's admins have set."""

    __tablename__ = "servers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    choices: Mapped[dict[str, Any]]
    """Those fields of `Server` that are not as usual."""


class SwitchRow(Base):
    """What the owner has set for all servers and processes."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(20))


class LaidRow(Base):
    """One reference in somebody's tray; `position` keeps the order they were laid in, with gaps."""

    __tablename__ = "tray"
    __table_args__ = (
        Index("ix_tray_owner_id_channel_id_position", "owner_id", "channel_id", "position", unique=True),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    owner_id: Mapped[int]
    channel_id: Mapped[int]
    position: Mapped[int]
    name: Mapped[str]
    message_id: Mapped[int | None]
    part: Mapped[str]
    copied: Mapped[bool]
    laid_at: Mapped[float]
    bytes: Mapped[int]
    author_id: Mapped[int | None]


class PersonRow(Base):
    """What somebody has chosen for themselves."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    choices: Mapped[dict[str, Any]]
    """Those fields of `Person` that are not as usual."""


class StyleRow(Base):
    """A style somebody saved; `key` is its name as it is compared."""

    __tablename__ = "styles"
    __table_args__ = (Index("ix_styles_whose_owner_id_key", "whose", "owner_id", "key", unique=True),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    whose: Mapped[str] = mapped_column(String(8))
    owner_id: Mapped[int]
    key: Mapped[str]
    name: Mapped[str]
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[float]


class ProcessRow(Base):
    """A process that shares the work, or that died and was not yet taken over from."""

    __tablename__ = "processes"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    life: Mapped[str] = mapped_column(String(20))
    """Its id from one start to the next; empty once somebody takes over from it."""
    seen_at: Mapped[float]
    folder: Mapped[str] = mapped_column(String(20))
    """The mark of its data folder: all processes have the same."""


class NumberRow(Base):
    """What must happen so far apart, whichever process does it: when the next may."""

    __tablename__ = "numbers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[float]


class TurnRow(Base):
    """A call that waits for its turn at the endpoint, or has it."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    process: Mapped[str] = mapped_column(String(40))
    person: Mapped[int]
    since: Mapped[float]
    taken: Mapped[bool]


# What statements speak of: rows become records at once, so that nobody needs them as objects, too.
JOBS, CALLS, PICTURES, POSTS, SERVERS, SWITCHES, TRAY = (
    cast("Table", row.__table__)
    for row in (JobRow, CallRow, PictureRow, PostRow, ServerRow, SwitchRow, LaidRow)
)
FAVOURITES, SOURCES = (cast("Table", row.__table__) for row in (FavouriteRow, SourceRow))
PEOPLE, STYLES = (cast("Table", row.__table__) for row in (PersonRow, StyleRow))
PROCESSES, NUMBERS, TURNS, BATCHES = (
    cast("Table", row.__table__) for row in (ProcessRow, NumberRow, TurnRow, BatchRow)
)
JAMS, JAM_MEMBERS, JAM_REFERENCES, VOTES = (
    cast("Table", row.__table__) for row in (JamRow, JamMemberRow, JamReferenceRow, VoteRow)
)
ROUNDS, ROUND_IDEAS, ROUND_VOTES = (
    cast("Table", row.__table__) for row in (RoundRow, RoundIdeaRow, RoundVoteRow)
)
