"""What people and servers used, read from the jobs themselves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import alembic.command
import pytest
import sqlalchemy

from bot.limits import Allowance, Limit, What, Whose
from bot.store import migrate
from bot.store.records import Fault, Job, JobState, Picture, Post, Terms
from bot.store.store import Store
from bot.store.used import Day
from tests.conftest import prepare
from tests.databases import url_of

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp()
DAY = 86400.0
MIDNIGHT = NOW - DAY / 2

JOB = Job("a", JobState.WAITING, 1, 9, 2, 3, {}, {"prompt": "fox"}, 2, NOW, pictures=2, cost=80_000)
FREE = Terms(waiting_limit=1000)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path)
    async with Store(url_of(tmp_path), clock=lambda: NOW) as opened:
        yield opened


async def asked(store: Store, *jobs: Job) -> None:
    for number, job in enumerate(jobs):
        await store.add_job(replace(job, id=f"{job.id}{number}", origin_id=number), [None], FREE)


async def test_usage_has_thirty_days_and_the_calendars_month(store: Store) -> None:
    await asked(
        store,
        JOB,
        replace(JOB, created_at=MIDNIGHT, pictures=1, cost=0),
        replace(JOB, created_at=MIDNIGHT - 0.001),
        replace(JOB, created_at=MIDNIGHT - 29 * DAY),  # March 2nd: the first of the thirty
        replace(JOB, created_at=MIDNIGHT - 30 * DAY),  # March 1st: of the month alone
        replace(JOB, created_at=MIDNIGHT - 30 * DAY - 0.001),  # February
    )
    usage = await store.usage(1, None)
    assert len(usage.days) == 30
    assert usage.today == Day(date(2026, 3, 31), 2, 3, 80_000)
    assert usage.days[-2] == Day(date(2026, 3, 30), 1, 2, 80_000)
    assert usage.days[-3] == Day(date(2026, 3, 29))
    assert usage.days[0] == Day(date(2026, 3, 2), 1, 2, 80_000)
    assert (usage.month_pictures, usage.month_cost) == (9, 320_000)


@pytest.mark.parametrize(("who", "where", "jobs"), [(1, None, 3), (None, 9, 2), (1, 9, 1), (2, 8, 0)])
async def test_usage_is_somebodys_or_a_servers_or_both(
    store: Store, who: int | None, where: int | None, jobs: int
) -> None:
    theirs = [(1, 9), (1, 8), (1, None), (2, 9)]
    await asked(store, *(replace(JOB, requester_id=one, guild_id=there) for one, there in theirs))
    assert (await store.usage(who, where)).today.jobs == jobs


async def test_each_limit_counts_its_own(store: Store) -> None:
    await asked(
        store,
        JOB,
        replace(JOB, created_at=NOW - 59),
        replace(JOB, created_at=NOW - 61),
        replace(JOB, created_at=MIDNIGHT - 1),
        replace(JOB, guild_id=8),
        replace(JOB, guild_id=None),
        replace(JOB, requester_id=2),
    )
    wanted = [Limit(what, whose, 50) for what in What for whose in Whose]
    found = {(one.limit.what, one.limit.whose): one.used for one in await store.allowances(1, 9, wanted)}
    assert found == {
        (What.PICTURES, Whose.PERSON): 10,
        (What.PICTURES, Whose.MEMBER): 6,
        (What.PICTURES, Whose.SERVER): 8,
        (What.JOBS, Whose.PERSON): 4,
        (What.JOBS, Whose.MEMBER): 2,
        (What.JOBS, Whose.SERVER): 3,
        (What.MONEY, Whose.PERSON): 480_000,
        (What.MONEY, Whose.MEMBER): 320_000,
        (What.MONEY, Whose.SERVER): 400_000,
    }


@pytest.mark.parametrize(
    ("limit", "frees"),
    [
        (Limit(What.JOBS, Whose.PERSON, 3), NOW - 50),  # when the oldest has left, there are two
        (Limit(What.JOBS, Whose.PERSON, 2), NOW - 30),  # it was lowered: two must leave
        (Limit(What.JOBS, Whose.PERSON, 9), NOW),
    ],
)
async def test_a_minute_renews_when_enough_have_left_it(store: Store, limit: Limit, frees: float) -> None:
    await asked(store, *(replace(JOB, created_at=NOW - ago) for ago in (10, 30, 50)))
    assert await store.allowances(1, None, [limit]) == [Allowance(limit, 3, int(frees) + 61)]


async def test_jobs_from_before_count_with_what_came(tmp_path: Path) -> None:
    """Of two pictures, one stands in a message; a third job is still under way."""
    prepare(tmp_path)
    url = url_of(tmp_path)
    async with Store(url) as store:
        await asked(store, *[replace(JOB, pictures=0, cost=0)] * 3)
        await store.cancel("a1")
        [call] = await store.calls("a0")
        await store.mark_sent(call)
        path, fault = "p", Fault("PictureSpoilt", {})
        here = [Picture("a0", 0, 0, path=path), Picture("a0", 1, 0, path=path, fault=fault)]
        await store.keep_answer(call, here, 1)
        await store.begin_post("a0", 0, here)
        await store.keep_post(Post("a0", 0, 5, 6))
        assert (await store.job("a0")).state is JobState.DONE
    engine = sqlalchemy.create_engine(migrate.blocking(url))
    with engine.begin() as connection:
        alembic.command.downgrade(migrate.config_for(connection), "0004")
    engine.dispose()
    async with Store(url) as store:
        found = [await store.job(id_) for id_ in ("a0", "a1", "a2")]
    assert [(job.pictures, job.cost, job.price) for job in found] == [
        (1, 0, None),
        (0, 0, None),
        (2, 0, None),
    ]
