"""The heartbeat: a file that a connected bot keeps young, and that `easel health` looks at.

Each process has its own: those that share a bot share their data folder.
"""

import time
from pathlib import Path

EVERY_SECONDS = 15.0
OLD_SECONDS = 60.0
"""A heartbeat of this age means that the bot is not connected, or hangs: three beats may be missed."""

_FILE = "{process}.alive"


def beat(folder: Path, process: str) -> None:
    """Leave a sign of life in the data folder."""
    (folder / _FILE.format(process=process)).touch()


def age(folder: Path, process: str) -> float | None:
    """Seconds since the process's last sign of life; None if there never was one."""
    try:
        return time.time() - (folder / _FILE.format(process=process)).stat().st_mtime
    except FileNotFoundError:
        return None
