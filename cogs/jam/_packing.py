"""What goes into a jam's archive, under which name, and over how many zips and messages."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from bot import errors
from bot.jobs.jam import archive
from bot.jobs.jam.archive import Item, Part
from bot.jobs.jam.jams import Jams
from bot.jobs.jam.written import Chronicle, Filed, Key, as_json
from bot.jobs.parcels import MESSAGE_BYTES, MESSAGE_PICTURES, OVERHEAD
from bot.pictures.fit import fit_in
from bot.store.jam import Entry
from cogs.jam._readme import SHEET, TREE, Drawn, readme

_SLUG = 40
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Packed:
    """The parts of an archive, by the messages that carry them, and how many pictures are in none."""

    messages: Sequence[Sequence[Part]]
    missing: int

    @property
    def parts(self) -> int:
        """How many zips there are."""
        return sum(len(some) for some in self.messages)


@dataclass(frozen=True)
class Baggage:
    """What was gathered: pictures, drawings, what people are called; all files lie in the folder."""

    chronicle: Chronicle
    folder: Path
    files: Mapping[Key, Path]
    sheet: bytes | None
    tree: bytes | None
    names: Mapping[int, str]


class Packing:
    """Packs so that no zip is over a limit; a picture that is alone too large is made smaller."""

    def __init__(self, jams: Jams, painters: Executor) -> None:
        self._jams, self._painters = jams, painters

    async def pack(self, baggage: Baggage, limit: int) -> Packed:
        """Share everything out; nothing is written but the first part's own files."""
        chronicle = baggage.chronicle
        pictures: dict[Key, Item] = {}
        smaller: set[Key] = set()
        for number, entry in enumerate(chronicle.scene.entries, 1):
            key = (entry.job_id, entry.number)
            if (path := baggage.files.get(key)) is None:
                continue
            fitted = await self._fitted(path, f"pictures/{number:03}{_slug(entry)}", limit)
            if fitted is not None:
                pictures[key] = replace(fitted, at=entry.at)
                smaller |= {key} if fitted.path != path else set()
        board = await self._board(chronicle, pictures, limit)
        filed = Filed(
            {key: one.name for key, one in pictures.items()},
            {id_: one.name for id_, one in board.items()},
            baggage.names,
        )
        first = await asyncio.to_thread(_own_files, baggage, filed, frozenset(smaller))
        items = list(dict.fromkeys([*first, *pictures.values(), *board.values()]))
        missing = len(chronicle.scene.entries) - len(pictures)
        return Packed(in_messages(archive.share_out(items, limit)), missing)

    async def _board(self, chronicle: Chronicle, pictures: Mapping[Key, Item], limit: int) -> dict[str, Item]:
        """Every picture that ever stood on the board, by its id; one that is in the archive already stays one."""
        found: dict[str, Item] = {}
        by_file: dict[str, Item] = {}
        for one in reversed(chronicle.pinned):  # the name it had last
            item = pictures.get((one.from_id or "", one.from_picture or 0)) or by_file.get(one.file)
            path = self._jams.file(one)
            if item is None and await asyncio.to_thread(path.is_file):
                taken = sum(other.name.startswith(f"board/{one.name}") for other in by_file.values())
                name = f"board/{one.name}-{taken + 1}" if taken else f"board/{one.name}"
                item = await self._fitted(path, name, limit)
                item = None if item is None else replace(item, at=one.at)
            if item is not None:
                found[one.id] = by_file[one.file] = item
        return found

    async def _fitted(self, path: Path, name: str, limit: int) -> Item | None:
        """A file as the archive has it; None where it is no picture that could be made to fit."""
        most = archive.room(limit, f"{name}.jpeg")
        try:
            fitted = await fit_in(self._painters, path, most)
        except errors.BadPicture:
            return None
        suffix = "jpg" if fitted.format == "jpeg" else fitted.format
        return Item(f"{name}.{suffix}", fitted.path, fitted.bytes)


def in_messages(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts by messages: as many in each as Discord takes."""
    messages: list[list[Part]] = []
    room = 0
    for one in parts:
        if not messages or one.bytes > room or len(messages[-1]) == MESSAGE_PICTURES:
            messages.append([])
            room = MESSAGE_BYTES - OVERHEAD
        messages[-1].append(one)
        room -= one.bytes
    return messages


def _own_files(baggage: Baggage, filed: Filed, smaller: frozenset[Key]) -> list[Item]:
    """What only the first part has: what is told of the jam, and its drawings. Blocking."""
    drawn = Drawn(baggage.sheet is not None, baggage.tree is not None, smaller)
    contents = {
        "README.md": readme(baggage.chronicle, filed, drawn).encode(),
        "jam.json": as_json(baggage.chronicle, filed).encode(),
        SHEET: baggage.sheet,
        TREE: baggage.tree,
    }
    items = []
    for name, content in contents.items():
        if content is not None:
            (baggage.folder / name).write_bytes(content)
            items.append(Item(name, baggage.folder / name, len(content), baggage.chronicle.at))
    return items


def _slug(entry: Entry) -> str:
    """The beginning of a prompt, in letters that every disk knows; nothing where it has none of them."""
    plain = unicodedata.normalize("NFKD", entry.prompt).encode("ascii", "ignore").decode().lower()
    words = _NOT_PLAIN.sub("-", plain)[:_SLUG].strip("-")
    return f"-{words}" if words else ""
