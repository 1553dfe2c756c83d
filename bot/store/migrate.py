"""Brings the tables to the newest shape at start: all of it or nothing, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, func, make_url, pool, select, text

from bot import errors

_BLOCKING = {"sqlite+aiosqlite": "sqlite", "postgresql+psycopg": "postgresql+psycopg"}
_HERE = Path(__file__).with_name("migrations")
_WAITED_SECONDS = 60
"""How long another process may take for its migrations."""


def blocking(url: str) -> URL:
    """The database's address with the driver that blocks, which threads work with."""
    parsed = make_url(url)
    return parsed.set(drivername=_BLOCKING[parsed.drivername])


def upgrade(url: str, migrations: Path = _HERE, revision: str = "head") -> None:
    """Run every migration that has not run yet, in one transaction. Blocking: call it in a thread.

    Raises TooNewData where a newer Easel made the tables, and MigrationFailed, which leaves them as they were.
    """
    parsed = blocking(url)
    on_sqlite = parsed.drivername.startswith("sqlite")
    if on_sqlite and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # Not the store's own connections: they have foreign keys on, with which copying a table empties others.
    waiting = {"timeout": _WAITED_SECONDS} if on_sqlite else {}
    engine = create_engine(parsed, poolclass=pool.NullPool, connect_args=waiting, hide_parameters=True)
    try:
        with engine.begin() as connection:
            _alone(connection)
            _run(connection, migrations, revision)
    finally:
        engine.dispose()


def _alone(connection: Connection) -> None:
    """Wait until no other process changes the tables.

    On SQLite this also opens the transaction: its driver opens none by itself before a table is changed.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("migrations", 0))))


def config_for(connection: Connection, migrations: Path = _HERE) -> Config:
    """What Alembic's commands need to work in a transaction."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    return config


def _run(connection: Connection, migrations: Path, revision: str) -> None:
    config = config_for(connection, migrations)
    here = MigrationContext.configure(connection).get_current_revision()
    try:
        if here is not None:
            ScriptDirectory.from_config(config).get_revision(here)
    except CommandError as error:
        raise errors.TooNewData(detail=f"the tables are at {here}") from error
    try:
        command.upgrade(config, revision)
    except Exception as error:
        why = str(getattr(error, "orig", error)).strip().splitlines()
        raise errors.MigrationFailed(why=why[0] if why else type(error).__name__) from error
