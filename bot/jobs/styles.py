"""Styles: those people saved for themselves, their servers', and those that come with Easel."""

import asyncio
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import structlog

from bot import errors
from bot.jobs.ids import new_id
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import Reference
from bot.seedream.shipped import SHIPPED
from bot.seedream.style import WORDS_LIMIT, Style, key_of
from bot.seedream.wishes import Defaults
from bot.store.records import SavedStyle, StyleOwner
from bot.store.store import Store

log = structlog.get_logger(__name__)

COUNT_LIMITS = {StyleOwner.PERSON: 20, StyleOwner.SERVER: 30}
"""As many as one look can take in, together with those that come with Easel."""
BYTES_LIMIT = 100_000_000
"""Of the pictures of all styles of one person, or of one server."""
_UNDER_WAY_SECONDS = 3600
"""A folder this young may belong to a style that is just about to be written."""


@dataclass(frozen=True)
class Shelved:
    """A style, whose it is, and the id it is stored under; those that come with Easel have none."""

    style: Style
    whose: StyleOwner
    id: str = ""


class Styles:
    """Saves, finds and removes styles; their pictures lie in a folder for each."""

    def __init__(
        self, store: Store, folder: Path, catalogue: Catalogue, clock: Callable[[], float] = time.time
    ) -> None:
        self._store, self._folder, self._catalogue, self._clock = store, folder, catalogue, clock

    async def shelf(self, person_id: int, server_id: int | None) -> list[Shelved]:
        """Every style somebody can use in a server: their own, then the server's, then those that come with Easel."""
        saved = [self._shelved(one) for one in await self._store.styles(person_id, server_id)]
        return [*saved, *(Shelved(one, StyleOwner.EASEL) for one in SHIPPED)]

    async def find(self, person_id: int, server_id: int | None, name: str) -> Shelved:
        """The style somebody means by a name: of several their own, then the server's.

        Raises StyleUnknown or StyleUnheardOf.
        """
        shelf = await self.shelf(person_id, server_id)
        wanted = key_of(name)
        for one in shelf:
            if key_of(one.style.name) == wanted:
                return one
        names = {key_of(one.style.name): one.style.name for one in shelf}
        near = get_close_matches(wanted, list(names), n=1)
        if near:
            raise errors.StyleUnknown(name=name, nearest=names[near[0]])
        raise errors.StyleUnheardOf(name=name)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder for the pictures of a style that is about to be saved; it goes with what is not saved."""
        folder = self._folder / new_id()
        with errors.full_disk_told():
            folder.mkdir(parents=True)
            try:
                yield folder
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def check(self, style: Style, usual: Defaults) -> None:
        """Raise the BadRequest that says why a style cannot be, before its pictures are read."""
        if style.empty:
            raise errors.StyleSaysNothing
        longest = max(len(style.before), len(style.after))
        if longest > WORDS_LIMIT:
            raise errors.StyleWordsTooLong(length=longest, limit=WORDS_LIMIT)
        if (model := style.wishes.model) is not None and model not in self._catalogue:
            raise errors.StyleModelGone(name=style.name, model=model)
        wishes = style.applied(
            replace(style.wishes, prompt="a fox"), self._catalogue, usual.model, references=False
        )
        wishes.request(self._catalogue, usual, style.references)

    async def save(self, folder: Path, style: Style, whose: StyleOwner, owner_id: int) -> None:
        """Save a style whose pictures are in a draft's folder. Raises StyleNameTaken, TooManyStyles."""
        await asyncio.to_thread(_keep_only, folder, {one.path for one in style.references})
        row = SavedStyle(
            folder.name, whose, owner_id, key_of(style.name), style.name, style.as_json(), self._clock()
        )
        await self._store.add_style(row, COUNT_LIMITS[whose], BYTES_LIMIT)
        log.info("style saved", style=row.id, whose=whose)

    async def remove(self, whose: StyleOwner, owner_id: int, name: str) -> str:
        """Take a style out, and return its name. Raises StyleNotThere, StyleShips."""
        person_id, server_id = (owner_id, None) if whose is StyleOwner.PERSON else (0, owner_id)
        for one in await self.shelf(person_id, server_id):
            if one.whose is whose and key_of(one.style.name) == key_of(name):
                await self._store.remove_style(one.id)
                await asyncio.to_thread(shutil.rmtree, self._folder / one.id, ignore_errors=True)
                return one.style.name
        if any(key_of(one.name) == key_of(name) for one in SHIPPED):
            raise errors.StyleShips(name=name)
        raise errors.StyleNotThere(name=name)

    async def sweep(self) -> None:
        """Remove folders that a crash left without a style."""
        old = await asyncio.to_thread(self._old_folders)
        needed = await self._store.saved_styles([path.name for path in old])
        for path in old:
            if path.name not in needed:
                await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    def _old_folders(self) -> Sequence[Path]:
        oldest, found = self._clock() - _UNDER_WAY_SECONDS, []
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # another process removed it
                if path.stat().st_mtime < oldest:
                    found.append(path)
        return found

    def _shelved(self, saved: SavedStyle) -> Shelved:
        references = tuple(
            Reference(
                one["name"], self._folder / saved.id / one["file"], format=one["format"], bytes=one["bytes"]
            )
            for one in saved.content["references"]
        )
        return Shelved(Style.from_json(saved.name, saved.content, references), saved.whose, saved.id)


def _keep_only(folder: Path, wanted: Collection[Path | None]) -> None:
    """Remove the files as they were handed over, which may tell of people; and the folder where no picture is in it."""
    if not wanted:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.glob("*"):
        if path not in wanted:
            path.unlink(missing_ok=True)
