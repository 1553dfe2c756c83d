"""Several jobs of one prompt: bought together, once, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import errors
from bot.limits import Limit, What, Whose
from bot.store.batch import NO_THREAD, Batch, BatchState
from bot.store.records import How, Job, JobState, Terms
from bot.store.store import Store
from tests.databases import blank, url_of

BATCH = Batch("b", BatchState.PROPOSED, 1, 7, 2, 3, 100.0, {"words": "{a, b} fox"}, {"posts": "channel"})
JOB = Job("a", JobState.WAITING, 1, 7, 2, 3, {"posts": "channel"}, {"prompt": "fox"}, 1, 100.0)
TERMS = Terms(waiting_limit=20)


def jobs(names: str, price: int | None = None) -> list[Job]:
    return [
        replace(
            JOB,
            id=name,
            batch_id="b",
            how=How.VARIANT,
            created_at=100.0 + number / 1000,
            pictures=1,
            price=price,
            cost=price or 0,
        )
        for number, name in enumerate(names)
    ]


def running(batch: Batch = BATCH) -> Batch:
    return replace(batch, state=BatchState.RUNNING)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    blank(tmp_path)
    async with Store(url_of(tmp_path), clock=lambda: 123.0) as opened:
        await opened.propose(BATCH)
        yield opened


async def test_however_often_it_is_confirmed_it_is_bought_once(store: Store) -> None:
    confirmed = await asyncio.gather(
        *(store.confirm(running(), jobs(names), [None, 7], TERMS) for names in ("dc", "ef", "gh"))
    )
    assert sorted(confirmed) == [False, False, True]
    [first, second] = await store.jobs_of("b")
    assert (first.job.id, second.job.id) in (("d", "c"), ("e", "f"), ("g", "h"))
    assert [call.seed for call in first.calls] == [None, 7]
    assert await store.batch("b") == running()
    assert await store.open_batches() == ["b"]


async def test_what_was_declined_is_not_bought_and_what_was_bought_not_declined(store: Store) -> None:
    await store.propose(replace(BATCH, id="c"))
    declined = await store.move_batch("c", BatchState.DECLINED, [BatchState.PROPOSED])
    assert declined.state is BatchState.DECLINED
    with pytest.raises(errors.VariantsOver):
        await store.confirm(running(replace(BATCH, id="c")), jobs("xy"), [None], TERMS)
    await store.confirm(running(), jobs("ac"), [None], TERMS)
    late = await store.move_batch("b", BatchState.DECLINED, [BatchState.PROPOSED])
    assert late.state is BatchState.RUNNING
    with pytest.raises(errors.AskedTooLongAgo):
        await store.confirm(running(replace(BATCH, id="z")), jobs("xy"), [None], TERMS)


@pytest.mark.parametrize(
    ("terms", "price", "told"),
    [
        (Terms(3), None, errors.NoRoomForAll),
        (Terms(20, limits=[Limit(What.PICTURES, Whose.PERSON, 4)]), None, errors.YourDayUsedUp),
        (Terms(20, limits=[Limit(What.PICTURES, Whose.SERVER, 4)]), None, errors.ServerDayUsedUp),
        (Terms(20, limits=[Limit(What.JOBS, Whose.PERSON, 4)]), None, errors.TooManyAMinute),
        (Terms(20, limits=[Limit(What.JOBS, Whose.PERSON, 2)]), None, errors.MoreThanAMinute),
        (Terms(20, limits=[Limit(What.MONEY, Whose.SERVER, 100)]), 40, errors.BudgetUsedUp),
        (Terms(20, limits=[Limit(What.MONEY, Whose.SERVER, 100)]), None, errors.PriceUnknown),
    ],
)
async def test_where_there_is_no_room_for_all_none_is_bought(
    store: Store, terms: Terms, price: int | None, told: type[errors.BadRequest]
) -> None:
    for name in "xy":
        await store.add_job(replace(JOB, id=name, pictures=1, price=0), [None], TERMS)
    three = jobs("cde", price)
    with pytest.raises(told):
        await store.check_room(three, terms)
    with pytest.raises(told):
        await store.confirm(running(), three, [None], terms)
    assert await store.jobs_of("b") == []
    assert await store.batch("b") == BATCH


async def test_of_two_who_want_the_last_room_one_gets_it(store: Store) -> None:
    await store.propose(replace(BATCH, id="c"))
    terms = Terms(20, limits=[Limit(What.PICTURES, Whose.PERSON, 3)])
    found = await asyncio.gather(
        store.confirm(running(), jobs("de"), [None], terms),
        store.confirm(running(replace(BATCH, id="c")), jobs("fg"), [None], terms),
        return_exceptions=True,
    )
    assert sorted(type(one) for one in found if one is not True) == [errors.YourDayUsedUp]
    assert len([one for one in found if one is True]) == 1


async def test_a_batch_ends_with_its_last_job(store: Store) -> None:
    assert not await store.batch_ended("b")  # it has none yet
    await store.confirm(running(), jobs("ac"), [None], TERMS)
    await store.cancel("a")
    assert not await store.batch_ended("b")
    await store.cancel("c")
    assert await store.batch_ended("b")


async def test_the_first_thread_that_was_noted_stays(store: Store) -> None:
    assert (await store.note_thread("b", 5, None)).message_id == 5
    noted = await store.note_thread("b", 6, 7)
    assert (noted.message_id, noted.thread_id) == (5, 7)
    assert (await store.note_thread("b", None, NO_THREAD)).thread_id == 7
