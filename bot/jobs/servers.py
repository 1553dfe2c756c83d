"""What servers' admins have set, at hand for whoever must answer at once."""

import asyncio
import time
from collections.abc import Callable

import structlog

from bot.store.records import Server
from bot.store.store import Store

log = structlog.get_logger(__name__)

_FRESH_SECONDS = 30.0
"""Another process may have changed it: nobody waits longer for that to be seen."""


class Servers:
    """Reads and changes what is set in servers."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._known: dict[int, tuple[float, Server]] = {}
        self._reading: set[asyncio.Task[Server]] = set()

    async def get(self, server_id: int) -> Server:
        """What is set in a server, as it was at most half a minute ago."""
        read_at, server = self._known.get(server_id, (float("-inf"), Server(server_id)))
        if self._clock() - read_at > _FRESH_SECONDS:
            server = await self.look(server_id)
        return server

    async def look(self, server_id: int) -> Server:
        """What is set in a server at this moment, whichever process changed it."""
        asked_at = self._clock()
        server = await self._store.server(server_id)
        if self._known.get(server_id, (float("-inf"), server))[0] <= asked_at:
            self._known[server_id] = (self._clock(), server)
        return server

    async def within(self, server_id: int, seconds: float) -> Server | None:
        """The same as `get`; None where it cannot be read in that time."""
        reading = asyncio.create_task(self.get(server_id), name=f"settings of {server_id}")
        self._reading.add(reading)
        reading.add_done_callback(self._read)
        # Not `wait_for`: it would wait for the cancelled query's end, however long that takes.
        await asyncio.wait({reading}, timeout=seconds)
        return reading.result() if reading.done() and reading.exception() is None else None

    async def change(self, server_id: int, edit: Callable[[Server], Server]) -> Server:
        """Set what `edit` makes of what is set at that moment, and return it; this process sees it at once.

        Whatever `edit` raises is raised, and then nothing is changed. It may be called more than once.
        """
        server = await self._store.change_server(server_id, edit)
        self._known[server_id] = (self._clock(), server)
        return server

    def _read(self, reading: "asyncio.Task[Server]") -> None:
        self._reading.discard(reading)
        if not reading.cancelled() and (error := reading.exception()) is not None:
            log.warning("settings not read", error=type(error).__name__)
