"""What the button under a private result does: everybody in the channel sees it."""

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import discord
import structlog

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jobs import Jobs
from bot.jobs.parcels import Parcel
from bot.store.records import Job, Post
from cogs import links, results, texts
from cogs.asking import Asking
from cogs.buttons import Buttons
from cogs.delivery import DiscordDelivery
from cogs.place import place_of
from cogs.references import ReferenceReader
from cogs.shown import pictures_of

log = structlog.get_logger(__name__)


class Sharing:
    """Posts private results as regular ones, once, for whoever asked for them."""

    def __init__(
        self, bot: EaselBot, jobs: Jobs, delivery: DiscordDelivery, references: ReferenceReader
    ) -> None:
        self._bot, self._jobs, self._delivery, self._references = bot, jobs, delivery, references
        self._at_it: set[str] = set()

    async def share(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Post the pictures in the channel they were asked for in, and say so under the private ones."""
        job = await self._own(interaction, job_id)
        public = replace(job, private=False, place={**job.place, "posts": "channel", "private": False})
        await interaction.response.defer()
        self._at_it.add(job_id)
        try:
            post = await self._way(interaction, public)
            with tempfile.TemporaryDirectory() as folder:
                parcels = await self._parcels(interaction, job, Path(folder))
                posts = await self._posted(public, parcels, post)
                await self._jobs.shared(job_id, posts)
                told = texts.SHARED.format(url=links.to_post(job, posts[0]))
                view = await self._delivery.whole_view(public, parcels[0], told)
                # The library's message shows smaller files, and under other names.
                files = results.files_of(job_id, parcels[0])
                await interaction.edit_original_response(view=view, attachments=files)
        finally:
            self._at_it.discard(job_id)

    async def _own(self, interaction: discord.Interaction[Any], job_id: str) -> Job:
        job = await self._jobs.job(job_id)
        if job is None or job.deleted_at is not None:
            raise errors.AskedTooLongAgo
        if job.requester_id != interaction.user.id:
            raise errors.NotYours
        if not job.private:
            raise errors.SharedAlready
        if job_id in self._at_it:
            raise errors.AlreadyAtIt
        if not job.state.ended:
            raise errors.NotAllHere
        return job

    async def _parcels(self, interaction: discord.Interaction[Any], job: Job, folder: Path) -> list[Parcel]:
        """The messages as they were posted in private. Raises NoLongerKept where a picture of them is gone."""
        try:
            return await self._jobs.shareable(job.id)
        except errors.NoLongerKept:
            message, posts = interaction.message, await self._jobs.posts(job.id)
            if message is None or message.id not in [one.message_id for one in posts]:
                raise  # the library's shows them smaller, and cards for those that are gone
            shown = pictures_of(message, self._bot.http.get_from_cdn, own=True)
        try:
            paths = await self._references.save_all(shown, folder)
        except errors.BadRequest as error:
            raise errors.NoLongerKept(detail=str(error)) from error
        numbers = (results.number_of(one.name) for one in shown)
        brought = {n: path for n, path in zip(numbers, paths, strict=True) if n is not None}
        return await self._jobs.shareable(job.id, brought)

    async def _posted(self, job: Job, parcels: Sequence[Parcel], post: "Way") -> list[Post]:
        # Whoever pressed before may have been cut off behind the posting: then it stands there already.
        maybe_there = not await self._jobs.claim_place(job.id, "shared")
        try:
            return [await post(parcel, maybe_there) for parcel in parcels]
        except discord.HTTPException as error:
            log.info("not shared", job=job.id, why=str(error))
            if error.status >= 500 or error.status == 429:
                raise errors.NotSharedNow(detail=str(error)) from error
            raise errors.NotShared(channel=job.channel_id, detail=str(error)) from error
        except CONNECTION_FAULTS as error:
            raise errors.NotSharedNow(detail=repr(error)) from error

    async def _way(self, interaction: discord.Interaction[Any], job: Job) -> "Way":
        """How it can be posted: as a message of the channel's, or where Easel may not write, as answers to the press.

        Raises NotShared.
        """

        async def in_channel(parcel: Parcel, maybe_there: bool) -> Post:
            return await self._delivery.share(job, parcel, maybe_there=maybe_there)

        async def as_answer(parcel: Parcel, _maybe_there: bool) -> Post:
            view, files = await self._delivery.whole_view(job, parcel), results.files_of(job.id, parcel)
            message = await interaction.followup.send(view=view, files=files, wait=True)
            return Post(job.id, parcel.number, message.channel.id, message.id)

        if interaction.channel_id == job.channel_id:
            return in_channel if place_of(interaction).posts == "channel" else as_answer
        if await self._may_speak(interaction, job):
            return in_channel
        raise errors.NotShared(channel=job.channel_id)

    async def _may_speak(self, interaction: discord.Interaction[Any], job: Job) -> bool:
        """Whether the person may speak in the channel they asked in: they may press elsewhere, and much later."""
        guild = self._bot.get_guild(job.guild_id or 0)
        if guild is None:
            return False
        try:
            member = await guild.fetch_member(interaction.user.id)
            channel = guild.get_channel_or_thread(job.channel_id) or await guild.fetch_channel(job.channel_id)
        except discord.HTTPException:
            return False
        may = channel.permissions_for(member)
        in_thread = isinstance(channel, discord.Thread)
        return may.view_channel and (may.send_messages_in_threads if in_thread else may.send_messages)


Way = Callable[[Parcel, bool], Awaitable[Post]]
"""Posts a parcel; the second tells whether it may stand there already."""


async def setup(bot: EaselBot) -> None:
    """Say what the button does."""
    delivery = cast("DiscordDelivery", bot.deliver_with)
    sharing = Sharing(bot, bot.app.jobs, delivery, Asking.of(bot).references)
    Buttons.of(bot).does["share"] = sharing.share
