"""The database under the store: SQLite or PostgreSQL, opened and brought up to date."""

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import psycopg
import stamina
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from bot import errors
from bot.store import migrate, writers
from bot.store.patience import patience
from bot.store.records import Fault

Holder = TypeVar("Holder", bound="Database")
P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 10
"""Transactions at once. On SQLite one of them writes and the others read."""

_SILENCE = {
    "connect_timeout": 10,  # seconds, as the next three
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A line that broke without a word is given up after half a minute, and not after the system's two hours."""

_LOCKED_SECONDS = 5.0
"""A thread waits no longer for SQLite's one writer: then it is tried again, and others have the thread meanwhile."""
_WAIT_MOST = 3.0
"""Seconds between two attempts, while the database is away."""


class _TooLateError(Exception):
    """Whoever asked does not wait any more: nothing is written."""


class Database:
    """A database whose tables have their newest shape, and threads in which it is worked with."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._clock = clock
        self._engine = _engine(url)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(migrate.upgrade, self._url)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _in_thread(self, run: Callable[[], R]) -> asyncio.Future[R]:
        return asyncio.get_running_loop().run_in_executor(self._threads, run)


def transaction(
    work: Callable[Concatenate[Holder, Connection, P], R],
) -> Callable[Concatenate[Holder, P], Coroutine[Any, Any, R]]:
    """Make a method whose SQL is one transaction, in one thread from its beginning to its end, awaitable.

    One way there and back for all its statements: an asynchronous driver goes there and back four times
    for each of them, which costs ten times as much.

    While the database is away it is tried again and again, so it must bear being repeated. Raises DatabaseAway,
    or DiskFull, where whoever asks does not wait so long (see `wait_at_most`); then nothing is written.
    """

    async def in_thread(self: Holder, /, *args: P.args, **kwargs: P.kwargs) -> R:
        late = threading.Event()

        def run() -> R:
            with self._engine.begin() as connection:
                found = work(self, connection, *args, **kwargs)
                if late.is_set():
                    raise _TooLateError
            return found

        seconds = patience()
        try:
            async with asyncio.timeout(seconds):
                return await _patiently(lambda: self._in_thread(run), hurried=seconds is not None)
        except TimeoutError as error:
            late.set()
            raise errors.DatabaseAway(detail=f"no answer from the database in {seconds} s") from error

    functools.update_wrapper(in_thread, work)
    return in_thread


async def _patiently(run: Callable[[], Awaitable[R]], *, hurried: bool) -> R:
    """Try a transaction until the database is there; who is `hurried` does not wait for room on a disk."""
    with contextlib.suppress(OperationalError):
        return await run()  # as almost always, and at no further cost

    def passes(error: Exception) -> bool:
        return isinstance(error, OperationalError) and not (hurried and _is_full(error))

    try:
        async for attempt in stamina.retry_context(
            on=passes, attempts=None, timeout=None, wait_max=_WAIT_MOST
        ):
            with attempt:
                return await run()
    except OperationalError as error:
        raise errors.DiskFull(detail=str(error.orig)) from error
    raise AssertionError("stamina ends by returning or raising")


def _is_full(error: OperationalError) -> bool:
    return isinstance(error.orig, psycopg.errors.DiskFull) or "disk is full" in str(error.orig)


def hold(connection: Connection, *names: str) -> None:
    """Let nobody else who holds one of the names go on until the transaction ends: what is counted stays true.

    Once in a transaction, before anything else. The names are held in one order, whatever order they are
    given in, so that no two wait for each other.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        locks = (func.pg_advisory_xact_lock(func.hashtextextended(name, 0)) for name in sorted(names))
        connection.execute(select(*locks))


def _engine(url: str) -> Engine:
    # What is written, tokens and prompts among it, must not stand in an error's text.
    options: dict[str, Any] = {"pool_size": _THREADS, "hide_parameters": True}
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, connect_args=_patience(url), **options)
    engine = create_engine(migrate.blocking(url), connect_args={"timeout": _LOCKED_SECONDS}, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # WAL lets readers and the one writer pass each other. FULL: not even a power cut may take back a
        # «sent», or its picture would be bought twice.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    writers.in_line(engine, _LOCKED_SECONDS)
    return engine


def _patience(url: str) -> dict[str, int]:
    """How long a PostgreSQL is waited for that says nothing, where its address does not say so itself."""
    asked = make_url(url).query
    return {name: value for name, value in _SILENCE.items() if name not in asked}


def values_of(record: Any) -> dict[str, Any]:
    """A record as the values of its row, by the names of their columns."""
    values = {name: getattr(record, name) for name in record.__dataclass_fields__}
    if "fault" in values:
        values["fault"] = as_json(values["fault"])
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in values.items()}


def as_json(fault: Fault | None) -> dict[str, Any] | None:
    """A fault as it is stored."""
    return None if fault is None else asdict(fault)


def as_fault(stored: Mapping[str, Any] | None) -> Fault | None:
    """A stored fault."""
    return None if stored is None else Fault(**stored)
