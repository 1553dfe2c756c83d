"""Tray: reference pictures that a person laid aside in a channel, kept across restarts."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot import errors
from bot.jobs.ids import new_id
from bot.jobs.scratch import PREFIX, scratch
from bot.pictures import previews
from bot.pictures.inspect import SHRINKABLE, Inspected, inspect_all
from bot.seedream.words import TRAY_LIMIT
from bot.store.laid import Laid, not_among
from bot.store.store import Store

log = structlog.get_logger(__name__)

COPIES_LIMIT = 300_000_000
"""Bytes that are kept for one person, in all channels."""
_KEPT_SECONDS = 180 * 24 * 3600
"""What was laid so long ago is taken out."""
_UNDER_WAY_SECONDS = 3600
"""A file this young may belong to something that another process is just about to write."""


@dataclass(frozen=True)
class Found:
    """A picture somebody wants to lay aside. The file may be moved.

    `message_id` and `part` say which message shows it, if one does; with `keep` its bytes are kept. `author_id` is
    whose it is.
    """

    name: str
    path: Path
    message_id: int | None = None
    part: str = ""
    keep: bool = False
    author_id: int | None = None


class Tray:
    """What each person laid aside in each channel, at most TRAY_LIMIT; people count from 1."""

    def __init__(
        self, store: Store, folder: Path, pool: Executor, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._folder = folder
        self._pool = pool
        self._clock = clock

    async def items(self, owner_id: int, channel_id: int) -> list[Laid]:
        """What is in the tray, in the order it was laid."""
        return await self._store.tray(owner_id, channel_id)

    async def add(self, owner_id: int, channel_id: int, new: Sequence[Found]) -> list[Laid]:
        """Lay pictures behind those in the tray; returns those that were not in it yet.

        Raises a BadRequest with everything that is wrong, TrayFull among it, and then adds nothing.
        """
        there = await self.items(owner_id, channel_id)
        fresh = not_among(there, new)
        inspected = await asyncio.to_thread(
            inspect_all,
            [(one.path, one.name) for one in fresh],
            _overfull(len(there), len(fresh)),
            SHRINKABLE,
        )
        now = self._clock()
        laid = [
            Laid(
                id=new_id(),
                owner_id=owner_id,
                channel_id=channel_id,
                name=one.name,
                message_id=one.message_id,
                part=one.part,
                copied=one.keep,
                laid_at=now,
                bytes=seen.bytes,
                author_id=one.author_id,
            )
            for one, seen in zip(fresh, inspected, strict=True)
        ]
        try:
            await self._put_all(laid, fresh, inspected)
            return await self._store.lay(laid, TRAY_LIMIT, COPIES_LIMIT)
        finally:
            await self._tidy([one.id for one in laid])

    async def remove(self, owner_id: int, channel_id: int, numbers: Sequence[int]) -> list[Laid]:
        """Take out those of the numbers and return them; raises as `chosen`, and then takes out nothing."""
        gone = [one for _, one in await self.chosen(owner_id, channel_id, numbers)]
        await self._take_out([one.id for one in gone])
        return gone

    async def clear(self, owner_id: int, channel_id: int) -> int:
        """Take out everything; returns how many there were."""
        gone = await self.items(owner_id, channel_id)
        await self._take_out([one.id for one in gone])
        return len(gone)

    async def forget(self, channel_id: int) -> None:
        """Take out what everybody laid in a channel that is no more."""
        await self._take_out(await self._store.laid_in(channel_id))

    async def chosen(
        self, owner_id: int, channel_id: int, numbers: Sequence[int] | None = None
    ) -> list[tuple[int, Laid]]:
        """Those of the numbers, each once and in their order, or all; each with its number.

        Raises TrayEmpty, and NotInTray for a number that is not there.
        """
        items = await self.items(owner_id, channel_id)
        if not items:
            raise errors.TrayEmpty
        chosen = list(dict.fromkeys(range(1, len(items) + 1) if numbers is None else numbers))
        for number in chosen:
            if not 1 <= number <= len(items):
                raise errors.NotInTray(number=number, count=len(items))
        return [(number, items[number - 1]) for number in chosen]

    def preview(self, item: Laid) -> Path:
        """Where the small JPEG of an item is."""
        return self._folder / f"{item.id}.jpg"

    def copy(self, item: Laid) -> Path:
        """Where the bytes of an item are, if they are kept; what is to be prepared must be copied first."""
        return self._folder / item.id

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder for files that are to be laid aside; see `scratch`. Raises DiskFull."""
        return scratch(self._folder)

    async def sweep(self) -> None:
        """Take out what is very old, and remove files that a crash left without a row."""
        await self._take_out(await self._store.laid_before(self._clock() - _KEPT_SECONDS))
        old = await asyncio.to_thread(self._old_files)
        needed = await self._store.laid({path.stem for path in old})
        stray = [path for path in old if path.stem not in needed]
        await asyncio.to_thread(_remove, stray)
        if stray:
            log.info("tray swept", files=len(stray))

    # -------------------------------------------------------------- files

    async def _put_all(
        self, laid: Sequence[Laid], fresh: Sequence[Found], inspected: Sequence[Inspected]
    ) -> None:
        """Put everybody's files in place, and only then tell what is wrong with any of them."""
        loop = asyncio.get_running_loop()
        ends = await asyncio.gather(
            *(
                loop.run_in_executor(self._pool, self._put, *one)
                for one in zip(laid, fresh, inspected, strict=True)
            ),
            return_exceptions=True,
        )
        wrong = [end for end in ends if end is not None]
        bad = [end for end in wrong if isinstance(end, errors.BadRequest)]
        if len(bad) < len(wrong):
            raise next(end for end in wrong if end not in bad)
        if bad:
            raise errors.together(bad)

    def _put(self, item: Laid, found: Found, inspected: Inspected) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        previews.preview(found.path, self.preview(item), inspected, found.name)
        if item.copied:
            _move(found.path, self.copy(item))

    async def _take_out(self, ids: Collection[str]) -> None:
        await self._store.unlay(ids)
        await self._tidy(ids)

    async def _tidy(self, ids: Collection[str]) -> None:
        """Remove the files of those that are in no tray: the store alone knows what was written."""
        gone = set(ids) - await self._store.laid(ids)
        files = [self._folder / name for id_ in gone for name in (id_, f"{id_}.jpg")]
        await asyncio.to_thread(_remove, files)

    def _old_files(self) -> list[Path]:
        oldest = self._clock() - _UNDER_WAY_SECONDS
        found = []
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # another process removed it
                if path.stat().st_mtime < oldest:
                    found.append(path)
        return found


def _overfull(there: int, new: int) -> list[errors.BadRequest]:
    room = max(0, TRAY_LIMIT - there)
    return [errors.TrayFull(limit=TRAY_LIMIT, room=room, count=new)] if new > room else []


def _move(path: Path, to: Path) -> None:
    shutil.move(path, to)
    with to.open("rb+") as file:
        os.fsync(file.fileno())
    os.utime(to)  # moved, it would be as old as it was, and a sweep would take it


def _remove(files: Collection[Path]) -> None:
    for file in files:
        with suppress(OSError):  # the next sweep tries again
            if file.name.startswith(PREFIX):
                shutil.rmtree(file)
            else:
                file.unlink(missing_ok=True)
