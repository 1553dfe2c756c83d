"""Tells whoever started a jam what only people can mend: that its thread is closed to Easel."""

import discord
import structlog

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.store.jam import Jam
from cogs import texts
from cogs.markdown import escaped

log = structlog.get_logger(__name__)

_THEME_SHOWN = 200


def may_write(bot: EaselBot, jam: Jam) -> bool:
    """Whether pictures can be posted in a jam's thread, as far as Discord told; yes where it did not."""
    guild = bot.get_guild(jam.guild_id)
    channel = guild.get_channel(jam.channel_id) if guild is not None else None
    if guild is None or channel is None or jam.thread_id is None:
        return True
    may, thread = channel.permissions_for(guild.me), guild.get_thread(jam.thread_id)
    if thread is not None and thread.locked and not may.manage_threads:
        return False
    return may.view_channel and may.send_messages_in_threads and may.attach_files


async def tell(bot: EaselBot, jam: Jam) -> None:
    """Tell who started a jam that its thread is closed to Easel; who cannot be told is passed over."""
    text = texts.JAM_CLOSED.format(
        theme=escaped(jam.theme, _THEME_SHOWN), place=f"<#{jam.thread_id or jam.channel_id}>"
    )
    try:
        starter = await bot.fetch_user(jam.starter_id)
        await starter.send(text)
    except (discord.HTTPException, *CONNECTION_FAULTS) as error:
        log.info("cannot tell who leads the jam", jam=jam.id, why=str(error))
