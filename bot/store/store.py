"""Store: every piece of SQL in Easel."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Self, TypeVar, cast

import stamina
from sqlalchemy import CursorResult, Select, delete, event, func, select, text, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot import errors
from bot.store import migrate
from bot.store.records import Call, CallState, Fault, Job, JobState, Laid, Picture, Post, not_among
from bot.store.tables import Base, CallRow, JobRow, LaidRow, PictureRow, PostRow

Row = TypeVar("Row", bound=Base)

_patiently = stamina.retry(on=OperationalError, attempts=None, timeout=60.0, wait_max=3.0)
"""What a bought picture hangs on is written though the database is away for a while; all of it may be repeated."""

_IDS_AT_ONCE = 500
"""Values of one statement; databases take a few tens of thousands."""


class Store:
    """Jobs, their calls, pictures and posts, and people's trays, in SQLite or PostgreSQL."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._clock = clock
        self._engine: AsyncEngine = _engine(url)
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(migrate.upgrade, self._url)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._engine.dispose()

    # -------------------------------------------------------------- jobs

    async def add_job(self, job: Job, seeds: Sequence[int | None]) -> None:
        """Write a job with a waiting call for each seed, in one transaction."""
        row = _as_row(JobRow, job)
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

    @_patiently
    async def set_state(self, job_id: str, state: JobState, fault: Fault | None = None) -> Job:
        """Move a job on, with the time of it, and return it."""
        values: dict[str, Any] = {"state": state}
        stamp = {JobState.PAINTING: "started_at", JobState.COLLECTING: "answered_at"}.get(state)
        if state.ended:
            values |= {"ended_at": self._clock(), "fault": _as_json(fault)}
        elif stamp:
            values[stamp] = self._clock()
        async with self._session.begin() as session:
            await session.execute(update(JobRow).where(JobRow.id == job_id).values(values))
            row = await session.get_one(JobRow, job_id)
        return _as_job(row)

    @_patiently
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
                Call(row.job_id, row.number, CallState(row.state), row.seed, _as_fault(row.fault))
                for row in rows
            ]

    @_patiently
    async def set_call(self, call: Call, state: CallState, fault: Fault | None = None) -> None:
        """Write what became of a call."""
        values = {"state": state, "fault": _as_json(fault), "answered_at": self._clock()}
        async with self._session.begin() as session:
            await session.execute(update(CallRow).where(*_is(CallRow, call)).values(values))

    @_patiently
    async def mark_sent(self, call: Call) -> bool:
        """Write that a call's POST goes out; False where it is not waiting any more: somebody else sent it."""
        waiting = update(CallRow).where(*_is(CallRow, call), CallRow.state == CallState.WAITING)
        async with self._session.begin() as session:
            done = await session.execute(waiting.values(state=CallState.SENT, sent_at=self._clock()))
            return bool(cast("CursorResult[Any]", done).rowcount)

    @_patiently
    async def keep_answer(self, call: Call, pictures: Sequence[Picture], tokens: int) -> None:
        """Write a call's answer: all its pictures, in one transaction with the call's end."""
        values = {"state": CallState.ANSWERED, "answered_at": self._clock(), "tokens": tokens, "fault": None}
        async with self._session.begin() as session:
            await session.execute(update(CallRow).where(*_is(CallRow, call)).values(values))
            session.add_all(_as_row(PictureRow, picture) for picture in pictures)

    # -------------------------------------------------------------- pictures

    async def pictures(self, job_id: str) -> list[Picture]:
        """The job's pictures in their order, those that failed among them."""
        async with self._session() as session:
            rows = await session.scalars(
                select(PictureRow).where(PictureRow.job_id == job_id).order_by(PictureRow.number)
            )
            return [Picture(**_columns(row) | {"fault": _as_fault(row.fault)}) for row in rows]

    @_patiently
    async def set_picture(self, picture: Picture) -> None:
        """Write a picture as it is now."""
        async with self._session.begin() as session:
            await session.merge(_as_row(PictureRow, picture))

    # -------------------------------------------------------------- posts

    @_patiently
    async def plan_post(self, job_id: str, number: int, pictures: Sequence[int]) -> None:
        """Write down which pictures a message will carry."""
        planned = update(PictureRow).where(PictureRow.job_id == job_id, PictureRow.number.in_(pictures))
        async with self._session.begin() as session:
            await session.execute(planned.values(post=number))

    @_patiently
    async def begin_post(self, job_id: str, number: int) -> bool:
        """Note that a message is about to be posted; whether that was noted before."""
        async with self._session.begin() as session:
            if await session.get(PostRow, (job_id, number)) is not None:
                return True
            session.add(PostRow(job_id=job_id, number=number))
        return False

    @_patiently
    async def keep_post(self, post: Post) -> None:
        """Note the message that was posted."""
        async with self._session.begin() as session:
            await session.merge(_as_row(PostRow, post))

    async def posts(self, job_id: str) -> list[Post]:
        """The messages with pictures posted for a job, in their order."""
        async with self._session() as session:
            rows = await session.scalars(
                select(PostRow)
                .where(PostRow.job_id == job_id, PostRow.number >= 0, PostRow.message_id.is_not(None))
                .order_by(PostRow.number)
            )
            return [Post(**_columns(row)) for row in rows]

    # -------------------------------------------------------------- trays

    async def tray(self, owner_id: int, channel_id: int) -> list[Laid]:
        """What somebody laid aside in a channel, in the order it was laid."""
        async with self._session() as session:
            return [_as_laid(row) for row in await session.scalars(_tray(owner_id, channel_id))]

    async def lay(self, items: Sequence[Laid], limit: int) -> list[Laid]:
        """Write items, all of one tray, behind those that are in it; returns those that were not there yet.

        Raises TrayFull, and writes nothing, where it would then have more than `limit`, whoever else
        writes at the same moment.
        """
        if not items:
            return []
        owner_id, channel_id = items[0].owner_id, items[0].channel_id
        async with self._session.begin() as session:
            await _hold_tray(session, owner_id, channel_id)
            there = list(await session.scalars(_tray(owner_id, channel_id)))
            fresh = not_among(there, items)
            if len(there) + len(fresh) > limit:
                raise errors.TrayFull(limit=limit, room=max(0, limit - len(there)), count=len(fresh))
            first = there[-1].position + 1 if there else 1
            session.add_all(_as_row(LaidRow, one, position=first + n) for n, one in enumerate(fresh))
        return fresh

    async def unlay(self, ids: Collection[str]) -> None:
        """Take items out of their tray."""
        async with self._session.begin() as session:
            await session.execute(delete(LaidRow).where(LaidRow.id.in_(ids)))

    async def laid(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are in somebody's tray."""
        wanted, found = list(ids), set[str]()
        async with self._session() as session:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                some = LaidRow.id.in_(wanted[start : start + _IDS_AT_ONCE])
                found.update(await session.scalars(select(LaidRow.id).where(some)))
        return found


def _tray(owner_id: int, channel_id: int) -> Select[LaidRow]:
    its = (LaidRow.owner_id == owner_id, LaidRow.channel_id == channel_id)
    return select(LaidRow).where(*its).order_by(LaidRow.position)


async def _hold_tray(session: AsyncSession, owner_id: int, channel_id: int) -> None:
    """Let nobody else write to a tray until the transaction ends: what is counted in it stays true."""
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(text("BEGIN IMMEDIATE"))
    else:
        key = func.hashtextextended(f"tray {owner_id} {channel_id}", 0)
        await session.execute(select(func.pg_advisory_xact_lock(key)))


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
        )
    # What is written, tokens and prompts among it, must not stand in an error's text.
    engine = create_async_engine(url, connect_args={"timeout": 30}, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # WAL lets readers and the one writer pass each other. FULL: not even a power cut may take back a
        # «sent», or its picture would be bought twice.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _is(table: type[CallRow], call: Call) -> tuple[Any, ...]:
    return (table.job_id == call.job_id, table.number == call.number)


def _columns(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _as_row(table: type[Row], record: Any, **more: Any) -> Row:
    values = {name: getattr(record, name) for name in record.__dataclass_fields__} | more
    if "fault" in values:
        values["fault"] = _as_json(values["fault"])
    return table(
        **{key: dict(value) if isinstance(value, Mapping) else value for key, value in values.items()}
    )


def _as_job(row: JobRow) -> Job:
    return Job(**_columns(row) | {"state": JobState(row.state), "fault": _as_fault(row.fault)})


def _as_laid(row: LaidRow) -> Laid:
    columns = _columns(row)
    del columns["position"]
    return Laid(**columns)


def _as_json(fault: Fault | None) -> dict[str, Any] | None:
    return None if fault is None else asdict(fault)


def _as_fault(stored: Mapping[str, Any] | None) -> Fault | None:
    return None if stored is None else Fault(**stored)
