"""Who owns the bot; and what only they can mend, told to them alone."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import discord
import structlog
from discord.ext import commands

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.errors import EaselError
from bot.languages import ENGLISH, speaking
from cogs import texts
from cogs.markdown import code_block

log = structlog.get_logger(__name__)

_QUIET_SECONDS = 3600.0
"""The same trouble is told once in this time: everybody's jobs run into it."""


class Owner(commands.Cog):
    """Tells the application's owner by direct message."""

    def __init__(self, bot: EaselBot, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot, self._clock = bot, clock
        self._told: dict[str, float] = {}
        self._telling: set[asyncio.Task[None]] = set()

    @classmethod
    def of(cls, bot: discord.Client) -> "Owner":
        """The one who tells the bot's owner."""
        return cast("Owner", cast("EaselBot", bot).get_cog(cls.__name__))

    def tell_soon(self, error: EaselError) -> None:
        """Tell of an error without keeping anybody who waits for something else."""
        if error.for_owner:
            task = asyncio.create_task(self.tell(error), name=f"owner: {error.kind}")
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def tell(self, error: EaselError) -> None:
        """Tell of an error that only the owner can mend; others are passed over."""
        now = self._clock()
        if not error.for_owner or now - self._told.get(error.kind, float("-inf")) < _QUIET_SECONDS:
            return
        self._told[error.kind] = now  # at once: many come at the same moment
        log.error("only the owner can mend this", kind=error.kind, detail=error.detail)
        text = f"{error.for_owner}\n{code_block(error.detail[:_DETAIL])}" if error.detail else error.for_owner
        try:
            owner = await self._bot.fetch_user(await self._owner_id())
            with speaking(ENGLISH):  # nobody knows what the owner speaks
                await owner.send(texts.FOR_OWNER.format(text=text))
        except (discord.HTTPException, *CONNECTION_FAULTS) as lost:
            del self._told[error.kind]
            log.warning("the owner could not be told", why=str(lost))

    async def is_owner(self, person_id: int) -> bool:
        """Whether somebody owns the application, or builds it as a member of its team.

        Not discord.py's own: that takes people who were invited and have not answered, and keeps them for ever.
        """
        application = await self._bot.application_info()
        if application.team is None:
            return person_id == application.owner.id
        members = application.team.members
        builders = {one.id for one in members if one.role in _BUILD and one.membership_state is _ACCEPTED}
        return person_id in {application.team.owner_id, *builders}

    async def _owner_id(self) -> int:
        application = await self._bot.application_info()
        team = application.team
        return team.owner_id if team is not None and team.owner_id is not None else application.owner.id


_DETAIL = 800
_BUILD = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)
_ACCEPTED = discord.TeamMembershipState.accepted


async def setup(bot: EaselBot) -> None:
    """Stand ready for whoever meets trouble."""
    await bot.add_cog(Owner(bot))
