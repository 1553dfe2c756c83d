"""Rows as records: a job, and what belongs to it.

The statements are made once: making one anew takes longer than SQLite takes to answer it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, CursorResult, RowMapping, bindparam, or_, select

from bot.store.database import as_fault
from bot.store.records import NOTICE, Call, CallState, Dossier, How, Job, JobState, Picture, Post, Queued
from bot.store.tables import CALLS, JOBS, PICTURES, POSTS

_ID: BindParameter[str] = bindparam("id")
_JOB = select(JOBS).where(JOBS.c.id == _ID)
_CALLS = (
    select(CALLS.c.job_id, CALLS.c.number, CALLS.c.state, CALLS.c.seed, CALLS.c.fault)
    .where(CALLS.c.job_id == _ID)
    .order_by(CALLS.c.number)
)
_WAITING = select(JOBS.c.id).where(JOBS.c.requester_id == bindparam("who"), JOBS.c.state == JobState.WAITING)
_QUEUE = (
    select(JOBS.c.id, JOBS.c.requester_id, JOBS.c.count, JOBS.c.state, JOBS.c.created_at)
    .where(or_(JOBS.c.state == JobState.WAITING, JOBS.c.state == JobState.PAINTING))
    .order_by(JOBS.c.created_at, JOBS.c.id)
)
_PICTURES = select(PICTURES).where(PICTURES.c.job_id == _ID).order_by(PICTURES.c.number)
_POSTED = select(POSTS).where(POSTS.c.job_id == _ID, POSTS.c.message_id.is_not(None)).order_by(POSTS.c.number)


def job(connection: Connection, job_id: str) -> Job | None:
    """The job of that id."""
    return found_job(connection.execute(_JOB, {"id": job_id}))


def found_job(result: CursorResult[Any]) -> Job | None:
    """The one job that was found, or changed and returned; None where there was none."""
    row = result.mappings().first()
    return None if row is None else as_job(row)


def as_job(row: RowMapping) -> Job:
    """A whole row of jobs as a record."""
    named = {"state": JobState(row["state"]), "how": How(row["how"]), "fault": as_fault(row["fault"])}
    return Job(**{**row, **named})


def there(connection: Connection, job_id: str) -> Job:
    """A job that is there: nobody takes one away. Raises LookupError."""
    found = job(connection, job_id)
    if found is None:
        raise LookupError(f"job {job_id} is not in the store")
    return found


def dossier(connection: Connection, job_id: str) -> Dossier:
    """A job and everything that belongs to it. Raises LookupError."""
    return dossier_of(connection, there(connection, job_id))


def dossier_of(connection: Connection, found: Job) -> Dossier:
    """A job that was just read, and everything that belongs to it."""
    if found.state is JobState.WAITING:  # nothing was asked for, nor posted
        return Dossier(found, calls(connection, found.id), [], [], told=False)
    posted = posts(connection, found.id)
    return Dossier(
        found,
        calls(connection, found.id),
        pictures(connection, found.id),
        [post for post in posted if post.number >= 0],
        any(post.number == NOTICE for post in posted),
    )


def queue(connection: Connection) -> list[Queued]:
    """Every job that waits for pictures, oldest first."""
    return [
        Queued(key, who, count, state == JobState.PAINTING, since)
        for key, who, count, state, since in connection.execute(_QUEUE)
    ]


def waiting_of(connection: Connection, requester_id: int) -> Sequence[str]:
    """The ids of somebody's jobs that wait."""
    return connection.scalars(_WAITING, {"who": requester_id}).all()


def calls(connection: Connection, job_id: str) -> list[Call]:
    """The job's calls in their order."""
    return [
        Call(job_id, number, CallState(state), seed, as_fault(fault))
        for job_id, number, state, seed, fault in connection.execute(_CALLS, {"id": job_id})
    ]


def pictures(connection: Connection, job_id: str) -> list[Picture]:
    """The job's pictures in their order, those that failed among them."""
    rows = connection.execute(_PICTURES, {"id": job_id}).mappings()
    return [Picture(**{**row, "fault": as_fault(row["fault"])}) for row in rows]


def posts(connection: Connection, job_id: str) -> list[Post]:
    """Every message that was posted, one that tells of a failure among them."""
    return [Post(**row) for row in connection.execute(_POSTED, {"id": job_id}).mappings()]
