"""What the buttons of prompts with braces do: paint all, never mind, cancel what waits."""

from dataclasses import replace
from typing import Any

import discord
import structlog
from discord import ui

from bot import errors
from bot.app import App
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs import allowed
from bot.jobs.batches import Asker, Variants
from bot.jobs.outlook import Outlook
from bot.store.batch import NO_THREAD, Batch, BatchState
from cogs import results, texts
from cogs.answers import roles_of
from cogs.buttons import Buttons
from cogs.place import Place, may_open_threads, place_of, presence_of
from cogs.proposals import check_place, stopping
from cogs.together import Together

log = structlog.get_logger(__name__)


class VariantButtons:
    """Each takes the press and the batch's id; only who asked may press. They work over restarts."""

    def __init__(self, bot: EaselBot, app: App, together: Together) -> None:
        self._bot, self._batches, self._jobs = bot, app.batches, app.jobs
        self._servers, self._together, self._jams = app.servers, together, app.jams

    async def confirm(self, interaction: discord.Interaction[Any], batch_id: str) -> None:
        """Buy all of it, once, and say where it comes."""
        batch = await self._own(interaction, batch_id)
        variants = Variants.from_json(batch.asked)
        if batch.state is BatchState.PROPOSED:
            batch = await self._bought(interaction, batch, variants)
        elif batch.state is not BatchState.RUNNING:
            raise errors.VariantsOver
        try:
            view = self._under_way(batch, variants, batch.thread_id)
            await interaction.response.edit_message(view=view)
            if batch.place.get("posts") == "interaction":
                await self._answers(interaction, batch)
        finally:  # it is bought, whatever Discord says
            await self._batches.begin(batch_id)
        thread_id = await self._thread(batch)
        if thread_id != batch.thread_id:
            await interaction.edit_original_response(view=self._under_way(batch, variants, thread_id))

    async def decline(self, interaction: discord.Interaction[Any], batch_id: str) -> None:
        """Let nothing come of it, and give the words back."""
        batch = await self._own(interaction, batch_id)
        if (await self._batches.decline(batch_id)).state is not BatchState.DECLINED:
            raise errors.VariantsOver
        panel = results.declined(texts.VARIANTS_DECLINED, Variants.from_json(batch.asked).words)
        await interaction.response.edit_message(view=panel.view, attachments=list(panel.files))

    async def stop(self, interaction: discord.Interaction[Any], batch_id: str) -> None:
        """Take back what waits; the rest is paid for and goes on."""
        await self._own(interaction, batch_id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        taken = [await self._jobs.cancel(one) for one in await self._batches.waiting(batch_id)]
        count = sum(taken)
        told = texts.several(texts.VARIANTS_STOPPED, count) if count else texts.VARIANTS_STOPPED_NONE
        await interaction.edit_original_response(content=told)

    async def _bought(self, interaction: discord.Interaction[Any], batch: Batch, variants: Variants) -> Batch:
        """The batch as it is confirmed. Raises a BadRequest where that cannot be any more, and buys nothing."""
        server = await self._servers.get(interaction.guild_id or 0)
        allowed.check(server, presence_of(interaction.user, interaction.channel))
        for one in variants.variants:
            await allowed.check_words(server, one.prompt)
        asked = Place.from_json(batch.place)
        place = replace(place_of(interaction), spoiler=server.spoiler, reply_to=asked.reply_to)
        check_place(place, variants.jobs)
        if asked.private:
            place = place.in_private()
        threaded = may_open_threads(interaction) and not place.private
        batch = replace(batch, thread_id=None if threaded else NO_THREAD)
        message = interaction.message
        if message is not None and message.flags.ephemeral:
            place = replace(place, panel_id=message.id)  # the question says how it goes on
        elif message is not None and place.posts == "channel":
            # Everybody sees the question: it becomes the answer.
            batch = replace(batch, message_id=message.id)
        asker = Asker(
            interaction.user.id,
            interaction.guild_id,
            place.channel_id,
            interaction.id,
            place.as_json(),
            roles_of(interaction.user),
        )
        if jam := await self._jams.joined(_thread_of(interaction), interaction.user.id):
            asker = replace(asker, jam_id=jam.id)
        await self._batches.confirm(batch, asker)
        self._jams.changed(asker.jam_id)
        return await self._own(interaction, batch.id)

    async def _thread(self, batch: Batch) -> int | None:
        """The thread, where Discord opens it now: else whoever brings the first picture tries again."""
        try:
            return await self._together.thread(batch.id)
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            log.info("no thread yet", batch=batch.id, why=str(error))
            return batch.thread_id

    async def _answers(self, interaction: discord.Interaction[Any], batch: Batch) -> None:
        """In private, and where Easel is no member, each job has an answer of its own, which turns into its picture."""
        for job_id in await self._batches.waiting(batch.id):
            job = await self._jobs.job(job_id)
            if job is None or job.place.get("panel_id") is not None:
                continue
            view = results.queued(Outlook(waits=True), Place.from_json(job.place)).view
            message = await interaction.followup.send(view=view, ephemeral=job.private, wait=True)
            await self._jobs.change_place(job_id, panel_id=message.id)

    def _under_way(self, batch: Batch, variants: Variants, thread_id: int | None) -> ui.LayoutView:
        stop = stopping(batch.id)
        if batch.place.get("reply_to") is not None and batch.message_id is not None:
            return results.starter(replace(batch, thread_id=thread_id), self._together.model(batch), stop)
        if batch.place.get("posts") == "interaction":
            where = texts.VARIANTS_ANSWERS
        elif thread_id:
            where = texts.VARIANTS_IN_THREAD.format(thread=thread_id)
        else:
            where = texts.VARIANTS_HERE if thread_id == NO_THREAD else texts.VARIANTS_SOON
        return results.under_way(variants, where, stop).view

    async def _own(self, interaction: discord.Interaction[Any], batch_id: str) -> Batch:
        batch = await self._batches.get(batch_id)
        if batch is None:
            raise errors.AskedTooLongAgo
        if batch.requester_id != interaction.user.id:
            raise errors.NotYours
        return batch


def _thread_of(interaction: discord.Interaction[Any]) -> int | None:
    return interaction.channel_id if isinstance(interaction.channel, discord.Thread) else None


async def setup(bot: EaselBot) -> None:
    """Say what the buttons do."""
    buttons = VariantButtons(bot, bot.app, Together.of(bot))
    does = Buttons.of(bot).does
    does["batchgo"], does["batchno"], does["batchstop"] = buttons.confirm, buttons.decline, buttons.stop
