"""Rounds in Discord: brings what a jam's thread shows of each up to what the store says of it."""

import asyncio
import contextvars
import io
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import discord
import structlog
from discord import ui
from discord.ext import commands

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jam.rounds import Rounds
from bot.languages import speak
from bot.pictures import sheet
from bot.pictures.sheet import Field
from bot.store.jam import NOWHERE, Jam, JamState
from bot.store.round import Idea, Round, RoundState, Table
from cogs.jam import _round_view
from cogs.jam._thread import in_thread
from cogs.references import ReferenceReader
from cogs.shown import Shown, file_names

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 60.0
"""How often it is looked for rounds that this process does not know of yet, and at those that only people move on."""
_AGAIN_SECONDS, _CLOSED_SECONDS = 10.0, 60.0
"""After something went wrong, and where I am not let in just now."""
_LOOKED_BACK = 200
_NO_CHANNEL = 10003
_LOST = (discord.HTTPException, *CONNECTION_FAULTS)

Mine = Callable[[discord.Message], bool]


@dataclass
class _Known:
    """What this process knows of a round's messages, by their ids."""

    jam_id: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    said: dict[int, object] = field(default_factory=dict)
    edited_at: dict[int, float] = field(default_factory=dict)
    later: float = _LOOK_SECONDS
    """In how many seconds something may be edited that could not be yet."""


