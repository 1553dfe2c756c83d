"""The menus on messages with pictures: «Use as reference», «Add to tray»."""

from typing import Any

import discord
from discord import app_commands

from bot import errors as tree
from bot.discord_bot import EaselBot
from bot.seedream.wishes import Wishes
from cogs import texts
from cogs.asking import Asking
from cogs.blending import tell_laid
from cogs.imagine import Form
from cogs.orders import Order
from cogs.shown import Shown, pictures_of


class Menus:
    """What a message's menu offers; Discord shows the message itself to whoever is called so."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Open the form, the message's pictures its first references."""
        pictures = _pictures(interaction, message)
        order = Order(Wishes(""), tuple(pictures), parent_message=message.id)
        await interaction.response.send_modal(Form(self._asking, texts.USE_AS_REFERENCE, order))

    async def add(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Lay the message's pictures aside."""
        pictures = _pictures(interaction, message)
        await interaction.response.defer(ephemeral=True, thinking=True)
        channel_id = interaction.channel_id or 0
        laid = await self._asking.trays.lay(interaction.user.id, channel_id, pictures, message)
        await tell_laid(interaction, self._asking.trays, laid)


def _pictures(interaction: discord.Interaction[Any], message: discord.Message) -> list[Shown]:
    own = message.author == interaction.client.user
    pictures = pictures_of(message, interaction.client.http.get_from_cdn, own=own)
    if not pictures:
        raise tree.NoPicturesThere
    return pictures


async def setup(bot: EaselBot) -> None:
    """Add the menus."""
    menus = Menus(Asking.of(bot))
    for name, callback in ((texts.USE_AS_REFERENCE, menus.use), (texts.ADD_TO_TRAY, menus.add)):
        bot.tree.add_command(
            app_commands.ContextMenu(
                name=name,
                callback=callback,
                allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
                allowed_contexts=app_commands.AppCommandContext(
                    guild=True, dm_channel=True, private_channel=True
                ),
            )
        )
