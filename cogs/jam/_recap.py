"""What came of a jam, posted: everything on one sheet, who built on whom, who stands where, and all of it in files."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import discord
import structlog

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.family import Family
from bot.jobs.jam import archive
from bot.jobs.jam.jams import Jams
from bot.jobs.parcels import file_limit
from bot.languages import speaking
from bot.store.jam import NOWHERE, Jam, JamState
from cogs.jam import _drawn, _view
from cogs.jam._packing import Baggage, Packed, Packing
from cogs.jam._painted import Painted
from cogs.place import DEFAULT_UPLOAD_LIMIT
from cogs.shown import file_names

log = structlog.get_logger(__name__)

_LOOKED_BACK = 200
_NAMED = 60
"""People whose names are asked for: each is a request."""
_TOO_LARGE = 40005
_SMALLER = (1, 2, 4)
"""Where Discord takes no files of the size it told, parts are made so many times smaller."""


@dataclass(frozen=True)
class Recap:
    """A recap to be posted: its sheet and its tree, under names that begin with `name`."""

    name: str
    sheet: bytes | None
    tree: bytes | None
    family: Family

    @property
    def files(self) -> list[discord.File]:
        """What is attached."""
        made = ((self.sheet, self.sheet_name), (self.tree, self.tree_name))
        return [discord.File(io.BytesIO(content), name) for content, name in made if content and name]

    @property
    def sheet_name(self) -> str | None:
        """What the sheet's file is called, if there is one."""
        return f"{self.name}.jpg" if self.sheet else None

    @property
    def tree_name(self) -> str | None:
        """What the tree's file is called, if there is one."""
        return f"{self.name}-tree.jpg" if self.tree else None


