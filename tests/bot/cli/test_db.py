"""`easel db move`: everything arrives once and goes on, or nothing has changed."""

import asyncio
import re
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import insert, make_url

from bot import names
from bot.app import App
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import ImageRequest
from bot.settings import Settings
from bot.store import migrate
from bot.store.database import values_of
from bot.store.records import Job, JobState, Picture, Server, Terms
from bot.store.store import Store
from bot.store.tables import JOBS, Base
from sandbox.endpoint import SandboxEndpoint
from tests.bot.cli.runner import Ended, easel
from tests.bot.jobs.worker import FolderDelivery, nothing_under_way, read
from tests.conftest import picture, settings_for, until
from tests.databases import blank, postgres_only, url_of
from tests.patience import QUICK
from tests.postgres import programs

pytestmark = postgres_only
TERMS = Terms(waiting_limit=100)
PLACE = {"upload_limit": 10_000_000}


def request(prompt: str) -> dict:
    catalogue = Catalogue(("doubao-seedream-4-0-250828",))
    return ImageRequest.checked(catalogue["doubao-seedream-4-0-250828"], prompt=prompt, size="1K").as_json()


@pytest.fixture
def old(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'easel.db'}"


@pytest.fixture
def moving(tmp_path: Path):
    """Types the command, for the data in the test's folder."""
    blank(tmp_path)

    async def run(*arguments: str, **environment: str) -> Ended:
        return await easel(
            tmp_path, "db", "move", *arguments, **{"EASEL_DATA_DIR": str(tmp_path), **environment}
        )

    return run


def job(name: str) -> Job:
    return Job(name, JobState.WAITING, 1, 2, 3, 4, PLACE, request(name), 1, 100.0)


async def fill(url: str, folder: Path) -> None:
    """A job of each kind that has not ended, and one that has."""
    async with Store(url) as store:
        for name in ("waiting", "sent", "unposted", "done"):
            await store.add_job(job(name), [None], TERMS)
        for name in ("sent", "unposted", "done"):
            await store.mark_sent((await store.calls(name))[0])
        for name in ("unposted", "done"):
            file = folder / "spool" / name / "picture-0"
            file.parent.mkdir(parents=True)
            file.write_bytes(picture(format_="JPEG"))
            [call] = await store.calls(name)
            await store.keep_answer(call, [Picture(name, 0, 0, url="https://x.invalid", path=str(file))], 1)
        await store.set_state("done", JobState.DONE)
        await store.change_server(5, lambda _: Server(5, public_panels=True))


async def after_a_start(folder: Path, settings: Settings) -> dict[str, str]:
    """What became of each job that had not ended."""
    app = App(settings, QUICK)
    await app.open()
    try:
        await app.start(FolderDelivery(folder))
        async with asyncio.timeout(30):
            await nothing_under_way(app)
        assert await app.store.server(5) == Server(5, public_panels=True)
    finally:
        await app.close()
    return {line["job"]: line["what"] for line in read(folder)}


async def test_what_waited_goes_on_after_the_move_and_nothing_is_bought_twice(
    tmp_path: Path, moving, old: str, endpoint: SandboxEndpoint
) -> None:
    await fill(old, tmp_path)
    ended = await moving("--to", url_of(tmp_path))
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"^jobs +4 *$", ended.out, re.MULTILINE)
    assert not (tmp_path / "easel.db").exists()
    assert await after_a_start(tmp_path, settings_for(tmp_path, endpoint)) == {
        "waiting": "posted",
        "unposted": "posted",
        "sent": "unknown",
    }
    assert [call.prompt for call in endpoint.calls] == ["waiting"]


async def test_every_row_arrives_as_it_was(tmp_path: Path, moving, old: str) -> None:
    """Many of them, with whatever people write."""
    await fill(old, tmp_path)
    async with Store(old) as store:
        jobs = [job(f"{number} «fox» \u2028 🦊 \\ '"[:20]) for number in range(1200)]
        with store._engine.begin() as connection:
            connection.execute(insert(JOBS), [values_of(one) for one in jobs])
        before = [await store.dossier(id_) for id_ in [*await store.unended(), "done"]]
    assert (await moving("--to", url_of(tmp_path))).code == 0
    async with Store(url_of(tmp_path)) as store:
        after = [await store.dossier(id_) for id_ in [*await store.unended(), "done"]]
    assert sorted(after, key=lambda one: one.job.id) == sorted(before, key=lambda one: one.job.id)
    assert len(after) == 1204


async def test_the_settings_may_say_where_to(tmp_path: Path, moving, old: str) -> None:
    await fill(old, tmp_path)
    said = {"EASEL_DATABASE_URL": url_of(tmp_path)}
    assert (await moving(**said)).code == 0
    again = await moving(**said)
    assert again.code == 1
    assert again.err == (
        f"There is no Easel data in {tmp_path}/easel.db: nothing was moved. EASEL_DATA_DIR says where it is.\n"
    )


