"""Bodies that never stand in memory: references out, b64_json pictures in."""

import asyncio
import base64
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import aiohttp
import ijson
import orjson
from aiohttp.abc import AbstractStreamWriter

from bot import errors
from bot.seedream import wire
from bot.seedream.request import Reference

_BLOCK = 3 * 256 * 1024
"""Bytes of a file read at once; a multiple of 3, so that its base64 joins without seams."""

_SMALL = 64 * 1024
"""Bytes of an answer that is read at once where no picture stands in it."""
_ANSWER_BLOCK = 4 * 1024 * 1024
"""Bytes of an answer parsed at once: the parser's work on one long text grows with the number of blocks."""


class StreamedBody(aiohttp.payload.Payload):
    """The request's JSON, written with the references read from disk block by block."""

    _autoclose = True  # files are opened for one block at a time

    def __init__(self, body: Sequence[wire.Part]) -> None:
        super().__init__(body, content_type="application/json")
        self._parts = body
        self._size = wire.length(body)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002  # aiohttp's shape
        return "".join(part.decode() if isinstance(part, bytes) else f"<{part.name}>" for part in self._parts)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write every part; a file's blocks are read and encoded off the event loop."""
        for part in self._parts:
            if isinstance(part, bytes):
                await writer.write(part)
            else:
                await self._write_file(part, writer)

    async def _write_file(self, reference: Reference, writer: AbstractStreamWriter) -> None:
        assert reference.path is not None  # noqa: S101  # parts() hands over files only
        for start in range(0, reference.bytes, _BLOCK):
            size = min(_BLOCK, reference.bytes - start)
            await writer.write(await asyncio.to_thread(_encoded_block, reference.path, start, size))


def _encoded_block(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        block = file.read(size)
    if len(block) != size:
        raise OSError(f"{path.name} became shorter while it was being sent")
    return wire.encoded(block)


def check_files(references: Sequence[Reference]) -> None:
    """Raise ReferenceGone for a file that is no longer there as it was, before anything is sent."""
    for reference in references:
        if reference.path is not None:
            try:
                size = reference.path.stat().st_size
            except OSError:
                size = -1
            if size != reference.bytes:
                raise errors.ReferenceGone(name=reference.name)


def append(file: IO[bytes], at: int, block: bytes) -> None:
    """Write a block behind the first `at` bytes; whatever came of an earlier attempt goes. Blocking."""
    file.seek(at)
    file.truncate()
    file.write(block)
    file.flush()


def read_document(file: IO[bytes], into: Path) -> Any:
    """Read an answer's JSON, each b64_json picture going to a file in `into` as it is met.

    In the document a Path stands where the picture stood. Raises OutcomeUnknown where the JSON
    is broken: the pictures may have been bought. Blocking: run it in a thread.
    """
    file.seek(0)
    text = file.read(_SMALL + 1)
    if len(text) <= _SMALL and b"b64_json" not in text:  # links alone, as almost always
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise _unreadable(error) from error
    file.seek(0)
    builder = ijson.ObjectBuilder()
    count = 0
    try:
        for prefix, event, value in ijson.parse(file, buf_size=_ANSWER_BLOCK, use_float=True):
            if event == "string" and prefix.endswith("b64_json") and value:
                count += 1
                value = _kept(value, into / f"answer-{count}")  # noqa: PLW2901  # the Path takes its place
            builder.event(event, value)
    except (ijson.JSONError, ValueError) as error:
        raise _unreadable(error) from error
    return getattr(builder, "value", None)


def _unreadable(error: Exception) -> errors.OutcomeUnknown:
    return errors.OutcomeUnknown(detail=f"the answer could not be read: {error!r}"[:300])


def _kept(text: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(text.rpartition(",")[2], validate=True))
    return path
