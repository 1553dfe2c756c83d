"""A jam's thread: who leads there, and how something is done in it."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord

from bot import errors
from bot.store.jam import Jam

R = TypeVar("R")
_ARCHIVED = 50083


def check_leads(interaction: discord.Interaction[Any], jam: Jam) -> None:
    """Raise JamNotYours where somebody neither started a jam nor moderates there."""
    if interaction.user.id != jam.starter_id and not interaction.permissions.manage_messages:
        raise errors.JamNotYours


async def in_thread(bot: discord.Client, jam: Jam, work: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """Do something in a jam's thread, also where Discord put it aside."""
    try:
        return await work()
    except discord.HTTPException as error:
        if error.code != _ARCHIVED:
            raise
        await bot.http.edit_channel(jam.thread_id or 0, archived=False)
        return await work()
