"""`/tray`: references somebody lays aside, in each channel."""

import asyncio
import io
import re
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import errors as tree
from bot.discord_bot import EaselBot
from bot.jobs.parcels import MESSAGE_PICTURES
from bot.pictures.previews import numbered
from bot.seedream.words import TRAY_LIMIT
from bot.store.laid import Laid
from cogs import errors, texts
from cogs.asking import Asking
from cogs.blending import tell_laid
from cogs.forms import OpenForm
from cogs.laying import Trays
from cogs.results import ACCENT
from cogs.shown import uploaded


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class TrayCog(commands.GroupCog, group_name="tray", group_description=texts.TRAY):
    """Show, add, remove, clear."""

    def __init__(self, trays: Trays, painters: Executor) -> None:
        self._trays, self._painters = trays, painters

    @app_commands.command(name="show", description=texts.TRAY_SHOW)
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show a gallery with numbers, ten in a message."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        channel_id = interaction.channel_id or 0
        items = await self._trays.kept.items(interaction.user.id, channel_id)
        if not items:
            raise tree.TrayEmpty
        gone = await self._trays.gone(channel_id, items)
        for start in range(0, len(items), MESSAGE_PICTURES):
            view, files = await self._page(items, start, gone)
            if start == 0:
                await interaction.edit_original_response(view=view, attachments=files)
            else:
                await interaction.followup.send(view=view, files=files, ephemeral=True)

    @app_commands.command(name="add", description=texts.TRAY_ADD)
    async def add(self, interaction: discord.Interaction[Any]) -> None:
        """Open a form for the files."""
        await interaction.response.send_modal(AddForm(self._trays))

    @app_commands.command(name="remove", description=texts.TRAY_REMOVE)
    @app_commands.describe(numbers=texts.TRAY_NUMBERS)
    async def remove(
        self, interaction: discord.Interaction[Any], numbers: app_commands.Range[str, 1, 100]
    ) -> None:
        """Take some out by their numbers."""
        found = re.findall(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,2}))?", numbers)
        wanted = [one for first, last in found for one in range(int(first), int(last or first) + 1)]
        if not wanted:
            raise tree.ValueNotUnderstood(name="numbers", value=numbers, wanted=texts.TRAY_NUMBERS_WANTED)
        await interaction.response.defer(ephemeral=True, thinking=True)
        whose = (interaction.user.id, interaction.channel_id or 0)
        removed = await self._trays.kept.remove(*whose, wanted)
        left = await self._trays.kept.items(*whose)
        await interaction.edit_original_response(content=texts.tray_removed(len(removed), len(left)))

    @app_commands.command(name="clear", description=texts.TRAY_CLEAR)
    async def clear(self, interaction: discord.Interaction[Any]) -> None:
        """Take all of them out."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        count = await self._trays.kept.clear(interaction.user.id, interaction.channel_id or 0)
        await interaction.edit_original_response(content=texts.tray_cleared(count))

    @commands.Cog.listener("on_guild_channel_delete")
    async def forget_channel(self, channel: discord.abc.GuildChannel) -> None:
        """What was laid in a channel goes with it."""
        await self._trays.kept.forget(channel.id)

    @commands.Cog.listener("on_raw_thread_delete")
    async def forget_thread(self, event: discord.RawThreadDeleteEvent) -> None:
        """What was laid in a thread goes with it."""
        await self._trays.kept.forget(event.thread_id)

    async def _page(
        self, items: Sequence[Laid], start: int, gone: Sequence[int]
    ) -> tuple[ui.LayoutView, list[discord.File]]:
        page = list(enumerate(items, 1))[start : start + MESSAGE_PICTURES]
        loop = asyncio.get_running_loop()
        pictures = await asyncio.gather(
            *(
                loop.run_in_executor(self._painters, numbered, self._trays.kept.preview(item), number)
                for number, item in page
            )
        )
        files = [
            discord.File(io.BytesIO(picture), f"tray-{number}.jpg")
            for (number, _), picture in zip(page, pictures, strict=True)
        ]
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        for (number, item), file in zip(page, files, strict=True):
            gallery.add_item(media=file, description=f"@{number} · {item.name}"[:1000])
        lines = [texts.TRAY_TITLE.format(count=len(items), limit=TRAY_LIMIT)] if start == 0 else []
        lines += [texts.TRAY_GONE.format(number=number) for number, _ in page if number in gone]
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=ACCENT)
        if lines:
            container.add_item(ui.TextDisplay("\n".join(lines)))
        container.add_item(gallery)
        if start + MESSAGE_PICTURES >= len(items):
            container.add_item(ui.TextDisplay(texts.TRAY_HOW))
        view = ui.LayoutView(timeout=None)
        view.add_item(container)
        return view, files


class AddForm(OpenForm):
    """Files for the tray."""

    def __init__(self, trays: Trays) -> None:
        super().__init__(texts.TRAY_FORM)
        self._trays = trays
        self._files: ui.FileUpload[AddForm] = ui.FileUpload(min_values=1, max_values=10)
        self.add_item(ui.Label(text=texts.TRAY_FILES, component=self._files))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Lay them aside."""
        async with errors.shown(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            pictures = uploaded(interaction, self._files)
            laid = await self._trays.lay(interaction.user.id, interaction.channel_id or 0, pictures)
            await tell_laid(interaction, self._trays, laid)


async def setup(bot: EaselBot) -> None:
    """Add the commands."""
    await bot.add_cog(TrayCog(Asking.of(bot).trays, bot.app.core.painters))
