"""`/tree`: the family of a picture, drawn."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.family import Family
from bot.jobs.gallery import Gallery
from bot.jobs.jobs import Jobs
from bot.pictures.tree import Small, draw, small
from bot.store.records import Job, Post
from cogs import families, links, results, texts
from cogs.building import Finder
from cogs.buttons import Buttons
from cogs.lineage import words
from cogs.markdown import escape, shorten
from cogs.shown import pictures_of

log = structlog.get_logger(__name__)

_FETCHED_AT_ONCE = 4
_PATIENCE = 25.0
"""Seconds for all pictures: what has not come by then is drawn without its picture."""
_NAME_SHOWN = 60

Sees = Callable[[Job], bool]


class TreeCog(commands.Cog, name="Tree"):
    """Answers privately: what is drawn depends on what the one who asks may see."""

    def __init__(self, bot: EaselBot, jobs: Jobs, gallery: Gallery, painters: Executor) -> None:
        self._bot, self._jobs, self._gallery, self._painters = bot, jobs, gallery, painters

    @app_commands.command(name="tree", description=texts.TREE)
    @app_commands.describe(message=texts.TREE_MESSAGE)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def tree(
        self, interaction: discord.Interaction[Any], message: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        """Draw the family of the picture in a message, or of the newest one here."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        sees = _eyes(interaction)
        if message is None:
            channel_id = interaction.channel_id or 0
            job = await self._gallery.newest(interaction.guild_id, channel_id, interaction.user.id)
            if job is None:
                raise errors.NoFamilyHere
        else:
            job = await self._linked(interaction, message, sees)
        await self._show(interaction, job, sees)

    async def press(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Draw the family of a result whose details somebody reads."""
        dossier = await Finder(self._bot, self._jobs).job(interaction, job_id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, dossier.job, _eyes(interaction))

    async def _linked(self, interaction: discord.Interaction[Any], link: str, sees: Sees) -> Job:
        found, origin = links.Link.read(link), None
        if found is not None and found.guild_id == interaction.guild_id:
            origin = await self._jobs.origin_of(found.message_id)
        same = origin is not None and origin.job.guild_id == interaction.guild_id
        if origin is None or not same or not sees(origin.job):
            raise errors.LinkToNothing
        return origin.job

    async def _show(self, interaction: discord.Interaction[Any], job: Job, sees: Sees) -> None:
        family = await self._gallery.family(job.id, sees)
        posts = await self._gallery.first_posts([one.job.id for one in family.members])
        pictures = await self._pictures(family, posts)
        numbers = families.numbers(family)
        nodes = families.nodes(family, pictures, lambda one: _name_of(interaction, one), here=job.id)
        loop = asyncio.get_running_loop()
        drawing = await loop.run_in_executor(self._painters, draw, nodes)
        entries = [_entry(one.job, numbers[one.job.id], posts) for one in family.members if not one.hidden]
        spoiler = any(one.job.place.get("spoiler") for one in family.members)
        panel = results.family(drawing, entries, more=family.more, drawn=len(nodes), spoiler=spoiler)
        await interaction.edit_original_response(view=panel.view, attachments=panel.files)

    # -------------------------------------------------------------- pictures

    async def _pictures(self, family: Family, posts: Mapping[str, Post]) -> dict[str, Small]:
        """The first picture of every result that is seen, small, as far as they can be had in time."""
        turns = asyncio.Semaphore(_FETCHED_AT_ONCE)
        found: dict[str, Small] = {}

        async def one(job_id: str) -> None:
            async with turns:
                picture = await self._picture(job_id, posts.get(job_id))
            if picture is not None:
                found[job_id] = picture

        tasks = [asyncio.create_task(one(member.job.id)) for member in family.members if not member.hidden]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return found

    async def _picture(self, job_id: str, post: Post | None) -> Small | None:
        """From its file, or else from the message that shows it."""
        loop = asyncio.get_running_loop()
        path = await asyncio.to_thread(self._jobs.kept.first, job_id)
        if path is not None:
            return await loop.run_in_executor(self._painters, small, path)
        if post is None:
            return None
        channel = self._bot.get_partial_messageable(post.channel_id or 0)
        try:
            message = await channel.fetch_message(post.message_id or 0)
            shown = pictures_of(message, self._bot.http.get_from_cdn, own=True)
            content = await shown[0].read() if shown else b""
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            log.info("drawn without its picture", job=job_id, why=str(error))
            return None
        return await loop.run_in_executor(self._painters, small, content)


# ------------------------------------------------------------------ what is seen, and what it is called


def _eyes(interaction: discord.Interaction[Any]) -> Sees:
    """Whether the one who asks may see a result: not a deleted one, no other's private one, no closed channel's."""
    asker, guild = interaction.user, interaction.guild

    def in_channel(channel_id: int) -> bool:
        if channel_id == interaction.channel_id or guild is None:
            return True
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None or not isinstance(asker, discord.Member):
            return False
        if isinstance(channel, discord.Thread) and channel.is_private():
            return False
        return channel.permissions_for(asker).view_channel

    def sees(job: Job) -> bool:
        mine = job.requester_id == asker.id
        return job.deleted_at is None and (mine or not job.private) and in_channel(job.channel_id)

    return sees


def _entry(job: Job, number: int, posts: Mapping[str, Post]) -> results.Entry:
    name = escape(shorten(words(job), _NAME_SHOWN))
    post, url = posts.get(job.id), ""
    if post is not None and not job.private:
        url = links.to_post(job, post)
    return results.Entry(number, name, job.requester_id, url)


def _name_of(interaction: discord.Interaction[Any], person_id: int) -> str:
    """What somebody is called, as far as Discord has told it: its list of members is not asked for."""
    if interaction.user.id == person_id:
        return interaction.user.display_name
    guild = interaction.guild
    known = (guild.get_member(person_id) if guild else None) or interaction.client.get_user(person_id)
    return "" if known is None else known.display_name


async def setup(bot: EaselBot) -> None:
    """Add the command, and say what the button does."""
    cog = TreeCog(bot, bot.app.jobs, bot.app.gallery, bot.app.core.painters)
    await bot.add_cog(cog)
    Buttons.of(bot).does["tree"] = cog.press
