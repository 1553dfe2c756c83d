"""Brings the tables to the newest shape at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, make_url

_BLOCKING = {"sqlite+aiosqlite": "sqlite", "postgresql+psycopg": "postgresql+psycopg"}


def blocking(url: str) -> URL:
    """The database's address with the driver that blocks, which threads work with."""
    parsed = make_url(url)
    return parsed.set(drivername=_BLOCKING[parsed.drivername])


def upgrade(url: str) -> None:
    """Run every migration that has not run yet. Blocking: call it in a thread."""
    parsed = blocking(url)
    if parsed.drivername.startswith("sqlite") and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["url"] = parsed
    command.upgrade(config, "head")
