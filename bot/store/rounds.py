"""Rounds of jams: what was handed in, what became of it, who voted."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy import delete as remove

from bot import errors
from bot.store import jams, round_rows
from bot.store.database import Database, as_json, hold, transaction, values_of
from bot.store.jam import Jam, JamState
from bot.store.records import Fault, Picture
from bot.store.round import IDEAS_LIMIT, Ending, Idea, Round, RoundState, Table
from bot.store.tables import PICTURES, ROUND_IDEAS, ROUND_VOTES, ROUNDS


class Rounds(Database):
    """A round moves on by comparing its state and setting it: whoever looks at it, and however often."""

    @transaction
    def add_round(self, connection: Connection, new: Round) -> Round:
        """Write a round down, with the next number of its jam. Raises RoundUnderWay, JamOver, JamPaused."""
        hold(connection, jams.held(new.jam_id))
        before = round_rows.of_jam(connection, new.jam_id)
        for one in before:
            if one.id == new.id:
                return one  # written before, when nobody heard of it
            if one.state.hides:
                raise errors.RoundUnderWay(number=one.number)
        jam = jams.known(connection, new.jam_id)
        if jam.state is JamState.ENDED:
            raise errors.JamOver
        if jam.state is JamState.PAUSED:
            raise errors.JamPaused
        new = replace(new, number=1 + max((one.number for one in before), default=0))
        connection.execute(insert(ROUNDS).values(values_of(new)))
        return new

    @transaction
    def open_rounds(self, connection: Connection) -> list[tuple[str, Jam]]:
        """The ids of the rounds that are not over, each with its jam."""
        found = select(ROUNDS.c.id, ROUNDS.c.jam_id).where(ROUNDS.c.state != RoundState.OVER)
        rows = connection.execute(found.order_by(ROUNDS.c.created_at)).all()
        return [(round_id, jams.known(connection, jam_id)) for round_id, jam_id in rows]

    @transaction
    def table(self, connection: Connection, round_id: str) -> Table | None:
        """A round and everything that belongs to it."""
        round_ = round_rows.find(connection, round_id)
        if round_ is None:
            return None
        jam, members = jams.known(connection, round_.jam_id), jams.members(connection, round_.jam_id)
        ideas = round_rows.ideas(connection, round_id)
        return Table(round_, jam, members, ideas, jams.left(connection, jam))

    @transaction
    def rounds_of(self, connection: Connection, jam_id: str) -> list[Table]:
        """A jam's rounds, each with its ideas, their votes and what came of them; the first one first."""
        rounds = round_rows.of_jam(connection, jam_id)
        jam, members = jams.known(connection, jam_id), jams.members(connection, jam_id)
        left = jams.left(connection, jam)
        return [Table(one, jam, members, round_rows.ideas(connection, one.id), left) for one in rounds]

    @transaction
    def note_round(self, connection: Connection, /, round_id: str, **noted: int | str) -> None:
        """Note messages of a round's, or what its winner is called; what was noted before stays."""
        values = {name: func.coalesce(ROUNDS.c[name], value) for name, value in noted.items()}
        connection.execute(update(ROUNDS).where(ROUNDS.c.id == round_id).values(values))

    @transaction
    def forget_round_message(
        self, connection: Connection, round_id: str, which: str, message_id: int
    ) -> None:
        """Forget a message of a round's that is gone; what somebody else noted stays."""
        this = (ROUNDS.c.id == round_id, ROUNDS.c[which] == message_id)
        connection.execute(update(ROUNDS).where(*this).values({which: None}))

    @transaction
    def move_round(
        self,
        connection: Connection,
        /,
        round_: Round,
        to: RoundState,
        **values: Any,
    ) -> None:
        """Move a round on from where it was seen to stand; where it stands elsewhere by now, nothing happens."""
        hold(connection, jams.held(round_.jam_id))
        this = (ROUNDS.c.id == round_.id, ROUNDS.c.state == round_.state)
        connection.execute(update(ROUNDS).where(*this).values(state=to, **values))

    # -------------------------------------------------------------- ideas

    @transaction
    def hand_in(self, connection: Connection, jam_id: str, idea: Idea) -> str | None:
        """Keep what somebody hands in, in the place of what they handed in before: that one's id, if there was one.

        Raises RoundClosed, RoundFull, JamPaused, and what `take_part` raises.
        """
        hold(connection, jams.held(jam_id))
        round_ = round_rows.find(connection, idea.round_id)
        if round_ is None or round_.state is not RoundState.COLLECTING:
            raise errors.RoundClosed
        if jams.known(connection, jam_id).state is JamState.PAUSED:
            raise errors.JamPaused
        there = {one.person_id: one for one in round_rows.ideas(connection, idea.round_id)}
        before = there.get(idea.person_id)
        if before is not None and before.id == idea.id:
            return None  # written before, when nobody heard of it
        if before is None and len(there) >= IDEAS_LIMIT:
            raise errors.RoundFull(limit=IDEAS_LIMIT)
        jams.let_in(connection, jam_id, idea.person_id, self._clock())
        if before is not None:
            connection.execute(remove(ROUND_IDEAS).where(ROUND_IDEAS.c.id == before.id))
            idea = replace(idea, at=before.at)
        connection.execute(insert(ROUND_IDEAS).values(round_rows.row_of(idea)))
        return None if before is None else before.id

    @transaction
    def drop_idea(self, connection: Connection, idea_id: str) -> None:
        """Take away what somebody handed in who takes part no more."""
        connection.execute(remove(ROUND_IDEAS).where(ROUND_IDEAS.c.id == idea_id))

    @transaction
    def refuse_idea(self, connection: Connection, idea_id: str, fault: Fault) -> None:
        """Note why an idea does not become a job."""
        this = update(ROUND_IDEAS).where(ROUND_IDEAS.c.id == idea_id)
        connection.execute(this.values(fault=as_json(fault)))

    @transaction
    def round_of_job(self, connection: Connection, job_id: str) -> RoundState | None:
        """How the round stands that a job belongs to; None where it belongs to none."""
        its = select(ROUNDS.c.state).join(ROUND_IDEAS, ROUND_IDEAS.c.round_id == ROUNDS.c.id)
        state = connection.scalar(its.where(ROUND_IDEAS.c.id == job_id))
        return None if state is None else RoundState(state)

    @transaction
    def ready(self, connection: Connection, job_id: str, pictures: Sequence[Picture]) -> None:
        """Note that a round waits for a job no more, and where its pictures lie that came."""
        for one in pictures:
            this = (PICTURES.c.job_id == one.job_id, PICTURES.c.number == one.number)
            connection.execute(update(PICTURES).where(*this).values(path=one.path))
        connection.execute(update(ROUND_IDEAS).where(ROUND_IDEAS.c.id == job_id).values(ready=True))

    @transaction
    def lay_out(self, connection: Connection, round_: Round) -> None:
        """Give each picture that came its number, once, and go on: to the vote where there is a choice."""
        hold(connection, jams.held(round_.jam_id))
        now = round_rows.find(connection, round_.id)
        if now is None or now.state is not RoundState.PAINTING:
            return
        # By their ids, which are chance: a number tells nobody who was the first.
        there = round_rows.ideas(connection, round_.id)
        made = sorted(one.id for one in there if one.file is not None)
        for place, idea_id in enumerate(made, 1):
            this = update(ROUND_IDEAS).where(ROUND_IDEAS.c.id == idea_id)
            connection.execute(this.values(place=place))
        if len(made) > 1:
            values: dict[str, Any] = {"state": RoundState.REVEALING}
        else:
            none = Ending.NO_PICTURES if there else Ending.NO_IDEAS
            ending, winner = (Ending.ALONE, made[0]) if made else (none, None)
            values = {"state": RoundState.COUNTED, "ending": ending, "winner_id": winner}
        connection.execute(update(ROUNDS).where(ROUNDS.c.id == round_.id).values(values))

    # -------------------------------------------------------------- votes

    @transaction
    def vote_in_round(self, connection: Connection, round_: Round, person_id: int, place: int) -> None:
        """Let somebody vote for a number, in the place of what they voted for before.

        Raises RoundVoteOver, and what `take_part` raises.
        """
        hold(connection, jams.held(round_.jam_id))
        now = round_rows.find(connection, round_.id)
        its = (ROUND_IDEAS.c.round_id == round_.id, ROUND_IDEAS.c.place == place)
        idea_id = connection.scalar(select(ROUND_IDEAS.c.id).where(*its))
        if now is None or not now.state.votes or idea_id is None:
            raise errors.RoundVoteOver
        at = self._clock()
        jams.let_in(connection, round_.jam_id, person_id, at)
        this = (ROUND_VOTES.c.round_id == round_.id, ROUND_VOTES.c.person_id == person_id)
        connection.execute(remove(ROUND_VOTES).where(*this))
        row = {"round_id": round_.id, "person_id": person_id, "idea_id": idea_id, "at": at}
        connection.execute(insert(ROUND_VOTES).values(row))
