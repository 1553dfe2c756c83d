"""Jams: who takes part, what is on the board, who voted for what."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, or_, select, update
from sqlalchemy import delete as remove

from bot import errors
from bot.store import round_rows
from bot.store.database import Database, hold, transaction, values_of
from bot.store.jam import NOWHERE, REFERENCES_LIMIT, Entry, Jam, JamState, Part, Pinned, Scene
from bot.store.records import Job, JobState
from bot.store.tables import JAM_MEMBERS, JAM_REFERENCES, JAMS, JOBS, PICTURES, POSTS, VOTES


class Jams(Database):
    """Nothing is counted but jobs and votes themselves: what is left of a budget cannot drift from what happened."""

    @transaction
    def add_jam(self, connection: Connection, jam: Jam) -> None:
        """Write a jam, with its starter the first to take part."""
        if find(connection, jam.id) is None:  # else written before, when nobody heard of it
            connection.execute(insert(JAMS).values(values_of(jam)))
            _join(connection, jam.id, jam.starter_id, Part.IN, jam.created_at)

    @transaction
    def jam(self, connection: Connection, jam_id: str) -> Jam | None:
        """The jam of that id."""
        return find(connection, jam_id)

    @transaction
    def jam_in(self, connection: Connection, thread_id: int) -> Jam | None:
        """The jam whose thread that is."""
        row = connection.execute(select(JAMS).where(JAMS.c.thread_id == thread_id)).mappings().first()
        return None if row is None else _as_jam(row)

    @transaction
    def live_jams(self, connection: Connection) -> list[Jam]:
        """The jams that have not ended, or whose end was not yet told; the oldest first."""
        live = or_(JAMS.c.state != JamState.ENDED, JAMS.c.recap_id.is_(None))
        found = select(JAMS).where(live).order_by(JAMS.c.created_at)
        return [_as_jam(row) for row in connection.execute(found).mappings()]

    @transaction
    def ended_jams(self, connection: Connection, before: float) -> list[str]:
        """The ids of the jams that ended before a moment."""
        found = select(JAMS.c.id).where(JAMS.c.state == JamState.ENDED, JAMS.c.ended_at < before)
        return list(connection.scalars(found))

    @transaction
    def scene(self, connection: Connection, jam_id: str) -> Scene | None:
        """A jam and everything in it."""
        jam = find(connection, jam_id)
        if jam is None:
            return None
        ended = [state for state in JobState if state.ended]
        open_ = select(func.count()).where(JOBS.c.jam_id == jam_id, JOBS.c.state.not_in(ended))
        people = members(connection, jam_id)
        return Scene(
            jam,
            people,
            _spent(connection, jam_id),
            connection.scalar(open_) or 0,
            _pinned(connection, jam_id),
            list(_entries(connection, jam_id)),
            round_rows.running(connection, jam_id, people),
        )

    # -------------------------------------------------------------- how it goes on

    @transaction
    def note_jam(self, connection: Connection, /, jam_id: str, **messages: int) -> Jam:
        """Note messages and a thread of a jam's; what was noted before stays."""
        noted = {name: func.coalesce(JAMS.c[name], value) for name, value in messages.items()}
        connection.execute(update(JAMS).where(JAMS.c.id == jam_id).values(noted))
        return known(connection, jam_id)

    @transaction
    def change_board(self, connection: Connection, jam_id: str, gone: int, now: int | None) -> Jam:
        """Note another board message in the place of one that is gone; what somebody else noted stays."""
        this = (JAMS.c.id == jam_id, JAMS.c.board_id == gone)
        connection.execute(update(JAMS).where(*this).values(board_id=now))
        return known(connection, jam_id)

    @transaction
    def move_jam(self, connection: Connection, jam_id: str, to: JamState) -> Jam:
        """Move a jam on, and return it; one that has ended stays so."""
        hold(connection, held(jam_id))
        now = self._clock()
        ended = {"ended_at": now} if to is JamState.ENDED else {"heard_at": now}
        this = (JAMS.c.id == jam_id, JAMS.c.state != JamState.ENDED)
        connection.execute(update(JAMS).where(*this).values(state=to, **ended))
        return known(connection, jam_id)

    @transaction
    def end_idle_jam(self, connection: Connection, jam_id: str, heard_at: float) -> bool:
        """End a jam in which nothing happened since; whether it has ended."""
        hold(connection, held(jam_id))
        this = (JAMS.c.id == jam_id, JAMS.c.state != JamState.ENDED, JAMS.c.heard_at <= heard_at)
        connection.execute(update(JAMS).where(*this).values(state=JamState.ENDED, ended_at=self._clock()))
        return known(connection, jam_id).state is JamState.ENDED

    @transaction
    def hear_jam(self, connection: Connection, jam_id: str, at: float) -> None:
        """Note that something happened in a jam."""
        _hear(connection, jam_id, at)

    @transaction
    def set_budget(self, connection: Connection, jam_id: str, before: int, after: int) -> Jam:
        """Change a jam's budget where it is still what somebody saw, and return the jam."""
        this = (JAMS.c.id == jam_id, JAMS.c.budget == before)
        connection.execute(update(JAMS).where(*this).values(budget=after, heard_at=self._clock()))
        return known(connection, jam_id)

    # -------------------------------------------------------------- who takes part

    @transaction
    def take_part(self, connection: Connection, jam_id: str, person_id: int) -> Jam:
        """Let somebody do something in a jam: they take part from then on, where they may.

        Raises JamOver, JamTakenOut, JamByInvitation.
        """
        hold(connection, held(jam_id))
        jam = known(connection, jam_id)
        _check_part(connection, jam, person_id)
        _join(connection, jam_id, person_id, Part.IN, self._clock())
        return jam

    @transaction
    def check_part(self, connection: Connection, jam_id: str, person_id: int) -> None:
        """Raise what `take_part` would, and let nobody take part by that."""
        _check_part(connection, known(connection, jam_id), person_id)

    @transaction
    def set_part(self, connection: Connection, jam_id: str, person_id: int, part: Part) -> None:
        """Invite somebody, or take them out; who takes part already is not invited anew."""
        hold(connection, held(jam_id))
        if part is Part.INVITED and _part(connection, jam_id, person_id) is Part.IN:
            return
        _join(connection, jam_id, person_id, part, self._clock())

    # -------------------------------------------------------------- votes

    @transaction
    def voted(self, connection: Connection, job_id: str, number: int, person_id: int) -> bool:
        """Whether somebody votes for a picture."""
        return connection.execute(select(VOTES).where(*_vote(job_id, number, person_id))).first() is not None

    @transaction
    def vote(
        self, connection: Connection, jam_id: str, picture: tuple[str, int], person_id: int, wanted: bool
    ) -> dict[int, int]:
        """Let somebody vote for a picture of a job's, or not; how many votes each of the job's pictures has then.

        Raises JamVoteNothing where it is not in the jam, and what `take_part` raises.
        """
        hold(connection, held(jam_id))
        job_id, number = picture
        _check_part(connection, known(connection, jam_id), person_id)
        its = (JOBS.c.id == job_id, JOBS.c.jam_id == jam_id, JOBS.c.deleted_at.is_(None))
        if connection.execute(select(JOBS.c.id).where(*its)).first() is None:
            raise errors.JamVoteNothing
        now = self._clock()
        _join(connection, jam_id, person_id, Part.IN, now)
        connection.execute(remove(VOTES).where(*_vote(job_id, number, person_id)))
        if wanted:
            row = {"job_id": job_id, "number": number, "person_id": person_id, "at": now}
            connection.execute(insert(VOTES).values(row))
        _hear(connection, jam_id, now)
        counted = select(VOTES.c.number, func.count()).where(VOTES.c.job_id == job_id)
        return {row[0]: row[1] for row in connection.execute(counted.group_by(VOTES.c.number))}

    # -------------------------------------------------------------- the board

    @transaction
    def pin(self, connection: Connection, pinned: Pinned) -> None:
        """Put a picture on a jam's board. Raises BoardFull, BoardNameTaken, and what `take_part` raises."""
        hold(connection, held(pinned.jam_id))
        there = _pinned(connection, pinned.jam_id)
        if any(one.id == pinned.id for one in there):
            return  # written before, when nobody heard of it
        _check_part(connection, known(connection, pinned.jam_id), pinned.person_id)
        if len(there) >= REFERENCES_LIMIT:
            raise errors.BoardFull(limit=REFERENCES_LIMIT)
        _check_free(there, pinned)
        _join(connection, pinned.jam_id, pinned.person_id, Part.IN, pinned.at)
        connection.execute(insert(JAM_REFERENCES).values(values_of(pinned)))
        _hear(connection, pinned.jam_id, pinned.at)

    @transaction
    def repin(self, connection: Connection, key: str, new: Pinned) -> None:
        """Give a picture on the board another name. Raises NotOnBoard, BoardNameTaken.

        `new` needs to know nothing of the file: that stays.
        """
        hold(connection, held(new.jam_id))
        there = _pinned(connection, new.jam_id)
        if any(one.id == new.id for one in there):
            return
        old = next((one for one in there if one.key == key), None)
        if old is None:
            raise errors.NotOnBoard(name=f"@{key}")
        _check_free([one for one in there if one is not old], new)
        _take_off(connection, old.id, new.person_id, new.at)
        row = values_of(new) | {"file": old.file, "was_id": old.id}
        connection.execute(insert(JAM_REFERENCES).values(row))

    @transaction
    def unpin(self, connection: Connection, jam_id: str, key: str, person_id: int) -> None:
        """Take a picture off the board; that it was there stays known."""
        hold(connection, held(jam_id))
        for one in _pinned(connection, jam_id):
            if one.key == key:
                _take_off(connection, one.id, person_id, self._clock())

    @transaction
    def names_before(self, connection: Connection, jam_id: str) -> list[str]:
        """Every name something on a jam's board ever had."""
        found = select(JAM_REFERENCES.c.name).where(JAM_REFERENCES.c.jam_id == jam_id)
        return list(connection.scalars(found))


