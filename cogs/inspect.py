"""`/inspect`: what a picture's file tells of how it was made."""

import asyncio
import io
from concurrent.futures import Executor
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jobs import Jobs
from bot.jobs.originals import Originals
from bot.pictures import label
from bot.pictures.label import Label
from bot.pictures.transfers import Transfers
from bot.store.records import Job
from cogs import results, texts
from cogs.looking import pictures_at
from cogs.markdown import code_block, escape, shorten
from cogs.shown import Shown, from_attachment

_LIMIT = 50
"""Megabytes of a file that is looked into."""
_PROMPT_SHOWN = 1500
_FACT_SHOWN = 120
_FACTS = 12
_READ_AT_ONCE = 64 * 1024 * 1024
_READ_SECONDS = 45


class Inspect(commands.Cog):
    """Reads files, and asks what Easel knows of its own pictures."""

    def __init__(self, bot: EaselBot, jobs: Jobs, originals: Originals, painters: Executor) -> None:
        self._bot, self._jobs, self._originals, self._painters = bot, jobs, originals, painters
        self._transfers = Transfers(_READ_AT_ONCE)

    @app_commands.command(name="inspect", description=texts.INSPECT)
    @app_commands.describe(**texts.INSPECT_OPTIONS)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def inspect(
        self,
        interaction: discord.Interaction[Any],
        picture: discord.Attachment | None = None,
        message: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Tell what the file says, or what Easel remembers of it."""
        if picture is None and message is None:
            raise errors.NothingToInspect
        await interaction.response.defer(ephemeral=True, thinking=True)
        if picture is not None:
            shown = from_attachment(picture)
        else:
            [shown, *_] = await pictures_at(self._bot, interaction, message or "")
        found = await self._told_by(shown)
        known = None if found else await self._known(interaction, shown.name)
        panel = _told(found or known, kept=found is not None)
        await interaction.edit_original_response(view=panel.view, attachments=panel.files)

    async def _told_by(self, shown: Shown) -> Label | None:
        """What the file itself tells."""
        weight = shown.bytes or _LIMIT * 1_000_000
        if weight > _LIMIT * 1_000_000:
            raise errors.InspectTooLarge(name=shown.name, megabytes=weight / 1e6, limit=_LIMIT)
        try:
            async with self._transfers.hold(weight), asyncio.timeout(_READ_SECONDS):
                content = await shown.read()
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            raise errors.InspectUnread(detail=repr(error)) from error
        return await asyncio.get_running_loop().run_in_executor(self._painters, label.read, content)

    async def _known(self, interaction: discord.Interaction[Any], name: str) -> Label | None:
        """What Easel remembers of a picture of its own: its file's name tells which."""
        job_id = results.job_of(name)
        job = await self._jobs.job(job_id) if job_id else None
        if job is None or not _may_know(job, interaction):
            return None
        return await self._originals.of_job(job.id, results.number_of(name))


def _may_know(job: Job, interaction: discord.Interaction[Any]) -> bool:
    """Whether Easel tells somebody of a job: whose it is, and where it was posted for all to see."""
    if job.requester_id == interaction.user.id:
        return True
    here = job.guild_id is not None and job.guild_id == interaction.guild_id
    return here and not job.private and job.deleted_at is None


def _told(found: Label | None, *, kept: bool) -> results.Panel:
    if found is None:
        return results.notice(texts.INSPECT_NOTHING)
    items: list[ui.Item[Any]] = [ui.TextDisplay(texts.INSPECTED)]
    files: tuple[discord.File, ...] = ()
    prompt = found.prompt.strip()
    if len(prompt) > _PROMPT_SHOWN or "```" in prompt:  # nothing may close the block around it
        files = (discord.File(io.BytesIO(prompt.encode("utf-8", "replace")), "prompt.txt"),)
        items += [ui.TextDisplay(texts.INSPECT_PROMPT_FILE), ui.File("attachment://prompt.txt")]
    elif prompt:
        items.append(ui.TextDisplay(code_block(prompt)))
    if lines := _lines(found):
        items.append(ui.TextDisplay("\n".join(lines)))
    small = [texts.INSPECT_BY.format(tool=escape(shorten(found.tool, _FACT_SHOWN)))] if found.tool else []
    small += [] if kept else [texts.INSPECT_UNKEPT]
    if small:
        items.append(ui.TextDisplay("\n".join(small)))
    return results.Panel(results.boxed(items, results.ACCENT), files)


def _lines(found: Label) -> list[str]:
    lines = []
    if found.negative:
        lines.append(texts.INSPECT_NEGATIVE.format(words=escape(shorten(found.negative, 300))))
    facts = [
        texts.INSPECT_FACT.format(name=escape(shorten(name, 40)), value=escape(shorten(value, _FACT_SHOWN)))
        for name, value in list(found.facts.items())[:_FACTS]
    ]
    return [*lines, texts.DOT.join(facts)] if facts else lines


async def setup(bot: EaselBot) -> None:
    """Add the command."""
    app = bot.app
    await bot.add_cog(Inspect(bot, app.jobs, app.originals, app.core.painters))
