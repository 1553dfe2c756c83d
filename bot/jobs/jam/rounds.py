"""Rounds of a jam: everybody hands one idea in, all are painted, shown together, and voted on.

A round stands in the store and nowhere else. `advance` brings it as far as it goes without Discord, and whoever
shows it notes what was shown: each part may be cut off and repeated.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import structlog

from bot import errors
from bot.jobs import allowed
from bot.jobs.drafts import Draft
from bot.jobs.ids import new_id
from bot.jobs.jam import rules
from bot.jobs.jam.jams import Jams
from bot.jobs.jobs import Asked, Line, new_job
from bot.jobs.tools import Tools, as_fault
from bot.jobs.workflow import Workflow
from bot.seedream.request import ImageRequest, variation_seeds
from bot.store.jam import Jam, JamState
from bot.store.records import Descent, Job, Terms
from bot.store.round import Ending, Idea, Round, RoundState, Table

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 5.0
"""How often a round is looked at whose jobs another process may paint."""
_APART = 0.001
"""Seconds between the jobs of a round: they are painted in the order in which they were handed in."""
_REVEALED = "revealed"


@dataclass(frozen=True)
class Wanted:
    """What somebody hands in: their words, the request that these make, and what its job needs to know."""

    words: str
    request: ImageRequest
    requester_id: int
    guild_id: int | None
    channel_id: int
    origin_id: int
    place: Mapping[str, Any]
    role_ids: Sequence[int] = ()
    style: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {**self.__dict__, "request": self.request.as_json(), "role_ids": list(self.role_ids)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """As it was stored."""
        return cls(**{**stored, "request": ImageRequest.from_json(stored["request"])})

    def asked(self, jam_id: str) -> Asked:
        """What becomes a job of its person's."""
        return Asked(
            request=self.request,
            count=1,
            requester_id=self.requester_id,
            channel_id=self.channel_id,
            origin_id=self.origin_id,
            place=self.place,
            guild_id=self.guild_id,
            descent=Descent(style=self.style),
            role_ids=self.role_ids,
            jam_id=jam_id,
        )


