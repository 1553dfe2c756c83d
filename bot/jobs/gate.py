"""The owner's gate: open, paused or draining, the same for every process and over restarts."""

import asyncio
import contextvars
from typing import Self

import structlog

from bot import errors
from bot.jobs.turns import TurnTaking
from bot.metrics import Metrics
from bot.store.records import Mode
from bot.store.store import Store

log = structlog.get_logger(__name__)

_FRESH_SECONDS = 2.0
"""How soon a process hears of what was set in another: one small read, however many jobs there are."""


class Gate:
    """Stands before the endpoint, where it holds calls back, and at the door, where new jobs come in.

    `async with gate`: the mode is known from then on, and read again every few seconds.
    """

    def __init__(
        self, store: Store, turns: TurnTaking, metrics: Metrics, fresh: float = _FRESH_SECONDS
    ) -> None:
        self._store, self._turns, self._metrics, self._fresh = store, turns, metrics, fresh
        self._mode = Mode.OPEN
        self._changes = 0
        self._setting = asyncio.Lock()
        self._watching: asyncio.Task[None]

    @property
    def mode(self) -> Mode:
        """What was set, as it was a few seconds ago at most."""
        return self._mode

    async def __aenter__(self) -> Self:
        self._turn(await self._store.mode())
        if self._mode is not Mode.OPEN:
            log.warning("not open: /easel resume ends that", mode=self._mode.value)
        # In a context of its own: what only waits for its time is nobody's work.
        begin = asyncio.get_running_loop().create_task
        self._watching = contextvars.Context().run(begin, self._watch(), name="gate")
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    async def set(self, mode: Mode) -> None:
        """Let every process do this from now on: this one at once, others within seconds."""
        async with self._setting:
            await self._store.set_mode(mode)
            log.info("gate turned", mode=mode.value)
            self._turn(mode)

    def check_open(self) -> None:
        """Raise Draining where nothing new is taken."""
        if self._mode is Mode.DRAINING:
            raise errors.Draining

    def _turn(self, mode: Mode) -> None:
        self._mode = mode
        self._changes += 1
        self._metrics.switched(paused=mode is Mode.PAUSED, draining=mode is Mode.DRAINING)
        if mode is Mode.PAUSED:
            self._turns.pause()
        else:
            self._turns.resume()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._fresh)
            before = self._changes
            try:
                mode = await self._store.mode()
            except Exception as error:  # noqa: BLE001  # an outer edge: what cannot be read is as it was
                log.debug("gate not read", why=type(error).__name__)
                continue
            # What was set here meanwhile is newer than what was read. And a gate that stands as it should is
            # left alone: at a stop everybody is let through, to go home.
            if self._changes == before and mode is not self._mode:
                log.info("gate turned elsewhere", mode=mode.value)
                self._turn(mode)
