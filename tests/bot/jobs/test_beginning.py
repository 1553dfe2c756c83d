"""Beginning: at once for whoever need not wait, through the queue for whoever must."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbos import DBOS

from bot.app import App
from bot.store.records import Mode
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.test_handing_over import SlowDelivery, submit
from tests.conftest import prepare, settings_for, until
from tests.patience import QUICK
from tests.sandbox.endpoint_caller import held

ALICE, BOB, CAROL = 1, 2, 3


@pytest.fixture
async def delivery() -> SlowDelivery:
    delivery = SlowDelivery()
    delivery.open.set()
    return delivery


@pytest.fixture
async def app(
    tmp_path: Path, endpoint: SandboxEndpoint, bounds: dict[str, int], delivery: SlowDelivery
) -> AsyncIterator[App]:
    prepare(tmp_path)
    app = App(settings_for(tmp_path, endpoint, **bounds), QUICK)
    await app.open()
    await app.start(delivery)
    yield app
    await app.gate.set(Mode.OPEN)
    await all_end(app)
    await app.close()


async def all_end(app: App) -> None:
    async def ended() -> bool:
        return not await app.store.unended()

    await until(ended)


async def queued(job_id: str) -> bool:
    """Whether a job came to be painted, or will, by way of the queue."""
    [run] = await DBOS.list_workflows_async(workflow_id_prefix=job_id)
    return run.queue_name is not None


@pytest.mark.parametrize("bounds", [{"easel_max_concurrent": 2}])
async def test_only_those_who_must_wait_go_through_the_queue(app: App, endpoint: SandboxEndpoint) -> None:
    gate = held(endpoint)
    first = await submit(app, ALICE)
    await until(lambda: endpoint.open_now == 1)
    second = await submit(app, BOB)
    await until(lambda: endpoint.open_now == 2)
    third = await submit(app, CAROL)
    assert [await queued(one.id) for one in (first, second, third)] == [False, False, True]
    gate.set()
    await all_end(app)
    assert await queued((await submit(app, CAROL)).id) is False  # and again, once there is room
    await all_end(app)
    assert len(endpoint.calls) == 4


@pytest.mark.parametrize("bounds", [{"easel_max_concurrent": 20, "easel_max_concurrent_per_user": 3}])
async def test_nobody_has_more_open_than_their_share_whichever_way_they_came(
    app: App, endpoint: SandboxEndpoint
) -> None:
    gate = held(endpoint)
    await submit(app, ALICE)
    await until(lambda: endpoint.open_now == 1)
    for _ in range(7):
        await submit(app, ALICE)
    await until(lambda: endpoint.open_now == 3)
    await submit(app, BOB)
    await until(lambda: endpoint.open_now == 4)
    gate.set()
    await all_end(app)
    assert endpoint.most_open == 4
    assert len(endpoint.calls) == 9


@pytest.mark.parametrize("bounds", [{}])
async def test_while_the_owner_lets_nothing_out_everybody_waits_in_the_queue(
    app: App, endpoint: SandboxEndpoint
) -> None:
    await app.gate.set(Mode.PAUSED)
    assert await queued((await submit(app)).id)
    await app.gate.set(Mode.OPEN)
    await all_end(app)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize("bounds", [{"easel_max_concurrent_per_user": 1}])
async def test_nobodys_newest_job_overtakes_their_own_older_ones(
    app: App, endpoint: SandboxEndpoint, delivery: SlowDelivery
) -> None:
    await app.gate.set(Mode.PAUSED)  # so that the first goes through the queue, which then counts it
    delivery.open.clear()
    gate = held(endpoint)
    await submit(app, ALICE)
    await app.gate.set(Mode.OPEN)
    await until(lambda: endpoint.open_now == 1)
    older = await submit(app, ALICE)
    gate.set()
    await until(lambda: delivery.begun)  # its turn is given back, and its place in the queue not yet
    newest = await submit(app, ALICE)
    assert [await queued(one.id) for one in (older, newest)] == [True, True]
    delivery.open.set()
