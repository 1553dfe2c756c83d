"""Three processes share one bot, on one PostgreSQL: one dies and never comes back, and nothing is lost or bought twice."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.records import JobState
from tests.bot.jobs.chaos_discord import gone
from tests.bot.jobs.cluster import NAMES, Cluster, cluster_in
from tests.bot.jobs.cluster_worker import PATIENCE, TAKEN_OVER
from tests.conftest import until
from tests.databases import postgres_only
from tests.sharded_discord import SHARDS

pytestmark = [postgres_only, pytest.mark.timeout(300)]

AT_ONCE, PER_PERSON = 4, 2
PEOPLE, EACH = 4, 3
"""In each server."""


@pytest.fixture
async def cluster(shared_database: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster_in(tmp_path, shared_database) as found:
        yield found


async def at_work(cluster: Cluster) -> None:
    """All processes run, everybody has asked, and easel-1 is at some of it."""
    for shard in range(SHARDS):
        bounds = {"easel_max_concurrent": AT_ONCE, "easel_max_concurrent_per_user": PER_PERSON}
        await cluster.start(shard, [shard], **bounds)
    await cluster.connected()
    await cluster.ask(PEOPLE, EACH)
    await until(lambda: cluster.at_work(1))


async def test_a_process_that_never_returns_leaves_nothing_undone(cluster: Cluster) -> None:
    await at_work(cluster)
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
    # None is early, and the first may be late.
    assert last - first > (SHARDS - 1) * PATIENCE["quick"].identify_seconds / 2
    for shard in (0, 2):
        cluster.processes[shard].terminate()
        assert await gone(cluster.processes[shard]) == 0


async def test_a_process_that_hangs_keeps_its_work_unless_its_session_is_gone(cluster: Cluster) -> None:
    await at_work(cluster)
    cluster.processes[1].send_signal(signal.SIGSTOP)
    silent = (
        "SELECT name FROM processes WHERE seen_at < extract(epoch FROM clock_timestamp())"
        f" - {2 * PATIENCE['quick'].rhythm.dead}"
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
