"""Sending files: pictures are read from disk while they are sent, in blocks as large as the memory for all of them allows."""

import asyncio
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from aiohttp import payload
from aiohttp.abc import AbstractStreamWriter

from bot.pictures.transfers import block_bytes


class FilePayload(payload.BufferedReaderPayload):
    """A file as aiohttp sends it: read in a thread, where each way there costs CPU, so in few and large blocks."""

    _under_way: ClassVar[int] = 0

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write the file, or so many of its bytes; begun anew, from where it stood at first."""
        self._set_or_restore_start_position()
        read_in_thread = asyncio.get_running_loop().run_in_executor
        left = min(_or_any(self.size), _or_any(content_length))
        with self._counted():
            while left:
                size = min(left, block_bytes(self._under_way))
                block = await read_in_thread(None, self._value.read, size)
                if not block:
                    return  # it has become shorter
                await writer.write(block)
                left -= len(block)

    def _close(self) -> None:
        """Leave it open: whoever opened it may send it once more, and closes it."""
        self._consumed = True

    @classmethod
    @contextmanager
    def _counted(cls) -> Iterator[None]:
        cls._under_way += 1
        try:
            yield
        finally:
            cls._under_way -= 1


def _or_any(length: int | None) -> int:
    return sys.maxsize if length is None else length


def install() -> None:
    """Let every file that is part of a request be sent so, for which aiohttp has no option: its own blocks are small."""
    payload.PAYLOAD_REGISTRY.register(FilePayload, io.BufferedReader)
