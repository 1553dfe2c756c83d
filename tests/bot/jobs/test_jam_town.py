"""Jams of many people, over real sockets: within Discord's limits, and over a bot that is killed."""

import asyncio
import itertools
import random
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.tables import VOTES
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_books import Ledger, _looking, read_books
from tests.bot.jobs.chaos_discord import FIRST_PERSON, Asking, Kept, gone, serving
from tests.bot.jobs.jam_discord import CHANNEL, STARTER, JamDiscord
from tests.bot.jobs.test_chaos import Painter, Town, _panel
from tests.conftest import until
from tests.databases import plain_url

FASTER = 10.0
"""Discord's five seconds are half of one here, and so are those between edits of a board."""
PEOPLE, IDEAS, EACH = 25, 4, 2


class JamTown(Town):
    """People in one jam's thread."""

    wire: JamDiscord

    def __init__(self, folder: Path, endpoint: SandboxEndpoint, wire: JamDiscord) -> None:
        super().__init__(folder, endpoint, wire)
        self.edit_seconds = 5 / FASTER
        self.votes: set[tuple[str, int]] = set()
        """By a button's id and whose they are."""
        self.seconds_apart = 0.3
        """Between two ideas of somebody's, at most."""
        self._luck = random.Random(7)

    async def start(self, theme: str, budget: int) -> str:
        """Begin a jam; its thread."""
        await self.wire.jam(STARTER, CHANNEL, "start", theme=theme, budget=budget)
        await come(lambda: self.wire.threads and self.boards())
        return next(iter(self.wire.threads))

    @property
    def thread(self) -> str:
        return next(iter(self.wire.threads))

    def boards(self) -> list[Kept]:
        return self.wire.in_thread(self.thread, "easel:jamidea:")

    def shown(self) -> list[Kept]:
        """The messages of ideas that came."""
        return self.wire.in_thread(self.thread, "easel:vote:")

    def recaps(self) -> list[Kept]:
        return self.wire.in_thread(self.thread, "## 🏁")

    async def vote(self, person: int, message: Kept, place: int) -> Asking:
        """Somebody votes for one of a message's pictures; counts once it is answered."""
        custom_id = re.findall(r'"(easel:vote:[a-z0-9]+:\d+)"', message.text)[place]
        pressed = await self.wire.push(person, message, custom_id)
        await until(lambda: pressed.panel is not None or not self.wire.connected.is_set(), 20)
        if pressed.panel is not None:
            self.votes ^= {(custom_id, person)}  # pressed again, it is taken back
        return pressed

    async def all_shown(self, how_many: int) -> None:
        """Wait until so many ideas came; where they do not, tell what became of the others."""
        try:
            await come(lambda: len(self.shown()) >= how_many, 60)
        except TimeoutError:
            for one in self.without_a_job(read_books(self.folder)):
                print(one, _panel(self, one)[:600])
            raise

    def threads_text(self) -> str:
        """Everything that stands in the thread now."""
        return "".join(one.text for one in self.wire.in_thread(self.thread, ""))

    async def ideas(self, person: int, how_many: int) -> None:
        for _ in range(how_many):
            await asyncio.sleep(self._luck.uniform(0, self.seconds_apart))
            self.asked.append(
                await self.wire.imagine(person, self.thread, f"idea {person} {next(self._numbers)}", EACH)
            )


