"""A family as it is drawn: what each of its results is called."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.jobs.family import Family, Member
from bot.pictures.tree import Node, Small
from bot.seedream.changes import changes
from bot.store.records import How, Job
from cogs import texts
from cogs.lineage import words


def numbers(family: Family) -> dict[str, int]:
    """The number of each of its jobs that is seen."""
    seen = (one.job.id for one in family.members if not one.hidden)
    return {job_id: number for number, job_id in enumerate(seen, 1)}


def nodes(
    family: Family, pictures: Mapping[str, Small], name_of: Callable[[int], str], here: str = ""
) -> list[Node]:
    """Every result of a family; `name_of` tells what somebody is called, `here` is the one that was asked about."""
    numbered, members = numbers(family), {one.job.id: one for one in family.members}
    made = []
    for one in family.members:
        job = one.job
        name, otherwise = _named(one, members)
        node = Node(job.id, one.parent_id, numbered.get(job.id, 0), name, otherwise, here=job.id == here)
        if not one.hidden:
            others = tuple(other for other in one.others if other in numbered)
            who = name_of(job.requester_id)
            node = replace(node, who=who, count=job.pictures, picture=pictures.get(job.id), others=others)
        made.append(node)
    return made


def _named(member: Member, members: Mapping[str, Member]) -> tuple[str, str]:
    """What a result is called in the drawing, and what else where no font has the signs for it."""
    if member.hidden:
        return (texts.TREE_HIDDEN if member.job.deleted_at is None else texts.TREE_DELETED), ""
    parent = members.get(member.parent_id or "")
    return _called(member.job, None if parent is None or parent.hidden else parent.job)


def _called(job: Job, parent: Job | None) -> tuple[str, str]:
    said = words(job)
    if parent is None:
        return said, texts.TREE_HOW.get(job.how, texts.TREE_FIRST)
    how = texts.TREE_HOW.get(job.how, texts.TREE_ASKED)
    before = words(parent)
    if said == before:
        return how, how
    if job.how in (How.PANEL, How.BLEND):  # a part of the story, or of several: no change of one
        return said, how
    found = changes(before, said)
    parts = ((texts.TREE_ADDED, found.added), (texts.TREE_REMOVED, found.removed))
    told = [text.format(words=texts.CHANGE_SEPARATOR.join(some)) for text, some in parts if some]
    return texts.CHANGES_SEPARATOR.join(told) or said, how
