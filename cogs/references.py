"""Reference pictures that people hand over, from wherever they are shown to the job's folder."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import discord

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS
from bot.jobs.parcels import MESSAGE_BYTES
from bot.jobs.references import Given, ReadyReferences, make_ready
from bot.pictures.inspect import BYTES_LIMIT, SHRINKABLE, too_large
from bot.pictures.transfers import Transfers
from bot.seedream.request import Reference
from bot.store.jam import Pinned
from bot.store.source import Source
from cogs.shown import Shown

_READ_SECONDS = 45
"""A picture that has not come by then is told as one that cannot be read."""


class ReferenceReader:
    """Brings pictures to disk and looks at what they are, in the order people gave them."""

    def __init__(self, transfers: Transfers, pool: Executor, limit_bytes: int) -> None:
        self._transfers, self._pool = transfers, pool
        self._limit_bytes = limit_bytes

    async def read(self, pictures: Sequence[Shown], folder: Path, *, shrink: bool = False) -> ReadyReferences:
        """The pictures as references that may leave the house, their files in `folder`.

        With `shrink`, and where Easel painted them itself, pictures over the limits are made smaller.
        Raises a BadRequest that tells everything that is wrong with them at once.
        """
        problems, files = over_sized(pictures, shrink=shrink), []
        known = sum(one.bytes or 0 for one in pictures)
        if known > self._limit_bytes and not problems and not shrink:
            raise errors.ReferencesTooHeavy(megabytes=known / 1e6, limit=self._limit_bytes // 1_000_000)
        for number, one in enumerate(pictures, 1):
            if _too_large(one, shrink):
                continue
            try:
                path = await self._save(one, folder / f"reference-{number}")
            except errors.BadPicture as problem:
                problems.append(problem)
            else:
                files.append(Given(path, one.name, one.source, shrink or one.own))
        return await make_ready(files, self._pool, self._limit_bytes, problems)

    async def save_all(self, pictures: Sequence[Shown], folder: Path) -> list[Path]:
        """Bring pictures to files in `folder`. Raises a BadRequest with all that cannot be had any more."""
        paths, problems = [], []
        for number, one in enumerate(pictures):
            try:
                paths.append(await self._save(one, folder / str(number)))
            except errors.BadPicture as problem:
                problems.append(problem)
        if problems:
            raise errors.together(problems)
        return paths

    async def _save(self, picture: Shown, path: Path) -> Path:
        try:
            # Whoever does not say how heavy a picture is came from a bot's message, and those have a limit.
            async with self._transfers.hold(picture.bytes or MESSAGE_BYTES), asyncio.timeout(_READ_SECONDS):
                content = await picture.read()
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            raise errors.ReferenceGone(name=picture.name, detail=repr(error)) from error
        await asyncio.to_thread(path.write_bytes, content)
        return path


def kept_reference(reference: Reference) -> Shown:
    """A reference of an earlier job, from where that job keeps it."""

    async def read() -> bytes:
        if reference.path is None:
            raise FileNotFoundError(reference.name)
        return await asyncio.to_thread(reference.path.read_bytes)

    return Shown(reference.name, read, reference.bytes, source=reference.source)


def pinned_picture(pinned: Pinned, path: Path) -> Shown:
    """A picture on a jam's board, from the file the jam keeps."""

    async def read() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return Shown(f"@{pinned.name}", read, whose=Source(pinned.person_id, pinned.from_id, pinned.from_picture))


def over_sized(pictures: Sequence[Shown], *, shrink: bool = False) -> list[errors.BadPicture]:
    """What is known to be too large before anything is read."""
    return [too_large(one.name, one.bytes) for one in pictures if one.bytes and _too_large(one, shrink)]


def _too_large(picture: Shown, shrink: bool) -> bool:
    limit = SHRINKABLE.bytes if shrink or picture.own else BYTES_LIMIT
    return picture.bytes is not None and picture.bytes > limit
