"""Blending: one new picture of several, which is credited to everybody whose they are."""

from typing import Any

import discord

from bot import errors
from bot.discord_bot import EaselBot
from bot.seedream.wishes import Wishes
from bot.store.records import Descent, How
from cogs import results, texts
from cogs.asking import Asking
from cogs.buttons import Buttons, Press
from cogs.imagine import Form
from cogs.laying import Trays
from cogs.orders import Order
from cogs.shown import Shown

LEAST = 2
"""Pictures without which there is nothing to blend."""


def blend_of(pictures: tuple[Shown, ...], prompt: str | None) -> Order:
    """An order for one picture of several, in somebody's words or in usual ones. Raises NothingToBlend."""
    if len(pictures) < LEAST:
        raise errors.NothingToBlend
    words = prompt or texts.blend_prompt(len(pictures))
    return Order(Wishes(words), pictures, descent=Descent(How.BLEND))


async def blend_of_tray(
    trays: Trays, interaction: discord.Interaction[Any], prompt: str | None = None
) -> Order:
    """An order for one picture of all that somebody laid aside in a channel. Raises NothingToBlend."""
    items = await trays.kept.items(interaction.user.id, interaction.channel_id or 0)
    if len(items) < LEAST:
        raise errors.NothingToBlend
    words = prompt or texts.blend_prompt(len(items))
    return Order(Wishes(words), use_tray=True, descent=Descent(How.BLEND))


async def tell_laid(interaction: discord.Interaction[Any], trays: Trays, laid: list[int]) -> None:
    """Tell where in the tray pictures were laid, with a button that blends all that are in it."""
    channel_id = interaction.channel_id or 0
    count = len(await trays.kept.items(interaction.user.id, channel_id))
    told = texts.tray_laid(laid)
    if count < LEAST:
        await interaction.edit_original_response(content=told)
        return
    button = Press("blend", f"{channel_id:016}", texts.BLEND_BUTTON.format(count=count))
    panel = results.panel(told, results.ACCENT, (), [button])
    await interaction.edit_original_response(view=panel.view)


class Blending:
    """What the button does."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def press(self, interaction: discord.Interaction[Any], _channel: str) -> None:
        """Open the form, filled in: the words can be changed, and more pictures added."""
        order = await blend_of_tray(self._asking.trays, interaction)
        await interaction.response.send_modal(Form(self._asking, texts.BLEND_TITLE, order))


async def setup(bot: EaselBot) -> None:
    """Say what the button does."""
    Buttons.of(bot).does["blend"] = Blending(Asking.of(bot)).press
