"""Which channels of a server somebody may look into."""

from collections.abc import Collection, Iterator
from typing import Any

import discord


def open_channels(interaction: discord.Interaction[Any]) -> Collection[int]:
    """The channels whose history a person may read, threads among them, and where they are.

    Private threads, and those that Discord has archived and does not tell of, stay out: nobody knows whom they are
    open to.
    """
    here = {interaction.channel_id or 0}
    guild, person = interaction.guild, interaction.user
    if guild is None or not isinstance(person, discord.Member):
        return here
    return here | set(_open(guild, person))


def _open(guild: discord.Guild, person: discord.Member) -> Iterator[int]:
    channels = {one.id for one in guild.channels if _may_read(one.permissions_for(person))}
    yield from channels
    yield from (one.id for one in guild.threads if one.parent_id in channels and not one.is_private())


def _may_read(may: discord.Permissions) -> bool:
    return may.view_channel and may.read_message_history
