"""Forms that people fill in: each is answered, however long it stood open."""

import secrets
from collections.abc import Iterator
from typing import Any

import discord
from discord import ui
from discord.ext import commands

from bot.discord_bot import EaselBot, answer_in_time
from bot.errors import FormForgotten
from cogs import errors

_PREFIX = "easel:form:"
_KNOWN_SECONDS = 3600
"""Discord does not tell when somebody leaves a form, and what it holds must go some time."""


class OpenForm(ui.Modal):
    """A form that is known for an hour; after that, or after a restart, its words are given back."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title, timeout=_KNOWN_SECONDS, custom_id=f"{_PREFIX}{secrets.token_hex(8)}")

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        interaction.extras[_PREFIX] = self
        answer_in_time(interaction)
        return True


class Forms(commands.Cog):
    """Answers forms that nobody knows any more: discord.py passes them over."""

    @commands.Cog.listener("on_interaction")
    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        """Give the words back; a form that is known was marked as such before listeners are called."""
        data: Any = interaction.data or {}
        ours = str(data.get("custom_id", "")).startswith(_PREFIX)
        if (
            interaction.type is discord.InteractionType.modal_submit
            and ours
            and _PREFIX not in interaction.extras
        ):
            answer_in_time(interaction)
            words = [one for one in _words(data["components"]) if one.strip()]
            await errors.show(interaction, FormForgotten(), "\n".join(words))


def _words(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        field = row.get("component", row)
        if isinstance(field.get("value"), str):
            yield field["value"]


async def setup(bot: EaselBot) -> None:
    """Answer what would go unheard."""
    await bot.add_cog(Forms())
