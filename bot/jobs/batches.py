"""Batches: several jobs of one prompt with braces, bought together or not at all."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import structlog

from bot import errors
from bot.jobs.drafts import Draft
from bot.jobs.engine import Engine
from bot.jobs.ids import new_id
from bot.jobs.jobs import Asked, Line, new_job
from bot.jobs.kept import Kept
from bot.jobs.sheets import outcomes_of
from bot.jobs.tools import Outcome
from bot.jobs.workflow import Workflow
from bot.seedream.braces import Variant
from bot.seedream.request import ImageRequest, check_count, variation_seeds
from bot.store.batch import Batch, BatchState
from bot.store.records import Descent, How, Job, JobState, Terms
from bot.store.store import Store

log = structlog.get_logger(__name__)

_APART = 0.001
"""Seconds between the jobs of a batch: they are painted in their order."""


@dataclass(frozen=True)
class Variants:
    """What a batch paints: one request in several wordings. `words` is the prompt as it was written."""

    words: str
    request: ImageRequest
    variants: tuple[Variant, ...]
    count: int = 1
    descent: Descent = Descent()  # noqa: RUF009  # frozen

    @property
    def jobs(self) -> int:
        """How many jobs that makes."""
        return len(self.variants)

    @property
    def pictures(self) -> int:
        """How many pictures that makes."""
        return len(self.variants) * self.count * self.request.pictures

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "words": self.words,
            "request": self.request.as_json(),
            "variants": [[one.prompt, list(one.choices)] for one in self.variants],
            "count": self.count,
            "descent": asdict(self.descent),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """As it was stored."""
        descent = Descent.from_json(stored["descent"])
        variants = tuple(Variant(prompt, tuple(choices)) for prompt, choices in stored["variants"])
        request = ImageRequest.from_json(stored["request"])
        return cls(stored["words"], request, variants, stored["count"], descent)


@dataclass(frozen=True)
class Asker:
    """Who asks, where, and with which roles, the highest first; `place` is the deliverer's own note."""

    id: int
    guild_id: int | None
    channel_id: int
    origin_id: int
    place: Mapping[str, Any]
    role_ids: Sequence[int] = ()
    jam_id: str | None = None
    """The jam in which it is asked."""


