"""Durable execution: functions that go on where they were after a crash, on DBOS.

DBOS is one per process; this is the only module that knows it. It re-runs a step that a crash cut
off, so every step here must bear being run twice.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from dbos import DBOS, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import make_url

Durable = Callable[[str], Coroutine[Any, Any, None]]
"""A durable function takes the job's id and nothing else: no picture and no token is checkpointed."""

R = TypeVar("R")

_QUEUE = "paint"
_VERSION = "1"
"""Pinned: jobs that an older Easel left behind are taken up by a newer one."""


@dataclass(frozen=True)
class Shares:
    """How many jobs of one person run at once, and how often the queue is looked at.

    How many POSTs are open for everyone is not the queue's matter: it calls people in any order, so
    turns are taken behind it.
    """

    person: int
    polling_seconds: float = 0.1


class Engine:
    """Register durable functions, launch, enqueue, close."""

    def __init__(self, database_url: str, process: str, shares: Shares) -> None:
        self._url = _engine_url(database_url)
        self._process = process
        self._shares = shares
        self._launched = False

    def durable(self, name: str, function: Durable) -> Durable:
        """Make a coroutine function durable under a name that stays the same for ever."""

        async def durable(job_id: str) -> None:  # DBOS marks the function, which a bound method does not bear
            await function(job_id)

        return DBOS.workflow(name=name)(durable)

    async def launch(self) -> None:
        """Start: queues are worked, and what a crash cut off is taken up again."""
        logging.getLogger("dbos").addHandler(logging.NullHandler())  # keeps DBOS from adding its own console
        logging.getLogger("dbos").setLevel(logging.WARNING)
        DBOS(
            config={
                "name": "easel",
                "system_database_url": self._url,
                "executor_id": self._process,
                "application_version": _VERSION,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
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

    async def close(self) -> None:
        """Stop. What is left goes on at the next launch."""
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        if self._launched:
            # DBOS made its own pool the loop's default and has just closed it.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="easel"))
            self._launched = False

    async def enqueue(self, function: Durable, job_id: str, person: int) -> None:
        """Put a job in the queue; doing so twice is the same as once."""
        with SetWorkflowID(job_id), SetEnqueueOptions(queue_partition_key=str(person)):
            await DBOS.enqueue_workflow_async(_QUEUE, function, job_id)

    async def follow(self, function: Durable, job_id: str, name: str) -> None:
        """Start the job's next durable function at once, outside the queue; twice is the same as once."""
        with SetWorkflowID(f"{job_id}-{name}"):
            await DBOS.start_workflow_async(function, job_id)

    async def under_way(self, job_id: str) -> bool:
        """Whether the job waits in the queue, or one of its durable functions goes on or will."""
        states = ["ENQUEUED", "PENDING", "DELAYED"]
        return bool(await DBOS.list_workflows_async(workflow_id_prefix=job_id, status=states, limit=1))

    async def known(self, job_id: str) -> bool:
        """Whether the job was ever put in the queue."""
        return bool(await DBOS.list_workflows_async(workflow_ids=[job_id]))

    async def step(self, name: str, function: Callable[..., Coroutine[Any, Any, R]], *args: object) -> R:
        """Run a step of a durable function; once it has ended it is not run again."""
        return await DBOS.run_step_async({"name": name}, function, *args)

    async def sleep(self, seconds: float) -> None:
        """Wait inside a durable function; a restart does not begin the wait anew."""
        await DBOS.sleep_async(seconds)

    def looks_at_queue(self) -> bool:
        """Whether the queue is being looked at: DBOS has a thread for that, which it names after the queue."""
        return self._launched and any(
            thread.name == f"queue-worker-{_QUEUE}" for thread in threading.enumerate()
        )


def _engine_url(database_url: str) -> str:
    """Where the engine keeps its state: beside Easel's SQLite file, or in the same PostgreSQL."""
    url = make_url(database_url)
    if not url.drivername.startswith("sqlite"):
        return url.render_as_string(hide_password=False)
    database = (url.database or "easel.db").removesuffix(".db") + "-engine.db"
    return f"sqlite:///{database}"
