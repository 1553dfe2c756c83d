"""A PostgreSQL for the tests that are about what processes share."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from bot.jobs.ids import new_id
from tests import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The server whose address is set, or one of the tests' own."""
    if address := os.environ.get("EASEL_DATABASE_URL"):
        yield address
        return
    try:
        with postgres.server() as address:
            yield address
    except postgres.MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def shared_database(postgres_server: str) -> Iterator[str]:
    """The address of an empty database."""
    name = f"easel_{new_id()}"
    server = make_url(postgres_server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
