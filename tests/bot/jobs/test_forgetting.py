"""What the engine lets go of: functions that ended long ago, and nothing else."""

import time
from collections.abc import AsyncIterator

import pytest
from dbos import DBOS
from sqlalchemy import create_engine, text

from bot.app import App
from bot.settings import Settings
from bot.store.records import JobState
from tests.bot.jobs.test_handing_over import SlowDelivery, ended, submit, under_way
from tests.conftest import prepare, until
from tests.databases import engine_url_of
from tests.patience import QUICK


@pytest.fixture
def delivery() -> SlowDelivery:
    return SlowDelivery()


@pytest.fixture
async def app(settings: Settings, delivery: SlowDelivery) -> AsyncIterator[App]:
    prepare(settings.easel_data_dir)
    app = App(settings, QUICK)
    await app.open()
    await app.start(delivery)
    yield app
    await app.close()


async def kept() -> set[str]:
    return {one.workflow_id for one in await DBOS.list_workflows_async()}


def age(app: App, job_id: str, days: int) -> None:
    """Let a job's functions have ended so long ago."""
    engine = create_engine(engine_url_of(app.settings.easel_data_dir))
    table = "workflow_status" if engine.dialect.name == "sqlite" else "dbos.workflow_status"
    aged = text(f"UPDATE {table} SET completed_at = completed_at - :ms WHERE workflow_uuid = :id")
    with engine.begin() as connection:
        connection.execute(aged, {"ms": days * 86_400_000, "id": job_id})
    engine.dispose()


async def test_what_has_ended_is_forgotten_and_what_has_not_goes_on(app: App, delivery: SlowDelivery) -> None:
    delivery.open.set()
    done = await submit(app)
    await until(lambda: ended(app, done))
    delivery.open.clear()
    delivery.begun = 0
    running = await submit(app)
    await until(lambda: delivery.begun)

    await app._engine.forget(time.time() - 60)  # it ended later than that
    assert done.id in await kept()
    await app._engine.forget(time.time() + 60)
    assert {one for one in await kept() if one.startswith(done.id)} == set()
    assert await under_way(running)
    delivery.open.set()
    await until(lambda: ended(app, running))

    there = await app.jobs.job(done.id)  # Easel's own job stays, with what came of it
    assert (there.state, there.pictures) == (JobState.DONE, 1)
    assert (await app.jobs.job(running.id)).state is JobState.DONE


async def test_a_sweep_forgets_what_is_older_than_the_owner_wants(app: App, delivery: SlowDelivery) -> None:
    delivery.open.set()
    old, fresh = [await submit(app) for _ in range(2)]
    for job in (old, fresh):
        await until(lambda job=job: ended(app, job))
    age(app, old.id, days=31)
    age(app, fresh.id, days=29)
    await app.sweep()
    assert await kept() == {fresh.id}
