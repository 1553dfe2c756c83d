"""`/usage`: what a person used, and for whoever may manage a server what everybody used there."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.discord_bot import EaselBot
from bot.errors import FiguresAway, NotYourFigures
from bot.jobs.figures import Figures, Own, Whole, allowance
from bot.languages import ENGLISH, Forms, speaking
from bot.limits import Allowance, What, Whose, dollars
from bot.pictures import chart
from bot.store.used import Day, Usage
from cogs import results, texts
from cogs.answers import roles_of
from cogs.buttons import Buttons, Press

log = structlog.get_logger(__name__)

R = TypeVar("R")

_PATIENCE = 10.0
"""Seconds a slow database, or busy threads, are waited for: then the person hears what can be said."""


class UsageCog(commands.Cog, name="Usage"):
    """Answers privately, with figures in words and a chart of the last 30 days."""

    def __init__(self, figures: Figures, painters: Executor, patience: float = _PATIENCE) -> None:
        self._figures, self._painters, self._patience = figures, painters, patience
        self._late: set[asyncio.Future[Any]] = set()

    @app_commands.command(name="usage", description=texts.USAGE)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def usage(self, interaction: discord.Interaction[Any]) -> None:
        """Show the person's own figures: here, or everywhere in direct messages."""
        await interaction.response.defer(ephemeral=True)
        await self._show_own(interaction)

    async def see_own(self, interaction: discord.Interaction[Any], _about: str) -> None:
        """Back to the person's own."""
        await interaction.response.defer()
        await self._show_own(interaction)

    async def see_server(self, interaction: discord.Interaction[Any], _about: str) -> None:
        """The server's figures, for whoever may manage it: rights may have changed since the button came."""
        if interaction.guild_id is None or not _manages(interaction):
            raise NotYourFigures
        await interaction.response.defer()
        whole = await self._read(self._figures.whole(interaction.guild_id))
        told = results.Told(_whole(whole), _most_active(whole), _alt(whole.usage.days))
        picture = await self._soon(self._draw(whole.usage.days, texts.CHART_CAPTION_SERVER))
        own = Press("usageown", f"{interaction.guild_id:016}", texts.SEE_OWN)
        await _show(interaction, results.figures(told, picture, [own]))

    async def _show_own(self, interaction: discord.Interaction[Any]) -> None:
        guild_id = interaction.guild_id
        own = await self._read(self._figures.own(interaction.user.id, guild_id, roles_of(interaction.user)))
        title = texts.YOURS_HERE if guild_id is not None else texts.YOURS_EVERYWHERE
        told = results.Told(_own(own, title), "", _alt(own.usage.days))
        picture = await self._soon(self._draw(own.usage.days, texts.CHART_CAPTION))
        buttons = []
        if guild_id is not None and _manages(interaction):
            buttons.append(Press("usageserver", f"{guild_id:016}", texts.SEE_SERVER))
        await _show(interaction, results.figures(told, picture, buttons))

    async def _draw(self, days: Sequence[Day], caption: Forms) -> bytes:
        """The chart, drawn in a thread of those that re-encode pictures."""
        values = [day.pictures for day in days]
        total = sum(values)
        with speaking(ENGLISH):
            words = chart.Words(
                headline=f"{total:,}",
                caption=texts.several(caption, total),
                today=texts.CHART_TODAY,
                nothing=texts.CHART_NOTHING,
            )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._painters, chart.draw, values, days[-1].date, words)

    async def _read(self, reading: Awaitable[R]) -> R:
        """Figures from the database. Raises FiguresAway where it is slow or away."""
        found = await self._soon(reading)
        if found is None:
            raise FiguresAway
        return found

    async def _soon(self, work: Awaitable[R]) -> R | None:
        """What comes of work; None where it fails or takes too long."""
        # Not `wait_for`: it would wait for the cancelled query's end, however long that takes.
        task = asyncio.ensure_future(work)
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done():
            log.warning("figures took too long")
            task.add_done_callback(lambda late: late.cancelled() or late.exception())
            return None
        if error := task.exception():
            log.warning("figures cannot be shown", why=type(error).__name__)
            return None
        return task.result()


async def _show(interaction: discord.Interaction[Any], panel: results.Panel) -> None:
    await interaction.edit_original_response(view=panel.view, attachments=panel.files)


def _manages(interaction: discord.Interaction[Any]) -> bool:
    return interaction.permissions.manage_guild


# ------------------------------------------------------------------ figures in words


def _own(own: Own, title: str) -> str:
    lines = [title, *_today(own.usage, own.allowances), _month(own.usage)]
    if own.waiting:
        lines.append(texts.WAITING_JOBS.format(jobs=texts.several(texts.JOBS, own.waiting)))
    return "\n".join(lines)


def _whole(whole: Whole) -> str:
    budget = allowance(whole.allowances, What.MONEY, Whose.SERVER)
    lines = [texts.EVERYBODYS_HERE, *_today(whole.usage, whole.allowances)]
    if budget is None:
        lines.append(_month(whole.usage))
    else:
        cost, most = dollars(budget.used), dollars(budget.limit.most)
        lines.append(texts.MONTH.format(pictures=whole.usage.month_pictures))
        lines.append(texts.BUDGET.format(cost=cost, most=most, renews=budget.renews))
    return "\n".join(lines)


def _most_active(whole: Whole) -> str:
    lines = [
        texts.ACTIVE.format(place=place, who=one.person_id, pictures=one.pictures)
        for place, one in enumerate(whole.most_active, 1)
    ]
    return "\n".join([texts.MOST_ACTIVE, *lines]) if lines else ""


def _today(usage: Usage, allowances: Sequence[Allowance]) -> Iterator[str]:
    """Pictures today, of each limit over them; by themselves where no limit tells of them."""
    limits = [one for one in allowances if one.limit.what is What.PICTURES]
    if not any(one.used == usage.today.pictures for one in limits):
        yield texts.TODAY.format(used=usage.today.pictures)
    for one in sorted(limits, key=lambda each: each.limit.whose is Whose.PERSON):
        where = texts.EVERYWHERE if one.limit.whose is Whose.PERSON else ""
        yield texts.TODAY_OF.format(used=one.used, most=one.limit.most, where=where, renews=one.renews)


def _month(usage: Usage) -> str:
    if not usage.month_cost:  # nobody told what pictures cost
        return texts.MONTH.format(pictures=usage.month_pictures)
    return texts.MONTH_COST.format(pictures=usage.month_pictures, cost=dollars(usage.month_cost))


def _alt(days: Sequence[Day]) -> str:
    """What the chart shows, for whoever does not see it."""
    first, last, total = (
        texts.named(days[0].date),
        texts.named(days[-1].date),
        sum(day.pictures for day in days),
    )
    if not total:
        return texts.CHART_ALT_NOTHING.format(first=first, last=last)
    best = max(days, key=lambda day: day.pictures)
    return texts.CHART_ALT.format(
        first=first,
        last=last,
        total=total,
        best=texts.named(best.date),
        most=best.pictures,
        today=days[-1].pictures,
    )


async def setup(bot: EaselBot) -> None:
    """Add the command, and say what its buttons do."""
    usage = UsageCog(bot.app.figures, bot.app.core.painters)
    await bot.add_cog(usage)
    does = Buttons.of(bot).does
    does["usageown"], does["usageserver"] = usage.see_own, usage.see_server
