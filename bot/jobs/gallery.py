"""Gallery: what can be done with pictures that came: like them, delete them, see what grew from them."""

import asyncio
from collections.abc import Callable, Sequence

from bot.jobs.family import Family, family_of
from bot.jobs.kept import Kept
from bot.store.records import How, Job, Post
from bot.store.source import Source
from bot.store.store import Store

_LOOKED_THROUGH = 400
"""Jobs of a family that are read to find those that somebody may see."""


class Gallery:
    """Favourites, deletions and families."""

    def __init__(self, store: Store, kept: Kept) -> None:
        self._store, self._kept = store, kept

    async def toggle_favourite(self, job_id: str, person_id: int) -> int:
        """Mark a job as somebody's favourite, or take that back; how many people's it is now."""
        wanted = not await self._store.is_favourite(job_id, person_id)
        return await self._store.set_favourite(job_id, person_id, wanted=wanted)

    async def favourites(self, job_id: str) -> int:
        """How many people's favourite a job is."""
        return await self._store.favourites(job_id)

    async def delete(self, job_id: str) -> list[Post]:
        """Note that a job's pictures are gone, and forget its files; its messages, which are still to be deleted."""
        await self._store.mark_deleted(job_id)
        await asyncio.to_thread(self._kept.forget, job_id)
        return await self._store.everywhere(job_id)

    async def brought(self, job_id: str, channel_id: int, message_id: int) -> None:
        """Note a message in which somebody showed a job's pictures once more: it goes where the job is deleted."""
        await self._store.keep_brought(job_id, channel_id, message_id)

    async def parent_of(self, job: Job) -> tuple[Job, Post | None] | None:
        """What a job grew out of, and the first message of that one's pictures; None where it grew out of nothing."""
        return None if job.parent_id is None else await self._store.with_post(job.parent_id)

    async def sources_of(self, job: Job) -> list[Source]:
        """Whose pictures a job is credited to; of what is never credited nothing is asked."""
        if job.jam_id is None and job.how not in (How.BLEND, How.VARIANT):
            return []
        return await self.credited(job.id)

    async def credited(self, job_id: str) -> list[Source]:
        """The pictures a job works from, where they are credited to somebody."""
        return (await self._store.sources([job_id])).get(job_id, [])

    async def painted(self, source: Source) -> tuple[Job, Post | None] | None:
        """The job that painted a picture, and its first message; None where Easel painted none."""
        return None if source.job_id is None else await self._store.with_post(source.job_id)

    async def newest(self, guild_id: int | None, channel_id: int, person_id: int) -> Job | None:
        """The newest job of a channel whose pictures a person may see."""
        return await self._store.newest(guild_id, channel_id, person_id)

    async def family(self, job_id: str, sees: Callable[[Job], bool]) -> Family:
        """What a job's pictures grew out of and what grew from them, as far as `sees` lets somebody see it."""
        jobs = await self._store.family(job_id, _LOOKED_THROUGH)
        return family_of(jobs, sees, others=await self.others([job.id for job in jobs]))

    async def others(self, job_ids: Sequence[str]) -> dict[str, list[str]]:
        """The jobs of whose pictures each of the jobs was made, by its id: its parent may be one of them."""
        found = await self._store.sources(job_ids)
        return {
            job_id: list(dict.fromkeys(one.job_id for one in some if one.job_id is not None))
            for job_id, some in found.items()
        }

    async def first_posts(self, job_ids: Sequence[str]) -> dict[str, Post]:
        """The first message of pictures of each of the jobs that has one."""
        return await self._store.first_posts(job_ids)
