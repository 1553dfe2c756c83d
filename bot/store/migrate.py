"""Brings the tables to the newest shape at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

_SYNC_DRIVER = {"sqlite+aiosqlite": "sqlite", "postgresql+psycopg": "postgresql+psycopg"}


def upgrade(url: str) -> None:
    """Run every migration that has not run yet. Blocking: call it in a thread."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite") and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["url"] = parsed.set(drivername=_SYNC_DRIVER[parsed.drivername])
    command.upgrade(config, "head")
