"""The durable steps of a job: send → collect → deliver → settle.

Each step may be cut off by a crash and run again. Sending marks every POST as sent before it goes
out and never sends a marked one; the others can be repeated freely.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from bot import errors
from bot.errors import EaselError
from bot.jobs.engine import Engine
from bot.jobs.parcels import MESSAGE_BYTES, Parcel, Ready, file_limit, share_out
from bot.pictures.download import Downloader
from bot.pictures.fit import fit_in
from bot.pictures.inspect import format_of
from bot.seedream.client import Fate, SeedreamClient
from bot.seedream.request import ImageRequest
from bot.seedream.wire import Answer
from bot.store.records import Call, CallState, Fault, Job, JobState, Picture, Post
from bot.store.store import Store

log = structlog.get_logger(__name__)

R = TypeVar("R")

LATER = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0)
"""Seconds between attempts to fetch or to post: together under the 24 hours a link lives."""
_SOON = 4
"""How many of these waits a job's other pictures wait for one that is late: about 13 minutes."""
NOTICE = -1
"""The number of the message that tells of a failure; messages with pictures count from 0."""
_PICTURES_A_CALL = 100
"""Room between the picture numbers of one call and the next: a set has 15 at most."""


class Delivery(Protocol):
    """Whoever brings progress, pictures and failures to people."""

    async def progress(self, job: Job) -> None:
        """Show where the job stands; best effort, never raises for a message that cannot be shown."""

    async def post(
        self, job: Job, parcel: Parcel, *, faults: Sequence[EaselError], maybe_there: bool
    ) -> Post:
        """Post one message of pictures; with `maybe_there`, look first whether it was posted already.

        Raises Undelivered where it may work later.
        """

    async def tell(self, job: Job, *, maybe_there: bool) -> Post:
        """Tell the person that the job ended without pictures, and why; the message that says so, if one was posted.

        Raises Undelivered where it may work later.
        """


@dataclass(frozen=True)
class Tools:
    """What the steps work with."""

    store: Store
    engine: Engine
    client: SeedreamClient
    downloader: Downloader
    painters: Executor
    """Threads in which pictures are re-encoded."""
    spool: Path
    at_once: int
    """POSTs open at once, over all jobs."""
    later: Sequence[float] = LATER


