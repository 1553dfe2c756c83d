"""Rows as records."""

from sqlalchemy import Connection, select

from bot.store.database import as_fault
from bot.store.records import Call, CallState, Dossier, Job, JobState, Picture, Post
from bot.store.tables import CALLS, JOBS, PICTURES, POSTS


def job_of(connection: Connection, job_id: str) -> Job | None:
    """The job of that id."""
    row = connection.execute(select(JOBS).where(JOBS.c.id == job_id)).mappings().first()
    if row is None:
        return None
    return Job(**{**row, "state": JobState(row["state"]), "fault": as_fault(row["fault"])})


def known_job(connection: Connection, job_id: str) -> Job:
    """A job that is there: nobody takes one away."""
    job = job_of(connection, job_id)
    if job is None:
        raise LookupError(f"job {job_id} is not in the store")
    return job


def dossier_of(connection: Connection, job_id: str) -> Dossier:
    """A job that is there, and everything that belongs to it."""
    job, posts = known_job(connection, job_id), posts_of(connection, job_id)
    return Dossier(
        job,
        calls_of(connection, job_id),
        pictures_of(connection, job_id),
        [post for post in posts if post.number >= 0],
        any(post.number < 0 for post in posts),
    )


def calls_of(connection: Connection, job_id: str) -> list[Call]:
    """The job's calls in their order."""
    found = select(CALLS).where(CALLS.c.job_id == job_id).order_by(CALLS.c.number)
    return [
        Call(row.job_id, row.number, CallState(row.state), row.seed, as_fault(row.fault))
        for row in connection.execute(found)
    ]


def pictures_of(connection: Connection, job_id: str) -> list[Picture]:
    """The job's pictures in their order, those that failed among them."""
    found = select(PICTURES).where(PICTURES.c.job_id == job_id).order_by(PICTURES.c.number)
    rows = connection.execute(found).mappings()
    return [Picture(**{**row, "fault": as_fault(row["fault"])}) for row in rows]


def posts_of(connection: Connection, job_id: str) -> list[Post]:
    """Every message that was posted, one that tells of a failure among them."""
    posted = (POSTS.c.job_id == job_id, POSTS.c.message_id.is_not(None))
    rows = connection.execute(select(POSTS).where(*posted).order_by(POSTS.c.number)).mappings()
    return [Post(**row) for row in rows]
