"""Jams in Discord: the thread, the board that is kept up to date in it, and the recap in the end."""

import asyncio
import contextvars
import io
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, cast

import discord
import structlog
from discord.ext import commands

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jam.jams import Jams
from bot.languages import speak
from bot.pictures import sheet
from bot.pictures.sheet import Field
from bot.seedream.wishes import Wishes
from bot.store.jam import NOWHERE, Jam, JamState, Scene
from cogs import texts
from cogs.asking import Asking
from cogs.imagine import Form
from cogs.jam import _leader, _view
from cogs.jam._recap import Recaps
from cogs.jam._thread import in_thread
from cogs.orders import Order
from cogs.threads import open_thread

log = structlog.get_logger(__name__)

_NO_CHANNEL = 10003
_LOOK_SECONDS = 60.0
"""How often every jam is looked at: whether it ended, and whether its board says what is true."""
_LOST = (discord.HTTPException, *CONNECTION_FAULTS)


@dataclass
class _Board:
    """What this process knows of a jam's board."""

    drawn_at: float = float("-inf")
    waits: bool = False
    """Whether it is about to be drawn."""
    shown: object = None
    """What it says."""
    pinned: object = None
    """Whose pictures it shows."""
    message_id: int | None = None
    closed: bool = False
    """Whether its thread is closed to Easel, which was told then."""
    one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)


