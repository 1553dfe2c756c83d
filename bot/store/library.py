"""Finds finished jobs again: somebody's, or those they like; by words, place, model and time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    String,
    and_,
    any_,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)

from bot.store import index, rows
from bot.store.database import Database, transaction
from bot.store.index import WORDS
from bot.store.records import JobState
from bot.store.sought import Cut, Page, Sought, Way
from bot.store.tables import FAVOURITES, JOBS
from bot.store.terms import phrases

_WITH_PICTURES = (JobState.DONE, JobState.FAILED, JobState.UNKNOWN)
"""How a job may end of which pictures came."""
_SHOWN = (JOBS.c.state.in_(_WITH_PICTURES), JOBS.c.pictures > 0, JOBS.c.deleted_at.is_(None))


class Library(Database):
    """Pages of what was painted, the newest first.

    Each page begins next to a job, and not after so many: it is as quick to find deep down as at the beginning, and
    what is painted or deleted meanwhile shifts nothing.
    """

    @transaction
    def library_page(self, connection: Connection, sought: Sought, size: int, cut: Cut | None = None) -> Page:
        """The jobs next to the cut, or the newest; where no older ones are left, those up to it."""
        if sought.words and not phrases(sought.words):
            return Page()
        walk = _Walk(connection, sought, size)
        place = None if cut is None else walk.place(cut.job_id)
        if cut is None or place is None:
            return walk.older(())
        if cut.way is Way.NEWER:
            page = walk.newer(place)
            # Fewer than a page: there are no newer ones, so that the first page is what is meant.
            return page if len(page.found) == size else walk.older(())
        page = walk.older(place) if cut.way is Way.OLDER else walk.beginning_with(place)
        return page if page.found else walk.up_to(place)

    @transaction
    def in_library(self, connection: Connection, sought: Sought, job_id: str) -> bool:
        """Whether somebody may see a job in their library, whatever else narrows it down."""
        shown = select(JOBS.c.id).where(JOBS.c.id == job_id, *_SHOWN, _open_to(sought))
        return connection.execute(shown).first() is not None

    @transaction
    def last_asked(self, connection: Connection, person_id: int, guild_id: int | None) -> str | None:
        """The id of what somebody asked for last in a server, or outside of all; None where that is nothing."""
        its = (JOBS.c.requester_id == person_id, JOBS.c.guild_id.is_not_distinct_from(guild_id))
        found = select(JOBS.c.id).where(*its).order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc()).limit(1)
        return connection.scalar(found)


class _Walk:
    """Goes along what is sought, in the order in which it can be found without sorting."""

    def __init__(self, connection: Connection, sought: Sought, size: int) -> None:
        self._connection, self._sought, self._size = connection, sought, size
        dialect = connection.dialect.name
        self._wanted = index.wanted(dialect, sought) if sought.words or sought.model else ""
        self._key: tuple[ColumnElement[Any], ...] = (JOBS.c.created_at, JOBS.c.id)
        asked = select(JOBS.c.id).where(*_SHOWN, *_narrowed(sought))
        few = index.few(connection, self._wanted) if self._wanted else None
        if few is not None:
            asked, self._wanted = asked.where(JOBS.c.id == any_(literal(few, ARRAY(String)))), ""
        if sought.favourites:
            self._key = (FAVOURITES.c.at, FAVOURITES.c.job_id)
            liked = and_(FAVOURITES.c.job_id == JOBS.c.id, FAVOURITES.c.person_id == sought.viewer_id)
            asked = asked.join(FAVOURITES, liked)
            asked = asked.where(index.HELD[dialect]) if self._wanted else asked
        elif self._wanted:
            asked = asked.join(WORDS, WORDS.c.job_id == JOBS.c.id).where(index.FOUND[dialect])
            if dialect == "sqlite":
                self._key = (WORDS.c.rowid,)
                asked = asked.where(*self._between())
        self._asked = asked
        self._values = {"wanted": self._wanted} if self._wanted else {}

    def place(self, job_id: str) -> tuple[Any, ...] | None:
        """Where a job stands in that order; None where it does not."""
        if self._key == (WORDS.c.rowid,):
            return self._row(job_id)
        found = select(*self._key).where(JOBS.c.id == job_id)
        if self._sought.favourites:
            found = found.join(FAVOURITES, FAVOURITES.c.job_id == JOBS.c.id)
            found = found.where(FAVOURITES.c.person_id == self._sought.viewer_id)
        row = self._connection.execute(found).first()
        return None if row is None else tuple(row)

    def older(self, place: tuple[Any, ...]) -> Page:
        """The page behind a place, or the first."""
        only = tuple_(*self._key) < tuple_(*place) if place else true()
        return self._beginning(only, newer=bool(place))

    def beginning_with(self, place: tuple[Any, ...]) -> Page:
        """The page that begins with a place, as it was when that was its first."""
        before = self._asked.where(tuple_(*self._key) > tuple_(*place)).limit(1)
        newer = self._connection.execute(before, self._values).first() is not None
        return self._beginning(tuple_(*self._key) <= tuple_(*place), newer=newer)

    def _beginning(self, only: ColumnElement[bool], *, newer: bool) -> Page:
        ids = self._ids(only, [one.desc() for one in self._key])
        found = [rows.dossier(self._connection, one) for one in ids[: self._size]]
        return Page(found, newer=newer, older=len(ids) > self._size)

    def newer(self, place: tuple[Any, ...]) -> Page:
        """The page before a place."""
        return replace(self._ending(tuple_(*self._key) > tuple_(*place)), older=True)

    def up_to(self, place: tuple[Any, ...]) -> Page:
        """The page that ends with a place: the last one."""
        return self._ending(tuple_(*self._key) >= tuple_(*place))

    def _ending(self, only: ColumnElement[bool]) -> Page:
        ids = self._ids(only, [one.asc() for one in self._key])
        found = [rows.dossier(self._connection, one) for one in reversed(ids[: self._size])]
        return Page(found, newer=len(ids) > self._size)

    def _ids(self, only: ColumnElement[bool], order: list[ColumnElement[Any]]) -> list[str]:
        """The ids of a page's jobs, and of one more if there is one."""
        asked = self._asked.where(only).order_by(*order).limit(self._size + 1)
        return list(self._connection.scalars(asked, self._values))

    def _row(self, job_id: str) -> tuple[int] | None:
        """A job's row among the words."""
        one = select(WORDS.c.rowid).where(text("words MATCH :one"))
        row = self._connection.scalar(one, {"one": index.about(job_id)})
        return None if row is None else (row,)

    def _between(self) -> Iterator[ColumnElement[bool]]:
        """The rows among the words between the first and the last job of the time in question."""
        if self._sought.since is not None:
            yield WORDS.c.rowid >= self._edge(JOBS.c.created_at.asc())
        if self._sought.until is not None:
            yield WORDS.c.rowid <= self._edge(JOBS.c.created_at.desc())

    def _edge(self, order: ColumnElement[Any]) -> int:
        """The row of the first job of that time, in that order; where there is none, no row is anything's edge."""
        whose = (JOBS.c.requester_id == self._sought.person_id, *_times(self._sought))
        edge = self._connection.scalar(select(JOBS.c.id).where(*whose).order_by(order).limit(1))
        [row] = (edge and self._row(edge)) or (0,)
        return row


def _narrowed(sought: Sought) -> Iterator[ColumnElement[bool]]:
    """Each by itself: what the index knows keeps the rows of others from being read."""
    if sought.favourites:
        yield _open_to(sought)
    else:
        yield JOBS.c.requester_id == sought.person_id
        if sought.person_id != sought.viewer_id:
            yield from _of_others(sought)
    if sought.guild_id is not None:
        yield JOBS.c.guild_id == sought.guild_id
    if sought.channel_id is not None:
        yield JOBS.c.channel_id == sought.channel_id
    yield from _times(sought)


def _open_to(sought: Sought) -> ColumnElement[bool]:
    """Whether somebody may see a job, whoever's it is."""
    return or_(JOBS.c.requester_id == sought.viewer_id, and_(*_of_others(sought)))


def _of_others(sought: Sought) -> Iterator[ColumnElement[bool]]:
    yield JOBS.c.channel_id.in_(list(sought.open_))
    yield JOBS.c.private.is_(False)


def _times(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.since is not None:
        yield JOBS.c.created_at >= sought.since
    if sought.until is not None:
        yield JOBS.c.created_at < sought.until
