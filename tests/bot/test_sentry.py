"""Errors go to Sentry: a process tells them to one on loopback, and everything that was sent is looked through."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.endpoint import SandboxEndpoint
from tests.bot import telling
from tests.bot.cli.runner import easel
from tests.bot.loopback_sentry import LoopbackSentry, loopback_sentry
from tests.bot.test_telemetry import told

ALLOWED = {
    "event_id", "timestamp", "level", "platform", "logger", "message", "tags", "exception",
    "release", "environment", "server_name", "sdk",
}  # fmt: skip


@pytest.fixture
async def project() -> AsyncIterator[LoopbackSentry]:
    async with loopback_sentry() as here:
        yield here
    assert here.refused == []
    for event in here.events:
        assert set(event) <= ALLOWED
    sent = b"".join(here.raw).decode()
    for private in (
        telling.PROMPT, "Adelheid", telling.PERSON, telling.DISCORD_TOKEN, telling.INTERACTION, telling.OTHER_KEY,
    ):  # fmt: skip
        assert private not in sent


async def test_a_step_that_breaks_arrives_with_its_job(
    tmp_path: Path, endpoint: SandboxEndpoint, project: LoopbackSentry
) -> None:
    job, _ = await told("broken", tmp_path, endpoint, project.dsn)
    [event] = project.events
    assert event["message"] == "step broke"
    assert event["tags"] == {"job": job, "step": "deliver"}
    assert (event["logger"], event["server_name"]) == ("bot.jobs.workflow", "easel-0")
    assert [one["type"] for one in event["exception"]["values"]] == ["KeyError", "RuntimeError"]
    frames = event["exception"]["values"][1]["stacktrace"]["frames"]
    assert (frames[-1]["module"], frames[-1]["function"]) == ("__main__", "post")
    assert not [frame for frame in frames if "vars" in frame]


async def test_lines_arrive_without_what_people_wrote(
    tmp_path: Path, endpoint: SandboxEndpoint, project: LoopbackSentry
) -> None:
    await told("words", tmp_path, endpoint, project.dsn)
    own, scrubbed, library, broke = project.events  # warnings are no events
    assert (own["message"], own["tags"]) == ("went wrong", {"job": "job-1", "step": "send"})
    assert scrubbed["message"] == "the path [scrubbed] and [scrubbed] with Bot [scrubbed]"
    assert (library["message"], library["tags"]) == ("library: words", {"job": "job-2"})
    assert [one["type"] for one in broke["exception"]["values"]] == ["ValueError"]
    assert broke["exception"]["values"][0]["value"] == ""


async def test_a_job_that_goes_well_tells_nothing(
    tmp_path: Path, endpoint: SandboxEndpoint, project: LoopbackSentry
) -> None:
    await told("whole", tmp_path, endpoint, project.dsn)
    assert project.raw == []


async def test_what_ends_the_bot_arrives_before_it_ends(tmp_path: Path, project: LoopbackSentry) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # it ends before Discord is asked, whatever happens
        ended = await easel(
            tmp_path,
            "run",
            DISCORD_TOKEN="token",
            COMETAPI_KEY="key",
            EASEL_DATA_DIR=str(tmp_path),
            EASEL_DATABASE_URL="sqlite+aiosqlite:///easel.db?timeout=soon",
            EASEL_METRICS_PORT=str(taken.getsockname()[1]),
            EASEL_SENTRY_DSN=project.dsn,
            EASEL_PROCESS="easel-7",
        )
    assert ended.code == 1
    [event] = project.events
    assert (event["message"], event["server_name"]) == ("ended by a fault that nobody expected", "easel-7")
    assert [one["type"] for one in event["exception"]["values"]] == ["ValueError"]


async def test_a_sentry_that_is_away_changes_nothing(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    job, lines = await told("broken", tmp_path, endpoint, "http://key@127.0.0.1:9/42")
    assert [line["state"] for line in lines if line["event"] == "settled"] == ["done"]
    assert job


async def test_without_the_extra_the_start_ends_with_one_line(tmp_path: Path) -> None:
    # What an installation without it looks like to Python.
    missing = tmp_path / "missing" / "sentry_sdk.py"
    missing.parent.mkdir()
    missing.write_text("raise ModuleNotFoundError(\"No module named 'sentry_sdk'\", name='sentry_sdk')")
    ended = await easel(
        tmp_path,
        "run",
        DISCORD_TOKEN="token",
        COMETAPI_KEY="key",
        EASEL_DATA_DIR=str(tmp_path),
        EASEL_SENTRY_DSN="https://key@127.0.0.1/42",
        PYTHONPATH=os.pathsep.join((str(missing.parent), str(Path.cwd()))),
    )
    line = "EASEL_SENTRY_DSN: this needs an extra that is not installed: pip install 'easel[sentry]'"
    assert (ended.code, ended.err.splitlines()) == (2, [line])


async def test_without_a_dsn_the_extra_is_not_looked_for() -> None:
    code = "import sys, bot.cli.run; sys.exit('sentry_sdk' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0
