"""The steps of a job: send → collect → deliver → settle → record.

Each step may be cut off by a crash and run again, and so may one that ended: the store tells what is
done. Sending marks every POST as sent before it goes out and never sends a marked one; the others can
be repeated freely.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import structlog

from bot import errors
from bot.errors import EaselError
from bot.jobs.jam.holding import Hold, hold
from bot.jobs.missing import reasons
from bot.jobs.packing import Packing
from bot.jobs.parcels import MESSAGE_BYTES, Parcel
from bot.jobs.sending import Sender
from bot.jobs.sheets import Sheets
from bot.jobs.tools import Delivery, Tools, as_fault
from bot.store.records import NOTICE, Dossier, Job, JobState, Picture, Settled, UnwantedError

log = structlog.get_logger(__name__)

R = TypeVar("R")

_SOON = 4
"""How many of these waits a job's other pictures wait for one that is late: about 13 minutes."""
_AT_HAND_SECONDS = 1.0
"""How long a job keeps its person's place in the queue, if it has one, while it is handed over: most pictures are posted
long before."""
_NOTED = 3
"""How many of these waits a note in a server's log channel is tried for."""
HAND_OVER = "hand-over"


@dataclass
class Handing:
    """A job that is handed over: what belongs to it, where the step before left it so, and how it ended."""

    job_id: str
    known: Dossier | None = None
    in_jam: bool = False
    settled: Settled | None = None


