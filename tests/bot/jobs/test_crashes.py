"""After a kill at any moment and a restart: nothing lost, nothing posted twice, nothing bought twice."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.worker import read
from tests.conftest import prepare, until
from tests.sandbox.endpoint_caller import flat

KILLED = -signal.SIGKILL


async def start(
    folder: Path, endpoint: SandboxEndpoint, jobs: int, kill_at: str = ""
) -> asyncio.subprocess.Process:
    prepare(folder)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bot.jobs.worker",
        str(folder),
        endpoint.base_url,
        endpoint.key,
        str(jobs),
        env={**os.environ, "KILL_AT": kill_at},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def finish(folder: Path, endpoint: SandboxEndpoint, jobs: int) -> None:
    ended = await start(folder, endpoint, jobs)
    assert await asyncio.wait_for(ended.wait(), 60) == 0


def bought_twice(endpoint: SandboxEndpoint) -> list[str]:
    return [prompt for prompt, times in Counter(call.prompt for call in endpoint.calls).items() if times > 1]


POINTS = (
    "submitted",
    "keep_answer",
    "progress-collecting",
    "begin_post",
    "before-post",
    "after-post",
    "keep_post",
    "progress-done",
)


async def test_what_was_asked_is_delivered_once(tmp_path: Path) -> None:
    """At each point a process of its own is killed; side by side, since most of it is waiting."""
    ends = await asyncio.gather(*(killed_at(point, tmp_path / point) for point in POINTS))
    assert dict(zip(POINTS, ends, strict=True)) == dict.fromkeys(POINTS, ("posted", ["ffd8"], []))


async def killed_at(point: str, folder: Path) -> tuple[str, list[str], list[str]]:
    """What the channel got, and what was bought twice, when a process was killed at a point and started again."""
    folder.mkdir()
    async with SandboxEndpoint(paint=flat) as endpoint:
        killed = await start(folder, endpoint, 1, kill_at=point)
        assert await asyncio.wait_for(killed.wait(), 60) == KILLED
        await finish(folder, endpoint, 1)
        [line] = read(folder)
        return line["what"], line["pictures"], bought_twice(endpoint)


async def test_a_post_that_was_under_way_is_told_and_not_bought_again(tmp_path: Path) -> None:
    async with SandboxEndpoint(latency=1.5, paint=flat) as endpoint:
        worker = await start(tmp_path, endpoint, 1)
        await until(lambda: endpoint.open_now == 1)
        worker.kill()
        assert await worker.wait() == KILLED
        await finish(tmp_path, endpoint, 1)
        [line] = read(tmp_path)
        assert line["what"] == "unknown"
        assert len(endpoint.calls) == 1


async def test_a_failure_is_told_though_the_process_was_killed(
    tmp_path: Path, endpoint: SandboxEndpoint
) -> None:
    endpoint.key, right = "another", endpoint.key
    refused = SimpleNamespace(base_url=endpoint.base_url, key=right)
    killed = await start(tmp_path, refused, 1, kill_at="before-tell")
    assert await asyncio.wait_for(killed.wait(), 60) == KILLED
    await finish(tmp_path, refused, 1)
    [line] = read(tmp_path)
    assert line["what"] == "failed"


async def test_a_call_that_was_marked_and_not_sent_is_told_and_not_bought(tmp_path: Path) -> None:
    async with SandboxEndpoint(paint=flat) as endpoint:
        killed = await start(tmp_path, endpoint, 1, kill_at="mark_sent")
        assert await asyncio.wait_for(killed.wait(), 60) == KILLED
        await finish(tmp_path, endpoint, 1)
        assert [line["what"] for line in read(tmp_path)] == ["unknown"]
        assert endpoint.calls == []


async def test_kills_at_any_moment_under_load(tmp_path: Path) -> None:
    jobs = 12
    async with SandboxEndpoint(latency=0.2, paint=flat) as endpoint:
        for delay in (0.9, 1.3, 1.6, 1.1):  # seconds after the start, when the work has begun
            worker = await start(tmp_path, endpoint, jobs)
            await asyncio.sleep(delay)
            if worker.returncode is None:
                worker.kill()
            await worker.wait()
        await finish(tmp_path, endpoint, jobs)
        lines = read(tmp_path)
        assert Counter(line["prompt"] for line in lines) == {f"job {number}": 1 for number in range(jobs)}
        assert {line["what"] for line in lines} <= {"posted", "unknown"}
        assert bought_twice(endpoint) == []
        delivered = sum(line["what"] == "posted" for line in lines)
        assert delivered == jobs - sum(line["what"] == "unknown" for line in lines)
