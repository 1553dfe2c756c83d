"""The choices Discord offers for the options of `/imagine`."""

from typing import Literal

from discord import app_commands

from bot.seedream.catalogue import Catalogue, Model

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


def _label(model: Model) -> str:
    references = f"{model.references} references" if model.references else "no references"
    return f"{model.name} · {' '.join(model.presets)} · {references}"
