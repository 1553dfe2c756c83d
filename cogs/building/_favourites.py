"""The star under a result: whose favourite it is, counted."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.gallery import Gallery
from bot.store.records import Post
from cogs import results
from cogs.building._found import Finder


@dataclass
class _Star:
    """One job's, while it is pressed: numbers are shown one after the other, so that the last is the true one."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    shown: int | None = None


class Stars:
    """Anybody may press, and press again to take it back."""

    def __init__(self, bot: EaselBot, gallery: Gallery, finder: Finder) -> None:
        self._bot, self._gallery, self._finder = bot, gallery, finder
        self._pressed: dict[str, _Star] = {}

    async def press(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Count, and show the number on the star."""
        dossier = await self._finder.job(interaction, job_id)
        assert interaction.message is not None  # noqa: S101  # buttons stand on messages
        await self._gallery.toggle_favourite(job_id, interaction.user.id)
        with self._star(job_id) as star:
            async with star.turn:
                count = await self._gallery.favourites(job_id)
                if count == star.shown:
                    await interaction.response.defer()  # whoever pressed before showed this one, too
                    return
                await interaction.response.edit_message(view=results.liked(interaction.message, count))
                star.shown = count
                for post in dossier.posts:
                    if post.message_id != interaction.message.id:
                        await self._show(post, count)

    async def _show(self, post: Post, count: int) -> None:
        """Show the number on another message of the same job, where that can be edited."""
        channel = self._bot.get_partial_messageable(post.channel_id or 0)
        with suppress(discord.HTTPException, *CONNECTION_FAULTS):
            message = await channel.fetch_message(post.message_id or 0)
            await message.edit(view=results.liked(message, count))

    @contextmanager
    def _star(self, job_id: str) -> Iterator[_Star]:
        star = self._pressed.setdefault(job_id, _Star())
        star.waiting += 1
        try:
            yield star
        finally:
            star.waiting -= 1
            if not star.waiting:
                del self._pressed[job_id]
