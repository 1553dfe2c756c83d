"""Durable execution: functions that are run again after a crash, until they come to their end, on DBOS.

DBOS is one per process; this is the only module that knows it. It is asked to remember that a function
is to be run, and nothing of what happens in it: where a job stands is in the store, and every function
here must bear being run twice.
"""

import asyncio
import contextvars
import logging
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from dbos import DBOS, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

Durable = Callable[[str], Coroutine[Any, Any, None]]
"""A durable function takes the job's id and nothing else: no picture and no token is checkpointed."""

_QUEUE = "paint"
_OPEN = ("ENQUEUED", "PENDING", "DELAYED")
_VERSION = "1"
"""Pinned: jobs that an older Easel left behind are taken up by a newer one."""
_ENDS = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_THREADS = 8
"""Of the loop's own pool, which is DBOS's: it knows no bound, and each thread keeps memory for itself."""
_FORGOTTEN_AT_ONCE = 500
"""Whoever enqueues waits while so many are deleted."""


@dataclass(frozen=True)
class Shares:
    """How many jobs of one person run at once, and how often the queue is looked at.

    How many POSTs are open for everyone is not the queue's matter: it calls people in any order, so
    turns are taken behind it.
    """

    person: int
    polling_seconds: float = 0.1
    lost_seconds: float = 15.0
    """How often it is looked whether something was lost on its way from the queue."""


@dataclass(frozen=True)
class Trace:
    """What the engine knows of a job."""

    runs: int
    """How many durable functions were asked for."""
    under_way: bool
    """Whether one of them goes on or will."""
    processes: frozenset[str]
    """Who is at it; as long as it only waits, who asked for it."""

    def of(self, process: str) -> bool:
        """Whether it is that process's matter, or nobody's."""
        return not self.processes or process in self.processes


