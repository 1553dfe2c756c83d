"""Alembic's entry: connects to the URL it is handed and runs the migrations in one transaction."""

from alembic import context
from sqlalchemy import create_engine, pool

from bot.store.tables import Base


def run() -> None:
    """Connect, and run the migrations in one transaction."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            # SQLite cannot alter a table in place; batch mode copies it.
            context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
