"""Sending: a job's POSTs, each marked as sent before it goes out, and never sent again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import orjson
import structlog

from bot import errors
from bot.errors import EaselError
from bot.jobs.tools import Tools, as_fault
from bot.jobs.turns import Left, Pace
from bot.seedream.client import Fate
from bot.seedream.request import ImageRequest
from bot.seedream.wire import Answer
from bot.store.records import Call, CallState, Dossier, Fault, Job, JobState, Picture, Timing

log = structlog.get_logger(__name__)

Progress = Callable[[Job], Awaitable[None]]

_PICTURES_A_CALL = 100
"""Room between the picture numbers of one call and the next: a set has 15 at most."""
_ANSWER = "answer.json"
_BEFORE = (JobState.WAITING, JobState.PAINTING)
_OPEN = (CallState.WAITING, CallState.SENT)


class _SentElsewhereError(Exception):
    """The call is not to be sent: another process did, or its person wants it no more."""


class Sender:
    """Sends the calls of jobs, as many at once as there are turns."""

    def __init__(self, tools: Tools) -> None:
        self._closing = False
        self._tools = tools
        self._store, self._metrics = tools.store, tools.metrics

    def close(self) -> None:
        """Buy nothing more: whoever waits for a turn or for the owner's gate goes home."""
        self._closing = True
        self._tools.turns.resume()

    async def send(self, job_id: str, progress: Progress) -> Dossier | None:
        """Send every call of a job that is still to be sent; what belongs to it, if that is done and was not before."""
        dossier = await self._store.dossier(job_id)
        job, calls = dossier.job, dossier.calls
        if job.state.ended:
            return None  # it was taken back, or given up, before it came to its turn
        if job.state not in _BEFORE and not any(call.state in _OPEN for call in calls):
            return None
        if job.state is JobState.PAINTING:
            await progress(job)  # whoever showed it may be no more
        # gather and not a task group: one call that breaks must not cut the others' paid POSTs.
        ends = await asyncio.gather(
            *(self._call(job, call, progress) for call in calls), return_exceptions=True
        )
        broken = [end for end in ends if isinstance(end, BaseException)]
        cut_off = any(isinstance(end, asyncio.CancelledError) for end in broken)
        moved = next((end for end in ends if isinstance(end, Dossier)), None)
        if moved is None and not cut_off:
            moved = await self._store.end_sending(job_id)
        if moved is not None:
            await progress(moved.job)
        if broken:
            raise broken[0]
        return moved

    async def _call(self, job: Job, call: Call, progress: Progress) -> Dossier | None:
        """Send one call, where it is still to be sent; what belongs to the job, where its answer moved that on."""
        folder = self._tools.spool / call.job_id / f"call-{call.number}"
        if call.state is CallState.SENT:
            await self._wake(call, folder)
        if call.state is not CallState.WAITING or job.discard:
            return None
        try:
            async with self._tools.turns.turn(job.requester_id, job.id, job.created_at):
                await self._may_go_out(paced=self._tools.pace)  # until it is painted it can be cancelled
                request = ImageRequest.from_json(job.request).with_seed(call.seed)
                return await self._generate(request, call, folder, progress)
        except Left:
            log.info("call taken back", call=call.number)
        return None

    async def _generate(
        self, request: ImageRequest, call: Call, folder: Path, progress: Progress
    ) -> Dossier | None:
        began = [0.0]

        async def sending() -> None:
            await self._sending(call, progress, again=bool(began[0]))
            began[0] = time.monotonic()

        fate = Fate(sending, lambda: self._store.set_call(call, CallState.WAITING))
        try:
            answer = await self._tools.client.generate(request, folder, fate)
        except _SentElsewhereError:
            log.info("call sent elsewhere, or not wanted any more", call=call.number)
        except EaselError as error:
            log.warning("call failed", call=call.number, kind=error.kind, detail=error.detail)
            self._metrics.failed(error.kind)
            unknown = isinstance(error, errors.OutcomeUnknown)
            state = CallState.UNKNOWN if unknown else CallState.FAILED
            await self._store.set_call(call, state, as_fault(error))
        else:
            took = time.monotonic() - began[0]
            self._metrics.answered(request.model, took)
            self._tools.timings.add(Timing(request.model, request.size, took))
            return await self._keep(call, folder, list(_pictures(call, answer)), answer.tokens)
        return None

    async def _sending(self, call: Call, progress: Progress, *, again: bool) -> None:
        """Mark a call as sent; from here on it is sent by nobody else, and never again.

        A job's painting begins with the first of its calls.
        """
        await self._may_go_out(paced=self._tools.pace if again else None)
        sent, begun = await self._store.mark_sent(call)
        if begun is not None:
            self._metrics.started((begun.started_at or 0.0) - begun.created_at)
            await progress(begun)
        if not sent:
            raise _SentElsewhereError

    async def _may_go_out(self, paced: Pace | None) -> None:
        """Wait while too many went out this minute, and while the owner lets nothing go out."""
        if paced is not None and not self._closing:
            await paced.acquire()
        await self._tools.turns.opened()
        if self._closing:
            raise asyncio.CancelledError  # nothing is bought that would be cut off at once

    async def _keep(self, call: Call, folder: Path, pictures: list[Picture], tokens: int) -> Dossier | None:
        """Keep an answer on disk first: links to bought pictures must not hang on a database alone."""
        note = orjson.dumps([asdict(picture) for picture in pictures])
        try:
            await asyncio.to_thread(_write, folder / _ANSWER, note)
        except OSError as error:  # then the database has to bear it, however long that takes
            log.warning("an answer could not be kept on disk", call=call.number, error=str(error))
        return await self._store.keep_answer(call, pictures, tokens)

    async def _wake(self, call: Call, folder: Path) -> None:
        """A call that was sent when the process ended: its answer is on disk, or nobody knows."""
        try:
            note = orjson.loads(await asyncio.to_thread((folder / _ANSWER).read_bytes))
        except (OSError, orjson.JSONDecodeError):
            unknown = errors.OutcomeUnknown(detail="the process ended while the POST was under way")
            await self._store.set_call(call, CallState.UNKNOWN, as_fault(unknown))
            return
        pictures = [Picture(**{**one, "fault": one["fault"] and Fault(**one["fault"])}) for one in note]
        await self._store.keep_answer(call, pictures, 0)


def _write(path: Path, note: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(note)


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
