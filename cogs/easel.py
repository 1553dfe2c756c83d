"""`/easel`: what the application's owner decides for all servers at once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import App
from bot.discord_bot import EaselBot
from bot.errors import NotTheOwner
from bot.jobs.figures import Crowd
from bot.jobs.outlook import Waiter
from bot.limits import dollars
from bot.store.records import Mode
from bot.store.used import Spent
from cogs import results, texts
from cogs.buttons import Buttons, Press
from cogs.owner import Owner


@app_commands.default_permissions(administrator=True)
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class Easel(commands.GroupCog, group_name="easel", group_description=texts.EASEL):
    """Whoever is not the owner gets one sentence; Discord shows these commands to admins alone."""

    def __init__(self, app: App, owner: Owner) -> None:
        self._figures, self._gate, self._client = app.figures, app.gate, app.core.client
        self._usual, self._owner = app.core.defaults, owner

    @app_commands.command(name="waiting", description=texts.EASEL_WAITING)
    async def waiting(self, interaction: discord.Interaction[Any]) -> None:
        """Show who waits, how busy the endpoint is, and what whoever asks now may expect."""
        await self._begin(interaction)
        await self._show_waiting(interaction)

    @app_commands.command(name="pause", description=texts.EASEL_PAUSE)
    async def pause(self, interaction: discord.Interaction[Any]) -> None:
        """Let nothing more go out to the endpoint."""
        await self._begin(interaction)
        await self._gate.set(Mode.PAUSED)
        await _say(interaction, texts.PAUSED_NOW, [self._look(interaction, "waiting")])

    @app_commands.command(name="drain", description=texts.EASEL_DRAIN)
    async def drain(self, interaction: discord.Interaction[Any]) -> None:
        """Take nothing new, and say how much is left to finish."""
        await self._begin(interaction)
        await self._gate.set(Mode.DRAINING)
        await self._show_left(interaction)

    @app_commands.command(name="resume", description=texts.EASEL_RESUME)
    async def resume(self, interaction: discord.Interaction[Any]) -> None:
        """End a pause or a drain."""
        await self._begin(interaction)
        before = self._gate.mode
        await self._gate.set(Mode.OPEN)
        await _say(interaction, texts.RESUMED[before])

    @app_commands.command(name="balance", description=texts.EASEL_BALANCE)
    async def balance(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is left on the account, where the endpoint tells."""
        await self._begin(interaction)
        spent, left = await asyncio.gather(self._figures.spent(), self._client.balance())
        await _say(interaction, _balance(left, spent))

    async def look_waiting(self, interaction: discord.Interaction[Any], _about: str) -> None:
        """Who waits now."""
        await self._begin(interaction)
        await self._show_waiting(interaction)

    async def look_left(self, interaction: discord.Interaction[Any], _about: str) -> None:
        """How much is left now; a drain that has ended meanwhile is not begun again."""
        await self._begin(interaction)
        await self._show_left(interaction)

    async def _begin(self, interaction: discord.Interaction[Any]) -> None:
        """Answer in time, however long the rest takes. Raises NotTheOwner."""
        await interaction.response.defer(ephemeral=True)
        if not await self._owner.is_owner(interaction.user.id):
            raise NotTheOwner

    async def _show_waiting(self, interaction: discord.Interaction[Any]) -> None:
        crowd = await self._figures.crowd(self._usual.model, self._usual.size)
        await _say(interaction, _waiting(crowd, self._gate.mode), [self._look(interaction, "waiting")])

    async def _show_left(self, interaction: discord.Interaction[Any]) -> None:
        left = await self._figures.left()
        again = [self._look(interaction, "left")] if left else []
        await _say(interaction, _left(left, self._gate.mode), again)

    @staticmethod
    def _look(interaction: discord.Interaction[Any], does: str) -> Press:
        return Press(does, f"{interaction.user.id:016}", texts.LOOK_AGAIN)


async def _say(interaction: discord.Interaction[Any], text: str, buttons: results.Buttons = ()) -> None:
    await interaction.edit_original_response(view=results.notice(text, buttons).view)


_WAITERS_SHOWN = 30
"""About 70 characters each, of the 4,000 a message may have."""


def _waiting(crowd: Crowd, mode: Mode) -> str:
    """Who waits, whoever waits longest first; of many, how many more."""
    first, more = crowd.people[:_WAITERS_SHOWN], crowd.people[_WAITERS_SHOWN:]
    lines = [_crowd(crowd.people) if crowd.people else texts.NOBODY_WAITS, _places(crowd)]
    lines += [texts.MODES[mode]] if mode is not Mode.OPEN else []
    lines += [texts.WAITER.format(who=one.person_id, jobs=_waits(one), since=int(one.since)) for one in first]
    if more:
        lines.append(texts.OTHER_WAITERS.format(people=_people(len(more)), jobs=_jobs(_sum(more))))
    return "\n".join(lines)


def _left(count: int, mode: Mode) -> str:
    """How much is left to finish."""
    if mode is not Mode.DRAINING:
        return texts.NOT_DRAINING.format(jobs=_jobs(count))
    return texts.DRAINING.format(jobs=_jobs(count)) if count else texts.DRAINED


def _balance(left: float | None, spent: Spent) -> str:
    """What is left on the account, or that nobody tells; and what went out, where prices are known."""
    told = texts.NO_BALANCE if left is None else texts.BALANCE.format(dollars=left)
    return f"{told}\n{texts.SPENT.format(cost=dollars(spent.cost))}" if spent.cost else told


def _crowd(people: Sequence[Waiter]) -> str:
    return texts.WAITING.format(people=_people(len(people)), jobs=_jobs(_sum(people)))


def _places(crowd: Crowd) -> str:
    told = texts.PLACES.format(busy=crowd.busy, places=crowd.places)
    if crowd.next.seconds is None:
        return texts.PLACES_ALONE.format(places=told)
    return texts.NEXT_ONE.format(places=told, about=texts.about(crowd.next.seconds))


def _waits(one: Waiter) -> str:
    parts = [texts.SOME_PAINTING.format(count=one.painting)] if one.painting else []
    parts += [texts.SOME_WAITING.format(count=one.waiting)] if one.waiting else []
    return texts.DOT.join(parts)


def _sum(people: Sequence[Waiter]) -> int:
    return sum(one.waiting + one.painting for one in people)


def _people(count: int) -> str:
    return texts.several(texts.PEOPLE, count)


def _jobs(count: int) -> str:
    return texts.several(texts.JOBS, count)


async def setup(bot: EaselBot) -> None:
    """Add the commands, and say what their buttons do."""
    easel = Easel(bot.app, Owner.of(bot))
    await bot.add_cog(easel)
    does = Buttons.of(bot).does
    does["waiting"], does["left"] = easel.look_waiting, easel.look_left
