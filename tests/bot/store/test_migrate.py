"""Migrations: all of them or none, one process at a time, and never backwards by accident."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Engine

from bot import errors
from bot.store import migrate
from tests.bot.cli.runner import easel
from tests.conftest import prepare
from tests.databases import blank, url_of

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = depends_on = None


def upgrade():
    op.create_table("first", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("mood", sa.Text(), nullable=True))
    op.execute("UPDATE servers SET choices = '{{}}'")
    {then}
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    prepare(tmp_path)
    return url_of(tmp_path)


@pytest.fixture
def engine(url: str):
    engine = sqlalchemy.create_engine(migrate.blocking(url))
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO servers (id, choices) VALUES (1, '{\"a\": 1}')")
        connection.exec_driver_sql(
            "INSERT INTO jobs (id, state, requester_id, channel_id, origin_id, place, request, count, created_at)"
            " VALUES ('a', 'waiting', 1, 2, 3, '{}', '{}', 1, 4.0)"
        )
        connection.exec_driver_sql("INSERT INTO calls (job_id, number, state) VALUES ('a', 0, 'waiting')")
    yield engine
    engine.dispose()


def with_next(folder: Path, then: str) -> Path:
    """The migrations with one more."""
    migrations = folder / "migrations"
    shutil.copytree(Path(migrate.__file__).with_name("migrations"), migrations, dirs_exist_ok=True)
    head = max(one.name.split("_")[0] for one in (migrations / "versions").glob("[0-9]*.py"))
    (migrations / "versions" / "next.py").write_text(NEXT.format(head=head, then=then))
    return migrations


def state(engine: Engine) -> dict:
    """Every table with its columns and rows."""
    with engine.connect() as connection:
        inspector = sqlalchemy.inspect(connection)
        return {
            name: (
                sorted(column["name"] for column in inspector.get_columns(name)),
                [tuple(map(str, row)) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")],
            )
            for name in inspector.get_table_names()
        }


@pytest.mark.parametrize("then", ["raise OSError('no room')", "op.execute('SELECT nothing FROM nowhere')"])
def test_a_migration_that_fails_leaves_everything_as_it_was(
    url: str, engine: Engine, tmp_path: Path, then: str
) -> None:
    before = state(engine)
    with pytest.raises(errors.MigrationFailed, match="as it was"):
        migrate.upgrade(url, with_next(tmp_path, then))
    assert state(engine) == before
    migrate.upgrade(url)  # the Easel from before starts
    migrate.upgrade(url, with_next(tmp_path, "pass"))  # and the mended one, too
    after = state(engine)
    assert "mood" in after["jobs"][0]
    assert len(after["calls"][1]) == 1  # a table that was copied took nothing with it
    assert "first" in after


async def test_an_older_easel_does_not_touch_newer_tables(url: str, engine: Engine, tmp_path: Path) -> None:
    migrate.upgrade(url, with_next(tmp_path, "pass"))
    before = state(engine)
    ended = await easel(
        *(tmp_path, "run"),
        DISCORD_TOKEN="token",
        COMETAPI_KEY="key",
        EASEL_DATABASE_URL=url,
    )
    assert (ended.code, ended.err.splitlines()) == (2, [errors.TooNewData().text])
    assert state(engine) == before


async def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    blank(tmp_path)
    code = f"from bot.store import migrate; migrate.upgrade({url_of(tmp_path)!r})"
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.PIPE)
        for _ in range(3)
    ]
    ends = [(await one.communicate())[1].decode() for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], ends
