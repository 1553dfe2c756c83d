"""What is done one after the other, by what it is about; what is about something else goes on beside it."""

import asyncio
from collections import OrderedDict

_KEPT = 500
"""As many things as are asked about at once."""


class OneByOne:
    """Locks that need not be made or thrown away by whoever takes them."""

    def __init__(self) -> None:
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()

    def about(self, key: str) -> asyncio.Lock:
        """The lock of one thing."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._locks.move_to_end(key)
        for other in list(self._locks)[: max(0, len(self._locks) - _KEPT)]:
            if not self._locks[other].locked():
                del self._locks[other]
        return lock
