"""Everything goes wrong at random, and the ledger adds up to the picture.

EASEL_CHAOS_SEED and EASEL_CHAOS_JOBS let it run differently, and longer, by hand.
"""

import asyncio
import contextlib
import io
import itertools
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.store.records import CallState
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_books import Book, Ledger, all_ended, read_books
from tests.bot.jobs.chaos_discord import (
    CHANNELS,
    CLOSED,
    DELETED,
    FIRST_PERSON,
    Asking,
    UnsteadyDiscord,
    button_in,
    gone,
    serving,
)
from tests.conftest import prepare, until

SEED = os.environ.get("EASEL_CHAOS_SEED", "1")
JOBS = int(os.environ.get("EASEL_CHAOS_JOBS", "300"))
KILLS = 4
PEOPLE = 20

FAULTS = {
    "": 100,
    "slow:0.3": 15,
    "slow:1": 10,
    "429-once:0": 8,
    "link-cut-once": 5,
    "link-down:2": 5,
    **dict.fromkeys(("429:0", "link-404", "link-expired", "times-sign", "extra"), 2),
    **dict.fromkeys(("moderation-prompt", "moderation-result", "400", "401", "403", "nested"), 2),
    **dict.fromkeys(("500", "503", "504", "524", "cut", "cut-answer", "html", "error-200", "empty"), 2),
}
"""What the endpoint does about a prompt, and how often it is asked to."""


class Painter:
    """Paints pictures of which no two have the same bytes, at no cost."""

    def __init__(self) -> None:
        file = io.BytesIO()
        Image.new("RGB", (1024, 1024), "teal").save(file, "JPEG")
        self._plain, self._numbers = file.getvalue(), itertools.count()

    def __call__(self, _prompt: str, _size: tuple[int, int], **_wanted: object) -> bytes:
        comment = next(self._numbers).to_bytes(8)
        return self._plain[:2] + b"\xff\xfe\x00\x0a" + comment + self._plain[2:]


