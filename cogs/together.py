"""Several jobs of one prompt in Discord: the thread their pictures come into, and the sheet that shows them all."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, cast

import discord
import structlog
from discord import ui
from discord.ext import commands

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.batches import Batches, Variants
from bot.jobs.tools import Outcome
from bot.languages import speak
from bot.pictures import sheet
from bot.seedream.catalogue import Catalogue
from bot.store.batch import NO_THREAD, Batch, BatchState
from bot.store.records import Post
from cogs import results
from cogs.links import Link
from cogs.panels import Panels
from cogs.place import Place
from cogs.shown import file_names
from cogs.threads import open_thread

log = structlog.get_logger(__name__)

_LOOKED_BACK = 1000

Way = Callable[[], Awaitable[discord.Message | None]]
Content = Callable[[], dict[str, Any]]
"""What a message is made of, anew for each attempt: files are read once."""


class Together(commands.Cog):
    """Opens threads and shows batches; everything here may be repeated."""

    def __init__(self, bot: EaselBot, batches: Batches, catalogue: Catalogue, painters: Executor) -> None:
        self._bot, self._batches = bot, batches
        self._catalogue, self._painters = catalogue, painters
        self._opening: dict[str, asyncio.Lock] = {}

    @classmethod
    def of(cls, bot: discord.Client) -> "Together":
        """The bot's one."""
        return cast("Together", cast("EaselBot", bot).get_cog(cls.__name__))

    async def thread(self, batch_id: str) -> int:
        """The thread for a batch's pictures, which is opened now if it was not yet; NO_THREAD where there is none.

        Raises discord.HTTPException where Discord is in trouble.
        """
        batch = await self._batches.get(batch_id)
        if batch is None:
            return NO_THREAD
        if batch.thread_id is not None:
            return batch.thread_id
        async with self._opening.setdefault(batch_id, asyncio.Lock()):
            batch = await self._batches.get(batch_id) or batch
            if batch.thread_id is None:
                batch = await self._open(batch)
        self._opening.pop(batch_id, None)
        return batch.thread_id or NO_THREAD

    async def _open(self, batch: Batch) -> Batch:
        try:
            if batch.message_id is None:
                channel = self._bot.get_partial_messageable(batch.channel_id, guild_id=batch.guild_id)
                view = results.starter(batch, self.model(batch))
                message = await channel.send(view=view, silent=True, nonce=f"{batch.id}:t")
                batch = await self._batches.note_thread(batch.id, message.id, None)
            name = results.thread_name(batch) or batch.id
            thread_id = await open_thread(self._bot, batch.channel_id, batch.message_id or 0, name)
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            log.info("no thread", batch=batch.id, why=str(error))
            thread_id = NO_THREAD
        return await self._batches.note_thread(batch.id, None, thread_id)

    # -------------------------------------------------------------- the sheet

    async def ways(self, batch: Batch, outcomes: Sequence[Outcome], *, maybe_there: bool) -> list[Way]:
        """How a batch can be shown, the best way first; none where each result has shown itself."""
        place = Place.from_json(batch.place)
        drawn = await self._drawn(batch, outcomes)
        content = self._content(batch, outcomes, drawn)
        channel = self._bot.get_partial_messageable(batch.channel_id, guild_id=batch.guild_id)

        async def in_message() -> discord.Message | None:
            if batch.message_id is None:
                return None
            return await _made(channel.get_partial_message(batch.message_id), content)

        async def in_question() -> discord.Message | None:
            return await self._in_question(batch, content)

        async def in_channel() -> discord.Message:
            return await _posted(channel, batch, content, maybe_there=maybe_there)

        async def directly() -> discord.Message:
            user = await self._bot.fetch_user(batch.requester_id)
            return await _posted(user, batch, content, maybe_there=maybe_there)

        if drawn is None:  # each failure was told by itself: only what says that they come is out of date
            return [in_message] if batch.message_id is not None else []
        if place.posts == "interaction":
            return [in_question, directly]
        return [in_message, in_channel, directly]

    async def _in_question(self, batch: Batch, content: Content) -> discord.Message | None:
        """What only its person sees is shown where they were asked: that may be repeated, and never stands there twice."""
        place = Place.from_json(batch.place)
        if place.panel_id is None or not place.alive:
            return None
        made, webhook = content(), Panels.of(self._bot).webhook(place)
        return await webhook.edit_message(place.panel_id, view=made["view"], attachments=made["files"])

    async def close_question(self, batch: Batch, post: Post | None) -> None:
        """Let the private question of a batch say that it is finished, as long as it can be edited."""
        place = Place.from_json(batch.place)
        if place.panel_id is None or not place.alive:
            return
        if post is not None and post.message_id == place.panel_id:
            return  # it shows them all
        url = ""
        if post is not None:
            guild = batch.guild_id if post.channel_id == batch.channel_id else None
            url = Link(guild, post.channel_id or 0, post.message_id or 0).url
        panel = results.finished(batch, url)
        with suppress(discord.HTTPException, *CONNECTION_FAULTS):  # the sheet is what matters
            await (
                Panels.of(self._bot)
                .webhook(place)
                .edit_message(place.panel_id, view=panel.view, attachments=[])
            )

    async def _drawn(self, batch: Batch, outcomes: Sequence[Outcome]) -> bytes | None:
        if all(one.path is None for one in outcomes):
            return None
        title, fields = Variants.from_json(batch.asked).words, results.fields(outcomes)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._painters, sheet.draw, fields, title)

    async def take_off(self, batch_id: str) -> bool:
        """Show a batch as it is after one of its results was deleted; whether the sheet shows that one no more."""
        batch = await self._batches.get(batch_id)
        if batch is None or batch.state not in (BatchState.SHOWING, BatchState.SHOWN):
            return True  # the sheet is drawn later, and without it
        # In a task: its words are those of whoever asked, and not of who deletes.
        return await asyncio.create_task(self._taken_off(batch))

    async def _taken_off(self, batch: Batch) -> bool:
        speak(Place.from_json(batch.place).language)
        return await self.keep_up(batch, ())

    async def keep_up(self, batch: Batch, shown: Sequence[Outcome]) -> bool:
        """Show a batch anew, until nothing was deleted while that was done; whether no deleted picture is seen.

        Everybody who shows it looks after that what was deleted, and who deletes looks after that what is shown: so
        nothing stays, in whatever order they come, and in whichever process.
        """
        outcomes = await self._batches.outcomes(batch)
        while _deleted(outcomes) != _deleted(shown):
            if not await self._redraw(batch, outcomes):
                return False
            shown, outcomes = outcomes, await self._batches.outcomes(batch)
        return True

    async def _redraw(self, batch: Batch, outcomes: Sequence[Outcome]) -> bool:
        # Of what is not kept any more there is nothing to draw: then no picture is better than the old one.
        lost = any(one.came and one.path is None for one in outcomes)
        content = self._content(batch, outcomes, None if lost else await self._drawn(batch, outcomes))
        private = Place.from_json(batch.place).posts == "interaction"
        try:
            if private and await self._in_question_still(batch, content):
                return True
            shown = await self._shown(batch)
            if shown is not None:
                await _made(shown, content)
            elif private:
                return False  # only its person has it, where nobody else can change it any more
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            log.warning("a deleted picture is still on the sheet", batch=batch.id, why=repr(error))
            return False
        return True

    async def _in_question_still(self, batch: Batch, content: Content) -> bool:
        """Show it where its person was asked, if that is still there."""
        with suppress(discord.NotFound):
            return await self._in_question(batch, content) is not None
        return False

    async def _shown(self, batch: Batch) -> discord.Message | None:
        """The message with the sheet; None where it was deleted. Raises what Discord says where nobody can tell."""
        channel = self._bot.get_partial_messageable(batch.channel_id, guild_id=batch.guild_id)
        if batch.message_id is not None:
            with suppress(discord.NotFound):
                return await channel.fetch_message(batch.message_id)
        name, closed = results.sheet_name(batch), None
        directly = await self._bot.fetch_user(batch.requester_id)
        private = Place.from_json(batch.place).posts == "interaction"
        for place in [directly] if private else [channel, directly]:
            try:
                if found := await _look(place, name, batch):
                    return found
            except discord.Forbidden as error:
                closed = error
        if closed is not None:
            raise closed
        return None

    def _content(self, batch: Batch, outcomes: Sequence[Outcome], drawn: bytes | None) -> Content:
        def content() -> dict[str, Any]:
            view: ui.LayoutView = results.together(
                batch, outcomes, self.model(batch), sheet=drawn is not None
            )
            name = results.sheet_name(batch)
            return {"view": view, "files": [discord.File(io.BytesIO(drawn), name)] if drawn else []}

        return content

    def model(self, batch: Batch) -> str:
        """The name of the model that paints."""
        return self._catalogue[Variants.from_json(batch.asked).request.model].name