async def unchanged(old: str, new: str) -> bool:
    async with Store(old) as before, Store(new) as after:
        return (len(await before.unended()), await after.unended()) == (3, [])


async def test_while_easel_works_nothing_is_moved(tmp_path: Path, moving, old: str) -> None:
    await fill(old, tmp_path)
    with closing(names.hold(tmp_path, "another-3")):
        ended = await moving("--to", url_of(tmp_path))
    assert (ended.code, ended.out) == (1, "")
    assert (
        ended.err
        == "Easel is still working on this data, as another-3: stop it first. Nothing was changed.\n"
    )
    assert await unchanged(old, url_of(tmp_path))


async def test_what_is_there_already_is_not_mixed_with_anything(tmp_path: Path, moving, old: str) -> None:
    await fill(old, tmp_path)
    async with Store(url_of(tmp_path)) as store:
        await store.change_server(9, lambda _: Server(9, public_panels=True))
    ended = await moving("--to", url_of(tmp_path))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("The new database already holds data of Easel's: choose an empty one.")
    assert await unchanged(old, url_of(tmp_path))


async def test_a_move_that_breaks_has_changed_nothing(tmp_path: Path, moving, old: str) -> None:
    """One of the last tables takes no rows: everything before it is taken back."""
    await fill(old, tmp_path)
    migrate.upgrade(url_of(tmp_path))
    engine = sqlalchemy.create_engine(url_of(tmp_path))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE pictures ADD CHECK (false) NOT VALID")
    engine.dispose()
    ended = await moving("--to", url_of(tmp_path))
    assert ended.code == 1
    assert "did not work (new row for relation" in ended.err
    assert await unchanged(old, url_of(tmp_path))


async def test_a_move_that_is_killed_has_changed_nothing(tmp_path: Path, moving, old: str) -> None:
    """The server ends its session in the middle of it."""
    await fill(old, tmp_path)
    migrate.upgrade(url_of(tmp_path))
    url = make_url(url_of(tmp_path)).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as holding:
        holding.execute("LOCK TABLE tray")  # the move waits here
        move = asyncio.create_task(moving("--to", url_of(tmp_path)))
        with psycopg.connect(url, autocommit=True) as watching:
            ask = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            await until(lambda: watching.execute(f"SELECT 1 {ask}").fetchone())
            watching.execute(f"SELECT pg_terminate_backend(pid) {ask}")
        ended = await move
    assert ended.code == 1
    assert "did not work" in ended.err
    assert await unchanged(old, url_of(tmp_path))


async def test_what_was_open_in_a_backup_is_told_and_not_bought(
    tmp_path: Path, old: str, endpoint: SandboxEndpoint
) -> None:
    """A dump that was made with jobs under way, restored after they went on."""
    await fill(old, tmp_path)
    settings = {"EASEL_DATA_DIR": str(tmp_path), "EASEL_DATABASE_URL": url_of(tmp_path)}
    there = tmp_path / "restored"
    for folder in (tmp_path, there):
        blank(folder)
    assert (await easel(tmp_path, "db", "move", **settings)).code == 0
    dump = tmp_path / "easel.dump"
    for program, folder, *more in (
        ("pg_dump", tmp_path, "--format=custom", f"--file={dump}"),
        ("pg_restore", there, "--no-owner", str(dump)),
    ):
        address = make_url(url_of(folder)).set(drivername="postgresql").render_as_string(hide_password=False)
        done = await asyncio.create_subprocess_exec(programs() / program, *more, f"--dbname={address}")
        assert await done.wait() == 0
    settings["EASEL_DATABASE_URL"] = url_of(there)
    ended = await easel(tmp_path, "db", "restored", **settings)
    assert (ended.code, ended.out.split()[0]) == (0, "1")
    assert await after_a_start(tmp_path, settings_for(there, endpoint, easel_data_dir=tmp_path)) == {
        "waiting": "unknown",
        "unposted": "posted",
        "sent": "unknown",
    }
    assert endpoint.calls == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            [],
            "Say where to: easel db move --to postgresql+psycopg://user@host/easel, or set EASEL_DATABASE_URL",
        ),
        (
            ["--to", "mysql://x"],
            "EASEL_DATABASE_URL: it begins with sqlite+aiosqlite:/// or postgresql+psycopg://",
        ),
        (
            ["--to", "postgresql+psycopg://e@127.0.0.1:1/easel"],
            "That did not work (connection failed",
        ),
    ],
)
async def test_a_wrong_address_is_told_in_one_line(
    tmp_path: Path, moving, old: str, arguments: list[str], line: str
) -> None:
    await fill(old, tmp_path)
    ended = await moving(*arguments)
    assert ended.code
    assert ended.err.startswith(line)
    assert ended.err.count("\n") == 1
    assert (tmp_path / "easel.db").exists()


def test_no_table_counts_by_itself() -> None:
    """Such a table's counter would have to be moved, too."""
    assert [
        table.name for table in Base.metadata.sorted_tables if table.autoincrement_column is not None
    ] == []
