"""The heartbeat: a file that a connected bot keeps young, and that `easel health` looks at."""

import time
from pathlib import Path

EVERY_SECONDS = 15.0
OLD_SECONDS = 60.0
"""A heartbeat of this age means that the bot is not connected, or hangs: three beats may be missed."""

_FILE = "alive"


def beat(folder: Path) -> None:
    """Leave a sign of life in the data folder."""
    (folder / _FILE).touch()


def age(folder: Path) -> float | None:
    """Seconds since the last sign of life; None if there never was one."""
    try:
        return time.time() - (folder / _FILE).stat().st_mtime
    except FileNotFoundError:
        return None
