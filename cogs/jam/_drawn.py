"""A jam's pictures on one sheet, and the tree of who built on whom."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from bot.jobs.family import Family, grown
from bot.jobs.jam.written import Chronicle, Key
from bot.pictures import sheet, tree
from bot.pictures.sheet import Field
from bot.store.jam import Entry
from cogs import families


async def draw_sheet(
    painters: Executor, entries: Sequence[Entry], files: Mapping[Key, Path], theme: str
) -> bytes | None:
    """A sheet of the pictures in their order, numbered; None where there are none."""
    if not entries:
        return None
    fields = [
        Field(one.prompt, files.get((one.job_id, one.number)), place) for place, one in enumerate(entries, 1)
    ]
    return await asyncio.get_running_loop().run_in_executor(painters, sheet.draw, fields, theme)


def families_in(chronicle: Chronicle) -> Family:
    """Those of a jam's results that were built on each other."""
    others = {
        job_id: [one.job_id for one in sources if one.job_id is not None]
        for job_id, sources in chronicle.sources.items()
    }
    return grown([one.job for one in chronicle.jobs], others)


async def draw_tree(
    painters: Executor, family: Family, files: Mapping[Key, Path], names: Mapping[int, str]
) -> bytes | None:
    """The results with arrows from what they were built on, under the names of those who asked; None without any."""
    if not family.members:
        return None
    first: dict[str, Path] = {}
    for (job_id, _), path in sorted(files.items()):
        first.setdefault(job_id, path)
    loop = asyncio.get_running_loop()
    small = {}
    for one in family.members:
        shown = first.get(one.job.id)
        found = None if shown is None else await loop.run_in_executor(painters, tree.small, shown)
        if found is not None:
            small[one.job.id] = found
    nodes = families.nodes(family, small, lambda person: names.get(person, ""))
    return await loop.run_in_executor(painters, tree.draw, nodes)
