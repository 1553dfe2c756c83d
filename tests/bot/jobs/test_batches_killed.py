"""A batch whose bot is killed at any moment behind the press is bought once, shown whole, and on one sheet."""

import asyncio
import json
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.records import JobState
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_books import read_books
from tests.bot.jobs.chaos_discord import (
    CHANNELS,
    FIRST_PERSON,
    Asking,
    Kept,
    Refused,
    UnsteadyDiscord,
    button_in,
    gone,
    serving,
)
from tests.bot.jobs.test_chaos import Painter, Town
from tests.conftest import until

AFTER = (0.0, 0.15, 0.4, 0.9)
"""Seconds from the press to the kill."""


class WithThreads(UnsteadyDiscord):
    """It opens threads, each with its message's id."""

    def __init__(self) -> None:
        super().__init__("threads")
        self.troubled = False
        self.threads: list[str] = []

    def _in_channel(
        self, request: Any, method: str, channel: str, path: list[str], body: Any, uploads: Any
    ) -> Any:
        if path[1:] != ["threads"]:
            return super()._in_channel(request, method, channel, path, body, uploads)
        if path[0] in self.threads:
            raise Refused(400, 160004)
        self.threads.append(path[0])
        return {"id": path[0], "type": 11, "name": body["name"], "parent_id": channel}


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with SandboxEndpoint(latency=0.15, paint=Painter()) as endpoint, serving(WithThreads()) as wire:
        yield Town(tmp_path, endpoint, wire)


async def test_it_is_bought_once_and_shown_once(town: Town) -> None:
    questions: list[tuple[Asking, str]] = []
    for number, after in enumerate(AFTER):
        async with town.bot() as process:
            prompt = f"{{red, blue}} fox in {{oil, ink}} {number}"
            asking = await town.wire.imagine(FIRST_PERSON + number, CHANNELS[0], prompt, 1)
            await until(lambda one=asking: _question(town, one), 10)
            questions.append((asking, _question(town, asking)))
            await _press(town, *questions[-1])
            await asyncio.sleep(after)
            process.kill()
            assert await gone(process) == -signal.SIGKILL
    async with town.bot():
        for question in questions:  # who was not heard presses once more; who was may as well
            await _press(town, *question)
        await until(lambda: len(read_books(town.folder)) == 4 * len(AFTER), 20)
        await town.all_ended()
        await until(lambda: not _starters(town), 10)
    assert _problems(town) == []


async def _press(town: Town, asking: Asking, buys: str) -> None:
    await town.wire.press(asking, town.wire.kept[asking.panel], buys)


def _question(town: Town, asking: Asking) -> str | None:
    """The id of the button that buys it all, once it is asked."""
    return asking.panel and button_in(town.wire.kept[asking.panel], "batchgo")


def _sheets(town: Town) -> Counter[str]:
    """How many messages show each sheet now."""
    return Counter(
        name
        for message in town.wire.kept.values()
        for name in re.findall(r"attachment://(easel-[a-z0-9]+-sheet\.jpg)", message.text)
    )


def _problems(town: Town) -> list[str]:
    found, books = [], read_books(town.folder)
    bought = Counter(call.prompt for call in town.endpoint.calls)
    found += [f"bought {times} times: {prompt}" for prompt, times in bought.items() if times > 1]
    found += [
        f"{times} jobs: {prompt}" for prompt, times in Counter(b.prompt for b in books).items() if times > 1
    ]
    found += [f"{times} times: {name}" for name, times in _sheets(town).items() if times > 1]
    for book in books:
        carried = [one for one in town.wire.kept.values() if f"attachment://easel-{book.id}-" in one.text]
        told = [one for one in town.wire.kept.values() if f"easel:again:{book.id}" in one.text]
        if (len(carried), len(told)) != ((1, 0) if book.state == JobState.DONE else (0, 1)):
            found.append(f"{len(carried)} times shown, {len(told)} times told: {book}")
    if len(town.wire.threads) != len(AFTER):
        found.append(f"{len(town.wire.threads)} threads")
    if town.wire.bots != len(AFTER) + 1:
        found.append(f"{town.wire.bots} bots")
    # Where nothing came at all, since every POST was under way when the bot was killed, there is nothing to draw.
    came = {book.origin for book in books if book.state == JobState.DONE}
    if len(_sheets(town)) != len(came):
        found.append(f"{len(_sheets(town))} sheets for {len(came)} batches")
    return [*found, *_starters(town)]


def _starters(town: Town) -> list[str]:
    """Messages that should have become a sheet."""
    waiting = [one for one in town.wire.kept.values() if "pictures come into the thread" in one.text]
    return [f"no sheet: {_shortened(one)}" for one in waiting]


def _shortened(message: Kept) -> str:
    return json.dumps(message.body)[:200]
