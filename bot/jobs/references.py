"""Files that people hand over become references that may leave the house."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from bot import errors
from bot.errors import BadPicture
from bot.pictures.inspect import REFERENCE, SHRINKABLE, Inspected, inspect
from bot.pictures.prepare import FirstFrame, MadeSmaller, Note, Prepared, prepare
from bot.seedream.request import Reference


@dataclass(frozen=True)
class Given:
    """A file that was handed over: `name` is what people know it by, `source` a link to where they see it.

    With `shrink` it may be over the limits in bytes and pixels, and is brought under both.
    """

    path: Path
    name: str
    source: str = ""
    shrink: bool = False


@dataclass(frozen=True)
class ReadyReferences:
    """References in the order people gave them, and what people should be told about which of them."""

    references: tuple[Reference, ...] = ()
    notes: tuple[tuple[str, Note], ...] = ()

    @property
    def first_frames(self) -> tuple[str, ...]:
        """The names of those of which only the first frame or page is used."""
        return tuple(name for name, note in self.notes if isinstance(note, FirstFrame))

    @property
    def made_smaller(self) -> tuple[str, ...]:
        """The names of those that had to be made smaller."""
        return tuple(name for name, note in self.notes if isinstance(note, MadeSmaller))


async def make_ready(
    files: Sequence[Given], pool: Executor, limit_bytes: int, known: Iterable[BadPicture] = ()
) -> ReadyReferences:
    """Look at files and prepare them beside where they lie: upright, one frame, nothing told about people.

    Raises a BadRequest with everything that is wrong with them, and with what is `known` to be; and
    ReferencesTooHeavy where they have more than `limit_bytes` together.
    """
    inspected = await asyncio.to_thread(_inspected, files, known)
    loop = asyncio.get_running_loop()
    ready = await asyncio.gather(
        *(
            loop.run_in_executor(pool, prepare, file.path, found, file.name)
            for file, found in zip(files, inspected, strict=True)
        )
    )
    total = sum(one.bytes for one in ready)
    if total > limit_bytes:
        raise errors.ReferencesTooHeavy(megabytes=total / 1e6, limit=limit_bytes // 1_000_000)
    return ReadyReferences(
        tuple(_reference(file, one) for file, one in zip(files, ready, strict=True)),
        tuple((file.name, note) for file, one in zip(files, ready, strict=True) for note in one.notes),
    )


def _inspected(files: Sequence[Given], known: Iterable[BadPicture]) -> list[Inspected]:
    good: list[Inspected] = []
    problems: list[errors.BadRequest] = list(known)
    for file in files:
        try:
            good.append(inspect(file.path, file.name, SHRINKABLE if file.shrink else REFERENCE))
        except BadPicture as problem:
            problems.append(problem)
    if problems:
        raise errors.together(problems)
    return good


def _reference(file: Given, ready: Prepared) -> Reference:
    return Reference(file.name, path=ready.path, format=ready.format, bytes=ready.bytes, source=file.source)
