"""How people press what stands under a result, in tests."""

import io
import re
from pathlib import Path

import discord
from PIL import Image
from simcord import interactions
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.results import InteractionResult

from bot.jobs.jobs import Origin
from bot.pictures import label
from tests.conftest import Studio, shown


async def origin(studio: Studio, message: discord.Message) -> Origin:
    """The job whose pictures a message carries."""
    found = await studio.app.jobs.origin_of(message.id)
    assert found is not None
    return found


def current(studio: Studio, message: discord.Message) -> discord.Message:
    """A message as it stands now."""
    return next(one for one in studio.posted() if one.id == message.id)


def ids(message: object) -> list[str]:
    """What stands in the ids of a message's buttons and menus."""
    return re.findall(r"custom_id='([^']+)'", str(message.components)) or re.findall(
        r"'custom_id': '([^']+)'", str(message.components)
    )


async def press(
    who: MemberActor, message: discord.Message, does: str, studio: Studio | None = None
) -> InteractionResult:
    """Press the button that does something, by its id: some have no words."""
    [custom_id] = [one for one in ids(message) if one.startswith(f"easel:{does}:")]
    return await who.click(message, custom_id=custom_id)


async def use(who: MemberActor, message: discord.Message, value: str) -> InteractionResult:
    """Choose from the menu."""
    [custom_id] = [one for one in ids(message) if re.fullmatch(r"easel:use-picture:[a-z0-9]+", one)]
    return await who.select(message, [value], custom_id=custom_id)


def heard(result: InteractionResult) -> str:
    """What the press was answered with."""
    return shown(result.response.message)


async def press_at_once(
    studio: Studio, people: list[MemberActor], message: discord.Message, does: str
) -> None:
    """Let several people press the same button before the bot answers any of them."""
    [custom_id] = [one for one in ids(message) if one.startswith(f"easel:{does}:")]
    backend = studio.env.backend
    stored = backend.get_message(message.channel.id, message.id)
    for who in people:
        data = {"custom_id": custom_id, "component_type": 2}
        record, payload = interactions.base_payload(
            backend,
            type=3,
            channel_id=message.channel.id,
            guild_id=studio.guild.id,
            user_id=who.id,
            data=data,
        )
        payload["message"] = serializers.message_payload(backend, stored)
        record.source_message_id = message.id
        backend.emit("INTERACTION_CREATE", payload)
    await studio.env.settle()


def untouched(sent: bytes, kept: Path) -> bool:
    """Whether a file shows the kept picture pixel by pixel, and tells how it was made."""
    with Image.open(io.BytesIO(sent)) as one, Image.open(kept) as other:
        return one.tobytes() == other.tobytes() and label.read(sent) is not None
