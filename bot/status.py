"""The page for machines that watch the bot: `/healthz` and `/metrics`, and nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.metrics import Metrics

log = structlog.get_logger(__name__)

T = TypeVar("T")

_WAITED_SECONDS = 2.0
"""How long an answer waits for the database: watchers give up after a few seconds themselves."""
_FRESH_SECONDS = 3.0
"""How often the database is read at most, however many watch."""

_ELSEWHERE = "Nothing is here: ask for /healthz or /metrics.\n"


@dataclass(frozen=True)
class Signs:
    """Where the signs of life come from."""

    gateway: Callable[[], bool]
    """Whether Discord can be heard."""
    queue: Callable[[], bool]
    """Whether waiting jobs are looked for."""
    jobs: Callable[[], Awaitable[Mapping[str, int]]]
    """The jobs that have not ended by state, from the database."""
    processes: Callable[[], Awaitable[Sequence[str] | None]]
    """The names of the processes that work, by the database; None where there is only this one."""


class Status:
    """Answers for as long as it is held: `async with Status(…)`. Raises OSError where it cannot listen."""

    def __init__(self, metrics: Metrics, signs: Signs, host: str, port: int) -> None:
        self._metrics, self._signs = metrics, signs
        self._host, self._port = host, port
        self._jobs = Recent(signs.jobs)
        self._processes = Recent(signs.processes)
        app = web.Application()
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/metrics", self._text)
        app.router.add_route("*", "/{rest:.*}", _elsewhere)
        # No access log: it would hold a line for every look.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_WAITED_SECONDS)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port at which it answers."""
        host, port = self._runner.addresses[0][:2]
        return host, port

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        log.info("status is served", host=self.address[0], port=self.address[1])
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._runner.cleanup()
        await self._jobs.close()
        await self._processes.close()

    async def _health(self, _request: web.Request) -> web.Response:
        signs = {
            "gateway": self._signs.gateway(),
            "database": await self._jobs.now() is not None,
            "queue": self._signs.queue(),
        }
        ok = all(signs.values())
        processes = await self._processes.now()
        # How many there should be is known to who started them.
        told = {} if processes is None else {"processes": list(processes)}
        return web.json_response({"ok": ok, **signs, **told}, status=200 if ok else 503)

    async def _text(self, _request: web.Request) -> web.Response:
        jobs, processes = await asyncio.gather(self._jobs.now(), self._processes.now())
        text = self._metrics.text(jobs, None if processes is None else len(processes))
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _elsewhere(_request: web.Request) -> web.Response:
    return web.Response(text=_ELSEWHERE, status=404)


class Recent(Generic[T]):
    """What a slow or broken source said last: asked by one at a time, seldom, and not waited for without end."""

    def __init__(
        self,
        read: Callable[[], Awaitable[T]],
        waited: float = _WAITED_SECONDS,
        fresh: float = _FRESH_SECONDS,
    ) -> None:
        self._read, self._waited, self._fresh = read, waited, fresh
        self._task: asyncio.Task[T | None] | None = None
        self._old_at = 0.0

    async def now(self) -> T | None:
        """What it says now, or said within the last seconds; None where it fails or takes too long."""
        if self._task is None or (self._task.done() and time.monotonic() >= self._old_at):
            self._task = asyncio.create_task(self._ask(), name="status")
            self._old_at = time.monotonic() + self._fresh
        # wait and not wait_for: a driver may be slow to hear that it should give up, too.
        done, _ = await asyncio.wait({self._task}, timeout=self._waited)
        return self._task.result() if done else None

    async def close(self) -> None:
        """Give up what is being asked."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _ask(self) -> T | None:
        try:
            async with asyncio.timeout(self._waited):
                return await self._read()
        except Exception as error:  # noqa: BLE001  # an outer edge: whatever is wrong there, the rest is shown
            log.warning("the database cannot be read", why=type(error).__name__)
            return None
