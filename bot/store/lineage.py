"""What grew out of what, and what was taken out of it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from bot.store import rows
from bot.store.database import hold, transaction, values_of
from bot.store.records import NOTICE, Job, JobState, Post
from bot.store.sources import Sources, blended
from bot.store.tables import JOBS, POSTS

_NOTHING_CAME = (JobState.WAITING, JobState.PAINTING, JobState.FAILED, JobState.CANCELLED, JobState.DISCARDED)


class Lineage(Sources):
    """Parents, children, and the messages in which people see them."""

    @transaction
    def with_post(self, connection: Connection, job_id: str) -> tuple[Job, Post | None] | None:
        """A job and the first message of its pictures; None where there is no such job."""
        job = rows.job(connection, job_id)
        if job is None:
            return None
        return job, next((post for post in rows.posts(connection, job_id) if post.number >= 0), None)

    @transaction
    def family(self, connection: Connection, job_id: str, most: int) -> list[Job]:
        """The jobs of one server that a job is related to, the nearest first: at most so many, itself among them."""
        found: dict[str, Job] = {}
        near = [rows.there(connection, job_id)]
        together = _together(near[0])
        while near and len(found) < most:
            found |= {job.id: job for job in near}
            up = {job.parent_id for job in near if job.parent_id}
            here = [job.id for job in near]
            related = or_(JOBS.c.id.in_(up), JOBS.c.parent_id.in_(here), blended(here))
            wanted = select(JOBS).where(related, together, JOBS.c.id.not_in(found), _has_pictures())
            oldest = wanted.order_by(JOBS.c.created_at, JOBS.c.id).limit(most)
            near = [rows.as_job(row) for row in connection.execute(oldest).mappings()]
        return list(found.values())[:most]

    @transaction
    def keep_brought(self, connection: Connection, job_id: str, channel_id: int, message_id: int) -> None:
        """Note a message in which somebody showed a job's pictures once more: it is numbered below the notice."""
        hold(connection, f"posts {job_id}")
        its = POSTS.c.job_id == job_id
        if connection.scalar(select(POSTS.c.number).where(its, POSTS.c.message_id == message_id)) is None:
            lowest = connection.scalar(select(func.min(POSTS.c.number)).where(its)) or 0
            post = Post(job_id, min(lowest, NOTICE) - 1, channel_id, message_id)
            connection.execute(insert(POSTS).values(values_of(post)))

    @transaction
    def everywhere(self, connection: Connection, job_id: str) -> list[Post]:
        """Every message that shows a job's pictures, those in which they were brought back among them."""
        return [post for post in rows.posts(connection, job_id) if post.number != NOTICE]

    @transaction
    def first_posts(self, connection: Connection, job_ids: Collection[str]) -> dict[str, Post]:
        """The first message of pictures of each of the jobs that has one."""
        found = connection.execute(
            select(POSTS)
            .where(POSTS.c.job_id.in_(job_ids), POSTS.c.number >= 0, POSTS.c.message_id.is_not(None))
            .order_by(POSTS.c.number.desc())
        )
        return {row["job_id"]: Post(**row) for row in found.mappings()}

    @transaction
    def newest(
        self, connection: Connection, guild_id: int | None, channel_id: int, person_id: int
    ) -> Job | None:
        """The newest job of a channel whose pictures a person may see."""
        here = _same(guild_id, channel_id)
        seen = (JOBS.c.deleted_at.is_(None), or_(~JOBS.c.private, JOBS.c.requester_id == person_id))
        newest = select(JOBS).where(JOBS.c.channel_id == channel_id, here, *seen, _has_pictures())
        row = connection.execute(newest.order_by(JOBS.c.created_at.desc()).limit(1)).mappings().first()
        return None if row is None else rows.as_job(row)

    @transaction
    def mark_deleted(self, connection: Connection, job_id: str) -> None:
        """Note that a job's pictures are taken out of Discord; the first time counts."""
        there = (JOBS.c.id == job_id, JOBS.c.deleted_at.is_(None))
        connection.execute(update(JOBS).where(*there).values(deleted_at=self._clock()))


def _has_pictures() -> ColumnElement[bool]:
    return and_(JOBS.c.state.not_in(_NOTHING_CAME), JOBS.c.pictures > 0)


def _together(job: Job) -> ColumnElement[bool]:
    return _same(job.guild_id, job.channel_id)


def _same(guild_id: int | None, channel_id: int) -> ColumnElement[bool]:
    """Of one server; outside of servers, of one conversation."""
    if guild_id is not None:
        return JOBS.c.guild_id == guild_id
    return and_(JOBS.c.guild_id.is_(None), JOBS.c.channel_id == channel_id)