class Town:
    """Many people who ask for pictures and change their minds, and a bot that is killed and started again."""

    def __init__(self, folder: Path, endpoint: SandboxEndpoint, wire: UnsteadyDiscord) -> None:
        prepare(folder)
        self.folder, self.endpoint, self.wire = folder, endpoint, wire
        self.asked: list[Asking] = []
        self.killed: set[int] = set()
        self.edit_seconds = 5.0
        """How far apart edits of one message are."""
        self._dice = random.Random(f"people {SEED}")
        self._numbers = itertools.count()
        self._minds: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def bot(self, seed: str = ""):
        """The bot in a process of its own, connected; whatever becomes of the test, it does not outlive it."""
        with (self.folder / "log").open("ab") as log:
            where = (str(self.folder), self.wire.base, self.endpoint.base_url, self.endpoint.key)
            worker = ("-m", "tests.bot.jobs.chaos_worker", *where, str(self.edit_seconds), seed)
            process = await asyncio.create_subprocess_exec(sys.executable, *worker, stdout=log, stderr=log)
        try:
            await until(lambda: self.wire.connected.is_set() or process.returncode is not None, 60)
            assert process.returncode is None
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await until(lambda: not self.wire.connected.is_set(), 60)

    async def ask(self, how_many: int) -> None:
        """People ask, one soon after the other, and some press what they are shown."""
        for _ in range(how_many):
            await asyncio.sleep(self._dice.uniform(0, 0.02))
            fault = self._dice.choices(list(FAULTS), list(FAULTS.values()))[0]
            prompt = f"picture {next(self._numbers)}" + (f" [[fault:{fault}]]" if fault else "")
            channel = self._dice.choices([*CHANNELS, DELETED, CLOSED], [10, 10, 10, 1, 1])[0]
            person = FIRST_PERSON + self._dice.randrange(PEOPLE)
            count = self._dice.choices([1, 2, 3, 4], [20, 3, 2, 1])[0]
            asking = await self.wire.imagine(person, channel, prompt, count)
            self.asked.append(asking)
            if self._dice.random() < 0.1:
                mind = asyncio.create_task(self._change_mind(asking, self._dice.uniform(0, 0.8)))
                self._minds.add(mind)
                mind.add_done_callback(self._minds.discard)

    async def _change_mind(self, asking: Asking, after: float) -> None:
        """Cancel, and where it is too late for that discard; all of it in vain while there is no bot."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            await until(lambda: asking.panel is not None, 10)
            await asyncio.sleep(after)
            panel = self.wire.kept[asking.panel]
            cancel = button_in(panel, "cancel")
            if cancel is None or not self.wire.connected.is_set():
                return
            pressed = await self.wire.press(asking, panel, cancel)
            await until(lambda: pressed.panel is not None, 10)
            told = self.wire.kept[pressed.panel]
            discard = button_in(told, "discard")
            if discard is not None and self.wire.connected.is_set():
                await self.wire.press(asking, told, discard)

    async def killed_under_load(self, seed: str, jobs: int) -> None:
        """People ask until the bot is killed, in the middle of it all."""
        async with self.bot(seed) as process:
            await self.ask(self._dice.randint(jobs // 2, jobs))
            await asyncio.sleep(self._dice.uniform(0, 0.6))
            process.kill()
            assert await gone(process) == -signal.SIGKILL
            self.killed.add(self.wire.bots)

    async def no_more_come(self) -> None:
        before = -1
        while (now := len(read_books(self.folder))) > before:
            before = now
            await asyncio.sleep(3)

    async def all_ended(self) -> None:
        await until(self._all_submitted, 120)
        await all_ended(self.folder)
        await asyncio.sleep(1)  # the last panels

    def _all_submitted(self) -> bool:
        known = {book.id for book in read_books(self.folder)}
        return all(note.parent.name in known for note in self.folder.glob("spool/*/begun.json"))

    def without_a_job(self, books: list[Book]) -> Iterator[Asking]:
        """Who asked, and is in no book."""
        known = {book.origin for book in books}
        return (one for one in self.asked if one.id not in known)


def unexplained(town: Town, books: list[Book]) -> list[str]:
    """People who asked, of whom nothing is known, and to whom Discord did not say so either.

    Who asked a bot that was killed may have no answer at all; who has one is told by the next bot.
    """
    return [
        f"lost: {one} {_panel(town, one)[:300]}"
        for one in town.without_a_job(books)
        if not one.troubled
        and (one.panel is not None or one.bot not in town.killed)
        and not _told_no(_panel(town, one))
    ]


def _told_no(panel: str) -> bool:
    """Whether somebody was told that nothing came of it: a slow machine lets people have too many waiting."""
    said = ("went wrong", "I was stopped", "jobs waiting, and that is the most")
    return any(words in panel for words in said)


def _panel(town: Town, asking: Asking) -> str:
    return "" if asking.panel is None else town.wire.kept[asking.panel].text


@pytest.mark.timeout(600)
async def test_the_ledger_adds_up_to_the_picture(tmp_path: Path) -> None:
    async with (
        SandboxEndpoint(latency=0.1, paint=Painter()) as endpoint,
        serving(UnsteadyDiscord(SEED)) as wire,
    ):
        town = Town(tmp_path, endpoint, wire)
        for number in range(KILLS):
            await town.killed_under_load(f"{SEED}-{number}", JOBS // (KILLS + 1))
        async with town.bot(f"{SEED}-last") as process:
            while (known := len(read_books(tmp_path))) < JOBS:
                await town.ask(JOBS - known)
                await town.no_more_come()  # many may still be on their way into the store
            await town.all_ended()
            process.terminate()
            assert await gone(process) == 0
        books = read_books(tmp_path)
        ledger = Ledger(books, endpoint, wire)
        problems = ledger.problems + unexplained(town, books)
        told = f"seed {SEED}: {dict(ledger.pictures)}, {dict(wire.met)}, {len(problems)} problems"
        print(told)
        assert not problems, "\n".join([told, *problems])
        assert ledger.asked == sum(book.count for book in books)
        assert len(books) >= JOBS


async def test_a_stop_finishes_what_runs_and_leaves_the_rest(tmp_path: Path) -> None:
    """Twelve POSTs are under way, the others wait: SIGTERM lets those end, and sends no more."""
    async with SandboxEndpoint(paint=Painter()) as endpoint, serving(UnsteadyDiscord(SEED)) as wire:
        wire.troubled = False
        town = Town(tmp_path, endpoint, wire)
        async with town.bot() as process:
            for number in range(40):
                prompt = f"picture {number} [[fault:slow:1]]"
                await wire.imagine(FIRST_PERSON + number % 4, CHANNELS[0], prompt, 1)
            await until(lambda: endpoint.open_now == 12 and len(read_books(tmp_path)) == 40)
            process.terminate()
            assert await gone(process) == 0
        sent = len(endpoint.calls)
        states = Counter(call.state for book in read_books(tmp_path) for call in book.calls)
        # What ran when the stop was heard had an answer; 20 seconds would have been enough for many more.
        assert states == {CallState.ANSWERED: sent, CallState.WAITING: 40 - sent}
        assert 12 <= sent <= 24
        async with town.bot():
            await town.all_ended()
        ledger = Ledger(read_books(tmp_path), endpoint, wire)
        assert ledger.problems == []
        assert ledger.pictures == {"delivered": 40}
