"""Files that people hand over become references that may leave the house."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadPicture
from bot.pictures.inspect import inspect_all
from bot.pictures.prepare import FirstFrame, Prepared, prepare
from bot.seedream.request import Reference


@dataclass(frozen=True)
class ReadyReferences:
    """References in the order people gave them, and of which of them only the first frame is used."""

    references: tuple[Reference, ...]
    first_frames: tuple[str, ...] = ()


async def make_ready(
    files: Sequence[tuple[Path, str]], pool: Executor, known: Iterable[BadPicture] = ()
) -> ReadyReferences:
    """Look at files, each with the name people know it by, and prepare them beside where they lie.

    Upright, one frame, without what tells about people. Raises a BadRequest with everything that is
    wrong with them, and with what is `known` to be.
    """
    inspected = await asyncio.to_thread(inspect_all, files, known)
    loop = asyncio.get_running_loop()
    ready = await asyncio.gather(
        *(
            loop.run_in_executor(pool, prepare, path, found, name)
            for (path, name), found in zip(files, inspected, strict=True)
        )
    )
    names = [name for _, name in files]
    return ReadyReferences(
        tuple(
            Reference(name, path=one.path, format=one.format, bytes=one.bytes)
            for name, one in zip(names, ready, strict=True)
        ),
        tuple(name for name, one in zip(names, ready, strict=True) if _first_of_many(one)),
    )


def _first_of_many(prepared: Prepared) -> bool:
    return any(isinstance(note, FirstFrame) for note in prepared.notes)