class Recaps:
    """Makes recaps and posts them: that of a jam's end once, others whenever somebody asks."""

    def __init__(self, bot: EaselBot, jams: Jams, painted: Painted, painters: Executor) -> None:
        self._bot, self._jams, self._painted, self._painters = bot, jams, painted, painters
        self._packing = Packing(jams, painters)
        # One recap of a jam at a time: whose parts are whose is told by what stands behind what.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # -------------------------------------------------------------- the end

    async def post(self, jam: Jam) -> int:
        """Post an ended jam's recap in its thread, else in its channel; the message's id, or NOWHERE.

        Raises discord.HTTPException where Discord is in trouble.
        """
        name = f"easel-{jam.id}-recap"
        async with self._turn(jam), self._gathered(jam, name, all_of_it=False) as (recap, baggage):
            for channel in self._channels(jam):
                try:
                    there = await self._there(channel, f"{name}.jpg")
                    message = there or await self._send(channel, recap, baggage, f"{jam.id}:r")
                except discord.HTTPException as error:
                    _raise_trouble(error)
                    log.info("no recap here", jam=jam.id, channel=channel.id, why=str(error))
                else:
                    return message.id
        return NOWHERE

    async def pack(self, jam: Jam) -> int:
        """Post an ended jam's archive behind its recap; the id of its last message, or NOWHERE.

        What was posted before, and not noted, is left as it is. Raises discord.HTTPException where Discord is in
        trouble.
        """
        if not jam.recap_id:
            return NOWHERE
        name = f"easel-{jam.id}-recap"
        async with self._turn(jam), self._gathered(jam, name, all_of_it=True) as (_, baggage):
            if not baggage.chronicle.scene.entries:
                return NOWHERE
            for channel in self._channels(jam):
                try:
                    there = await self._parts_there(channel, jam.recap_id)
                    return await self._send_all(channel, baggage, there, f"{jam.id}:z")
                except errors.RecapNowhere as error:
                    log.warning("no archive", jam=jam.id, why=str(error))
                except discord.HTTPException as error:
                    _raise_trouble(error)
                    log.info("no archive here", jam=jam.id, channel=channel.id, why=str(error))
        return NOWHERE

    # -------------------------------------------------------------- whenever somebody asks

    def check(self, jam: Jam) -> None:
        """Raise RecapUnderWay while a jam's recap is being made: one at a time is enough."""
        ending = jam.state is JamState.ENDED and jam.packed_id is None
        if ending or self._turn(jam).locked():
            raise errors.RecapUnderWay

    async def show(self, jam: Jam, asked_id: int) -> str:
        """Post what came of a jam so far in its thread, with its archive; a link to it.

        Raises RecapUnderWay, RecapNowhere.
        """
        self.check(jam)
        try:
            with speaking(jam.language):
                async with self._turn(jam):
                    return await self._show(jam, asked_id)
        except discord.Forbidden as error:
            raise errors.RecapNowhere(detail=str(error)) from error

    def _turn(self, jam: Jam) -> asyncio.Lock:
        turn = self._turns.get(jam.id) or asyncio.Lock()
        self._turns[jam.id] = turn
        return turn

    async def _show(self, jam: Jam, asked_id: int) -> str:
        channel = self._messageable(jam.thread_id, jam)
        async with self._gathered(jam, f"easel-{jam.id}-recap-now", all_of_it=True) as (recap, baggage):
            message = await self._send(channel, recap, baggage, f"{asked_id}:r")
            if baggage.chronicle.scene.entries:
                await self._send_all(channel, baggage, {}, f"{asked_id}:z")
        return message.jump_url

    # -------------------------------------------------------------- making it

    @asynccontextmanager
    async def _gathered(
        self, jam: Jam, name: str, *, all_of_it: bool
    ) -> AsyncIterator[tuple[Recap, Baggage]]:
        """A jam as it stands, and its pictures in a folder: all of them, or those that are drawn."""
        chronicle = await self._jams.chronicle(jam.id)
        scene, jobs = chronicle.scene, {one.job.id: one for one in chronicle.jobs}
        on_sheet, family = _view.on_sheet(scene, hidden=chronicle.hidden), _drawn.families_in(chronicle)
        related = {one.job.id for one in family.members}
        wanted = [one for one in scene.entries if all_of_it or one in on_sheet or one.job_id in related]
        names = await self._names(jam, [*scene.members, *(one.job.requester_id for one in chronicle.jobs)])
        drawn_names = {} if chronicle.hidden else names
        with self._jams.scratch() as folder:
            files = await self._painted.save(wanted, jobs, folder)
            sheet = await _drawn.draw_sheet(self._painters, on_sheet, files, jam.theme)
            tree = await _drawn.draw_tree(self._painters, family, files, drawn_names)
            yield Recap(name, sheet, tree, family), Baggage(chronicle, folder, files, sheet, tree, names)

    async def _names(self, jam: Jam, people: Sequence[int]) -> dict[int, str]:
        """What people are called, as far as Discord tells; of those who left it may not."""
        guild, found = self._bot.get_guild(jam.guild_id), dict[int, str]()
        for one in list(dict.fromkeys([jam.starter_id, *people]))[:_NAMED]:
            known = (guild.get_member(one) if guild else None) or self._bot.get_user(one)
            if known is None and guild is not None:
                with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
                    known = await guild.fetch_member(one)
            if known is not None:
                found[one] = known.display_name
        return found

    # -------------------------------------------------------------- posting it

    async def _send(
        self, channel: discord.PartialMessageable, recap: Recap, baggage: Baggage, nonce: str
    ) -> discord.Message:
        spoiler = any(one.job.place.get("spoiler") for one in baggage.chronicle.jobs)
        pictures = _view.Pictures(recap.sheet_name, recap.tree_name, recap.family, spoiler)
        view = _view.recap(baggage.chronicle.scene, pictures, hidden=baggage.chronicle.hidden)
        return await channel.send(view=view, files=recap.files, nonce=nonce)

    async def _send_all(
        self, channel: discord.PartialMessageable, baggage: Baggage, there: Mapping[str, int], nonce: str
    ) -> int:
        """Post the archive but for what is there; the id of its last message."""
        guild = self._bot.get_guild(baggage.chronicle.scene.jam.guild_id)
        limit = file_limit(DEFAULT_UPLOAD_LIMIT if guild is None else guild.filesize_limit)
        for smaller in _SMALLER:
            packed = await self._packing.pack(baggage, limit // smaller)
            try:
                return await self._send_parts(channel, packed, baggage.folder, there, nonce)
            except _TooLargeError:
                log.warning("parts were too large", limit=limit // smaller)
        raise errors.RecapNowhere

    async def _send_parts(
        self,
        channel: discord.PartialMessageable,
        packed: Packed,
        folder: Path,
        there: Mapping[str, int],
        nonce: str,
    ) -> int:
        last = NOWHERE
        for number, parts in enumerate(packed.messages):
            known = there.get(parts[0].name)
            last = known or await self._send_some(channel, packed, number, folder, f"{nonce}{number}")
        return last

    async def _send_some(
        self, channel: discord.PartialMessageable, packed: Packed, number: int, folder: Path, nonce: str
    ) -> int:
        """Write the zips of one message, post them, and let their files go."""
        parts = packed.messages[number]
        paths = [await asyncio.to_thread(archive.write, one, folder) for one in parts]
        try:
            files = [discord.File(path, one.name) for path, one in zip(paths, parts, strict=True)]
            view = _view.archive(packed.parts, parts, packed.missing)
            return (await channel.send(view=view, files=files, nonce=nonce, silent=True)).id
        except discord.HTTPException as error:
            if number == 0 and (error.status == 413 or error.code == _TOO_LARGE):
                raise _TooLargeError from error
            raise
        finally:
            for path in paths:
                await asyncio.to_thread(path.unlink)

    async def _there(self, channel: discord.PartialMessageable, name: str) -> discord.Message | None:
        """The recap, if it was posted before and that was not noted."""
        try:
            async for message in channel.history(limit=_LOOKED_BACK):
                if any(name in shown for shown in file_names(message)):
                    return message
        except discord.Forbidden:
            log.warning("cannot look whether the recap was posted")
        return None

    async def _parts_there(self, channel: discord.PartialMessageable, recap_id: int) -> dict[str, int]:
        """The parts of an archive that were posted behind its recap, by their names."""
        found: dict[str, int] = {}
        try:
            async for message in channel.history(limit=_LOOKED_BACK, after=discord.Object(recap_id)):
                if message.author == self._bot.user:
                    found |= {
                        name.rpartition("/")[2].partition("?")[0]: message.id for name in file_names(message)
                    }
        except discord.Forbidden:
            log.warning("cannot look whether the archive was posted")
        return found

    def _channels(self, jam: Jam) -> list[discord.PartialMessageable]:
        ids = (jam.thread_id, jam.channel_id)
        return [self._messageable(one, jam) for one in ids if one]

    def _messageable(self, channel_id: int | None, jam: Jam) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(channel_id or NOWHERE, guild_id=jam.guild_id)


class _TooLargeError(Exception):
    """Discord takes no file of that size after all."""


def _raise_trouble(error: discord.HTTPException) -> None:
    """Go on where the way is closed for good, and not where it may be open again soon."""
    if error.status >= 500 or error.status == 429:
        raise error
