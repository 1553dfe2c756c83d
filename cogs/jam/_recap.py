"""What came of a jam: everything on one sheet, who stands where, and who made it."""

import asyncio
import io
import tempfile
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import structlog

from bot.discord_bot import EaselBot
from bot.jobs.jam import rules
from bot.jobs.jobs import Jobs
from bot.pictures import sheet
from bot.pictures.sheet import Field
from bot.pictures.transfers import Transfers
from bot.store.jam import NOWHERE, Entry, Scene
from cogs.jam import _view
from cogs.library import Posted
from cogs.shown import file_names

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 60.0
"""Pictures whose files are gone are fetched from their messages for so long."""
_LOOKED_BACK = 200


@dataclass(frozen=True)
class Recap:
    """A recap to be posted."""

    view: discord.ui.LayoutView
    sheet: bytes | None
    name: str


class Recaps:
    """Makes recaps and posts them, once."""

    def __init__(self, bot: EaselBot, jobs: Jobs, painters: Executor, transfers: Transfers) -> None:
        self._bot, self._jobs, self._painters, self._transfers = bot, jobs, painters, transfers

    async def post(self, scene: Scene) -> int:
        """Post a jam's recap in its thread, else in its channel; the message's id, or NOWHERE.

        Raises discord.HTTPException where Discord is in trouble.
        """
        made = await self._made(scene)
        for channel_id in (scene.jam.thread_id, scene.jam.channel_id):
            if not channel_id:
                continue
            try:
                return (await self._in(channel_id, scene, made)).id
            except discord.HTTPException as error:
                if error.status >= 500 or error.status == 429:
                    raise
                log.info("no recap here", jam=scene.jam.id, channel=channel_id, why=str(error))
        return NOWHERE

    async def _in(self, channel_id: int, scene: Scene, made: Recap) -> discord.Message:
        channel = self._bot.get_partial_messageable(channel_id, guild_id=scene.jam.guild_id)
        there = await self._there(channel, made.name)
        if there is not None:
            return there
        options: dict[str, Any] = {"view": made.view, "nonce": f"{scene.jam.id}:r"}
        if made.sheet is not None:
            options["file"] = discord.File(io.BytesIO(made.sheet), made.name)
        return await channel.send(**options)

    async def _there(self, channel: discord.PartialMessageable, name: str) -> discord.Message | None:
        """The recap, if it was posted before and that was not noted."""
        try:
            async for message in channel.history(limit=_LOOKED_BACK):
                if any(name in shown for shown in file_names(message)):
                    return message
        except discord.Forbidden:
            log.warning("cannot look whether the recap was posted")
        return None

    async def _made(self, scene: Scene) -> Recap:
        name = f"easel-{scene.jam.id}-recap.jpg"
        jam, drawn = scene.jam, None
        idle = jam.ended_at is not None and jam.ended_at - jam.heard_at > rules.IDLE_SECONDS
        if entries := _view.on_sheet(scene):
            with tempfile.TemporaryDirectory() as folder:
                paths = await self._files(entries, Path(folder))
                fields = [
                    Field(entry.prompt, path, place)
                    for place, (entry, path) in enumerate(zip(entries, paths, strict=True), 1)
                ]
                loop = asyncio.get_running_loop()
                drawn = await loop.run_in_executor(self._painters, sheet.draw, fields, jam.theme)
        return Recap(_view.recap(scene, name if drawn else None, idle=idle), drawn, name)

    async def _files(self, entries: list[Entry], folder: Path) -> list[Path | None]:
        """A file of each picture: as it was painted, else as its message shows it."""
        deadline = asyncio.get_running_loop().time() + _LOOK_SECONDS
        return [await self._file(one, folder, deadline) for one in entries]

    async def _file(self, entry: Entry, folder: Path, deadline: float) -> Path | None:
        kept = await asyncio.to_thread(self._jobs.kept.picture, entry.job_id, entry.number)
        if kept is not None:
            return kept
        dossier = await self._jobs.dossier(entry.job_id)
        picture = (
            next((one for one in dossier.pictures if one.number == entry.number), None) if dossier else None
        )
        if dossier is None or picture is None:
            return None
        content = await Posted(self._bot, dossier, deadline).whole(picture, self._transfers)
        if content is None:
            return None
        path = folder / f"{entry.job_id}-{entry.number}"
        await asyncio.to_thread(path.write_bytes, content)
        return path
