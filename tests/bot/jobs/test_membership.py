"""Membership: names, folders and who judges whom, with the database away now and then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot import errors
from bot.jobs.membership import Member, Rhythm, TakeOver, mark_of
from bot.store.store import Store
from tests.conftest import until

RHYTHM = Rhythm(beat=0.02, dead=0.5, enter=0.3, looks=0.02)

Join = Callable[..., Member]


@pytest.fixture
async def join(shared_database: str, tmp_path: Path) -> AsyncIterator[Join]:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store(shared_database))

        def joined(name: str, folder: Path = tmp_path, rhythm: Rhythm = RHYTHM) -> Member:
            member = Member(store, shared_database, folder, name, rhythm)
            stack.push_async_callback(member.close)
            return member

        yield joined


async def test_a_second_of_the_same_name_waits_and_is_refused(join: Join) -> None:
    await join("a").enter()
    with pytest.raises(errors.AlreadyRunning, match="as a on"):
        await join("a").enter()


async def test_a_start_waits_for_its_predecessor(join: Join) -> None:
    first, second = join("a"), join("a", rhythm=Rhythm(enter=20, looks=0.02))
    await first.enter()
    entering = asyncio.create_task(second.enter())
    await asyncio.sleep(0.1)
    assert not entering.done()
    await first.close()
    await entering


async def test_processes_share_their_data_folder(join: Join, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    await join("a").enter()
    await join("b").enter()
    with pytest.raises(errors.AnotherFolder, match="EASEL_DATA_DIR"):
        await join("c", elsewhere).enter()


async def test_marks_are_made_once(tmp_path: Path) -> None:
    marks = await asyncio.gather(*(asyncio.to_thread(mark_of, tmp_path) for _ in range(8)))
    assert len(set(marks)) == 1
    assert len(marks[0]) == 16


async def test_nobody_judges_who_did_not_hear_for_a_while(join: Join) -> None:
    dead, hung, living = join("a"), join("b"), join("c")
    judged: list[str] = []

    def judging(judge: str) -> TakeOver:
        async def take_over(_dead: str) -> None:
            judged.append(judge)

        return take_over

    for one, judge in ((hung, "hung"), (living, "living")):
        await one.enter()
        one.begin(judging(judge))
    await asyncio.sleep(1.2 * RHYTHM.dead)  # both may judge by now
    await dead.enter()
    await dead.close()
    hung._beating.cancel()
    await asyncio.sleep(0.8 * RHYTHM.dead)
    hung._beating = asyncio.create_task(hung._beat_for_ever())  # it has not heard of anybody for so long
    await until(lambda: judged)
    assert judged == ["living"]


async def test_the_dead_are_taken_over_from_until_it_works(join: Join) -> None:
    dead, living = join("a"), join("b")
    await dead.enter()
    await dead.close()
    tries: list[str] = []

    async def take_over(name: str) -> None:
        tries.append(name)
        if len(tries) == 1:
            raise OSError("the database is gone again")

    await living.enter()
    living.begin(take_over)
    await until(lambda: len(tries) == 2)
    await asyncio.sleep(5 * RHYTHM.beat)
    assert tries == ["a", "a"]
    assert await living.alive() == ["b"]
