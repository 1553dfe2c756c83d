"""Statements that every job comes by, made once: making one anew takes longer than SQLite takes to do what it says.

What is set is named when they are executed: the columns, and `of_job` and `of_number`, which say whose.
"""

from sqlalchemy import BindParameter, and_, bindparam, exists, insert, or_, select, update

from bot.store.records import CallState, JobState
from bot.store.tables import CALLS, JOBS, PICTURES, POSTS

_JOB: BindParameter[str] = bindparam("of_job")
_NUMBER: BindParameter[int] = bindparam("of_number")

NEW_JOB, NEW_CALL, NEW_PICTURE, NEW_POST = insert(JOBS), insert(CALLS), insert(PICTURES), insert(POSTS)
CHANGE_JOB = update(JOBS).where(JOBS.c.id == _JOB)
CHANGE_CALL = update(CALLS).where(CALLS.c.job_id == _JOB, CALLS.c.number == _NUMBER)
CHANGE_PICTURE = update(PICTURES).where(PICTURES.c.job_id == _JOB, PICTURES.c.number == _NUMBER)
CHANGE_POST = update(POSTS).where(POSTS.c.job_id == _JOB, POSTS.c.number == _NUMBER)

BEGIN_PAINTING = CHANGE_JOB.where(JOBS.c.state == JobState.WAITING).returning(JOBS)
SEND_CALL = CHANGE_CALL.where(
    CALLS.c.state == CallState.WAITING,
    exists().where(JOBS.c.id == _JOB, JOBS.c.state == JobState.PAINTING, ~JOBS.c.discard),
)
"""Where nobody sent it, and it is still wanted."""
ANSWER_CALL = CHANGE_CALL.where(CALLS.c.state == CallState.SENT)
"""Only what was sent: of a call that somebody else took for unknown, its person was told so."""
END_SENDING = CHANGE_JOB.where(
    or_(JOBS.c.state == JobState.WAITING, JOBS.c.state == JobState.PAINTING)
).returning(JOBS)
END_SENDING_WITH_LAST = END_SENDING.where(
    ~exists().where(
        CALLS.c.job_id == _JOB, or_(CALLS.c.state == CallState.WAITING, CALLS.c.state == CallState.SENT)
    )
)
"""Where no other call is open."""
POST_BEGUN = (
    select(POSTS.c.number.is_not(None), JOBS.c.discard)
    .select_from(JOBS)
    .outerjoin(POSTS, and_(POSTS.c.job_id == JOBS.c.id, POSTS.c.number == _NUMBER))
    .where(JOBS.c.id == _JOB)
)
"""Whether it was, and whether its job is wanted no more."""
