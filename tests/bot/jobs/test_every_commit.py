"""A kill before and after the commits of a job's life: whatever was begun goes on, once.

The suite takes every third; EASEL_CHAOS_EVERY=1 takes all, in a minute.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.worker import read
from tests.conftest import prepare
from tests.sandbox.endpoint_caller import flat

EVERY = int(os.environ.get("EASEL_CHAOS_EVERY", "3"))
SIDES = {"before": 1, "after": 2}
"""With the first commit of each: together they leave little out."""
LANES = 2
"""Processes side by side for each: most of a life is waiting."""


async def lives(folder: Path, endpoint: SandboxEndpoint, side: str, lane: int) -> int | None:
    arguments = (
        str(folder),
        endpoint.base_url,
        endpoint.key,
        side,
        str(SIDES[side] + lane * EVERY),
        str(LANES * EVERY),
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bot.jobs.every_commit",
        *arguments,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


def what_is_wrong(folder: Path, calls: int) -> str:
    """What a killed life came to, if it is not what it should be."""
    kept, ended = (folder / "kept").exists(), (folder / "ended").read_text()
    said = [line["what"] for line in read(folder)]
    # An answer that was kept on disk is never in doubt; before that, a POST that was marked may be.
    good = (said == ["posted"] and calls == 1) or (said == ["unknown"] and calls <= 1 and not kept)
    return "" if good and ended == "0" else f"{folder.name}: {said}, {calls} calls, ended with {ended}"


@pytest.mark.timeout(300)
async def test_a_kill_at_any_commit_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    (tmp_path / "prepared").mkdir()
    prepare(tmp_path / "prepared")
    async with SandboxEndpoint(paint=flat) as endpoint:
        ends = await asyncio.gather(
            *(lives(tmp_path, endpoint, side, lane) for side in SIDES for lane in range(LANES))
        )
        assert ends == [0] * len(ends)
        folders = [one for side in SIDES for one in tmp_path.glob(f"{side}-*")]
        calls = [call.prompt for call in endpoint.calls]
        wrong = [what_is_wrong(one, calls.count(f"{one.name} 0")) for one in folders]
        assert not any(wrong), "\n".join(filter(None, wrong))
        # Its way through the store alone: asked, begun, sent, answered, fetched, planned, posted, done.
        assert len(folders) > 2 * 8 // EVERY
        told = [line["what"] for one in folders for line in read(one)]
        assert told.count("posted") > told.count("unknown")
