"""The note of a draft: whatever ends the process, it is there whole or not at all."""

import asyncio
import resource
import signal
import sys
from pathlib import Path

from bot.jobs.drafts import Draft, begun

KILLED_AT_THE_FIRST_BYTE = f"""
import asyncio, pathlib, resource, signal, sys
from bot.jobs.drafts import Draft
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, {resource.RLIM_INFINITY}))
asyncio.run(Draft(pathlib.Path(sys.argv[1]), "easel-0", {{"order": "a fox"}}).__aenter__())
"""


async def test_a_kill_in_the_middle_of_the_note_leaves_none(tmp_path: Path) -> None:
    writing = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED_AT_THE_FIRST_BYTE, tmp_path)
    assert await writing.wait() == -signal.SIGXFSZ
    assert len(list(tmp_path.iterdir())) == 1  # it had begun
    assert not list(tmp_path.glob("*/begun.json"))


async def test_what_a_stop_cut_off_is_found_by_its_process_alone(tmp_path: Path) -> None:
    async def stopped() -> None:
        async with Draft(tmp_path, "easel-0", {"order": "a fox"}):
            raise asyncio.CancelledError

    await asyncio.gather(stopped(), return_exceptions=True)
    assert [one.note for one in begun(tmp_path, "easel-0")] == [{"order": "a fox"}]
    assert list(begun(tmp_path, "easel-1")) == []
