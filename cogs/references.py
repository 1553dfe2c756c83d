"""Reference pictures that people hand over."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import discord

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS
from bot.jobs.references import ReadyReferences, make_ready
from bot.pictures.inspect import BYTES_LIMIT, too_large
from bot.pictures.transfers import Transfers


class ReferenceReader:
    """Brings attachments to disk and looks at what they are, in the order people gave them."""

    def __init__(self, transfers: Transfers, pool: Executor, limit_bytes: int) -> None:
        self._transfers, self._pool = transfers, pool
        self._limit_bytes = limit_bytes

    async def read(self, attachments: Sequence[discord.Attachment], folder: Path) -> ReadyReferences:
        """The attachments as references that may leave the house, their files in `folder`.

        Raises a BadRequest that tells everything that is wrong with them at once.
        """
        problems = [too_large(one.filename, one.size) for one in attachments if one.size > BYTES_LIMIT]
        total = sum(one.size for one in attachments)
        if total > self._limit_bytes and not problems:
            raise errors.ReferencesTooHeavy(megabytes=total / 1e6, limit=self._limit_bytes // 1_000_000)
        files = [
            (await self._save(one, folder / f"reference-{number}"), one.filename)
            for number, one in enumerate(attachments, 1)
            if one.size <= BYTES_LIMIT
        ]
        return await make_ready(files, self._pool, problems)

    async def _save(self, attachment: discord.Attachment, path: Path) -> Path:
        try:
            async with self._transfers.hold(attachment.size):
                content = await attachment.read()
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            raise errors.ReferenceGone(name=attachment.filename, detail=repr(error)) from error
        await asyncio.to_thread(path.write_bytes, content)
        return path
