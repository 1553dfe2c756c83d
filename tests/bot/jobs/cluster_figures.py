"""What to expect of several processes, measured: python -m tests.bot.jobs.cluster_figures

Everything runs on this machine, PostgreSQL, the loopback Discord and the sandbox endpoint among it, with the usual
intervals. Leave it alone meanwhile.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from benchmarks.process import cpu_seconds
from tests import postgres
from tests.bot.jobs.cluster import NAMES, cluster_in
from tests.conftest import until

SPREAD = ([[0, 1, 2]], [[0, 1], [2]], [[0], [1], [2]])
"""The shards of each process, where there is one, and two, and three."""
PEOPLE, EACH = 50, 2
BOUNDS = {"easel_max_concurrent": 100, "easel_max_concurrent_per_user": 3}
_numbers = itertools.count()


@asynccontextmanager
async def running(server: str, shards: list[list[int]], latency: float):
    name = f"figures_{next(_numbers)}"
    address = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    database = make_url(server).set(database=name).render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory() as folder:
        async with cluster_in(Path(folder), database, latency) as cluster:
            for number, its in enumerate(shards):
                await cluster.start(number, its, "usual", **BOUNDS)
            await cluster.connected()
            await asyncio.sleep(5)  # the queue is found a second after the start
            yield cluster


async def pace(server: str, shards: list[list[int]]) -> None:
    """Everybody asks at once: how many pictures a second, and what they cost."""
    async with running(server, shards, latency=0.5) as cluster:
        pids = [process.pid for process in cluster.processes.values()]
        before, begun = sum(map(cpu_seconds, pids)), time.monotonic()
        await cluster.ask(PEOPLE, EACH)
        await cluster.all_ended()
        took, spent = time.monotonic() - begun, sum(map(cpu_seconds, pids)) - before
        count = len(cluster.prompts)
        print(
            f"{len(shards)} | {count} pictures in {took:.1f} s: {count / took:.1f} a second, {spent / count * 1000:.0f} ms"
        )


async def takeover(server: str) -> None:
    """One of three is killed under load: when its work goes on, and when all of it has ended."""
    async with running(server, [[0], [1], [2]], latency=20.0) as cluster:
        await cluster.ask(10, 1)
        await until(lambda: cluster.at_work(1), 30)
        lost = len(cluster.at_work(1))
        cluster.processes[1].kill()
        begun = time.monotonic()
        await until(lambda: cluster.rows(NAMES) == ["easel-0", "easel-2"], 120)
        taken = time.monotonic() - begun
        await cluster.all_ended()
        ended = time.monotonic() - begun
        print(
            f"taken over after {taken:.1f} s, {lost} open requests told as unknown; all ended after {ended:.1f} s"
        )


async def measure(server: str) -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, PostgreSQL without fsync", flush=True)
    for shards in SPREAD:
        await pace(server, shards)
    for _ in range(3):
        await takeover(server)


if __name__ == "__main__":
    with postgres.server() as here:
        asyncio.run(measure(here))
