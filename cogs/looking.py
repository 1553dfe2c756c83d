"""The pictures of a message that somebody links to, as far as they and Easel may both look at it."""

from typing import Any

import discord

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from cogs.links import Link
from cogs.place import may_look
from cogs.shown import Shown, pictures_of


async def pictures_at(bot: EaselBot, interaction: discord.Interaction[Any], link: str) -> list[Shown]:
    """Every picture of a linked message.

    Raises LinkNotUnderstood, MessageOutOfSight, NoPicturesThere, and InspectUnread where Discord is in trouble.
    """
    found = Link.read(link)
    if found is None:
        raise errors.LinkNotUnderstood(link=link)
    _, channel_id, message_id = found
    if channel_id != interaction.channel_id and not may_look(interaction, channel_id):
        raise errors.MessageOutOfSight
    try:
        message = await bot.get_partial_messageable(channel_id).fetch_message(message_id)
    except (discord.NotFound, discord.Forbidden) as error:
        raise errors.MessageOutOfSight(detail=str(error)) from error
    except (discord.HTTPException, *CONNECTION_FAULTS) as error:
        raise errors.InspectUnread(detail=repr(error)) from error
    pictures = pictures_of(message, bot.http.get_from_cdn, own=message.author == bot.user)
    if not pictures:
        raise errors.NoPicturesThere
    return pictures
