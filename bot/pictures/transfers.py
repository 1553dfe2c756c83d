"""A bound on the bytes that are on their way at one time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_BLOCKS_BYTES = 4 * 1024 * 1024
_BLOCK_LEAST = 128 * 1024


def block_bytes(under_way: int) -> int:
    """How much of a picture to read or write at once: much is cheap, and all that are under way share the memory for it."""
    return max(_BLOCKS_BYTES // max(under_way, 1), _BLOCK_LEAST)


class Transfers:
    """Lets transfers in by their bytes, first come, first served.

    Bounding transfers by number lets a few heavy ones fill the memory; by bytes it does not.
    A transfer larger than the limit goes alone instead of never. For one event loop.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._under_way = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Bytes on their way now."""
        return self._held

    @property
    def block_bytes(self) -> int:
        """See the function; of those that are let in."""
        return block_bytes(self._under_way)

    @asynccontextmanager
    async def hold(self, bytes_: int) -> AsyncIterator[None]:
        """Hold `bytes_` for as long as the block runs, waiting until they are free.

        Raises ValueError for less than nothing.
        """
        if bytes_ < 0:
            raise ValueError("bytes cannot be negative")
        await self._enter(bytes_)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._leave(bytes_)

    def _fits(self, bytes_: int) -> bool:
        return self._held == 0 or self._held + bytes_ <= self._limit

    async def _enter(self, bytes_: int) -> None:
        # Whoever comes while others wait goes behind them, however small: so the heavy get their turn.
        if not self._waiting and self._fits(bytes_):
            self._held += bytes_
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((bytes_, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove((bytes_, turn))
                self._admit()  # those behind the one who left may fit now
            else:
                self._leave(bytes_)  # let in and cancelled in the same breath
            raise

    def _leave(self, bytes_: int) -> None:
        self._held -= bytes_
        self._admit()

    def _admit(self) -> None:
        # A cancelled turn keeps its place until its task wakes and takes it out; it is only passed over.
        for place in tuple(self._waiting):
            bytes_, turn = place
            if turn.done():
                continue
            if not self._fits(bytes_):
                return
            self._waiting.remove(place)
            self._held += bytes_
            turn.set_result(None)
