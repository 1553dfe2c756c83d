"""`/jam blend`: one new picture of the leaders, of linked messages' pictures, or of what somebody laid aside."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot import errors
from bot.discord_bot import EaselBot
from bot.jobs.jam import rules
from bot.jobs.jam.jams import Jams
from bot.store.jam import Jam
from cogs.answers import InteractionAnswer
from cogs.asking import Asking
from cogs.blending import LEAST, blend_of, blend_of_tray
from cogs.jam._painted import Painted
from cogs.looking import pictures_at
from cogs.orders import Order
from cogs.shown import Shown

_LOOK_SECONDS = 2.0
"""Discord waits three for an answer."""
_WHICH = re.compile(r"(?P<link>.*?)\s*(?:\s|#)(?P<number>\d{1,2})")


@dataclass(frozen=True)
class Chosen:
    """What somebody wants blended: the leaders, or the pictures of linked messages."""

    prompt: str | None
    leaders: int | None
    links: Sequence[str]


class Blends:
    """Makes orders of it; in a jam's thread they belong to the jam, as all that is asked there."""

    def __init__(self, bot: EaselBot, jams: Jams, asking: Asking, painted: Painted) -> None:
        self._bot, self._jams, self._asking, self._painted = bot, jams, asking, painted

    async def blend(self, interaction: discord.Interaction[Any], chosen: Chosen) -> None:
        """Order the blend. Raises what speaks against it, before anything is bought."""
        await self._asking.take(InteractionAnswer(interaction), await self._order(interaction, chosen))

    async def _order(self, interaction: discord.Interaction[Any], chosen: Chosen) -> Order:
        if chosen.links:
            return blend_of(await self._linked(interaction, chosen.links), chosen.prompt)
        try:
            jam = await self._jams.here(interaction.channel_id)
        except (errors.NoJamHere, errors.JamOver):
            if chosen.leaders is not None:
                raise
            return await blend_of_tray(self._asking.trays, interaction, chosen.prompt)
        return blend_of(await self._leaders(jam, chosen.leaders or LEAST), chosen.prompt)

    async def _leaders(self, jam: Jam, count: int) -> tuple[Shown, ...]:
        """The pictures most people voted for. Raises LeadersHidden, TooFewLeaders."""
        if jam.blind:
            raise errors.LeadersHidden
        leaders = rules.standing((await self._jams.scene(jam.id)).entries)[:count]
        if len(leaders) < LEAST:
            raise errors.TooFewLeaders
        return tuple(self._painted.shown(jam, one.entry) for one in leaders)

    async def _linked(self, interaction: discord.Interaction[Any], links: Sequence[str]) -> tuple[Shown, ...]:
        """A picture of each message, in their order. Raises what `pictures_at` does, and PictureNotThere."""
        looking = (self._picture(interaction, one) for one in links)
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                return tuple(await asyncio.gather(*looking))
        except TimeoutError as error:
            raise errors.InspectUnread(detail="not in time") from error

    async def _picture(self, interaction: discord.Interaction[Any], typed: str) -> Shown:
        named = _WHICH.fullmatch(typed.strip())
        link, number = (named["link"], int(named["number"])) if named else (typed, 1)
        pictures = await pictures_at(self._bot, interaction, link)
        if not 1 <= number <= len(pictures):
            raise errors.PictureNotThere(number=number, count=len(pictures))
        return pictures[number - 1]
