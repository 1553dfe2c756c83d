"""How long the database is waited for: whoever asks decides, and not who is asked."""

from collections.abc import Callable
from contextvars import ContextVar

_SECONDS: ContextVar[Callable[[], float] | None] = ContextVar("seconds", default=None)


def wait_at_most(seconds: Callable[[], float]) -> None:
    """From here on in this task, wait no longer for the database than `seconds` says at each asking.

    A job's steps never call this: what was bought is written down however long that takes.
    """
    _SECONDS.set(seconds)


def patience() -> float | None:
    """Seconds the database may take for what is asked now; None where it is waited for without end."""
    seconds = _SECONDS.get()
    return None if seconds is None else seconds()