async def come(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something that costs time to look at, of which the bot needs some."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.25)


@pytest.mark.timeout(300)
async def test_25_people_and_200_pictures_stay_within_discords_limits(tmp_path: Path) -> None:
    async with (
        SandboxEndpoint(latency=0.05, paint=Painter()) as endpoint,
        serving(JamDiscord("jam", FASTER)) as wire,
    ):
        town = JamTown(tmp_path, endpoint, wire)
        town.seconds_apart = 3.0
        everybody = range(FIRST_PERSON, FIRST_PERSON + PEOPLE)
        async with town.bot():
            await town.start("a lighthouse", PEOPLE * IDEAS * EACH)
            [board] = town.boards()
            await asyncio.gather(*(town.ideas(person, IDEAS) for person in everybody))
            await town.all_shown(PEOPLE * IDEAS)
            favourite, others = town.shown()[3], town.shown()[10:60]
            # Everybody for one, some for others, many at the same moment.
            await asyncio.gather(*(town.vote(person, favourite, 1) for person in everybody))
            voting = (town.vote(person, one, 0) for person, one in zip(itertools.cycle(everybody), others))
            await asyncio.gather(*voting)
            await come(lambda: "**0** of 200 pictures left" in board.text and f"👍 {PEOPLE}" in board.text)
            await wire.jam(STARTER, town.thread, "end")
            await come(lambda: town.recaps() and "easel:jamidea" not in board.text)
        assert wire.refused == []
        gaps = wire.edits.gaps(board.id)
        print(f"{len(gaps)} edits of the board, the closest {min(gaps):.3f} s apart; {dict(wire.counted)}")
        assert min(gaps) >= town.edit_seconds
        [recap] = town.recaps()
        assert "200 pictures by 25 people" in recap.text
        first = re.search(r"idea \d+ \d+", favourite.text)[0]
        assert f"1. 👍 {PEOPLE} · [{first}]" in recap.text
        assert len(endpoint.calls) == PEOPLE * IDEAS * EACH
        assert wire.pinned == [board.id]


async def test_a_jam_goes_on_over_a_bot_that_is_killed(tmp_path: Path) -> None:
    """In the middle of its beginning, of ideas and votes, and of its end."""
    async with (
        SandboxEndpoint(latency=0.1, paint=Painter()) as endpoint,
        serving(JamDiscord("killed", FASTER)) as wire,
    ):
        town = JamTown(tmp_path, endpoint, wire)
        people = range(FIRST_PERSON, FIRST_PERSON + 5)
        async with town.bot() as process:
            await wire.jam(STARTER, CHANNEL, "start", theme="a lighthouse", budget=200)
            await until(lambda: wire.threads, 30)
            await kill(process)  # the thread is there, and its board perhaps
        for pause in (0.3, 0.7):
            async with town.bot() as process:
                await come(town.boards)
                seen = len(town.shown())
                await asyncio.gather(*(town.ideas(person, 2) for person in people))
                await come(lambda seen=seen: len(town.shown()) >= seen + 2)
                fresh = town.shown()[seen : seen + 2]
                await asyncio.gather(*(town.vote(person, one, 0) for person in people for one in fresh))
                await town.wire.imagine(STARTER, town.thread, f"under way at {pause} [[fault:slow:2]]", 1)
                await asyncio.sleep(pause)
                await kill(process)
        async with town.bot() as process:
            await town.all_ended()
            await wire.jam(STARTER, town.thread, "end")
            await asyncio.sleep(0.2)
            await kill(process)
        async with town.bot():
            await come(lambda: town.recaps() and "easel:jamidea" not in town.threads_text())
            await asyncio.sleep(1)
        books = read_books(tmp_path)
        ledger = Ledger(books, endpoint, wire)  # each bought at most once, each shown once or told
        assert ledger.problems == []
        assert len(town.recaps()) == 1
        assert len(wire.in_thread(town.thread, "## 🎨")) == 1
        assert ledger.pictures["delivered"] >= 20
        assert len(town.votes) >= 5
        assert town.votes == votes_in(tmp_path)


def votes_in(folder: Path) -> set[tuple[str, int]]:
    """The votes in the store, as the buttons that gave them."""
    with _looking(plain_url(folder)) as store:
        return {
            (f"easel:vote:{one.job_id}:{one.number}", one.person_id) for one in store.execute(select(VOTES))
        }


async def kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    assert await gone(process) == -signal.SIGKILL
