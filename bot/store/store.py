"""Store: every piece of SQL about jobs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, exists, func, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from bot import errors, limits
from bot.limits import What
from bot.store import index, jams, rows, sources, writes
from bot.store.batches import Batches, counted_together
from bot.store.database import as_json, hold, transaction, values_of
from bot.store.favourites import Favourites
from bot.store.figures import Figures
from bot.store.jams import Jams
from bot.store.library import Library
from bot.store.lineage import Lineage
from bot.store.people import People
from bot.store.recaps import Recaps
from bot.store.records import (
    NOTICE,
    Call,
    CallState,
    Dossier,
    Fault,
    How,
    Job,
    JobState,
    Picture,
    Post,
    Queued,
    Settled,
    Terms,
    Timing,
    UnwantedError,
)
from bot.store.rounds import Rounds
from bot.store.sharing import Sharing
from bot.store.spending import allowances
from bot.store.styles import Styles
from bot.store.tables import CALLS, JOBS, POSTS


class Store(Figures, Batches, Favourites, Jams, Library, Lineage, Recaps, Rounds, Sharing, People, Styles):
    """Jobs, their calls, pictures and posts, in SQLite or PostgreSQL."""

    # -------------------------------------------------------------- jobs

    @transaction
    def add_job(self, connection: Connection, job: Job, seeds: Sequence[int | None], terms: Terms) -> bool:
        """Write a job with a waiting call for each seed, in one transaction; whether others of its person's wait.

        Raises AskedBefore, AlreadyAtIt where the job it tries again was tried before, TooManyWaiting, what its jam
        says against it, or a LimitReached: then nothing is written, whoever else asks at the same moment.
        """
        hold(connection, *counted_together(job, terms))
        waiting = rows.waiting_of(connection, job.requester_id)
        if job.id in waiting:
            return len(waiting) > 1  # it was taken on before, when nobody heard of it
        _check(connection, job, terms, len(waiting))
        jams.enter(connection, job)
        row = values_of(job)
        connection.execute(writes.NEW_JOB, row)
        sources.write(connection, [job.id], terms.sources)
        index.add(connection, [row])
        call = {"job_id": job.id, "state": CallState.WAITING}
        calls = [call | {"number": number, "seed": seed} for number, seed in enumerate(seeds)]
        connection.execute(writes.NEW_CALL, calls)
        return bool(waiting)

    @transaction
    def job(self, connection: Connection, job_id: str) -> Job | None:
        """The job of that id."""
        return rows.job(connection, job_id)

    @transaction
    def dossier(self, connection: Connection, job_id: str) -> Dossier:
        """The job and everything that belongs to it. Raises LookupError: what steps work on is in the store."""
        return rows.dossier(connection, job_id)

    @transaction
    def job_of_message(self, connection: Connection, message_id: int) -> tuple[Job, int] | None:
        """The job whose pictures a message carries, and the number of that message among the job's."""
        found = connection.execute(
            select(POSTS.c.job_id, POSTS.c.number).where(
                POSTS.c.message_id == message_id, POSTS.c.number >= 0
            )
        )
        row = found.first()
        job = None if row is None else rows.job(connection, row.job_id)
        return None if row is None or job is None else (job, row.number)

    @transaction
    def panels_of(self, connection: Connection, story_id: str) -> list[Dossier]:
        """The finished jobs that told a panel of a story anew, oldest first."""
        its = (JOBS.c.parent_id == story_id, JOBS.c.how == How.PANEL, JOBS.c.state == JobState.DONE)
        found = connection.scalars(select(JOBS.c.id).where(*its).order_by(JOBS.c.created_at))
        return [rows.dossier(connection, job_id) for job_id in list(found)]

    @transaction
    def unended(self, connection: Connection) -> list[str]:
        """The ids of all jobs to which something must still happen, oldest first."""
        ended = [state for state in JobState if state.ended]
        found = connection.scalars(
            select(JOBS.c.id).where(JOBS.c.state.not_in(ended)).order_by(JOBS.c.created_at)
        )
        return list(found)

    @transaction
    def queue(self, connection: Connection) -> list[Queued]:
        """Every job that waits for pictures, oldest first."""
        return rows.queue(connection)

    @transaction
    def timings(self, connection: Connection, limit: int) -> list[Timing]:
        """How long the newest calls took, oldest first."""
        taken = CALLS.c.answered_at - CALLS.c.sent_at
        found = connection.execute(
            select(JOBS.c.request, taken)
            .join(CALLS, CALLS.c.job_id == JOBS.c.id)
            .where(CALLS.c.state == CallState.ANSWERED, CALLS.c.sent_at.is_not(None))
            .order_by(JOBS.c.created_at.desc())
            .limit(limit)
        )
        timings = [Timing(request["model"], request["size"], seconds) for request, seconds in found]
        return timings[::-1]

    @transaction
    def end_sending(self, connection: Connection, job_id: str) -> Dossier | None:
        """Move a job on whose calls have all ended; None where it was taken back, or stood further already."""
        moved = self._end_sending(connection, job_id, writes.END_SENDING)
        return rows.dossier_of(connection, moved) if moved else None

    def _end_sending(self, connection: Connection, job_id: str, ending: ReturningUpdate[Any]) -> Job | None:
        """The job, if that moved it on."""
        ended = {"of_job": job_id, "state": JobState.COLLECTING, "answered_at": self._clock()}
        return rows.found_job(connection.execute(ending, ended))

    @transaction
    def cancel(self, connection: Connection, job_id: str) -> bool:
        """Take a waiting job back; False where it does not wait any more."""
        if self._end_waiting(connection, job_id, JobState.CANCELLED):
            return True
        job = rows.job(connection, job_id)  # not how many rows moved: a repetition finds none
        return job is not None and job.state is JobState.CANCELLED

    @transaction
    def give_up(self, connection: Connection, job_id: str) -> bool:
        """End a job that could not be queued, of which its person is told; False where it has begun all the same.

        What it was to try again may be tried once more.
        """
        if not self._end_waiting(connection, job_id, JobState.FAILED):
            return False
        connection.execute(insert(POSTS).values(job_id=job_id, number=NOTICE, message_id=0))
        connection.execute(update(JOBS).where(JOBS.c.again_id == job_id).values(again_id=None))
        return True

    def _end_waiting(self, connection: Connection, job_id: str, state: JobState) -> bool:
        moved = _move(connection, job_id, JOBS.c.state == JobState.WAITING, state=state)
        if moved:
            _end(connection, rows.dossier(connection, job_id).ended(state, self._clock()))
        return moved

    @transaction
    def discard(self, connection: Connection, job_id: str) -> bool:
        """Note that nothing of a job is to be posted; False where something was, or was just about to be."""
        unposted = ~exists().where(POSTS.c.job_id == job_id, POSTS.c.number >= 0)
        under_way = JOBS.c.state.in_([JobState.PAINTING, JobState.COLLECTING])
        hold(connection, f"posts {job_id}")
        noted = update(JOBS).where(JOBS.c.id == job_id, under_way, unposted).values(discard=True)
        return _one(connection.execute(noted))

    @transaction
    def jobs_by_state(self, connection: Connection) -> dict[str, int]:
        """How many jobs stand in each state that is no end."""
        open_ = [state for state in JobState if not state.ended]
        counted = select(JOBS.c.state, func.count()).where(JOBS.c.state.in_(open_)).group_by(JOBS.c.state)
        found = {row[0]: row[1] for row in connection.execute(counted)}
        return {state.value: found.get(state, 0) for state in open_}

    @transaction
    def set_state(
        self, connection: Connection, job_id: str, state: JobState, fault: Fault | None = None
    ) -> Job:
        """Move a job on, with the time of it, and return it."""
        stamp = {JobState.PAINTING: "started_at", JobState.COLLECTING: "answered_at"}.get(state)
        stamped = {} if stamp is None else {stamp: self._clock()}
        connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(state=state, **stamped))
        if not state.ended:
            return rows.there(connection, job_id)
        return _end(connection, rows.dossier(connection, job_id).ended(state, self._clock(), fault))

    @transaction
    def settle(self, connection: Connection, job_id: str) -> Settled:
        """End a job of which nothing is left to post.

        Its panel says its last word now: what that could be edited with is forgotten, but for the job that
        comes back.
        """
        hold(connection, f"place {job_id}")
        return self._settled(connection, rows.dossier(connection, job_id))

    def _settled(self, connection: Connection, dossier: Dossier) -> Settled:
        job = dossier.job
        if not (job.discard or (dossier.posts and not dossier.left)):
            return Settled(dossier, now=False)
        ended = dossier.ended(JobState.DISCARDED if job.discard else JobState.DONE, self._clock())
        forgotten = {"place": {**job.place, "token": ""}} if "token" in job.place else {}
        _end(connection, ended, **forgotten)
        return Settled(replace(dossier, job=ended), now=not job.state.ended)

    @transaction
    def change_place(self, connection: Connection, /, job_id: str, **changes: Any) -> None:
        """Change some of what is known of where a job's results go."""
        hold(connection, f"place {job_id}")
        place = {**rows.there(connection, job_id).place, **changes}
        connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(place=place))

    @transaction
    def claim_place(self, connection: Connection, job_id: str, key: str) -> bool:
        """Set something of a job's place to 0 where it is not set yet; whether this did it."""
        hold(connection, f"place {job_id}")
        place = rows.there(connection, job_id).place
        if place.get(key) is not None:
            return False
        connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(place={**place, key: 0}))
        return True

    # -------------------------------------------------------------- calls

    @transaction
    def calls(self, connection: Connection, job_id: str) -> list[Call]:
        """The job's calls in their order."""
        return rows.calls(connection, job_id)

    @transaction
    def set_call(
        self, connection: Connection, call: Call, state: CallState, fault: Fault | None = None
    ) -> None:
        """Write what became of a call."""
        values = {"state": state, "fault": as_json(fault), "answered_at": self._clock()}
        connection.execute(writes.CHANGE_CALL, _of(call) | values)

    @transaction
    def mark_sent(self, connection: Connection, call: Call) -> tuple[bool, Job | None]:
        """Write that a call's POST goes out, and with a job's first one that it is painted.

        Whether it may, which it may not where somebody else sent it or it is not wanted any more; and the job, if
        its painting began with this.
        """
        now = self._clock()
        painting = {"of_job": call.job_id, "state": JobState.PAINTING, "started_at": now}
        began = rows.found_job(connection.execute(writes.BEGIN_PAINTING, painting))
        sending = _of(call) | {"state": CallState.SENT, "sent_at": now}
        sent = _one(connection.execute(writes.SEND_CALL, sending))
        return sent, began

    @transaction
    def keep_answer(
        self, connection: Connection, call: Call, pictures: Sequence[Picture], tokens: int
    ) -> Dossier | None:
        """Write a call's answer: all its pictures, in one transaction with the call's end.

        Returns the job and everything that belongs to it where that moved it on, because no other call is open. Of
        two that end at the same moment neither may: then `end_sending` does.
        """
        values = {"state": CallState.ANSWERED, "answered_at": self._clock(), "tokens": tokens, "fault": None}
        kept = _one(connection.execute(writes.ANSWER_CALL, _of(call) | values))
        if kept and pictures:
            connection.execute(writes.NEW_PICTURE, [values_of(picture) for picture in pictures])
        moved = self._end_sending(connection, call.job_id, writes.END_SENDING_WITH_LAST)
        if moved and kept and moved.count == 1:  # then nothing else belongs to it yet
            return Dossier(moved, [replace(call, state=CallState.ANSWERED)], pictures, [], told=False)
        return rows.dossier_of(connection, moved) if moved else None

    # -------------------------------------------------------------- pictures

    @transaction
    def pictures(self, connection: Connection, job_id: str) -> list[Picture]:
        """The job's pictures in their order, those that failed among them."""
        return rows.pictures(connection, job_id)

    @transaction
    def set_picture(self, connection: Connection, picture: Picture) -> None:
        """Write a picture as it is now."""
        _set_picture(connection, picture)

    # -------------------------------------------------------------- posts

    @transaction
    def begin_post(
        self, connection: Connection, job_id: str, number: int, pictures: Sequence[Picture] = ()
    ) -> bool:
        """Note that a message is about to be posted, and the pictures it carries; whether that was noted before.

        Raises UnwantedError where the job's person wants to see nothing of it any more.
        """
        hold(connection, f"posts {job_id}")
        this = {"of_job": job_id, "of_number": number}
        there, unwanted = connection.execute(writes.POST_BEGUN, this).one()
        if not there:
            if number >= 0 and unwanted:
                raise UnwantedError
            connection.execute(writes.NEW_POST, {"job_id": job_id, "number": number})
        for picture in pictures:
            _set_picture(connection, replace(picture, post=number))
        return bool(there)

    @transaction
    def keep_post(self, connection: Connection, post: Post) -> Settled | None:
        """Note the message that was posted; where it was the last thing to happen to its job, end that with it."""
        hold(connection, f"place {post.job_id}")
        this, values = {"of_job": post.job_id, "of_number": post.number}, values_of(post)
        if not _one(connection.execute(writes.CHANGE_POST, this | values)):
            connection.execute(writes.NEW_POST, values)
        dossier = rows.dossier(connection, post.job_id)
        return self._settled(connection, dossier) if dossier.whole else None

    @transaction
    def keep_shared(self, connection: Connection, job_id: str, posts: Sequence[Post]) -> None:
        """Note the messages in which a private job's pictures stand now, where everybody sees them."""
        for post in posts:
            this = (POSTS.c.job_id == job_id, POSTS.c.number == post.number)
            connection.execute(update(POSTS).where(*this).values(values_of(post)))
        connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(private=False))

    @transaction
    def posts(self, connection: Connection, job_id: str) -> list[Post]:
        """The messages with pictures posted for a job, in their order."""
        return [post for post in rows.posts(connection, job_id) if post.number >= 0]


