"""Several jobs of one prompt: written down together, or none of them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from bot import errors, limits
from bot.limits import What, Whose
from bot.store import jams, rows, sources
from bot.store.batch import Batch, BatchState
from bot.store.database import hold, transaction, values_of
from bot.store.records import CallState, Dossier, Job, JobState, Terms
from bot.store.spending import Spending, allowances
from bot.store.tables import BATCHES, CALLS, JOBS

Seeds = Sequence[int | None]
"""Of one job's calls."""


class Batches(Spending):
    """Batches and their jobs."""

    @transaction
    def propose(self, connection: Connection, batch: Batch) -> None:
        """Write a batch down that waits for its person's word."""
        if _batch(connection, batch.id) is None:  # written before, when nobody heard of it
            connection.execute(insert(BATCHES).values(values_of(batch)))

    @transaction
    def batch(self, connection: Connection, batch_id: str) -> Batch | None:
        """The batch of that id."""
        return _batch(connection, batch_id)

    @transaction
    def check_room(self, connection: Connection, jobs: Sequence[Job], terms: Terms) -> None:
        """Raise what speaks against taking all of them on at this moment: see `confirm`."""
        _check_all(connection, jobs, terms)

    @transaction
    def confirm(
        self, connection: Connection, batch: Batch, jobs: Sequence[Job], seeds: Seeds, terms: Terms
    ) -> bool:
        """Write a batch's jobs, all of them, each with a waiting call for each seed; whether this did it.

        The batch is kept as it is given, running. Raises NoRoomForAll, or a LimitReached: then nothing is written,
        whoever else asks at the same moment. VariantsOver where its person declined.
        """
        hold(connection, *counted_together(jobs[0], terms), f"batch {batch.id}")
        there = _batch(connection, batch.id)
        if there is None:
            raise errors.AskedTooLongAgo
        if there.state is BatchState.DECLINED:
            raise errors.VariantsOver
        if there.state is not BatchState.PROPOSED:
            return False
        _check_all(connection, jobs, terms)
        jams.enter(connection, jobs[0])
        connection.execute(update(BATCHES).where(BATCHES.c.id == batch.id).values(values_of(batch)))
        connection.execute(insert(JOBS), [values_of(job) for job in jobs])
        sources.write(connection, [job.id for job in jobs], terms.sources)
        waiting = [
            {"job_id": job.id, "state": CallState.WAITING, "number": number, "seed": seed}
            for job in jobs
            for number, seed in enumerate(seeds)
        ]
        connection.execute(insert(CALLS), waiting)
        return True

    @transaction
    def move_batch(
        self, connection: Connection, batch_id: str, to: BatchState, before: Collection[BatchState]
    ) -> Batch:
        """Move a batch on where it stands so, and return it as it is then."""
        this = (BATCHES.c.id == batch_id, BATCHES.c.state.in_(list(before)))
        connection.execute(update(BATCHES).where(*this).values(state=to))
        return _there(connection, batch_id)

    @transaction
    def note_thread(
        self, connection: Connection, batch_id: str, message_id: int | None, thread_id: int | None
    ) -> Batch:
        """Note the message that tells of a batch, and its thread; what was noted before stays."""
        noted = {
            "message_id": func.coalesce(BATCHES.c.message_id, message_id),
            "thread_id": func.coalesce(BATCHES.c.thread_id, thread_id),
        }
        connection.execute(update(BATCHES).where(BATCHES.c.id == batch_id).values(noted))
        return _there(connection, batch_id)

    @transaction
    def jobs_of(self, connection: Connection, batch_id: str) -> list[Dossier]:
        """A batch's jobs as they stand, in their order; those that tried one of them again come last."""
        ids = connection.scalars(
            select(JOBS.c.id).where(JOBS.c.batch_id == batch_id).order_by(JOBS.c.created_at, JOBS.c.id)
        )
        return [rows.dossier(connection, job_id) for job_id in list(ids)]

    @transaction
    def open_batches(self, connection: Connection) -> list[str]:
        """The ids of the batches that were confirmed, and not yet shown together."""
        open_ = [BatchState.RUNNING, BatchState.SHOWING]
        found = select(BATCHES.c.id).where(BATCHES.c.state.in_(open_)).order_by(BATCHES.c.created_at)
        return list(connection.scalars(found))

    @transaction
    def batch_ended(self, connection: Connection, batch_id: str) -> bool:
        """Whether nothing more happens to any of a batch's jobs."""
        ended = [state for state in JobState if state.ended]
        its = select(func.count()).select_from(JOBS).where(JOBS.c.batch_id == batch_id)
        every = connection.scalar(its) or 0
        return every > 0 and connection.scalar(its.where(JOBS.c.state.not_in(ended))) == 0


def _check_all(connection: Connection, jobs: Sequence[Job], terms: Terms) -> None:
    """Raise where there is no room for all of the jobs together, which are one person's."""
    first = jobs[0]
    its = (JOBS.c.requester_id == first.requester_id, JOBS.c.state == JobState.WAITING)
    waiting = connection.scalar(select(func.count()).select_from(JOBS).where(*its)) or 0
    if waiting + len(jobs) > terms.waiting_limit:
        raise errors.NoRoomForAll(count=len(jobs), waiting=waiting, limit=terms.waiting_limit)
    for limit in terms.limits:
        if limit.what is What.JOBS and limit.most < len(jobs):
            raise errors.MoreThanAMinute(count=len(jobs), limit=limit.most)
    used = allowances(connection, first.requester_id, first.guild_id, terms.limits, first.created_at)
    money = None if first.price is None else sum(job.cost for job in jobs)
    pictures = sum(job.pictures for job in jobs)
    jams.check_room(connection, first, pictures)
    limits.check(used, {What.PICTURES: pictures, What.JOBS: len(jobs), What.MONEY: money})


def counted_together(job: Job, terms: Terms) -> list[str]:
    """Whose jobs are counted before one is taken on, by the names that are held meanwhile."""
    for_all = any(limit.whose is Whose.SERVER for limit in terms.limits)
    jam = [jams.held(job.jam_id)] if job.jam_id is not None else []
    return [f"person {job.requester_id}", *([f"server {job.guild_id}"] if for_all else []), *jam]


def _batch(connection: Connection, batch_id: str) -> Batch | None:
    row = connection.execute(select(BATCHES).where(BATCHES.c.id == batch_id)).mappings().first()
    return None if row is None else _as_batch(row)


def _there(connection: Connection, batch_id: str) -> Batch:
    found = _batch(connection, batch_id)
    if found is None:
        raise LookupError(f"batch {batch_id} is not in the store")
    return found


def _as_batch(row: RowMapping) -> Batch:
    columns: dict[str, Any] = dict(row)
    return Batch(**{**columns, "state": BatchState(columns["state"])})
