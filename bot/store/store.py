"""Store: every piece of SQL about jobs."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Result, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import errors
from bot.store.database import as_fault, as_json, as_row, columns_of, hold, patiently
from bot.store.records import (
    Call,
    CallState,
    Fault,
    Job,
    JobState,
    Picture,
    Post,
    Queued,
    Terms,
    Timing,
    UnwantedError,
)
from bot.store.servers import Servers
from bot.store.tables import CallRow, JobRow, PictureRow, PostRow


class Store(Servers):
    """Jobs, their calls, pictures and posts, in SQLite or PostgreSQL."""

    # -------------------------------------------------------------- jobs

    async def add_job(self, job: Job, seeds: Sequence[int | None], terms: Terms) -> None:
        """Write a job with a waiting call for each seed, in one transaction.

        Raises TooManyWaiting, AskedBefore, or AlreadyAtIt where the job it tries again was tried before:
        then nothing is written, whoever else asks at the same moment.
        """
        row = as_row(JobRow, job)
        async with self._session.begin() as session:
            await hold(session, f"person {job.requester_id}")
            await _check(session, job, terms)
            session.add(row)
            await session.flush()
            for number, seed in enumerate(seeds):
                session.add(CallRow(job_id=job.id, number=number, state=CallState.WAITING, seed=seed))

    @patiently
    async def job(self, job_id: str) -> Job | None:
        """The job of that id."""
        async with self._session() as session:
            row = await session.get(JobRow, job_id)
        return None if row is None else _as_job(row)

    async def job_of_message(self, message_id: int) -> tuple[Job, int] | None:
        """The job whose pictures a message carries, and the number of that message among the job's."""
        async with self._session() as session:
            found = await session.execute(
                select(JobRow, PostRow.number)
                .join(PostRow, PostRow.job_id == JobRow.id)
                .where(PostRow.message_id == message_id, PostRow.number >= 0)
            )
            row = found.first()
        return None if row is None else (_as_job(row[0]), row[1])

    @patiently
    async def unended(self) -> list[str]:
        """The ids of all jobs to which something must still happen, oldest first."""
        async with self._session() as session:
            ended = [state for state in JobState if state.ended]
            found = await session.scalars(
                select(JobRow.id).where(JobRow.state.not_in(ended)).order_by(JobRow.created_at)
            )
            return list(found)

    async def queue(self) -> list[Queued]:
        """Every job that waits for pictures, oldest first."""
        async with self._session() as session:
            found = await session.execute(
                select(JobRow.id, JobRow.requester_id, JobRow.count, JobRow.state)
                .where(JobRow.state.in_([JobState.WAITING, JobState.PAINTING]))
                .order_by(JobRow.created_at, JobRow.id)
            )
            return [Queued(key, who, count, state == JobState.PAINTING) for key, who, count, state in found]

    async def timings(self, limit: int) -> list[Timing]:
        """How long the newest calls took, oldest first."""
        taken = CallRow.answered_at - CallRow.sent_at
        async with self._session() as session:
            found = await session.execute(
                select(JobRow.request, taken)
                .join(CallRow, CallRow.job_id == JobRow.id)
                .where(CallRow.state == CallState.ANSWERED, CallRow.sent_at.is_not(None))
                .order_by(JobRow.created_at.desc())
                .limit(limit)
            )
            timings = [Timing(request["model"], request["size"], seconds) for request, seconds in found]
        return timings[::-1]

    @patiently
    async def begin_painting(self, job_id: str) -> tuple[Job, bool]:
        """Move a job on from waiting; the job as it then is, cancelled perhaps, and whether this moved it."""
        waiting = JobRow.state == JobState.WAITING
        moved = await self._move(job_id, JobState.PAINTING, waiting, started_at=self._clock())
        async with self._session() as session:
            return _as_job(await session.get_one(JobRow, job_id)), moved

    @patiently
    async def cancel(self, job_id: str) -> bool:
        """Take a waiting job back; False where it does not wait any more."""
        waiting = JobRow.state == JobState.WAITING
        await self._move(job_id, JobState.CANCELLED, waiting, ended_at=self._clock())
        job = await self.job(job_id)  # not how many rows moved: a repetition finds none
        return job is not None and job.state is JobState.CANCELLED

    @patiently
    async def discard(self, job_id: str) -> bool:
        """Note that nothing of a job is to be posted; False where something was, or was just about to be."""
        unposted = ~exists().where(PostRow.job_id == job_id, PostRow.number >= 0)
        under_way = JobRow.state.in_([JobState.PAINTING, JobState.COLLECTING])
        async with self._session.begin() as session:
            await hold(session, f"posts {job_id}")
            noted = update(JobRow).where(JobRow.id == job_id, under_way, unposted).values(discard=True)
            return _one(await session.execute(noted))

    async def _move(self, job_id: str, state: JobState, only: ColumnElement[bool], **stamp: float) -> bool:
        async with self._session.begin() as session:
            moved = update(JobRow).where(JobRow.id == job_id, only)
            return _one(await session.execute(moved.values(state=state, **stamp)))

    async def jobs_by_state(self) -> dict[str, int]:
        """How many jobs stand in each state that is no end."""
        open_ = [state for state in JobState if not state.ended]
        counted = select(JobRow.state, func.count()).where(JobRow.state.in_(open_)).group_by(JobRow.state)
        async with self._session() as session:
            found = {row[0]: row[1] for row in await session.execute(counted)}
        return {state.value: found.get(state, 0) for state in open_}

    @patiently
    async def set_state(self, job_id: str, state: JobState, fault: Fault | None = None) -> Job:
        """Move a job on, with the time of it, and return it."""
        values: dict[str, Any] = {"state": state}
        stamp = {JobState.PAINTING: "started_at", JobState.COLLECTING: "answered_at"}.get(state)
        if state.ended:
            values |= {"ended_at": self._clock(), "fault": as_json(fault)}
        elif stamp:
            values[stamp] = self._clock()
        async with self._session.begin() as session:
            await session.execute(update(JobRow).where(JobRow.id == job_id).values(values))
            row = await session.get_one(JobRow, job_id)
        return _as_job(row)

    @patiently
    async def change_place(self, job_id: str, **changes: Any) -> None:
        """Change some of what is known of where a job's results go."""
        async with self._session.begin() as session:
            await hold(session, f"place {job_id}")
            row = await session.get_one(JobRow, job_id)
            row.place = {**row.place, **changes}

    # -------------------------------------------------------------- calls

    @patiently
    async def calls(self, job_id: str) -> list[Call]:
        """The job's calls in their order."""
        async with self._session() as session:
            rows = await session.scalars(
                select(CallRow).where(CallRow.job_id == job_id).order_by(CallRow.number)
            )
            return [
                Call(row.job_id, row.number, CallState(row.state), row.seed, as_fault(row.fault))
                for row in rows
            ]

    @patiently
    async def set_call(self, call: Call, state: CallState, fault: Fault | None = None) -> None:
        """Write what became of a call."""
        values = {"state": state, "fault": as_json(fault), "answered_at": self._clock()}
        async with self._session.begin() as session:
            await session.execute(update(CallRow).where(*_is(CallRow, call)).values(values))

    @patiently
    async def mark_sent(self, call: Call) -> bool:
        """Write that a call's POST goes out; False where it is not waiting any more: somebody else sent it."""
        waiting = update(CallRow).where(*_is(CallRow, call), CallRow.state == CallState.WAITING)
        async with self._session.begin() as session:
            return _one(await session.execute(waiting.values(state=CallState.SENT, sent_at=self._clock())))

    @patiently
    async def keep_answer(self, call: Call, pictures: Sequence[Picture], tokens: int) -> None:
        """Write a call's answer: all its pictures, in one transaction with the call's end."""
        values = {"state": CallState.ANSWERED, "answered_at": self._clock(), "tokens": tokens, "fault": None}
        async with self._session.begin() as session:
            await session.execute(update(CallRow).where(*_is(CallRow, call)).values(values))
            session.add_all(as_row(PictureRow, picture) for picture in pictures)

    # -------------------------------------------------------------- pictures

    @patiently
    async def pictures(self, job_id: str) -> list[Picture]:
        """The job's pictures in their order, those that failed among them."""
        async with self._session() as session:
            rows = await session.scalars(
                select(PictureRow).where(PictureRow.job_id == job_id).order_by(PictureRow.number)
            )
            return [Picture(**columns_of(row) | {"fault": as_fault(row.fault)}) for row in rows]

    @patiently
    async def set_picture(self, picture: Picture) -> None:
        """Write a picture as it is now."""
        async with self._session.begin() as session:
            await session.merge(as_row(PictureRow, picture))

    # -------------------------------------------------------------- posts

    @patiently
    async def plan_post(self, job_id: str, number: int, pictures: Sequence[int]) -> None:
        """Write down which pictures a message will carry."""
        planned = update(PictureRow).where(PictureRow.job_id == job_id, PictureRow.number.in_(pictures))
        async with self._session.begin() as session:
            await session.execute(planned.values(post=number))

    @patiently
    async def begin_post(self, job_id: str, number: int) -> bool:
        """Note that a message is about to be posted; whether that was noted before.

        Raises UnwantedError where the job's person wants to see nothing of it any more.
        """
        async with self._session.begin() as session:
            await hold(session, f"posts {job_id}")
            if await session.get(PostRow, (job_id, number)) is not None:
                return True
            if number >= 0 and (await session.get_one(JobRow, job_id)).discard:
                raise UnwantedError
            session.add(PostRow(job_id=job_id, number=number))
        return False

    @patiently
    async def keep_post(self, post: Post) -> None:
        """Note the message that was posted."""
        async with self._session.begin() as session:
            await session.merge(as_row(PostRow, post))

    @patiently
    async def posts(self, job_id: str) -> list[Post]:
        """The messages with pictures posted for a job, in their order."""
        async with self._session() as session:
            rows = await session.scalars(
                select(PostRow)
                .where(PostRow.job_id == job_id, PostRow.number >= 0, PostRow.message_id.is_not(None))
                .order_by(PostRow.number)
            )
            return [Post(**columns_of(row)) for row in rows]


