"""A jam in files: shared out over zips that each stay under a limit, and written without ever standing in memory."""

import shutil
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ENTRY, _END = 76, 22
"""Bytes a zip has for each file beside its content and twice its name, and once for all."""
_OLDEST = 315_532_800.0
"""1980: no zip knows an earlier time."""
_NUMBERED = "jam-{number}.zip"


@dataclass(frozen=True)
class Item:
    """A file of the archive: what it is called there, where it lies, how large it is, and when it came to be."""

    name: str
    path: Path
    bytes: int
    at: float = _OLDEST

    @property
    def weight(self) -> int:
        """Bytes of a zip that this takes."""
        return _ENTRY + 2 * len(self.name.encode()) + self.bytes


@dataclass(frozen=True)
class Part:
    """One zip: its number from 1, and what is in it."""

    number: int
    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """What the file is called."""
        return _NUMBERED.format(number=self.number)

    @property
    def bytes(self) -> int:
        """How large it will be."""
        return _END + sum(one.weight for one in self.items)


def room(limit: int, name: str) -> int:
    """The most bytes a file of that name may have, so that a zip of `limit` bytes can carry it."""
    return limit - _END - _ENTRY - 2 * len(name.encode())


def share_out(items: Sequence[Item], limit: int) -> list[Part]:
    """Share files out over as few zips of `limit` bytes as their order allows; each of them has room for any one."""
    groups: list[list[Item]] = []
    left = 0
    for one in items:
        if not groups or one.weight > left:
            groups.append([])
            left = limit - _END
        groups[-1].append(one)
        left -= one.weight
    return [Part(number, tuple(group)) for number, group in enumerate(groups, 1)]


def write(part: Part, folder: Path) -> Path:
    """Write a zip; its files stand in it as they are, since pictures get no smaller. Blocking."""
    path = folder / part.name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for one in part.items:
            entry = zipfile.ZipInfo(one.name, time.gmtime(max(one.at, _OLDEST))[:6])
            entry.file_size = one.bytes
            entry.external_attr = 0o644 << 16
            with one.path.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 256 * 1024)
    return path
