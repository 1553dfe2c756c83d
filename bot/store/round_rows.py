"""Rows as records: a round, and what belongs to it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from bot.store.database import as_fault, as_json
from bot.store.records import Fault, JobState
from bot.store.round import Ending, Idea, Round, RoundState, Running
from bot.store.tables import JOBS, PICTURES, ROUND_IDEAS, ROUND_VOTES, ROUNDS

_ROW = ("id", "round_id", "person_id", "at", "asked", "ready", "place")


def find(connection: Connection, round_id: str) -> Round | None:
    """The round of that id."""
    row = connection.execute(select(ROUNDS).where(ROUNDS.c.id == round_id)).mappings().first()
    return None if row is None else _as_round(row)


def of_jam(connection: Connection, jam_id: str) -> list[Round]:
    """A jam's rounds, the first one first."""
    found = select(ROUNDS).where(ROUNDS.c.jam_id == jam_id).order_by(ROUNDS.c.number)
    return [_as_round(row) for row in connection.execute(found).mappings()]


def running(connection: Connection, jam_id: str, members: Collection[int]) -> Running | None:
    """The round of a jam that people still take part in, in short."""
    for one in reversed(of_jam(connection, jam_id)):
        if one.state.ended:
            return None
        votes = one.state.votes or one.state is RoundState.COUNTING
        table = ROUND_VOTES if votes else ROUND_IDEAS
        people = connection.scalars(select(table.c.person_id).where(table.c.round_id == one.id))
        done = len(set(people).intersection(members))
        until = one.votes_until if votes else one.closes_at
        return Running(one.number, one.state, done, until, one.reveal_id or one.message_id)
    return None


def ideas(connection: Connection, round_id: str) -> list[Idea]:
    """What was handed in to a round, in order, with what became of it and who voted for it."""
    found = select(ROUND_IDEAS).where(ROUND_IDEAS.c.round_id == round_id)
    rows = connection.execute(found.order_by(ROUND_IDEAS.c.at, ROUND_IDEAS.c.id)).mappings().all()
    jobs, files = _jobs(connection, round_id), _files(connection, round_id)
    voters = _voters(connection, round_id)
    return [_as_idea(row, jobs, files, frozenset(voters.get(row["id"], ()))) for row in rows]


def row_of(idea: Idea) -> dict[str, Any]:
    """An idea as its row."""
    values = {name: getattr(idea, name) for name in _ROW}
    return values | {"asked": dict(idea.asked), "fault": as_json(idea.fault)}


def _as_idea(
    row: RowMapping,
    jobs: Mapping[str, tuple[bool, Fault | None]],
    files: Mapping[str, tuple[int, str]],
    voters: frozenset[int],
) -> Idea:
    id_ = row["id"]
    ended, fault = jobs.get(id_, (False, None))
    number, file = files.get(id_, (None, None))
    values = {name: row[name] for name in _ROW} | {"ready": row["ready"] or ended}
    return Idea(
        **values,
        fault=as_fault(row["fault"]) or fault,
        taken=id_ in jobs,
        ended=ended,
        file=file,
        picture=number,
        voters=voters,
    )


def _jobs(connection: Connection, round_id: str) -> dict[str, tuple[bool, Fault | None]]:
    """Whether each job of a round has ended, and why it failed."""
    found = select(JOBS.c.id, JOBS.c.state, JOBS.c.fault).join(ROUND_IDEAS, ROUND_IDEAS.c.id == JOBS.c.id)
    rows = connection.execute(found.where(ROUND_IDEAS.c.round_id == round_id))
    return {id_: (JobState(state).ended, as_fault(fault)) for id_, state, fault in rows}


def _files(connection: Connection, round_id: str) -> dict[str, tuple[int, str]]:
    """The number and the file of each job's first picture that came."""
    columns = (PICTURES.c.job_id, PICTURES.c.number, PICTURES.c.path)
    found = select(*columns).join(ROUND_IDEAS, ROUND_IDEAS.c.id == PICTURES.c.job_id)
    came = (PICTURES.c.path.is_not(None), PICTURES.c.fault.is_(None))
    its = found.where(ROUND_IDEAS.c.round_id == round_id, *came).order_by(PICTURES.c.number.desc())
    return {job_id: (number, path) for job_id, number, path in connection.execute(its)}


def _voters(connection: Connection, round_id: str) -> dict[str, set[int]]:
    voters: dict[str, set[int]] = {}
    found = select(ROUND_VOTES.c.idea_id, ROUND_VOTES.c.person_id).where(ROUND_VOTES.c.round_id == round_id)
    for idea_id, person_id in connection.execute(found):
        voters.setdefault(idea_id, set()).add(person_id)
    return voters


def _as_round(row: RowMapping) -> Round:
    ending = None if row["ending"] is None else Ending(row["ending"])
    return Round(**{**row, "state": RoundState(row["state"]), "ending": ending})
