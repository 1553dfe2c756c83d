"""Handing over: one task for each job, whoever asks for it, and a person's place is not held for long."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from dbos import DBOS

from bot.app import App
from bot.errors import EaselError, Undelivered
from bot.jobs.jobs import Asked
from bot.jobs.parcels import Parcel
from bot.seedream.wishes import Wishes
from bot.settings import Settings
from bot.store.records import Job, JobState, Post
from tests.conftest import prepare, until
from tests.databases import sqlite_only
from tests.patience import QUICK


class SlowDelivery:
    """Delivers when it is let, and counts what it delivered."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun = 0
        self.told = 0
        self.refuses = False

    async def progress(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        return

    async def post(
        self, job: Job, parcel: Parcel, *, faults: Sequence[EaselError], maybe_there: bool
    ) -> Post:
        self.begun += 1
        await self.open.wait()
        return Post(job.id, parcel.number, 1, 1)

    def warn(self, error: EaselError) -> None:
        """There is no owner here."""

    async def tell(self, job: Job) -> Post:
        self.told += 1
        if self.refuses:
            raise Undelivered
        return Post(job.id, -1, 1, 2)


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


async def submit(app: App, person: int = 1) -> Job:
    request = Wishes(prompt="a fox").request(app.core.catalogue, app.core.defaults)
    place = {"upload_limit": 10_000_000, "token": "t"}
    async with app.jobs.draft() as draft:
        return await app.jobs.submit(draft, Asked(request, 1, person, 1, 1, place))


async def under_way(job: Job) -> set[str]:
    """The names of the job's durable functions that are not at their end."""
    found = await DBOS.list_workflows_async(workflow_id_prefix=job.id, status=["PENDING", "ENQUEUED"])
    return {one.name for one in found}


async def ended(app: App, job: Job) -> Job | None:
    now = await app.jobs.job(job.id)
    return now if now and now.state.ended and not await under_way(job) else None


async def test_what_is_posted_at_once_needs_no_second_function(app: App, delivery: SlowDelivery) -> None:
    delivery.open.set()
    job = await submit(app)
    await until(lambda: ended(app, job))
    assert [one.name for one in await DBOS.list_workflows_async(workflow_id_prefix=job.id)] == ["paint"]
    assert (await app.jobs.job(job.id)).place["token"] == ""


async def test_a_slow_delivery_leaves_its_place_and_goes_on(app: App, delivery: SlowDelivery) -> None:
    job = await submit(app)
    await until(lambda: delivery.begun)
    assert await under_way(job) == {"paint"}

    async def left() -> bool:
        return await under_way(job) == {"hand-over"}

    await until(left)
    delivery.open.set()
    await until(lambda: ended(app, job))
    assert (await app.jobs.job(job.id)).state is JobState.DONE
    assert delivery.begun == 1


async def test_a_hand_over_that_runs_is_not_begun_again(app: App, delivery: SlowDelivery) -> None:
    job = await submit(app)
    await until(lambda: delivery.begun)
    workflow = app._workflow
    again = asyncio.create_task(workflow._hand_over_job(job.id))
    await app.jobs.resume()
    delivery.open.set()
    await again
    await until(lambda: ended(app, job))
    assert delivery.begun == 1


async def test_painting_that_is_run_again_leaves_a_job_as_it_is(app: App, delivery: SlowDelivery) -> None:
    delivery.open.set()
    job = await submit(app)
    await until(lambda: ended(app, job))
    await app._workflow._paint(job.id)
    await until(lambda: ended(app, job))
    assert (await app.jobs.job(job.id)).state is JobState.DONE
    assert (delivery.begun, delivery.told) == (1, 0)


async def test_a_failure_is_told_once(app: App, delivery: SlowDelivery, endpoint) -> None:
    endpoint.key = "another"
    job = await submit(app)
    await until(lambda: ended(app, job))
    await app._workflow._hand_over_job(job.id)
    assert (await app.jobs.job(job.id)).state is JobState.FAILED
    assert delivery.told == 1


@sqlite_only
async def test_the_engines_file_is_written_ahead(app: App, settings: Settings) -> None:
    database = Path(settings.easel_data_dir) / "easel-engine.db"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
