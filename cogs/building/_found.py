"""What a button was pressed about: a job, one of its pictures, and where that can be had."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jobs import Jobs
from bot.store.records import Dossier, Picture
from cogs import results
from cogs.shown import Shown, pictures_of


@dataclass(frozen=True)
class Found:
    """A picture: its file where that is kept, and how the message that shows it shows it."""

    picture: Picture
    path: Path | None
    message: discord.Message | None
    shown: Shown | None

    @property
    def reference(self) -> Shown:
        """The picture to work from: the file as it was painted, where it is kept."""
        path, shown = self.path, self.shown
        if path is None:
            assert shown is not None  # noqa: S101  # `Finder.picture` raises where it has neither
            return shown
        number = self.picture.number

        async def read() -> bytes:
            return await asyncio.to_thread(path.read_bytes)

        name = shown.name if shown else f"{results.marker(self.picture.job_id)}{number}"
        source = shown.source if shown else ""
        return Shown(name, read, path.stat().st_size, source=source, own=True)


class Finder:
    """Looks up what stands in a button's id."""

    def __init__(self, bot: EaselBot, jobs: Jobs) -> None:
        self._bot, self._jobs = bot, jobs

    async def job(
        self, interaction: discord.Interaction[Any], job_id: str, *, deleted: bool = False
    ) -> Dossier:
        """A job with its pictures, with `deleted` also one that has none any more.

        Raises AskedTooLongAgo, PicturesDeleted, NotYours.
        """
        dossier = await self._jobs.dossier(job_id)
        if dossier is None:
            raise errors.AskedTooLongAgo
        if dossier.job.private and dossier.job.requester_id != interaction.user.id:
            raise errors.NotYours
        if dossier.job.deleted_at is not None and not deleted:
            raise errors.PicturesDeleted
        return dossier

    async def picture(
        self, interaction: discord.Interaction[Any], job_id: str, number: int
    ) -> tuple[Dossier, Found]:
        """One of a job's pictures. Raises PictureForgotten where it can be had nowhere, and what `job` raises."""
        dossier = await self.job(interaction, job_id)
        picture = next((one for one in dossier.pictures if one.number == number and one.fault is None), None)
        if picture is None:
            raise errors.AskedTooLongAgo
        path = await asyncio.to_thread(self._jobs.kept.picture, job_id, number)
        message, shown = self._in(interaction.message, picture)
        if message is None:  # a choice was offered beside it
            message, posted = await self._posted(interaction, dossier, picture)
            shown = posted or shown
        if path is None and shown is None:
            raise errors.PictureForgotten
        return dossier, Found(picture, path, message, shown)

    async def _posted(
        self, interaction: discord.Interaction[Any], dossier: Dossier, picture: Picture
    ) -> tuple[discord.Message | None, Shown | None]:
        """The message the picture was posted in, as far as Discord shows it."""
        for post in dossier.posts:
            if post.number == picture.post and post.channel_id and post.message_id:
                here = post.channel_id == interaction.channel_id
                guild_id = interaction.guild_id if here else dossier.job.guild_id
                channel = self._bot.get_partial_messageable(post.channel_id, guild_id=guild_id)
                try:
                    return self._in(await channel.fetch_message(post.message_id), picture)
                except (discord.HTTPException, *CONNECTION_FAULTS):
                    return None, None
        return None, None

    def _in(
        self, message: discord.Message | None, picture: Picture
    ) -> tuple[discord.Message | None, Shown | None]:
        """The picture among those a message shows; the message only where it is the picture's own."""
        if message is None:
            return None, None
        start = f"{results.marker(picture.job_id)}{picture.number}."
        for one in pictures_of(message, self._bot.http.get_from_cdn, own=True):
            if one.name.startswith(start):
                return (message if results.is_result(message) else None), one
        return None, None
