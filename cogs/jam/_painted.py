"""A jam's pictures, wherever they still are: the files that are kept, else the messages that show them."""

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot import errors
from bot.discord_bot import EaselBot
from bot.jobs.jam.written import Key
from bot.jobs.jobs import Jobs
from bot.pictures.transfers import Transfers
from bot.store.jam import Entry, Jam
from bot.store.records import Dossier
from bot.store.source import Source
from cogs import results
from cogs.library import Posted
from cogs.links import Link
from cogs.shown import Shown

_READ_SECONDS = 30.0
_LOOK_SECONDS = 240.0
"""Of a whole jam, pictures whose files are gone are fetched from their messages for so long."""
_AT_ONCE = 4


class Painted:
    """Finds them; links that have run out matter to nobody, since messages are fetched anew."""

    def __init__(self, bot: EaselBot, jobs: Jobs, transfers: Transfers) -> None:
        self._bot, self._jobs, self._transfers = bot, jobs, transfers

    async def save(
        self, entries: Sequence[Entry], jobs: Mapping[str, Dossier], folder: Path
    ) -> dict[Key, Path]:
        """Bring pictures into a folder, as far as they can be had. What is kept takes no room there."""
        deadline = asyncio.get_running_loop().time() + _LOOK_SECONDS
        posted = {job_id: Posted(self._bot, dossier, deadline) for job_id, dossier in jobs.items()}
        turns = asyncio.Semaphore(_AT_ONCE)
        found: dict[Key, Path] = {}

        async def one(entry: Entry) -> None:
            path = folder / f"{entry.job_id}-{entry.number}"
            async with turns:
                there = await self._keep(entry, path) or await self._fetch(entry, posted, jobs, path)
            if there:
                found[entry.job_id, entry.number] = path

        with errors.full_disk_told():
            await asyncio.gather(*(one(entry) for entry in entries if entry.job_id in jobs))
        return found

    def shown(self, jam: Jam, entry: Entry) -> Shown:
        """A picture to work from, credited to who asked for it; it is looked for when it is read."""

        async def read() -> bytes:
            path = await asyncio.to_thread(self._jobs.kept.picture, entry.job_id, entry.number)
            if path is not None:
                return await asyncio.to_thread(path.read_bytes)
            dossier = await self._jobs.dossier(entry.job_id)
            deadline = asyncio.get_running_loop().time() + _READ_SECONDS
            found = dossier and await self._posted(entry, dossier, Posted(self._bot, dossier, deadline))
            if not found:
                raise FileNotFoundError(entry.job_id)
            return found

        return Shown(
            f"{results.marker(entry.job_id)}{entry.number}",
            read,
            source=Link(jam.guild_id, entry.channel_id, entry.message_id).url,
            own=True,
            whose=Source(entry.author_id, entry.job_id, entry.number),
        )

    async def _keep(self, entry: Entry, path: Path) -> bool:
        kept = await asyncio.to_thread(self._jobs.kept.picture, entry.job_id, entry.number)
        return kept is not None and await asyncio.to_thread(_linked, kept, path)

    async def _fetch(
        self, entry: Entry, posted: Mapping[str, Posted], jobs: Mapping[str, Dossier], path: Path
    ) -> bool:
        content = await self._posted(entry, jobs[entry.job_id], posted[entry.job_id])
        if content is None:
            return False
        await asyncio.to_thread(path.write_bytes, content)
        return True

    async def _posted(self, entry: Entry, dossier: Dossier, posted: Posted) -> bytes | None:
        picture = next((one for one in dossier.pictures if one.number == entry.number), None)
        return None if picture is None else await posted.whole(picture, self._transfers)


def _linked(path: Path, to: Path) -> bool:
    """Let a file stand under another name, too, or copy it where the disk knows no such thing; whether it is there."""
    try:
        os.link(path, to)
    except FileNotFoundError:
        return False  # it was swept away just now
    except OSError:
        shutil.copyfile(path, to)
    return True
