"""Who likes which pictures."""

from sqlalchemy import Connection, delete, func, insert, select

from bot.store.database import Database, hold, transaction
from bot.store.tables import FAVOURITES


class Favourites(Database):
    """One mark for each person and job."""

    @transaction
    def set_favourite(self, connection: Connection, job_id: str, person_id: int, *, wanted: bool) -> int:
        """Let a job be somebody's favourite, or not any more; how many people's it is now.

        Whoever marks the same job at the same moment is counted before or after, and never lost.
        """
        hold(connection, f"favourites {job_id}")
        its = (FAVOURITES.c.job_id == job_id, FAVOURITES.c.person_id == person_id)
        if not wanted:
            connection.execute(delete(FAVOURITES).where(*its))
        elif connection.execute(select(FAVOURITES.c.job_id).where(*its)).first() is None:
            mark = {"job_id": job_id, "person_id": person_id, "at": self._clock()}
            connection.execute(insert(FAVOURITES).values(mark))
        return _count(connection, job_id)

    @transaction
    def favourites(self, connection: Connection, job_id: str) -> int:
        """How many people's favourite a job is."""
        return _count(connection, job_id)

    @transaction
    def is_favourite(self, connection: Connection, job_id: str, person_id: int) -> bool:
        """Whether a job is somebody's favourite."""
        its = (FAVOURITES.c.job_id == job_id, FAVOURITES.c.person_id == person_id)
        return connection.execute(select(FAVOURITES.c.job_id).where(*its)).first() is not None


def _count(connection: Connection, job_id: str) -> int:
    counted = select(func.count()).select_from(FAVOURITES).where(FAVOURITES.c.job_id == job_id)
    return connection.scalar(counted) or 0
