"""The database is away for a while: one sentence in time, nothing bought, nothing twice; or it waits."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.laid import Laid
from sandbox.endpoint import SandboxEndpoint
from tests.conftest import until
from tests.databases import sqlite_only
from tests.on_the_wire import Wired, on_the_wire

pytestmark = sqlite_only

AWAY = "I can't write anything down just now, so nothing was bought or changed."


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Somebody else has Easel's database for themselves."""
    with closing(sqlite3.connect(_file(settings), timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


def _file(settings: Settings) -> Path:
    return Path(settings.easel_data_dir) / "easel.db"


def jobs(settings: Settings) -> int:
    with closing(sqlite3.connect(_file(settings), timeout=30)) as database:
        return database.execute("SELECT count(*) FROM jobs").fetchone()[0]


@pytest.fixture
async def wired(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, endpoint: SandboxEndpoint
) -> AsyncIterator[Wired]:
    async with on_the_wire(monkeypatch, settings, endpoint) as running:
        yield running


async def test_what_is_asked_for_meanwhile_is_taken_on_when_it_is_back(
    wired: Wired, settings: Settings
) -> None:
    with held(settings):
        asking = await wired.imagine("a red fox")
        await asyncio.sleep(0.5)
    await wired.says(asking, "Done")
    assert len(wired.endpoint.calls) == 1


async def test_where_it_stays_away_one_sentence_says_so_and_nothing_is_bought(
    wired: Wired, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with held(settings):
        asking = await wired.imagine("a red fox")
        await wired.says(asking, AWAY)
    assert "a red fox" in wired.said(asking)
    await asyncio.sleep(0.5)  # whoever still waited for the lock has it now
    assert "Traceback" not in capsys.readouterr().out
    assert (jobs(settings), wired.endpoint.calls) == (0, [])
    again = await wired.press(asking, "again")
    await wired.says(again, "Done")
    assert (jobs(settings), len(wired.endpoint.calls)) == (1, 1)


async def test_a_message_that_asks_is_answered_with_the_same_sentence(
    wired: Wired, settings: Settings
) -> None:
    with held(settings):
        await wired.wire.say(f"<@{wired.bot.user.id}> a red fox")
        await until(lambda: any(AWAY in one.text for one in wired.wire.kept.values()))
    await asyncio.sleep(0.5)
    assert (jobs(settings), wired.endpoint.calls) == (0, [])


@pytest.mark.parametrize("button", ["cancel", "show"])
async def test_a_panels_buttons_say_so_in_time(
    wired: Wired, settings: Settings, button: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wired.endpoint.latency = 2
    asking = await wired.imagine("a red fox")
    await until(lambda: wired.endpoint.open_now)
    with held(settings):
        pressed = await wired.press(asking, button)
        await wired.says(pressed, AWAY)
    assert "Traceback" not in capsys.readouterr().out
    await wired.says(asking, "Done")
    assert len(wired.pictures) == 1


async def test_the_tray_says_so(wired: Wired, settings: Settings) -> None:
    await wired.app.tray._store.lay([_laid(wired)], 10, 10)
    with held(settings):
        told = await wired.command("tray", "clear")
        await wired.says(told, AWAY)
    await asyncio.sleep(0.5)
    assert len(await wired.app.tray.items(1000, 200)) == 1


def _laid(wired: Wired) -> Laid:
    return Laid("a" * 16, 1000, 200, "den.png", 7, "0", False, 0.0)


async def test_jobs_under_way_are_delivered_when_it_is_back(wired: Wired, settings: Settings) -> None:
    wired.endpoint.latency = 0.5
    for number in range(2):
        await wired.imagine(f"fox {number}")
    await until(lambda: wired.endpoint.open_now == 2)
    with held(settings):
        await asyncio.sleep(8)  # longer than a thread waits for the lock
    await wired.jobs_end()
    assert sorted(call.prompt for call in wired.endpoint.calls) == [f"fox {n}" for n in range(2)]
    assert len(wired.pictures) == 2
