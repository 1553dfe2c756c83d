"""Logs: every line about a job carries its id. Read from a process of its own, as machines read them."""

import asyncio
import json
import sys
from concurrent.futures import Future
from pathlib import Path

import structlog

from bot import telemetry
from sandbox.endpoint import SandboxEndpoint
from tests.bot import telling
from tests.conftest import prepare

OWN = ("bot.jobs", "bot.seedream.client", "bot.pictures", "cogs")
"""Who speaks of jobs; only one job is in that process."""


async def told(what: str, folder: Path, endpoint: SandboxEndpoint, *more: str) -> tuple[str, list[dict]]:
    """What a process printed, and its log."""
    prepare(folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "tests.bot.telling"),
        *(what, str(folder), endpoint.base_url, endpoint.key, *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    return out.decode().strip(), [json.loads(line) for line in err.splitlines()]


async def test_every_line_about_a_job_carries_its_id(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    job, lines = await told("whole", tmp_path, endpoint)
    # Every step of the way speaks: submit, send, collect, settle.
    about_it = {line["event"] for line in lines if line.get("job") == job}
    assert {"submitted", "answered", "tried again", "picture fetched", "settled"} <= about_it
    assert own_without(job, lines) == []
    assert telling.PROMPT not in str(lines)


async def test_a_step_that_breaks_tells_of_its_job(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    job, lines = await told("broken", tmp_path, endpoint)
    [line] = [line for line in lines if line["event"] == "step broke"]
    assert (line["job"], line["step"], line["level"]) == (job, "deliver", "error")
    assert "RuntimeError" in line["exception"]
    assert own_without(job, lines) == []


def own_without(job: str, lines: list[dict]) -> list[dict]:
    return [line for line in lines if line["logger"].startswith(OWN) and line.get("job") != job]


async def test_what_is_tried_again_is_not_quoted(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    _, lines = await told("again", tmp_path, endpoint)
    [line] = [line for line in lines if line["event"] == "tried again"]
    assert (line["number"], line["why"]) == (1, "OSError('away')")
    assert telling.INTERACTION not in str(lines)
    assert telling.PROMPT not in str(lines)


async def test_a_thread_speaks_of_the_job_it_works_for() -> None:
    def bound() -> object:
        return structlog.contextvars.get_contextvars().get("job")

    with telemetry.Threads(1) as threads:
        with structlog.contextvars.bound_contextvars(job="a"):
            first: Future[object] = threads.submit(bound)
        with structlog.contextvars.bound_contextvars(job="b"):
            second = asyncio.get_running_loop().run_in_executor(threads, bound)
            assert (first.result(), await second) == ("a", "b")
        assert threads.submit(bound).result() is None
