"""What a recap tells of a jam: everything that was ever in it."""

from sqlalchemy import Connection, exists, select

from bot.store import jams, rows
from bot.store.database import Database, transaction
from bot.store.jam import Pinned
from bot.store.records import Dossier
from bot.store.tables import JAM_REFERENCES, JOBS, POSTS


class Recaps(Database):
    """Reads, and writes nothing."""

    @transaction
    def jobs_in(self, connection: Connection, jam_id: str) -> list[Dossier]:
        """The jobs of a jam whose pictures were posted for everybody and can still be seen, the oldest first."""
        seen = (JOBS.c.jam_id == jam_id, JOBS.c.deleted_at.is_(None), ~JOBS.c.private)
        posted = exists().where(
            POSTS.c.job_id == JOBS.c.id, POSTS.c.number >= 0, POSTS.c.message_id.is_not(None)
        )
        found = select(JOBS.c.id).where(*seen, posted).order_by(JOBS.c.created_at, JOBS.c.id)
        return [rows.dossier(connection, job_id) for job_id in list(connection.scalars(found))]

    @transaction
    def ever_pinned(self, connection: Connection, jam_id: str) -> list[Pinned]:
        """Everything that ever stood on a jam's board, the oldest first."""
        its = select(JAM_REFERENCES).where(JAM_REFERENCES.c.jam_id == jam_id)
        found = connection.execute(its.order_by(JAM_REFERENCES.c.at, JAM_REFERENCES.c.id)).mappings()
        return [Pinned(**row) for row in found]

    @transaction
    def check_may_look(self, connection: Connection, jam_id: str, person_id: int) -> None:
        """Raise what speaks against somebody's looking at a jam: JamTakenOut, JamByInvitation."""
        jam = jams.known(connection, jam_id)
        jams.check_place(connection, jam, person_id)