def held(jam_id: str) -> str:
    """The name that is held while something in a jam is counted."""
    return f"jam {jam_id}"


def check_room(connection: Connection, job: Job, pictures: int) -> None:
    """Raise what speaks against so many pictures in the job's jam."""
    if job.jam_id is None:
        return
    jam = known(connection, job.jam_id)
    _check_part(connection, jam, job.requester_id)
    if jam.state is JamState.PAUSED:
        raise errors.JamPaused
    left = jam.budget - _spent(connection, jam.id)
    if left <= 0:
        raise errors.JamUsedUp(budget=jam.budget)
    if pictures > left:
        raise errors.JamHasFewer(count=pictures, left=left)


def enter(connection: Connection, job: Job) -> None:
    """Let whoever asks for a job take part in its jam from then on; the jam's name is held."""
    if job.jam_id is not None:
        _join(connection, job.jam_id, job.requester_id, Part.IN, job.created_at)
        _hear(connection, job.jam_id, job.created_at)


def let_in(connection: Connection, jam_id: str, person_id: int, at: float) -> Jam:
    """Let somebody do something in a jam, whose name is held: they take part from then on. Raises as `take_part`."""
    jam = known(connection, jam_id)
    _check_part(connection, jam, person_id)
    _join(connection, jam_id, person_id, Part.IN, at)
    _hear(connection, jam_id, at)
    return jam


