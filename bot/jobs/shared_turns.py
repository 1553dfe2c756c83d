"""Turns and pace that several processes share: who is called next is written down where all of them look."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.jobs.ids import new_id
from bot.jobs.turns import Left
from bot.store.records import Turn
from bot.store.store import Store

log = structlog.get_logger(__name__)


class SharedTurns:
    """At most `at_once` turns are taken in all processes together.

    Whoever has the fewest goes first: a newcomer's first stands before anybody's second.
    `async with SharedTurns(…)`: from its end on every turn of the process is free.
    """

    def __init__(self, store: Store, process: str, at_once: int, look_seconds: float = 0.1) -> None:
        """While somebody waits, the process looks every `look_seconds` whether they are called."""
        self._store, self._process, self._at_once, self._look = store, process, at_once, look_seconds
        self._asked: dict[str, Turn] = {}
        """Not written down yet; so, too, those given back."""
        self._returned: set[str] = set()
        self._waiting: dict[str, tuple[str, asyncio.Future[None]]] = {}
        """By their turn's id: the job, and who is to be called."""
        self._something = asyncio.Event()
        self._open = asyncio.Event()
        self._open.set()

    async def __aenter__(self) -> Self:
        await self._store.leave_turns(self._process)  # an earlier life's
        self._clerk = asyncio.create_task(self._exchange(), name="turns")
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._clerk.cancel()
        await asyncio.gather(self._clerk, return_exceptions=True)
        try:
            await self._store.leave_turns(self._process)
        except SQLAlchemyError as error:  # the next life gives them back, or whoever takes over
            log.warning("turns not given back", why=type(error).__name__)

    @asynccontextmanager
    async def turn(self, person: int, job_id: str, since: float) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises Left where the job left meanwhile."""
        turn = Turn(new_id(), self._process, person, since)
        called = asyncio.get_running_loop().create_future()
        self._asked[turn.id], self._waiting[turn.id] = turn, (job_id, called)
        self._something.set()
        try:
            await called
            yield
        finally:
            self._waiting.pop(turn.id, None)
            self._returned.add(turn.id)
            self._something.set()

    def has_room(self, person: int) -> bool:  # noqa: ARG002  # of nobody
        """False: only the database knows."""
        return False

    def leave(self, job_id: str) -> None:
        """Let a job of this process wait no longer; turns it has taken stay with it."""
        for waiting, called in self._waiting.values():
            if waiting == job_id and not called.done():
                called.set_exception(Left())

    def pause(self) -> None:
        """Call nobody until `resume`: whoever waits keeps their place, and turns that are taken go on."""
        self._open.clear()

    def resume(self) -> None:
        """Call people again, from where it was left."""
        self._open.set()
        self._something.set()

    async def opened(self) -> None:
        """Wait while turns are paused: for whoever took one and has not used it yet."""
        await self._open.wait()

    async def _exchange(self) -> None:
        while True:
            self._something.clear()
            asked, returned = list(self._asked.values()), set(self._returned)
            at_once = self._at_once if self._open.is_set() else 0
            taken = await self._store.exchange_turns(self._process, at_once, asked, returned)
            for turn in asked:
                del self._asked[turn.id]
            self._returned -= returned
            for turn_id in taken & self._waiting.keys():
                _, called = self._waiting.pop(turn_id)
                if not called.done():
                    called.set_result(None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._look if self._waiting else None):
                    await self._something.wait()


class Numbers:
    """What may happen only so often, whichever process does it: each takes a number, and waits until it is due."""

    def __init__(self, store: Store, name: str, apart: float) -> None:
        """Numbers of that name fall due `apart` seconds from each other."""
        self._store, self._name, self._apart = store, name, apart

    async def acquire(self) -> None:
        """Wait for the next number. Nobody else waits for whoever gives up."""
        await asyncio.sleep(await self._store.take_number(self._name, self._apart))
