"""Threads that hang on messages of Easel's."""

from typing import Literal

import discord

_A_DAY: Literal[1440] = 1440
"""Minutes until Discord puts a thread aside in which nobody speaks."""
_THERE_ALREADY = 160004


async def open_thread(bot: discord.Client, channel_id: int, message_id: int, name: str) -> int:
    """Open a thread on a message, if that is not done; its id. Raises discord.HTTPException."""
    # Not by a message's method: that wants the server in its cache, and another process may have its shard.
    try:
        begun = await bot.http.start_thread_with_message(
            channel_id, message_id, name=name, auto_archive_duration=_A_DAY
        )
    except discord.HTTPException as error:
        if error.code == _THERE_ALREADY:
            return message_id  # such a thread has its message's id
        raise
    return int(begun["id"])
