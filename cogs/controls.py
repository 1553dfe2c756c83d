"""What a panel's buttons do: cancel, discard, show here."""

from typing import Any

import discord
import structlog

from bot import errors
from bot.discord_bot import EaselBot
from bot.jobs.jobs import Jobs
from bot.store.records import Job
from cogs import results, texts
from cogs.buttons import Buttons, Press
from cogs.panels import NOT_SHOWN, Panels

log = structlog.get_logger(__name__)


class Controls:
    """Each takes the press and the job's id; only who asked for the job may press."""

    def __init__(self, bot: EaselBot, jobs: Jobs, panels: Panels) -> None:
        self._bot, self._jobs, self._panels = bot, jobs, panels

    async def cancel(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Take the job back, or say that it is paid for and offer to discard what comes."""
        job = await self._own(interaction, job_id)
        if await self._jobs.cancel(job_id):
            await interaction.response.edit_message(view=results.taken_back(texts.CANCELLED).view)
            if job.place.get("reply_to") is None:  # there is another panel, or may be
                self._panels.show(await self._own(interaction, job_id))
            else:
                self._panels.forget(job_id)
            return
        if (await self._own(interaction, job_id)).state.ended:
            raise errors.AlreadyOver
        discard = Press("discard", job_id, texts.DISCARD, discord.ButtonStyle.danger)
        panel = results.notice(texts.PAID_FOR, [discard])
        await interaction.response.send_message(view=panel.view, ephemeral=True)

    async def discard(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Let nothing of the job be posted."""
        await self._own(interaction, job_id)
        if not await self._jobs.discard(job_id):
            raise errors.AlreadyOver
        await interaction.response.edit_message(view=results.notice(texts.WILL_DISCARD).view)

    async def show(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Let everybody in the channel see how it comes along."""
        job = await self._own(interaction, job_id)
        if job.state.ended:
            raise errors.AlreadyOver
        if not await self._jobs.claim_place(job_id, "shown_id"):
            raise errors.AlreadyShown
        await interaction.response.defer()
        try:
            await self._panels.publish(job)
        except NOT_SHOWN as error:
            log.info("not shown to everybody", job=job_id, why=str(error))
            await self._jobs.change_place(job_id, shown_id=None)
            panel = results.failure(errors.NotShownHere(), "")  # beside the panel, which goes on
            await interaction.followup.send(view=panel.view, ephemeral=True)

    async def _own(self, interaction: discord.Interaction[Any], job_id: str) -> Job:
        job = await self._jobs.job(job_id)
        if job is None:
            raise errors.AskedTooLongAgo
        if job.requester_id != interaction.user.id:
            raise errors.NotYours
        return job


async def setup(bot: EaselBot) -> None:
    """Say what the buttons do."""
    controls = Controls(bot, bot.app.jobs, Panels.of(bot))
    does = Buttons.of(bot).does
    does["cancel"], does["discard"], does["show"] = controls.cancel, controls.discard, controls.show
