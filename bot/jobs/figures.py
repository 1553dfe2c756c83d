"""Figures: who waits, what was used, and what it cost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.jobs.jobs import Jobs, Line
from bot.jobs.outlook import Outlook, Waiter, waiters
from bot.limits import Allowance, What, Whose
from bot.store.records import Queued
from bot.store.store import Store
from bot.store.used import Active, Spent, Usage

_MOST_ACTIVE = 5


@dataclass(frozen=True)
class Crowd:
    """Who waits: whoever waits longest first."""

    people: Sequence[Waiter]
    busy: int
    """POSTs that are under way, in all processes."""
    places: int
    """How many may be at once."""
    next: Outlook
    """For whoever asks now."""


@dataclass(frozen=True)
class Own:
    """What one person used, in one server or everywhere."""

    usage: Usage
    allowances: Sequence[Allowance]
    """Those over them alone."""
    waiting: int
    """Jobs whose turn has not come."""


@dataclass(frozen=True)
class Whole:
    """What everybody in a server used together."""

    usage: Usage
    allowances: Sequence[Allowance]
    """Those over the whole server."""
    most_active: Sequence[Active]
    """Who asked for most this month, the first first."""


class Figures:
    """Reads; nothing is changed here."""

    def __init__(self, store: Store, jobs: Jobs, line: Line) -> None:
        self._store, self._jobs, self._line = store, jobs, line

    async def own(self, person_id: int, guild_id: int | None, role_ids: Sequence[int] = ()) -> Own:
        """A person's figures in a server, or everywhere where none is named; the highest role first."""
        usage, allowances, waiting = await asyncio.gather(
            self._jobs.usage(requester_id=person_id, guild_id=guild_id),
            self._jobs.allowance(person_id, guild_id, role_ids),
            self._store.waiting(person_id, guild_id),
        )
        return Own(usage, [one for one in allowances if one.limit.whose is not Whose.SERVER], waiting)

    async def whole(self, guild_id: int) -> Whole:
        """A server's figures."""
        usage, allowances, active = await asyncio.gather(
            self._jobs.usage(guild_id=guild_id),
            self._jobs.allowance(0, guild_id),
            self._store.most_active(guild_id, _MOST_ACTIVE),
        )
        return Whole(usage, [one for one in allowances if one.limit.whose is Whose.SERVER], active)

    async def crowd(self, model: str, size: str) -> Crowd:
        """Everybody who waits now, and what somebody may expect who asks now for a picture of that kind."""
        queue, busy = await asyncio.gather(self._store.queue(), self._store.open_posts())
        newcomer = Queued("", 0, 1, painting=False)
        outlook = self._jobs.standing_of(queue).outlook(newcomer, self._line.timings.expected(model, size))
        return Crowd(waiters(queue), busy, self._line.places.everyone, outlook)

    async def left(self) -> int:
        """How many jobs have not ended."""
        return sum((await self._store.jobs_by_state()).values())

    async def spent(self) -> Spent:
        """What everybody asked for this month, in all servers and in direct messages."""
        return await self._store.spent()


def allowance(allowances: Sequence[Allowance], what: What, whose: Whose) -> Allowance | None:
    """The one over that, if there is one."""
    return next((one for one in allowances if (one.limit.what, one.limit.whose) == (what, whose)), None)
