"""The family of a picture: what somebody may see of it, and how far. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.store.records import Job

DRAWN = 50
"""Jobs of one drawing: more cannot be told apart."""


@dataclass(frozen=True)
class Member:
    """A job of a family; `hidden` where the one who asks may not see it, or nobody can any more."""

    job: Job
    parent_id: str | None
    hidden: bool


@dataclass(frozen=True)
class Family:
    """Those that are drawn, each after its parent; `more` where there are others."""

    members: tuple[Member, ...]
    more: bool


def family_of(jobs: Sequence[Job], sees: Callable[[Job], bool], most: int = DRAWN) -> Family:
    """The family of the first of the jobs, which stand the nearest first.

    What may not be seen stays as a hidden member where something grew from it that is seen, since the rest would
    fall apart.
    """
    seen = {job.id for job in jobs if sees(job)}
    kept = _needed(jobs, seen)
    drawn = {job.id: job for job in [job for job in jobs if job.id in kept][:most]}
    drawn = {job_id: drawn[job_id] for job_id in drawn if job_id in _needed(drawn.values(), seen)}
    members = [
        Member(job, job.parent_id if job.parent_id in drawn else None, job.id not in seen)
        for job in _parents_first(drawn)
    ]
    return Family(tuple(members), more=len(kept) > most)


def _needed(jobs: Iterable[Job], seen: set[str]) -> set[str]:
    """Those that are seen, and those between them."""
    there = {job.id: job for job in jobs}
    needed = seen & there.keys()
    for job_id in list(needed):
        above = there.get(there[job_id].parent_id or "")
        while above is not None and above.id not in needed:
            needed.add(above.id)
            above = there.get(above.parent_id or "")
    return needed


def _parents_first(jobs: dict[str, Job]) -> list[Job]:
    children: dict[str | None, list[Job]] = defaultdict(list)
    for job in sorted(jobs.values(), key=lambda one: (one.created_at, one.id)):
        children[job.parent_id if job.parent_id in jobs else None].append(job)
    ordered: list[Job] = []
    waiting = children[None][::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += children[ordered[-1].id][::-1]
    return ordered