class RoundKeeper(commands.Cog):
    """One task for each round that goes on; everything it does may be repeated."""

    def __init__(
        self,
        bot: EaselBot,
        rounds: Rounds,
        references: ReferenceReader,
        apart: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A message is edited every `apart` seconds at most."""
        self._bot, self._rounds, self._references = bot, rounds, references
        self._apart, self._clock = apart, clock
        self._known: dict[str, _Known] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking = False

    @classmethod
    def of(cls, bot: discord.Client) -> "RoundKeeper":
        """The bot's one."""
        return cast("RoundKeeper", cast("EaselBot", bot).get_cog(cls.__name__))

    @commands.Cog.listener("on_ready")
    async def begin(self) -> None:
        """Look for rounds from here on; Discord may tell that it is ready more than once."""
        if not self._looking:
            self._looking = True
            self._begin(self._look_for_ever(), "rounds")

    async def close(self) -> None:
        """Show nothing more: the next start does."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -------------------------------------------------------------- what others call

    async def start(self, jam: Jam, starter_id: int, collect_minutes: int, vote_minutes: int) -> Round:
        """Begin a round. Raises RoundUnderWay, JamOver, JamPaused."""
        begun = await self._rounds.start(jam, starter_id, collect_minutes * 60, vote_minutes * 60)
        self._keep(begun.id, jam.id)
        return begun

    def soon(self, jam_id: str) -> None:
        """Look at what has changed in a jam's round."""
        for known in self._known.values():
            if known.jam_id == jam_id:
                known.woken.set()

    @commands.Cog.listener("on_raw_message_delete")
    async def seen_deleted(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Post a message again that somebody deleted, as long as it is needed."""
        for known in self._known.values():
            if known.said.pop(deleted.message_id, None) is not None:
                known.woken.set()

    # -------------------------------------------------------------- looking

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        # In a context of its own: nobody waits for this, and it speaks the jam's language.
        task = contextvars.Context().run(asyncio.create_task, work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look_for_ever(self) -> None:
        while True:
            try:
                for round_id, jam in await self._rounds.open():
                    if self._bot.get_guild(jam.guild_id) is not None:  # else another process has it
                        self._keep(round_id, jam.id)
            except Exception:  # an outer edge: a task that raised would not come again
                log.exception("rounds not looked for")
            await asyncio.sleep(_LOOK_SECONDS)

    def _keep(self, round_id: str, jam_id: str) -> None:
        if round_id not in self._known:
            known = self._known[round_id] = _Known(jam_id)
            self._begin(self._until_over(round_id, known), f"round {round_id}")

    async def _until_over(self, round_id: str, known: _Known) -> None:
        try:
            while (wait := await self._looked_at(round_id, known)) is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await known.woken.wait()
        finally:
            del self._known[round_id]

    async def _looked_at(self, round_id: str, known: _Known) -> float | None:
        """Do what can be done now; after how many seconds it is to be looked at again, None where it is over."""
        known.woken.clear()
        known.later = _LOOK_SECONDS
        try:
            while True:
                table = await self._rounds.advance(round_id)
                speak(table.jam.language)
                if table.round.state is RoundState.OVER:
                    return None
                if not await self._shows[table.round.state](self, table, known):
                    break
        except errors.RoundUnknown:
            return None
        except _LOST as error:
            log.warning("round not shown", round=round_id, why=repr(error))
            return _CLOSED_SECONDS if isinstance(error, discord.Forbidden) else _AGAIN_SECONDS
        except Exception:  # an outer edge: nobody hears of a task's error
            log.exception("round broke", round=round_id)
            return _AGAIN_SECONDS
        due = self._rounds.due(table)
        return known.later if due is None else min(due, known.later)

    # -------------------------------------------------------------- what each state shows; whether it went on

    async def _collecting(self, table: Table, known: _Known) -> bool:
        if table.round.message_id is not None:
            await self._edit(table, known, "message_id", _round_view.collects(table))
            return False
        mine = _round_view.idea_id(table.round)
        view = _round_view.collects(table)
        message = await self._post(table, lambda one: mine in _custom_ids(one), "c", view=view)
        known.said[message.id] = view.to_components()  # type: ignore[no-untyped-call]  # discord.py's
        await self._rounds.note(table.round.id, message_id=message.id)
        return True

    async def _painting(self, table: Table, known: _Known) -> bool:
        await self._edit(table, known, "message_id", _round_view.collects(table))
        return False

    async def _revealing(self, table: Table, _known: _Known) -> bool:
        try:
            await self._reveal(table)
        except discord.NotFound as error:
            if error.code != _NO_CHANNEL:
                raise
            await self._rounds.call_off(table)  # there is no thread any more in which anybody could vote
        else:
            await self._rounds.open_vote(table)
        return True

    async def _voting(self, table: Table, known: _Known) -> bool:
        if table.round.reveal_id is None:  # somebody deleted it
            await self._reveal(table)
            return True
        spoiler = await self._spoiler(table)
        await self._edit(table, known, "reveal_id", _round_view.reveal(table, spoiler=spoiler))
        await self._edit(table, known, "message_id", _round_view.collects(table))
        return False

    async def _counted(self, table: Table, _known: _Known) -> bool:
        winner = table.winner
        if winner is not None and table.round.pinned is None:
            await self._pin(table, winner)
            return True
        if table.round.result_id is None:
            await self._rounds.note(table.round.id, result_id=await self._result(table))
        await self._rounds.told(table)
        return True

    async def _told(self, table: Table, known: _Known) -> bool:
        spoiler = await self._spoiler(table)
        known.edited_at.clear()  # the last words need not wait
        if table.round.reveal_id:
            await self._edit(table, known, "reveal_id", _round_view.reveal(table, spoiler=spoiler))
        await self._edit(table, known, "message_id", _round_view.collects(table))
        await self._rounds.end(table)
        return True

    _shows = {  # noqa: RUF012  # nobody changes it
        RoundState.COLLECTING: _collecting,
        RoundState.PAINTING: _painting,
        RoundState.REVEALING: _revealing,
        RoundState.VOTING: _voting,
        RoundState.COUNTING: _painting,
        RoundState.COUNTED: _counted,
        RoundState.TOLD: _told,
    }

    # -------------------------------------------------------------- messages

    async def _reveal(self, table: Table) -> None:
        round_ = table.round
        if round_.reveal_id is not None:
            return
        if round_.votes_until is None:
            round_ = replace(round_, votes_until=self._rounds.clock() + round_.vote_seconds)
        view = _round_view.reveal(replace(table, round=round_), spoiler=await self._spoiler(table))
        name, drawn = _round_view.sheet_name(round_), await self._drawn(_round_view.fields(table))
        message = await self._post(
            table, lambda one: name in _files(one), "v", drawn=drawn, name=name, view=view
        )
        await self._rounds.note(round_.id, reveal_id=message.id)

    async def _result(self, table: Table) -> int:
        """Post how a round ended, as a reply to what it is about; the message's id, or NOWHERE."""
        round_, winner, drawn = table.round, table.winner, None
        if winner is not None and winner.file is not None:
            drawn = await self._drawn([Field("", Path(winner.file))])
        ranked, spoiler = await self._rounds.ranked(table), await self._spoiler(table)
        options: dict[str, Any] = {
            "view": _round_view.result(table, ranked, picture=drawn is not None, spoiler=spoiler),
            "name": _round_view.winner_name(round_),
            "drawn": drawn,
            "allowed_mentions": discord.AllowedMentions(
                users=[discord.Object(winner.person_id)] if winner else False, replied_user=False
            ),
        }
        about = round_.reveal_id or round_.message_id or NOWHERE
        if about:
            options["reference"] = discord.MessageReference(
                message_id=about, channel_id=table.jam.thread_id or NOWHERE, fail_if_not_exists=False
            )
        try:
            message = await self._post(table, lambda one: self._answers(one, about), "e", **options)
        except (discord.NotFound, discord.Forbidden) as error:
            if table.jam.state is not JamState.ENDED and error.code != _NO_CHANNEL:
                raise  # somebody may let me in again
            log.info("no result here", round=round_.id, why=str(error))
            return NOWHERE
        return message.id

    def _answers(self, message: discord.Message, about: int) -> bool:
        """Whether a message is a reply of mine to that one."""
        mine = self._bot.user is not None and message.author.id == self._bot.user.id
        return mine and message.reference is not None and message.reference.message_id == about

    async def _post(
        self,
        table: Table,
        mine: Mine,
        nonce: str,
        *,
        drawn: bytes | None = None,
        name: str = "",
        **options: Any,
    ) -> discord.Message:
        """Post a message of a round's in its thread, once: `mine` tells it from others."""
        channel = self._bot.get_partial_messageable(table.jam.thread_id or NOWHERE)
        with suppress(discord.Forbidden):  # then nobody can look
            async for message in channel.history(limit=_LOOKED_BACK):
                if mine(message):
                    return message

        async def send() -> discord.Message:
            files = [] if drawn is None else [discord.File(io.BytesIO(drawn), name)]
            quiet = {"allowed_mentions": discord.AllowedMentions.none()}
            return await channel.send(files=files, nonce=f"{table.round.id}:{nonce}", **(quiet | options))

        return await in_thread(self._bot, table.jam, send)

    async def _edit(self, table: Table, known: _Known, which: str, view: ui.LayoutView) -> None:
        """Let a message say what is true, as soon as it may be edited."""
        message_id = getattr(table.round, which)
        said = view.to_components()  # type: ignore[no-untyped-call]  # discord.py's
        if not message_id or known.said.get(message_id) == said:
            return
        wait = known.edited_at.get(message_id, float("-inf")) + self._apart - self._clock()
        if wait > 0:
            known.later = min(known.later, wait)
            return
        known.edited_at[message_id] = self._clock()
        channel = self._bot.get_partial_messageable(table.jam.thread_id or NOWHERE)
        message = channel.get_partial_message(message_id)
        try:
            await in_thread(self._bot, table.jam, lambda: message.edit(view=view))
        except discord.NotFound:
            await self._rounds.gone(table.round.id, which, message_id)
            known.woken.set()
        known.said[message_id] = said

    # -------------------------------------------------------------- pictures

    async def _drawn(self, fields: Sequence[Field]) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._bot.app.core.painters, sheet.draw, fields)

    async def _pin(self, table: Table, winner: Idea) -> None:
        """Put the winner on the board, as any picture that somebody pins."""
        path = Path(winner.file or "")
        shown = Shown(path.name, lambda: asyncio.to_thread(path.read_bytes), own=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                [ready] = (await self._references.read([shown], Path(folder))).references
            except (errors.BadRequest, OSError) as error:
                log.warning("winner not on the board", round=table.round.id, why=repr(error))
                await self._rounds.pin(table, None)
            else:
                await self._rounds.pin(table, ready.path)

    async def _spoiler(self, table: Table) -> bool:
        """Whether the server's admins hide pictures until somebody wants to see them."""
        return (await self._bot.app.servers.get(table.jam.guild_id)).spoiler


def _files(message: discord.Message) -> str:
    return " ".join(file_names(message))


def _custom_ids(message: discord.Message) -> set[str]:
    """What stands in the ids of a message's buttons."""
    found: set[str] = set()

    def walk(items: Sequence[Any]) -> None:
        for item in items:
            found.add(getattr(item, "custom_id", None) or "")
            walk(getattr(item, "children", ()))

    walk(message.components)
    return found
