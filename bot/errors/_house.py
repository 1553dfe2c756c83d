"""Easel's own house is in trouble: its database, or its disk."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors._tree import EaselError, Remedy

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DatabaseAway(EaselError):
    """Nothing of what was asked is written, however it goes on."""

    sentence = (
        "I can't write anything down just now, so nothing was bought or changed. Try again in a minute."
    )


class CutOffAsking(EaselError):
    """The process ended when somebody was answered, and before their job was written down."""

    sentence = (
        "I was stopped just when you asked, before I had written it down, so nothing was bought. Your words are"
        " still here: try again."
    )


class CutOffReading(CutOffAsking):
    """The same, and their pictures are gone with the process."""

    sentence = (
        "I was stopped while I looked at your pictures, so nothing was bought. Your words are still here: edit the"
        " prompt and attach the pictures again."
    )
    remedies = (Remedy.EDIT,)


class DiskFull(EaselError):
    for_owner = (
        "The disk that holds EASEL_DATA_DIR is full. Make room: I take nothing new on until there is some, and keep"
        " trying to bring over what was bought."
    )
    sentence = (
        "I've run out of room, so I can't take that on just now, and nothing was bought. Whoever runs me has been"
        " told: try again later."
    )


def means_full(error: BaseException) -> bool:
    """Whether an error of the system's says that there is no room left on the disk."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Let whoever finds no room on the disk hear of it as DiskFull."""
    try:
        yield
    except OSError as error:
        if not means_full(error):
            raise
        raise DiskFull(detail=str(error)) from error
