"""What jobs work from, where that is several pictures or somebody else's."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from bot.store.database import Database, transaction
from bot.store.source import Source
from bot.store.tables import JOBS, SOURCES


class Sources(Database):
    """Whose pictures a job is credited to."""

    @transaction
    def sources(self, connection: Connection, job_ids: Collection[str]) -> dict[str, list[Source]]:
        """What each of the jobs works from, in its order, of those that are credited to anybody."""
        found: dict[str, list[Source]] = defaultdict(list)
        its = select(SOURCES).where(SOURCES.c.job_id.in_(job_ids)).order_by(SOURCES.c.place)
        for row in connection.execute(its).mappings():
            found[row["job_id"]].append(Source(row["person_id"], row["from_id"], row["picture"]))
        return dict(found)


def write(connection: Connection, job_ids: Sequence[str], sources: Sequence[Source]) -> None:
    """Write what each of some new jobs works from, which is the same."""
    if sources:
        connection.execute(insert(SOURCES), [row for one in job_ids for row in _rows(one, sources)])


def _rows(job_id: str, sources: Sequence[Source]) -> list[dict[str, Any]]:
    return [
        {
            "job_id": job_id,
            "place": place,
            "person_id": one.person_id,
            "from_id": one.job_id,
            "picture": one.picture,
        }
        for place, one in enumerate(sources)
    ]


def blended(near: Collection[str]) -> ColumnElement[bool]:
    """Whether a job was blended of the pictures of one of those that are near, or one of them of its own."""
    grew = select(SOURCES.c.job_id).where(SOURCES.c.from_id.in_(near))
    grew_from = select(SOURCES.c.from_id).where(SOURCES.c.job_id.in_(near))
    return JOBS.c.id.in_(grew.union_all(grew_from))
