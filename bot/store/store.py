"""Store: every piece of SQL about jobs."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update

from bot.store.database import as_fault, as_json, as_row, columns_of, patiently
from bot.store.records import Call, CallState, Fault, Job, JobState, Picture, Post
from bot.store.tables import CallRow, JobRow, PictureRow, PostRow
from bot.store.trays import Trays


class Store(Trays):
    """Jobs, their calls, pictures and posts, in SQLite or PostgreSQL."""

    # -------------------------------------------------------------- jobs

    async def add_job(self, job: Job, seeds: Sequence[int | None]) -> None:
        """Write a job with a waiting call for each seed, in one transaction."""
        row = as_row(JobRow, job)
        async with self._session.begin() as session:
            session.add(row)
            await session.flush()
            for number, seed in enumerate(seeds):
                session.add(CallRow(job_id=job.id, number=number, state=CallState.WAITING, seed=seed))

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

    async def unended(self) -> list[str]:
        """The ids of all jobs to which something must still happen, oldest first."""
        async with self._session() as session:
            ended = [state for state in JobState if state.ended]
            found = await session.scalars(
                select(JobRow.id).where(JobRow.state.not_in(ended)).order_by(JobRow.created_at)
            )
            return list(found)

    async def unpainted(self) -> int:
        """How many jobs wait for pictures."""
        async with self._session() as session:
            states = JobRow.state.in_([JobState.WAITING, JobState.PAINTING])
            return await session.scalar(select(func.count()).select_from(JobRow).where(states)) or 0

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
    async def set_place(self, job_id: str, place: Mapping[str, Any]) -> None:
        """Change where a job's results go."""
        async with self._session.begin() as session:
            await session.execute(update(JobRow).where(JobRow.id == job_id).values(place=dict(place)))

    # -------------------------------------------------------------- calls

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
            done = await session.execute(waiting.values(state=CallState.SENT, sent_at=self._clock()))
            return bool(cast("CursorResult[Any]", done).rowcount)

    @patiently
    async def keep_answer(self, call: Call, pictures: Sequence[Picture], tokens: int) -> None:
        """Write a call's answer: all its pictures, in one transaction with the call's end."""
        values = {"state": CallState.ANSWERED, "answered_at": self._clock(), "tokens": tokens, "fault": None}
        async with self._session.begin() as session:
            await session.execute(update(CallRow).where(*_is(CallRow, call)).values(values))
            session.add_all(as_row(PictureRow, picture) for picture in pictures)

    # -------------------------------------------------------------- pictures

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
        """Note that a message is about to be posted; whether that was noted before."""
        async with self._session.begin() as session:
            if await session.get(PostRow, (job_id, number)) is not None:
                return True
            session.add(PostRow(job_id=job_id, number=number))
        return False

    @patiently
    async def keep_post(self, post: Post) -> None:
        """Note the message that was posted."""
        async with self._session.begin() as session:
            await session.merge(as_row(PostRow, post))

    async def posts(self, job_id: str) -> list[Post]:
        """The messages with pictures posted for a job, in their order."""
        async with self._session() as session:
            rows = await session.scalars(
                select(PostRow)
                .where(PostRow.job_id == job_id, PostRow.number >= 0, PostRow.message_id.is_not(None))
                .order_by(PostRow.number)
            )
            return [Post(**columns_of(row)) for row in rows]


def _is(table: type[CallRow], call: Call) -> tuple[Any, ...]:
    return (table.job_id == call.job_id, table.number == call.number)


def _as_job(row: JobRow) -> Job:
    return Job(**columns_of(row) | {"state": JobState(row.state), "fault": as_fault(row.fault)})
