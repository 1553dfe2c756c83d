"""When the last job of a batch has ended, all of them are shown together, once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot import errors
from bot.jobs.engine import Durable
from bot.jobs.kept import Kept
from bot.jobs.tools import Delivery, Outcome, Tools
from bot.seedream.braces import Variant
from bot.store.batch import Batch, BatchState
from bot.store.records import Dossier, JobState

log = structlog.get_logger(__name__)

_NAME = "sheet"
_OPEN = (BatchState.RUNNING, BatchState.SHOWING)


class Sheets:
    """Looks whether a batch has ended, and has it shown. Every step may be repeated."""

    def __init__(self, tools: Tools, function: Durable) -> None:
        """`function` is the durable one that calls `show` until that is done."""
        self._tools, self._store, self._engine = tools, tools.store, tools.engine
        self._function = function

    async def look(self, job_id: str, batch_id: str) -> bool:
        """Go on where a job was the last of its batch to end; True, since nothing is left to try."""
        batch = await self._store.batch(batch_id)
        if batch is not None and batch.state is BatchState.SHOWN:  # it tried one of them again
            await self._clear([await self._store.dossier(job_id)])
        elif await self._store.batch_ended(batch_id):
            await self._engine.follow(self._function, batch_id, _NAME)
        return True

    async def resume(self, batch_id: str) -> None:
        """Go on with a batch whose end a crash cut off, or that could not be shown for too long."""
        trace = await self._engine.trace(batch_id)
        if not trace.under_way and await self._store.batch_ended(batch_id):
            await self._engine.follow(self._function, batch_id, f"{_NAME}-{trace.runs}")

    async def show(self, batch_id: str, delivery: Delivery) -> bool:
        """Show a batch's results together, and let go of files that were kept for that; whether it is done."""
        batch = await self._store.batch(batch_id)
        if batch is None or not await self._store.batch_ended(batch_id):
            return True  # somebody tries one of them again: that one's end leads here once more
        dossiers = await self._store.jobs_of(batch_id)
        if batch.state in _OPEN:
            begun = batch.state is BatchState.SHOWING
            batch = await self._store.move_batch(batch_id, BatchState.SHOWING, _OPEN)
            found = await asyncio.to_thread(outcomes_of, batch, dossiers, self._tools.kept)
            try:
                await delivery.show_together(batch, found, maybe_there=begun)
            except errors.Undelivered as error:
                log.warning("not shown together yet", batch=batch_id, detail=error.detail)
                return False
            await self._store.move_batch(batch_id, BatchState.SHOWN, _OPEN)
            log.info("shown together", batch=batch_id, jobs=len(found))
        await self._clear(dossiers)
        return True

    async def _clear(self, dossiers: Sequence[Dossier]) -> None:
        for one in dossiers:
            if one.job.state in (JobState.DONE, JobState.DISCARDED):
                await asyncio.to_thread(self._tools.kept.clear, one)


def outcomes_of(batch: Batch, dossiers: Sequence[Dossier], kept: Kept) -> list[Outcome]:
    """What became of each of a batch's variants. Blocking: it is looked which files are there."""
    by_id = {one.job.id: one for one in dossiers}
    tried = {one.job.again_id for one in dossiers}
    firsts = [one for one in dossiers if one.job.id not in tried]
    found = []
    for (prompt, choices), first in zip(batch.asked["variants"], firsts, strict=False):
        last = first
        while last.job.again_id in by_id:
            last = by_id[last.job.again_id]
        found.append(Outcome(Variant(prompt, tuple(choices)), last, _file(last, kept)))
    return found


def _file(dossier: Dossier, kept: Kept) -> Path | None:
    if dossier.job.state is JobState.DISCARDED or dossier.job.deleted_at is not None:
        return None
    for one in dossier.pictures:
        if one.fault is None and one.path is not None:
            path = kept.picture(one.job_id, one.number) or Path(one.path)
            if path.is_file():
                return path
    return None
