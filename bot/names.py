"""A process's name: who holds it works on the data, and nobody else does so under it."""

import fcntl
from pathlib import Path
from typing import IO

from bot import errors

_ENDING = ".lock"


def hold(folder: Path, process: str) -> IO[str]:
    """Hold a name until the file is closed, or the process ends, however that comes.

    Two that took up the same jobs would buy the same pictures. Raises errors.AlreadyRunning.
    """
    file = (folder / f"{process}{_ENDING}").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise errors.AlreadyRunning(process=process) from error
    return file


def known(folder: Path) -> list[str]:
    """Every name that was ever held there."""
    return [file.name.removesuffix(_ENDING) for file in folder.glob(f"*{_ENDING}")]
