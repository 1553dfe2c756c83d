"""What people laid aside."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select

from bot import errors
from bot.store.database import hold, transaction, values_of
from bot.store.laid import Laid, not_among
from bot.store.switches import Switches
from bot.store.tables import TRAY

_IDS_AT_ONCE = 500
"""Values of one statement; databases take a few tens of thousands."""


class Trays(Switches):
    """Each person's tray in each channel."""

    @transaction
    def tray(self, connection: Connection, owner_id: int, channel_id: int) -> list[Laid]:
        """What somebody laid aside in a channel, in the order it was laid."""
        return [_as_laid(row) for row in connection.execute(_tray(owner_id, channel_id)).mappings()]

    @transaction
    def lay(self, connection: Connection, items: Sequence[Laid], limit: int, bytes_limit: int) -> list[Laid]:
        """Write items, all of one tray, behind those that are in it; returns those that were not there yet.

        Raises TrayFull, and writes nothing, where it would then have more than `limit`; and TraysTooHeavy
        where its owner's copies, in all channels, would have more than `bytes_limit`: whoever else writes
        at the same moment.
        """
        if not items:
            return []
        owner_id, channel_id = items[0].owner_id, items[0].channel_id
        hold(connection, f"trays {owner_id}")
        there = connection.execute(_tray(owner_id, channel_id)).mappings().all()
        known = {row["id"] for row in there}
        if again := [one for one in items if one.id in known]:
            return again  # written before, when nobody heard of it
        fresh = not_among([_as_laid(row) for row in there], items)
        if len(there) + len(fresh) > limit:
            raise errors.TrayFull(limit=limit, room=max(0, limit - len(there)), count=len(fresh))
        copies = select(func.sum(TRAY.c.bytes)).where(TRAY.c.owner_id == owner_id, TRAY.c.copied)
        kept = int(connection.scalar(copies) or 0) + sum(one.bytes for one in fresh if one.copied)
        if kept > bytes_limit:
            raise errors.TraysTooHeavy(megabytes=kept / 1e6, limit=bytes_limit // 1_000_000)
        first = there[-1]["position"] + 1 if there else 1
        if fresh:
            rows = [values_of(one) | {"position": first + n} for n, one in enumerate(fresh)]
            connection.execute(insert(TRAY), rows)
        return fresh

    @transaction
    def unlay(self, connection: Connection, ids: Collection[str]) -> None:
        """Take items out of their tray."""
        gone = list(ids)
        for start in range(0, len(gone), _IDS_AT_ONCE):
            some = TRAY.c.id.in_(gone[start : start + _IDS_AT_ONCE])
            connection.execute(delete(TRAY).where(some))

    @transaction
    def laid_in(self, connection: Connection, channel_id: int) -> list[str]:
        """The ids of everybody's items in a channel."""
        return list(connection.scalars(select(TRAY.c.id).where(TRAY.c.channel_id == channel_id)))

    @transaction
    def laid_before(self, connection: Connection, moment: float) -> list[str]:
        """The ids of everybody's items that are older."""
        return list(connection.scalars(select(TRAY.c.id).where(TRAY.c.laid_at < moment)))

    @transaction
    def laid(self, connection: Connection, ids: Collection[str]) -> set[str]:
        """Those of the ids that are in somebody's tray."""
        wanted, found = list(ids), set[str]()
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            some = TRAY.c.id.in_(wanted[start : start + _IDS_AT_ONCE])
            found.update(connection.scalars(select(TRAY.c.id).where(some)))
        return found


def _tray(owner_id: int, channel_id: int) -> Select[Any]:
    its = (TRAY.c.owner_id == owner_id, TRAY.c.channel_id == channel_id)
    return select(TRAY).where(*its).order_by(TRAY.c.position)


def _as_laid(row: RowMapping) -> Laid:
    columns = dict(row)
    del columns["position"]
    return Laid(**columns)
