"""However many ask for the last place at the same moment, from however many processes, it is given once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import errors
from bot.limits import Limit, What, Whose
from bot.store.database import hold, transaction
from bot.store.records import Job, JobState, Terms
from bot.store.store import Store
from tests.conftest import prepare
from tests.databases import url_of

NOW = 1_790_000_000.0
PROCESSES, ASKING = 4, 24
JOB = Job("a", JobState.WAITING, 1, 9, 2, 3, {}, {"prompt": "fox"}, 2, NOW, pictures=2, cost=80, price=40)


@pytest.mark.parametrize(
    ("limit", "people", "servers", "places"),
    [
        (Limit(What.PICTURES, Whose.PERSON, 7), 1, 3, 3),  # two each: the seventh is nobody's
        (Limit(What.PICTURES, Whose.MEMBER, 2), 1, 1, 1),
        (Limit(What.PICTURES, Whose.SERVER, 11), 12, 1, 5),
        (Limit(What.JOBS, Whose.PERSON, 1), 1, 2, 1),
        (Limit(What.JOBS, Whose.MEMBER, 4), 1, 1, 4),
        (Limit(What.MONEY, Whose.SERVER, 399), 12, 1, 4),
        (Limit(What.MONEY, Whose.SERVER, 79), 12, 1, 0),
    ],
)
async def test_the_last_place_is_given_once(
    tmp_path: Path, limit: Limit, people: int, servers: int, places: int
) -> None:
    prepare(tmp_path)
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(Store(url_of(tmp_path))) for _ in range(PROCESSES)]
        whose = zip(cycle(stores), cycle(range(people)), cycle(range(servers)), strict=False)
        asked = [
            ask(store, replace(JOB, id=str(number), requester_id=who, guild_id=where), limit)
            for number, (store, who, where) in zip(range(ASKING), whose, strict=False)
        ]
        given = [job for job in await asyncio.gather(*asked) if job is not None]
        there = await stores[0].unended()
    assert len(given) == places
    assert sorted(there) == sorted(given)


async def ask(store: Store, job: Job, *limits: Limit) -> str | None:
    """The job's id, if it was taken on."""
    try:
        await store.add_job(job, [None] * job.count, Terms(100, limits=limits))
    except errors.LimitReached:
        return None
    return job.id


class Holder(Store):
    """Holds names and does nothing."""

    @transaction
    def held(self, connection: Connection, *names: str) -> None:
        hold(connection, *names)


async def test_names_are_held_in_one_order_whatever_order_they_are_given_in(tmp_path: Path) -> None:
    """Of two who hold the same names none waits for the other for ever: PostgreSQL would end one of them."""
    prepare(tmp_path)
    async with Holder(url_of(tmp_path)) as first, Holder(url_of(tmp_path)) as second:
        for _ in range(20):
            names = [f"name {number}" for number in range(12)]
            back = names[::-1]
            await asyncio.gather(
                *(
                    holder.held(*order)
                    for holder in (first, second)
                    for order in (names, back)
                    for _ in range(3)
                )
            )
