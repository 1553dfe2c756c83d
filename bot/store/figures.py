"""What only few look at: who was most active, and what everybody spent."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from bot.store.database import transaction
from bot.store.records import CallState, JobState
from bot.store.spending import Spending
from bot.store.tables import CALLS, JOBS
from bot.store.used import Active, Spent


class Figures(Spending):
    """Sums over the calendar's month in UTC, and over what goes on now."""

    @transaction
    def most_active(self, connection: Connection, guild_id: int, limit: int) -> list[Active]:
        """Who asked for most pictures in a server this month, the first first; nobody who got none."""
        pictures = func.sum(JOBS.c.pictures)
        found = connection.execute(
            select(JOBS.c.requester_id, pictures)
            .where(JOBS.c.guild_id == guild_id, JOBS.c.created_at >= self._month())
            .group_by(JOBS.c.requester_id)
            .having(pictures > 0)
            .order_by(pictures.desc(), JOBS.c.requester_id)
            .limit(limit)
        )
        return [Active(who, int(count)) for who, count in found]

    @transaction
    def spent(self, connection: Connection) -> Spent:
        """What everybody asked for this month, wherever."""
        sums = (func.coalesce(func.sum(one), 0) for one in (JOBS.c.pictures, JOBS.c.cost))
        row = connection.execute(select(*sums).where(JOBS.c.created_at >= self._month())).one()
        return Spent(int(row[0]), int(row[1]))

    @transaction
    def waiting(self, connection: Connection, person_id: int, guild_id: int | None) -> int:
        """How many jobs of a person have not had their turn, in a server or everywhere."""
        its = [JOBS.c.state == JobState.WAITING, JOBS.c.requester_id == person_id]
        its += [JOBS.c.guild_id == guild_id] if guild_id is not None else []
        return connection.scalar(select(func.count()).select_from(JOBS).where(*its)) or 0

    @transaction
    def open_posts(self, connection: Connection) -> int:
        """How many POSTs the endpoint has not answered yet, of all processes."""
        painting = (JOBS.c.state == JobState.PAINTING, CALLS.c.state == CallState.SENT)
        under_way = select(func.count()).select_from(CALLS.join(JOBS)).where(*painting)
        return connection.scalar(under_way) or 0

    def _month(self) -> float:
        now = datetime.fromtimestamp(self._clock(), UTC)
        return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
