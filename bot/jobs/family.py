"""The family of a picture: what somebody may see of it, and how far. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.store.records import Job

DRAWN = 50
"""Jobs of one drawing: more cannot be told apart."""


@dataclass(frozen=True)
class Member:
    """A job of a family; `hidden` where the one who asks may not see it, or nobody can any more."""

    job: Job
    parent_id: str | None
    hidden: bool
    others: tuple[str, ...] = ()
    """Those that are drawn of what it grew out of besides: several pictures were blended."""


@dataclass(frozen=True)
class Family:
    """Those that are drawn, each after its parent; `more` where there are others."""

    members: tuple[Member, ...]
    more: bool


def family_of(
    jobs: Sequence[Job],
    sees: Callable[[Job], bool],
    most: int = DRAWN,
    others: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Family:
    """The family of the first of the jobs, which stand the nearest first.

    `others` are what a job grew out of besides its parent, by its id.

    What may not be seen stays as a hidden member where something grew from it that is seen, since the rest would
    fall apart.
    """
    seen = {job.id for job in jobs if sees(job)}
    kept = _needed(jobs, seen, others)
    drawn = {job.id: job for job in [job for job in jobs if job.id in kept][:most]}
    drawn = {job_id: drawn[job_id] for job_id in drawn if job_id in _needed(drawn.values(), seen, others)}
    members = [
        Member(
            job=job,
            parent_id=job.parent_id if job.parent_id in drawn else None,
            hidden=job.id not in seen,
            others=tuple(one for one in others.get(job.id, ()) if one in drawn and one != job.parent_id),
        )
        for job in _parents_first(drawn)
    ]
    return Family(tuple(members), more=len(kept) > most)


def grown(jobs: Sequence[Job], others: Mapping[str, Sequence[str]], most: int = DRAWN) -> Family:
    """Those of some jobs that were built on each other: the largest families first, as far as there is room."""
    there = {job.id for job in jobs}
    edges: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for above in ({job.parent_id or "", *others.get(job.id, ())} & there) - {job.id}:
            edges[job.id].add(above)
            edges[above].add(job.id)
    families = sorted(_joined(edges), key=len, reverse=True)
    wanted = {one for family in families for one in family}
    drawn: set[str] = set()
    for family in families:
        if len(drawn) + len(family) <= most:
            drawn |= family
    if families and not drawn:  # one alone is too large: of it the oldest
        drawn = {job.id for job in [job for job in jobs if job.id in families[0]][:most]}
    found = family_of([job for job in jobs if job.id in drawn], lambda _: True, most, others)
    return Family(found.members, more=len(drawn) < len(wanted))


def _joined(edges: Mapping[str, set[str]]) -> Iterator[set[str]]:
    """Those that hang together, however far apart they stand."""
    left = set(edges)
    while left:
        family, near = set[str](), {left.pop()}
        while near:
            family |= near
            near = {one for each in near for one in edges[each]} - family
        left -= family
        yield family


def _needed(jobs: Iterable[Job], seen: set[str], others: Mapping[str, Sequence[str]]) -> set[str]:
    """Those that are seen, and those between them."""
    there = {job.id: job for job in jobs}
    needed = seen & there.keys()
    below = list(needed)
    while below:
        job_id = below.pop()
        grew_from = {there[job_id].parent_id or "", *others.get(job_id, ())}
        above = grew_from & (there.keys() - needed)
        needed |= above
        below += above
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
