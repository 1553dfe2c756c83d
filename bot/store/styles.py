"""Styles that people saved, for themselves and for servers."""

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select

from bot import errors
from bot.store.database import Database, hold, transaction, values_of
from bot.store.records import SavedStyle, StyleOwner
from bot.store.tables import STYLES


class Styles(Database):
    """Each name stands once with each person and each server."""

    @transaction
    def styles(self, connection: Connection, person_id: int, server_id: int | None) -> list[SavedStyle]:
        """Somebody's styles and their server's, theirs first, each by its name."""
        theirs = and_(STYLES.c.whose == StyleOwner.PERSON, STYLES.c.owner_id == person_id)
        servers = and_(STYLES.c.whose == StyleOwner.SERVER, STYLES.c.owner_id == (server_id or 0))
        found = connection.execute(
            select(STYLES).where(or_(theirs, servers)).order_by(STYLES.c.whose, STYLES.c.key)
        )
        return [_as_style(row) for row in found.mappings()]

    @transaction
    def add_style(self, connection: Connection, style: SavedStyle, limit: int, bytes_limit: int) -> None:
        """Write a style, whoever else writes at the same moment.

        Raises StyleNameTaken; TooManyStyles where its owner has `limit` of them; and StylesTooHeavy where their
        pictures would have more than `bytes_limit`.
        """
        hold(connection, f"styles {style.whose} {style.owner_id}")
        its = (STYLES.c.whose == style.whose, STYLES.c.owner_id == style.owner_id)
        there = [_as_style(row) for row in connection.execute(select(STYLES).where(*its)).mappings()]
        if any(one.id == style.id for one in there):
            return  # written before, when nobody heard of it
        if any(one.key == style.key for one in there):
            raise errors.StyleNameTaken(name=style.name)
        if len(there) >= limit:
            raise errors.TooManyStyles(limit=limit)
        heavy = sum(picture["bytes"] for one in (*there, style) for picture in one.content["references"])
        if heavy > bytes_limit:
            raise errors.StylesTooHeavy(megabytes=heavy / 1e6, limit=bytes_limit // 1_000_000)
        connection.execute(insert(STYLES).values(values_of(style)))

    @transaction
    def remove_style(self, connection: Connection, style_id: str) -> None:
        """Take a style out."""
        connection.execute(delete(STYLES).where(STYLES.c.id == style_id))

    @transaction
    def saved_styles(self, connection: Connection, ids: Collection[str]) -> set[str]:
        """Those of the ids that are styles."""
        return set(connection.scalars(select(STYLES.c.id).where(STYLES.c.id.in_(list(ids)))))


def _as_style(row: RowMapping) -> SavedStyle:
    return SavedStyle(**{**row, "whose": StyleOwner(row["whose"])})
