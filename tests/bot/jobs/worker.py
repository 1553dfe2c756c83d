"""A process that works on jobs and can be killed: the whole app, delivering into a folder.

python -m tests.bot.jobs.worker FOLDER BASE_URL KEY JOBS — submits JOBS jobs at its first start,
ends when nothing is under way. KILL_AT=point ends it like a power cut the first time it gets there.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import orjson
from dbos import DBOS

from bot.app import App
from bot.errors import AskedBefore, EaselError
from bot.jobs.jobs import Asked
from bot.jobs.parcels import Parcel
from bot.seedream.wishes import Wishes
from bot.settings import fixed_settings
from bot.store.records import Job, Post
from tests.databases import kept_in
from tests.patience import QUICK


class FolderDelivery:
    """Delivers like a channel that keeps what it got, and can be looked through."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def progress(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        self.reached(f"progress-{job.state}")

    async def post(
        self, job: Job, parcel: Parcel, *, faults: Sequence[EaselError], maybe_there: bool
    ) -> Post:
        self.reached("before-post")
        if not (maybe_there and self._there(job, parcel.number)):
            self._write(
                job, parcel.number, "posted", [one.path.read_bytes()[:2].hex() for one in parcel.pictures]
            )
        self.reached("after-post")
        return Post(job.id, parcel.number, 1, 1)

    def warn(self, error: EaselError) -> None:
        """There is no owner here."""

    async def tell(self, job: Job) -> Post:
        self.reached("before-tell")
        if not self._there(job, -1):
            self._write(job, -1, str(job.state), [])
        return Post(job.id, -1)

    def _there(self, job: Job, number: int) -> bool:
        return any((line["job"], line["number"]) == (job.id, number) for line in read(self._folder))

    def _write(self, job: Job, number: int, what: str, pictures: list[str]) -> None:
        line = {
            "job": job.id,
            "prompt": job.request["prompt"],
            "number": number,
            "what": what,
            "pictures": pictures,
        }
        with (self._folder / "channel.jsonl").open("ab") as file:
            file.write(orjson.dumps(line) + b"\n")

    def reached(self, point: str) -> None:
        mark = self._folder / f"killed-at-{point}"
        if os.environ.get("KILL_AT") == point and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def read(folder: Path) -> list[dict]:
    """What the channel got."""
    file = folder / "channel.jsonl"
    return [orjson.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []


WRITTEN = ("mark_sent", "keep_answer", "begin_post", "keep_post")
"""What a job writes on its way: each is a point, when it is written and nobody heard of it yet."""


def reaching(delivery: FolderDelivery, name: str, write: Callable) -> Callable:
    async def written(*args: object) -> object:
        answer = await write(*args)
        delivery.reached(name)
        return answer

    return written


async def work(folder: Path, base_url: str, key: str, jobs: int, named: str = "job") -> None:
    settings = fixed_settings(
        cometapi_key=key,
        cometapi_base_url=base_url,
        **kept_in(folder),
        easel_allow_private_hosts=True,
        easel_model="doubao-seedream-4-0-250828",
        easel_size="1K",
    )
    app, delivery = App(settings, QUICK), FolderDelivery(folder)
    await app.open()
    for name in WRITTEN:
        setattr(app.store, name, reaching(delivery, name, getattr(app.store, name)))
    await app.start(delivery)
    asked = folder / "asked"
    while (number := len(asked.read_text()) if asked.exists() else 0) < jobs:
        with suppress(AskedBefore):  # it was submitted, and the process killed before it was noted
            await submit(app, number, named)
        with asked.open("a") as file:
            file.write(".")
        delivery.reached("submitted")
    await nothing_under_way(app)
    await app.close()


async def nothing_under_way(app: App) -> None:
    """Wait until no job goes on, and nobody is still told of one that ended."""
    while await app.store.unended() or await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"]):
        await asyncio.sleep(0.02)


async def submit(app: App, number: int, named: str = "job") -> None:
    wishes = Wishes(prompt=f"{named} {number}")
    place = {"upload_limit": 10_000_000}
    async with app.jobs.draft() as draft:
        request = wishes.request(app.core.catalogue, app.core.defaults)
        await app.jobs.submit(
            draft,
            Asked(
                request=request,
                count=1,
                requester_id=number % 3,
                channel_id=1,
                origin_id=number,
                place=place,
                once=True,
            ),
        )


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
