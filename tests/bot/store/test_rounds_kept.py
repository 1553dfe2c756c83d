"""Rounds in the store: what is handed in, numbered and voted for, whoever else writes at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import errors
from bot.store.jam import Jam, JamState, Part
from bot.store.records import Fault, Job, JobState, Picture, Terms
from bot.store.round import IDEAS_LIMIT, Ending, Idea, Round, RoundState, Table
from bot.store.store import Store
from tests.databases import blank, url_of

JAM = Jam("j", JamState.OPEN, 7, 2, 1, "foxes", 9, False, False, "en-US", 100.0, 100.0, thread_id=9)
ROUND = Round("r", "j", 0, RoundState.COLLECTING, 1, 100.0, 160.0, 60.0)
JOB = Job("a", JobState.WAITING, 1, 7, 9, 3, {"posts": "channel"}, {"prompt": "fox"}, 1, 100.0, jam_id="j")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    blank(tmp_path)
    async with Store(url_of(tmp_path), clock=lambda: 123.0) as opened:
        await opened.add_jam(JAM)
        await opened.add_round(ROUND)
        yield opened


def idea(id_: str, person: int = 1, at: float = 101.0) -> Idea:
    return Idea(id_, "r", person, at, {"words": f"{id_} fox"})


async def table(store: Store) -> Table:
    found = await store.table("r")
    assert found is not None
    return found


async def move(store: Store, to: RoundState, **values: object) -> Round:
    await store.move_round((await table(store)).round, to, **values)
    return (await table(store)).round


async def came(store: Store, name: str, person: int) -> None:
    """A job of a round's whose one picture was fetched."""
    await store.add_job(replace(JOB, id=name, requester_id=person), [None], Terms(waiting_limit=50))
    [call] = await store.calls(name)
    await store.mark_sent(call)
    await store.keep_answer(call, [Picture(name, 0, 0, "url")], 1)
    await store.ready(name, [replace(one, path="file") for one in await store.pictures(name)])


async def test_one_round_at_a_time(store: Store) -> None:
    assert await store.add_round(ROUND) == replace(ROUND, number=1)  # repeated
    others = (store.add_round(replace(ROUND, id=f"r{n}")) for n in range(2, 6))
    found = await asyncio.gather(*others, return_exceptions=True)
    assert all(isinstance(one, errors.RoundUnderWay) for one in found)
    await move(store, RoundState.TOLD, ending=Ending.NO_IDEAS)
    others = (store.add_round(replace(ROUND, id=f"r{n}")) for n in range(2, 6))
    found = await asyncio.gather(*others, return_exceptions=True)
    assert [one.number for one in found if isinstance(one, Round)] == [2]
    assert "r" in dict(await store.open_rounds())
    await store.move_jam("j", JamState.PAUSED)
    await move(store, RoundState.OVER)
    with pytest.raises(errors.RoundUnderWay):
        await store.add_round(replace(ROUND, id="rx"))


async def test_each_hands_in_one_idea_and_the_last_one_counts(store: Store) -> None:
    first = await asyncio.gather(*(store.hand_in("j", idea(f"i{n}", n, 100.0 + n)) for n in range(1, 6)))
    assert first == [None] * 5
    again = await asyncio.gather(*(store.hand_in("j", idea(f"again{n}", 2, 150.0)) for n in range(3)))
    assert again[0] != again[1] != again[2]
    assert "i2" in again
    there = (await table(store)).ideas
    assert [one.person_id for one in there] == [1, 2, 3, 4, 5]  # changing it costs nobody their place
    assert there[1].id.startswith("again")
    assert await store.hand_in("j", there[1]) is None  # repeated
    assert (await table(store)).handed_in == 5
    scene = await store.scene("j")
    assert (scene.running.done, scene.running.until) == (5, 160.0)
    await store.set_part("j", 3, Part.OUT)
    assert (await table(store)).handed_in == 4
    with pytest.raises(errors.JamTakenOut):
        await store.hand_in("j", idea("x", 3))
    for person in range(10, 10 + IDEAS_LIMIT - 5):
        await store.hand_in("j", idea(f"p{person}", person))
    with pytest.raises(errors.RoundFull):
        await store.hand_in("j", idea("y", 99))
    await store.move_jam("j", JamState.PAUSED)
    with pytest.raises(errors.JamPaused):
        await store.hand_in("j", idea("z", 1))
    await move(store, RoundState.PAINTING)
    with pytest.raises(errors.RoundClosed):
        await store.hand_in("j", idea("z", 1))


