"""Jams: begin, take part, vote, the board, end. What is painted in them is jobs like any other."""

import asyncio
import shutil
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot import errors
from bot.jobs.ids import new_id
from bot.jobs.jam import rules
from bot.jobs.jam.written import Chronicle
from bot.jobs.scratch import PREFIX, scratch
from bot.seedream.named import key_of, named_in
from bot.store.jam import Jam, JamState, Part, Pinned, Scene
from bot.store.source import Source
from bot.store.store import Store

log = structlog.get_logger(__name__)

_KEPT_SECONDS = 30 * 24 * 3600
"""The board's files of a jam that ended are kept for so long."""
_UNDER_WAY_SECONDS = 24 * 3600
"""Files this young may be on their way."""


@dataclass(frozen=True)
class Plan:
    """What somebody wants to begin; see `Jam`."""

    guild_id: int
    channel_id: int
    starter_id: int
    theme: str
    budget: int
    invited: bool
    blind: bool
    language: str


@dataclass(frozen=True)
class Voted:
    """What became of a vote: whether it is given now, and how many each of the job's pictures has."""

    jam: Jam
    given: bool
    counts: dict[int, int]


class Jams:
    """Every jam; the files of its board lie in a folder for each."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._store, self._folder, self._clock = store, folder, clock
        self.listener: Callable[[str], None] | None = None
        """Who shows people what a jam looks like: is told of each that changed."""

    def changed(self, jam_id: str | None) -> None:
        """Tell of something that changed in a jam; comes back at once."""
        if jam_id is not None and self.listener is not None:
            self.listener(jam_id)

    # -------------------------------------------------------------- begin, go on, end

    async def start(self, plan: Plan) -> Jam:
        """Write a jam down that begins now."""
        now = self._clock()
        jam = Jam(
            new_id(),
            JamState.OPEN,
            plan.guild_id,
            plan.channel_id,
            plan.starter_id,
            plan.theme,
            plan.budget,
            plan.invited,
            plan.blind,
            plan.language,
            now,
            now,
        )
        await self._store.add_jam(jam)
        log.info("jam begun", jam=jam.id, starter=jam.starter_id, budget=jam.budget)
        return jam

    async def get(self, jam_id: str) -> Jam:
        """The jam of that id. Raises JamUnknown."""
        jam = await self._store.jam(jam_id)
        if jam is None:
            raise errors.JamUnknown
        return jam

    async def here(self, thread_id: int | None) -> Jam:
        """The jam in whose thread somebody is. Raises NoJamHere, JamOver."""
        jam = None if thread_id is None else await self._store.jam_in(thread_id)
        if jam is None:
            raise errors.NoJamHere
        if jam.state is JamState.ENDED:
            raise errors.JamOver
        return jam

    async def joined(self, thread_id: int | None, person_id: int) -> Jam | None:
        """The jam to which belongs what somebody asks in that thread; None outside of jams, and where one is over.

        Raises JamTakenOut, JamByInvitation, JamPaused, JamOver.
        """
        jam = None if thread_id is None else await self._store.jam_in(thread_id)
        if jam is None or jam.state is JamState.ENDED:
            return None
        if jam.state is JamState.PAUSED:
            raise errors.JamPaused
        # Only looked at, so that no answer waits for a writer: whose idea becomes a job takes part by that.
        await self._store.check_part(jam.id, person_id)
        return jam

    async def leads(self, jam_id: str | None, person_id: int) -> bool:
        """Whether somebody started that jam."""
        return jam_id is not None and (await self.get(jam_id)).starter_id == person_id

    async def live(self) -> list[Jam]:
        """The jams that have not ended, or whose end was not yet told."""
        return await self._store.live_jams()

    async def scene(self, jam_id: str) -> Scene:
        """A jam and everything in it. Raises JamUnknown."""
        scene = await self._store.scene(jam_id)
        if scene is None:
            raise errors.JamUnknown
        return scene

    async def chronicle(self, jam_id: str) -> Chronicle:
        """A jam and everything that was ever in it. Raises JamUnknown."""
        scene = await self.scene(jam_id)
        seen = {one.job_id for one in scene.entries}
        jobs = [one for one in await self._store.jobs_in(jam_id) if one.job.id in seen]
        return Chronicle(
            scene=scene,
            jobs=jobs,
            sources=await self._store.sources([one.job.id for one in jobs]),
            pinned=await self._store.ever_pinned(jam_id),
            rounds=[one for one in await self._store.rounds_of(jam_id) if not one.round.state.hides],
            at=self._clock(),
        )

    async def looked_at(self, thread_id: int | None, person_id: int) -> Jam:
        """The jam in whose thread somebody is, also one that is over. Raises NoJamHere, JamTakenOut, JamByInvitation."""
        jam = None if thread_id is None else await self._store.jam_in(thread_id)
        if jam is None:
            raise errors.NoJamHere
        await self._store.check_may_look(jam.id, person_id)
        return jam

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder for files that are soon to be sent; see `scratch`. Raises DiskFull."""
        return scratch(self._folder)

    async def note(self, jam_id: str, **messages: int) -> Jam:
        """Note messages and a thread of a jam's; what was noted before stays."""
        return await self._store.note_jam(jam_id, **messages)

    async def board_gone(self, jam_id: str, board_id: int) -> Jam:
        """Note that a board's message is gone: another one may be noted then."""
        return await self._store.change_board(jam_id, board_id, None)

    async def move(self, jam: Jam, to: JamState) -> Jam:
        """Pause a jam, let it go on, or end it."""
        moved = await self._store.move_jam(jam.id, to)
        log.info("jam moved", jam=jam.id, state=moved.state)
        return moved

    async def end_in(self, thread_id: int) -> str | None:
        """End the jam in a thread that is gone; its id where there was one that had not ended."""
        jam = await self._store.jam_in(thread_id)
        if jam is None or jam.state is JamState.ENDED:
            return None
        await self.move(jam, JamState.ENDED)
        return jam.id

    def is_idle(self, jam: Jam, spoken_at: float = 0.0) -> bool:
        """Whether nothing happened in a jam for so long that it ends; `spoken_at` is its thread's last message's time."""
        quiet = self._clock() - max(jam.heard_at, spoken_at) > rules.IDLE_SECONDS
        return quiet and jam.state is not JamState.ENDED

    async def end_idle(self, jam: Jam) -> bool:
        """End a jam in which nothing has happened since; whether it has ended."""
        return await self._store.end_idle_jam(jam.id, jam.heard_at)

    async def hear(self, jam: Jam, at: float) -> None:
        """Note that something was said in a jam."""
        await self._store.hear_jam(jam.id, at)

    async def extend(self, jam: Jam, pictures: int) -> Jam:
        """Add pictures to a jam's budget."""
        return await self._store.set_budget(jam.id, jam.budget, jam.budget + pictures)

    # -------------------------------------------------------------- people

    async def let_in(self, jam: Jam, person_id: int) -> None:
        """Let somebody take part who does something. Raises JamOver, JamTakenOut, JamByInvitation."""
        await self._store.take_part(jam.id, person_id)

    async def invite(self, jam: Jam, person_id: int) -> None:
        """Let somebody take part, also who was taken out before."""
        await self._store.set_part(jam.id, person_id, Part.INVITED)

    async def take_out(self, jam: Jam, person_id: int) -> None:
        """Let somebody take part no more; what they made stays."""
        await self._store.set_part(jam.id, person_id, Part.OUT)

    async def would_vote(self, picture: tuple[str, int], person_id: int) -> bool:
        """Whether somebody who presses gives a vote, and does not take one back; a picture is its job and number."""
        return not await self._store.voted(*picture, person_id)

    async def vote(self, jam_id: str, picture: tuple[str, int], person_id: int, *, wanted: bool) -> Voted:
        """Give somebody's vote to a picture, or take it back.

        Raises JamVoteNothing, JamOver, JamTakenOut, JamByInvitation.
        """
        counts = await self._store.vote(jam_id, picture, person_id, wanted)
        return Voted(await self.get(jam_id), wanted, counts)

    # -------------------------------------------------------------- the board

    def file(self, pinned: Pinned) -> Path:
        """Where the file of a picture on the board lies."""
        return self._folder / pinned.jam_id / pinned.file

    async def pin(  # each is a part of what is known of it
        self,
        jam: Jam,
        person_id: int,
        name: str,
        path: Path,
        once: str | None = None,
        source: Source | None = None,
    ) -> Pinned:
        """Put a picture on the board: a copy of the file stays with the jam; of those with the same `once`, one.

        `source` tells which one it is where Easel painted it.

        Raises BoardNameBad, BoardNameTaken, BoardFull, JamOver, JamTakenOut, JamByInvitation.
        """
        id_, name = once or new_id(), rules.name_of(name)
        pinned = Pinned(
            id=id_,
            jam_id=jam.id,
            key=key_of(name),
            name=name,
            file=id_,
            person_id=person_id,
            at=self._clock(),
            from_id=source.job_id if source else None,
            from_picture=source.picture if source else None,
        )
        await asyncio.to_thread(_copy, path, self.file(pinned))
        try:
            await self._store.pin(pinned)
        except errors.BadRequest:
            await asyncio.to_thread(self.file(pinned).unlink, missing_ok=True)
            raise
        return pinned

    async def rename(self, jam: Jam, person_id: int, old: str, new: str) -> str:
        """Call a picture on the board something else; the name it has then. Raises NotOnBoard, BoardNameTaken."""
        name = rules.name_of(new)
        pinned = Pinned(new_id(), jam.id, key_of(name), name, "", person_id, self._clock())
        await self._store.repin(key_of(old.strip().removeprefix("@")), pinned)
        return name

    async def unpin(self, jam: Jam, person_id: int, name: str) -> str:
        """Take a picture off the board; the name it had. Raises NotOnBoard."""
        key = key_of(name.strip().removeprefix("@"))
        found = next((one for one in (await self.scene(jam.id)).pinned if one.key == key), None)
        if found is None:
            raise errors.NotOnBoard(name=name)
        await self._store.unpin(jam.id, key, person_id)
        return found.name

    async def used_in(self, jam: Jam, prompt: str, brought: Collection[str] = ()) -> list[Pinned]:
        """The board's pictures that a prompt names, in its order, but for those that are `brought` as @name.

        Raises BoardNameGone.
        """
        if "@" not in prompt:
            return []
        has = {key_of(one.removeprefix("@")) for one in brought if one.startswith("@")}
        pinned = {one.name: one for one in (await self.scene(jam.id)).pinned if one.key not in has}
        before = [one for one in await self._store.names_before(jam.id) if key_of(one) not in has]
        rules.check_gone(prompt, pinned, before)
        return [pinned[name] for name in named_in(prompt, pinned)]

    async def sweep(self) -> None:
        """Remove the files of jams that ended long ago, and what a crash left of those that were to be sent."""
        await asyncio.to_thread(self._sweep_scratch)
        for jam_id in await self._store.ended_jams(self._clock() - _KEPT_SECONDS):
            await asyncio.to_thread(shutil.rmtree, self._folder / jam_id, ignore_errors=True)

    def _sweep_scratch(self) -> None:
        oldest = self._clock() - _UNDER_WAY_SECONDS
        for path in self._folder.glob(f"{PREFIX}*"):
            with suppress(FileNotFoundError):  # another process removed it
                if path.stat().st_mtime < oldest:
                    shutil.rmtree(path, ignore_errors=True)


def _copy(path: Path, to: Path) -> None:
    with errors.full_disk_told():
        to.parent.mkdir(parents=True, exist_ok=True)
        # Another name first: whoever reads finds all of it, or nothing.
        beside = to.with_name(f"{to.name}.new")
        shutil.copyfile(path, beside)
        beside.replace(to)