class Workflow:
    """The two durable functions of a job: `paint`, which holds a slot, and `hand_over`, which does not."""

    delivery: Delivery
    """Set before the engine is launched."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._store, self._engine = tools.store, tools.engine
        self._running: set[asyncio.Task[None]] = set()
        self._steps = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._slots = asyncio.Semaphore(tools.at_once)
        self.paint = self._engine.durable("paint", self._paint)
        self._hand_over = self._engine.durable("hand-over", self._hand_over_job)

    async def close(self, drain_seconds: float) -> None:
        """Begin no further step, wait for those that run, and leave everything else to the next start."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), drain_seconds)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _step(self, name: str, function: Callable[..., Coroutine[Any, Any, R]], *args: object) -> R:
        if self._closing:
            raise asyncio.CancelledError  # the engine leaves the job as it is
        self._steps += 1
        self._idle.clear()
        try:
            return await self._engine.step(name, function, *args)
        finally:
            self._steps -= 1
            if not self._steps:
                self._idle.set()

    @contextlib.contextmanager
    def _at_work(self, job_id: str) -> Iterator[None]:
        """Let `close` know of the task, and every line of the log of the job."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # coroutines run in tasks
        self._running.add(task)
        try:
            with structlog.contextvars.bound_contextvars(job=job_id):
                yield
        finally:
            self._running.discard(task)

    async def _paint(self, job_id: str) -> None:
        with self._at_work(job_id):
            try:
                await self._step("send", self._send, job_id)
            except Exception:  # an outer edge: nobody else hears of a durable function's failure
                log.exception("sending broke")
            await self._engine.follow(self._hand_over, job_id, "hand-over")

    async def _hand_over_job(self, job_id: str) -> None:
        with self._at_work(job_id):
            try:
                await self._hand_over_steps(job_id)
            except Exception as error:  # the other outer edge
                log.exception("handing over broke")
                await self._step("give up", self._end, job_id, repr(error))

    async def _hand_over_steps(self, job_id: str) -> None:
        """Collect and deliver; pictures that cannot be fetched soon are posted when they come."""
        soon, later = self._tools.later[:_SOON], self._tools.later[_SOON:]
        missing = await self._collected(job_id, soon)
        await self._delivered(job_id, not missing)
        if missing:
            await self._collected(job_id, later)
            await self._delivered(job_id, True)
        await self._step("settle", self._settle, job_id)

    async def _collected(self, job_id: str, waits: Sequence[float]) -> int:
        missing = await self._step("collect", self._collect, job_id)
        for wait in waits:
            if not missing:
                break
            await self._engine.sleep(wait)
            missing = await self._step("collect", self._collect, job_id)
        return missing

    async def _delivered(self, job_id: str, final: bool) -> None:
        done = await self._step("deliver", self._deliver, job_id, final)
        for wait in self._tools.later:
            if done:
                break
            await self._engine.sleep(wait)
            done = await self._step("deliver", self._deliver, job_id, final)

    # -------------------------------------------------------------- send

    async def _send(self, job_id: str) -> None:
        job = await self._store.set_state(job_id, JobState.PAINTING)
        await self.delivery.progress(job)
        request = ImageRequest.from_json(job.request)
        calls = await self._store.calls(job_id)
        # gather and not a task group: one call that breaks must not cut the others' paid POSTs.
        ends = await asyncio.gather(*(self._call(request, call) for call in calls), return_exceptions=True)
        await self.delivery.progress(await self._store.set_state(job_id, JobState.COLLECTING))
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _call(self, request: ImageRequest, call: Call) -> None:
        if call.state is CallState.SENT:
            unknown = errors.OutcomeUnknown(detail="the process ended while the POST was under way")
            await self._store.set_call(call, CallState.UNKNOWN, as_fault(unknown))
        if call.state is not CallState.WAITING:
            return
        fate = Fate(
            sending=lambda: self._store.set_call(call, CallState.SENT),
            not_accepted=lambda: self._store.set_call(call, CallState.WAITING),
        )
        folder = self._folder(call.job_id) / f"call-{call.number}"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        request = request.with_seed(call.seed)
        async with self._slots:
            try:
                answer = await self._tools.client.generate(request, folder, fate)
            except EaselError as error:
                unknown_ = isinstance(error, errors.OutcomeUnknown)
                log.warning("call failed", call=call.number, kind=error.kind, detail=error.detail)
                await self._store.set_call(
                    call, CallState.UNKNOWN if unknown_ else CallState.FAILED, as_fault(error)
                )
            else:
                await self._store.keep_answer(call, list(_pictures(call, answer)), answer.tokens)

    # -------------------------------------------------------------- collect

    async def _collect(self, job_id: str) -> int:
        """Fetch every picture that is not here yet; how many may still come later."""
        pictures = await self._store.pictures(job_id)
        missing = [one for one in pictures if one.path is None and one.fault is None]
        return sum(await asyncio.gather(*(self._fetch(one) for one in missing)))

    async def _fetch(self, picture: Picture) -> bool:
        """Fetch one picture; whether it must be tried again later."""
        path = self._folder(picture.job_id) / f"picture-{picture.number}"
        assert picture.url is not None  # noqa: S101  # without a link there is a path or a fault
        try:
            await self._tools.downloader.fetch(picture.url, path)
        except errors.DownloadError as error:
            log.warning("picture not fetched", picture=picture.number, kind=error.kind, detail=error.detail)
            if type(error) is errors.DownloadError:
                return True
            await self._store.set_picture(replace(picture, fault=as_fault(error)))
            return False
        await self._store.set_picture(replace(picture, path=str(path)))
        return False

    # -------------------------------------------------------------- deliver

    async def _deliver(self, job_id: str, final: bool) -> bool:
        """Post what is here; with `final`, tell if that is nothing at all. Whether it is done."""
        job = await self._job(job_id)
        faults = await self._faults(job_id, final)
        try:
            for parcel in await self._parcels(job):
                await self._post(job, parcel, faults if parcel.number == 0 else ())
            if final and not await self._store.posts(job_id):
                await self._tell(await self._ended(job, faults))
        except errors.UploadRefused as error:
            log.warning("too large for Discord: smaller next time", detail=error.detail)
            limit = min(int(job.place["upload_limit"]) * 3 // 4, MESSAGE_BYTES // 2)
            await self._store.set_place(job_id, {**job.place, "upload_limit": limit})
            return False
        except errors.Undelivered as error:
            log.warning("not delivered yet", detail=error.detail)
            return False
        return True

    async def _parcels(self, job: Job) -> list[Parcel]:
        """The messages still to be posted; what goes into which is written down before the first goes out."""
        limit = file_limit(int(job.place["upload_limit"]))
        posted = {post.number for post in await self._store.posts(job.id)}
        here = [
            one
            for one in await self._store.pictures(job.id)
            if one.path is not None and one.post not in posted
        ]
        ready = {one.number: await self._fitted(one, limit) for one in here}
        planned = [
            Parcel(number, tuple(ready[one.number] for one in here if one.post == number))
            for number in sorted({one.post for one in here if one.post is not None})
        ]
        first = 1 + max([-1, *posted, *(parcel.number for parcel in planned)])
        fresh = share_out([ready[one.number] for one in here if one.post is None], first)
        for parcel in fresh:
            await self._store.plan_post(job.id, parcel.number, [one.number for one in parcel.pictures])
        return planned + fresh

    async def _fitted(self, picture: Picture, limit: int) -> Ready:
        assert picture.path is not None  # noqa: S101  # only collected pictures come here
        fitted = await fit_in(self._tools.painters, Path(picture.path), limit)
        kind = await asyncio.to_thread(format_of, fitted.path) or "jpeg"
        return Ready(
            picture.number, fitted.path, fitted.width, fitted.height, fitted.bytes, kind, fitted.changed
        )

    async def _post(self, job: Job, parcel: Parcel, faults: Sequence[EaselError]) -> None:
        begun = await self._store.begin_post(job.id, parcel.number)
        post = await self.delivery.post(job, parcel, faults=faults, maybe_there=begun)
        await self._store.keep_post(post)

    async def _faults(self, job_id: str, final: bool) -> list[EaselError]:
        """Why calls and pictures are missing, a reason each."""
        calls, pictures = await self._store.calls(job_id), await self._store.pictures(job_id)
        found = [as_error(one.fault) for one in calls if one.fault is not None]
        found += [errors.OutcomeUnknown() for one in calls if one.state is CallState.SENT]
        found += [as_error(one.fault) for one in pictures if one.fault is not None]
        if final:
            found += [errors.DownloadError() for one in pictures if one.path is None and one.fault is None]
        return found

    # -------------------------------------------------------------- settle

    async def _settle(self, job_id: str) -> None:
        job = await self._job(job_id)
        posts = await self._store.posts(job_id)
        if posts:
            job = await self._store.set_state(job_id, JobState.DONE)
            await asyncio.to_thread(shutil.rmtree, self._folder(job_id), ignore_errors=True)
            await self.delivery.progress(job)
        elif not job.state.ended:
            await self._ended(job, [errors.Undelivered(detail="every attempt failed; the files are kept")])
        log.info("settled", state=job.state, messages=len(posts))

    async def _end(self, job_id: str, detail: str) -> None:
        job = await self._job(job_id)
        if not job.state.ended:
            await self._tell(await self._ended(job, [EaselError(detail=detail)]))

    async def _tell(self, job: Job) -> None:
        begun = await self._store.begin_post(job.id, NOTICE)
        await self._store.keep_post(await self.delivery.tell(job, maybe_there=begun))

    async def _ended(self, job: Job, faults: Sequence[EaselError]) -> Job:
        """End a job without pictures: doubt about any POST outweighs every certain failure."""
        unknown = next((one for one in faults if isinstance(one, errors.OutcomeUnknown)), None)
        reason = unknown or (faults[0] if faults else EaselError(detail="no call left a trace"))
        state = JobState.UNKNOWN if unknown else JobState.FAILED
        return await self._store.set_state(job.id, state, as_fault(reason))

    async def _job(self, job_id: str) -> Job:
        job = await self._store.job(job_id)
        if job is None:
            raise LookupError(f"job {job_id} is not in the store")
        return job

    def _folder(self, job_id: str) -> Path:
        return self._tools.spool / job_id


def as_fault(error: EaselError) -> Fault:
    """An error as it is stored."""
    return Fault(error.kind, dict(error.facts), error.detail)


def as_error(fault: Fault) -> EaselError:
    """A stored error as it is told."""
    return errors.retell(fault.kind, fault.facts, fault.detail)


def _pictures(call: Call, answer: Answer) -> Iterable[Picture]:
    for index, made in enumerate(answer.pictures):
        width, height = made.size or (None, None)
        yield Picture(
            call.job_id,
            call.number * _PICTURES_A_CALL + index,
            call.number,
            url=made.url,
            path=None if made.path is None else str(made.path),
            width=width,
            height=height,
            fault=None if made.error is None else as_fault(made.error),
        )