class Workflow:
    """The two durable functions of a job: `paint`, which has a place in the queue, and `hand_over`, which has none."""

    delivery: Delivery
    """Set before the engine is launched."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._store, self._engine, self._metrics = tools.store, tools.engine, tools.metrics
        self._running: set[asyncio.Task[None]] = set()
        self._handed: dict[str, asyncio.Task[None]] = {}
        self._steps = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._sender = Sender(tools)
        self.packing = Packing(tools)
        self.paint = self._engine.durable("paint", self._paint)
        self.hand_over = self._engine.durable("hand-over", self._hand_over_job)
        self.sheets = Sheets(tools, self._engine.durable("show-together", self._show_together))

    async def close(self, drain_seconds: float) -> None:
        """Begin no further step, wait for those that run, and leave everything else to the next start."""
        self._closing = True
        self._sender.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), drain_seconds)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _step(self, function: Callable[..., Coroutine[Any, Any, R]], *args: object) -> R:
        if self._closing:
            raise asyncio.CancelledError  # the engine leaves the job as it is
        self._steps += 1
        self._idle.clear()
        try:
            return await function(*args)
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
            painted = await self._tried("send", self._send, job_id)
            if painted and await self._soon_handed_over(painted):
                return
            job = await self._tools.job(job_id)
            if job.state is JobState.CANCELLED:
                await asyncio.to_thread(self._tools.kept.forget, job_id)
                await self._recorded(job)
            else:
                await self._engine.follow(self.hand_over, job_id, HAND_OVER)

    async def _soon_handed_over(self, dossier: Dossier) -> bool:
        """Begin to hand a job over; whether that came to its end at once."""
        task = self._handing(dossier.job.id, dossier)
        done, _ = await asyncio.wait({task}, timeout=_AT_HAND_SECONDS)
        if done:
            task.result()  # raises where it was cut off: the engine then leaves the job as it is
        return bool(done)

    async def _hand_over_job(self, job_id: str) -> None:
        await self._handing(job_id)

    async def _show_together(self, batch_id: str) -> None:
        with self._at_work(batch_id):
            await self._until("show", self.sheets.show, self._tools.later, batch_id, self.delivery)

    def _handing(self, job_id: str, dossier: Dossier | None = None) -> asyncio.Task[None]:
        """The one task of this process that hands a job over, which begins with whoever first asks for it."""
        if job_id not in self._handed:
            work = self._collect_and_deliver(Handing(job_id, dossier))
            task = asyncio.create_task(work, name=f"hand-over of {job_id}")
            self._handed[job_id] = task
            task.add_done_callback(lambda _: self._handed.pop(job_id))
        return self._handed[job_id]

    async def _collect_and_deliver(self, handing: Handing) -> None:
        """Collect and deliver; pictures that cannot be fetched soon are posted when they come."""
        with self._at_work(handing.job_id):
            soon, later = self._tools.later[:_SOON], self._tools.later[_SOON:]
            here = await self._until("collect", self._collect, soon, handing)
            held: Hold | None = Hold.NOT
            if handing.in_jam:
                held = await self._until("hold", self._hold, self._tools.later, handing, bool(here))
            if held in (Hold.HELD, None):
                return  # the reveal of its round goes on with it
            if held is Hold.NOT:
                await self._until("deliver", self._deliver, self._tools.later, handing, here)
            if not here and held is Hold.NOT:
                await self._until("collect", self._collect, later, handing)
                await self._until("deliver", self._deliver, self._tools.later, handing, True)
            ended = await self._until("settle", self._settle, self._tools.later, handing)
            if ended:
                await self._recorded(ended)

    async def _until(
        self,
        name: str,
        function: Callable[..., Coroutine[Any, Any, R]],
        waits: Sequence[float],
        *args: object,
    ) -> R | None:
        """Run a step again and again, with these waits between, until it says that it is done.

        A restart begins with the step at once, and with the waits anew.
        """
        done = await self._tried(name, function, *args)
        for wait in waits:
            if done:
                break
            await asyncio.sleep(wait)
            done = await self._tried(name, function, *args)
        return done

    async def _tried(
        self, name: str, function: Callable[..., Coroutine[Any, Any, R]], *args: object
    ) -> R | None:
        try:
            return await self._step(function, *args)
        except (
            Exception
        ) as error:  # an outer edge: what was bought is not given up for any fault; it is tried again
            log.exception("step broke", step=name)
            if errors.means_full(error):
                self.delivery.warn(errors.DiskFull(detail=str(error)))
            return None

    async def _send(self, job_id: str) -> Dossier | None:
        return await self._sender.send(job_id, self.delivery.progress)

    async def _read(self, handing: Handing) -> Dossier:
        """What belongs to the job: as the step before left it, or as it stands in the store."""
        known, handing.known = handing.known, None
        if known is not None:
            return known
        dossier = await self._store.dossier(handing.job_id)
        return replace(dossier, pictures=[await self._found(one) for one in dossier.pictures])

    async def _found(self, picture: Picture) -> Picture:
        """The picture with its path where it was fetched, and the process ended or a step broke before that was noted."""
        path = self._path(picture)
        if picture.path is not None or picture.fault is not None or not path.exists():
            return picture
        here = replace(picture, path=str(path))
        await self._store.set_picture(here)
        return here

    # -------------------------------------------------------------- collect

    async def _collect(self, handing: Handing) -> bool:
        """Fetch every picture that is not here yet; whether none is left to fetch."""
        dossier = await self._read(handing)
        handing.in_jam = dossier.job.jam_id is not None
        if dossier.job.discard:
            return True
        missing = [one for one in dossier.pictures if one.path is None and one.fault is None]
        fetched = {one.number: one for one in await asyncio.gather(*map(self._fetch, missing))}
        if all(one.path for one in fetched.values()):
            # Where they are is noted together with the beginning of their message, which saves a transaction.
            here = [fetched.get(one.number, one) for one in dossier.pictures]
            handing.known = replace(dossier, pictures=here)
            return True
        ended = [one for one in fetched.values() if one.path or one.fault]
        for one in ended:
            await self._store.set_picture(one)
        return len(ended) == len(missing)

    async def _fetch(self, picture: Picture) -> Picture:
        """Fetch one picture; it comes back with its path or its fault, or as it was if it may be tried again."""
        path = self._path(picture)
        assert picture.url is not None  # noqa: S101  # without a link there is a path or a fault
        try:
            await self._tools.downloader.fetch(picture.url, path)
        except errors.DiskFull as error:
            log.warning("no room for a picture", picture=picture.number, detail=error.detail)
            self._metrics.failed(error.kind)
            self.delivery.warn(error)
            return picture
        except errors.DownloadError as error:
            log.warning("picture not fetched", picture=picture.number, kind=error.kind, detail=error.detail)
            self._metrics.failed(error.kind)
            for_good = type(error) is not errors.DownloadError
            return replace(picture, fault=as_fault(error)) if for_good else picture
        return replace(picture, path=str(path))

    async def _hold(self, handing: Handing, final: bool) -> Hold:
        """Keep the pictures of a jam's round back until all of them are shown."""
        state = await self._store.round_of_job(handing.job_id)
        if state is None:
            return Hold.NOT
        handing.known = dossier = await self._read(handing)
        held, faults = await hold(self.packing, dossier, state, final)
        if faults:
            await self._ended(dossier.job, faults)  # told with the others
        if held is not Hold.NOT:
            await self._store.ready(dossier.job.id, [one for one in dossier.pictures if one.path is not None])
            await self.delivery.progress(dossier.job)
        return held

    # -------------------------------------------------------------- deliver

    async def _deliver(self, handing: Handing, final: bool) -> bool:
        """Post what is here; with `final`, tell if that is nothing at all. Whether it is done."""
        dossier = await self._read(handing)
        job = dossier.job
        if job.discard:
            return True
        try:
            parcels, spoilt = await self.packing.parcels(dossier)
            faults = reasons(dossier, spoilt, final)
            for parcel in parcels:
                handing.settled = await self._post(dossier, parcel, faults if parcel.number == 0 else ())
            if final and not dossier.told:
                await self._tell_rest(job, bool(parcels or dossier.posts), faults)
        except UnwantedError:
            return True  # it was discarded just now
        except errors.UploadRefused as error:
            log.warning("too large for Discord: smaller next time", detail=error.detail)
            limit = min(int(job.place["upload_limit"]) * 3 // 4, MESSAGE_BYTES // 2)
            await self._store.change_place(job.id, upload_limit=limit)
            return False
        except errors.Undelivered as error:
            log.warning("not delivered yet", detail=error.detail)
            self._metrics.not_delivered()
            return False
        return True

    async def _tell_rest(self, job: Job, posted: bool, faults: Sequence[EaselError]) -> None:
        """Tell that nothing came, or which pictures are given up after others were posted."""
        if not posted:
            await self._tell(await self._ended(job, faults))
        elif any(type(one) is errors.DownloadError for one in faults):
            await self._tell(replace(job, fault=as_fault(errors.DownloadError())))

    async def _post(self, dossier: Dossier, parcel: Parcel, faults: Sequence[EaselError]) -> Settled | None:
        job, numbers = dossier.job, {one.number for one in parcel.pictures}
        carried = [one for one in dossier.pictures if one.number in numbers]
        begun = await self._store.begin_post(job.id, parcel.number, carried)
        post = await self.delivery.post(job, parcel, faults=faults, maybe_there=begun)
        settled = await self._store.keep_post(post)
        now, size = time.time(), sum(one.bytes for one in parcel.pictures)
        self._metrics.delivered(
            now - (job.answered_at or now), now - job.created_at, len(parcel.pictures), size
        )
        return settled

    # -------------------------------------------------------------- settle

    async def _settle(self, handing: Handing) -> Job:
        """End the job, and return it as it ended."""
        settled = handing.settled or await self._store.settle(handing.job_id)
        dossier, job = settled.dossier, settled.dossier.job
        if settled.now:
            self._metrics.ended(job.state)
        if job.state in (JobState.DONE, JobState.DISCARDED):
            if job.batch_id is None:  # else when all of them have been shown
                await asyncio.to_thread(self._tools.kept.clear, dossier)
            if not dossier.told:  # that some pictures are given up stands on the panel, with what helps
                await self.delivery.progress(job, dossier.posts)
        else:
            if not job.state.ended:
                lost = errors.Undelivered(detail=f"{len(dossier.left)} pictures are kept in the job's folder")
                job = await self._ended(job, [lost])
                await self._tell_if_possible(job)
            if "token" in job.place:  # the panel has said its last word
                await self._store.change_place(job.id, token="")
        log.info(
            "settled", state=job.state, messages=len(dossier.posts), left=len(dossier.left), cost=job.cost
        )
        return job

    async def _tell_if_possible(self, job: Job) -> None:
        try:
            await self._tell(job)
        except errors.Undelivered as error:
            log.warning("nobody could be told", detail=error.detail)

    async def _tell(self, job: Job) -> None:
        await self._store.begin_post(job.id, NOTICE)
        await self._store.keep_post(await self.delivery.tell(job))

    async def _ended(self, job: Job, faults: Sequence[EaselError]) -> Job:
        """End a job without pictures: doubt about any POST outweighs every certain failure."""
        unknown = next((one for one in faults if isinstance(one, errors.OutcomeUnknown)), None)
        reason = unknown or (faults[0] if faults else EaselError(detail="no call left a trace"))
        state = JobState.UNKNOWN if unknown else JobState.FAILED
        if not job.state.ended:
            self._metrics.ended(state)
        return await self._store.set_state(job.id, state, as_fault(reason))

    # -------------------------------------------------------------- record

    async def _recorded(self, job: Job) -> None:
        """Note how a job ended where its server's admins want that; it is given up soon: the job has ended."""
        if job.batch_id is not None:
            await self._until("look", self.sheets.look, self._tools.later, job.id, job.batch_id)
        if job.guild_id is not None:
            await self._until("record", self._record, self._tools.later[:_NOTED], job.id, job.guild_id)

    async def _record(self, job_id: str, guild_id: int) -> bool:
        channel_id = (await self._tools.servers.get(guild_id)).log_channel
        if channel_id is None:
            return True
        try:
            await self.delivery.record(await self._store.dossier(job_id), channel_id)
        except errors.Undelivered as error:
            log.warning("not noted in the log channel yet", detail=error.detail)
            return False
        return True

    def _path(self, picture: Picture) -> Path:
        return self._tools.kept.path(picture.job_id, picture.number)
