"""How finished pictures are shared out over messages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.pictures.fit import Fitted

MESSAGE_PICTURES = 10
MESSAGE_BYTES = 25 * 1024 * 1024
"""Discord's limits for one message: attachments, and bytes of the whole request."""
OVERHEAD = 128 * 1024
"""Bytes left for the text and the frames around the files."""


@dataclass(frozen=True)
class Ready:
    """A picture ready to be posted; `shrunk` where it had to be made smaller to fit."""

    number: int
    path: Path
    width: int
    height: int
    bytes: int
    format: str
    shrunk: bool = False

    @classmethod
    def of(cls, number: int, file: Fitted) -> Self:
        """The picture of that number, in that file."""
        return cls(number, file.path, file.width, file.height, file.bytes, file.format, file.changed)


@dataclass(frozen=True)
class Parcel:
    """The pictures of one message; `number` counts the job's messages from 0."""

    number: int
    pictures: tuple[Ready, ...]


def file_limit(upload_limit: int) -> int:
    """The most bytes one file may have so that a message can carry it."""
    return min(upload_limit, MESSAGE_BYTES - OVERHEAD)


def share_out(pictures: Sequence[Ready], first: int = 0) -> list[Parcel]:
    """Share pictures out over as few messages as their order allows, numbered from `first`."""
    groups: list[list[Ready]] = []
    room = 0
    for picture in pictures:
        if not groups or len(groups[-1]) == MESSAGE_PICTURES or picture.bytes > room:
            groups.append([])
            room = MESSAGE_BYTES - OVERHEAD
        groups[-1].append(picture)
        room -= picture.bytes
    return [Parcel(number, tuple(group)) for number, group in enumerate(groups, first)]
