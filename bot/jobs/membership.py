"""Membership: which processes work, under which names, and who takes over from one that died."""

import asyncio
import contextlib
import contextvars
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from bot import errors, names
from bot.jobs.ids import new_id
from bot.store.presence import Presence, SessionLostError
from bot.store.store import Store

log = structlog.get_logger(__name__)

TakeOver = Callable[[str], Awaitable[None]]
"""Takes up everything a dead process was at; may be repeated."""

Alone = contextlib.AbstractAsyncContextManager[bool]

_MARK = "folder-mark"


@dataclass(frozen=True)
class Rhythm:
    """How processes show that they live, in seconds."""

    beat: float = 5.0
    """Between one sign of life and the next."""
    dead: float = 20.0
    """A process that gave none for so long is taken for dead, if its session has ended, too."""
    enter: float = 30.0
    """How long a start waits for its name; it looks every `looks`."""
    looks: float = 0.25


class Membership(Protocol):
    """A process's name, held for as long as it works: two under one name would buy the same pictures."""

    async def enter(self) -> None:
        """Take the name. Raises AlreadyRunning, AnotherFolder."""

    def begin(self, take_over: TakeOver) -> None:
        """Take over from others that die, from now on."""

    async def until_lost(self) -> None:
        """Wait, for ever where all is well. Raises TakenOver once somebody else does this process's work."""

    def alone(self, what: str) -> Alone:
        """Whether no other process is at something, which none begins meanwhile."""

    async def alive(self) -> Sequence[str] | None:
        """The names of the processes that work; None where there is only one."""

    async def close(self) -> None:
        """Let the name go."""


class Single:
    """The one process on a database that is a file: its name is held by a file beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._held = contextlib.ExitStack()

    async def enter(self) -> None:
        self._held.enter_context(names.hold(self._folder, self._name))

    def begin(self, take_over: TakeOver) -> None:
        """There is nobody to take over from."""

    async def until_lost(self) -> None:
        await asyncio.Event().wait()

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[bool]:  # noqa: ARG002  # it always is
        yield True

    async def alive(self) -> None:
        return None

    async def close(self) -> None:
        self._held.close()


class Member:
    """One of the processes that work on a PostgreSQL."""

    def __init__(self, store: Store, url: str, folder: Path, name: str, rhythm: Rhythm) -> None:
        self._store, self._url, self._folder, self._name = store, url, folder, name
        self._rhythm = rhythm
        self._presence: Presence
        self._held = contextlib.AsyncExitStack()
        self._take_over: TakeOver | None = None
        self._heard_since = self._heard_at = time.monotonic()
        """Since when this process hears of the others, and when it last did: who was away cannot tell who was silent."""
        self._lost = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        mark = await asyncio.to_thread(mark_of, self._folder)
        self._presence = Presence(self._url, self._name, new_id(), mark)
        self._held.push_async_callback(self._presence.close)
        # Its predecessor's session, or somebody who takes over from it, may be about to end.
        latest = time.monotonic() + self._rhythm.enter
        while not await self._presence.enter():
            if time.monotonic() >= latest:
                raise errors.AlreadyRunning(process=self._name)
            await asyncio.sleep(self._rhythm.looks)
        other = await self._presence.elsewhere(self._rhythm.dead)
        if other is not None:
            raise errors.AnotherFolder(process=other)
        self._heard_since = self._heard_at = time.monotonic()
        # In a context of its own: what only waits for its time is nobody's work.
        begin = asyncio.get_running_loop().create_task
        self._beating = contextvars.Context().run(begin, self._beat_for_ever(), name="membership")

    def begin(self, take_over: TakeOver) -> None:
        self._take_over = take_over

    async def until_lost(self) -> None:
        await self._lost.wait()
        raise errors.TakenOver(process=self._name)

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[bool]:
        mine = await self._presence.begin_alone(what)
        try:
            yield mine
        finally:
            if mine:
                with contextlib.suppress(SessionLostError):  # which ended it, too
                    await self._presence.end_alone(what)

    async def alive(self) -> Sequence[str]:
        return await self._store.processes_alive(self._rhythm.dead)

    async def close(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        await self._held.aclose()

    async def _beat_for_ever(self) -> None:
        while not self._lost.is_set():
            await asyncio.sleep(self._rhythm.beat)
            try:
                await self._beat()
            except SessionLostError as error:
                log.warning("the database is away: nobody knows that this process lives", why=str(error))
            except Exception:  # an outer edge: a process that said no more would be taken for dead
                log.exception("membership broke")

    async def _beat(self) -> None:
        if not await self._presence.beat():
            log.error("taken over by another process: stopping at once", process=self._name)
            self._lost.set()
            return
        now, before = time.monotonic(), self._heard_at
        self._heard_at = now
        if now - before > self._rhythm.dead / 2:
            self._heard_since = now  # the database was away, or this process hung
        if self._take_over is None or now - self._heard_since < self._rhythm.dead:
            return
        for name in await self._presence.silent(self._rhythm.dead):
            if await self._presence.claim(name, self._rhythm.dead):
                await self._take_over_from(name, self._take_over)

    async def _take_over_from(self, name: str, take_over: TakeOver) -> None:
        log.warning("taking over from a process that died", process=name)
        try:
            await take_over(name)
        except Exception:  # an outer edge: what is left undone is done by whoever looks next
            log.exception("taking over broke", process=name)
            await self._presence.let_go(name)
        else:
            await self._presence.bury(name)


def mark_of(folder: Path) -> str:
    """The mark of a data folder, by which processes tell that they share it; made where there is none."""
    mark = folder / _MARK
    if not mark.exists():
        with tempfile.NamedTemporaryFile("w", dir=folder) as file:
            file.write(new_id())
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was faster
                os.link(file.name, mark)
    return mark.read_text()
