"""What the steps of a job work with, and who brings their results to people."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot import errors
from bot.errors import EaselError
from bot.jobs.engine import Engine
from bot.jobs.kept import Kept
from bot.jobs.outlook import Timings
from bot.jobs.parcels import Parcel
from bot.jobs.servers import Servers
from bot.jobs.turns import Pace, TurnTaking
from bot.metrics import Metrics
from bot.pictures.download import Downloader
from bot.seedream.braces import Variant
from bot.seedream.client import SeedreamClient
from bot.store.batch import Batch
from bot.store.records import Dossier, Fault, Job, Post
from bot.store.store import Store

LATER = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0)
"""Seconds between attempts to fetch or to post: together under the 24 hours a link lives."""


@dataclass(frozen=True)
class Outcome:
    """What became of one of a batch's prompts: its job as it ended, or the last that tried it again."""

    variant: Variant
    dossier: Dossier
    path: Path | None
    """The file of its first picture, where one came."""

    @property
    def deleted(self) -> bool:
        """Whether its pictures were deleted since."""
        return self.dossier.job.deleted_at is not None

    @property
    def came(self) -> bool:
        """Whether its pictures can be seen."""
        return bool(self.dossier.posts) and not self.deleted


class Delivery(Protocol):
    """Whoever brings progress, pictures and failures to people."""

    async def progress(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        """Show where the job stands, soon: comes back at once, and never raises for what cannot be shown.

        `posts` are the messages with its pictures, where they are known.
        """

    async def post(
        self, job: Job, parcel: Parcel, *, faults: Sequence[EaselError], maybe_there: bool
    ) -> Post:
        """Post one message of pictures; with `maybe_there`, look first whether it was posted already.

        Raises Undelivered where it may work later.
        """

    async def tell(self, job: Job) -> Post:
        """Tell the person what went wrong, by the job's fault; after a crash this may be told twice.

        Raises Undelivered where it may work later.
        """

    async def record(self, dossier: Dossier, channel_id: int) -> None:
        """Note in a server's log channel what became of a job; after a crash this may be noted twice.

        Raises Undelivered where it may work later; where it never will, that is let go.
        """

    async def show_together(self, batch: Batch, outcomes: Sequence[Outcome], *, maybe_there: bool) -> None:
        """Show what became of a batch's jobs, all of them at once; see `post` for `maybe_there`.

        Raises Undelivered where it may work later.
        """

    def warn(self, error: EaselError) -> None:
        """Tell the owner, soon, of something only they can mend: comes back at once."""


@dataclass(frozen=True)
class Tools:
    """What the steps work with."""

    store: Store
    servers: Servers
    engine: Engine
    client: SeedreamClient
    downloader: Downloader
    painters: Executor
    """Threads in which pictures are re-encoded."""
    spool: Path
    kept: Kept
    turns: TurnTaking
    timings: Timings
    metrics: Metrics
    pace: Pace | None = None
    """Requests a minute, where the key may make only so many."""
    later: Sequence[float] = LATER

    async def job(self, job_id: str) -> Job:
        """The job of that id. Raises LookupError: what steps work on is in the store."""
        job = await self.store.job(job_id)
        if job is None:
            raise LookupError(f"job {job_id} is not in the store")
        return job


def as_fault(error: EaselError) -> Fault:
    """An error as it is stored."""
    return Fault(error.kind, dict(error.facts), error.detail)


def as_error(fault: Fault) -> EaselError:
    """A stored error as it is told."""
    return errors.retell(fault.kind, fault.facts, fault.detail)