async def _check(session: AsyncSession, job: Job, terms: Terms) -> None:
    """Whether a job may be taken on, by what is in the store."""
    waiting = (JobRow.requester_id == job.requester_id, JobRow.state == JobState.WAITING)
    count = await session.scalar(select(func.count()).select_from(JobRow).where(*waiting)) or 0
    if count >= terms.waiting_limit:
        raise errors.TooManyWaiting(limit=terms.waiting_limit)
    same = select(JobRow.id).where(JobRow.origin_id == job.origin_id).limit(1)
    if terms.once and await session.scalar(same) is not None:
        raise errors.AskedBefore
    if terms.again_of is not None:
        untried = update(JobRow).where(JobRow.id == terms.again_of, JobRow.again_id.is_(None))
        if not _one(await session.execute(untried.values(again_id=job.id))):
            raise errors.AlreadyAtIt


def _one(result: Result[Any]) -> bool:
    """Whether an update found its row."""
    return bool(cast("CursorResult[Any]", result).rowcount)


def _is(table: type[CallRow], call: Call) -> tuple[Any, ...]:
    return (table.job_id == call.job_id, table.number == call.number)


def _as_job(row: JobRow) -> Job:
    return Job(**columns_of(row) | {"state": JobState(row.state), "fault": as_fault(row.fault)})
