"""Whom a picture is credited to that grew out of several: everybody whose pictures it works from."""

from collections.abc import Sequence
from dataclasses import replace

from bot.jobs.gallery import Gallery
from bot.jobs.jobs import Jobs
from bot.store.records import Descent, How, Job
from bot.store.source import Source
from cogs import results
from cogs.lineage import caption, credit_line
from cogs.shown import Shown


async def credited(jobs: Jobs, pictures: Sequence[Shown], descent: Descent) -> Descent:
    """How an order came to be, with whose pictures it works from.

    Of a blend all of them are credited, and of what else is asked in a jam those on its board.
    """
    if not pictures:
        return replace(descent, sources=())
    if descent.sources:  # it is tried again
        return descent
    blends = descent.how is How.BLEND
    found = [await _source(jobs, one) for one in pictures if blends or one.whose is not None]
    sources = tuple(one for one in found if one is not None)
    painted = next((one for one in sources if one.job_id is not None), None)
    if painted is not None and descent.parent_id is None:
        descent = replace(descent, parent_id=painted.job_id, picture=painted.picture)
    return replace(descent, sources=sources)


async def _source(jobs: Jobs, picture: Shown) -> Source | None:
    """Whose a picture is; None where nobody can tell."""
    known = picture.whose
    if known is None and picture.own and (job_id := results.job_of(picture.name)):
        known = Source(0, job_id, results.number_of(picture.name))
    if known is not None and known.job_id is not None:
        job = await jobs.job(known.job_id)
        if job is not None:
            return replace(known, person_id=job.requester_id)
        return Source(known.person_id) if known.person_id else None
    if known is not None or picture.own or picture.author_id is None:
        return known
    return Source(picture.author_id)


async def told_below(gallery: Gallery, job: Job) -> str:
    """What a result grew out of and whom it is credited to, in lines below it; empty where there is nothing to tell."""
    lines = []
    sources = await gallery.sources_of(job)
    if job.parent_id not in {one.job_id for one in sources} and (parent := await gallery.parent_of(job)):
        lines.append(caption(job, *parent))
    if sources:
        lines.append(credit_line(job, [(one, await gallery.painted(one)) for one in sources]))
    return "\n".join(lines)
