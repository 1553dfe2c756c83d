"""The choices Discord offers for the options of `/imagine`."""

from typing import Any, Literal

import discord
from discord import app_commands

from bot.errors import EaselError
from bot.jobs.styles import Shelved, Styles
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.style import key_of
from cogs import texts

# Spelt out, since discord.py reads them as types; a test holds them against the catalogue's.
Aspect = Literal["1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9"]
Preset = Literal["1K", "1.5K", "2K", "3K", "4K"]
Format = Literal["jpeg", "png"]

_CHOICES = 25
"""Discord shows no more in an autocomplete."""


def model_choices(catalogue: Catalogue, typed: str, *, sets: bool = False) -> list[app_commands.Choice[str]]:
    """The models whose name or id holds what was typed so far; with `sets`, only those that make sets."""
    wanted = typed.casefold().strip()
    found = [
        one
        for one in catalogue
        if (one.sets or not sets) and (wanted in one.name.casefold() or wanted in one.id.casefold())
    ]
    return [app_commands.Choice(name=_label(one)[:100], value=one.id) for one in found[:_CHOICES]]


async def style_choices(
    styles: Styles, interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """The styles whose name holds what was typed so far: one's own first, and each name once."""
    try:
        shelf = await styles.shelf(interaction.user.id, interaction.guild_id)
    except EaselError:
        return []  # a database that is away shows elsewhere
    wanted, found = key_of(typed), dict[str, Shelved]()
    for one in shelf:
        key = key_of(one.style.name)
        if wanted in key:
            found.setdefault(key, one)
    return [
        app_commands.Choice(
            name=texts.STYLE_CHOICE[one.whose].format(name=one.style.name)[:100], value=one.style.name
        )
        for one in list(found.values())[:_CHOICES]
    ]


def _label(model: Model) -> str:
    return texts.model_takes(model.name, tuple(model.presets), model.references)
