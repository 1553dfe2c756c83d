"""A job's end is noted for its server's admins, whatever happens to the process in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest
from dbos import DBOS

from bot.app import App
from bot.errors import EaselError, Undelivered
from bot.jobs.jobs import Asked
from bot.jobs.parcels import Parcel
from bot.seedream.wishes import Wishes
from bot.settings import Settings
from bot.store.records import Dossier, Job, JobState, Post
from tests.conftest import prepare, until
from tests.patience import QUICK


class Recorder:
    """Posts at once, and notes what `note` lets it note."""

    def __init__(self, note: Callable[[], object] = lambda: None) -> None:
        self.note, self.begun = note, 0
        self.noted: list[tuple[JobState, int]] = []

    async def progress(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        return

    async def post(self, job: Job, parcel: Parcel, **_: object) -> Post:
        return Post(job.id, parcel.number, 1, 1)

    async def tell(self, job: Job) -> Post:
        return Post(job.id, -1, 1, 2)

    async def record(self, dossier: Dossier, channel_id: int) -> None:
        self.begun += 1
        waited = self.note()
        if asyncio.iscoroutine(waited):
            await waited
        self.noted.append((dossier.job.state, channel_id))


@pytest.fixture
async def begin(settings: Settings) -> AsyncIterator[Callable]:
    """Begins the bot's work with somebody who delivers; the one before ends without draining."""
    apps: list[App] = []

    async def begin(delivery: Recorder) -> App:
        if apps:
            await apps.pop().close()
        prepare(settings.easel_data_dir)
        apps.append(App(settings, QUICK))
        await apps[0].open()
        await apps[0].servers.change(5, lambda now: replace(now, log_channel=7))
        await apps[0].start(delivery)
        return apps[0]

    yield begin
    await apps.pop().close()


async def submit(app: App, prompt: str = "a fox", guild_id: int | None = 5) -> Job:
    request = Wishes(prompt).request(app.core.catalogue, app.core.defaults)
    place = {"upload_limit": 10_000_000, "token": "t"}
    async with app.jobs.draft() as draft:
        return await app.jobs.submit(draft, Asked(request, 1, 1, 1, 1, place, guild_id=guild_id))


async def quiet() -> bool:
    return not await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"])


async def test_a_process_that_ends_before_the_note_leaves_it_to_the_next(begin: Callable) -> None:
    stuck = Recorder(lambda: asyncio.Event().wait())
    app = await begin(stuck)
    job = await submit(app)
    await until(lambda: stuck.begun)
    assert (await app.jobs.job(job.id)).state is JobState.DONE  # the note holds up nothing
    after = Recorder()
    await begin(after)
    await until(lambda: after.noted)
    await until(quiet)
    assert after.noted == [(JobState.DONE, 7)]


@pytest.mark.parametrize(
    ("prompt", "state"),
    [
        ("a fox", JobState.DONE),
        ("a fox [[fault:400]]", JobState.FAILED),
        ("a [[fault:500]]", JobState.UNKNOWN),
    ],
)
async def test_each_end_is_noted_once(begin: Callable, prompt: str, state: JobState) -> None:
    recorder = Recorder()
    await submit(await begin(recorder), prompt)
    await until(lambda: recorder.noted)
    await until(quiet)
    assert recorder.noted == [(state, 7)]


@pytest.mark.parametrize("trouble", [Undelivered(), EaselError(), OSError()])
async def test_a_log_in_trouble_is_given_up_soon(begin: Callable, trouble: Exception) -> None:
    def broken() -> None:
        raise trouble

    recorder = Recorder(broken)
    app = await begin(recorder)
    job = await submit(app)
    await until(lambda: recorder.begun == 4)
    await until(quiet)
    assert recorder.begun == 4
    assert (await app.jobs.job(job.id)).state is JobState.DONE


async def test_what_is_asked_in_no_server_is_noted_nowhere(begin: Callable) -> None:
    recorder = Recorder()
    await submit(await begin(recorder), guild_id=None)
    await until(quiet)
    assert recorder.begun == 0
