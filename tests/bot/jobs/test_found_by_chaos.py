"""What the chaos found, each by itself."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import yarl
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot.app import App
from bot.discord_bot import EaselBot
from bot.jobs.jobs import Jobs
from bot.store.store import Store
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_books import read_books
from tests.bot.jobs.chaos_discord import DELETED, FIRST_PERSON, UnsteadyDiscord, serving
from tests.bot.jobs.worker import FolderDelivery, read, submit
from tests.conftest import prepare, settings_for, until
from tests.databases import url_of
from tests.patience import QUICK


class FirstEditFails(UnsteadyDiscord):
    """Answers the first edit of a panel with a 500, which discord.py tries again a second later."""

    failed = 0

    def _trouble(self, path: list[str]) -> str | None:
        self.failed += path[0] == "webhooks"
        return "500" if path[0] == "webhooks" and self.failed == 1 else None


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FirstEditFails]:
    async with serving(FirstEditFails("none")) as here:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{here.base}/api/v10")
        gateway = yarl.URL(f"ws{here.base[4:]}/gateway")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield here


async def test_no_late_edit_falls_upon_the_pictures_in_a_panel(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: FirstEditFails
) -> None:
    prepare(tmp_path)
    endpoint.latency = 0.8  # long enough for an edit that says how it comes along
    async with EaselBot(App(settings_for(tmp_path, endpoint), QUICK), guild_ready_timeout=0.05) as bot:
        running = asyncio.create_task(bot.start("token"))
        await asyncio.wait_for(wire.connected.wait(), 10)
        asking = await wire.imagine(FIRST_PERSON, DELETED, "a red fox", 1)
        await until(lambda: read_books(tmp_path) and read_books(tmp_path)[0].state == "done")
        await asyncio.sleep(1.2)  # the edit would come again now
        running.cancel()  # before the bot is closed, which leaves it no loop to tell of its end in
        await asyncio.gather(running, return_exceptions=True)
    assert wire.failed > 1
    panel = wire.kept[asking.panel]
    [name] = panel.files
    assert name in panel.text


class LateStore(Store):
    """A store whose list of unended jobs is older than what has become of them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(url_of(folder))
        self._folder = folder

    async def unended(self) -> list[str]:
        return [book.id for book in read_books(self._folder)]


async def test_what_ended_while_the_start_looked_is_not_handed_over_again(
    tmp_path: Path, endpoint: SandboxEndpoint
) -> None:
    prepare(tmp_path)
    app = App(settings_for(tmp_path, endpoint), QUICK)
    await app.open()
    await app.start(FolderDelivery(tmp_path))
    await submit(app, 1, "a red fox [[fault:400]]")
    await until(lambda: read(tmp_path) and read_books(tmp_path)[0].state == "failed")
    await asyncio.sleep(0.3)  # steps behind the last state
    (tmp_path / "channel.jsonl").unlink()  # so that telling again would show
    async with LateStore(tmp_path) as late:
        await Jobs(late, app._engine, app._workflow, app.jobs._line, app.jobs.kept).resume()
        await asyncio.sleep(0.3)
    await app.close()
    assert read(tmp_path) == []


def _in_store() -> bool:
    return threading.current_thread().name.startswith("store")


async def test_a_database_that_is_away_for_a_moment_leaves_no_job_behind(
    tmp_path: Path, endpoint: SandboxEndpoint
) -> None:
    """Every third reading of a job fails once, wherever its life stands then."""
    prepare(tmp_path)
    seen = [0]

    def locked(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        reading = statement.startswith("SELECT jobs.id, jobs.state") and _in_store()
        seen[0] += reading
        if reading and seen[0] % 3 == 0:
            raise OperationalError(statement, None, sqlite3.OperationalError("database is locked"))

    app = App(settings_for(tmp_path, endpoint), QUICK)
    await app.open()
    await app.start(FolderDelivery(tmp_path))
    event.listen(Engine, "before_cursor_execute", locked)
    try:
        for number in range(3):
            await submit(app, number, "a red fox")
        await until(lambda: all(book.state == "done" for book in read_books(tmp_path)))
    finally:
        event.remove(Engine, "before_cursor_execute", locked)
        await app.close()
    assert [line["what"] for line in read(tmp_path)] == ["posted"] * 3
