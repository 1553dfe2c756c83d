"""One job's life again and again, killed at its n-th commit and started once more.

python -m tests.bot.jobs.every_commit FOLDER BASE_URL KEY SIDE FIRST STEP — kills «before» or «after» the
commits FIRST, FIRST + STEP and so on, until a life is over before its kill. Each has a folder of its own.
It forks: what is imported once is there for all of them.
"""

import asyncio
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from tests.bot.jobs.worker import work
from tests.databases import clone, dropped_afterwards


def kill_at(number: int, side: str) -> None:
    """End this process like a power cut at a commit; the job's own first one is number 1."""
    commits = [0, 0]  # whether they are counted, and how many there were

    @event.listens_for(Engine, "before_cursor_execute")
    def before(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        commits[0] = commits[0] or statement.startswith("INSERT INTO jobs")

    @event.listens_for(Engine, "commit")
    def commit(_connection: Connection) -> None:
        commits[1] += commits[0]
        if commits[1] == number and side == "before":
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Pool, "checkin")
    def committed(_connection: object, _record: object) -> None:
        if commits[1] >= number and side == "after":
            os.kill(os.getpid(), signal.SIGKILL)


def live(folder: Path, base_url: str, key: str, number: int = 0, side: str = "") -> int:
    """Let a process of its own work until nothing is left to do, or its kill; how it ended."""
    child = os.fork()
    if child == 0:
        if number:
            kill_at(number, side)
        asyncio.run(work(folder, base_url, key, 1, named=folder.name))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(where: Path, base_url: str, key: str, side: str, numbers: count) -> None:
    for number in numbers:
        folder = where / f"{side}-{number}"
        folder.mkdir()
        with dropped_afterwards():
            clone(where / "prepared", folder)
            if live(folder, base_url, key, number, side) == 0:
                shutil.rmtree(folder)
                return
            if any(folder.glob("spool/*/call-*/answer.json")):
                (folder / "kept").touch()
            ended = live(folder, base_url, key)
        (folder / "ended").write_text(str(ended))


if __name__ == "__main__":
    _, folder_, base_url_, key_, side_, first, step = sys.argv
    main(Path(folder_), base_url_, key_, side_, count(int(first), int(step)))
