"""Jobs: submit and look up. The only door to work."""

import asyncio
import contextvars
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot import errors
from bot.jobs.drafts import CutOff, Draft, begun
from bot.jobs.engine import Engine
from bot.jobs.gate import Gate
from bot.jobs.kept import Kept
from bot.jobs.outlook import Places, Standing, Timings
from bot.jobs.parcels import Parcel
from bot.jobs.rules import Estimate, Rules
from bot.jobs.turns import TurnTaking
from bot.jobs.workflow import Workflow
from bot.limits import Allowance
from bot.metrics import Metrics
from bot.seedream.request import ImageRequest, check_count, variation_seeds
from bot.store.records import Descent, Dossier, Job, JobState, Mode, Picture, Post, Queued, Server, Terms
from bot.store.store import Store
from bot.store.used import Usage

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """A request, who made it and where. `place` is the deliverer's own note of where results go."""

    request: ImageRequest
    count: int
    requester_id: int
    channel_id: int
    origin_id: int
    place: Mapping[str, Any]
    guild_id: int | None = None
    descent: Descent = Descent()  # noqa: RUF009  # frozen
    once: bool = False
    """Whether no other job may come from the same origin: a message may be told of twice."""
    again_of: str | None = None
    """The job this one tries again."""
    role_ids: Sequence[int] = ()
    """The person's roles in the server, the highest first."""
    private: bool = False
    """Whether only they see what comes of it, until they share it."""
    jam_id: str | None = None
    """The jam it belongs to."""


@dataclass(frozen=True)
class Line:
    """Who waits, who may, how long it takes, and what it costs."""

    turns: TurnTaking
    timings: Timings
    places: Places
    metrics: Metrics
    gate: Gate
    rules: Rules
    waiting_limit: int = 20


@dataclass(frozen=True)
class Origin:
    """A job, and those of its pictures that one of its messages carries."""

    job: Job
    pictures: tuple[Picture, ...]

    def size_of(self, index: int) -> tuple[int, int] | None:
        """Width and height of the message's picture at `index`, where they are known."""
        picture = self.pictures[index] if index < len(self.pictures) else None
        return (picture.width, picture.height) if picture and picture.width and picture.height else None


