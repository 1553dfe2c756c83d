"""Buttons that work for ever: all they know stands in their own id."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import discord
from discord import ui
from discord.ext import commands

from bot.discord_bot import EaselBot, answer_in_time
from cogs import errors

Pressed = Callable[[discord.Interaction[Any], str], Awaitable[None]]
"""Does what a button is for, given what it is about: a job, a refused order, a server."""


class Buttons(commands.Cog):
    """Knows who does what a button is for."""

    def __init__(self) -> None:
        self.does: dict[str, Pressed] = {}

    @classmethod
    def of(cls, bot: discord.Client) -> "Buttons":
        """The bot's one switchboard."""
        return cast("Buttons", cast("EaselBot", bot).get_cog(cls.__name__))


class Press(ui.DynamicItem[ui.Button[Any]], template=r"easel:(?P<does>[a-z]+):(?P<about>[a-z0-9]{16,20})"):
    """A button that does something about a job, or about an order that was refused."""

    def __init__(
        self, does: str, about: str, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
    ) -> None:
        super().__init__(ui.Button(label=label, style=style, custom_id=f"easel:{does}:{about}"))
        self._does, self._about = does, about

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Press":
        return cls(match["does"], match["about"], getattr(item, "label", None) or "…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, which discord.py does not do by itself."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            await Buttons.of(interaction.client).does[self._does](interaction, self._about)


async def setup(bot: EaselBot) -> None:
    """Listen to presses; other cogs say what they do."""
    await bot.add_cog(Buttons())
    bot.add_dynamic_items(Press)
