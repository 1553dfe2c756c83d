"""Rows as records: a job, and what belongs to it.

The statements are made once: making one anew takes longer than SQLite takes to answer it.
"""

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from bot.store.database import as_fault
from bot.store.records import NOTICE, Call, CallState, Dossier, How, Job, JobState, Picture, Post
from bot.store.tables import CALLS, JOBS, PICTURES, POSTS

_ID: BindParameter[str] = bindparam("id")
_JOB = select(JOBS).where(JOBS.c.id == _ID)
_CALLS = (
    select(CALLS.c.job_id, CALLS.c.number, CALLS.c.state, CALLS.c.seed, CALLS.c.fault)
    .where(CALLS.c.job_id == _ID)
    .order_by(CALLS.c.number)
)
_PICTURES = select(PICTURES).where(PICTURES.c.job_id == _ID).order_by(PICTURES.c.number)
_POSTED = select(POSTS).where(POSTS.c.job_id == _ID, POSTS.c.message_id.is_not(None)).order_by(POSTS.c.number)


def job(connection: Connection, job_id: str) -> Job | None:
    """The job of that id."""
    row = connection.execute(_JOB, {"id": job_id}).mappings().first()
    if row is None:
        return None
    return as_job(row)


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
    found = there(connection, job_id)
    if found.state is JobState.WAITING:  # nothing was asked for, nor posted
        return Dossier(found, calls(connection, job_id), [], [], told=False)
    posted = posts(connection, job_id)
    return Dossier(
        found,
        calls(connection, job_id),
        pictures(connection, job_id),
        [post for post in posted if post.number >= 0],
        any(post.number == NOTICE for post in posted),
    )


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
