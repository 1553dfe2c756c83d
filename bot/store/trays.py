"""What people laid aside."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, delete, func, select

from bot import errors
from bot.store.database import Database, as_row, columns_of, hold
from bot.store.records import Laid, not_among
from bot.store.tables import LaidRow

_IDS_AT_ONCE = 500
"""Values of one statement; databases take a few tens of thousands."""


class Trays(Database):
    """Each person's tray in each channel."""

    async def tray(self, owner_id: int, channel_id: int) -> list[Laid]:
        """What somebody laid aside in a channel, in the order it was laid."""
        async with self._session() as session:
            return [_as_laid(row) for row in await session.scalars(_tray(owner_id, channel_id))]

    async def lay(self, items: Sequence[Laid], limit: int, bytes_limit: int) -> list[Laid]:
        """Write items, all of one tray, behind those that are in it; returns those that were not there yet.

        Raises TrayFull, and writes nothing, where it would then have more than `limit`; and TraysTooHeavy
        where its owner's copies, in all channels, would have more than `bytes_limit`: whoever else writes
        at the same moment.
        """
        if not items:
            return []
        owner_id, channel_id = items[0].owner_id, items[0].channel_id
        async with self._session.begin() as session:
            await hold(session, f"trays {owner_id}")
            there = list(await session.scalars(_tray(owner_id, channel_id)))
            fresh = not_among(there, items)
            if len(there) + len(fresh) > limit:
                raise errors.TrayFull(limit=limit, room=max(0, limit - len(there)), count=len(fresh))
            copies = select(func.sum(LaidRow.bytes)).where(LaidRow.owner_id == owner_id, LaidRow.copied)
            kept = int(await session.scalar(copies) or 0) + sum(one.bytes for one in fresh if one.copied)
            if kept > bytes_limit:
                raise errors.TraysTooHeavy(megabytes=kept / 1e6, limit=bytes_limit // 1_000_000)
            first = there[-1].position + 1 if there else 1
            session.add_all(as_row(LaidRow, one, position=first + n) for n, one in enumerate(fresh))
        return fresh

    async def unlay(self, ids: Collection[str]) -> None:
        """Take items out of their tray."""
        gone = list(ids)
        async with self._session.begin() as session:
            for start in range(0, len(gone), _IDS_AT_ONCE):
                some = LaidRow.id.in_(gone[start : start + _IDS_AT_ONCE])
                await session.execute(delete(LaidRow).where(some))

    async def laid_in(self, channel_id: int) -> list[str]:
        """The ids of everybody's items in a channel."""
        async with self._session() as session:
            return list(await session.scalars(select(LaidRow.id).where(LaidRow.channel_id == channel_id)))

    async def laid_before(self, moment: float) -> list[str]:
        """The ids of everybody's items that are older."""
        async with self._session() as session:
            return list(await session.scalars(select(LaidRow.id).where(LaidRow.laid_at < moment)))

    async def laid(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are in somebody's tray."""
        wanted, found = list(ids), set[str]()
        async with self._session() as session:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                some = LaidRow.id.in_(wanted[start : start + _IDS_AT_ONCE])
                found.update(await session.scalars(select(LaidRow.id).where(some)))
        return found


def _tray(owner_id: int, channel_id: int) -> Select[LaidRow]:
    its = (LaidRow.owner_id == owner_id, LaidRow.channel_id == channel_id)
    return select(LaidRow).where(*its).order_by(LaidRow.position)


def _as_laid(row: LaidRow) -> Laid:
    columns = columns_of(row)
    del columns["position"]
    return Laid(**columns)