def left(connection: Connection, jam: Jam) -> int:
    """How many pictures can still be asked for in a jam."""
    return max(0, jam.budget - _spent(connection, jam.id))


def members(connection: Connection, jam_id: str) -> list[int]:
    """Who takes part in a jam, in the order in which they came."""
    its = (JAM_MEMBERS.c.jam_id == jam_id, JAM_MEMBERS.c.part == Part.IN)
    return list(connection.scalars(select(JAM_MEMBERS.c.person_id).where(*its).order_by(JAM_MEMBERS.c.at)))


def _spent(connection: Connection, jam_id: str) -> int:
    return int(connection.scalar(select(func.sum(JOBS.c.pictures)).where(JOBS.c.jam_id == jam_id)) or 0)


def _check_part(connection: Connection, jam: Jam, person_id: int) -> None:
    if jam.state is JamState.ENDED:
        raise errors.JamOver
    part = _part(connection, jam.id, person_id)
    if part is Part.OUT:
        raise errors.JamTakenOut
    if part is None and jam.invited:
        raise errors.JamByInvitation


def _part(connection: Connection, jam_id: str, person_id: int) -> Part | None:
    found = select(JAM_MEMBERS.c.part).where(*_member(jam_id, person_id))
    part = connection.scalar(found)
    return None if part is None else Part(part)


