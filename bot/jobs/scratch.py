"""Folders for files that are only under way."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import errors

PREFIX = "scratch-"
"""What their names begin with, so that a sweep finds those that a crash left."""


@contextmanager
def scratch(within: Path) -> Iterator[Path]:
    """A folder inside another one, which goes with whatever is left in it.

    Where the disk has no room for them, raises DiskFull.
    """
    with errors.full_disk_told():
        within.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=within) as folder:
            yield Path(folder)
