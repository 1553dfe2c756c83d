"""Turns that several processes share behave like those of one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.jobs.shared_turns import Numbers, SharedTurns
from bot.jobs.turns import Left
from bot.store.store import Store

AT_ONCE = 2


@pytest.fixture
async def processes(shared_database: str) -> AsyncIterator[list[SharedTurns]]:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store(shared_database))
        turns = [SharedTurns(store, f"p{number}", AT_ONCE, 0.02) for number in range(2)]
        yield [await stack.enter_async_context(one) for one in turns]


class Line:
    """Who took turns, in which order."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.left: list[str] = []
        self.most = self._now = 0

    async def call(self, turns: SharedTurns, person: int, job: str, since: float = 0.0) -> None:
        try:
            async with turns.turn(person, job, since):
                self.taken.append(job)
                self._now += 1
                self.most = max(self.most, self._now)
                await asyncio.sleep(0.03)
                self._now -= 1
        except Left:
            self.left.append(job)


async def test_a_newcomers_first_stands_before_the_rest_of_somebody_with_many(
    processes: list[SharedTurns],
) -> None:
    line, (here, there) = Line(), processes
    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(line.call((here, there)[number % 2], 1, f"early {number}", number))
        await asyncio.sleep(0.05)
        group.create_task(line.call(there, 2, "newcomer", 99.0))
    assert line.most <= AT_ONCE
    assert len(line.taken) == 13
    # However busy the machine is: it was asked for when no more than these could have begun.
    assert line.taken.index("newcomer") < 11


async def test_whoever_leaves_is_called_no_more(processes: list[SharedTurns]) -> None:
    line, (here, _) = Line(), processes
    async with here.turn(1, "first", 0.0), here.turn(2, "second", 0.0):
        waiting = asyncio.create_task(line.call(here, 3, "third"))
        await asyncio.sleep(0.1)
        here.leave("third")
        here.leave("first")  # it has its turn, and keeps it
        await waiting
    assert (line.taken, line.left) == ([], ["third"])


async def test_a_task_that_is_cancelled_keeps_no_turn(processes: list[SharedTurns]) -> None:
    line, (here, there) = Line(), processes
    tasks = [asyncio.create_task(line.call(here, person, "cancelled")) for person in range(6)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(10):
        await asyncio.gather(*(line.call(there, person, "after") for person in range(4)))
    assert line.taken.count("after") == 4


async def test_a_process_that_ends_gives_all_its_turns_back(shared_database: str) -> None:
    line = Line()
    async with Store(shared_database) as store:
        async with SharedTurns(store, "p0", 1, 0.02) as ending:
            holding = asyncio.create_task(line.call(ending, 1, "held"))
            await asyncio.sleep(0.1)
            holding.cancel()
        async with SharedTurns(store, "p1", 1, 0.02) as other, asyncio.timeout(10):
            await line.call(other, 2, "next")
    assert line.taken[-1] == "next"


async def test_numbers_are_waited_for(shared_database: str) -> None:
    async with Store(shared_database) as store:
        numbers, begun = Numbers(store, "requests", 0.1), asyncio.get_running_loop().time()
        await asyncio.gather(*(numbers.acquire() for _ in range(4)))
        assert asyncio.get_running_loop().time() - begun >= 0.29
