"""Copies everything Easel keeps from its SQLite file into an empty PostgreSQL."""

from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, func, insert, make_url, pool, select, text

from bot import errors
from bot.store import index, migrate
from bot.store.tables import Base

_ROWS_AT_ONCE = 500


def move(source: str, target: str) -> dict[str, int]:
    """Copy every row; how many there were of each table. Blocking.

    All of it is one transaction of the target: until that is done, the target is empty and the file as it was.
    Nobody may be working with the file. Raises NothingToMove, NotEmpty, DataUntouched, and what `migrate.upgrade`
    raises.
    """
    if not _file(source).is_file():
        raise errors.NothingToMove(file=str(_file(source)))
    for url in (source, target):
        migrate.upgrade(url)
    engines = [
        create_engine(migrate.blocking(url), poolclass=pool.NullPool, hide_parameters=True)
        for url in (source, target)
    ]
    with engines[0].begin() as old, engines[1].begin() as new:
        # Whoever opened the file all the same, or moves it just now, is waited for.
        old.execute(text("BEGIN IMMEDIATE"))
        _refuse_rows(new)
        moved = {table.name: _copy(old, new, table) for table in Base.metadata.sorted_tables}
        index.fill(new)
        return moved


def set_aside(url: str) -> Path | None:
    """Give a SQLite file a name under which nobody works with it any more; that name, if there was a file.

    What happened there would happen again if somebody did. Raises LeftInPlace.
    """
    file = _file(url)
    if not file.is_file():
        return None
    try:
        return file.rename(file.with_name(f"{file.name}.moved"))
    except OSError as error:
        raise errors.LeftInPlace(file=str(file)) from error


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _refuse_rows(new: Connection) -> None:
    """Let nobody else write, and make sure that nobody has."""
    for table in Base.metadata.sorted_tables:
        new.execute(text(f'LOCK TABLE "{table.name}" IN ACCESS EXCLUSIVE MODE'))
    if any(_count(new, table) for table in Base.metadata.sorted_tables):
        raise errors.NotEmpty


def _copy(old: Connection, new: Connection, table: Table) -> int:
    """Copy a table's rows; how many there are. Raises DataUntouched where not all of them arrived."""
    rows = old.execute(select(table), execution_options={"yield_per": _ROWS_AT_ONCE}).mappings()
    for some in rows.partitions():
        new.execute(insert(table), [dict(row) for row in some])
    there, here = _count(old, table), _count(new, table)
    if there != here:
        raise errors.DataUntouched(why=f"of {there} rows in {table.name}, {here} arrived")
    return here


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
