"""The commands: `/imagine` with its options, and `/compose` with its form."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.styles import Styles
from bot.seedream.wishes import Wishes
from bot.seedream.words import tray_numbers
from cogs import texts
from cogs.answers import InteractionAnswer
from cogs.asking import Asking
from cogs.imagine._form import Form
from cogs.imagine._options import Aspect, Format, Preset, model_choices, style_choices
from cogs.orders import Order
from cogs.shown import from_attachment


class Imagine(commands.Cog):
    """Paint a picture from words and references."""

    def __init__(self, asking: Asking, styles: Styles) -> None:
        self._asking, self._styles = asking, styles

    @app_commands.command(name="imagine", description=texts.IMAGINE)
    @app_commands.describe(**texts.OPTIONS)
    @app_commands.rename(format_="format")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def imagine(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        prompt: str,
        aspect: Aspect | None = None,
        size: Preset | None = None,
        model: app_commands.Range[str, 1, 100] | None = None,
        count: app_commands.Range[int, 1, 4] = 1,
        reference1: discord.Attachment | None = None,
        reference2: discord.Attachment | None = None,
        reference3: discord.Attachment | None = None,
        reference4: discord.Attachment | None = None,
        format_: Format | None = None,
        watermark: bool | None = None,
        guidance_scale: app_commands.Range[float, 1.0, 10.0] | None = None,
        seed: app_commands.Range[int, -1, 2147483647] | None = None,
        size_exact: app_commands.Range[str, 1, 20] | None = None,
        use_tray: bool = False,
        style: app_commands.Range[str, 1, 100] | None = None,
        private: bool = False,
    ) -> None:
        """Collect what was chosen, and begin."""
        wishes = Wishes(
            prompt, aspect, size, size_exact, model, count, format_, watermark, guidance_scale, seed
        )
        attached = [one for one in (reference1, reference2, reference3, reference4) if one is not None]
        pictures = tuple(from_attachment(one) for one in attached)
        order = Order(
            wishes, pictures, tray=tray_numbers(prompt), use_tray=use_tray, style=style or "", private=private
        )
        await self._asking.take(InteractionAnswer(interaction), order)

    @app_commands.command(name="compose", description=texts.COMPOSE)
    @app_commands.describe(use_tray=texts.OPTIONS["use_tray"], private=texts.OPTIONS["private"])
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def compose(
        self, interaction: discord.Interaction[Any], use_tray: bool = False, private: bool = False
    ) -> None:  # Discord's options
        """Open the form."""
        order = Order(Wishes(""), use_tray=use_tray, private=private)
        await interaction.response.send_modal(Form(self._asking, texts.COMPOSE_TITLE, order))

    @imagine.autocomplete("model")
    async def _complete_model(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return model_choices(self._asking.catalogue, typed)

    @imagine.autocomplete("style")
    async def _complete_style(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await style_choices(self._styles, interaction, typed)
