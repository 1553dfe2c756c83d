"""Jams in the store: budgets, people, votes and boards, whoever else writes at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import errors
from bot.store.batch import Batch, BatchState
from bot.store.jam import Jam, JamState, Part, Pinned
from bot.store.records import How, Job, JobState, Picture, Post, Terms
from bot.store.source import Source
from bot.store.store import Store
from tests.databases import blank, url_of

JAM = Jam("j", JamState.OPEN, 7, 2, 1, "foxes", 4, False, False, "en-US", 100.0, 100.0, thread_id=9)
JOB = Job("a", JobState.WAITING, 1, 7, 9, 3, {"posts": "channel"}, {"prompt": "fox"}, 1, 100.0, jam_id="j")
TERMS = Terms(waiting_limit=50)


def job(name: str, person: int = 1, pictures: int = 1) -> Job:
    return replace(JOB, id=name, requester_id=person, pictures=pictures)


def pinned(name: str, id_: str = "") -> Pinned:
    return Pinned(id_ or name, "j", name, name, f"{name}-file", 1, 101.0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    blank(tmp_path)
    async with Store(url_of(tmp_path), clock=lambda: 123.0) as opened:
        await opened.add_jam(JAM)
        yield opened


async def came(store: Store, name: str, person: int = 1) -> None:
    """A job whose one picture was posted."""
    await store.add_job(job(name, person), [None], TERMS)
    [call] = await store.calls(name)
    await store.mark_sent(call)
    await store.keep_answer(call, [Picture(name, 0, 0, "url", "path")], 1)
    await store.begin_post(name, 0, await store.pictures(name))
    await store.keep_post(Post(name, 0, 9, 55))


async def test_the_last_picture_of_a_budget_is_taken_once(store: Store) -> None:
    asked = (store.add_job(job(f"{n}", n, 2), [None], TERMS) for n in range(1, 9))
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(not isinstance(one, Exception) for one in found) == 2
    assert sum(isinstance(one, errors.JamUsedUp) for one in found) == 6
    scene = await store.scene("j")
    assert (scene.spent, scene.left, scene.under_way) == (4, 0, 2)


async def test_what_did_not_come_is_given_back(store: Store) -> None:
    await store.add_job(job("a", pictures=3), [None], TERMS)
    with pytest.raises(errors.JamHasFewer, match="2 pictures, and this jam has 1"):
        await store.add_job(job("b", pictures=2), [None], TERMS)
    await store.set_state("a", JobState.FAILED)
    await store.add_job(job("b", pictures=4), [None], TERMS)
    assert (await store.scene("j")).left == 0
    assert (await store.set_budget("j", 4, 6)).budget == 6
    assert (await store.set_budget("j", 4, 6)).budget == 6  # repeated, or pressed by two
    assert (await store.scene("j")).left == 2


async def test_a_batch_is_paid_from_the_budget_or_not_at_all(store: Store) -> None:
    batch = Batch("b", BatchState.PROPOSED, 1, 7, 9, 3, 100.0, {"words": "{a, b}"}, {"posts": "channel"})
    await store.propose(batch)
    running = replace(batch, state=BatchState.RUNNING)
    jobs = [replace(job(name), batch_id="b", how=How.VARIANT) for name in "vwxyz"]
    with pytest.raises(errors.JamHasFewer):
        await store.confirm(running, jobs, [None], TERMS)
    assert (await store.scene("j")).spent == 0
    assert await store.confirm(running, jobs[:4], [None], TERMS)
    assert (await store.scene("j")).spent == 4


async def test_who_may_take_part(store: Store) -> None:
    await store.add_jam(replace(JAM, id="i", invited=True, thread_id=10))
    with pytest.raises(errors.JamByInvitation):
        await store.take_part("i", 2)
    await store.set_part("i", 2, Part.INVITED)
    assert (await store.scene("i")).members == [1]
    await store.take_part("i", 2)
    await store.set_part("i", 2, Part.INVITED)  # again, which changes nothing
    assert (await store.scene("i")).members == [1, 2]
    await store.set_part("i", 2, Part.OUT)
    for work in (
        store.take_part("i", 2),
        store.add_job(replace(job("x", 2), jam_id="i"), [None], TERMS),
        store.pin(replace(pinned("hero"), jam_id="i", person_id=2)),
    ):
        with pytest.raises(errors.JamTakenOut):
            await work
    await store.move_jam("i", JamState.PAUSED)
    with pytest.raises(errors.JamPaused):
        await store.add_job(replace(job("x"), jam_id="i"), [None], TERMS)
    assert (await store.move_jam("i", JamState.ENDED)).ended_at == 123.0
    assert (await store.move_jam("i", JamState.OPEN)).state is JamState.ENDED
    with pytest.raises(errors.JamOver):
        await store.add_job(replace(job("x"), jam_id="i"), [None], TERMS)


async def test_one_vote_for_each_person_and_picture(store: Store) -> None:
    await came(store, "a")
    voting = [store.vote("j", ("a", 0), person, True) for person in (1, 2, 3, 3, 2)]
    await asyncio.gather(*voting)
    [entry] = (await store.scene("j")).entries
    assert entry.voters == {1, 2, 3}
    assert (entry.author_id, entry.prompt, entry.message_id) == (1, "fox", 55)
    assert await store.vote("j", ("a", 0), 3, False) == {0: 2}
    assert await store.voted("a", 0, 2)
    assert not await store.voted("a", 0, 3)
    assert set((await store.scene("j")).members) == {1, 2, 3}
    with pytest.raises(errors.JamVoteNothing):
        await store.vote("j", ("nothing", 0), 2, True)


async def test_the_board(store: Store) -> None:
    names = [f"n{number}" for number in range(13)]
    for name in names:
        await store.pin(pinned(name))
    both = await asyncio.gather(
        store.pin(pinned("hero", "p1")), store.pin(pinned("hero", "p2")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) in (
        ["BoardFull", "NoneType"],
        ["BoardNameTaken", "NoneType"],
    )
    with pytest.raises(errors.BoardFull):
        await store.pin(pinned("more"))
    with pytest.raises(errors.BoardNameTaken):
        await store.repin("n1", replace(pinned("hero", "r"), file=""))
    await store.repin("n1", replace(pinned("lead", "r"), file=""))
    await store.repin("n1", replace(pinned("lead", "r"), file=""))  # repeated
    await store.unpin("j", "n2", 1)
    there = {one.name: one for one in (await store.scene("j")).pinned}
    assert set(there) == {*names, "hero", "lead"} - {"n1", "n2"}
    assert (there["lead"].file, there["lead"].was_id) == ("n1-file", "n1")
    assert {"n1", "n2", "lead"} <= set(await store.names_before("j"))
    with pytest.raises(errors.NotOnBoard):
        await store.repin("n1", pinned("again"))


async def test_which_messages_belong_to_it(store: Store) -> None:
    assert await store.jam_in(9) == JAM
    assert await store.jam_in(10) is None
    assert (await store.note_jam("j", board_id=5)).board_id == 5
    assert (await store.note_jam("j", board_id=6)).board_id == 5
    assert (await store.change_board("j", 4, 6)).board_id == 5
    assert (await store.change_board("j", 5, None)).board_id is None
    assert await store.end_idle_jam("j", 99.0) is False
    await store.hear_jam("j", 110.0)
    assert await store.end_idle_jam("j", 100.0) is False
    assert await store.end_idle_jam("j", 110.0) is True
    assert [one.id for one in await store.live_jams()] == ["j"]  # its end is not told yet
    await store.note_jam("j", recap_id=77)
    assert [one.packed_id for one in await store.live_jams()] == [None]  # nor is it packed
    await store.note_jam("j", packed_id=0)
    assert await store.live_jams() == []
    assert await store.ended_jams(124.0) == ["j"]


async def test_what_a_recap_tells_of(store: Store) -> None:
    for name in ("a", "b", "c"):
        await came(store, name)
    await store.mark_deleted("b")
    await store.add_job(replace(job("e"), jam_id=None), [None], replace(TERMS, sources=(Source(7, "a", 0),)))
    await store.add_job(job("f"), [None], TERMS)  # nothing came of it yet
    assert [one.job.id for one in await store.jobs_in("j")] == ["a", "c"]
    assert await store.sources(["a", "e"]) == {"e": [Source(7, "a", 0)]}
    await store.pin(replace(pinned("hero"), from_id="a", from_picture=0))
    await store.repin("hero", pinned("lead"))
    before, now = await store.ever_pinned("j")
    assert (before.gone_at, now.was_id) == (101.0, "hero")
    assert (now.from_id, now.from_picture) == ("a", 0)
    await store.check_may_look("j", 99)
    await store.set_part("j", 99, Part.OUT)
    with pytest.raises(errors.JamTakenOut):
        await store.check_may_look("j", 99)
