"""`/preferences`: what each person chooses for themselves."""

from functools import partial
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import errors
from bot.discord_bot import EaselBot
from bot.store.records import Person
from bot.store.store import Store
from cogs import results, texts
from cogs.buttons import Buttons, Press


class Preferences(commands.Cog):
    """One private panel with a button for each choice."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @app_commands.command(name="preferences", description=texts.PREFERENCES)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def preferences(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is chosen."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = await self._store.person(interaction.user.id)
        await interaction.edit_original_response(view=_drawn(person))

    async def turn_labels(self, interaction: discord.Interaction[Any], about: str, *, to: bool) -> None:
        """Let originals tell how they were made, or not."""
        if about != str(interaction.user.id):
            raise errors.NotYours
        await interaction.response.defer()
        person = await self._store.change_person(interaction.user.id, labels=to)
        await interaction.edit_original_response(view=_drawn(person))


def _drawn(person: Person) -> ui.LayoutView:
    turn = Press(
        "hidewords" if person.labels else "tellwords",
        str(person.id),
        texts.LABELS_MINE_TURN[person.labels],
    )
    return results.boxed(
        [
            ui.TextDisplay[Any](texts.PREFERENCES_TITLE),
            ui.TextDisplay[Any](texts.LABELS_MINE[person.labels]),
            ui.ActionRow[Any](turn),
        ],
        results.ACCENT,
    )


async def setup(bot: EaselBot) -> None:
    """Add the command, and say what its buttons do."""
    preferences = Preferences(bot.app.store)
    await bot.add_cog(preferences)
    Buttons.of(bot).does.update(
        tellwords=partial(preferences.turn_labels, to=True),
        hidewords=partial(preferences.turn_labels, to=False),
    )