def _check(connection: Connection, job: Job, terms: Terms, waiting: int) -> None:
    """Raise what speaks against taking a job on, of whose person so many wait."""
    same = select(JOBS.c.id).where(JOBS.c.origin_id == job.origin_id).limit(1)
    if terms.once and connection.scalar(same) is not None:
        raise errors.AskedBefore
    if terms.again_of is not None:
        untried = update(JOBS).where(JOBS.c.id == terms.again_of, JOBS.c.again_id.is_(None))
        if not _one(connection.execute(untried.values(again_id=job.id))):
            raise errors.AlreadyAtIt
    if waiting >= terms.waiting_limit:
        raise errors.TooManyWaiting(limit=terms.waiting_limit)
    jams.check_room(connection, job, job.pictures)
    used = allowances(connection, job.requester_id, job.guild_id, terms.limits, job.created_at)
    money = None if job.price is None else job.cost
    limits.check(used, {What.PICTURES: job.pictures, What.JOBS: 1, What.MONEY: money})


def _end(connection: Connection, ended: Job, **more: Any) -> Job:
    """Write how a job ended, and what came of it."""
    values = {name: getattr(ended, name) for name in ("state", "ended_at", "pictures", "cost")}
    fault = as_json(ended.fault)
    connection.execute(writes.CHANGE_JOB, {"of_job": ended.id, **values, "fault": fault, **more})
    return ended


def _move(connection: Connection, job_id: str, only: ColumnElement[bool], **values: Any) -> bool:
    """Change a job where that is still true of it; whether it was."""
    return _one(connection.execute(update(JOBS).where(JOBS.c.id == job_id, only).values(**values)))


def _one(result: CursorResult[Any]) -> bool:
    """Whether an update found its row."""
    return bool(result.rowcount)


def _set_picture(connection: Connection, picture: Picture) -> None:
    this = {"of_job": picture.job_id, "of_number": picture.number}
    connection.execute(writes.CHANGE_PICTURE, this | values_of(picture))


def _of(call: Call) -> dict[str, Any]:
    return {"of_job": call.job_id, "of_number": call.number}
