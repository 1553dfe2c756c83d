"""A jam that is under way when somebody comes to the demo page: two references, some ideas, and their votes."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import discord
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle

from sandbox.painter import paint

T = TypeVar("T")

_THEME = "A poster for the harbour festival"
_TOWER, _PALETTE = "A white lighthouse on a cliff", "Dunes at sunset, soft warm colours"
_IDEAS = (
    "@tower at dusk, paper boats with lanterns",
    "@tower in the colours of @palette",
    "The whole harbour from above, @tower small in the corner",
)
_SECONDS = 60.0
_LOOK_SECONDS = 0.3


async def begin(channel: ChannelHandle, people: list[MemberActor]) -> None:
    """Play a jam's first minutes, each step when nobody at the page is in the middle of something."""
    mara, jun, ola = people
    tower, palette = [await asyncio.to_thread(_picture, prompt) for prompt in (_TOWER, _PALETTE)]
    start = {"theme": _THEME, "budget": 20, "reference": ("lighthouse.png", tower), "name": "tower"}
    await _in_turn(partial(mara.slash, channel, "jam start", **start))
    thread = channel.threads[-1]
    pin = {"picture": ("dunes.png", palette), "name": "palette"}
    await _in_turn(partial(jun.slash, thread, "jam pin", **pin))
    for person, prompt in zip((jun, ola, mara), _IDEAS, strict=True):
        await _in_turn(partial(person.slash, thread, "imagine", prompt=prompt, aspect="3:2"))
    ideas = await _ideas(thread, len(_IDEAS))
    for person, idea in ((mara, 0), (ola, 0), (jun, 1), (ola, 1), (jun, 0)):
        await _in_turn(partial(_vote, person, ideas[idea]))
    come = "We think about the festival's poster in a jam. Come and vote: `/go` takes you there."
    await _in_turn(partial(mara.send, channel, come))


def _picture(prompt: str) -> bytes:
    return paint(prompt, (768, 512), seed=7)


async def _in_turn(step: Callable[[], Awaitable[T]]) -> T:
    """Do something once nobody else acts: the simulated Discord lets one act at a time."""
    async with asyncio.timeout(_SECONDS):
        while True:
            try:
                return await step()
            except SetupError:
                await asyncio.sleep(_LOOK_SECONDS)


async def _ideas(thread: ChannelHandle, how_many: int) -> list[discord.Message]:
    """The messages of the first ideas, once all of them came."""
    async with asyncio.timeout(_SECONDS):
        while True:
            found = [one for one in thread.history() if _voting(one)]
            if len(found) >= how_many:
                return found
            await asyncio.sleep(_LOOK_SECONDS)


async def _vote(person: MemberActor, idea: discord.Message) -> None:
    await person.click(idea, custom_id=_voting(idea)[0])


def _voting(message: discord.Message) -> list[str]:
    """The ids of a message's buttons that vote."""
    rows = [row for box in message.components for row in getattr(box, "children", ())]
    ids = [
        getattr(button, "custom_id", None) or "" for row in rows for button in getattr(row, "children", ())
    ]
    return [one for one in ids if one.startswith("easel:vote:")]