class Boards(commands.Cog):
    """Brings what Discord shows of each jam up to what the store says of it. Everything may be repeated."""

    def __init__(
        self,
        bot: EaselBot,
        jams: Jams,
        recaps: Recaps,
        apart: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A board is edited every `apart` seconds at most."""
        self._bot, self._jams, self._recaps = bot, jams, recaps
        self._apart, self._clock = apart, clock
        self._known: dict[str, _Board] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking = False

    @classmethod
    def of(cls, bot: discord.Client) -> "Boards":
        """The bot's one keeper of boards."""
        return cast("Boards", cast("EaselBot", bot).get_cog(cls.__name__))

    @property
    def busy(self) -> bool:
        """Whether some board is about to be drawn, or being drawn."""
        return any(one.waits or one.one_by_one.locked() for one in self._known.values())

    @commands.Cog.listener("on_ready")
    async def begin(self) -> None:
        """Look at every jam from here on; Discord may tell that it is ready more than once."""
        if not self._looking:
            self._looking = True
            self._begin(self._look_for_ever(), "jams")

    async def close(self) -> None:
        """Draw nothing more: the next start does."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -------------------------------------------------------------- what others call

    def soon(self, jam_id: str | None) -> None:
        """Show what has changed in a jam, as soon as its board may be edited."""
        if jam_id is None:
            return
        board = self._known.setdefault(jam_id, _Board())
        if not board.waits:  # else what is about to be drawn shows this, too
            board.waits = True
            self._begin(self._draw_when_due(jam_id, board), f"board of {jam_id}")

    async def open(self, jam: Jam) -> Jam:
        """Open a jam's thread, with its board, as far as that is not done; the jam as it is then.

        Raises discord.HTTPException, and what a broken line raises.
        """
        async with self._known.setdefault(jam.id, _Board()).one_by_one:
            return await self._opened(await self._jams.get(jam.id))

    async def idea(self, interaction: discord.Interaction[Any], _jam_id: str) -> None:
        """Open the form: what is ordered in a jam's thread belongs to the jam."""
        form = Form(Asking.of(interaction.client), texts.COMPOSE_TITLE, Order(Wishes("")))
        await interaction.response.send_modal(form)

    @commands.Cog.listener("on_raw_thread_delete")
    async def seen_thread_deleted(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """End a jam whose thread somebody deleted: its recap comes into the channel."""
        if jam_id := await self._jams.end_in(deleted.thread_id):
            self.soon(jam_id)

    @commands.Cog.listener("on_raw_message_delete")
    async def seen_deleted(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Post a board again that somebody deleted."""
        for jam_id, board in self._known.items():
            if board.message_id == deleted.message_id:
                board.shown = None
                self.soon(jam_id)

    # -------------------------------------------------------------- every minute

    async def _look_for_ever(self) -> None:
        while True:
            try:
                for jam in await self._jams.live():
                    if self._bot.get_guild(jam.guild_id) is not None:  # else another process has it
                        await self.look(jam)
            except Exception:  # an outer edge: a task that raised would not come again
                log.exception("jams not looked at")
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self, jam: Jam) -> None:
        """End a jam in which nothing happens any more, and show how it stands."""
        if self._jams.is_idle(jam):
            spoken_at = await self._spoken_at(jam)
            if self._jams.is_idle(jam, spoken_at):
                await self._jams.end_idle(jam)
            else:
                await self._jams.hear(jam, spoken_at)
        self.soon(jam.id)

    async def _spoken_at(self, jam: Jam) -> float:
        """When somebody last said something in a jam's thread, in seconds since 1970; 0 where nobody can tell."""
        if not jam.thread_id:
            return 0.0
        channel = self._bot.get_partial_messageable(jam.thread_id, guild_id=jam.guild_id)
        try:
            async for message in channel.history(limit=1):
                return message.created_at.timestamp()
        except discord.HTTPException as error:
            log.info("cannot look who spoke last", jam=jam.id, why=str(error))
        return 0.0

    # -------------------------------------------------------------- drawing

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        # In a context of its own: nobody waits for this, and it speaks the jam's language.
        task = contextvars.Context().run(asyncio.create_task, work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _draw_when_due(self, jam_id: str, board: _Board) -> None:
        async with board.one_by_one:
            await asyncio.sleep(max(0.0, board.drawn_at + self._apart - self._clock()))
            board.waits = False  # what changes from here on needs another edit
            try:
                await self._draw_or_tell(jam_id, board)
            except errors.JamUnknown:
                log.warning("a board of no jam", jam=jam_id)
            except Exception:  # an outer edge: nobody hears of a task's error
                log.exception("board broke", jam=jam_id)
            board.drawn_at = self._clock()

    async def _draw_or_tell(self, jam_id: str, board: _Board) -> None:
        """Draw; where the thread is gone the jam ends, and where it is closed its starter is told, once."""
        closed = False
        try:
            await self._draw(jam_id, board)
        except _LOST as error:
            log.warning("board not drawn", jam=jam_id, why=str(error))  # the next look tries again
            if isinstance(error, discord.NotFound) and error.code == _NO_CHANNEL:
                await self._jams.move(await self._jams.get(jam_id), JamState.ENDED)
                self.soon(jam_id)
                return
            closed = isinstance(error, discord.Forbidden)
        jam = await self._jams.get(jam_id)
        closed = closed or not _leader.may_write(self._bot, jam)
        if closed and not board.closed and jam.state is not JamState.ENDED:
            await _leader.tell(self._bot, jam)
        board.closed = closed

    async def _draw(self, jam_id: str, board: _Board) -> None:
        """Open what is not open, end what has ended, and show how everything stands."""
        scene = await self._jams.scene(jam_id)
        speak(scene.jam.language)
        ended = scene.jam.state is JamState.ENDED
        if not ended:
            await self._opened(scene.jam)
            scene = await self._jams.scene(jam_id)
        told = ended and scene.jam.recap_id is None and not scene.under_way
        if told:  # first: it matters more than a board that may be gone
            await self._jams.note(jam_id, recap_id=await self._recaps.post(scene.jam))
        if scene.jam.board_id:
            await self._show(scene, board)
        if ended and not scene.under_way and scene.jam.packed_id is None:
            jam = await self._jams.get(jam_id)
            await self._jams.note(jam_id, packed_id=await self._recaps.pack(jam))
            self._known.pop(jam_id, None)

    async def _show(self, scene: Scene, board: _Board) -> None:
        jam = scene.jam
        if board.shown == scene and board.message_id == jam.board_id:
            return
        message = self._messageable(jam.thread_id).get_partial_message(jam.board_id or 0)
        options: dict[str, Any] = {"view": _view.board(scene, _picture_name(scene))}
        pinned = _pictures_in(scene)
        if board.pinned != pinned or board.message_id != jam.board_id:  # else its file stays
            options["attachments"] = await self._files(scene)
        try:
            await in_thread(self._bot, jam, lambda: message.edit(**options))
        except discord.NotFound as error:
            if error.code == _NO_CHANNEL and jam.state is not JamState.ENDED:
                raise
            if jam.state is not JamState.ENDED:
                jam = await self._post_board(await self._jams.board_gone(jam.id, message.id), message.id)
        board.shown, board.pinned, board.message_id = scene, pinned, jam.board_id

    async def _files(self, scene: Scene) -> list[discord.File]:
        """What is pinned, as one picture."""
        name = _picture_name(scene)
        if name is None:
            return []
        fields = [Field(f"@{one.name}", self._jams.file(one)) for one in scene.pinned]
        loop = asyncio.get_running_loop()
        drawn = await loop.run_in_executor(self._bot.app.core.painters, sheet.draw, fields)
        return [discord.File(io.BytesIO(drawn), name)]

    # -------------------------------------------------------------- opening

    async def _opened(self, jam: Jam) -> Jam:
        """The jam with its message, thread and board."""
        speak(jam.language)
        if jam.thread_id is None:
            if jam.message_id is None:
                channel = self._messageable(jam.channel_id)
                message = await channel.send(view=_view.starter(jam), nonce=f"{jam.id}:t")
                jam = await self._jams.note(jam.id, message_id=message.id)
            name = _view.thread_name(jam)
            thread_id = await open_thread(self._bot, jam.channel_id, jam.message_id or 0, name)
            jam = await self._jams.note(jam.id, thread_id=thread_id)
        return await self._post_board(jam) if jam.board_id is None else jam

    async def _post_board(self, jam: Jam, gone: int = 0) -> Jam:
        """Post a board message in the place of one that is gone, and pin it where that is allowed.

        The jam as it is then.
        """
        scene = await self._jams.scene(jam.id)
        view, files = _view.board(scene, _picture_name(scene)), await self._files(scene)
        # What stands in the nonce keeps one that a crash repeats from becoming a second board.
        thread, nonce = self._messageable(jam.thread_id), f"{jam.id}:b{gone % 1_000_000}"
        message = await thread.send(view=view, files=files, silent=True, nonce=nonce)
        jam = await self._jams.note(jam.id, board_id=message.id)
        board = self._known.setdefault(jam.id, _Board())
        board.message_id, board.shown = jam.board_id, replace(scene, jam=jam)
        board.pinned = _pictures_in(scene)
        try:
            await message.pin()
        except discord.HTTPException as error:
            log.info("board not pinned", jam=jam.id, why=str(error))
        return jam

    def _messageable(self, channel_id: int | None) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(channel_id or NOWHERE)


def _pictures_in(scene: Scene) -> list[tuple[str, str]]:
    """What the picture of what is pinned depends on."""
    return [(one.id, one.name) for one in scene.pinned]


def _picture_name(scene: Scene) -> str | None:
    """What the file of what is pinned is called."""
    return f"board-{scene.jam.id}.jpg" if scene.pinned else None
