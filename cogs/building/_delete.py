"""Delete: a result goes from Discord and from every list, and its files are forgotten."""

from collections.abc import Awaitable, Sequence
from typing import Any

import discord
from discord import ui

from bot import errors as tree
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.gallery import Gallery
from bot.store.records import Dossier, Job, Post
from cogs import errors, texts
from cogs.building._found import Finder
from cogs.forms import OpenForm
from cogs.together import Together


class Deleting:
    """Only who asked for it may, somebody who manages the channel's messages, or who started the jam it is in."""

    def __init__(self, bot: EaselBot, gallery: Gallery, finder: Finder) -> None:
        self._bot, self._gallery, self._finder = bot, gallery, finder

    async def ask(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Ask once."""
        dossier = await self._may(interaction, job_id)
        await interaction.response.send_modal(_Form(self, dossier))

    async def delete(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Delete; whoever may no longer do so since they were asked is told."""
        job = (await self._may(interaction, job_id)).job
        await interaction.response.defer()
        posts = await self._gallery.delete(job_id)
        self._bot.app.jams.changed(job.jam_id)
        gone = [await self._take_away(interaction, post) for post in posts]
        if _brought(interaction.message, posts):
            gone.append(await self._take_pressed(interaction))
        left = gone.count(False)
        told = [texts.DELETED_BUT.format(count=left) if left else texts.DELETED]
        if job.batch_id is not None and not await Together.of(self._bot).take_off(job.batch_id):
            private = job.place.get("posts") == "interaction"
            told.append(texts.DELETED_SHEET_PRIVATE if private else texts.DELETED_SHEET_STAYS)
        await interaction.followup.send("\n".join(told), ephemeral=True)

    async def _may(self, interaction: discord.Interaction[Any], job_id: str) -> Dossier:
        """The job. Raises NotYoursToDelete, StillComing, and what the finder raises."""
        try:
            dossier = await self._finder.job(interaction, job_id, deleted=True)
        except tree.NotYours as error:
            raise tree.NotYoursToDelete from error
        job, person_id = dossier.job, interaction.user.id
        its = job.requester_id == person_id or _moderates(interaction, job)
        if not (its or await self._bot.app.jams.leads(job.jam_id, person_id)):
            raise tree.NotYoursToDelete
        if not dossier.job.state.ended:
            raise tree.StillComing
        return dossier

    async def _take_away(self, interaction: discord.Interaction[Any], post: Post) -> bool:
        """Delete one message; whether it is gone."""
        pressed = interaction.message
        if pressed is not None and pressed.id == post.message_id:
            return await self._take_pressed(interaction)
        channel = self._bot.get_partial_messageable(post.channel_id or 0)
        return await _gone(channel.get_partial_message(post.message_id or 0).delete())

    async def _take_pressed(self, interaction: discord.Interaction[Any]) -> bool:
        """Delete the message that was pressed, also where Easel is no member; whether it is gone."""
        return await _gone(interaction.delete_original_response())


class _Form(OpenForm):
    """One question, to which sending it is the answer."""

    def __init__(self, deleting: Deleting, dossier: Dossier) -> None:
        super().__init__(texts.DELETE_TITLE)
        self._deleting, self._job_id = deleting, dossier.job.id
        count = sum(one.fault is None for one in dossier.pictures)
        asked = texts.DELETE_ASK if count == 1 else texts.DELETE_ASK_SEVERAL.format(count=count)
        self.add_item(ui.TextDisplay(asked))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Delete."""
        async with errors.shown(interaction):
            await self._deleting.delete(interaction, self._job_id)


async def _gone(deleting: Awaitable[None]) -> bool:
    try:
        await deleting
    except discord.NotFound:
        return True
    except (discord.HTTPException, *CONNECTION_FAULTS):
        return False
    return True


def _brought(message: discord.Message | None, posts: Sequence[Post]) -> bool:
    """Whether a message shows a result once more, to everybody: somebody brought it back from the library."""
    if message is None or message.flags.ephemeral:
        return False
    return message.id not in [one.message_id for one in posts]


def _moderates(interaction: discord.Interaction[Any], job: Job) -> bool:
    here = interaction.guild_id is not None and interaction.guild_id == job.guild_id
    return here and interaction.permissions.manage_messages
