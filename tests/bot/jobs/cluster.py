"""Several processes that share one bot, on loopback: what they share, and what became of what people asked for."""

import asyncio
import contextlib
import itertools
import json
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, text

from bot.store.records import Dossier
from bot.store.store import Store
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_discord import serving
from tests.bot.jobs.cluster_worker import TAKEN_OVER
from tests.conftest import until
from tests.sandbox.endpoint_caller import flat
from tests.sharded_discord import SHARDS, ShardedDiscord

JOBS, NAMES = "SELECT id FROM jobs", "SELECT name FROM processes ORDER BY name"
AT_WORK = (
    "SELECT count(*) FROM dbos.workflow_status WHERE status = 'PENDING' AND queue_name = 'paint'"
    " GROUP BY queue_partition_key"
)


EXPECTED = (-signal.SIGKILL, TAKEN_OVER)


@dataclass
class Cluster:
    """What the processes share, and those that run."""

    folder: Path
    database: str
    endpoint: SandboxEndpoint
    wire: ShardedDiscord
    store: Store
    engine: Engine
    processes: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    most_of_one: int = 0
    """The most jobs of one person that were seen to run at once."""

    async def start(self, number: int, shards: Sequence[int], patience: str = "quick", **more: Any) -> None:
        """Start a process that has these shards; `more` are settings of its own."""
        settings = {
            "discord_token": "token",
            "cometapi_key": self.endpoint.key,
            "cometapi_base_url": self.endpoint.base_url,
            "easel_data_dir": str(self.folder),
            "easel_database_url": self.database,
            "easel_process": f"easel-{number}",
            "easel_shard_ids": list(shards),
            "easel_shard_count": SHARDS,
            "easel_allow_private_hosts": True,
            "easel_metrics_port": 0,
            "easel_model": "doubao-seedream-4-0-250828",
            "easel_size": "1K",
        } | more
        arguments = (json.dumps(settings), self.wire.base, patience)
        with (self.folder / f"log-{number}").open("ab") as log:
            self.processes[number] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.bot.jobs.cluster_worker", *arguments, stdout=log, stderr=log
            )

    async def connected(self) -> None:
        """Wait until every shard is."""
        await until(lambda: self._running() and len(self.wire.shards) == SHARDS, 90)

    def _running(self) -> bool:
        for number, process in self.processes.items():
            assert process.returncode in (None, *EXPECTED), self.log(number)
        return True

    async def ask(self, people: int, each: int) -> None:
        """In every server so many people ask for so many pictures each; wait until all of it is known."""
        for number, shard, person in itertools.product(range(each), range(SHARDS), range(people)):
            prompt = f"picture {number} of {person} in {shard}, {len(self.prompts)}"
            self.prompts.append(prompt)
            await self.wire.imagine(shard * people + person, shard, prompt)
        await until(lambda: self._running() and len(self.rows(JOBS)) == len(self.prompts), 60)

    def log(self, number: int) -> str:
        return (self.folder / f"log-{number}").read_text()

    def at_work(self, number: int) -> list[str]:
        """The turns a process has."""
        return self.rows(f"SELECT id FROM turns WHERE taken AND process = 'easel-{number}'")

    async def jobs(self) -> list[Dossier]:
        """Every job and what became of it."""
        return [await self.store.dossier(job_id) for job_id in self.rows(JOBS)]

    def rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())

    async def all_ended(self) -> None:
        await until(self._nothing_left, 120)

    async def _nothing_left(self) -> bool:
        self.most_of_one = max(self.most_of_one, *self.rows(AT_WORK), 0)
        return self._running() and not await self.store.unended()


@asynccontextmanager
async def cluster_in(folder: Path, database: str, latency: float = 0.4) -> AsyncIterator[Cluster]:
    """Everything but the processes; those that were started are ended with it."""
    engine = create_engine(database, poolclass=NullPool)
    async with (
        Store(database) as store,
        SandboxEndpoint(latency=latency, paint=flat) as endpoint,
        serving(ShardedDiscord()) as wire,
    ):
        cluster = Cluster(folder, database, endpoint, wire, store, engine)
        try:
            yield cluster
        finally:
            for process in cluster.processes.values():
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGCONT)
                    process.kill()
                await process.wait()
