"""The database under the store: SQLite or PostgreSQL, opened and brought up to date."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Self, TypeVar

import stamina
from sqlalchemy import event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store import migrate
from bot.store.records import Fault
from bot.store.tables import Base

Row = TypeVar("Row", bound=Base)

patiently = stamina.retry(on=OperationalError, attempts=None, timeout=60.0, wait_max=3.0)
"""What a bought picture hangs on is written though the database is away for a while; all of it may be repeated."""


class Database:
    """Sessions in a database whose tables have their newest shape."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._clock = clock
        self._engine: AsyncEngine = _engine(url)
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(migrate.upgrade, self._url)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._engine.dispose()


async def hold(session: AsyncSession, name: str) -> None:
    """Let nobody else who holds the name go on until the transaction ends: what is counted stays true."""
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(text("BEGIN IMMEDIATE"))
    else:
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
        )
    # What is written, tokens and prompts among it, must not stand in an error's text.
    engine = create_async_engine(url, connect_args={"timeout": 30}, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # WAL lets readers and the one writer pass each other. FULL: not even a power cut may take back a
        # «sent», or its picture would be bought twice.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def columns_of(row: Base) -> dict[str, Any]:
    """A row's values by the names of their columns."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def as_row(table: type[Row], record: Any, **more: Any) -> Row:
    """A record as a row of its table, with what only the table has."""
    values = {name: getattr(record, name) for name in record.__dataclass_fields__} | more
    if "fault" in values:
        values["fault"] = as_json(values["fault"])
    return table(
        **{key: dict(value) if isinstance(value, Mapping) else value for key, value in values.items()}
    )


def as_json(fault: Fault | None) -> dict[str, Any] | None:
    """A fault as it is stored."""
    return None if fault is None else asdict(fault)


def as_fault(stored: Mapping[str, Any] | None) -> Fault | None:
    """A stored fault."""
    return None if stored is None else Fault(**stored)