class Jobs:
    """Submit and look up jobs."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        workflow: Workflow,
        line: Line,
        kept: Kept,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._engine = engine
        self._workflow = workflow
        self._line = line
        self.kept = kept
        self._clock = clock
        self._taken_back: set[asyncio.Task[bool]] = set()
        self.cut_off: list[CutOff] = []
        """What nobody knows of yet that was cut off before it was a job."""

    async def close(self) -> None:
        """Wait for nothing that the database does not answer."""
        for task in self._taken_back:
            task.cancel()

    def draft(self, note: Mapping[str, Any] | None = None) -> Draft:
        """Begin a job: `async with jobs.draft() as draft`; the note is found at the next start, should that be cut off."""
        return Draft(self.kept.spool, self._engine.process, note)

    async def submit(self, draft: Draft, asked: Asked) -> Job:
        """Take a job on: from here a crash loses nothing.

        Raises a BadRequest where it cannot be made as asked, TooManyWaiting, LimitReached and Draining among
        them, and then buys nothing.
        """
        self._line.gate.check_open()
        check_count(asked.request, asked.count)
        rules = self._line.rules
        job = new_job(draft.id, asked, self._clock(), rules.price(asked.request.model))
        limits = await rules.limits(asked.guild_id, asked.role_ids)
        terms = Terms(self._line.waiting_limit, asked.once, asked.again_of, limits, asked.descent.sources)
        try:
            behind = await self._store.add_job(job, variation_seeds(asked.request.seed, asked.count), terms)
        except (errors.DatabaseAway, errors.DiskFull) as error:
            self._line.metrics.failed(error.kind)
            self._take_back(job.id)
            raise
        try:
            await self._begin(job, behind)
        except asyncio.CancelledError:
            draft.submitted = True  # it is written down, and goes on with the next start, if not before
            raise
        except Exception:
            # The person is told that it failed and may ask again: nobody may run this one, too.
            if await self._given_up(job.id):
                raise
        draft.submitted = True
        self._line.metrics.submitted()
        log.info(
            "submitted", job=job.id, requester=job.requester_id, model=asked.request.model, count=job.count
        )
        return job

    async def resume(self, process: str | None = None) -> None:
        """Take up what a crash left between store and queue, or what broke for good; find what it cut off before.

        Found and shown again is what this process was at, or `process`, which died.
        """
        for one in await asyncio.to_thread(
            lambda: list(begun(self.kept.spool, process or self._engine.process))
        ):
            if await self._store.job(one.id) is None and await self._store.batch(one.id) is None:
                self.cut_off.append(one)
        for job_id in await self._store.unended():
            trace = await self._engine.trace(job_id)
            # Not before: what was under way may have ended meanwhile.
            job = await self._store.job(job_id)
            if job is None or job.state.ended:
                continue
            if not trace.runs:
                await self._engine.enqueue(self._workflow.paint, job_id, job.requester_id)
            elif not trace.under_way:
                await self._engine.follow(self._workflow.hand_over, job_id, f"again-{trace.runs}")
            # Others show theirs themselves; and so does whoever goes on painting a dead one's.
            if job.state is JobState.WAITING and trace.of(process or self._engine.process):
                await self._workflow.delivery.progress(job)
        for batch_id in await self._store.open_batches():
            await self._workflow.sheets.resume(batch_id)

    async def take_over(self, process: str) -> None:
        """Let everything a dead process was at go on, in whichever process comes first."""
        begun = await self._engine.take_over(process)
        log.info("took over", process=process, functions=begun)
        await self.resume(process)
        await self._store.leave_turns(process)

    async def sweep(self) -> None:
        """Remove files of jobs that ended long ago."""
        await asyncio.to_thread(self.kept.sweep, set(await self._store.unended()))

    async def job(self, job_id: str) -> Job | None:
        """The job of that id."""
        return await self._store.job(job_id)

    async def dossier(self, job_id: str) -> Dossier | None:
        """The job of that id and everything that belongs to it."""
        return None if await self._store.job(job_id) is None else await self._store.dossier(job_id)

    async def panels_of(self, story_id: str, viewer_id: int) -> dict[int, Dossier]:
        """The newest finished job, of those somebody sees, that told each panel of a story anew, by its number from 0."""
        return {
            one.job.panel: one
            for one in await self._store.panels_of(story_id)
            if one.job.panel is not None
            and one.job.deleted_at is None
            and (one.job.requester_id == viewer_id or not one.job.private)
        }

    async def origin_of(self, message_id: int) -> Origin | None:
        """Where the pictures of a message come from; None where no job posted it."""
        found = await self._store.job_of_message(message_id)
        if found is None:
            return None
        job, number = found
        pictures = [one for one in await self._store.pictures(job.id) if one.post == number]
        return Origin(job, tuple(pictures))

    async def origin_named(self, job_id: str | None) -> Origin | None:
        """The job of that id, its first message's pictures not known; None where there is none."""
        job = await self._store.job(job_id) if job_id else None
        return None if job is None else Origin(job, ())

    async def cancel(self, job_id: str) -> bool:
        """Take a job back while nothing is bought; False where it is too late for that."""
        before = await self._store.job(job_id)
        if not await self._store.cancel(job_id):
            return False
        self._line.turns.leave(job_id)
        if before is not None and not before.state.ended:  # pressed twice, it is one job that ended
            self._line.metrics.ended(JobState.CANCELLED)
            log.info("cancelled", job=job_id)
        return True

    async def discard(self, job_id: str) -> bool:
        """Let nothing of a job be posted, and buy no more of it; False where something was posted already."""
        if not await self._store.discard(job_id):
            return False
        self._line.turns.leave(job_id)
        log.info("discarded", job=job_id)
        return True

    async def standing(self) -> Standing:
        """Who waits for pictures now."""
        return self.standing_of(await self._store.queue())

    def nobody(self) -> Standing:
        """The standing of an empty queue, where the real one cannot be read."""
        return self.standing_of(())

    def standing_of(self, queue: Sequence[Queued]) -> Standing:
        """The standing of a queue that was read, oldest first."""
        return Standing(self._line.places, queue, paused=self._line.gate.mode is Mode.PAUSED)

    def check_open(self) -> None:
        """Raise Draining where nothing new is taken: what `submit` would say, before anybody has work with it."""
        self._line.gate.check_open()

    def expected(self, request: ImageRequest) -> float | None:
        """Seconds one picture like that takes, by what was measured; None where nothing was."""
        return self._line.timings.expected(request.model, request.size)

    def cost(self, request: ImageRequest, count: int) -> int | None:
        """What so many variations cost, in millionths of a dollar; None where nobody knows."""
        price = self._line.rules.price(request.model)
        return None if price is None else price * count * request.pictures

    def estimate(self, request: ImageRequest, count: int, server: Server) -> Estimate | None:
        """What so many variations will cost, where the server has a budget and the price is known."""
        return self._line.rules.estimate(request.model, count * request.pictures, server)

    async def usage(self, *, requester_id: int | None = None, guild_id: int | None = None) -> Usage:
        """What somebody, a server, or somebody in a server asked for lately; at least one of them is named."""
        return await self._store.usage(requester_id, guild_id)

    async def allowance(
        self, requester_id: int, guild_id: int | None, role_ids: Sequence[int] = ()
    ) -> list[Allowance]:
        """The limits in force for a person where they ask, with what is used and when they renew.

        Those over the whole server are among them; `role_ids` are the person's roles there, the highest first.
        """
        wanted = await self._line.rules.limits(guild_id, role_ids)
        return await self._store.allowances(requester_id, guild_id, wanted)

    async def claim_place(self, job_id: str, key: str) -> bool:
        """Claim something of a job's place that was not there; False where somebody has it."""
        return await self._store.claim_place(job_id, key)

    async def change_place(self, job_id: str, **changes: Any) -> None:
        """Change some of what the deliverer noted of where a job's results go."""
        await self._store.change_place(job_id, **changes)

    async def posts(self, job_id: str) -> list[Post]:
        """The messages posted for a job."""
        return await self._store.posts(job_id)

    async def shareable(self, job_id: str, brought: Mapping[int, Path] | None = None) -> list[Parcel]:
        """A job's messages anew, in the shape they had; files that were `brought` stand in for what is not kept.

        Raises NoLongerKept where a picture is left with neither.
        """
        return await self._workflow.packing.again(await self._store.dossier(job_id), brought or {})

    async def shared(self, job_id: str, posts: Sequence[Post]) -> None:
        """Note that a private job's pictures stand where everybody sees them now."""
        await self._store.keep_shared(job_id, posts)
        log.info("shared", job=job_id, messages=len(posts))

    async def _begin(self, job: Job, behind: bool) -> None:
        """Let a job be painted: at once where it need not wait for its turn, else when the queue comes to it.

        Whose older ones wait in the queue is `behind` them, although a turn may be free for a moment.
        """
        if not behind and self._line.turns.has_room(job.requester_id):
            await self._engine.start(self._workflow.paint, job.id)
        else:
            await self._engine.enqueue(self._workflow.paint, job.id, job.requester_id)

    async def _given_up(self, job_id: str) -> bool:
        try:
            return await self._store.give_up(job_id)
        except (errors.DatabaseAway, errors.DiskFull):
            self._take_back(job_id)
            return True

    def _take_back(self, job_id: str) -> None:
        """Let nobody run a job of which its person was told that it failed, should it have been written after all."""
        # In a context of its own: nobody waits for this.
        task = contextvars.Context().run(
            asyncio.create_task, self._store.give_up(job_id), name=f"take back {job_id}"
        )
        self._taken_back.add(task)
        task.add_done_callback(self._taken_back.discard)


def new_job(job_id: str, asked: Asked, now: float, price: int | None) -> Job:
    """The job as it begins: all its pictures count, and cost `price` each, until it is known what came."""
    pictures = asked.count * asked.request.pictures
    return Job(
        id=job_id,
        state=JobState.WAITING,
        requester_id=asked.requester_id,
        guild_id=asked.guild_id,
        channel_id=asked.channel_id,
        origin_id=asked.origin_id,
        place=asked.place,
        request=asked.request.as_json(),
        count=asked.count,
        created_at=now,
        parent_id=asked.descent.parent_id,
        pictures=pictures,
        cost=pictures * (price or 0),
        price=price,
        how=asked.descent.how,
        parent_picture=asked.descent.picture,
        panel=asked.descent.panel,
        batch_id=asked.descent.batch_id,
        style=asked.descent.style,
        private=asked.private,
        jam_id=asked.jam_id,
    )
