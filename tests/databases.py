"""A database for each data folder of a test: SQLite in it, or one of its own in EASEL_DATABASE_URL's server."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

_SERVER = os.environ.get("EASEL_DATABASE_URL", "")

postgres_only = pytest.mark.skipif(not _SERVER, reason="needs PostgreSQL: make test-postgres")
sqlite_only = pytest.mark.skipif(bool(_SERVER), reason="about SQLite's files")


def url_of(folder: Path) -> str:
    """The address of a folder's database, whoever asks: workers in other processes come to the same."""
    if not _SERVER:
        return f"sqlite+aiosqlite:///{folder / 'easel.db'}"
    return make_url(_SERVER).set(database=_name_of(folder)).render_as_string(hide_password=False)


def plain_url(folder: Path) -> str:
    """The same for a driver that blocks: `sqlalchemy.create_engine`."""
    return url_of(folder).replace("sqlite+aiosqlite", "sqlite")


def engine_url_of(folder: Path) -> str:
    """Where the engine keeps its state, for a driver that blocks."""
    return plain_url(folder) if _SERVER else f"sqlite:///{folder / 'easel-engine.db'}"


def kept_in(folder: Path) -> dict[str, object]:
    """The settings of an Easel that keeps everything in a folder and its database."""
    return {"easel_data_dir": folder, "easel_database_url": url_of(folder)}


def clone(prepared: Path, folder: Path) -> None:
    """Give a folder that has none a copy of another's database, which nobody may be working with."""
    if not _SERVER:
        for file in prepared.glob("*.db"):
            if not (folder / file.name).exists():
                shutil.copy(file, folder)
    elif folder not in _MADE:
        _create(folder, _name_of(prepared))


def blank(folder: Path) -> None:
    """Give a folder a database with nothing in it; SQLite makes its own."""
    if _SERVER and folder not in _MADE:
        _create(folder, "template0")


@contextmanager
def dropped_afterwards() -> Iterator[None]:
    """Drop the databases that are made meanwhile, whoever still has them open."""
    before = len(_MADE)
    yield
    while len(_MADE) > before:
        _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", _name_of(_MADE.pop()))


_MADE: list[Path] = []


def _create(folder: Path, template: str) -> None:
    _on_server("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", _name_of(folder), template)
    _MADE.append(folder)


def _name_of(folder: Path) -> str:
    return f"easel_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:20]}"


def _on_server(statement: str, *names: str) -> None:
    url = make_url(_SERVER).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