async def test_whoever_moves_a_round_on_does_so_once(store: Store) -> None:
    seen = (await table(store)).round
    await asyncio.gather(*(store.move_round(seen, RoundState.PAINTING) for _ in range(3)))
    await store.move_round(seen, RoundState.VOTING)  # it is not collecting any more
    assert (await table(store)).round.state is RoundState.PAINTING
    await store.note_round("r", reveal_id=5)
    await store.note_round("r", reveal_id=6)
    await store.forget_round_message("r", "reveal_id", 6)
    assert (await table(store)).round.reveal_id == 5
    await store.forget_round_message("r", "reveal_id", 5)
    assert (await table(store)).round.reveal_id is None


async def test_numbers_and_votes(store: Store) -> None:
    for n, name in enumerate("dacb", 1):
        await store.hand_in("j", idea(name, n, 100.0 + n))
    seen = await move(store, RoundState.PAINTING)
    for n, name in enumerate("dac", 1):
        await came(store, name, n)
    assert await store.round_of_job("d") is RoundState.PAINTING
    assert await store.round_of_job("nothing") is None
    assert not all(one.settled for one in (await table(store)).ideas)
    await store.refuse_idea("b", Fault("JamUsedUp", {"budget": 3}))
    assert all(one.settled for one in (await table(store)).ideas)
    assert list((await store.scene("j")).entries) == []  # nobody sees them yet
    await asyncio.gather(*(store.lay_out(seen) for _ in range(3)))
    now = await table(store)
    assert now.round.state is RoundState.REVEALING
    assert [(one.id, one.place) for one in now.shown] == [("a", 1), ("c", 2), ("d", 3)]
    assert now.ideas[3].fault.kind == "JamUsedUp"

    await asyncio.gather(*(store.vote_in_round(now.round, person, 1 + person % 3) for person in range(1, 7)))
    await asyncio.gather(*(store.vote_in_round(now.round, 6, place) for place in (2, 3, 2)))
    voters = [one.voters for one in (await table(store)).shown]
    assert sum(map(len, voters)) == 6
    assert set().union(*voters) == set(range(1, 7))
    assert (await table(store)).voted == 6
    with pytest.raises(errors.RoundVoteOver):
        await store.vote_in_round(now.round, 1, 4)
    await store.set_part("j", 5, Part.OUT)
    with pytest.raises(errors.JamTakenOut):
        await store.vote_in_round(now.round, 5, 1)
    assert (await table(store)).voted == 5
    await move(store, RoundState.COUNTING)
    with pytest.raises(errors.RoundVoteOver):
        await store.vote_in_round(now.round, 1, 1)
    [played] = await store.rounds_of("j")
    assert [one.words for one in played.shown] == ["a fox", "c fox", "d fox"]


@pytest.mark.parametrize(
    ("made", "ending", "winner"), [("", Ending.NO_PICTURES, None), ("b", Ending.ALONE, "b")]
)
async def test_where_there_is_no_choice(store: Store, made: str, ending: Ending, winner: str | None) -> None:
    for n, name in enumerate("ab", 1):
        await store.hand_in("j", idea(name, n))
    seen = await move(store, RoundState.PAINTING)
    for name in made:
        await came(store, name, 2)
    await store.lay_out(seen)
    found = (await table(store)).round
    assert (found.state, found.ending, found.winner_id) == (RoundState.COUNTED, ending, winner)
    assert (await store.scene("j")).running is None
