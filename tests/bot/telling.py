"""A process whose log can be read: how lines are written is one setting for a whole process.

python -m tests.bot.telling WHAT FOLDER BASE_URL KEY [DSN] — prints the job's id; the log goes to standard error.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import stamina
import structlog
from dbos import DBOS

from bot import sentry, telemetry
from bot.app import App
from bot.errors import EaselError
from bot.jobs.parcels import Parcel
from bot.settings import Settings, fixed_settings
from bot.store.records import Job, Post
from tests.bot.jobs.worker import submit
from tests.conftest import studio_with, until
from tests.databases import kept_in
from tests.patience import QUICK

PROMPT = "a portrait of Grandmother Adelheid"
# In parts, so that nobody who looks for lost tokens finds one.
DISCORD_TOKEN = ".".join(("MTk4NjIyNDgzNDcxOTI1MjQ4", "Cl2FMQ", "ZnCjm1XVW7vRze4b7Cq4se7kKWs-abcdef"))
INTERACTION = "aW50ZXJhY3Rpb246MTE4NzQyOTU2NzgyMzQ1Njc4OTpzZWNyZXRwYXJ0"
OTHER_KEY = "sk-Zx81Lm09QpTr55vWabcd"
PERSON = "adelheid_1950"


async def whole(settings: Settings) -> None:
    """One job on its whole way through Discord; its link breaks once."""
    async with studio_with(settings, None) as studio:
        await studio.alice.slash(studio.channel, "imagine", prompt=f"{PROMPT} [[fault:link-down:1]]", seed=7)
        await studio.jobs_end()
        [post] = [one for one in studio.posted() if one.attachments]
        origin = await studio.app.jobs.origin_of(post.id)
        print(origin.job.id)


class Breaking:
    """Delivers on the second attempt; at the first it breaks, and tells everything it knows."""

    def __init__(self) -> None:
        self._broken = False

    async def progress(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        """Nothing is shown."""

    async def post(
        self, job: Job, parcel: Parcel, *, faults: Sequence[EaselError], maybe_there: bool
    ) -> Post:
        if not self._broken:
            self._broken = True
            try:
                {}[f"{PERSON}: {job.request['prompt']}"]
            except KeyError as error:
                words = f"{PROMPT} for {PERSON}, {DISCORD_TOKEN} {INTERACTION} {OTHER_KEY}"
                raise RuntimeError(words) from error
        return Post(job.id, parcel.number, 1, 1)

    def warn(self, error: EaselError) -> None:
        """There is no owner here."""

    async def tell(self, job: Job) -> Post:
        return Post(job.id, -1)


async def broken(settings: Settings) -> None:
    """One job whose delivery breaks."""
    app = App(settings, QUICK)
    await app.open()
    await app.start(Breaking())
    await submit(app, 1)
    [job_id] = await app.store.unended()
    await until(lambda: _ended(app))
    await app.close()
    print(job_id)


async def _ended(app: App) -> bool:
    working = await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"])
    return not working and not await app.store.unended()


async def words(_settings: Settings) -> None:
    """Lines of the log that hold what must not be told, in every place that a line has."""
    own, library = structlog.get_logger("bot.somewhere"), logging.getLogger("library")
    own.error("went wrong", job="job-1", step="send", prompt=PROMPT, token=INTERACTION, user=PERSON)
    own.error(f"the path webhooks/11/{INTERACTION} and {OTHER_KEY} with Bot {DISCORD_TOKEN}")
    with structlog.contextvars.bound_contextvars(job="job-2"):
        library.error("could not post %s of %s", PROMPT, PERSON)
        try:
            int(f"{PROMPT} {PERSON}")
        except ValueError as error:
            library.exception(f"broke with {error}")
    own.warning("not an error", job="job-3")
    own.info("said", prompt=PROMPT)


async def again(_settings: Settings) -> None:
    """Something that works at the second attempt, and is handed what must not be told."""
    attempts = []

    @stamina.retry(on=OSError, attempts=2, wait_initial=0.01, wait_jitter=0)
    async def write(*words: str) -> None:
        attempts.append(words)
        if len(attempts) == 1:
            raise OSError("away")

    await write(PROMPT, INTERACTION)


def main(what: str, folder: Path, base_url: str, key: str, dsn: str = "") -> None:
    """Tell of one thing."""
    settings = fixed_settings(
        cometapi_key=key,
        cometapi_base_url=base_url,
        **kept_in(folder),
        easel_allow_private_hosts=True,
        easel_model="doubao-seedream-4-0-250828",
        easel_size="1K",
    )
    telemetry.configure("DEBUG", "json")
    with sentry.reporting(dsn, "easel-0", [key]) if dsn else contextlib.nullcontext():
        asyncio.run({"whole": whole, "broken": broken, "words": words, "again": again}[what](settings))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
