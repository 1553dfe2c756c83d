"""Library: what was painted, to be looked through again, with small versions of it."""

import asyncio
import shutil
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import structlog

from bot import errors
from bot.jobs.kept import Kept
from bot.jobs.parcels import Ready
from bot.pictures.fit import fit_in
from bot.pictures.inspect import DECODER_FAULTS
from bot.pictures.shelf import small, tile
from bot.store.records import Dossier, Picture
from bot.store.sought import Cut, Page, Sought
from bot.store.store import Store

log = structlog.get_logger(__name__)

PAGE = 9
"""Three rows of three, as Discord lays them out."""
_REMEMBERED = 8_000_000
"""Bytes of small versions: whoever pages to and fro waits once."""

Elsewhere = Callable[[Picture], Awaitable[bytes | None]]
"""Brings a picture whose file is not kept any more from wherever it was posted, if it is there."""


class Library:
    """Pages of finished jobs, and pictures small enough to look through."""

    def __init__(self, store: Store, kept: Kept, painters: Executor) -> None:
        self._store, self._kept, self._painters = store, kept, painters
        self._small: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()

    async def page(self, sought: Sought, cut: Cut | None = None) -> Page:
        """A page of what is sought."""
        return await self._store.library_page(sought, PAGE, cut)

    async def shown(self, sought: Sought, job_id: str) -> Dossier | None:
        """A job, if whoever seeks may see it and its pictures are there."""
        if not await self._store.in_library(sought, job_id):
            return None
        return await self._store.dossier(job_id)

    async def last_asked(self, person_id: int, guild_id: int | None) -> str | None:
        """The id of what somebody asked for last in a server, or outside of all."""
        return await self._store.last_asked(person_id, guild_id)

    async def small(self, picture: Picture, side: int, elsewhere: Elsewhere | None = None) -> bytes | None:
        """A JPEG of a picture within so many pixels, of its file or from elsewhere; None where it cannot be had."""
        key = (picture.job_id, picture.number, side)
        if key in self._small:
            self._small.move_to_end(key)
            return self._small[key]
        found = await self._made(picture, side, elsewhere)
        if found is not None:
            self._small[key] = found
            while sum(map(len, self._small.values())) > _REMEMBERED:
                self._small.popitem(last=False)
        return found

    async def tile(self, picture: bytes | None, number: int, words: str) -> bytes:
        """A square with a number in its corner: a small picture, or a card with its words where there is none."""
        return await self._paint(partial(tile, picture, number, words))

    async def ready(
        self, pictures: Sequence[Picture], folder: Path, limit: int, elsewhere: Elsewhere
    ) -> list[Ready]:
        """Pictures within a limit of bytes, to be posted again, in files of a folder; without those that are gone."""
        made = [await self._ready(one, folder, limit, elsewhere) for one in pictures]
        return [one for one in made if one is not None]

    async def _ready(self, picture: Picture, folder: Path, limit: int, elsewhere: Elsewhere) -> Ready | None:
        copy, kept = folder / f"picture-{picture.number}", await self._file(picture)
        if kept is not None:
            await asyncio.to_thread(shutil.copyfile, kept, copy)  # what is made of it must not stay beside it
        elif (content := await elsewhere(picture)) is not None:
            await asyncio.to_thread(copy.write_bytes, content)
        else:
            return None
        try:
            fitted = await fit_in(self._painters, copy, limit)
        except errors.BadPicture:
            return None
        return Ready.of(picture.number, fitted)

    async def _file(self, picture: Picture) -> Path | None:
        """The file of a picture as it came, where it is kept."""
        return await asyncio.to_thread(self._kept.picture, picture.job_id, picture.number)

    async def _made(self, picture: Picture, side: int, elsewhere: Elsewhere | None) -> bytes | None:
        source: Path | bytes | None = await self._file(picture)
        if source is None and elsewhere is not None:
            source = await elsewhere(picture)
        try:
            return None if source is None else await self._paint(partial(small, source, side))
        except DECODER_FAULTS as error:
            log.info("no small version", job=picture.job_id, picture=picture.number, why=type(error).__name__)
            return None

    async def _paint(self, work: Callable[[], bytes]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._painters, work)


def pictures_of(dossier: Dossier) -> list[Picture]:
    """The pictures of a job that people got to see, in their order."""
    return list(_posted(dossier))


def _posted(dossier: Dossier) -> Iterable[Picture]:
    posted = dossier.posted
    return (one for one in dossier.pictures if one.fault is None and one.post in posted)