class Batches:
    """Propose, confirm, decline, stop."""

    def __init__(  # the same as jobs are made with
        self,
        store: Store,
        engine: Engine,
        workflow: Workflow,
        line: Line,
        kept: Kept,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._engine, self._workflow = store, engine, workflow
        self._line, self._kept, self._clock = line, kept, clock

    async def propose(self, draft: Draft, asker: Asker, variants: Variants) -> Batch:
        """Write down what somebody may confirm; its references lie in the draft's folder. Nothing is bought.

        Raises a BadRequest where there is no room for all of it at this moment, or it cannot be made.
        """
        self._line.gate.check_open()
        check_count(variants.request, variants.count)
        now = self._clock()
        jobs = self._jobs(draft.id, asker, variants, now)
        await self._store.check_room(jobs, await self._terms(asker, variants))
        where = (asker.id, asker.guild_id, asker.channel_id, asker.origin_id)
        batch = Batch(draft.id, BatchState.PROPOSED, *where, now, variants.as_json(), asker.place)
        await self._store.propose(batch)
        draft.submitted = True
        log.info("proposed", batch=batch.id, requester=asker.id, jobs=len(jobs))
        return batch

    async def get(self, batch_id: str | None) -> Batch | None:
        """The batch of that id."""
        return None if batch_id is None else await self._store.batch(batch_id)

    async def confirm(self, batch: Batch, asker: Asker) -> None:
        """Buy all of it, once, however often it is confirmed: from here a crash loses nothing.

        Raises a BadRequest where there is no room for all of it, and buys nothing; `begin` lets the jobs run.
        """
        self._line.gate.check_open()
        variants = Variants.from_json(batch.asked)
        jobs = self._jobs(batch.id, asker, variants, self._clock())
        confirmed = replace(batch, state=BatchState.RUNNING, place=asker.place)
        began = False
        try:
            jobs = await asyncio.to_thread(self._with_files, jobs)
            seeds = variation_seeds(variants.request.seed, variants.count)
            began = await self._store.confirm(confirmed, jobs, seeds, await self._terms(asker, variants))
        except (errors.DatabaseAway, errors.DiskFull):
            began = True  # perhaps it was written all the same: then its files are needed
            raise
        finally:
            if not began:
                await asyncio.to_thread(self._forget, jobs)
        if began:
            log.info("confirmed", batch=batch.id, jobs=len(jobs))
            for _ in jobs:
                self._line.metrics.submitted()
            await asyncio.to_thread(self._kept.forget, batch.id)

    async def begin(self, batch_id: str) -> None:
        """Put a confirmed batch's jobs into the queue; doing so twice is the same as once."""
        for dossier in await self._store.jobs_of(batch_id):
            job = dossier.job
            if job.state is not JobState.WAITING:
                continue
            try:
                await self._engine.enqueue(self._workflow.paint, job.id, job.requester_id)
            except Exception:  # the next start takes it up; the others go on
                log.exception("not queued", job=job.id)

    async def decline(self, batch_id: str) -> Batch:
        """Let nothing come of a proposal, and return it as it stands then: it may have been confirmed before."""
        batch = await self._store.move_batch(batch_id, BatchState.DECLINED, [BatchState.PROPOSED])
        if batch.state is BatchState.DECLINED:
            await asyncio.to_thread(self._kept.forget, batch_id)
        return batch

    async def waiting(self, batch_id: str) -> list[str]:
        """The ids of those of its jobs that can still be taken back."""
        jobs = [one.job for one in await self._store.jobs_of(batch_id)]
        return [one.id for one in jobs if one.state is JobState.WAITING]

    async def outcomes(self, batch: Batch) -> list[Outcome]:
        """What became of each of its prompts."""
        return await asyncio.to_thread(outcomes_of, batch, await self._store.jobs_of(batch.id), self._kept)

    async def note_thread(self, batch_id: str, message_id: int | None, thread_id: int | None) -> Batch:
        """Note the message that tells of a batch, and the thread for its pictures; what was noted before stays."""
        return await self._store.note_thread(batch_id, message_id, thread_id)

    async def _terms(self, asker: Asker, variants: Variants) -> Terms:
        limits = await self._line.rules.limits(asker.guild_id, asker.role_ids)
        return Terms(self._line.waiting_limit, limits=limits, sources=variants.descent.sources)

    def _jobs(self, batch_id: str, asker: Asker, variants: Variants, now: float) -> list[Job]:
        """The jobs as they would begin, in their order."""
        descent = replace(variants.descent, how=How.VARIANT, batch_id=batch_id)
        price = self._line.rules.price(variants.request.model)
        return [
            new_job(
                new_id(),
                Asked(
                    request=replace(variants.request, prompt=one.prompt),
                    count=variants.count,
                    requester_id=asker.id,
                    channel_id=asker.channel_id,
                    origin_id=asker.origin_id,
                    place={**asker.place, "panel_id": None},  # that is the question's, and the batch's alone
                    guild_id=asker.guild_id,
                    descent=descent,
                    private=bool(asker.place.get("private")),
                    jam_id=asker.jam_id,
                ),
                now + number * _APART,
                price,
            )
            for number, one in enumerate(variants.variants)
        ]

    def _with_files(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs with references of their own, so that each can go on alone. Blocking."""
        with errors.full_disk_told():
            return [replace(job, request=_own(job, self._kept.spool / job.id)) for job in jobs]

    def _forget(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._kept.forget(job.id)


def _own(job: Job, folder: Path) -> dict[str, Any]:
    request = ImageRequest.from_json(job.request)
    folder.mkdir(parents=True)
    references = []
    for one in request.references:
        if one.path is not None:
            one = replace(one, path=_linked(one.path, folder / one.path.name))  # noqa: PLW2901  # it is the same one
        references.append(one)
    return replace(request, references=tuple(references)).as_json()


def _linked(path: Path, to: Path) -> Path:
    """The same file under another name; a copy where the disk knows no such thing. Raises AskedTooLongAgo."""
    try:
        os.link(path, to)
    except FileNotFoundError as error:
        raise errors.AskedTooLongAgo from error
    except OSError as error:
        if errors.means_full(error):
            raise
        shutil.copyfile(path, to)
    return to
