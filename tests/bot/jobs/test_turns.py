"""Turns at the endpoint: so many at once, and nobody before anybody's turn."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs.turns import Left, Turns

EARLY, LATE = 1, 2


class Line:
    """Jobs that wait for turns; `taken` is the order in which they were called."""

    def __init__(self, at_once: int, each: int = 30) -> None:
        self.turns = Turns(at_once, each)
        self.taken: list[tuple[int, str]] = []
        self.left: list[str] = []
        self.most = 0
        self.go = asyncio.Event()

    async def call(self, person: int, job_id: str, since: float = 0.0) -> None:
        try:
            async with self.turns.turn(person, job_id, since):
                self.taken.append((person, job_id))
                self.most = max(self.most, self.turns.busy)
                await self.go.wait()
        except Left:
            self.left.append(job_id)


async def test_a_newcomers_first_stands_before_the_eleventh_of_somebody_with_twenty() -> None:
    line = Line(2)
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(line.call(EARLY, f"e{number}"))
        await asyncio.sleep(0)
        group.create_task(line.call(LATE, "l0"))
        await asyncio.sleep(0)
        line.go.set()
    assert line.taken.index((LATE, "l0")) <= 3  # two were under way, one more was first in line
    assert line.most == 2
    assert line.turns.busy == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.lists(st.integers(0, 4), min_size=1, max_size=30))
async def test_nobody_gets_two_more_turns_than_anybody_who_waits(at_once: int, people: list[int]) -> None:
    line = Line(at_once)
    async with asyncio.TaskGroup() as group:
        for number, person in enumerate(people):
            group.create_task(line.call(person, str(number)))
        await asyncio.sleep(0)  # everybody waits by now
        line.go.set()
    assert len(line.taken) == len(people)
    wanted, had = Counter(people), Counter[int]()
    for person, _ in line.taken[at_once:]:
        behind = [other for other in wanted if had[other] < wanted[other] - at_once]
        assert all(had[person] <= had[other] + 1 + at_once for other in behind)
        had[person] += 1


async def test_of_one_persons_jobs_the_oldest_is_called_first() -> None:
    line = Line(1)
    async with asyncio.TaskGroup() as group:
        for since in (0.0, 3.0, 1.0, 2.0):  # as a restart may bring them
            group.create_task(line.call(EARLY, f"at {since:.0f}", since))
        await asyncio.sleep(0)
        line.go.set()
    assert [job_id for _, job_id in line.taken] == ["at 0", "at 1", "at 2", "at 3"]


async def test_whoever_leaves_is_called_no_more_and_takes_no_turn() -> None:
    line = Line(1)
    async with asyncio.TaskGroup() as group:
        for job_id in ("a", "b", "b", "c"):
            group.create_task(line.call(EARLY, job_id))
        await asyncio.sleep(0)
        line.turns.leave("a")  # it has its turn, and keeps it
        line.turns.leave("b")
        line.go.set()
    assert (line.taken, line.left) == ([(EARLY, "a"), (EARLY, "c")], ["b", "b"])


@pytest.mark.parametrize("when", ["waiting", "called"])
async def test_a_task_that_is_cancelled_keeps_no_turn(when: str) -> None:
    line = Line(1)
    first, second = (asyncio.create_task(line.call(one, str(one))) for one in (EARLY, LATE))
    await asyncio.sleep(0)
    if when == "called":
        line.go.set()
        await first  # the second is called, and has not heard it yet
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    line.go.set()
    await first
    async with asyncio.timeout(1):
        await line.call(LATE, "after")
    assert line.taken[-1] == (LATE, "after")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 3), st.lists(st.integers(0, 3), min_size=1, max_size=30))
async def test_of_one_person_only_so_many_jobs_have_turns(at_once: int, each: int, people: list[int]) -> None:
    turns, have, most = Turns(at_once, each), Counter[int](), Counter[int]()

    async def job(person: int, job_id: str) -> None:
        async with turns.turn(person, job_id, 0.0):
            have[person] += 1
            most[person] = max(most[person], have[person])
            await asyncio.sleep(0)
            have[person] -= 1

    async with asyncio.TaskGroup() as group:
        for number, person in enumerate(people):
            group.create_task(job(person, str(number)))
    expected = {person: min(at_once, each, count) for person, count in Counter(people).items()}
    assert all(most[person] <= expected[person] for person in expected)
    assert most.total() > 0
    assert turns.busy == 0
    assert all(turns.has_room(person) for person in expected)


async def test_a_job_under_way_may_send_all_its_calls_whatever_its_persons_share() -> None:
    line = Line(4, each=1)
    async with asyncio.TaskGroup() as group:
        for job_id in ("a", "a", "b", "a"):
            group.create_task(line.call(EARLY, job_id))
        group.create_task(line.call(LATE, "l"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert sorted(line.taken) == [(EARLY, "a"), (EARLY, "a"), (EARLY, "a"), (LATE, "l")]
        line.go.set()
    assert line.taken[-1] == (EARLY, "b")


async def test_there_is_room_as_long_as_a_turn_is_free_and_a_share_is_left() -> None:
    line = Line(2, each=1)
    assert line.turns.has_room(EARLY)
    async with asyncio.TaskGroup() as group:
        group.create_task(line.call(EARLY, "a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (line.turns.has_room(EARLY), line.turns.has_room(LATE)) == (False, True)
        line.turns.pause()
        assert not line.turns.has_room(LATE)
        line.turns.resume()
        group.create_task(line.call(EARLY, "b"))  # waits for its own, and stands in nobody's way
        await asyncio.sleep(0)
        assert line.turns.has_room(LATE)
        group.create_task(line.call(LATE, "l"))
        await asyncio.sleep(0)
        assert not line.turns.has_room(3)
        line.go.set()
    assert line.turns.has_room(EARLY)