class Engine:
    """Register durable functions, launch, start or enqueue, close."""

    def __init__(self, database_url: str, process: str, shares: Shares) -> None:
        self._url = engine_url(database_url)
        self.process = process
        """The name under which this process takes its work up again."""
        self._shares = shares
        self._launched = False
        self._names: set[str] = set()
        self._running: dict[str, asyncio.Future[None]] = {}
        """What runs here, and when it ends."""
        self._idle: set[str] = set()
        self._looking: asyncio.Task[None]

    def durable(self, name: str, function: Durable) -> Durable:
        """Make a coroutine function durable under a name that stays the same for ever."""

        async def durable(job_id: str) -> None:  # DBOS marks the function, which a bound method does not bear
            run = DBOS.workflow_id or job_id
            # Where the database's answer was lost, and the run taken for lost with it, it may be begun once more: it bears
            # being run twice, and not both at the same purchase.
            while first := self._running.get(run):
                await asyncio.shield(first)
            ended = self._running[run] = asyncio.get_running_loop().create_future()
            try:
                await function(job_id)
            finally:
                del self._running[run]
                ended.set_result(None)

        self._names.add(name)
        return DBOS.workflow(name=name)(durable)

    async def launch(self) -> None:
        """Start: queues are worked, and what a crash cut off is taken up again."""
        logging.getLogger("dbos").addHandler(logging.NullHandler())  # keeps DBOS from adding its own console
        logging.getLogger("dbos").setLevel(logging.WARNING)
        await asyncio.to_thread(_prepare, self._url)
        DBOS(
            config={
                "name": "easel",
                "system_database_url": self._url,
                "executor_id": self.process,
                "application_version": _VERSION,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
                "max_executor_threads": _THREADS,
                # Nobody sends notifications here, and a stop waits until its thread has looked once more.
                "notification_listener_polling_interval_sec": self._shares.polling_seconds,
            }
        )
        # DBOS runs async functions in the loop from which it was launched: no thread here.
        DBOS.launch()
        self._launched = True
        await DBOS.register_queue_async(
            _QUEUE,
            partition_concurrency=self._shares.person,
            polling_interval_sec=self._shares.polling_seconds,
            on_conflict="always_update",
        )
        # In a context of its own: what only waits for its time is nobody's work.
        begin = asyncio.get_running_loop().create_task
        self._looking = contextvars.Context().run(begin, self._look(), name="lost functions")

    async def close(self) -> None:
        """Stop. What is left goes on at the next launch."""
        if self._launched:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        if self._launched:
            # DBOS made its own pool the loop's default and has just closed it.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="easel"))
            self._launched = False

    async def enqueue(self, function: Durable, job_id: str, person: int) -> None:
        """Put a job in the queue; doing so twice is the same as once."""
        with SetWorkflowID(job_id), SetEnqueueOptions(queue_partition_key=str(person)):
            await DBOS.enqueue_workflow_async(_QUEUE, function, job_id)

    async def start(self, function: Durable, job_id: str) -> None:
        """Start a job at once, past the queue; doing so twice, or after it was queued, is the same as once."""
        await self._start(function, job_id, job_id)

    async def follow(self, function: Durable, job_id: str, name: str) -> None:
        """Start the job's next durable function at once, outside the queue; twice is the same as once."""
        await self._start(function, job_id, f"{job_id}-{name}")

    async def _start(self, function: Durable, job_id: str, run: str) -> None:
        async def start() -> None:
            with SetWorkflowID(run):
                await DBOS.start_workflow_async(function, job_id)

        # In a context of its own: DBOS would note it as a step of the function that asks for it, and want
        # the same step again whenever it runs that function again.
        await contextvars.Context().run(asyncio.create_task, start())

    async def trace(self, job_id: str) -> Trace:
        """What is known of a job, as it all stood in the same moment."""
        found = await DBOS.list_workflows_async(
            workflow_id_prefix=job_id, load_input=False, load_output=False
        )
        open_ = [one for one in found if one.status in _OPEN]
        return Trace(len(found), bool(open_), frozenset(one.executor_id or "" for one in open_))

    async def take_over(self, process: str) -> int:
        """Let others begin with what a dead process was at; how much that was.

        What only waits in the queue is nobody's yet. Everything keeps its queue, and so its person's share.
        """
        # DBOS's own recovery, for its one condition: that the row is still the dead one's. Its public
        # `resume_workflows` begins anew what another process has just begun with, too.
        begun = await asyncio.to_thread(DBOS._recover_pending_workflows, [process])  # noqa: SLF001
        left = await DBOS.list_workflows_async(
            executor_id=process, status="PENDING", load_input=False, limit=1
        )
        if left:
            raise RuntimeError(f"{left[0].workflow_id} was not taken over")  # DBOS only logs why
        return len(begun)

    async def find_lost(self) -> list[str]:
        """Put into a queue what is this process's to run and does not run; their ids.

        A claim or a start may be written although its answer never comes, because the database went away in that instant.
        What was not running at the last look either is lost; DBOS would find it at the next start only.
        """
        claimed = await DBOS.list_workflows_async(
            executor_id=self.process, status="PENDING", load_input=False, load_output=False
        )
        idle = {one.workflow_id: one.queue_name for one in claimed if one.workflow_id not in self._running}
        lost = self._idle & set(idle)
        self._idle = set(idle) - lost
        for run in sorted(lost):
            log.warning("lost before it began", run=run)
            await DBOS.resume_workflows_async([run], queue_name=idle[run])
        return sorted(lost)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._shares.lost_seconds)
            try:
                await self.find_lost()
            except SQLAlchemyError as away:
                log.warning("could not look for what was lost", why=type(away).__name__)

    async def forget(self, before: float) -> None:
        """Let go of what ended before that moment, in seconds since 1970; what has not ended is kept, however old."""
        wanted: dict[str, Any] = {
            "name": sorted(self._names),  # of this application alone, as DBOS lists them
            "status": _ENDS,
            "completed_before": datetime.fromtimestamp(before, UTC).isoformat(),
            "limit": _FORGOTTEN_AT_ONCE,
            "load_input": False,
            "load_output": False,
        }
        while ended := await DBOS.list_workflows_async(**wanted):
            await DBOS.delete_workflows_async([one.workflow_id for one in ended])

    def looks_at_queue(self) -> bool:
        """Whether the queue is being looked at: DBOS has a thread for that, which it names after the queue."""
        return self._launched and any(
            thread.name == f"queue-worker-{_QUEUE}" for thread in threading.enumerate()
        )


def engine_url(database_url: str) -> str:
    """Where the engine keeps its state: beside Easel's SQLite file, or in the same PostgreSQL."""
    url = make_url(database_url)
    if not url.drivername.startswith("sqlite"):
        return url.render_as_string(hide_password=False)
    database = (url.database or "easel.db").removesuffix(".db") + "-engine.db"
    return f"sqlite:///{database}"


def _prepare(url: str) -> None:
    """Let the engine's SQLite file be written ahead, too; the file remembers that."""
    database = make_url(url).database
    if url.startswith("sqlite") and database:
        # `synchronous` is FULL unless somebody says otherwise: every commit is flushed.
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
