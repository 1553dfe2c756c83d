"""What servers' admins have set, at hand for whoever must answer at once."""

import time
from collections.abc import Callable

from bot.store.records import Server
from bot.store.store import Store

_FRESH_SECONDS = 30.0
"""Another process may have changed it: nobody waits longer for that to be seen."""


class Servers:
    """Reads and changes what is set in servers."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._known: dict[int, tuple[float, Server]] = {}

    async def get(self, server_id: int) -> Server:
        """What is set in a server, as it was at most half a minute ago."""
        read_at, server = self._known.get(server_id, (float("-inf"), Server(server_id)))
        if self._clock() - read_at > _FRESH_SECONDS:
            server = await self._store.server(server_id)
            self._known[server_id] = (self._clock(), server)
        return server

    async def set(self, server: Server) -> None:
        """Change what is set in a server."""
        await self._store.set_server(server)
        self._known[server.id] = (self._clock(), server)
