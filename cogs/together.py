"""Several jobs of one prompt in Discord: the thread their pictures come into, and the sheet that shows them all."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, Literal, cast

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
from cogs import results
from cogs.place import Place
from cogs.shown import file_names

log = structlog.get_logger(__name__)

_A_DAY: Literal[1440] = 1440
"""Minutes until Discord puts a thread aside in which nobody speaks."""
_THERE_ALREADY = 160004
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
            thread_id = await self._begin_thread(batch, batch.message_id or 0)
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            log.info("no thread", batch=batch.id, why=str(error))
            thread_id = NO_THREAD
        return await self._batches.note_thread(batch.id, None, thread_id)

    async def _begin_thread(self, batch: Batch, message_id: int) -> int:
        # Not by a message's method: that wants the server in its cache, and another process may have its shard.
        name = results.thread_name(batch) or batch.id
        try:
            begun = await self._bot.http.start_thread_with_message(
                batch.channel_id, message_id, name=name, auto_archive_duration=_A_DAY
            )
        except discord.HTTPException as error:
            if error.code == _THERE_ALREADY:
                return message_id  # such a thread has its message's id
            raise
        return int(begun["id"])

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
            made = content()
            return await channel.get_partial_message(batch.message_id).edit(
                view=made["view"], attachments=made["files"]
            )

        async def in_channel() -> discord.Message:
            there = await _find(channel, results.sheet_name(batch), batch) if maybe_there else None
            return there or await channel.send(**content(), nonce=f"{batch.id}:s")

        async def directly() -> discord.Message:
            user = await self._bot.fetch_user(batch.requester_id)
            return await user.send(**content(), nonce=f"{batch.id}:s")

        if drawn is None:  # each failure was told by itself: only what says that they come is out of date
            return [in_message] if batch.message_id is not None else []
        return [] if place.posts == "interaction" else [in_message, in_channel, directly]

    async def _drawn(self, batch: Batch, outcomes: Sequence[Outcome]) -> bytes | None:
        if all(one.path is None for one in outcomes):
            return None
        title, fields = Variants.from_json(batch.asked).words, results.fields(outcomes)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._painters, sheet.draw, fields, title)

    async def take_off(self, batch_id: str) -> bool:
        """Show a batch as it is after one of its results was deleted; whether the sheet shows that one no more."""
        batch = await self._batches.get(batch_id)
        if batch is None or batch.state is not BatchState.SHOWN:
            return True  # the sheet is drawn later, and without it
        if Place.from_json(batch.place).posts == "interaction":
            return True  # there is none
        # In a task: its words are those of whoever asked, and not of who deletes.
        return await asyncio.create_task(self._redraw(batch))

    async def _redraw(self, batch: Batch) -> bool:
        speak(Place.from_json(batch.place).language)
        outcomes = await self._batches.outcomes(batch)
        # Of what is not kept any more there is nothing to draw: then no picture is better than the old one.
        lost = any(one.came and one.path is None for one in outcomes)
        content = self._content(batch, outcomes, None if lost else await self._drawn(batch, outcomes))
        try:
            shown = await self._shown(batch)
            if shown is not None:
                made = content()
                await shown.edit(view=made["view"], attachments=made["files"])
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            log.warning("a deleted picture is still on the sheet", batch=batch.id, why=repr(error))
            return False
        return True

    async def _shown(self, batch: Batch) -> discord.Message | None:
        """The message with the sheet; None where it was deleted. Raises what Discord says where nobody can tell."""
        channel = self._bot.get_partial_messageable(batch.channel_id, guild_id=batch.guild_id)
        if batch.message_id is not None:
            with suppress(discord.NotFound):
                return await channel.fetch_message(batch.message_id)
        name, closed = results.sheet_name(batch), None
        for place in (channel, await self._bot.fetch_user(batch.requester_id)):
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
