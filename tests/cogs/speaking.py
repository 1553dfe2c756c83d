"""How people speak in tests, and what they hear."""

import asyncio
from collections.abc import Sequence

import discord
from simcord.backend.models.message import AllowedMentions
from simcord.builders import ChannelHandle
from simcord.results import to_discord_message

from tests.conftest import Studio, texts, until


async def say(
    studio: Studio,
    words: str = "",
    *,
    to: discord.Message | None = None,
    files: Sequence[tuple[str, bytes]] = (),
    ping: bool = True,
    channel: ChannelHandle | None = None,
    by: object = None,
) -> discord.Message:
    """Write a message as a phone does; a reply pings whom it answers unless somebody switched that off."""
    backend, where, who = studio.env.backend, channel or studio.channel, by or studio.alice
    reference = None
    if to is not None:
        wanted = {"channel_id": str(where.id), "message_id": str(to.id)}
        reference = backend.normalize_message_reference(where.id, wanted)
    message = backend.create_message(
        where.id,
        who.id,
        words,
        reference=reference,
        attachments=backend.store_attachments(where.id, files),
        allowed_mentions=AllowedMentions(replied_user=ping),
    )
    await studio.env.settle()
    return to_discord_message(studio.env, message)


async def painted(studio: Studio, **options: object) -> discord.Message:
    """A picture of Easel's in the channel, its own call at the endpoint forgotten."""
    await studio.alice.slash(studio.channel, "imagine", **{"prompt": "a red fox", **options})
    await studio.jobs_end()
    studio.endpoint.calls.clear()
    return studio.posted()[-1]


async def answers(
    studio: Studio, before: Sequence[discord.Message], channel: ChannelHandle | None = None
) -> list[discord.Message]:
    """What Easel posted since, once there is something and nothing of it is a panel any more."""
    known = {one.id for one in before}

    def new() -> list[discord.Message]:
        return [one for one in studio.posted(channel) if one.id not in known]

    await until(lambda: new() and not any(sign in texts(one) for one in new() for sign in _PANELS))
    await studio.jobs_end()
    return new()


_PANELS = ("Looking at", "You're next", "In the queue", "Painting", "Bringing it over")


async def silence(studio: Studio, before: Sequence[discord.Message]) -> bool:
    """Whether Easel says nothing to what was said."""
    await studio.env.settle()
    await asyncio.sleep(0.3)
    await studio.jobs_end()
    return len(studio.posted()) == len(before)


def link(studio: Studio, message: discord.Message) -> str:
    """Where a message is found."""
    return f"https://discord.com/channels/{studio.guild.id}/{studio.channel.id}/{message.id}"