class Rounds:
    """Begin, hand in, vote; and how a round goes on by itself."""

    def __init__(
        self,
        tools: Tools,
        workflow: Workflow,
        line: Line,
        jams: Jams,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._servers = tools.store, tools.servers
        self._engine, self._kept = tools.engine, tools.kept
        self._workflow, self._line, self._jams = workflow, line, jams
        self.clock = clock
        self._queued: set[str] = set()

    # -------------------------------------------------------------- what people do

    async def start(self, jam: Jam, starter_id: int, collect_seconds: float, vote_seconds: float) -> Round:
        """Write a round down that begins now. Raises RoundUnderWay, JamOver, JamPaused."""
        now = self.clock()
        new = Round(
            id=new_id(),
            jam_id=jam.id,
            number=0,  # the next one of the jam's
            state=RoundState.COLLECTING,
            starter_id=starter_id,
            created_at=now,
            closes_at=now + collect_seconds,
            vote_seconds=vote_seconds,
        )
        begun = await self._store.add_round(new)
        await self._jams.hear(jam, now)
        self._jams.changed(jam.id)
        log.info("round begun", round=begun.id, jam=jam.id, number=begun.number)
        return begun

    async def get(self, round_id: str) -> Table:
        """A round and everything that belongs to it. Raises RoundUnknown."""
        found = await self._store.table(round_id)
        if found is None:
            raise errors.RoundUnknown
        return found

    async def open(self) -> list[tuple[str, Jam]]:
        """The ids of the rounds that are not over, each with its jam."""
        return await self._store.open_rounds()

    async def collecting(self, round_id: str, person_id: int) -> Table:
        """A round in which somebody's idea is taken at this moment.

        Raises RoundUnknown, RoundClosed, JamOver, JamPaused, JamTakenOut, JamByInvitation.
        """
        table = await self.get(round_id)
        if table.round.state is not RoundState.COLLECTING:
            raise errors.RoundClosed
        if table.jam.state is not JamState.OPEN:
            raise errors.JamOver if table.jam.state is JamState.ENDED else errors.JamPaused
        await self._store.check_part(table.jam.id, person_id)
        return table

    async def hand_in(self, draft: Draft, table: Table, wanted: Wanted) -> bool:
        """Keep somebody's idea, whose references lie in the draft's folder; whether they had another one in before.

        Raises a BadRequest where it could not be painted at this moment, or the round takes no more; nothing is
        bought before the round closes.
        """
        jam, now = table.jam, self.clock()
        job = self._job(draft.id, wanted, jam.id, now)
        await self._store.check_room([job], await self._terms(wanted))
        idea = Idea(draft.id, table.round.id, wanted.requester_id, now, wanted.as_json())
        try:
            before = await self._store.hand_in(jam.id, idea)
        except (errors.DatabaseAway, errors.DiskFull):
            draft.submitted = True  # perhaps it was written all the same: then its files are needed
            raise
        draft.submitted = True
        if before is not None:
            await asyncio.to_thread(self._kept.forget, before)
        self._jams.changed(jam.id)
        return before is not None

    async def close(self, table: Table) -> None:
        """End what goes on now before its time: the collecting, or the vote."""
        nexts = {RoundState.COLLECTING: RoundState.PAINTING, RoundState.VOTING: RoundState.COUNTING}
        if table.round.state in nexts:
            await self._store.move_round(table.round, nexts[table.round.state])
            self._jams.changed(table.jam.id)

    async def vote(self, table: Table, person_id: int, place: int) -> None:
        """Let somebody vote for a number. Raises RoundVoteOver, JamOver, JamTakenOut, JamByInvitation."""
        await self._store.vote_in_round(table.round, person_id, place)
        self._jams.changed(table.jam.id)

    # -------------------------------------------------------------- how it goes on

    async def advance(self, round_id: str) -> Table:
        """Bring a round as far as it goes until something of it must be shown, or somebody is waited for."""
        table = await self.get(round_id)
        while True:
            state = table.round.state
            if state in self._steps:
                await self._steps[state](self, table)
            table = await self.get(round_id)
            if table.round.state is state:
                return table
            self._jams.changed(table.jam.id)

    def due(self, table: Table) -> float | None:
        """In how many seconds a round must be looked at again; None where only people or Discord move it on."""
        round_, now = table.round, self.clock()
        match round_.state:
            case RoundState.COLLECTING:
                return _LOOK_SECONDS if round_.closes_at <= now else round_.closes_at - now
            case RoundState.PAINTING:
                return _LOOK_SECONDS
            case RoundState.VOTING:
                return max(0.0, (round_.votes_until or now) - now)
            case _:
                return None

    async def _collect(self, table: Table) -> None:
        round_, jam = table.round, table.jam
        if jam.state is JamState.ENDED:
            await self.call_off(table)
        elif jam.state is JamState.OPEN and (self.clock() >= round_.closes_at or _all_in(table)):
            await self._store.move_round(round_, RoundState.PAINTING)

    async def _paint(self, table: Table) -> None:
        """Let every idea become a job of its person's, in their order; go on when all have come to their end."""
        for number, idea in enumerate(table.ideas):
            if not idea.taken and idea.fault is None and not await self._submitted(table, idea, number):
                return  # the house, or the jam, takes nothing just now
            if not idea.settled and idea.id not in self._queued:
                await self._engine.enqueue(self._workflow.paint, idea.id, idea.person_id)
                self._queued.add(idea.id)
        now = await self.get(table.round.id)
        if all(one.settled for one in now.ideas):
            self._queued.difference_update(one.id for one in now.ideas)
            await self._store.lay_out(table.round)

    async def _submitted(self, table: Table, idea: Idea, number: int) -> bool:
        """Write an idea down as a job, or why that cannot be; False where it must wait."""
        wanted = Wanted.from_json(idea.asked)
        job = self._job(idea.id, wanted, table.jam.id, self.clock() + number * _APART)
        try:
            self._line.gate.check_open()
            server = await self._servers.get(wanted.guild_id or 0)
            for words in dict.fromkeys((wanted.words, wanted.request.prompt)):
                await allowed.check_words(server, words)
            seeds = variation_seeds(wanted.request.seed, 1)
            await self._store.add_job(job, seeds, await self._terms(wanted))
        except (errors.JamPaused, errors.Draining) as error:
            log.info("a round waits", round=table.round.id, why=error.kind)
            return False
        except errors.JamTakenOut:
            await self._store.drop_idea(idea.id)
        except errors.BadRequest as error:
            log.info("an idea is not painted", idea=idea.id, why=error.kind)
            await self._store.refuse_idea(idea.id, as_fault(error))
        else:
            self._line.metrics.submitted()
        return True

    async def _reveal(self, table: Table) -> None:
        if table.jam.state is JamState.ENDED:
            await self.call_off(table)

    async def _vote(self, table: Table) -> None:
        over = self.clock() >= (table.round.votes_until or 0)
        if over or table.jam.state is JamState.ENDED or table.voted >= len(table.members):
            await self._store.move_round(table.round, RoundState.COUNTING)

    async def _count(self, table: Table) -> None:
        """Say who won: no vote is taken any more, so whoever counts finds the same."""
        ranked = await self.ranked(table)
        values: dict[str, Any] = {"ending": Ending.NO_VOTES}
        if ranked:
            values = {"ending": Ending.WON, "winner_id": ranked[0].idea.id, "tie": ranked[0].tie}
        await self._store.move_round(table.round, RoundState.COUNTED, **values)
        log.info("round counted", round=table.round.id, **values)

    async def _release(self, table: Table) -> None:
        """Let each picture be posted by itself, as any other."""
        for idea in table.ideas:
            if idea.taken and not idea.ended:
                await self._engine.follow(self._workflow.hand_over, idea.id, _REVEALED)
            elif not idea.taken:
                await asyncio.to_thread(self._kept.forget, idea.id)

    async def ranked(self, table: Table) -> list[rules.Ranked]:
        """Who stands where in a round, by the votes of those who take part."""
        rounds = await self._store.rounds_of(table.jam.id)
        before = [one.winner for one in rounds if one.round.number < table.round.number]
        won = Counter(one.person_id for one in before if one is not None)
        return rules.ranking(table.shown, table.members, won)

    async def call_off(self, table: Table) -> None:
        """End a round without a vote; its pictures are posted all the same."""
        await self._store.move_round(table.round, RoundState.COUNTED, ending=Ending.CALLED_OFF)

    _steps: Mapping[RoundState, Callable[["Rounds", Table], Awaitable[None]]] = {  # nobody changes it
        RoundState.COLLECTING: _collect,
        RoundState.PAINTING: _paint,
        RoundState.REVEALING: _reveal,
        RoundState.VOTING: _vote,
        RoundState.COUNTING: _count,
        RoundState.TOLD: _release,
    }

    # -------------------------------------------------------------- what was shown

    async def note(self, round_id: str, **messages: int) -> None:
        """Note messages of a round's; what was noted before stays."""
        await self._store.note_round(round_id, **messages)

    async def gone(self, round_id: str, which: str, message_id: int) -> None:
        """Note that a message of a round's is gone: another one may be noted then."""
        await self._store.forget_round_message(round_id, which, message_id)

    async def open_vote(self, table: Table) -> None:
        """Let the vote begin: the sheet is posted, and everybody has the whole time from now on."""
        until = self.clock() + table.round.vote_seconds
        await self._store.move_round(table.round, RoundState.VOTING, votes_until=until)

    async def told(self, table: Table) -> None:
        """Go on: everybody can read how the round ended."""
        await self._store.move_round(table.round, RoundState.TOLD, ended_at=self.clock())
        self._jams.changed(table.jam.id)

    async def end(self, table: Table) -> None:
        """Look at a round no more."""
        await self._store.move_round(table.round, RoundState.OVER)
        log.info("round over", round=table.round.id)

    async def pin(self, table: Table, path: Path | None) -> None:
        """Put the winner on the board under a free name, once; where that cannot be, that is noted, too."""
        round_, jam = table.round, table.jam
        name: str | None = None if path else ""
        while name is None and path is not None:
            there = (await self._jams.scene(jam.id)).pinned
            name = next((one.name for one in there if one.id == round_.id), None)
            if name is not None:
                break
            name = rules.free_name(round_.number, [one.name for one in there])
            try:
                await self._jams.pin(jam, jam.starter_id, name, path, once=round_.id)
            except errors.BoardNameTaken:
                name = None  # by somebody, just now
            except errors.BadRequest as error:
                log.info("winner not on the board", round=round_.id, why=error.kind)
                name = ""
        await self._store.note_round(round_.id, pinned=name or "")
        self._jams.changed(jam.id)

    # -------------------------------------------------------------- jobs

    def _job(self, job_id: str, wanted: Wanted, jam_id: str, now: float) -> Job:
        return new_job(job_id, wanted.asked(jam_id), now, self._line.rules.price(wanted.request.model))

    async def _terms(self, wanted: Wanted) -> Terms:
        limits = await self._line.rules.limits(wanted.guild_id, wanted.role_ids)
        return Terms(self._line.waiting_limit, limits=limits)


def _all_in(table: Table) -> bool:
    """Whether nobody is left to wait for, and there is something to choose from."""
    people = {one.person_id for one in table.ideas}
    return len(people) > 1 and people.issuperset(table.members)
