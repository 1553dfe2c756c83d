"""Turns: so many POSTs at once, and people take turns at them."""

import asyncio
from bisect import insort
from collections import Counter, OrderedDict, defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol


class Left(Exception):  # what happened: the job left the queue
    """The job does not wait any more: its person took it back."""


class TurnTaking(Protocol):
    """At most so many turns are taken, and nobody gets a second while somebody waits for a first."""

    def turn(self, person: int, job_id: str, since: float) -> AbstractAsyncContextManager[None]:
        """Wait for a turn and hold it. Raises Left where the job left meanwhile."""

    def has_room(self, person: int) -> bool:
        """Whether one more job of somebody's would be called at once; False where that cannot be told at once."""

    def leave(self, job_id: str) -> None:
        """Let a job wait no longer; turns it has taken stay with it."""

    def pause(self) -> None:
        """Call nobody until `resume`: whoever waits keeps their place, and turns that are taken go on."""

    def resume(self) -> None:
        """Call people again, from where it was left."""

    async def opened(self) -> None:
        """Wait while turns are paused: for whoever took one and has not used it yet."""


class Pace(Protocol):
    """Lets so many through in a while."""

    async def acquire(self) -> None:
        """Wait until the next may go on."""


@dataclass(frozen=True, order=True)
class Ticket:
    """Who waits for a turn, and since when: of one person's jobs, the oldest is called first."""

    since: float
    person: int
    job_id: str
    called: asyncio.Future[None] = field(compare=False, default_factory=asyncio.Future)


class Turns:
    """At most `at_once` turns are taken; whoever waits gets one after everybody else who waits had one.

    So a newcomer's first stands before the second of whoever came earlier with many. Of one person, no more than
    `each` jobs have turns.
    """

    def __init__(self, at_once: int, each: int) -> None:
        self._free, self._each = at_once, each
        self._lines: OrderedDict[int, list[Ticket]] = OrderedDict()
        self._taken: defaultdict[int, Counter[str]] = defaultdict(Counter)
        """How many turns each person's jobs have."""
        self._open = asyncio.Event()
        self._open.set()

    @property
    def busy(self) -> int:
        """How many turns are taken now."""
        return sum(jobs.total() for jobs in self._taken.values())

    @asynccontextmanager
    async def turn(self, person: int, job_id: str, since: float) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises Left where the job left meanwhile."""
        ticket = Ticket(since, person, job_id)
        await self._take(ticket)
        try:
            yield
        finally:
            self._give_back(ticket)

    def has_room(self, person: int) -> bool:
        """Whether one more job of somebody's would be called at once."""
        return bool(self._free) and self._open.is_set() and self._may_more(person)

    def pause(self) -> None:
        """Call nobody until `resume`: whoever waits keeps their place, and turns that are taken go on."""
        self._open.clear()

    def resume(self) -> None:
        """Call people again, from where it was left."""
        self._open.set()
        self._call()

    async def opened(self) -> None:
        """Wait while turns are paused: for whoever took one and has not used it yet."""
        await self._open.wait()

    def leave(self, job_id: str) -> None:
        """Let a job wait no longer; turns it has taken stay with it."""
        for person, line in list(self._lines.items()):
            left = [ticket for ticket in line if ticket.job_id == job_id]
            for ticket in left:
                line.remove(ticket)
                if not ticket.called.done():
                    ticket.called.set_exception(Left())
            if not line:
                del self._lines[person]

    async def _take(self, ticket: Ticket) -> None:
        insort(self._lines.setdefault(ticket.person, []), ticket)
        self._call()
        try:
            await ticket.called
        except asyncio.CancelledError:
            if ticket.called.done() and not ticket.called.cancelled() and not ticket.called.exception():
                self._give_back(ticket)  # it was called, and did not hear it any more
            raise

    def _give_back(self, ticket: Ticket) -> None:
        self._free += 1
        jobs = self._taken[ticket.person]
        jobs -= Counter([ticket.job_id])  # which keeps no job that has none left
        if not jobs:
            del self._taken[ticket.person]
        self._call()

    def _call(self) -> None:
        while self._free and self._open.is_set() and (ticket := self._next()):
            person = ticket.person
            line = self._lines[person]
            line.remove(ticket)
            if not line:
                del self._lines[person]
            if ticket.called.done():
                continue  # its task ended: the turn is still this person's
            if line:
                self._lines.move_to_end(person)
            self._free -= 1
            self._taken[person][ticket.job_id] += 1
            ticket.called.set_result(None)

    def _next(self) -> Ticket | None:
        """Who is to be called: the first in line of those who may have one more."""
        tickets = (ticket for line in self._lines.values() for ticket in line)
        return next((one for one in tickets if self._may(one)), None)

    def _may(self, ticket: Ticket) -> bool:
        return ticket.job_id in self._taken.get(ticket.person, ()) or self._may_more(ticket.person)

    def _may_more(self, person: int) -> bool:
        return len(self._taken.get(person, ())) < self._each