def _join(connection: Connection, jam_id: str, person_id: int, part: Part, at: float) -> None:
    before = _part(connection, jam_id, person_id)
    if before is None:
        row = {"jam_id": jam_id, "person_id": person_id, "part": part, "at": at}
        connection.execute(insert(JAM_MEMBERS).values(row))
    elif before is not part:
        connection.execute(update(JAM_MEMBERS).where(*_member(jam_id, person_id)).values(part=part, at=at))


def _hear(connection: Connection, jam_id: str, at: float) -> None:
    this = (JAMS.c.id == jam_id, JAMS.c.heard_at < at)
    connection.execute(update(JAMS).where(*this).values(heard_at=at))


def _check_free(there: list[Pinned], pinned: Pinned) -> None:
    if any(one.key == pinned.key for one in there):
        raise errors.BoardNameTaken(name=f"@{pinned.name}")


def _take_off(connection: Connection, id_: str, person_id: int, at: float) -> None:
    this = update(JAM_REFERENCES).where(JAM_REFERENCES.c.id == id_)
    connection.execute(this.values(gone_at=at, gone_by=person_id))


def _pinned(connection: Connection, jam_id: str) -> list[Pinned]:
    its = (JAM_REFERENCES.c.jam_id == jam_id, JAM_REFERENCES.c.gone_at.is_(None))
    found = select(JAM_REFERENCES).where(*its).order_by(JAM_REFERENCES.c.at, JAM_REFERENCES.c.id)
    return [Pinned(**row) for row in connection.execute(found).mappings()]


def _entries(connection: Connection, jam_id: str) -> Iterator[Entry]:
    """The pictures people can see, each with its voters."""
    voters: dict[tuple[str, int], set[int]] = {}
    of_jam = select(VOTES).join(JOBS, JOBS.c.id == VOTES.c.job_id).where(JOBS.c.jam_id == jam_id)
    for vote in connection.execute(of_jam).mappings():
        voters.setdefault((vote["job_id"], vote["number"]), set()).add(vote["person_id"])
    for row in connection.execute(_seen(jam_id)).mappings():
        picture = (row["job_id"], row["number"])
        prompt = str(row["request"].get("prompt", ""))
        place = (row["channel_id"] or NOWHERE, row["message_id"])
        found = frozenset(voters.get(picture, ()))
        yield Entry(*picture, row["requester_id"], prompt, row["created_at"], *place, found)


def _seen(jam_id: str) -> Select[Any]:
    columns = (
        *(PICTURES.c.job_id, PICTURES.c.number, POSTS.c.channel_id, POSTS.c.message_id),
        *(JOBS.c.requester_id, JOBS.c.request, JOBS.c.created_at),
    )
    posted = (POSTS.c.job_id == PICTURES.c.job_id) & (POSTS.c.number == PICTURES.c.post)
    its = (JOBS.c.jam_id == jam_id, JOBS.c.deleted_at.is_(None), PICTURES.c.fault.is_(None))
    return (
        select(*columns)
        .join(JOBS, JOBS.c.id == PICTURES.c.job_id)
        .join(POSTS, posted)
        .where(*its, POSTS.c.message_id.is_not(None))
        .order_by(JOBS.c.created_at, JOBS.c.id, PICTURES.c.number)
    )


def _member(jam_id: str, person_id: int) -> tuple[Any, ...]:
    return JAM_MEMBERS.c.jam_id == jam_id, JAM_MEMBERS.c.person_id == person_id


def _vote(job_id: str, number: int, person_id: int) -> tuple[Any, ...]:
    return VOTES.c.job_id == job_id, VOTES.c.number == number, VOTES.c.person_id == person_id


def find(connection: Connection, jam_id: str) -> Jam | None:
    """The jam of that id."""
    row = connection.execute(select(JAMS).where(JAMS.c.id == jam_id)).mappings().first()
    return None if row is None else _as_jam(row)


def known(connection: Connection, jam_id: str) -> Jam:
    """The jam of that id. Raises JamUnknown."""
    found = find(connection, jam_id)
    if found is None:
        raise errors.JamUnknown
    return found


def _as_jam(row: RowMapping) -> Jam:
    return Jam(**{**row, "state": JamState(row["state"])})
