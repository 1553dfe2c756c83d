"""Processes that speak in lines of JSON: what the driver tells them, and what they answer."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import orjson

ROOT = Path(__file__).parents[1]
_LONGEST_LINE = 1 << 24
_END_SECONDS = 30


# ------------------------------------------------------------------ the process that is told


def say(**what: Any) -> None:
    """Tell the driver something."""
    os.write(sys.stdout.fileno(), orjson.dumps(what) + b"\n")


async def told() -> AsyncIterator[dict[str, Any]]:
    """What the driver says, until it stops or is no more."""
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while line := await reader.readline():
            yield orjson.loads(line)
    finally:
        transport.close()


async def until_left_alone(work: Coroutine[Any, Any, None]) -> None:
    """Do the work until it ends or the driver is gone: nobody is left behind."""

    async def listen() -> None:
        async for _ in told():
            pass

    working, listening = asyncio.create_task(work), asyncio.create_task(listen())
    await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, listening):
        task.cancel()
    ended = await asyncio.gather(working, listening, return_exceptions=True)
    for one in ended:
        if isinstance(one, Exception):
            raise one


# ------------------------------------------------------------------ the driver's end


class Child:
    """A process that the driver started and ends: `async with Child(stack, "benchmarks.bare", …)`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process, self._log = process, log

    @classmethod
    async def start(cls, stack: AsyncExitStack, folder: Path, module: str, *arguments: str) -> Self:
        """Start a module of its own process; the stack ends it. What it logs goes into the folder."""
        log = folder / f"{module}.log"
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=file,
                cwd=ROOT, limit=_LONGEST_LINE,
            )  # fmt: skip
        child = cls(process, log)
        stack.push_async_callback(child.end)
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, **what: Any) -> None:
        """Say something to the process."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(what) + b"\n")

    async def hear(self, seconds: float = 30) -> dict[str, Any]:
        """The next thing the process says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(seconds):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process ended before its time:\n{self.last_words()}")
        return orjson.loads(line)

    def last_words(self, count: int = 30) -> str:
        """The end of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-count:])

    async def end(self) -> None:
        """Close its ear, on which it ends; what does not is killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def main(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a process of the benchmark on the loop the bot uses, too."""
    import uvloop

    uvloop.run(work())
