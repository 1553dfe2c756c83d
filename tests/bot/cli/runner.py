"""Runs the command line as people do: in a process of its own, with nothing in its environment."""

import asyncio
import contextlib
import io
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.__main__ import main

_KEPT = ("PATH", "HOME", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


async def easel(folder: Path, *arguments: str, **environment: str) -> Ended:
    """Run a command to its end."""
    process = await _start(folder, arguments, environment)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return Ended(process.returncode or 0, out.decode(), err.decode())


def typed(*arguments: str) -> Ended:
    """Run a command to its end in this process: as quick as what it does. Not from a coroutine."""
    out, err, before = io.StringIO(), io.StringIO(), (sys.argv, logging.getLogger().handlers)
    handler = signal.getsignal(signal.SIGTERM)
    sys.argv = ["easel", *arguments]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as ended:
        return Ended(int(ended.code or 0), out.getvalue(), err.getvalue())
    finally:
        sys.argv, logging.getLogger().handlers = before
        signal.signal(signal.SIGTERM, handler)
        structlog.reset_defaults()
    raise AssertionError("a command ends by leaving")


@asynccontextmanager
async def running(
    folder: Path, *arguments: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that goes on until it is told to stop."""
    process = await _start(folder, arguments, environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.communicate(), 20)


async def line_with(process: asyncio.subprocess.Process, text: str) -> str:
    """The first line a command prints that holds a text."""
    async with asyncio.timeout(30):
        while line := (await process.stdout.readline()).decode():
            if text in line:
                return line.strip()
    raise AssertionError(f"it ended without saying {text!r}")


async def _start(folder: Path, arguments: tuple, environment: dict) -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
