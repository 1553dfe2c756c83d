"""Easel's own tables."""

from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Snowflake = BigInteger


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON(none_as_null=True), int: BigInteger, float: Float, str: Text}  # noqa: RUF012  # SQLAlchemy's shape


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
FAVOURITES = cast("Table", FavouriteRow.__table__)
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