async def _made(message: discord.Message | discord.PartialMessage, content: Content) -> discord.Message:
    """A message that is made into that."""
    made = content()
    return await message.edit(view=made["view"], attachments=made["files"])


async def _posted(
    there: discord.abc.Messageable, batch: Batch, content: Content, *, maybe_there: bool
) -> discord.Message:
    """A message of its own, which may be posted already: then it is made anew, since something may have been deleted."""
    found = await _find(there, results.sheet_name(batch), batch) if maybe_there else None
    return await _made(found, content) if found else await there.send(**content(), nonce=f"{batch.id}:s")


def _deleted(outcomes: Sequence[Outcome]) -> set[str]:
    return {one.dossier.job.id for one in outcomes if one.deleted}


async def _find(channel: discord.abc.Messageable, name: str, batch: Batch) -> discord.Message | None:
    """The message with that file, if it was posted before, as far as it can be found."""
    try:
        return await _look(channel, name, batch)
    except discord.Forbidden:
        log.warning("cannot look whether the sheet was posted", batch=batch.id)
    return None


async def _look(channel: discord.abc.Messageable, name: str, batch: Batch) -> discord.Message | None:
    async for message in channel.history(limit=_LOOKED_BACK, after=discord.Object(batch.origin_id)):
        if any(name in shown for shown in file_names(message)):
            return message
    return None
