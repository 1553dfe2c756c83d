"""What a backup does not know: what became of its jobs since it was made."""

from sqlalchemy import create_engine, pool, update

from bot.store import migrate
from bot.store.records import CallState
from bot.store.tables import CALLS


def doubt(url: str) -> int:
    """Let every call that waits in a restored backup be one whose outcome is unknown; how many there were.

    It may have been bought since: people are told so, and decide themselves. Nobody may be working. Blocking.
    """
    migrate.upgrade(url)
    engine = create_engine(migrate.blocking(url), poolclass=pool.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        waiting = update(CALLS).where(CALLS.c.state == CallState.WAITING)
        return connection.execute(waiting.values(state=CallState.SENT)).rowcount
