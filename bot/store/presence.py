"""Presence: a process's name, held in PostgreSQL by a session of its own for as long as the process works.

The database keeps the lock while the process can be reached, even when it is too busy to say anything, and
drops it when the process ends or its machine is gone. So nobody who still works is taken for dead.
"""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, Connection, NullPool, create_engine, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from bot.store.migrate import blocking
from bot.store.sharing import database_time
from bot.store.tables import PROCESSES

P = ParamSpec("P")
R = TypeVar("R")

_CLIENT = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
"""So that a database that vanished is noticed, and not waited for."""
_SERVER = {"tcp_keepalives_idle": 5, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
"""So that the database notices within 20 seconds that a machine vanished; a socket of the system's own has none."""


class SessionLostError(Exception):
    """The database cannot be reached."""


def _in_session(
    work: Callable[Concatenate["Presence", Connection, P], R],
) -> Callable[Concatenate["Presence", P], Coroutine[Any, Any, R]]:
    """Make a method that works with the session awaitable. Raises SessionLostError; may be repeated."""

    async def in_thread(self: "Presence", /, *args: P.args, **kwargs: P.kwargs) -> R:
        def run() -> R:
            try:
                return work(self, self._session(), *args, **kwargs)
            except DBAPIError:
                self._forget_session()  # it may have ended long ago: a new one may well be had
            try:
                return work(self, self._session(), *args, **kwargs)
            except DBAPIError as error:
                self._forget_session()
                raise SessionLostError(str(error.orig).strip()) from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    functools.update_wrapper(in_thread, work)
    return in_thread


class Presence:
    """A process among those that share a database: `life` is its id from this start to the next."""

    def __init__(self, url: str, name: str, life: str, folder: str) -> None:
        """`folder` is the mark of its data folder."""
        self._name, self._life, self._folder = name, life, folder
        # Nothing is written that would have to be taken back; a transaction would only stay open.
        self._engine = create_engine(
            blocking(url),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args={**_CLIENT, "application_name": f"easel {name}"},
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="presence")
        self._connection: Connection | None = None
        self._holds_name = False

    @_in_session
    def enter(self, connection: Connection) -> bool:
        """Take the name where nobody holds it; whether that worked."""
        if not self._hold_name(connection):
            return False
        row = {"life": self._life, "seen_at": database_time(), "folder": self._folder}
        mine = insert(PROCESSES).values(name=self._name, **row)
        connection.execute(mine.on_conflict_do_update(index_elements=["name"], set_=row))
        return True

    @_in_session
    def elsewhere(self, connection: Connection, seconds: float) -> str | None:
        """A process seen within so many seconds that works in another data folder, if there is one."""
        other = (PROCESSES.c.folder != self._folder, PROCESSES.c.life != "", ~_unseen(seconds))
        return connection.scalar(select(PROCESSES.c.name).where(*other).limit(1))

    @_in_session
    def beat(self, connection: Connection) -> bool:
        """Show that the process lives; False where another has taken over from it."""
        self._hold_name(connection)  # anew, after a session was lost; the row says whether it is still ours
        mine = (PROCESSES.c.name == self._name, PROCESSES.c.life == self._life)
        seen = update(PROCESSES).where(*mine).values(seen_at=database_time())
        return bool(connection.execute(seen).rowcount)

    @_in_session
    def silent(self, connection: Connection, seconds: float) -> list[str]:
        """The other processes that were not seen for so many seconds: some of them may be dead."""
        others = select(PROCESSES.c.name).where(PROCESSES.c.name != self._name, _unseen(seconds))
        return list(connection.scalars(others))

    @_in_session
    def claim(self, connection: Connection, name: str, seconds: float) -> bool:
        """Hold a dead process's name, so that it cannot come back meanwhile; False where it is not dead.

        From here on it works no more, even where it only seemed to be dead: its row tells it so.
        """
        if not _lock(connection, _key(name)):
            return False  # its session stands, or somebody else takes over
        this = update(PROCESSES).where(PROCESSES.c.name == name, _unseen(seconds))
        if connection.execute(this.values(life="")).rowcount:
            return True
        _unlock(connection, _key(name))
        return False

    @_in_session
    def bury(self, connection: Connection, name: str) -> None:
        """Forget a process whose work was taken over, and let its name go."""
        connection.execute(delete(PROCESSES).where(PROCESSES.c.name == name, PROCESSES.c.life == ""))
        _unlock(connection, _key(name))

    @_in_session
    def let_go(self, connection: Connection, name: str) -> None:
        """Let a dead process's name go: whoever looks next takes over from it."""
        _unlock(connection, _key(name))

    @_in_session
    def begin_alone(self, connection: Connection, what: str) -> bool:
        """Whether no other process is at something; until `end_alone` none begins."""
        return _lock(connection, what)

    @_in_session
    def end_alone(self, connection: Connection, what: str) -> None:
        """Let others begin with it."""
        _unlock(connection, what)

    async def close(self) -> None:
        """Let the name go at once. What the process was at stays its own, if it comes back soon."""
        with contextlib.suppress(DBAPIError):
            await asyncio.get_running_loop().run_in_executor(self._thread, self._leave)
        self._thread.shutdown()

    def _leave(self) -> None:
        try:
            if self._connection is not None:
                self._connection.execute(select(func.pg_advisory_unlock_all()))
        finally:
            self._forget_session()

    def _hold_name(self, connection: Connection) -> bool:
        self._holds_name = self._holds_name or _lock(connection, _key(self._name))
        return self._holds_name

    def _session(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            for name, value in _SERVER.items():
                self._connection.execute(text(f"SET {name} = {value}"))
        return self._connection

    def _forget_session(self) -> None:
        connection, self._connection, self._holds_name = self._connection, None, False
        if connection is not None:
            connection.close()


def _unseen(seconds: float) -> ColumnElement[bool]:
    return PROCESSES.c.seen_at < database_time() - seconds


def _key(name: str) -> str:
    return f"process {name}"


def _lock(connection: Connection, key: str) -> bool:
    """Hold a key for as long as the session lasts; False where another session holds it."""
    return bool(connection.scalar(select(func.pg_try_advisory_lock(func.hashtextextended(key, 0)))))


def _unlock(connection: Connection, key: str) -> None:
    connection.execute(select(func.pg_advisory_unlock(func.hashtextextended(key, 0))))
