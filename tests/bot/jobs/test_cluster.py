"""Three processes share one bot, on one PostgreSQL: one dies and never comes back, and nothing is lost or bought twice."""

import asyncio
import contextlib
import itertools
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from bot.store.records import Dossier, JobState
from bot.store.store import Store
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_discord import gone, serving
from tests.bot.jobs.cluster_worker import PATIENCE, TAKEN_OVER
from tests.conftest import until
from tests.sandbox.endpoint_caller import flat
from tests.sharded_discord import SHARDS, ShardedDiscord

AT_ONCE, PER_PERSON = 4, 2
PEOPLE, EACH = 4, 3
"""In each server."""
JOBS, NAMES = "SELECT id FROM jobs", "SELECT name FROM processes ORDER BY name"
AT_WORK = (
    "SELECT count(*) FROM dbos.workflow_status WHERE status = 'PENDING' AND queue_name = 'paint'"
    " GROUP BY queue_partition_key"
)


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

    async def start(self, shard: int) -> None:
        """Start the process that has this shard."""
        settings = {
            "discord_token": "token",
            "cometapi_key": self.endpoint.key,
            "cometapi_base_url": self.endpoint.base_url,
            "easel_data_dir": str(self.folder),
            "easel_database_url": self.database,
            "easel_process": f"easel-{shard}",
            "easel_shard_ids": [shard],
            "easel_shard_count": SHARDS,
            "easel_allow_private_hosts": True,
            "easel_metrics_port": 0,
            "easel_model": "doubao-seedream-4-0-250828",
            "easel_size": "1K",
            "easel_max_concurrent": AT_ONCE,
            "easel_max_concurrent_per_user": PER_PERSON,
        }
        with (self.folder / f"log-{shard}").open("ab") as log:
            self.processes[shard] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.bot.jobs.cluster_worker", json.dumps(settings), self.wire.base,
                stdout=log, stderr=log,
            )  # fmt: skip

    async def start_all(self) -> None:
        for shard in range(SHARDS):
            await self.start(shard)
        await self.connected(*range(SHARDS))

    async def asked_and_at_work(self, shard: int) -> None:
        """Everybody asks; wait until all of it is known, and this process at some of it."""
        await self.ask(*range(SHARDS))
        taken = f"SELECT id FROM turns WHERE taken AND process = 'easel-{shard}'"
        await until(lambda: len(self.rows(JOBS)) == len(self.prompts) and self.rows(taken))

    async def connected(self, *shards: int) -> None:
        await until(lambda: self._running(*shards) and self.wire.shards.keys() >= set(shards), 60)

    def _running(self, *shards: int) -> bool:
        for shard in shards:
            assert self.processes[shard].returncode is None, self.log(shard)
        return True

    def log(self, shard: int) -> str:
        return (self.folder / f"log-{shard}").read_text()

    async def ask(self, *shards: int) -> None:
        """In these servers everybody asks for several pictures."""
        for shard, number, person in itertools.product(shards, range(EACH), range(PEOPLE)):
            prompt = f"picture {number} of {person} in {shard}, {len(self.prompts)}"
            self.prompts.append(prompt)
            await self.wire.imagine(shard * PEOPLE + person, shard, prompt)

    async def jobs(self) -> list[Dossier]:
        """Every job and what became of it."""
        return [await self.store.dossier(job_id) for job_id in self.rows(JOBS)]

    def rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())

    async def all_ended(self) -> None:
        await until(self._nothing_left, 60)

    async def _nothing_left(self) -> bool:
        self.most_of_one = max(self.most_of_one, *self.rows(AT_WORK), 0)
        self._running(*(shard for shard, one in self.processes.items() if one.returncode is None))
        known = len(self.rows(JOBS))
        return known == len(self.prompts) and not await self.store.unended()


@pytest.fixture
async def cluster(shared_database: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with (
        Store(shared_database) as store,
        SandboxEndpoint(latency=0.4, paint=flat) as endpoint,
        serving(ShardedDiscord()) as wire,
    ):
        found = Cluster(
            tmp_path,
            shared_database,
            endpoint,
            wire,
            store,
            create_engine(shared_database, poolclass=NullPool),
        )
        try:
            yield found
        finally:
            for process in found.processes.values():
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGCONT)
                    process.kill()
                await process.wait()


async def test_a_process_that_never_returns_leaves_nothing_undone(cluster: Cluster) -> None:
    await cluster.start_all()
    await cluster.asked_and_at_work(1)
    cluster.processes[1].kill()
    assert await gone(cluster.processes[1]) == -signal.SIGKILL
    await cluster.all_ended()
    await until(lambda: cluster.rows(NAMES) == ["easel-0", "easel-2"])
    assert sum("took over" in cluster.log(shard) for shard in (0, 2)) == 1
    await adds_up(cluster)
    assert cluster.endpoint.most_open == AT_ONCE
    assert cluster.most_of_one == PER_PERSON
    assert cluster.rows("SELECT id FROM turns") == []
    [first, *_, last] = [at for _, at in cluster.wire.identified]
    assert (
        last - first > (SHARDS - 1) * PATIENCE.identify_seconds / 2
    )  # none is early, and the first may be late
    for shard in (0, 2):
        cluster.processes[shard].terminate()
        assert await gone(cluster.processes[shard]) == 0


async def test_a_process_that_hangs_keeps_its_work_unless_its_session_is_gone(cluster: Cluster) -> None:
    await cluster.start_all()
    await cluster.asked_and_at_work(1)
    cluster.processes[1].send_signal(signal.SIGSTOP)
    silent = (
        "SELECT name FROM processes WHERE seen_at < extract(epoch FROM clock_timestamp())"
        f" - {2 * PATIENCE.rhythm.dead}"
    )
    await until(lambda: cluster.rows(silent) == ["easel-1"])
    assert cluster.rows("SELECT life FROM processes WHERE name = 'easel-1'") != [""]
    assert not any("taking over" in cluster.log(shard) for shard in (0, 2))
    # As when its machine is cut off: the database lets go of it.
    cluster.rows(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'easel easel-1'"
    )
    await until(lambda: cluster.rows(NAMES) == ["easel-0", "easel-2"], 30)
    cluster.processes[1].send_signal(signal.SIGCONT)
    assert await gone(cluster.processes[1]) == TAKEN_OVER
    await cluster.all_ended()
    await adds_up(cluster)


async def adds_up(cluster: Cluster) -> None:
    """Everything asked for was delivered once, or is told as unknown; nothing was bought twice."""
    jobs = await cluster.jobs()
    assert sorted(one.job.request["prompt"] for one in jobs) == sorted(cluster.prompts)
    twice = {
        prompt: times
        for prompt, times in Counter(one.prompt for one in cluster.endpoint.calls).items()
        if times > 1
    }
    assert twice == {}
    messages = Counter(name.split("-")[1] for names in cluster.wire.posted.values() for name in names)
    for one in jobs:
        if one.job.state is JobState.DONE:
            assert messages.pop(one.job.id) == 1
        else:
            assert (one.job.state, one.told) == (JobState.UNKNOWN, True)
    assert not messages
