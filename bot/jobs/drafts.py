"""Drafts: what becomes a job when it is submitted, and what is left of one that a crash cut off."""

import asyncio
import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from bot import errors
from bot.jobs.ids import new_id

_NOTE = "begun.json"


@dataclass(frozen=True)
class CutOff:
    """A draft that somebody was told of, and that the process did not live to submit."""

    id: str
    note: Mapping[str, Any]
    """What was noted when it was begun."""
    folder: Path

    async def forget(self) -> None:
        """Remove it, once its person knows."""
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


class Draft:
    """A job's id and folder before it is submitted; what is not submitted leaves nothing behind.

    In the folder stands a note of what was asked, since people are answered before it is a job: should the process
    end between the two, the next one of its name finds the note. Where the disk has no room, raises DiskFull.
    """

    def __init__(self, spool: Path, process: str = "", note: Mapping[str, Any] | None = None) -> None:
        self.id = new_id()
        self.folder = spool / self.id
        self.submitted = False
        self._process, self._note = process, note

    async def __aenter__(self) -> Self:
        with errors.full_disk_told():
            await asyncio.to_thread(self._begin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopped = isinstance(error, asyncio.CancelledError)  # the next start tells of it, as after a crash
        if not self.submitted and not stopped:
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
        if error is not None and errors.means_full(error):
            raise errors.DiskFull(detail=str(error)) from error

    def _begin(self) -> None:
        self.folder.mkdir(parents=True)
        if self._note is not None:
            # Not flushed: a killed process leaves it all the same. It is there whole or not at all.
            partly = self.folder / f"{_NOTE}.part"
            partly.write_bytes(orjson.dumps({"process": self._process, "note": self._note}))
            partly.replace(self.folder / _NOTE)


def begun(spool: Path, process: str) -> Iterator[CutOff]:
    """The drafts of processes of this name, those that became jobs among them. Blocking."""
    for path in spool.glob(f"*/{_NOTE}"):
        with contextlib.suppress(OSError, orjson.JSONDecodeError):
            found = orjson.loads(path.read_bytes())
            if found["process"] == process:
                yield CutOff(path.parent.name, found["note"], path.parent)
