"""SQLite's one writer: whoever wants to be it waits in line.

SQLite itself has no line: it looks again after up to a tenth of a second, and whoever happens to come when the place is
free goes first. Under load some waited for seconds so, and were told that nothing could be written down.
"""

import threading
from collections import deque
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

_WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")
_HELD = "is the writer"


class Line:
    """A lock that goes to whoever waits the longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, seconds: float) -> bool:
        """Wait for the lock, so long at most; whether it is held now."""
        with self._lock:
            if not self._held:
                self._held = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(seconds):
            return True
        with self._lock:
            if called.is_set():
                return True  # in this very moment
            self._waiting.remove(called)
            return False

    def release(self) -> None:
        """Hand the lock on."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


def in_line(engine: Engine, seconds: float) -> None:
    """Let the transactions of an SQLite engine that write do so one after the other, in the order in which they came.

    Who has waited for so many seconds leaves it to SQLite: perhaps another process writes for long.
    """
    line = Line()

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(_WRITES) and _HELD not in connection.info and line.acquire(seconds):
            connection.info[_HELD] = True

    # Not at its commit, of which SQLAlchemy tells before it is done.
    @event.listens_for(engine, "checkin")
    def checkin(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_HELD, False):
            line.release()
