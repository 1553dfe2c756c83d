"""What was claimed from the queue and never begun: the database went away before it could answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from dbos import DBOS
from sqlalchemy import create_engine, text

from bot.app import App
from bot.store.records import JobState, Mode
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.test_handing_over import SlowDelivery, submit
from tests.conftest import Path, prepare, settings_for, until
from tests.databases import engine_url_of
from tests.patience import QUICK
from tests.sandbox.endpoint_caller import held


def claim(app: App, job_id: str) -> None:
    """Let a job that waits in the queue be claimed by the process, without its hearing of that."""
    engine = create_engine(engine_url_of(app.settings.easel_data_dir))
    with engine.begin() as connection:
        claimed = "UPDATE workflow_status SET status = 'PENDING', executor_id = :by WHERE workflow_uuid = :id"
        where = connection.dialect.name == "postgresql"
        statement = claimed.replace("workflow_status", "dbos.workflow_status", 1) if where else claimed
        connection.execute(text(statement), {"by": app.settings.easel_process, "id": job_id})
    engine.dispose()


@pytest.fixture
def delivery() -> SlowDelivery:
    delivery = SlowDelivery()
    delivery.open.set()
    return delivery


@pytest.fixture
async def app(tmp_path: Path, endpoint: SandboxEndpoint, delivery: SlowDelivery) -> AsyncIterator[App]:
    prepare(tmp_path)
    app = App(settings_for(tmp_path, endpoint), QUICK)
    await app.open()
    await app.start(delivery)
    yield app
    await app.close()


async def test_what_was_claimed_and_not_begun_goes_on(
    app: App, endpoint: SandboxEndpoint, delivery: SlowDelivery
) -> None:
    await app.gate.set(Mode.PAUSED)  # so that everything goes into the queue
    for _ in range(4):
        await submit(app)

    async def left() -> str | None:
        waiting = await DBOS.list_workflows_async(status="ENQUEUED")
        return waiting[0].workflow_id if len(waiting) == 1 else None

    await until(left)  # the queue lets three of one person's through
    fourth = await left()
    claim(app, fourth)
    assert await app._engine.find_lost() == []  # it may be on its way, and what runs is never touched
    assert await app._engine.find_lost() == [fourth]
    await app.gate.set(Mode.OPEN)

    async def ended() -> bool:
        return not await app.store.unended()

    await until(ended)
    assert (await app.jobs.job(fourth)).state is JobState.DONE
    assert len(endpoint.calls) == delivery.begun == 4
    assert await app._engine.find_lost() == []


async def test_what_is_begun_twice_is_done_once(
    app: App, endpoint: SandboxEndpoint, delivery: SlowDelivery
) -> None:
    """A start's answer may be lost: it is taken for lost and begun, and its repetition begins it, too."""
    gate = held(endpoint)
    job = await submit(app)
    await until(lambda: endpoint.open_now == 1)
    await DBOS.resume_workflows_async([job.id])

    async def begun_again() -> bool:
        [run] = await DBOS.list_workflows_async(name="paint")
        return run.status == "PENDING"

    async def ended() -> bool:
        return all(one.status == "SUCCESS" for one in await DBOS.list_workflows_async())

    await until(begun_again)
    await asyncio.sleep(0.3)  # it would look at the call that was sent, and take it for unknown
    gate.set()
    await until(ended)
    assert (await app.jobs.job(job.id)).state is JobState.DONE
    assert (len(endpoint.calls), delivery.begun, delivery.told) == (1, 1, 0)
