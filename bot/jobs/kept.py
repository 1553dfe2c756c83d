"""The files of jobs that ended: references and pictures, for whoever goes on from them."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.store.records import Dossier

_DAY = 24 * 3600
_LEAST_DAYS = 7
"""What went wrong can be tried again for so long, even where finished pictures are not kept at all."""


@dataclass(frozen=True)
class _Folder:
    path: Path
    at: float
    bytes: int


class Kept:
    """Keeps each job's folder for so many days, and the newest of them within so many bytes. Blocking."""

    def __init__(
        self, spool: Path, days: int, most_bytes: int, clock: Callable[[], float] = time.time
    ) -> None:
        """With 0 days the files of what was posted go at once."""
        self.spool, self._days, self._most_bytes, self._clock = spool, days, most_bytes, clock

    def picture(self, job_id: str, number: int) -> Path | None:
        """The file of a picture as it came from the endpoint; None where it is not kept any more."""
        path = self.path(job_id, number)
        return path if path.is_file() else None

    def first(self, job_id: str) -> Path | None:
        """The file of a job's first picture; None where none is kept any more."""
        numbers = (path.name.rpartition("-")[2] for path in (self.spool / job_id).glob("picture-*"))
        first = min((int(one) for one in numbers if one.isdigit()), default=None)
        return None if first is None else self.path(job_id, first)

    def clear(self, dossier: Dossier) -> None:
        """Remove those of an ended job's files that nobody can use any more; the others need stand on the disk alone."""
        folder = self.spool / dossier.job.id
        wanted = {*self._references(dossier), *self._pictures(dossier)}
        if not wanted:
            shutil.rmtree(folder, ignore_errors=True)
            return
        for path in folder.glob("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path not in wanted:
                path.unlink(missing_ok=True)
        for path in wanted:
            _let_go(path)

    def forget(self, job_id: str) -> None:
        """Remove all files of a job."""
        shutil.rmtree(self.spool / job_id, ignore_errors=True)

    def sweep(self, needed: Collection[str]) -> None:
        """Remove what is too old, and the oldest where there is too much; `needed` are the jobs under way."""
        now, room = self._clock(), self._most_bytes
        ended = [one for one in self._folders() if one.path.name not in needed]
        for folder in sorted(ended, key=lambda one: one.at, reverse=True):
            room -= folder.bytes
            age = now - folder.at
            if age > max(self._days, _LEAST_DAYS) * _DAY or (room < 0 and age > _DAY):
                shutil.rmtree(folder.path, ignore_errors=True)

    def _references(self, dossier: Dossier) -> Iterator[Path]:
        wanted = self._days or dossier.missing  # what is missing can be tried again
        if wanted and not dossier.job.discard:
            yield from (Path(one["path"]) for one in dossier.job.request["references"] if one["path"])

    def _pictures(self, dossier: Dossier) -> Iterator[Path]:
        """Each under its own name: one that came within an answer stands in that call's folder."""
        if not self._days or dossier.job.discard:
            return
        for one in dossier.pictures:
            if one.path and one.fault is None:
                path = self.path(dossier.job.id, one.number)
                if Path(one.path) != path and not path.exists():
                    Path(one.path).replace(path)
                yield path

    def path(self, job_id: str, number: int) -> Path:
        """Where the file of a picture is, or will be, as it comes from the endpoint."""
        return self.spool / job_id / f"picture-{number}"

    def _folders(self) -> Iterator[_Folder]:
        for path in self.spool.glob("*"):
            sizes = [file.stat().st_size for file in path.rglob("*") if file.is_file()]
            yield _Folder(path, path.stat().st_mtime, sum(sizes))


def _let_go(path: Path) -> None:
    """Let the system keep no copy of a file in memory: few of those that were posted are ever read again.

    The next picture then takes the same memory. Always new memory makes the writing of one five times as expensive on
    a virtual machine, and fills what others could use.
    """
    if not hasattr(os, "posix_fadvise"):  # Linux has it
        return
    with contextlib.suppress(OSError), path.open("rb") as file:  # it only saves work
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
